#!/usr/bin/python3
"""first_day_test.py FOLDER BUILD: the first day of somebody who has only the documents, from README's session to cron.

One story, told in the order of the methods: each begins where the one before has ended. It takes place in a machine of its own
(tests/systemd) that is booted from FOLDER/root, with real users and groups. No command line and no file of it stands here: all
are read from the documents, so that these cannot say anything else. BUILD is what `cmake --install` installs.
"""
import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / folder) for folder in ("docs", "support", "systemd")]
import counted  # noqa: E402
import documents  # noqa: E402
import session  # noqa: E402
from machine import CannotBoot, Machine, eventually  # noqa: E402

FOLDER, BUILD = (pathlib.Path(word).resolve() for word in (sys.argv.pop(1), sys.argv.pop(1)))
CONFIG = "etc/credcached/config.yaml"
DEFINITION = "etc/credcached/providers.d/50-example.yaml"
PEOPLE = {"alice": "members", "ci": None, "audrey": "auditors"}  # of docs/access.md
TOFU = '#!/bin/sh\n[ "$1" = apply ] && [ -n "$HW_ACCESS_KEY" ]\n'
PROFILES = "[prod]\naws_access_key_id = AKIAIOSFODNN7PRODUCT\naws_secret_access_key = secret-of-production\n"
# systemctl does not wait for the end of a reload; whoever types the next command does.
RELOADS = "journalctl --unit=credcached --output=cat | grep -cE '(Not reloaded|Reloaded)[:.,]'"
RELOAD = f"{{ seen=$({RELOADS}); systemctl reload credcached && until (( $({RELOADS}) > seen )); do sleep 0.05; done; }}"
DEPLOY = '#!/bin/sh\nenv >~/deployed\n'
# Ansible's own way to a machine is ssh: what it would run at the other end runs in the machine.
SSH = '#!/bin/bash\nexec {enter} /bin/sh -c "${{@: -1}}"\n'

machine = None
why_not = ""  # why there is no machine
ran = set()  # the places of the blocks that the story has run


def setUpModule():
    global machine, why_not
    why_not = ("only root can boot a machine" if os.geteuid() != 0 else
               "ansible-playbook is not installed" if not shutil.which("ansible-playbook") else
               "debootstrap has made no root" if not (FOLDER / "root").exists() else "")
    if why_not:
        return
    try:
        machine = Machine(FOLDER / "root", FOLDER / "first_day")
    except CannotBoot as error:
        why_not = f"systemd cannot be booted here: {error}"
        return
    unittest.addModuleCleanup(machine.stop)
    for group in filter(None, PEOPLE.values()):
        machine.run(f"groupadd {group}")
    for user, group in PEOPLE.items():
        machine.run(f"useradd --create-home {f'--groups {group}' if group else ''} {user}")


def block_with(document, pattern):
    """The block of the document that has this in its commands; there is one."""
    found = [block for block in documents.blocks() if block.place.startswith(f"{document}:")
             and any(re.search(pattern, command.text) for command in block.commands)]
    if len(found) != 1:
        raise AssertionError(f"{document}: found {len(found)} blocks with {pattern}, expected one")
    ran.add(found[0].place)
    return found[0]


def snippet(document, language, begins):
    """The text of the block in this language whose first line begins so."""
    return next("\n".join(lines) + "\n" for _, found, lines in documents.fences(documents.ROOT / document)
                if found == language and lines[0].startswith(begins))


def write(path, text, owner=None, mode=0o644):
    """Writes a file of the machine."""
    file = machine.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    if owner:
        machine.run(f"chown -R {owner}: /{path}")


def read(path):
    return (machine.root / path).read_text(encoding="utf-8")


