"""P6, P7, P8, P11, P12: a million credentials. Each round fills a fresh server, measures it full, and lets all expire in one second.

Redis holds the same credential, its names and values as one JSON string, under a key with the same parts and with the
same deadline. What the bare epoll loop makes a client wait in as much time is the machine's own part of a stall.
"""

import json
import time
from datetime import datetime, timezone

import messages
from measure import Failed, Row, cpu_seconds, pss_bytes, seconds_waiting_for_a_core
from servers import Credcached, EpollEcho, Redis, ask

LONG_LIVED = 10  # entries that are there before the others come and after they are gone
CONNECTIONS = 16
EXPIRY_SECONDS = 2.4  # how long the stalls of the expiry are looked for


def measure_adds(setup):
    row = Row("P11", "adds per second of CPU / Redis SET's", 1.0, at_least=True)
    count = setup.entries // 10
    add = setup.request("add", messages.add("a{n}", setup.values), status=204, body=0)
    put = setup.request("set", messages.resp("SET", messages.redis_key("a{n}"), messages.redis_value(setup.values), "EX", messages.LIFE), body=0)
    rates = {"credcached": [], "redis": []}
    for turn in range(setup.rounds):
        sides = [(Credcached(setup.folder, setup.credcached, providers=setup.providers, suffix=f"-adds{turn}"), add),
                 (Redis(setup.folder, suffix=f"-adds{turn}"), put)]
        for server, request in sides[::-1] if turn % 2 else sides:
            with server:
                before = cpu_seconds(server.pids())
                setup.tools.load(server, request, connections=CONNECTIONS, count=count)
                rates[server.name].append(count / (cpu_seconds(server.pids()) - before))
    row.values = [a / b for a, b in zip(rates["credcached"], rates["redis"])]
    for name, values in rates.items():
        setup.note(f"{name}: {setup.median(values):,.0f} adds per second of CPU")
    return [row]


