#!/usr/bin/python3
"""installed_service_test.py FOLDER: installs the service as the documents say and uses it as its users do.

FOLDER/root is a Debian root (see make_root); a copy of it is booted for the test. The commands of the documents that need
sudo run as they stand, with a sudo that leads into that machine.
"""
import collections
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "docs"), str(TESTS / "support")]
import counted  # noqa: E402
import documents  # noqa: E402
from machine import CannotBoot, Machine, eventually  # noqa: E402

FOLDER = pathlib.Path(sys.argv.pop(1)).resolve()
SOCKET = "/run/credcached/credcached.sock"
AT_SOCKET = f"CREDCACHED_SOCKET={SOCKET} credcached"
UNITS = " ".join(f"/usr/lib/systemd/system/credcached{unit}" for unit in
                 (".service", ".socket", "-courier@.service", "-courier.socket"))
MOST_EXPOSURE = 15  # tenths of systemd's scale from 0 to 10
STARTED = "39f53479d3a045ac8e11786248231fbf"  # systemd's message id for a unit that has been started
JOURNAL = "journalctl --boot --no-pager --quiet --output=json --unit=credcached.service --unit=credcached.socket"
ERROR, WARNING, DEBUG = 3, 4, 7  # priorities of the journal; less is worse
ADD_AWS = "credcached add --csp aws AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=-"

machine = None


