#!/usr/bin/python3
"""commands_test.py PROGRAM: runs every command that the documents show, as it stands there.

Each fenced block is one session of a shell on a terminal, in a home of its own and beside a private daemon. Commands with
sudo are left to tests/systemd, those at the installed service to tests/first_day. ./dev, tofu and pass have stand-ins; what asks on the terminal is answered. Commands in the
text are not run: their verbs and flags have to exist.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import counted  # noqa: E402
import documents  # noqa: E402
import session  # noqa: E402

ROOT = documents.ROOT
PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
NOBODY = 65534
AS_ROOT = os.geteuid() == 0
# In a network of its own, where every port is free, and with the accounts of the documents' examples.
APART = """ip link set lo up && for name in passwd group; do mount --bind "$1/$name" /etc/$name || exit; done
mount -t tmpfs tmpfs /var/lib && install -d -m 0700 -o nobody /var/lib/credcached || exit
shift && exec "$@"
"""
UNSHARE = ["unshare", "--net", "--mount", "/bin/sh", "-c", APART, "sh"]
CAN_BE_APART = AS_ROOT and subprocess.run([*UNSHARE, "/etc", "true"]).returncode == 0
PEOPLE = {"alice": "members", "ci": None, "audrey": "auditors", "credcached": None}

DEV_STAND_IN = r"""#!/bin/bash
# Says whether ./dev knows its first word as a verb, and the other ones as flags or steps of it.
line=$(grep -E "^\./dev $1( |$)" ~/usage) || { echo "dev: no verb $1"; exit 2; }
for word in "${@:2}"; do
  grep -qwFe "$word" <<<"$line $(cat ~/steps)" || { echo "dev: $1 knows no $word"; exit 2; }
