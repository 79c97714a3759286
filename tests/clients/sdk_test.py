#!/usr/bin/python3
"""sdk_test.py PROGRAM: programs of others get the credential that was handed out, and no part of another one.

What stands in the environment of the caller beside it (a token of yesterday, a profile, an endpoint) would outrank or complete
it: `exec` takes that away. Node's fetch, which is no browser, is served over TCP.
"""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages

LEFTOVERS = {
    "AWS_SESSION_TOKEN": "token-of-yesterday", "AWS_PROFILE": "other", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_SECURITY_TOKEN": "token-of-yesterday", "AWS_CONFIG_FILE": "/nonexistent",
}

BOTOCORE = """
import json, botocore.session
session = botocore.session.Session()
found = session.get_credentials()
client = session.create_client("sts")
print(json.dumps([found.access_key, found.secret_key, found.token, found.method, client.meta.region_name]))
"""

FETCH = """
const [url, token] = process.argv.slice(1);
fetch(url, {headers: {Authorization: `Bearer ${token}`}}).then(async answer =>
  console.log(JSON.stringify([answer.status, await answer.json()])));
"""


def without_leftovers():
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CREDCACHED_"))}


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.socket, cls.token = f"{cls.folder.name}/socket", pathlib.Path(cls.folder.name, "token")
        log = pathlib.Path(cls.folder.name, "log")
        with open(log, "wb") as file:
            cls.daemon = subprocess.Popen(
                [PROGRAM, "serve", "--listen", f"unix:{cls.socket}", "--listen", "tcp:127.0.0.1:0", "--token-file", cls.token],
                stderr=file, env=without_leftovers())
        deadline = time.monotonic() + 20
        while "is ready" not in log.read_text():
            if cls.daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text())
            time.sleep(0.02)
        cls.address = next(line.split("tcp:")[1].rstrip(".") for line in log.read_text().splitlines() if "tcp:" in line
                           and "Listening" in line)
        subprocess.run(
            [PROGRAM, "add", "--socket", cls.socket, "--csp", "aws", "AWS_ACCESS_KEY_ID=AKIANEWNEWNEWNEWNEWN",
             "AWS_REGION=eu-north-1", "AWS_SECRET_ACCESS_KEY=-"],
            input="new-secret\n", text=True, check=True, timeout=60, env=without_leftovers())

    @classmethod
    def tearDownClass(cls):
        cls.daemon.terminate()
        cls.daemon.wait(20)
        cls.folder.cleanup()

    def executed(self, *command):
        """What the command prints, started by exec from an environment with leftovers."""
        done = subprocess.run([PROGRAM, "exec", "--socket", self.socket, "--csp", "aws", "--", *command],
                              capture_output=True, text=True, timeout=120, env=without_leftovers() | LEFTOVERS)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
            self.assertIn(name, done.stderr)
        self.assertNotIn("yesterday", done.stderr)
        return json.loads(done.stdout)

    def test_botocore(self):
        if subprocess.run([PYTHON, "-c", "import botocore"], capture_output=True, timeout=60).returncode != 0:
            self.skipTest("python3-boto3 is not installed")
        self.assertEqual(self.executed(PYTHON, "-c", BOTOCORE), [
            "AKIANEWNEWNEWNEWNEWN", "new-secret", None, "env", "eu-north-1"])

    def test_node_fetch(self):
        if shutil.which("node") is None:
            self.skipTest("node is not installed")
        asked = subprocess.run(
            ["node", "-e", FETCH, f"http://{self.address}/v1/resolve?csp=aws&user={pwd.getpwuid(os.geteuid()).pw_name}",
             self.token.read_text().strip()],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(asked.returncode, 0, asked.stderr)
        status, answer = json.loads(asked.stdout)
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["variables"]["AWS_SECRET_ACCESS_KEY"], "new-secret")


if __name__ == "__main__":
    counted.main("sdk")
