"""A machine that was booted from a Debian root: see boot. Commands run in it as any of its users."""
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACES = ("--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup")
ENVIRONMENT = ("env", "-i", "PATH=/usr/sbin:/usr/bin", "LANG=C.UTF-8", "HOME=/root")


def eventually(done, seconds=30.0):
    """Asks again and again until done() is true; returns its last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := done()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


class CannotBoot(Exception):
    pass


class Machine:
    def __init__(self, pristine, folder):
        """Copies the root `pristine` into `folder` and boots the copy."""
        self.root = pathlib.Path(folder)
        shutil.rmtree(self.root, ignore_errors=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", str(pristine), str(self.root)], check=True, timeout=120)
        self.log = open(f"{self.root}.log", "w+", encoding="utf-8", errors="replace")
        # setpriv: whatever ends this test ends the machine, too.
        self.boot = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", str(HERE / "boot"), str(self.root)],
                                     stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self.init = None
        if not eventually(lambda: self.boot.poll() is not None or self._state(), 60) or self.boot.poll() is not None:
            said = pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace").strip()
            self.stop()
            raise CannotBoot(said or "systemd did not come up in 60 s")

    def _state(self):
        """"running" once systemd has come up; "degraded" if a unit of Debian's does not work in namespaces."""
        children = pathlib.Path(f"/proc/{self.boot.pid}/task/{self.boot.pid}/children").read_text().split()
        name = pathlib.Path(f"/proc/{children[0]}/comm") if children else None
        if not name or not name.exists() or name.read_text() != "systemd\n":
            return None
        self.init = int(children[0])
        state = self.run("systemctl is-system-running", check=False).stdout.strip()
        return state if state in ("running", "degraded") else None

    def entering(self, user=None):
        """The words that come before a command to have it run in the machine."""
        words = ["nsenter", "--target", str(self.init), *NAMESPACES, "--", *ENVIRONMENT]
        return words + (["runuser", "-u", user, "--"] if user else [])

    def run(self, command, user=None, check=True, given=None, timeout=60):
        """Runs a shell command; an unexpected exit code is an AssertionError that quotes the command's output."""
        result = subprocess.run([*self.entering(user), "/bin/bash", "-c", command], input=given, timeout=timeout,
                                capture_output=True, encoding="utf-8", errors="replace")
        if check and result.returncode != 0:
            raise AssertionError(f"{command} (as {user or 'root'}): {result.returncode}\n{result.stdout}{result.stderr}")
        return result

    def sudo(self, folder):
        """Makes the command sudo in `folder`: root of the machine, except that cmake installs from here into it."""
        script = pathlib.Path(folder) / "sudo"
        enter = shlex.join(self.entering())
        script.write_text(f'#!/bin/bash\n[[ $1 != cmake ]] || DESTDIR={shlex.quote(str(self.root))} exec "$@"\n'
                          f'exec {enter} "$@"\n')
        script.chmod(0o755)

    def stop(self):
        if self.init and self.boot.poll() is None:
            os.kill(self.init, signal.SIGKILL)  # the kernel ends the machine's other processes first
        else:
            self.boot.kill()
        self.boot.wait(30)
        self.log.close()
        shutil.rmtree(self.root, ignore_errors=True)
