"""The real readers of the formats that resolve writes.

A reader takes texts of answers and returns the variables that it finds in each of them, as dictionaries. What it is known to
read wrong stands with it as limits: clients_test.py holds each reader to them and makes the table of docs/resolve.md.
"""
import dataclasses
import http.server
import json
import pathlib
import shlex
import shutil
import socketserver
import subprocess
import tempfile
import threading
import typing
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}


@dataclasses.dataclass
class Limit:
    """Values that a reader does not give back as they were."""
    values: str  # in words, as they stand in the table
    has: typing.Callable[[str], bool]


@dataclasses.dataclass
class Reader:
    format: str
    name: str
    absent: typing.Callable[[], str]  # why it cannot be run; empty if it can
    read: typing.Callable[[list], list]
    limits: tuple = ()

    def misreads(self, value):
        return any(limit.has(value) for limit in self.limits)


# ---- ways to run a reader

def no_program(name):
    return lambda: "" if shutil.which(name, path=ENVIRONMENT["PATH"]) else f"{name} is not installed"


def no_module(*command):
    """Absent unless the command, which does no more than load the module, succeeds."""
    def absent():
        try:
            loads = subprocess.run(command, capture_output=True, timeout=60, env=ENVIRONMENT, cwd=HERE).returncode == 0
        except FileNotFoundError:
            loads = False
        return "" if loads else f"{shlex.join(command)} fails"
    return absent


def run(command, text=""):
    done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=120, env=ENVIRONMENT, cwd=HERE)
    return done.stdout.decode(errors="surrogateescape")


def environment_of(listing):
    """What `env -0` printed."""
    return dict(entry.split("=", 1) for entry in listing.split("\0") if "=" in entry)


def from_environment(*command):
    """A command that takes a text from standard input into its environment and becomes `env -0`."""
    return lambda texts: [environment_of(run(command, text)) for text in texts]


def from_file(*command):
    """A command that is given a file as its last word; it becomes `env -0` or prints JSON."""
    def read(texts):
        found = []
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "file")
            for text in texts:
                file.write_bytes(text.encode())
                shown = run([*command, str(file)])
                found.append(json.loads(shown) if shown.startswith("{") else environment_of(shown))
        return found
    return read


def in_one_process(*command):
    """A command that takes a JSON list of texts and prints a JSON list of objects."""
    return lambda texts: json.loads(run(command, json.dumps(texts)))


def in_node(parser):
    return in_one_process("node", "-e", f"""
        const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        Promise.all(texts.map({parser})).then(found => console.log(JSON.stringify(found)));""")


# ---- readers that take more than a command

def read_with_docker(texts):
    """Docker's command line reads the file; its daemon is played by a server that keeps the Env it is sent."""
    received = []

    class Daemon(http.server.BaseHTTPRequestHandler):
        def answer(self, body=b"{}"):
            self.send_response(200)
            self.send_header("Api-Version", "1.41")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET = answer

        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["Env"])
            self.answer(b'{"Id": "x"}')

        def log_message(self, *_):
            pass

    with tempfile.TemporaryDirectory() as folder, socketserver.UnixStreamServer(f"{folder}/socket", Daemon) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        try:
            from_file("sh", "-c", f'docker --host unix://{folder}/socket create --env-file "$1" image', "sh")(texts)
        finally:
            server.shutdown()
    return [dict(entry.split("=", 1) for entry in entries) for entries in received]


def read_with_kubectl(texts):
    show = from_file("kubectl", "create", "configmap", "name", "--dry-run=client", "--output=json", "--from-env-file")
    return [found["data"] for found in show(texts)]


def read_with_hcl2json(texts):
    """It prints the signs of templates doubled again."""
    found = in_node("text => require('@cdktf/hcl2json').parse('terraform.tfvars', text)")(texts)
    return [{name: value.replace("$${", "${").replace("%%{", "%{") for name, value in values.items()} for values in found]


# ---- all of them

def has_any(characters):
    return lambda value: any(c in value for c in characters)


def has_line_break(value):
    return "\n" in value or "\r" in value


has_special = has_any('"\\$`')  # what dotenv has in single quotes only
LINES_OF_SPECIAL = "a line break together with one of `\"`, `\\`, `$` and backquote"
EVAL = 'eval "$(cat)"; exec /usr/bin/env -0'

READERS = [
    Reader("json", "JSON.parse of Node", no_program("node"), in_node(
        "text => Object.assign(...text.trim().split('\\n').map(line => JSON.parse(line).variables))")),
    Reader("dotenv", "dotenv of npm", no_module("node", "-e", "require('dotenv')"), in_node("text => require('dotenv').parse(text)")),
    Reader("dotenv", "Node's `--env-file`", no_module("node", "--env-file=/dev/null", "-e", ""),
           from_file("sh", "-c", 'node --env-file="$1" -p "JSON.stringify(process.env)"', "sh"), (
               Limit("a carriage return", has_any("\r")),)),
    Reader("dotenv", "python3-dotenv", no_module("/usr/bin/python3", "-c", "import dotenv"),
           in_one_process("/usr/bin/python3", "-c", "import dotenv, io, json, sys; json.dump("
                          "[dotenv.dotenv_values(stream=io.StringIO(text)) for text in json.load(sys.stdin)], sys.stdout)"), (
               Limit("two backslashes in a row", lambda value: "\\\\" in value),
               Limit("`${` with a `}` after it (expanded, unless told `interpolate=False`)",
                     lambda value: "}" in value.partition("${")[2]))),
    Reader("dotenv", "ruby-dotenv", no_module("ruby", "-rdotenv", "-e", ""),
           in_one_process("ruby", "-rdotenv", "-rjson", "-e",
                          "puts JSON.parse($stdin.read).map { |text| Dotenv::Parser.call(text) }.to_json"), (
               Limit(LINES_OF_SPECIAL + " (its lines are taken for variables)",
                     lambda value: "\n" in value and has_special(value)),)),
    Reader("dotenv", "`direnv dotenv`", no_program("direnv"), from_file("direnv", "dotenv", "json"), (
        Limit(LINES_OF_SPECIAL + " (an error)", lambda value: "\n" in value and has_special(value)),)),
    Reader("dotenv", "bash, `set -a; . FILE`", no_program("bash"),
           from_file("bash", "-c", 'set -a; . "$1"; exec /usr/bin/env -0', "bash"), (
               Limit("a line break without any of these four (it stays `\\n` or `\\r`)",
                     lambda value: has_line_break(value) and not has_special(value)),)),
    Reader("env", "`docker run --env-file`, if it is there", no_program("docker"), read_with_docker),
    Reader("env", "`kubectl create … --from-env-file`", no_program("kubectl"), read_with_kubectl),
    *(Reader("shell", command[0], no_program(command[0]), from_environment(*command, "-c", EVAL))
      for command in (["bash"], ["dash"], ["zsh", "-f"], ["busybox", "sh"], ["fish", "--no-config"])),
    Reader("powershell", "pwsh, if it is there", no_program("pwsh"),
           from_environment("pwsh", "-NoProfile", "-NonInteractive", "-Command",
                            "[Console]::In.ReadToEnd() | Invoke-Expression; /usr/bin/env -0")),
    Reader("tfvars", "HCL, as hcl2json of npm has it", no_module("node", "-e", "require('@cdktf/hcl2json')"),
           read_with_hcl2json, (
        Limit("text that is not in Unicode's form NFC (it is normalised, by Terraform as well)",
              lambda value: unicodedata.normalize("NFC", value) != value),)),
]