class CredcachedSide:
    """What the rounds do, said in credcached's protocol."""

    def __init__(self, setup, turn):
        self.server = Credcached(setup.folder, setup.credcached, providers=setup.providers, suffix=f"-scale{turn}")
        self.setup = setup

    def keep(self):
        for number in range(LONG_LIVED):
            messages.answer_body(ask(self.server.address, messages.add(f"keep{number}", self.setup.values)), 204)
        return self.setup.request("keep", messages.resolve("keep0"))

    def fill_request(self, deadline):
        expires = datetime.fromtimestamp(deadline, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.setup.request("fill", messages.add("f{n}", self.setup.values, expiresAt=expires), status=204, body=0)

    def entries(self):
        return json.loads(messages.answer_body(ask(self.server.address, messages.http("GET", "/v1/status", "root")), 200))["entries"]


class RedisSide:
    """The same in Redis's."""

    def __init__(self, setup, turn):
        self.server = Redis(setup.folder, suffix=f"-scale{turn}")
        self.setup = setup

    def keep(self):
        for number in range(LONG_LIVED):
            messages.redis(self.server, "SET", messages.redis_key(f"keep{number}"), messages.redis_value(self.setup.values), "EX", messages.LIFE)
        return self.setup.request("redis-keep", messages.resp("GET", messages.redis_key("keep0")))

    def fill_request(self, deadline):
        words = "SET", messages.redis_key("f{n}"), messages.redis_value(self.setup.values), "PXAT", int(deadline * 1000)
        return self.setup.request("redis-fill", messages.resp(*words), body=0)

    def entries(self):
        return int(messages.redis(self.server, "DBSIZE")[1:])


def measure(setup):
    rows = {"P6": Row("P6", "bytes per credential / Redis's", 0.65),
            "P7": Row("P7", "all expire in one second: longest stall of a GET / Redis's", 0.05),
            "P7 left": Row("P7", "expired entries left one second after the deadline", 0, unit="", digits=0),
            "P8": Row("P8", "growing: longest stall of a GET / the epoll loop's in as many seconds", 1.5),
            "explain": Row("P12", "explain, CPU per request full / with 10 entries", 1.2),
            "list": Row("P12", "list, CPU per request full / with 10 entries", 1.2),
            "capabilities": Row("P12", "capabilities, CPU per request full / with 10 entries", 1.2)}
    fill_seconds, figures, floor = {}, {"credcached": [], "redis": []}, []
    for turn in range(setup.scale_rounds):
        for side in (CredcachedSide(setup, turn), RedisSide(setup, turn)):
            with side.server:
                figures[side.server.name].append(one_round(setup, side, fill_seconds, rows))
        floor.append(stalls_of_the_machine(setup, fill_seconds["credcached"]))
    ours, theirs = figures["credcached"], figures["redis"]
    rows["P6"].values = [a["bytes"] / b["bytes"] for a, b in zip(ours, theirs)]
    rows["P7"].values = [a["expiry stall"] / b["expiry stall"] for a, b in zip(ours, theirs)]
    rows["P7 left"].values = [a["left"] for a in ours]
    rows["P8"].values = [a["growth stall"] / machine for a, (machine, _) in zip(ours, floor)]
    for name, seen in figures.items():
        say = lambda key: setup.median([round_[key] for round_ in seen])
        setup.note(f"{name}, {setup.entries:,} entries: {say('bytes'):.0f} B each; longest stall {say('growth stall'):.2f} ms growing, "
                   f"{say('expiry stall'):.2f} ms expiring; {say('left'):,.0f} expired entries left after 1 s; "
                   f"waited {say('growth noise'):.1f} and {say('expiry noise'):.1f} ms for its core meanwhile")
    growing, idle = (setup.median(values) for values in zip(*floor))
    setup.note(f"epoll echo, asked for as long: longest stall {growing:.2f} ms with 16 busy connections, {idle:.2f} ms without")
    return list(rows.values())


def one_round(setup, side, fill_seconds, rows):
    server, tools, fill = side.server, setup.tools, setup.entries - LONG_LIVED
    keep = side.keep()
    small = answers_cost(setup, server)
    seconds = fill_seconds.get(server.name) or estimated_fill(setup, side, fill)
    memory, waited = pss_bytes(server.pids()), seconds_waiting_for_a_core(server.pids())
    deadline = int(time.time() + 1.5 * seconds + 4)
    grown = tools.load(server, side.fill_request(deadline), probe=keep, connections=CONNECTIONS, count=fill, seconds=300)
    fill_seconds[server.name] = grown["wall_s"]
    if side.entries() != setup.entries:
        raise Failed(f"{server.name} has {side.entries()} entries instead of {setup.entries} "
                     f"{'after' if time.time() < deadline else 'because filling took longer than their life:'} {grown['wall_s']:.1f} s")
    result = {"bytes": (pss_bytes(server.pids()) - memory) / fill, "growth stall": grown["probe"]["max_us"] / 1e3,
              "growth noise": 1e3 * (seconds_waiting_for_a_core(server.pids()) - waited)}
    for name, cost in answers_cost(setup, server).items():
        rows[name].add(cost / small[name])
    if time.time() > deadline - 0.5:
        raise Failed(f"{server.name}: no time left before the deadline; filling took {grown['wall_s']:.1f} s")
    time.sleep(deadline - 0.4 - time.time())
    waited = seconds_waiting_for_a_core(server.pids())
    probe = tools.start(server, None, probe=keep, seconds=EXPIRY_SECONDS)
    time.sleep(deadline + 1 - time.time())
    result["left"] = side.entries() - LONG_LIVED
    result["expiry stall"] = tools.finish(probe)["probe"]["max_us"] / 1e3
    result["expiry noise"] = 1e3 * (seconds_waiting_for_a_core(server.pids()) - waited)
    return result


def stalls_of_the_machine(setup, seconds):
    """Milliseconds: the longest waits for a server that does nothing, under load and alone, in the times of the two stalls."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (messages.BODY, b"x" * messages.BODY)
    with EpollEcho(setup.folder, f"{setup.programs}/epoll_echo", answer, suffix="-stalls") as echo:
        ask_it = setup.request("stalls", messages.resolve("alice"), body=messages.BODY)
        growing = setup.tools.load(echo, ask_it, probe=ask_it, connections=CONNECTIONS, seconds=seconds)
        idle = setup.tools.load(echo, None, probe=ask_it, seconds=EXPIRY_SECONDS)
    return growing["probe"]["max_us"] / 1e3, idle["probe"]["max_us"] / 1e3


def estimated_fill(setup, side, fill):
    """Seconds to fill, from one percent of it, replaced later by the fill itself."""
    tried = setup.tools.load(side.server, side.fill_request(int(time.time()) + 600), connections=CONNECTIONS, count=fill // 100)
    return tried["wall_s"] * 100


def answers_cost(setup, server):
    """CPU per request of what answers about one owner; nothing for Redis."""
    if server.protocol != "http":
        return {}
    targets = {"explain": "/v1/explain?csp=aws", "list": "/v1/credentials", "capabilities": "/xpanse/credentials/capabilities?cspName=aws"}
    return {name: setup.tools.cpu_per_request(server, setup.request(name, messages.http("GET", target, "keep1")), CONNECTIONS,
                                              count=setup.entries // 100 if setup.quick else 20_000)
            for name, target in targets.items()}
