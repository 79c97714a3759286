#!/usr/bin/python3
"""clients_test.py PROGRAM: what resolve prints is read by the programs it is meant for.

Ten thousand values, the same ones every time, go into the daemon, out in every format and through every reader of readers.py;
each has to come back as it was, if neither the format refuses it nor the reader is known to read it wrong. A refusal has to
stop the script that evaluates it; Prometheus' own check reads the metrics.
"""
import http.client
import json
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "docs")]
import counted  # noqa: E402
import documents  # noqa: E402
import readers  # noqa: E402

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
DOCUMENT = HERE.parent.parent / "docs/resolve.md"

# Clouds of the test's own: as many variables in one answer as there may be, and several answers in one text. A cloud for each
# answer, because one of a cloud removes the names of its other credentials.
VARIABLES, CLOUDS = 64, 8
NAMES = [[f"VALUE_{i}_{j}" for j in range(VARIABLES)] for i in range(CLOUDS)]

# Everything that some reader takes for its own.
PIECES = list("'\"\\$`# !&|;<>()[]{}*?~^%=,:@+-/.\t\n\r\b\f\v\a\x01\x1b\x7f\x85éß€😀‘’‚‛“”") + [
    "\u00a0", "\u2028", "\ufeff", "e\u0301", "\r\n", "$HOME", "${HOME}", "${HOME:-x}", "$(id)", "`id`", "%{x}", "#{x}", "\\n",
    "\\'", '\\"', "\\\\", " #", "export ", "!!", "''", '""', "$$", "a=b", "\nX=1\n", "null", "0", "~/", "-n"]
PLAIN = list("aZ9")
COUNT = 10_000

# What a format has no form for.
REFUSED = {
    "dotenv": lambda value: readers.has_special(value) and ("'" in value or "\r" in value or value.endswith("\\")),
    "env": readers.has_line_break,
}


def random_values():
    source = random.Random(1)
    while True:
        letters = source.sample(PIECES, source.randint(1, 5)) + PLAIN
        value = "".join(source.choices(letters, k=source.randint(1, 12)))
        if value.strip(" \t\r\n\v\f"):  # a blank value is none
            yield value


VALUES = [value for value, _ in zip(random_values(), range(COUNT))]


def definition(number):
    return f"csp: Values{number}\nconstant: VALUES_{number}\nsites: [default]\nunset: [OUTRANKS]\nexpiresAs: [EXPIRATION]\n" + (
        "credentials:\n  - type: variables\n    name: N\n    description: Values.\n    variables:\n") + "".join(
        f"      - {{name: {name}, description: A value., mandatory: false, sensitive: true}}\n" for name in NAMES[number])


