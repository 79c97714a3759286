#!/usr/bin/python3
"""Measures credcached beside nginx, Redis and a bare epoll loop, and prints one line for each goal (see ../README.md)."""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import connections
import floods
import hot_path
import messages
import processes
import scale
from measure import CLIENT_CORE, Failed, Generator, run
from servers import Credcached

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "README.md")
# A part measures the rows named beside it.
PARTS = [(hot_path.measure, hot_path.ROWS), (scale.measure, ("P6", "P7", "P8", "P12")), (processes.measure_start, ("P9",)),
         (processes.measure_idle, ("P10",)), (scale.measure_adds, ("P11",)), (processes.measure_tools, ("P13",)),
         (connections.measure, ("P14",)), (floods.measure, ("P15",))]
HEADINGS = ["#", "what", "min", "median", "max", "goal", "rounds", "verdict"]


class Setup:
    """What every part needs: programs, sizes, a private folder, and a place for notes."""

    def __init__(self, options, folder):
        self.programs, self.credcached = options.programs, options.credcached
        self.tools = Generator(options.programs)
        self.folder, self.providers = folder, os.path.join(HERE, "providers.d")
        self.quick = options.quick
        self.rounds, self.window, self.pairs = (3, 0.3, 10) if options.quick else (9, 1.0, 30)
        self.scale_rounds, self.entries = (1, 100_000) if options.quick else (9, 1_000_000)
        self.notes = []
        with Credcached(folder, self.credcached, providers=self.providers, suffix="-first") as server:
            self.values = messages.values_for_500_bytes(server)

    def request(self, name, data, **expected):
        return messages.Request(self.folder, "request-" + name, data, **expected)

    def note(self, text):
        self.notes.append(text)
        print("  " + text, flush=True)

    median = staticmethod(statistics.median)


def machine(setup):
    """The line without which no figure means anything."""
    with open("/proc/cpuinfo") as info:
        cpu = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    git = lambda *words: subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True).stdout.strip()
    commit = (git("rev-parse", "--short", "HEAD") or "none") + (" with changes" if git("status", "--porcelain") else "")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip().rpartition("/")[2]
    redis = re.search(r"v=(\S+)", run(["redis-server", "--version"])).group(1)
    size = "quick" if setup.quick else "full"
    return (f"{os.cpu_count()} × {cpu}, {memory:.0f} GiB, Linux {platform.release()}, nginx {nginx}, Redis {redis}, "
            f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, commit {commit}, {size} run with {setup.entries:,} entries")


def table(rows):
    cells = [row.cells() for row in rows]
    lines = ["| " + " | ".join(line) + " |" for line in [HEADINGS, ["---"] * len(HEADINGS), *cells]]
    return "\n".join(lines)


def for_terminal(rows):
    cells = [HEADINGS] + [[cell.replace("**", "") for cell in row.cells()] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADINGS))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


def write_readme(heading, rows, notes):
    with open(README) as file:
        before, _, rest = file.read().partition("<!-- results -->")
        after = rest.partition("<!-- end of results -->")[2]
    body = f"{heading}\n\n{table(rows)}\n\n" + "\n".join(f"- {note}" for note in notes)
    with open(README, "w") as file:
        file.write(f"{before}<!-- results -->\n{body}\n<!-- end of results -->{after}")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", required=True, help="folder of load_generator, process_timer and epoll_echo")
    parser.add_argument("--credcached", required=True, help="the executable")
    parser.add_argument("--quick", action="store_true", help="in about two minutes: 1 to 3 rounds, 100,000 entries instead of a million")
    parser.add_argument("--only", default="", help="rows to measure, such as P1,P3")
    parser.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    options = parser.parse_args(arguments)
    options.only = [name for name in options.only.upper().split(",") if name]
    known = [name for _, names in PARTS for name in names]
    if unknown := set(options.only) - set(known):
        parser.error(f"no row {', '.join(sorted(unknown))}; there are {', '.join(known)}. P4 is bench/instructions")
    if options.write and (options.only or options.quick):
        parser.error("--write takes a full run with all rows")
    return options


def main(arguments):
    options = parse(arguments)
    if len(os.sched_getaffinity(0)) < 2:
        raise Failed("two cores are needed: one for the servers, one for the load generator")
    for program in ("nginx", "redis-server", "curl"):
        if not shutil.which(program):
            raise Failed(f"{program} is not there. Install it: apt-get install {program}")
    os.sched_setaffinity(0, {CLIENT_CORE})
    rows = []
    with tempfile.TemporaryDirectory(prefix="credcached-bench-") as folder:
        setup = Setup(options, folder)
        heading = machine(setup)
        print(heading, flush=True)
        for part, names in PARTS:
            if options.only and not set(options.only) & set(names):
                continue
            begin = time.monotonic()
            rows += part(setup)
            print(f"  ({', '.join(names)}: {time.monotonic() - begin:.0f} s)", flush=True)
    if options.only:
        rows = [row for row in rows if row.name in options.only]
    rows.sort(key=lambda row: (row.name[0], int(row.name[1:].rstrip("'"))))
    print("\n" + for_terminal(rows))
    if setup.quick:
        print("\nA quick run: few rounds and 100,000 entries. Figures for comparison come from the full one.")
    if options.write:
        write_readme(heading, rows, setup.notes)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failed as problem:
        print(f"\nbench: FAILED: {problem}", file=sys.stderr)
        sys.exit(1)
