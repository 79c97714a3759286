"""P14: a client that connects, resolves once and goes. CPU time per connection against nginx, and the system calls it takes."""

import os
import re
import shutil
import subprocess
import time

import messages
from hot_path import alternate
from measure import Failed, Row
from servers import Credcached, EpollEcho, Nginx, ask

TRACED = 1000  # connections


def measure(setup):
    rows = [Row("P14", f"connect, resolve, close, {many}, CPU per connection / nginx's", 1.0) for many in ("1 at a time", "8 at a time")]
    with Credcached(setup.folder, setup.credcached, providers=setup.providers, suffix="-connections") as credcached:
        body = messages.add_and_resolve(credcached, "alice", setup.values)
        full = setup.request("connections", messages.resolve("alice"), body=len(body))
        with Nginx(setup.folder, body, suffix="-connections") as nginx:
            constant = ask(nginx.address, messages.resolve("alice"))
            messages.same_body(constant, body)
            with EpollEcho(setup.folder, f"{setup.programs}/epoll_echo", constant, suffix="-connections") as echo:
                servers = {"credcached": credcached, "nginx": nginx, "epoll echo": echo}
                turns = {f"{name}, {many} at a time": (server, full, many) for many in (1, 8) for name, server in servers.items()}
                seen = alternate(setup, turns, reconnect=True)
                for name, values in seen.items():
                    setup.note(f"{name}: {setup.median(values):.2f} µs CPU per connection")
                for name, server in servers.items():
                    setup.note(f"{name}, 1 at a time: {system_calls(setup, server, full)}")
    for row, many in zip(rows, (1, 8)):
        row.values = [a / b for a, b in zip(seen[f"credcached, {many} at a time"], seen[f"nginx, {many} at a time"])]
    return rows


def system_calls(setup, server, request):
    """How many of each a connection takes, counted by strace, which makes everything slow: not part of what is timed."""
    if not shutil.which("strace"):
        return "SKIP: strace is not there to count system calls. Install it: apt-get install strace"
    counts = os.path.join(setup.folder, "strace")
    attach = [word for pid in server.pids() for word in ("-p", str(pid))]
    strace = subprocess.Popen(["strace", "-f", "-c", "-o", counts, *attach], stderr=subprocess.PIPE, text=True)
    while not all(traced(pid) for pid in server.pids()):
        if strace.poll() is not None:
            return f"SKIP: strace may not look at {server.name}: {strace.stderr.read().strip()}"
        time.sleep(0.01)
    setup.tools.load(server, request, count=TRACED, reconnect=True)
    strace.terminate()  # it detaches and writes its counts
    strace.communicate()
    with open(counts) as table:  # % time, seconds, usecs/call, calls, errors if any, name
        calls = {match[2]: int(match[1]) for match in re.finditer(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$", table.read(), re.MULTILINE)}
    total = calls.pop("total", 0)
    if total < TRACED:
        raise Failed(f"strace counted {total} system calls of {server.name} for {TRACED} connections")
    each = ", ".join(f"{name} {count / TRACED:.1f}" for name, count in sorted(calls.items(), key=lambda item: -item[1])
                     if count >= TRACED / 20)
    return f"{total / TRACED:.1f} system calls per connection: {each}"


def traced(pid):
    """True if all threads of the process are."""
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            if "\nTracerPid:\t0\n" in status.read():
                return False
    return True