class Daemon:
    """A daemon with the test's clouds, on a socket of its own."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.socket = f"{self.folder.name}/socket"
        for number in range(CLOUDS):
            pathlib.Path(self.folder.name, f"9{number}-values.yaml").write_text(definition(number), encoding="utf-8")
        log = pathlib.Path(self.folder.name, "log")
        with open(log, "wb") as file:
            self.process = subprocess.Popen(
                [PROGRAM, "serve", "--listen", f"unix:{self.socket}", "--providers", self.folder.name], stderr=file)
        deadline = time.monotonic() + 20
        while "is ready" not in log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text())
            time.sleep(0.02)
        self.connection = http.client.HTTPConnection("localhost")
        self.connection.sock = socket.socket(socket.AF_UNIX)
        self.connection.sock.connect(self.socket)

    def stop(self):
        self.connection.close()
        self.process.terminate()
        self.process.wait(20)
        self.folder.cleanup()

    def ask(self, method, target, body=None):
        self.connection.request(method, target, body and json.dumps(body), {"Content-Type": "application/json"} if body else {})
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()

    def resolved(self, number, values, form):
        """Adds the values as a credential of the cloud of this number and asks for it."""
        status, text = self.ask("POST", "/xpanse/user/credentials", {
            "csp": f"Values{number}", "site": "default", "type": "variables", "name": "N",
            "variables": [{"name": name, "value": value} for name, value in values.items()]})
        if status != 204:
            raise RuntimeError(text)
        return self.ask("GET", f"/v1/resolve?csp=Values{number}&format={form}")


def setUpModule():
    global daemon
    daemon = Daemon()


def tearDownModule():
    daemon.stop()


class Reads(unittest.TestCase):
    """One test for each reader: added below."""

    def written(self, form, number, values):
        """The values that the format has a form for, and the answer with them."""
        status, text = daemon.resolved(number, values, form)
        refused = {name for name, value in values.items() if form in REFUSED and REFUSED[form](value)}
        if refused:
            self.assertEqual((status, set(re.findall(r"the value of (\w+)", text))), (400, refused))
            self.assertIn("credcached exec", text)
            values = {name: value for name, value in values.items() if name not in refused}
            status, text = daemon.resolved(number, values, form)
        self.assertEqual(status, 200, text)
        return values, text if text.endswith("\n") else text + "\n"

    def texts(self, form, values):
        """The values in as few texts as possible, each with what is in it."""
        each = VARIABLES * CLOUDS
        for begin in range(0, len(values), each):
            expected, text = {}, ""
            for i, names in enumerate(NAMES):
                some = values[begin + i * VARIABLES:begin + (i + 1) * VARIABLES]
                if some:
                    held, answer = self.written(form, i, dict(zip(names, some)))
                    expected |= held
                    text += answer
            yield expected, text

    def check(self, reader):
        if absent := reader.absent():
            self.skipTest(absent)
        written = list(self.texts(reader.format, [value for value in VALUES if not reader.misreads(value)]))
        found = reader.read([text for _, text in written])
        self.assertEqual(len(found), len(written))
        for (expected, _), values in zip(written, found):
            wrong = [(value, values.get(name)) for name, value in expected.items() if values.get(name) != value]
            self.assertEqual(wrong[:10], [])
        for limit in reader.limits:  # and the table says no more than it has to
            samples = [value for value in VALUES if limit.has(value) and not REFUSED.get(reader.format, lambda _: False)(value)]
            texts = [self.written(reader.format, 0, {NAMES[0][0]: value})[1] for value in samples[:20]]
            values = [values.get(NAMES[0][0]) for values in reader.read(texts)]
            self.assertNotEqual(values, samples[:20], f"{reader.name} reads these right: {limit.values}")


for one in readers.READERS:
    setattr(Reads, f"test_{one.format}_{re.sub(r'[^a-z0-9]+', '_', one.name.lower()).strip('_')}",
            lambda self, reader=one: self.check(reader))


class Documents(unittest.TestCase):
    def test_table_of_readers(self):
        rows = ["| format | read by | not right |", "|---|---|---|"] + [
            f"| `{one.format}` | {one.name} | {'; '.join(limit.values for limit in one.limits) or '–'} |" for one in readers.READERS]
        self.assertIn("\n".join(rows) + "\n", DOCUMENT.read_text(encoding="utf-8"), "the table there is not this one")

    def test_every_format_has_a_reader(self):
        contract = json.loads(daemon.ask("GET", "/openapi.json")[1])
        names = contract["components"]["parameters"]["Format"]["schema"]["enum"]
        presentations = {"header", "curl", "netrc"}  # presented_test.py has their readers
        self.assertEqual(set(names), {one.format for one in readers.READERS} | presentations)


POSIX = {"bash": ["bash"], "dash": ["dash"], "zsh": ["zsh", "-f"], "busybox": ["busybox", "sh"]}


class Refusals(unittest.TestCase):
    """A script that evaluates the output of resolve does not go on if there is none."""

    def check(self, command, form, *scripts):
        if absent := readers.no_program(command[0])():
            self.skipTest(absent)
        daemon.resolved(0, {NAMES[0][0]: "a'b\\"}, "json")
        at_socket = f"--socket {daemon.socket} "
        for script in scripts:
            def outcome(arguments):
                text = script.format(resolve=f"{PROGRAM} resolve {arguments} --format {form}", variable=NAMES[0][0])
                return subprocess.run([*command, text], capture_output=True, text=True, timeout=60, env=readers.ENVIRONMENT)
            self.assertEqual(outcome(at_socket + "--csp Values0").stdout, "went on with a'b\\\n")
            for arguments in (at_socket + "--csp Vultr", at_socket + "--csp Values0 --min-ttl 20d",
                              at_socket + "--csp nosuch", "--socket /nonexistent --csp aws", "", "--csp aws --min-ttl soon",
                              "--csp"):
                with self.subTest(script, arguments=arguments):
                    refused = outcome(arguments)
                    self.assertNotIn("went on", refused.stdout)
                    self.assertNotEqual(refused.returncode, 0)
                    self.assertIn("credcached: ", refused.stderr)

    def test_fish(self):
        self.check(["fish", "--no-config", "-c"], "shell",
                   'eval "$({resolve})"; or exit 1\necho "went on with $' '{variable}"',
                   '{resolve} | source; or exit 1\necho "went on with $' '{variable}"')

    def test_pwsh(self):
        self.check(["pwsh", "-NoProfile", "-NonInteractive", "-Command"], "powershell",
                   '{resolve} | Out-String | Invoke-Expression; "went on with $env:{variable}"')

    def test_other_formats_stay_empty(self):
        for form in ("json", "dotenv", "env", "tfvars"):
            refused = subprocess.run([PROGRAM, "resolve", "--socket", "/nonexistent", "--csp", "aws", "--format", form],
                                     capture_output=True, text=True, timeout=60)
            self.assertEqual((refused.returncode, refused.stdout), (3, ""))


for shell, words in POSIX.items():
    setattr(Refusals, f"test_{shell}", lambda self, words=words: self.check(
        [*words, "-c"], "shell", 'set -e; eval "$({resolve})"; printf "went on with %s\\n" "$' '{variable}"',
        'eval "$({resolve})" || exit; printf "went on with %s\\n" "$' '{variable}"'))


class Leftovers(unittest.TestCase):
    """What evaluates an answer has no variable of another credential afterwards, and knows when this one expires."""

    def check(self, command, form, script):
        if absent := readers.no_program(command[0])():
            self.skipTest(absent)
        answer = daemon.resolved(0, {NAMES[0][0]: "new"}, form)[1]
        parent = {"OUTRANKS": "old", NAMES[0][0]: "old", NAMES[0][1]: "old", "EXPIRATION": "2000-01-01T00:00:00Z", "OTHER": "kept"}
        done = subprocess.run([*command, script], input=answer, capture_output=True, text=True, timeout=60,
                              env={**readers.ENVIRONMENT, **parent})
        self.assertEqual(done.stderr, "")
        found = readers.environment_of(done.stdout)
        self.assertEqual({name: found.get(name) for name in ("OUTRANKS", NAMES[0][0], NAMES[0][1], "OTHER")},
                         {"OUTRANKS": None, NAMES[0][0]: "new", NAMES[0][1]: None, "OTHER": "kept"})
        self.assertRegex(found["EXPIRATION"], r"^20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual(found["CREDCACHED_EXPIRES_AT"], found["EXPIRATION"])

    def test_fish(self):
        self.check(["fish", "--no-config", "-c"], "shell", readers.EVAL)

    def test_bash_where_a_name_is_readonly(self):
        """What cannot be removed is said, and what is meant for fish does not run: options and arguments stay."""
        answer = daemon.resolved(0, {NAMES[0][0]: "new"}, "shell")[1]
        done = subprocess.run(["bash", "-c", 'readonly OUTRANKS; before=$-; eval "$(cat)"; echo "$before $- $#"'],
                              input=answer, capture_output=True, text=True, timeout=60,
                              env={**readers.ENVIRONMENT, "OUTRANKS": "old"})
        before, after, count = done.stdout.split()
        self.assertEqual((before, count), (after, "0"))
        self.assertRegex(done.stderr, r"^[^\n]*OUTRANKS: cannot unset: readonly variable\n$")

    def test_pwsh(self):
        self.check(["pwsh", "-NoProfile", "-NonInteractive", "-Command"], "powershell",
                   "[Console]::In.ReadToEnd() | Invoke-Expression; /usr/bin/env -0")


for shell, words in POSIX.items():
    setattr(Leftovers, f"test_{shell}", lambda self, words=words: self.check(
        [*words, "-c"], "shell", "set -eu; " + readers.EVAL))


class Metrics(unittest.TestCase):
    def test_promtool(self):
        if absent := readers.no_program("promtool")():
            self.skipTest(absent)
        self.assertEqual(daemon.ask("GET", "/v1/resolve?csp=Vultr")[0], 404)
        status, metrics = daemon.ask("GET", "/metrics")
        self.assertEqual(status, 200)
        self.assertIn('error_type="Credentials Not Found"', metrics)
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, timeout=60)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))

    def test_the_rules_of_the_document(self):
        """What docs/operations.md tells Prometheus is in its language and names what the daemon answers."""
        if absent := readers.no_program("promtool")():
            self.skipTest(absent)
        (rules,) = [text for text in documents.texts_of("yaml") if text.startswith("groups:")]
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(rules)
            file.flush()
            checked = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        metrics = daemon.ask("GET", "/metrics")[1]
        for name in re.findall(r"credcached_\w+", rules):
            self.assertIn(f"# TYPE {name} ", metrics)


if __name__ == "__main__":
    counted.main("clients")
