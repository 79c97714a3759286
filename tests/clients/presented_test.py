#!/usr/bin/python3
"""presented_test.py PROGRAM: what a request presents arrives, by the programs that read it: curl's --config, --header @FILE and
--netrc-file, and Python's netrc. A host that a credential is not for gets nothing."""
import base64
import http.server
import netrc
import os
import pathlib
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
USER, PASSWORD, TOKEN = "aladdin", "opensesame-1%:+/=", "a-token-of-somebody"
WORDS = 'a "quoted" \\ password with blanks'


class Host(http.server.ThreadingHTTPServer):
    """Keeps the header fields that came."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.came.append(dict(self.headers.items()))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.came = []
        self.name = f"127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Presented(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.socket = f"{cls.folder.name}/socket"
        cls.daemon = subprocess.Popen([PROGRAM, "serve", "--listen", f"unix:{cls.socket}", "--log-level", "error"])
        for _ in range(500):
            if os.path.exists(cls.socket):
                break
            time.sleep(0.01)
        cls.host = Host()

    @classmethod
    def tearDownClass(cls):
        cls.host.shutdown()
        cls.host.server_close()
        cls.daemon.terminate()
        cls.daemon.wait(10)
        cls.folder.cleanup()

    def setUp(self):
        self.run_cli("rm", "--all", check=False)
        self.host.came.clear()

    def run_cli(self, *words, text="", check=True):
        done = subprocess.run([PROGRAM, *words, "--socket", f"unix:{self.socket}"], input=text, capture_output=True, text=True,
                              timeout=20)
        if check:
            self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def add(self, name, profile, host, *values, text):
        return self.run_cli("add", "--csp", "Http", "--name", name, "--profile", profile, f"HTTP_AUTH_HOST={host}", *values,
                            text=text)

    def add_account(self, password=PASSWORD, host=None, profile="here"):
        return self.add("USERNAME_PASSWORD", profile, host or self.host.name, f"HTTP_AUTH_USERNAME={USER}",
                        "HTTP_AUTH_PASSWORD=-", text=password)

    def resolve(self, form, host=None, *words, check=True):
        return self.run_cli("resolve", "--csp", "Http", "--format", form, "--host", host or self.host.name, *words, check=check)

    def file_of(self, text):
        file = pathlib.Path(self.folder.name, "file")
        file.write_text(text)
        return str(file)

    def curl(self, *words):
        curl = shutil.which("curl")
        if not curl:
            self.skipTest("curl is not installed")
        done = subprocess.run([curl, "--silent", "--show-error", "--noproxy", "*", *words, f"http://{self.host.name}/"],
                              capture_output=True, text=True, timeout=20)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.host.came[-1]

    def basic(self, password):
        return "Basic " + base64.b64encode(f"{USER}:{password}".encode()).decode()

    def test_curl_config(self):
        for password in (PASSWORD, WORDS):
            self.add_account(password)
            came = self.curl("--config", self.file_of(self.resolve("curl").stdout))
            self.assertEqual(came["Authorization"], self.basic(password))

    def test_curl_header(self):
        self.add_account(WORDS)
        self.assertEqual(self.curl("--header", "@" + self.file_of(self.resolve("header").stdout))["Authorization"], self.basic(WORDS))

    def test_keys_and_tokens(self):
        self.add("BEARER_TOKEN", "bearer", self.host.name, "HTTP_AUTH_TOKEN=-", text=TOKEN)
        came = self.curl("--config", self.file_of(self.resolve("curl", None, "--name", "BEARER_TOKEN").stdout))
        self.assertEqual(came["Authorization"], "Bearer " + TOKEN)
        self.add("X_API_KEY", "key", self.host.name, "HTTP_AUTH_KEY=-", text=WORDS)
        came = self.curl("--config", self.file_of(self.resolve("curl", None, "--name", "X_API_KEY").stdout))
        self.assertEqual(came["X-Api-Key"], WORDS)

    def test_netrc(self):
        self.add_account()
        file = self.file_of(self.resolve("netrc").stdout)
        self.assertEqual(netrc.netrc(file).authenticators("127.0.0.1"), (USER, "", PASSWORD))
        self.assertEqual(self.curl("--netrc-file", file)["Authorization"], self.basic(PASSWORD))
        self.add_account(WORDS)
        refused = self.resolve("netrc", check=False)
        self.assertEqual((refused.returncode, refused.stdout), (1, ""), refused.stderr)
        self.assertIn("netrc has no form for the value of HTTP_AUTH_PASSWORD", refused.stderr)

    def test_another_host_gets_nothing(self):
        self.add_account()
        self.add_account("other", "other.example", "there")
        self.assertIn("password other", self.resolve("netrc", "https://other.example/repository.git").stdout)
        for host in ("evil.example", "127.0.0.1:1", "127.0.0.1.evil.example"):
            refused = self.resolve("netrc", host, check=False)
            self.assertEqual((refused.returncode, refused.stdout), (4, ""), refused.stderr)
            self.assertIn(host, refused.stderr)


if __name__ == "__main__":
    counted.main("presented")
