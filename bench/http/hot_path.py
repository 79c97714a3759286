"""P1, P2, P3, P5: CPU time per resolve against nginx, Redis and a bare epoll loop; and what a second worker costs."""

import messages
from measure import CLIENT_CORE, SERVER_CORE, Row
from servers import Credcached, EpollEcho, Nginx, Redis, ask

ROWS = ("P1", "P2", "P3", "P5", "W2")


def measure(setup):
    rows = [Row("P1", "resolve, 16 connections, CPU per request / nginx's", 0.85),
            Row("P2", "resolve, 1 connection, CPU per request / nginx's", 0.90),
            Row("P3", "resolve, 16 connections, CPU per request / Redis GET's", 1.10),
            Row("P5", "resolve, 16 connections, CPU per request / epoll echo's", 1.6),
            Row("W2", "resolve, 16 connections, CPU per request of 2 workers on 1 core / 1 worker's", 1.15),
            Row("W2", "the same, on 2 cores, one of them the load generator's", 1.15)]
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
            with echo:
                turns = {"credcached, 16 connections": (credcached, full, 16), "nginx, 16 connections": (nginx, full, 16),
                         "redis, 16 connections": (redis, get, 16), "epoll echo, 16 connections": (echo, full, 16),
                         "credcached, 1 connection": (credcached, full, 1), "nginx, 1 connection": (nginx, full, 1),
                         "credcached with 2 workers on 1 core, 16 connections": (two_workers, full, 16),
                         "credcached with 2 workers on 2 cores, 16 connections": (two_cores, full, 16)}
                seen = alternate(setup, turns)
    for row, ours, theirs in zip(rows, ("credcached, 16 connections", "credcached, 1 connection",
                                        "credcached, 16 connections", "credcached, 16 connections",
                                        "credcached with 2 workers on 1 core, 16 connections",
                                        "credcached with 2 workers on 2 cores, 16 connections"),
                                 ("nginx, 16 connections", "nginx, 1 connection", "redis, 16 connections",
                                  "epoll echo, 16 connections", "credcached, 16 connections", "credcached, 16 connections")):
        row.values = [a / b for a, b in zip(seen[ours], seen[theirs])]
    for name, values in seen.items():
        setup.note(f"{name}: {setup.median(values):.2f} µs CPU per request")
    return rows


def alternate(setup, turns):
    """Every server once in each round, each round beginning with another one."""
    seen = {name: [] for name in turns}
    names = list(turns)
    for turn in range(setup.rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            seen[name].append(setup.tools.cpu_per_request(*turns[name], seconds=setup.window))
    return seen
