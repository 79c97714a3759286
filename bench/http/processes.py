"""P9, P10, P13: whole processes. Start to first answer, idle memory and wake-ups, the command line beside curl."""

import os
import shutil
import time

import messages
from measure import CLIENT_CORE, Failed, Row, context_switches, pss_bytes, run
from servers import ENVIRONMENT, Credcached, Nginx, Redis, ask

IDLE_SECONDS = 5
SETTLED_AFTER = 1.5  # seconds: what a start needed and nothing else has been given back


def servers(setup):
    return (Credcached(setup.folder, setup.credcached, suffix="-start"), Nginx(setup.folder, "x" * messages.BODY, suffix="-start"),
            Redis(setup.folder, suffix="-start"))


def measure_start(setup):
    rows = [Row("P9", "exec to first answer / nginx's", 0.20), Row("P9", "exec to first answer / Redis's", 0.10)]
    ours, nginx, redis = servers(setup)
    # Nothing is cached: the daemon has to look into its definitions, the cache and the environment to say so.
    not_found = setup.request("not-found", messages.resolve("alice"), status=404)
    any_get = setup.request("any-get", nginx.hello, body=messages.BODY)
    ping = setup.request("ping", redis.hello)
    asked = [(ours, not_found), (nginx, any_get), (redis, ping)]
    took = {server.name: [] for server, _ in asked}
    for turn in range(setup.rounds):
        for server, request in asked[turn % 3:] + asked[:turn % 3]:
            took[server.name].append(setup.tools.time_until_first_answer(server, request))
    for row, peer in zip(rows, ("nginx", "redis")):
        row.values = [a / b for a, b in zip(took["credcached"], took[peer])]
    for name, values in took.items():
        setup.note(f"{name}: {setup.median(values) * 1e3:.2f} ms from exec to first answer")
    return rows


def measure_idle(setup):
    rows = [Row("P10", "idle Pss / nginx's (master and worker)", 0.5), Row("P10", "idle Pss / Redis's", 0.3),
            Row("P10", f"context switches in {IDLE_SECONDS} idle s, one credential cached", 0, unit="", digits=0)]
    ours, nginx, redis = servers(setup)
    pss = {}
    for turn in range(setup.rounds):
        pss = {server.name: pss.get(server.name, []) for server in (ours, nginx, redis)}
        for server in (ours, nginx, redis):
            with server:  # alone, so that nobody shares its pages
                time.sleep(SETTLED_AFTER)
                pss[server.name].append(pss_bytes(server.pids()))
    for row, peer in zip(rows, ("nginx", "redis")):
        row.values = [a / b for a, b in zip(pss["credcached"], pss[peer])]
    for name, values in pss.items():
        setup.note(f"{name}: {setup.median(values) / 2**20:.2f} MiB Pss when idle")
    with ours:
        messages.answer_body(ask(ours.address, messages.add("alice", messages.VALUES)), 204)
        time.sleep(1)
        before = context_switches(ours.pids())
        time.sleep(IDLE_SECONDS)
        rows[2].add(context_switches(ours.pids()) - before)
    return rows


def measure_tools(setup):
    rows = [Row("P13", "credcached resolve, wall / curl's", 1.0), Row("P13", "credcached exec -- true, wall / curl's", 1.0)]
    curl = shutil.which("curl")
    if not curl:
        raise Failed("curl is not there. Install it: apt-get install curl")
    with Credcached(setup.folder, setup.credcached, providers=setup.providers, suffix="-tools") as server:
        os.sched_setaffinity(0, {CLIENT_CORE})
        messages.add_and_resolve(server, "alice", setup.values)
        common = ["--socket", server.path, "--csp", "aws", "--user", "alice"]
        commands = {"resolve": [setup.credcached, "resolve", *common],
                    "exec": [setup.credcached, "exec", *common, "--", "true"],
                    "curl": [curl, "-sS", "--fail", "--unix-socket", server.path, "-H", "X-Credential-User: alice",
                             "http://localhost/v1/resolve?csp=aws"]}
        for name in ("resolve", "curl"):
            if "AKIABENCHMARK" not in run(commands[name], env=ENVIRONMENT):
                raise Failed(f"{commands[name]} did not print the credential")
        took = {name: [] for name in commands}
        names = list(commands)
        for turn in range(max(setup.rounds, setup.pairs)):
            for name in names[turn % 3:] + names[:turn % 3]:
                took[name].append(setup.tools.time_run(commands[name], ENVIRONMENT))
    for row, name in zip(rows, ("resolve", "exec")):
        row.values = [a / b for a, b in zip(took[name], took["curl"])]
    for name, values in took.items():
        setup.note(f"{name}: {setup.median(values) * 1e3:.2f} ms wall")
    return rows
