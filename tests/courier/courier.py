"""Asks the real credcached-courier as the daemon does: a request on a Unix stream, which is its standard input."""
import contextlib
import socket
import subprocess
import time

PROGRAM = ""  # set by whoever runs the tests


class Answer:
    def __init__(self, data, seconds):
        self.data, self.seconds = data, seconds
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1]) if data else 0
        self.fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        self.outcome = self.fields.get("courier-outcome")

    def __repr__(self):
        return repr(self.data[:600])


def start(environment=None):
    ours, theirs = socket.socketpair()
    with theirs:
        return ours, subprocess.Popen([PROGRAM], stdin=theirs, env=environment or {}, stderr=subprocess.DEVNULL)


def request(url, *, method="GET", body=b"", fields=None, **rules):
    """The text of a request; `allow_private="127.0.0.1"` becomes Courier-Allow-Private and so on."""
    authority = url.split("/")[2]
    lines = [f"{method} {url} HTTP/1.1", f"Host: {authority}"]
    lines += [f"Courier-{name.replace('_', '-').title()}: {value}" for name, value in rules.items()]
    lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask_raw(text, environment=None):
    begin = time.monotonic()
    ours, process = start(environment)
    with ours:
        ours.settimeout(20)
        data = b""
        with contextlib.suppress(ConnectionError):  # it does not read all of what it refuses
            ours.sendall(text)
        with contextlib.suppress(ConnectionError):
            while part := ours.recv(65536):
                data += part
    process.wait(5)
    return Answer(data, time.monotonic() - begin)


def ask(url, *, environment=None, **rest):
    return ask_raw(request(url, **rest), environment)