done
"""
STAND_INS = {
    "tofu": '#!/bin/sh\n[ "$1" = apply ] && [ -n "$HW_ACCESS_KEY$AWS_ACCESS_KEY_ID" ] || { echo "no credential"; exit 1; }\n',
    "pass": "#!/bin/sh\necho secret-of-pass\n",
}
FILES = {
    "key.txt": "secret-of-a-file\n",
    ".env": "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY='secret of a file'\n",
    ".aws/credentials": "[prod]\naws_access_key_id = AKIAIOSFODNN7PRODUCT\naws_secret_access_key = secret-of-production\n",
    "clouds.yaml": "clouds:\n  testlab:\n    auth: {auth_url: 'https://cloud.example:5000/v3', username: me, password: secret-of-a-cloud, "
                   "project_name: mine, user_domain_name: Default, project_domain_name: Default}\n    region_name: RegionOne\n",
    "openrc.sh": "export OS_AUTH_URL=https://cloud.example:5000/v3\nexport OS_USERNAME=me OS_PROJECT_NAME=mine\n"
                 "export OS_USER_DOMAIN_NAME=Default OS_PROJECT_DOMAIN_NAME=Default\n"
                 'read -rsp "Password (for me): " OS_PASSWORD\nexport OS_PASSWORD\n',
    "credential.json": documents.first_of("json", ROOT / "docs/cli.md"),
}
# What the reader of a block has done before, unless the block starts a daemon itself.
BEFORE = """credcached serve 2>~/serve.log &
until grep -q 'is ready' ~/serve.log; do sleep 0.05; done
credcached add --from-json credential.json
"""


def usage_of_dev():
    return subprocess.run([ROOT / "dev", "help"], capture_output=True, text=True, check=True, timeout=30).stdout


def steps_of_dev():
    text = (ROOT / "dev").read_text(encoding="utf-8")
    return " ".join(re.findall(r"^steps_\w+=\(([^)]*)\)", text, re.MULTILINE)) + " dev"


def accounts():
    """Lines for /etc/passwd and /etc/group: the people of the documents, each with a group of its own name."""
    lines = {"passwd": [], "group": []}
    for number, name in enumerate([*PEOPLE, *filter(None, set(PEOPLE.values()))], 54_000):
        members = ",".join(person for person, group in PEOPLE.items() if group == name)
        lines["group"].append(f"{name}:x:{number}:{members}\n")
        if name in PEOPLE:
            lines["passwd"].append(f"{name}:x:{number}:{number}::/nonexistent:/usr/sbin/nologin\n")
    return lines


class Home:
    """The folder that a reader's shell begins in, with the programs of the documents on its PATH."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="credcached-docs-"))
        (self.path / "bin").mkdir()
        (self.path / "runtime").mkdir(mode=0o700)
        shutil.copy(PROGRAM, self.path / "bin/credcached")
        self.write("dev", DEV_STAND_IN, 0o755)
        self.write("usage", usage_of_dev())
        self.write("steps", steps_of_dev())
        for name, text in STAND_INS.items():
            self.write(f"bin/{name}", text, 0o755)
        for name, text in FILES.items():
            self.write(name, text)
        self.write("config.yaml", documents.named_texts()["docs/access.md:/etc/credcached/config.yaml"])
        for name, lines in accounts().items():
            self.write(name, pathlib.Path("/etc", name).read_text(encoding="utf-8") + "".join(lines))
        if AS_ROOT:  # the documents speak to a user: root has another default socket
            for path in (self.path, *self.path.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        self.environment = {"HOME": str(self.path), "XDG_RUNTIME_DIR": str(self.path / "runtime"), "LANG": "C.UTF-8",
                            "PATH": f"{self.path}/bin:/usr/bin:/bin", "TERM": "dumb", "USER": "nobody"}

    def write(self, name, text, mode=0o644):
        (self.path / name).parent.mkdir(exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8")
        (self.path / name).chmod(mode)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


def apart(home, command):
    """The command as a user, and with a network and accounts of its own if that can be had."""
    if AS_ROOT:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--", *command]
    return [*UNSHARE, str(home.path), *command] if CAN_BE_APART else command


def is_taken(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Shown(unittest.TestCase):
    """One test for each block: added below."""

    def check(self, block):
        for port in set(re.findall(r"127\.0\.0\.1:(\d+)", " ".join(command.text for command in block.commands))):
            if not CAN_BE_APART and is_taken(int(port)):
                self.skipTest(f"port {port} is in use")
        if block.needs_accounts() and not CAN_BE_APART:
            self.skipTest("accounts of its own take root and a mount namespace")
        home = Home()
        self.addCleanup(home.remove)
        home.write("session", session.script_of(block.commands, BEFORE))
        shown = session.converse(apart(home, ["/bin/bash", str(home.path / "session")]), home.path, home.environment)
        codes = home.path / "codes"
        found = codes.read_text().splitlines() if codes.exists() else []
        self.assertEqual(found, [f"{command.place} 0" for command in block.commands], shown)
        self.assertIsNone(session.missing(block.output, shown), shown)
        # A shell hides the exit code of `eval "$(…)"`, and curl calls an answer of 400 a success.
        for complaint in ("credcached: ", '"errorType"', "command not found"):
            self.assertNotIn(complaint, shown)


for shown_block in documents.blocks():
    if not shown_block.for_a_machine() and not shown_block.for_a_service():
        setattr(Shown, f"test_{shown_block.place}", lambda self, block=shown_block: self.check(block))


class Configured(unittest.TestCase):
    @unittest.skipUnless(CAN_BE_APART, "accounts of its own take root and a mount namespace")
    def test_the_configurations_are_taken_without_a_warning(self):
        configurations = {place: text for place, text in documents.named_texts().items() if place.endswith(":/etc/credcached/config.yaml")}
        self.assertGreater(len(configurations), 1)
        for place, text in configurations.items():
            home = Home()
            self.addCleanup(home.remove)
            home.write("config.yaml", text)
            with self.subTest(place):
                checked = subprocess.run(apart(home, [str(home.path / "bin/credcached"), "check-config", "--strict", "--config",
                                                      str(home.path / "config.yaml")]), capture_output=True, text=True, timeout=session.LONGEST)
                self.assertEqual((checked.returncode, checked.stderr), (0, ""))


class Mentioned(unittest.TestCase):
    def help_of(self, *words):
        result = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, timeout=30)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def check_credcached(self, words):
        verb = words[1]
        text = self.help_of()
        if verb.islower() and not verb.startswith("-"):
            self.assertRegex(text, rf"(?m)^  {verb} ")
            text = self.help_of(verb)
        for word in words[1:]:
            if word == "--":
                break
            if word.startswith("--"):
                self.assertRegex(text, rf"{word}\b" if verb != "VERB" else "--help")

    def check_dev(self, words):
        line = re.search(rf"(?m)^\./dev {words[1]}( .*|$)", usage_of_dev())
        self.assertTrue(line, f"no verb {words[1]}")
        for word in words[2:]:
            known = word in steps_of_dev().split() or word in line[0] or word.isupper()
            self.assertTrue(known, f"./dev {words[1]} knows no {word}")

    def check_built(self, words):
        program = ROOT / words[0]
        self.assertTrue(program.exists(), f"{program} has not been built")
        for flag, value in (word.split("=", 1) for word in words[1:] if "=" in word):
            self.assertEqual(flag, "--run_test", "the test does not know this flag")
            listed = subprocess.run([program, "--list_content"], capture_output=True, text=True, timeout=60).stderr
            self.assertRegex(listed, rf"(?m)^{value}\*")

    def test_commands_in_the_text(self):
        for command in documents.mentions():
            words = command.text.split()
            with self.subTest(command.place, command=command.text):
                if words[0] == "credcached":
                    self.check_credcached(words)
                elif words[0] == "./dev":
                    self.check_dev(words)
                elif words[0].startswith(documents.BUILT):
                    self.check_built(words)
                else:
                    self.assertIn(words[0], ("systemctl", "sudo"))  # tests/systemd runs them

    def test_messages(self):
        """What a table looks up by its message is one."""
        text = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
        messages = re.findall(r"^\| `([^`]+)` \|", text[text.index("## Troubleshooting by message"):], re.MULTILINE)
        self.assertGreater(len(messages), 10)
        sources = "".join(path.read_text(encoding="utf-8") for folder in ("lib/src", "daemon/src")
                          for path in (ROOT / folder).rglob("*.cpp"))
        sources = re.sub(r'"\s*\n\s*"', "", sources)  # texts that go on in the next line
        for message in messages:
            with self.subTest(message):
                self.assertIn(message, sources)

    def test_it_finds_commands(self):
        texts = [command.text for block in documents.blocks() for command in block.commands]
        self.assertTrue(any(text.startswith("credcached add") for text in texts))
        self.assertTrue(any("systemctl" in command.text for command in documents.mentions()))


if __name__ == "__main__":
    counted.main("docs")
