"""The bytes that are sent, and what a right answer to each is."""

import json
import os

from measure import Failed
from servers import ask

VALUES = {"AWS_ACCESS_KEY_ID": "AKIABENCHMARK0000000", "AWS_SECRET_ACCESS_KEY": "s" * 40, "AWS_REGION": "eu-west-1"}
LIFE = 9900  # seconds: `remaining` has four digits for more than two hours, so the answer keeps its length
BODY = 500
KEY = {"csp": "aws", "site": "default", "type": "variables", "name": "ACCESS_KEY"}


class Request:
    """A file with a request, and what is expected of the answer: an HTTP status and a length, -1 for any."""

    def __init__(self, folder, name, data, status=200, body=-1):
        self.file, self.data, self.status, self.body = os.path.join(folder, name), data, status, body
        with open(self.file, "wb") as file:
            file.write(data)


def http(method, target, owner, content=None):
    """What curl sends, with the owner named."""
    body = json.dumps(content, separators=(",", ":")).encode() if content is not None else b""
    extra = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if content is not None else ""
    return (f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
            f"X-Credential-User: {owner}\r\n{extra}\r\n").encode() + body


def resp(*words):
    """{n} in a word becomes seven digits when it is sent, so its length is counted as seven."""
    return b"*%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%s\r\n" % (len(w.replace(b"{n}", b"0000000")), w) for w in (str(w).encode() for w in words))


def named(values):
    """Names and values as xpanse's contract writes them."""
    return [{"name": name, "value": value} for name, value in values.items()]


def add(owner, values, **life):
    return http("POST", "/xpanse/user/credentials", owner, {**KEY, **(life or {"timeToLive": LIFE}), "variables": named(values)})


def resolve(owner):
    return http("GET", "/v1/resolve?csp=aws", owner)


def record_size(values):
    """Bytes of the sealed record of these values, without nonce and tag: a head of 3, 4 before each value, whole AES blocks."""
    return -(-(3 + sum(4 + len(value) for value in values.values())) // 16) * 16


def answer_body(answer, status):
    header, _, body = answer.partition(b"\r\n\r\n")
    if not header.startswith(b"HTTP/1.1 %d " % status):
        raise Failed(f"expected status {status}: {answer[:600].decode(errors='replace')}")
    return body


def same_body(answer, body):
    """The peer's answer must carry the same bytes as ours."""
    if answer_body(answer, 200) != body.encode():
        raise Failed(f"expected the body {body}, got {answer.decode(errors='replace')}")


def redis(server, *words):
    """One command; an error answer fails the run."""
    answer = ask(server.address, resp(*words))
    if not answer or answer[:1] == b"-":
        raise Failed(f"Redis refused {words[0]}: {answer.decode(errors='replace')}")
    return answer


def redis_key(owner):
    """What a cache over Redis needs to find the same credential again."""
    return ":".join([owner, *KEY.values()])


def redis_value(values):
    return json.dumps(named(values), separators=(",", ":"))


def values_for_500_bytes(server):
    """The credential of all rows: its resolve answer for the owner "alice" has exactly BODY bytes."""
    values = dict(VALUES)
    for _ in range(2):
        body = add_and_resolve(server, "alice", values)
        if len(body) == BODY and json.loads(body)["variables"] == values:
            return values
        values["AWS_SECRET_ACCESS_KEY"] = "s" * (len(values["AWS_SECRET_ACCESS_KEY"]) + BODY - len(body))
    raise Failed(f"no answer of {BODY} bytes with {list(VALUES)}: {body}")


def add_and_resolve(server, owner, values):
    answer_body(ask(server.address, add(owner, values)), 204)
    return answer_body(ask(server.address, resolve(owner)), 200).decode()
