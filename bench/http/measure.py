"""What is measured and how: CPU time and memory of a server, runs of the load generator, ratios."""

import json
import os
import statistics
import subprocess

SERVER_CORE, CLIENT_CORE = 0, 1


class Failed(Exception):
    """The run is worth nothing: a wrong answer, a failed start, a missing peer."""


def run(command, **options):
    """The standard output of a program that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, **options)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command[:3])} …: exit {done.returncode}\n{done.stderr.strip()}")
    return done.stdout


def with_descendants(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [pid] + [p for child in children.read().split() for p in with_descendants(int(child))]


def _schedstat(pids, field):
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/schedstat") as stat:
                total += int(stat.read().split()[field])
    return total / 1e9


def cpu_seconds(pids):
    return _schedstat(pids, 0)


def seconds_waiting_for_a_core(pids):
    """Time in which the server could have run but something else had its core: noise of the machine, not the server's."""
    return _schedstat(pids, 1)


def _rollup_bytes(pids, *fields):
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            total += sum(int(line.split()[1]) for line in rollup if line.split(":")[0] in fields) * 1024
    return total


def pss_bytes(pids):
    return _rollup_bytes(pids, "Pss")


def unreclaimable_bytes(pids):
    """What the kernel cannot take back: anonymous and shared memory. Pages of files can be read again, so they do not count."""
    return _rollup_bytes(pids, "Pss_Anon", "Pss_Shmem")


def locked_bytes(pids):
    """What mlock keeps in memory, pages of files included."""
    return _rollup_bytes(pids, "Locked")


def context_switches(pids):
    """How often any thread ran and stopped running."""
    total = 0
    for pid in pids:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/status") as status:
                total += sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)
    return total


class Generator:
    """Runs the programs of this folder from `programs`, the build's folder of executables."""

    def __init__(self, programs):
        self.programs = programs

    def _command(self, server, request, probe, options):
        command = [f"{self.programs}/load_generator", "--address", server.address, "--protocol", server.protocol]
        if request:
            command += ["--request", request.file, "--status", str(request.status), "--body", str(request.body)]
        if probe:
            command += ["--probe", probe.file, "--probe-status", str(probe.status), "--probe-body", str(probe.body)]
        for name, value in options.items():
            command += [f"--{name}"] if value is True else [f"--{name.replace('_', '-')}", str(value)]
        return command

    def load(self, server, request, probe=None, **options):
        return json.loads(run(self._command(server, request, probe, options)))

    def start(self, server, request, probe=None, **options):
        """The same in the background; finish() waits for it."""
        return subprocess.Popen(self._command(server, request, probe, options), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    @staticmethod
    def finish(process):
        output, errors = process.communicate(timeout=600)
        if process.returncode != 0:
            raise Failed(errors.strip())
        return json.loads(output)

    def cpu_per_request(self, server, request, connections, **options):
        """Microseconds of the server's CPU time for each request."""
        self.load(server, request, connections=connections, **{**options, "count": 2000})  # warm caches and buffers
        before = cpu_seconds(server.pids())
        seen = self.load(server, request, connections=connections, **options)
        return (cpu_seconds(server.pids()) - before) / seen["requests"] * 1e6

    def time_run(self, command, env):
        """Seconds from exec to exit."""
        return int(run([f"{self.programs}/process_timer", "run", "--", *command], env=env)) / 1e9

    def time_until_first_answer(self, server, request):
        """Seconds from exec to the first right answer; the server is stopped again."""
        server.clean()
        command = [f"{self.programs}/process_timer", "until-first", server.address, "--protocol", server.protocol,
                   "--request", request.file, "--status", str(request.status), "--core", str(SERVER_CORE), "--",
                   *server.command()]
        return int(run(command, env=server.environment)) / 1e9


class Row:
    """One line of the table: a figure per round against a goal."""

    def __init__(self, name, what, goal, unit="×", at_least=False, digits=2):
        self.name, self.what, self.goal, self.unit, self.at_least, self.digits = name, what, goal, unit, at_least, digits
        self.values = []

    def add(self, value):
        self.values.append(value)

    @property
    def median(self):
        return statistics.median(self.values)

    def verdict(self):
        missed = self.median < self.goal if self.at_least else self.median > self.goal
        if not missed:
            return "met"
        distance = self.goal / max(self.median, 1e-9) if self.at_least else self.median / self.goal if self.goal else None
        return f"**missed** by {100 * (distance - 1):.0f} %" if distance else "**missed**"

    def cells(self):
        shown = [f"{v:.{self.digits}f}" for v in (min(self.values), self.median, max(self.values))]
        goal = f"{'≥' if self.at_least else '≤'} {self.goal:g} {self.unit}".strip()
        return [self.name, self.what, *shown, goal, str(len(self.values)), self.verdict()]
