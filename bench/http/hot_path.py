"""P1, P2, P3, P5: CPU time per resolve against nginx, Redis, a bare epoll loop and the limit; and what a second worker costs."""

import messages
from measure import CLIENT_CORE, SERVER_CORE, Row
from servers import Credcached, EpollEcho, Nginx, Redis, ask

ROWS = ("P1", "P1'", "P2", "P2'", "P3", "P5", "W2")


def measure(setup):
    one, sixteen = "1 connection", "16 connections"
    ours = f"credcached, {sixteen}"
    workers = "credcached with 2 workers on"
    compared = [  # a row, whose figure is divided by whose
        (Row("P1", f"resolve, {sixteen}, CPU per request / nginx's", 0.85), ours, f"nginx, {sixteen}"),
        (Row("P1'", f"resolve, {sixteen}, CPU per request / the limit's", 1.10), ours, f"limit, {sixteen}"),
        (Row("P2", f"resolve, {one}, CPU per request / nginx's", 0.90), f"credcached, {one}", f"nginx, {one}"),
        (Row("P2'", f"resolve, {one}, CPU per request / the limit's", 1.10), f"credcached, {one}", f"limit, {one}"),
        (Row("P3", f"resolve, {sixteen}, CPU per request / Redis GET's", 1.10), ours, f"redis, {sixteen}"),
        (Row("P5", f"resolve, {sixteen}, CPU per request / epoll echo's", 1.6), ours, f"epoll echo, {sixteen}"),
        (Row("W2", f"resolve, {sixteen}, CPU per request of 2 workers on 1 core / 1 worker's", 1.15),
         f"{workers} 1 core, {sixteen}", ours),
        (Row("W2", "the same, on 2 cores, one of them the load generator's", 1.15), f"{workers} 2 cores, {sixteen}", ours)]
    credcached = Credcached(setup.folder, setup.credcached, providers=setup.providers)
    two_workers = Credcached(setup.folder, setup.credcached, workers=2, providers=setup.providers, suffix="-2")
    two_cores = Credcached(setup.folder, setup.credcached, workers=2, providers=setup.providers, suffix="-2-cores",
                           cores=(SERVER_CORE, CLIENT_CORE))
    redis = Redis(setup.folder)
    with credcached, two_workers, two_cores, redis:
        body = messages.add_and_resolve(credcached, "alice", setup.values)
        for server in (two_workers, two_cores):
            messages.add_and_resolve(server, "alice", setup.values)
        messages.redis(redis, "SET", "alice", body)
        nginx = Nginx(setup.folder, body)
        full = setup.request("full", messages.resolve("alice"), body=len(body))
        get = setup.request("get", messages.resp("GET", "alice"), body=len(body))
        with nginx:
            constant = ask(nginx.address, messages.resolve("alice"))
            messages.same_body(constant, body)
            echo = EpollEcho(setup.folder, f"{setup.programs}/epoll_echo", constant)
            limit = EpollEcho(setup.folder, f"{setup.programs}/epoll_echo", constant, suffix="-limit",
                              record=messages.record_size(setup.values))
            with echo, limit:
                turns = {ours: (credcached, full, 16), f"nginx, {sixteen}": (nginx, full, 16),
                         f"redis, {sixteen}": (redis, get, 16), f"epoll echo, {sixteen}": (echo, full, 16),
                         f"limit, {sixteen}": (limit, full, 16),
                         f"credcached, {one}": (credcached, full, 1), f"nginx, {one}": (nginx, full, 1),
                         f"limit, {one}": (limit, full, 1),
                         f"{workers} 1 core, {sixteen}": (two_workers, full, 16),
                         f"{workers} 2 cores, {sixteen}": (two_cores, full, 16)}
                seen = alternate(setup, turns)
    for row, dividend, divisor in compared:
        row.values = [a / b for a, b in zip(seen[dividend], seen[divisor])]
    for name, values in seen.items():
        setup.note(f"{name}: {setup.median(values):.2f} µs CPU per request")
    return [row for row, _, _ in compared]


def alternate(setup, turns, **options):
    """Every server once in each round, each round beginning with another one; microseconds of CPU per request."""
    seen = {name: [] for name in turns}
    names = list(turns)
    for turn in range(setup.rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            seen[name].append(setup.tools.cpu_per_request(*turns[name], seconds=setup.window, **options))
    return seen
