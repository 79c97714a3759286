"""A reader's session: the commands of a block, one after the other in a shell on a terminal, with answers to what it asks."""
import os
import pathlib
import pty
import re
import select
import signal
import time

LONGEST = 60  # seconds


def script_of(commands, before=""):
    """A shell script that runs the commands and writes the place and exit code of each one to ~/codes. ~/terminal is what the
    terminal has shown. `before` is run first, unless the commands start a daemon themselves."""
    lines = ["trap 'kill $(jobs -p) 2>/dev/null; wait' EXIT"]
    if not any("credcached serve" in command.text for command in commands):
        lines.append(before)
    for command in commands:
        lines += [command.text, f"echo {command.place} $? >>~/codes"]
        if re.search(r"&\s*(#.*)?$", command.text):  # the reader sees that it is up before typing on
            lines.append("until grep -q 'is ready' ~/terminal; do sleep 0.05; done")
    return "\n".join(lines) + "\n"


def converse(command, folder, environment):
    """Runs the command on a terminal and answers its questions; returns what the terminal showed, and writes it to
    folder/terminal meanwhile."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, environment)
    shown = b""
    deadline = time.monotonic() + LONGEST
    with open(pathlib.Path(folder) / "terminal", "wb", buffering=0) as typescript:
        while time.monotonic() < deadline:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                piece = os.read(terminal, 4096)
            except OSError:  # the last process with this terminal has ended
                break
            if not piece:
                break
            shown += piece
            typescript.write(piece)
            if re.search(rb"\): $", shown):
                os.write(terminal, b"typed-by-a-person\n")
        else:
            shown += f"\n(stopped after {LONGEST} s)".encode()
            os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(terminal)
    return shown.decode("utf-8", errors="replace")


def missing(output, shown):
    """The first line of a block's output that was not shown, behind those before it; None if all were."""
    place = 0
    for line in filter(None, output):
        found = shown.find(line, place)
        if found < 0:
            return line
        place = found
    return None
