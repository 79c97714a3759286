"""The servers that are compared. Each one listens on a Unix socket in a private folder and runs on its own core."""

import os
import shutil
import signal
import socket
import subprocess
import time

from measure import SERVER_CORE, Failed, with_descendants

ENVIRONMENT = {"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "LANG": "C"}


def ask(address, request):
    """One request on a connection of its own; the whole answer as bytes."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(address.removeprefix("unix:"))
        connection.sendall(request)
        received = b""
        while not _whole(received):
            piece = connection.recv(65536)
            if not piece:
                break
            received += piece
        return received


def _whole(answer):
    if answer[:1] in (b"+", b":", b"-"):
        return answer.endswith(b"\r\n")
    if answer[:1] == b"$":
        length, _, rest = answer[1:].partition(b"\r\n")
        return len(rest) == int(length or 0) + 2
    header, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    lengths = [int(line[15:]) for line in header.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return len(body) == (lengths[0] if lengths else 0)


class Server:
    protocol = "http"
    name = executable = ""
    hello = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def __init__(self, folder, cores=(SERVER_CORE,), suffix=""):
        self.folder = os.path.join(folder, self.name + suffix)
        self.path = os.path.join(self.folder, "socket")
        self.address = "unix:" + self.path
        self.environment = ENVIRONMENT
        self.cores, self.process, self.wrapper = cores, None, []
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        if not shutil.which(self.executable, path=self.environment["PATH"]):
            raise Failed(f"{self.executable} is not there. {self.remedy}")

    def command(self):
        raise NotImplementedError

    def clean(self):
        if os.path.exists(self.path):
            os.unlink(self.path)

    def start(self):
        self.clean()
        log = os.path.join(self.folder, "output")
        with open(log, "ab") as output:
            self.process = subprocess.Popen(self.wrapper + self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=self.environment, cwd=self.folder,
                                            preexec_fn=lambda: os.sched_setaffinity(0, self.cores))
        patience = time.monotonic() + 20
        while True:
            try:
                if ask(self.address, self.hello):
                    return self
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > patience:
                with open(log, errors="replace") as output:
                    raise Failed(f"{self.name} did not start:\n{output.read()[-2000:]}")
            time.sleep(0.002)

    def pids(self):
        return with_descendants(self.process.pid)

    def stop(self):
        if not self.process:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def kill(self):
        """For a server that is still busy with what it was sent: nothing of it is to be drained."""
        self.process.kill()
        self.process.wait()
        self.process = None

    __enter__ = start

    def __exit__(self, *_):
        self.stop()


class Credcached(Server):
    name = "credcached"
    remedy = "Build it: cmake --build --preset release"
    hello = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def __init__(self, folder, executable, workers=1, providers=None, **options):
        self.executable, self.workers, self.providers = executable, workers, providers
        super().__init__(folder, **options)

    def command(self):
        providers = ["--providers", self.providers] if self.providers else []
        return [self.executable, "serve", "--listen", self.address, "--workers", str(self.workers), *providers]


class Nginx(Server):
    """A master and one worker that answers every request with the same body."""
    name = executable = "nginx"
    remedy = "Install it: apt-get install nginx"

    def __init__(self, folder, body, **options):
        super().__init__(folder, **options)
        temporary = "".join(f"  {kind}_temp_path {self.folder}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(f"{self.folder}/nginx.conf", "w") as conf:
            conf.write(f"""user root;
worker_processes 1;
daemon off;
pid {self.folder}/pid;
error_log {self.folder}/error.log;
events {{ worker_connections 1024; }}
http {{
{temporary}  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  default_type application/json;
  server {{
    listen unix:{self.path};
    location / {{ return 200 '{body}'; }}
  }}
}}
""")

    def command(self):
        return [self.executable, "-p", self.folder, "-e", f"{self.folder}/error.log", "-c", f"{self.folder}/nginx.conf"]


class Redis(Server):
    name, executable, protocol, remedy = "redis", "redis-server", "resp", "Install it: apt-get install redis-server"
    hello = b"*1\r\n$4\r\nPING\r\n"

    def command(self):
        return [self.executable, "--port", "0", "--unixsocket", self.path, "--save", "", "--appendonly", "no",
                "--dir", self.folder, "--daemonize", "no", "--loglevel", "warning"]


class EpollEcho(Server):
    """The floor: constant bytes, no parsing (epoll_echo.cpp). With `record`, one record of so many bytes is opened for each answer."""
    name = "epoll_echo"
    remedy = "Build it: cmake --build --preset release"

    def __init__(self, folder, executable, answer, record=None, **options):
        self.executable, self.record = executable, record
        super().__init__(folder, **options)
        with open(f"{self.folder}/answer", "wb") as file:
            file.write(answer)

    def command(self):
        return [self.executable, self.path, f"{self.folder}/answer", *([str(self.record)] if self.record else [])]