class FirstDay(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if why_not:
            self.skipTest(why_not)

    def session(self, *blocks, user="root", failing=None):
        """Types the commands of the blocks into one shell of the user, on a terminal; returns what it showed. They succeed and
        print what their blocks say; if some are `failing`, those that begin so end with 2, and nothing is said of the output."""
        home = "root" if user == "root" else f"home/{user}"
        commands = [dataclasses.replace(command, text=command.text.replace("systemctl reload credcached", RELOAD))
                    for block in blocks for command in block.commands]
        (machine.root / home / "codes").unlink(missing_ok=True)
        write(f"{home}/session", session.script_of(commands), user)
        places = {"HOME": f"/{home}", "PATH": f"/{home}/bin:/usr/sbin:/usr/bin", "USER": user, "LOGNAME": user, "TERM": "dumb"}
        if user != "root":
            places["XDG_RUNTIME_DIR"] = f"/{home}/runtime"
        enter = [*machine.entering(user if user != "root" else None), "env", f"--chdir=/{home}",
                 *(f"{name}={value}" for name, value in places.items()), "/bin/bash", f"/{home}/session"]
        shown = session.converse(enter, machine.root / home, os.environ)
        self.assertEqual(read(f"{home}/codes").splitlines(),
                         [f"{command.place} {2 if failing and command.text.startswith(failing) else 0}" for command in commands],
                         shown)
        for block in [] if failing else blocks:
            self.assertIsNone(session.missing(block.output, shown), shown)
        return shown

    def configure(self, text):
        write(CONFIG, text)

    def restart(self):
        machine.run("systemctl restart credcached")

    # ---- README.md and docs/cli.md: a daemon of one's own

    def test_1_a_daemon_of_alices_own_with_two_accounts_of_one_cloud(self):
        write("home/alice/bin/credcached", "", mode=0o755)
        shutil.copy(BUILD / "bin/credcached", machine.root / "home/alice/bin/credcached")
        write("home/alice/bin/tofu", TOFU, mode=0o755)
        write("home/alice/.aws/credentials", PROFILES, mode=0o600)
        write("home/alice/key.txt", "secret-of-development\n", mode=0o600)
        (machine.root / "home/alice/runtime").mkdir(mode=0o700)
        machine.run("chown -R alice: /home/alice")
        shown = self.session(block_with("README.md", "^credcached serve &"), block_with("docs/cli.md", "--profile dev"),
                             user="alice")
        self.assertNotIn("secret-of-", shown)
        self.assertRegex(shown, r"(?m)^aws .* dev ")
        self.assertNotIn("command not found", shown)

    # ---- docs/operations.md: the service, by Ansible

    def test_2_ansible_installs_the_service(self):
        for folder in (machine.root / "usr/bin", machine.root / "etc/credcached"):
            self.assertFalse((folder / "credcached").exists())
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "build").mkdir()
            (here / "build/release").symlink_to(BUILD)
            (here / "ssh").write_text(SSH.format(enter=shlex.join(machine.entering())))
            (here / "ssh").chmod(0o755)
            texts = documents.named_texts()
            for name in ("inventory.yaml", "play.yaml"):
                (here / name).write_text(texts[f"docs/operations.md:{name}"])
            (here / "credcached.yaml").write_text(texts[f"docs/access.md:/{CONFIG}"])
            environment = os.environ | {
                "ANSIBLE_SSH_EXECUTABLE": str(here / "ssh"), "ANSIBLE_SSH_TRANSFER_METHOD": "piped", "ANSIBLE_TRANSPORT": "ssh",
                "ANSIBLE_PIPELINING": "1", "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3", "ANSIBLE_REMOTE_USER": "root",
                "ANSIBLE_HOME": str(here / "ansible"), "ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}
            block = block_with("docs/operations.md", "ansible-playbook")
            for again in (False, True):
                for command in block.commands if not again else block.commands[-1:]:
                    done = subprocess.run(["/bin/bash", "-c", command.text], cwd=here, env=environment, timeout=120,
                                          stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace")
                    self.assertEqual(done.returncode, 0, f"{command.place}\n{done.stdout}{done.stderr}")
                    if "cmake" in command.text:  # it was built by somebody with an account
                        subprocess.run(["chown", "-R", "nobody:", here / "stage"], check=True, timeout=30)
                counts = dict(re.findall(r"(ok|changed|failed|skipped)=(\d+)", done.stdout))
                if again:  # a second run restarts nothing, so nothing is forgotten
                    self.assertEqual(counts["changed"], "0", done.stdout)
            print(f"\nNOTE: first day: ansible-playbook's second run: {counts}")
        self.assertEqual(machine.run("stat --format='%U %G %a' /usr/bin/credcached").stdout, "root root 755\n")
        self.assertEqual(machine.run("systemctl is-enabled credcached.socket").stdout, "enabled\n")
        self.assertEqual(read(CONFIG), texts[f"docs/access.md:/{CONFIG}"])
        self.assertIn("credcached", machine.run("id --name --groups ci").stdout.split())

    # ---- docs/access.md: members, CI and auditors

    def test_3_each_of_them_may_do_what_the_rules_say(self):
        write("etc/systemd/system/credcached.socket.d/mode.conf",
              documents.named_texts()["docs/access.md:/etc/systemd/system/credcached.socket.d/mode.conf"])
        write("root/credential.json", documents.first_of("json", documents.ROOT / "docs/cli.md"))
        shown = self.session(block_with("docs/access.md", "runuser"))
        self.assertEqual(machine.run("stat --format=%a /run/credcached/credcached.sock").stdout, "666\n")
        self.assertRegex(shown, r"(?m)^\S*alice +aws|^aws.*alice")
        self.assertRegex(shown, r"(?m)^\S*shared +aws|^aws.*shared")
        self.assertNotIn("a-secret", shown)

    # ---- docs/providers.md and docs/configuration.md: a cloud of one's own

    def test_4_an_own_cloud_has_its_endpoint_from_the_configuration(self):
        self.configure(read(CONFIG) + snippet("docs/providers.md", "yaml", "providers: "))
        write(DEFINITION, documents.first_of("yaml", documents.ROOT / "docs/providers.md"))
        self.session(block_with("docs/providers.md", "--csp ExampleCloud"))
        other = "https://other.example:5000/v3"
        self.configure(re.sub(r"(EXAMPLE_CLOUD_AUTH_URL: ).*", rf"\g<1>{other}", read(CONFIG)))
        block = block_with("docs/providers.md", "--csp ExampleCloud")
        # A changed endpoint takes a reload only, and forgets nothing.
        last = next(command.text for command in block.commands if "printenv" in command.text)
        machine.run(next(command.text for command in block.commands if "reload" in command.text))
        self.assertTrue(eventually(lambda: other in machine.run(last).stdout), machine.run(last).stdout)

    # ---- docs/operations.md: reload

    def test_5_a_broken_reload_says_what_is_wrong_and_changes_nothing(self):
        block = block_with("docs/operations.md", r"^systemctl reload credcached")
        check = next(command.text for command in block.commands if "check-config" in command.text)
        good = read(DEFINITION)
        (expected,) = [line for line in snippet("docs/providers.md", "text", "/etc/credcached/").splitlines() if '"site"' in line]
        write(DEFINITION, good.replace("sites:", "site:"))
        self.assertIn(expected, self.session(block, failing="credcached check-config"))
        journal = next(command.text for command in block.commands if "journalctl" in command.text)
        self.assertTrue(eventually(lambda: expected in machine.run(journal).stdout), machine.run(journal).stdout)
        cloud = block_with("docs/providers.md", "--csp ExampleCloud")
        machine.run(next(command.text for command in cloud.commands if "printenv" in command.text))  # as before
        scrape = block_with("docs/operations.md", "curl.*--unix-socket")
        self.assertIn("credcached_reload_failures_total 1", self.session(scrape))

        write(DEFINITION, good)
        self.assertEqual(machine.run(check).stderr, "")
        self.session(block)
        self.assertTrue(eventually(lambda: "Reloaded:" in machine.run(journal).stdout), machine.run(journal).stdout)

    # ---- docs/operations.md: metrics, rotation

    def test_6_prometheus_scrapes_with_a_token(self):
        before = read(CONFIG)
        self.addCleanup(self.restart)
        self.addCleanup(self.configure, before)
        self.configure(documents.named_texts()[f"docs/operations.md:/{CONFIG}"])
        block = block_with("docs/operations.md", "Authorization: Bearer")
        shown = self.session(block)
        self.assertIn("# TYPE credcached_entries gauge", shown)
        token = read("var/lib/credcached/prometheus.token").strip()
        ask = next(command.text for command in block.commands if "curl" in command.text)
        self.assertNotIn(token, shown)
        self.assertNotEqual(machine.run(re.sub(r"Bearer [^\"]*", "Bearer wrong", ask), check=False).returncode, 0)
        self.assertNotEqual(machine.run(ask.replace("/metrics", "/v1/credentials"), check=False).returncode, 0)

    def test_7_rotation_loses_no_line(self):
        self.configure(read(CONFIG) + snippet("docs/operations.md", "yaml", "audit:"))
        reload = block_with("docs/operations.md", r"^systemctl reload credcached")
        self.session(reload)
        machine.run("credcached add --from-json /root/credential.json --user shared")
        self.assertTrue(eventually(lambda: "shared" in read("var/log/credcached/audit.log")))
        before = read("var/log/credcached/audit.log")
        self.session(block_with("docs/operations.md", "^logrotate --force"))
        self.assertTrue(read("var/log/credcached/audit.log.1").startswith(before))

        def goes_on():
            machine.run("credcached resolve --user shared --csp aws")
            return "shared" in read("var/log/credcached/audit.log")
        self.assertTrue(eventually(goes_on))

    # ---- docs/operations.md: cron

    def cron(self, line, user="alice"):
        """Runs a line of a crontab as cron does: with these four variables and those of the crontab."""
        text = snippet("docs/operations.md", "text", "CREDCACHED_SOCKET=")
        variables = [shlex.quote(row) for row in text.splitlines() if re.match(r"[A-Z_]+=", row)]
        command = next(re.sub(r"^(\S+\s+){5}", "", row) for row in text.splitlines() if line in row and row[0] in "*0123456789")
        return machine.run(f"cd /home/{user}; exec env -i HOME=/home/{user} LOGNAME={user} SHELL=/bin/sh PATH=/usr/bin:/bin "
                           f"{' '.join(variables)} /bin/sh -c {shlex.quote(command)}", user, check=False)

    def test_8_cron_has_no_session(self):
        write("usr/local/bin/deploy", DEPLOY, mode=0o755)
        logged = "journalctl --quiet --identifier=credcached --output=cat"
        nowhere = machine.run("env -i HOME=/home/alice PATH=/usr/bin:/bin credcached list", "alice", check=False)
        self.assertEqual(nowhere.returncode, 3, nowhere.stderr)

        refused = self.cron("exec ", "ci")  # what ci may not: resolve what is its own
        self.assertEqual(refused.returncode, 125, refused.stderr)
        self.assertFalse((machine.root / "home/ci/deployed").exists())

        socket = "CREDCACHED_SOCKET=/run/credcached/credcached.sock"
        account = "--csp aws AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=-"
        machine.run(f"{socket} credcached add --ttl 2h {account}", "alice", given="secret-of-alice\n")
        self.assertEqual(self.cron("--expiring").returncode, 0)
        self.assertNotIn("a credential expires", machine.run(logged).stdout)
        done = self.cron("exec ")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("AWS_SECRET_ACCESS_KEY=secret-of-alice", read("home/alice/deployed"))

        machine.run(f"{socket} credcached add --ttl 30m {account}", "alice", given="secret-of-alice\n")
        self.assertEqual(self.cron("--expiring").returncode, 0)
        self.assertTrue(eventually(lambda: "a credential expires within 40 minutes" in machine.run(logged).stdout))
        self.assertEqual(self.cron("exec ").returncode, 125)

    # ----

    def test_9_the_story_has_run_every_block_about_the_service(self):
        expected = {block.place for block in documents.blocks() if block.for_a_service()}
        self.assertTrue(expected)
        self.assertEqual(expected - ran, set())


if __name__ == "__main__":
    counted.main("first_day")
