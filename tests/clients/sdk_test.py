#!/usr/bin/python3
"""sdk_test.py PROGRAM: programs of others get the credential that was handed out, and no part of another one.

What stands in the environment of the caller beside it (a token of yesterday, a profile, an endpoint) would outrank or complete
it: `exec` and the format for shells take that away. Terraform and the command line of AWS talk to an endpoint of the test, which
sees whose signature came. Node's fetch, which is no browser, is served over TCP.
"""
import http.server
import json
import os
import pathlib
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import counted  # noqa: E402

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
PYTHON, AWS = "/usr/bin/python3", "/usr/bin/aws"  # Debian's, which have Debian's packages
KEY, SECRET, REGION = "AKIANEWNEWNEWNEWNEWN", "new-secret", "eu-north-1"

LEFTOVERS = {
    "AWS_SESSION_TOKEN": "token-of-yesterday", "AWS_PROFILE": "other", "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_SECURITY_TOKEN": "token-of-yesterday", "AWS_CONFIG_FILE": "/nonexistent/config",
}

BOTOCORE = """
import json, botocore.session
session = botocore.session.Session()
found = session.get_credentials()
client = session.create_client("sts")
print(json.dumps([found.access_key, found.secret_key, found.token, found.method, client.meta.region_name]))
"""

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/new</Arn><UserId>NEW</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
NO_STATES = "<ListBucketResult><Name>states</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>"

TERRAFORM = """
terraform {
  backend "s3" {
    bucket                      = "states"
    key                         = "state"
    endpoints                   = { s3 = "%s" }
    use_path_style              = true
    skip_credentials_validation = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
  }
}
"""

FETCH = """
const [url, token] = process.argv.slice(1);
fetch(url, {headers: {Authorization: `Bearer ${token}`}}).then(async answer =>
  console.log(JSON.stringify([answer.status, await answer.json()])));
"""


def without_leftovers():
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CREDCACHED_"))}


class Endpoint(http.server.ThreadingHTTPServer):
    """As much of AWS as the test needs: an identity (STS) and a bucket without objects (S3). Keeps who signed what it got."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            signed = re.match(r"AWS4-HMAC-SHA256 Credential=([^/]*)/\d+/([^/]*)/", self.headers.get("Authorization", ""))
            self.server.signed.append((signed and signed.groups(), self.headers.get("X-Amz-Security-Token")))
            listed = self.command == "GET" and "list-type" in self.path
            body = (IDENTITY if self.command == "POST" else NO_STATES if listed else "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_HEAD = do_POST = answer

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.signed, self.url = [], f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


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
            [PROGRAM, "add", "--socket", cls.socket, "--csp", "aws", f"AWS_ACCESS_KEY_ID={KEY}",
             f"AWS_REGION={REGION}", "AWS_SECRET_ACCESS_KEY=-"],
            input=SECRET + "\n", text=True, check=True, timeout=60, env=without_leftovers())

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
        return done.stdout

    def evaluated(self, *command):
        """The same, started by a shell that has evaluated what resolve prints."""
        answer = f"{shlex.quote(str(PROGRAM))} resolve --socket {self.socket} --csp aws --format shell"
        done = subprocess.run(["/bin/sh", "-c", f'eval "$({answer})" || exit; exec {shlex.join(command)}'],
                              capture_output=True, text=True, timeout=120, env=without_leftovers() | LEFTOVERS)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_botocore(self):
        if subprocess.run([PYTHON, "-c", "import botocore"], capture_output=True, timeout=60).returncode != 0:
            self.skipTest("python3-boto3 is not installed")
        self.assertEqual(json.loads(self.executed(PYTHON, "-c", BOTOCORE)), [KEY, SECRET, None, "env", REGION])

    def test_awscli(self):
        if not os.access(AWS, os.X_OK):
            self.skipTest("awscli is not installed")
        for started in (self.executed, self.evaluated):
            with self.subTest(started.__name__), Endpoint() as endpoint:
                exported = json.loads(started(AWS, "configure", "export-credentials"))
                self.assertEqual((exported["AccessKeyId"], exported["SecretAccessKey"], exported.get("SessionToken")),
                                 (KEY, SECRET, None))
                identity = started(AWS, "sts", "get-caller-identity", "--endpoint-url", endpoint.url, "--output", "json")
                self.assertEqual(json.loads(identity)["UserId"], "NEW")
                self.assertEqual(endpoint.signed, [((KEY, REGION), None)])

    def test_terraform(self):
        if (terraform := shutil.which("terraform") or shutil.which("tofu")) is None:
            self.skipTest("neither Terraform nor OpenTofu is installed")
        with tempfile.TemporaryDirectory() as folder, Endpoint() as endpoint:
            pathlib.Path(folder, "main.tf").write_text(TERRAFORM % endpoint.url)
            for started in (self.executed, self.evaluated):
                endpoint.signed.clear()
                started("env", "CHECKPOINT_DISABLE=1", terraform, f"-chdir={folder}", "init", "-reconfigure", "-input=false")
                self.assertEqual(set(endpoint.signed), {((KEY, REGION), None)})
            values = subprocess.run([PROGRAM, "resolve", "--socket", self.socket, "--csp", "aws", "--format", "tfvars"],
                                    capture_output=True, text=True, check=True, timeout=60).stdout
            pathlib.Path(folder, "terraform.tfvars").write_text(values)
            names = re.findall(r"^(\w+) =", values, re.MULTILINE)
            pathlib.Path(folder, "variables.tf").write_text("".join(f'variable "{name}" {{}}\n' for name in names))
            pathlib.Path(folder, "question").write_text("var.AWS_SECRET_ACCESS_KEY\n")
            shown = self.executed("sh", "-c", f"{terraform} -chdir={folder} console <{folder}/question")
            self.assertEqual(json.loads(shown), SECRET)

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
        self.assertEqual(answer["variables"]["AWS_SECRET_ACCESS_KEY"], SECRET)


if __name__ == "__main__":
    counted.main("sdk")