def setUpModule():
    global machine
    try:
        machine = Machine(FOLDER / "root", FOLDER / "machine")
    except CannotBoot as error:
        print(f"SKIP: systemd cannot be booted here: {error}")
        sys.exit(77)
    unittest.addModuleCleanup(machine.stop)
    for user in ("alice", "bob", "mallory"):
        machine.run(f"useradd --create-home {user}")
    with tempfile.TemporaryDirectory() as folder:
        machine.sudo(folder)
        environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "USER": "alice"}
        for block in documents.blocks():
            for command in block.commands if block.for_a_machine() else []:
                done = subprocess.run(["/bin/bash", "-c", command.text], cwd=documents.ROOT, env=environment, timeout=300,
                                      stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace")
                if done.returncode != 0:
                    raise AssertionError(f"{command.place}: {command.text}: {done.returncode}\n{done.stdout}{done.stderr}"
                                         + "\n".join(journal()))
    machine.run("usermod --append --groups credcached bob")
    Service.shipped = (machine.root / "etc/credcached/config.yaml").read_text()
    Service.journal_of_the_installation = journal()
    Service.warnings_of_the_installation = journal(WARNING)
    Service.starts_of_the_installation = starts()


def journal(least=DEBUG, options=""):
    """The messages about the service that are at least as bad as `least`."""
    entries = map(json.loads, machine.run(f"{JOURNAL} {options}").stdout.splitlines())
    return [entry["MESSAGE"] for entry in entries if int(entry["PRIORITY"]) <= least]


def starts():
    return int(machine.run(f"journalctl --boot --quiet --output=cat MESSAGE_ID={STARTED} UNIT=credcached.service | wc -l").stdout)


def property_of(unit, name):
    return machine.run(f"systemctl show --value --property={name} {unit}").stdout.strip()


def with_rules(config):
    """The shipped configuration with its rules in force."""
    before, rules = config.split("# access:")
    return before + "access:" + rules.replace("\n#", "\n ")


class Connection(http.client.HTTPConnection):
    """One to the socket in the machine, as root."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(f"/proc/{machine.init}/root{SOCKET}")


class Service(unittest.TestCase):
    shipped = ""
    journal_of_the_installation = warnings_of_the_installation = ()
    starts_of_the_installation = 0

    def setUp(self):
        self.expected_errors = 0
        self.configure(self.shipped)
        self.restart()
        self.cursor = machine.run("journalctl --boot --lines=0 --show-cursor --quiet").stdout.split("-- cursor: ")[1].strip()

    def tearDown(self):
        self.assertEqual(len(self.journal(ERROR)), self.expected_errors, self.journal(ERROR))

    def journal(self, least=DEBUG):
        """What the journal says since the test began."""
        return journal(least, f"--after-cursor='{self.cursor}'")

    def configure(self, text):
        (machine.root / "etc/credcached/config.yaml").write_text(text)

    def restart(self):
        machine.run("systemctl reset-failed credcached.service credcached.socket && "
                    "systemctl start credcached.socket && systemctl restart credcached.service")

    def reload(self, says="Reloaded"):
        machine.run("systemctl reload credcached")
        self.assertTrue(eventually(lambda: says in str(self.journal())), self.journal())

    def status(self):
        return json.loads(machine.run("credcached status --json").stdout)

    # ---- what the installation left behind

    def test_the_documented_steps_start_one_daemon_without_an_error(self):
        self.assertEqual(self.starts_of_the_installation, 1, self.journal_of_the_installation)
        self.assertEqual(self.warnings_of_the_installation, [])
        self.assertEqual(self.journal_of_the_installation.count(f"Listening on unix:{SOCKET}."), 1)
        self.assertEqual(machine.run("systemctl is-enabled credcached.socket").stdout.strip(), "enabled")

    def test_the_installed_units_have_nothing_that_systemd_complains_about(self):
        found = machine.run(f"systemd-analyze verify --man=no {UNITS}")
        self.assertEqual(found.stdout + found.stderr, "")
        for unit in ("credcached.service", "credcached-courier@0.service"):
            machine.run(f"systemd-analyze security --no-pager --threshold={MOST_EXPOSURE} {unit}")

    def test_the_commands_in_the_text(self):
        for command in documents.mentions():
            if command.text.split()[0] == "systemctl":
                machine.run(command.text)

    # ---- its users

    def use(self, user):
        """A day of a user, whose credentials nobody else sees."""
        machine.run(f"export {AT_SOCKET.split()[0]}; {ADD_AWS}", user, given=f"secret-of-{user}\n")
        listed = machine.run(f"{AT_SOCKET} list", user).stdout
        self.assertIn("ACCESS_KEY", listed)
        self.assertNotIn(f"secret-of-{user}", listed)
        explained = machine.run(f"{AT_SOCKET} explain --csp aws", user).stdout
        self.assertIn("cache", explained)
        self.assertNotIn(f"secret-of-{user}", explained)
        self.assertIn(f"secret-of-{user}", machine.run(f"{AT_SOCKET} resolve --csp aws --format dotenv", user).stdout)
        executed = machine.run(f"{AT_SOCKET} exec --csp aws --min-ttl 40m -- printenv AWS_SECRET_ACCESS_KEY", user).stdout
        self.assertEqual(executed, f"secret-of-{user}\n")

    def test_root_is_served_without_a_rule_and_without_naming_the_socket(self):
        self.use("root")
        self.assertIn("ACCESS_KEY", machine.run("credcached list").stdout)
        self.assertEqual(self.status()["listeners"], [f"unix:{SOCKET}"])

    def test_a_member_of_the_group_is_refused_without_a_rule(self):
        result = machine.run(f"{AT_SOCKET} list", "alice", check=False)
        self.assertEqual(result.returncode, 1, result.stderr)

    def test_the_rules_of_the_shipped_file_let_members_and_root_in(self):
        self.configure(with_rules(self.shipped))
        machine.run("credcached check-config --config /etc/credcached/config.yaml")
        self.reload("2 access rules")
        self.use("alice")
        self.use("bob")
        self.use("root")
        other = machine.run(f"{AT_SOCKET} resolve --csp aws --user alice", "bob", check=False)
        self.assertEqual(other.returncode, 1, other.stdout)
        self.assertIn("secret-of-alice", machine.run("credcached resolve --csp aws --user alice").stdout)
        self.assertEqual(machine.run(f"{AT_SOCKET} status", "alice", check=False).returncode, 0)

    def test_a_stranger_does_not_get_beyond_the_mode_of_the_socket(self):
        self.configure(with_rules(self.shipped))
        self.reload()
        result = machine.run(f"{AT_SOCKET} list", "mallory", check=False)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("Permission denied", result.stderr)
        curl = machine.run(f"curl --silent --show-error --unix-socket {SOCKET} http://localhost/healthz", "mallory", check=False)
        self.assertEqual(curl.returncode, 7, curl.stderr)
        self.assertEqual(machine.run(f"stat --format='%U %G %a' {SOCKET}").stdout, "root credcached 660\n")

    # ---- its life

    def test_clients_that_come_together_start_one_daemon(self):
        machine.run("systemctl stop credcached.service")
        before = starts()
        failed = machine.run(f"for i in $(seq 20); do {AT_SOCKET} status >/dev/null & done; "
                            "for job in $(jobs -p); do wait $job || echo failed; done")
        self.assertEqual(failed.stdout, "")
        self.assertEqual(starts() - before, 1)
        self.assertEqual(machine.run("pidof credcached").stdout.strip(), property_of("credcached.service", "MainPID"))

    def test_a_restart_keeps_the_socket_and_forgets_the_credentials(self):
        self.use("root")
        inode = machine.run(f"stat --format=%i {SOCKET}").stdout
        machine.run("systemctl restart credcached")
        self.assertEqual(machine.run(f"stat --format=%i {SOCKET}").stdout, inode)
        self.assertEqual(machine.run("credcached resolve --csp aws", check=False).returncode, 4)
        self.use("root")

    def test_a_reload_with_a_mistake_changes_nothing(self):
        self.configure(with_rules(self.shipped))
        self.reload()
        self.use("alice")
        self.configure(self.shipped + "\naccess: [{pear: {group: credcached}}]\n")
        self.reload("Not reloaded")
        self.expected_errors = 1
        self.assertRegex(str(self.journal(ERROR)), r'/etc/credcached/config.yaml:\d+:\d+: found the unknown key "pear"')
        self.use("alice")
        self.assertEqual(property_of("credcached.service", "ActiveState"), "active")

    def test_a_stop_removes_the_socket_and_a_start_brings_it_back(self):
        machine.run("systemctl stop credcached.socket")
        self.assertFalse((pathlib.Path(f"/proc/{machine.init}/root") / SOCKET[1:]).exists())
        self.assertEqual(property_of("credcached.service", "ActiveState"), "inactive")
        self.assertEqual(machine.run("credcached status", check=False).returncode, 3)
        machine.run("systemctl start credcached.socket")
        self.use("root")

    def test_no_connection_breaks_in_a_planned_restart(self):
        counts = collections.Counter()
        stopping = threading.Event()

        def ask(pause):
            while not stopping.is_set():
                connection = Connection("localhost")
                try:
                    connection.connect()
                    time.sleep(pause)
                    connection.request("GET", "/healthz", headers={"Connection": "close"})
                    connection.getresponse().read()
                    counts["answered"] += 1
                except (http.client.HTTPException, OSError) as error:
                    counts[f"broken: {error!r}"] += 1
                finally:
                    connection.close()

        clients = [threading.Thread(target=ask, args=(pause,)) for pause in (0, 0, 0.002, 0.002)]
        for client in clients:
            client.start()
        try:
            for _ in range(4):
                time.sleep(0.5)
                machine.run("systemctl restart credcached")
            time.sleep(0.5)
        finally:
            stopping.set()
            for client in clients:
                client.join()
        print(f"\nNOTE: four restarts under {sum(counts.values())} connections: {dict(counts)}")
        self.assertEqual(list(counts), ["answered"])

    # ---- its configuration

    def test_another_address_is_opened_besides(self):
        self.configure("listen: [unix:/var/run/credcached/credcached.sock, tcp:127.0.0.1:8200]\n"
                       "tokens: [{name: runner, file: /var/lib/credcached/token, user: alice}]\n"
                       "access: [{peer: {token: runner}}, {peer: {user: root}}]\n")
        self.restart()
        self.assertEqual(self.status()["listeners"], [f"unix:{SOCKET}", "tcp:127.0.0.1:8200"])
        answer = machine.run("curl --silent --fail --header \"Authorization: Bearer $(cat /var/lib/credcached/token)\" "
                             "http://127.0.0.1:8200/v1/credentials").stdout
        self.assertEqual(json.loads(answer), [])

    def test_the_documented_definition_of_a_cloud_is_taken_by_a_reload(self):
        providers = documents.ROOT / "docs/providers.md"
        example = next(lines for _, language, lines in documents.fences(providers) if language == "yaml")
        definition = machine.root / "etc/credcached/providers.d/50-example.yaml"
        definition.write_text("\n".join(example) + "\n")
        self.addCleanup(definition.unlink)
        self.reload()
        self.assertIn("/etc/credcached/providers.d/50-example.yaml",
                      [known["file"] for known in self.status()["definitions"] if known["csp"] == "ExampleCloud"])

    def test_an_address_that_cannot_be_opened_is_refused_once_and_in_words(self):
        self.configure("listen: [unix:/run/credcached/credcached.sock, unix:/run/elsewhere.sock]\n")
        self.assertNotEqual(machine.run("systemctl restart credcached", check=False).returncode, 0)
        errors = self.journal(ERROR)
        self.assertIn("/run/elsewhere.sock", str(errors))
        self.assertEqual(property_of("credcached.service", "ExecMainStatus"), "2")
        self.assertEqual(property_of("credcached.service", "NRestarts"), "0")
        self.expected_errors = 2  # the daemon's and systemd's

    def test_the_journal_says_where_the_socket_unit_decides(self):
        self.configure('listen: [{address: "unix:/run/credcached/credcached.sock", mode: "0600", group: root}]\n')
        self.restart()
        self.assertRegex(str(self.journal(WARNING)), r"found mode 0660, group gid \d+, expected mode 0600, group root")

    # ---- the courier

    def carry(self, url, user="credcached", check=True):
        """What the courier's socket answers to a request for a loopback address."""
        text = f"GET {url} HTTP/1.1\r\nHost: {url.split('/')[2]}\r\nCourier-Allow-Private: 127.0.0.1\r\n\r\n"
        program = ("import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(20); s.connect('/run/credcached/courier.sock'); "
                   f"s.sendall({text.encode()!r}); print(b''.join(iter(lambda: s.recv(9999), b'')).decode())")
        return machine.run(f'python3 -c "{program}"', user, check=check)

    def test_each_request_has_a_courier_and_nobody_else_than_the_daemon_can_ask(self):
        machine.run("mkdir -p /etc/ssl/certs && systemctl enable --now credcached-courier.socket")
        for _ in range(40):  # more than may be there at once, and more than a limit of the rate would let through
            self.assertIn("Courier-Outcome: unreachable\n", self.carry("https://127.0.0.1:1/").stdout)
        self.assertIn("Courier-Outcome: refused_address\n", self.carry("https://169.254.169.254/").stdout)
        self.assertIn("Courier-Outcome: dns\n", self.carry("https://nowhere.invalid/").stdout)
        for user in ("alice", "bob"):  # bob is in the group
            refused = self.carry("https://127.0.0.1:1/", user, check=False)
            self.assertIn("Permission denied", refused.stderr)
        loaded = "systemctl list-units --all --no-legend 'credcached-courier@*'"
        self.assertTrue(eventually(lambda: machine.run(loaded).stdout == ""), machine.run(loaded).stdout)

    def test_a_key_in_the_credential_store_is_used(self):
        self.assertEqual(self.status()["keySource"], "random")
        store = machine.root / "etc/credstore"
        store.mkdir(mode=0o700, exist_ok=True)
        key = store / "credcached.key"
        key.write_bytes(bytes(range(32)))
        key.chmod(0o600)
        self.addCleanup(key.unlink)
        self.restart()
        self.assertIn("systemd credential", self.status()["keySource"])

    def test_systemd_itself_renews_credentials_at_a_restart_alone(self):  # as docs/configuration.md says
        shown = "cat /run/credentials/probe.service/VALUE"
        self.addCleanup(machine.run, "systemctl stop probe; rm /etc/systemd/system/probe.service; systemctl daemon-reload")
        (machine.root / "etc/systemd/system/probe.service").write_text(
            "[Service]\nUser=nobody\nLoadCredential=VALUE:/etc/probe\nExecStart=sleep 1h\nExecReload=true\n")
        (machine.root / "etc/probe").write_text("first\n")
        machine.run("systemctl daemon-reload && systemctl start probe")
        (machine.root / "etc/probe").write_text("second\n")
        for reload in ("systemctl reload probe", "systemctl daemon-reload && systemctl reload probe"):
            machine.run(reload)
            self.assertEqual(machine.run(shown).stdout, "first\n", reload)
        machine.run("systemctl restart probe")
        self.assertEqual(machine.run(shown).stdout, "second\n")


if __name__ == "__main__":
    counted.main("systemd")
