"""P9, P10, P13: whole processes. Start to first answer, memory and wake-ups when idle, the command line beside curl."""

import os
import shutil
import time

import messages
from measure import CLIENT_CORE, Failed, Row, context_switches, locked_bytes, run, unreclaimable_bytes
from servers import ENVIRONMENT, Credcached, Nginx, Redis

REQUESTS_BEFORE_IDLE = 100
SETTLING_SECONDS, COUNTED_SECONDS = 5, 5  # ten idle seconds; wake-ups are counted in the second half of them


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
    rows = [Row("P10", "memory that cannot be given back, after 100 requests and 10 idle s / nginx's (master and worker)", 0.25),
            Row("P10", "the same / Redis's", 0.15),
            Row("P10", f"context switches in the last {COUNTED_SECONDS} of these s", 0, unit="", digits=0)]
    memory, locked = {}, {}
    for _ in range(1 if setup.quick else 3):
        ours, nginx, redis = servers(setup)
        with ours, nginx, redis:  # at once: none of the pages that count is shared between different programs
            body = messages.add_and_resolve(ours, "alice", messages.VALUES)
            messages.redis(redis, "SET", "alice", body)
            full = setup.request("idle", messages.resolve("alice"), body=len(body))
            constant = setup.request("idle-constant", messages.resolve("alice"), body=messages.BODY)
            get = setup.request("idle-get", messages.resp("GET", "alice"), body=len(body))
            for server, request in ((ours, full), (nginx, constant), (redis, get)):
                setup.tools.load(server, request, count=REQUESTS_BEFORE_IDLE)
            time.sleep(SETTLING_SECONDS)
            before = context_switches(ours.pids())
            time.sleep(COUNTED_SECONDS)
            rows[2].add(context_switches(ours.pids()) - before)
            for server in (ours, nginx, redis):
                memory.setdefault(server.name, []).append(unreclaimable_bytes(server.pids()))
                locked.setdefault(server.name, []).append(locked_bytes(server.pids()))
    for row, peer in zip(rows, ("nginx", "redis")):
        row.values = [a / b for a, b in zip(memory["credcached"], memory[peer])]
    for name, values in memory.items():
        setup.note(f"{name}: {setup.median(values) / 2**20:.2f} MiB that cannot be given back when idle; "
                   f"{setup.median(locked[name]) / 2**20:.2f} MiB are locked, pages of files included")
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
