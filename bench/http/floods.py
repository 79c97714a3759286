"""P15: the longest wait of a bystander's GET while other clients ask for as much as they can.

The daemon holds one owner with many large credentials, so that a list of them is the most expensive answer there is for
a request of forty bytes.
"""

import collections
import os
import pwd
import selectors
import socket
import time

import messages
from measure import Failed, Row
from servers import Credcached, ask

SECONDS = 3.0  # of a flood
PATIENCE = 1.0  # a wait that has not ended so long after it counts as long as it has lasted
WRITE = 16 * 1024  # bytes: as many requests as fit are sent in one write
CREDENTIALS, LARGE_VALUE = 14, 13_000
HEAD_CONNECTIONS, UNREAD_CONNECTIONS = 20, 200


def measure(setup):
    rows = [Row("P15", f"longest wait of a GET: {HEAD_CONNECTIONS} connections of pipelined HEAD of a list", 20, unit="ms"),
            Row("P15", f"longest wait of a GET: {UNREAD_CONNECTIONS} connections of lists that nobody reads", 20, unit="ms")]
    providers = define(setup.folder)
    for turn in range(1 if setup.quick else 3):
        for row, flood in zip(rows, (pipelined_heads, unread_lists)):
            row.add(longest_wait(setup, Credcached(setup.folder, setup.credcached, providers=providers, suffix=f"-flood{turn}"), flood))
    for row, flood in zip(rows, (pipelined_heads, unread_lists)):
        setup.note(f"{flood.__name__.replace('_', ' ')}: a GET waited {row.median:.2f} ms at most; a wait not over after "
                   f"{SECONDS + PATIENCE:.0f} s counts as long as it had lasted by then")
    return rows


def longest_wait(setup, server, flood):
    """Milliseconds. The server is killed afterwards: it may have hours of requests to answer."""
    with server:
        for number in range(CREDENTIALS):
            messages.answer_body(ask(server.address, large_credential(number)), 204)
        messages.answer_body(ask(server.address, small_credential()), 204)
        bystander = setup.request("bystander", messages.http("GET", "/v1/resolve?csp=flooded", "bystander"))
        probe = setup.tools.start(server, None, probe=bystander, seconds=SECONDS, patience=PATIENCE)
        try:
            flood(server.path, time.monotonic() + SECONDS)
            return setup.tools.finish(probe)["probe"]["max_us"] / 1e3
        finally:
            server.kill()


def define(folder):
    """A csp whose owners may hold as many credentials as the flood wants."""
    providers = os.path.join(folder, "flood-providers.d")
    os.makedirs(providers, exist_ok=True)
    with open(os.path.join(providers, "flooded.yaml"), "w") as file:
        file.write("csp: flooded\nconstant: FLOODED\nsites: [default]\ncredentials:\n")
        for number in range(CREDENTIALS):
            file.write(f"  - type: variables\n    name: C{number}\n    description: One of many.\n    variables:\n")
            for letter in "ABC":
                file.write(f"      - {{name: V{number}_{letter}, description: A value., sensitive: true}}\n")
    return providers


def credential(owner, number, size):
    values = messages.named({f"V{number}_{letter}": "v" * size for letter in "ABC"})
    key = {"csp": "flooded", "site": "default", "type": "variables", "name": f"C{number}"}
    return messages.http("POST", "/xpanse/user/credentials", owner, {**key, "timeToLive": messages.LIFE, "variables": values})


def large_credential(number):
    return credential(pwd.getpwuid(os.getuid()).pw_name, number, LARGE_VALUE)  # whom a request without an owner is about


def small_credential():
    return credential("bystander", 0, 20)


def connect(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(0)
    connection.connect(path)
    return connection


def pipelined(method):
    request = f"{method} /v1/credentials HTTP/1.1\r\nHost:\r\n\r\n".encode()
    return request * (WRITE // len(request)), WRITE // len(request)


def pipelined_heads(path, end):
    """As many HEADs in one write as fit; the next write once all are answered."""
    requests, count = pipelined("HEAD")
    received = {}
    with selectors.DefaultSelector() as ready:
        for _ in range(HEAD_CONNECTIONS):
            connection = connect(path)
            ready.register(connection, selectors.EVENT_READ)
            received[connection] = b""
            connection.sendall(requests)
        while (left := end - time.monotonic()) > 0:
            for connection in (key.fileobj for key, _ in ready.select(left)):
                piece = connection.recv(65536)
                received[connection] += piece
                answers = received[connection].count(b"\r\n\r\n")
                if not piece or received[connection].count(b"HTTP/1.1 200 OK\r\n") < answers:
                    raise Failed(f"a HEAD of a list was not answered with 200: {received[connection][-300:].decode(errors='replace')}")
                if answers == count:
                    received[connection] = b""
                    connection.sendall(requests)
    for connection in received:
        connection.close()


def unread_lists(path, end):
    """Connections that ask for lists and never read; the oldest makes way for the next."""
    requests, _ = pipelined("GET")
    waiting = collections.deque()
    while time.monotonic() < end:
        if len(waiting) == UNREAD_CONNECTIONS:
            waiting.popleft().close()
        try:
            waiting.append(connect(path))
            waiting[-1].sendall(requests)
        except (BlockingIOError, BrokenPipeError, ConnectionResetError):
            pass  # the daemon has not accepted those before it yet, or refuses more of one user
        time.sleep(0.001)  # the client's core is the bystander's as well
    for connection in waiting:
        connection.close()
