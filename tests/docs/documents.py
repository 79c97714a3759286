"""The commands that README.md, CONTRIBUTING.md and docs/ show, with their places.

A fenced block says by its language what it is: `sh` holds commands, `console` commands after "$ " with their output.
Commands in the text are the spans in backticks that begin with a program of the project, or with a verb and a flag.
"""
import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NO_COMMANDS = {"text", "yaml", "json", "ini", "cmake", "cpp"}
PROGRAMS = ("credcached", "./dev", "systemctl", "sudo")
OTHER_PROGRAMS = ("cmake", "curl", "journalctl", "logrotate", "usermod")  # whose flags are not ours
BUILT = "build/"
SERVICE = re.compile(r"/(etc|run|var/\w+)(/\w+\.d)?/credcached\b|systemctl|cmake --install|ansible-playbook")


@dataclasses.dataclass
class Command:
    place: str
    text: str


@dataclasses.dataclass
class Block:
    place: str
    commands: list
    output: list  # the lines of a console block that its commands print

    def needs_accounts(self):
        """Whether it asks what users of the documents' examples may do."""
        return any(" --as " in command.text for command in self.commands)

    def for_a_machine(self):
        """Whether its commands change the system, so that they belong into a machine of their own."""
        return any(re.search(r"\bsudo ", command.text) for command in self.commands)

    def for_a_service(self):
        """Whether root types it where the service is or gets installed: it names files or units of that installation."""
        return not self.for_a_machine() and any(SERVICE.search(command.text) for command in self.commands)


def documents():
    return [p for p in (ROOT / "README.md", ROOT / "CONTRIBUTING.md") if p.exists()] + sorted((ROOT / "docs").rglob("*.md"))


def fences(path):
    """Yields (number of the opening line, language, lines) of each fenced block."""
    opened, language, lines = 0, "", []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            if opened:
                yield opened, language, lines
                opened = 0
            else:
                opened, language, lines = number, line.strip().strip("`"), []
        elif opened:
            lines.append(line)


def first_of(language, path):
    """The text of the first block of this language."""
    return next("\n".join(lines) + "\n" for _, found, lines in fences(path) if found == language)


def texts_of(language):
    """The texts of all blocks of this language."""
    return ["\n".join(lines) + "\n" for path in documents() for _, found, lines in fences(path) if found == language]


def joined(lines, number):
    """Yields (number, line), with the lines that end in a backslash joined to the next one."""
    begun, whole = number, ""
    for number, line in enumerate(lines, number):
        whole += line
        if line.endswith("\\"):
            whole = whole[:-1]
            continue
        yield begun, whole
        begun, whole = number + 1, ""


def blocks():
    """All blocks with commands. A block in another language than those above is a ValueError."""
    found = []
    for path in documents():
        name = path.relative_to(ROOT)
        for opened, language, lines in fences(path):
            numbered = [(f"{name}:{number}", line) for number, line in joined(lines, opened + 1)]
            if language == "sh":
                shown = [Command(place, line) for place, line in numbered if line.strip() and not line.startswith("#")]
            elif language == "console":
                shown = [Command(place, line[2:]) for place, line in numbered if line.startswith("$ ")]
            elif language in NO_COMMANDS:
                continue
            else:
                raise ValueError(f'{name}:{opened}: found a block in the language "{language}", expected sh or console for '
                                 f"commands, or one of {', '.join(sorted(NO_COMMANDS))}")
            output = [line for line in lines if language == "console" and not line.startswith("$ ")]
            found.append(Block(f"{name}:{opened}", shown, output))
    return found


def named_texts():
    """The files that the documents show, by the name that stands in their first line, behind that of the document."""
    found = {}
    for path in documents():
        for _, language, lines in fences(path):
            if language in ("yaml", "ini") and (name := re.fullmatch(r"# (\S+\.(?:yaml|conf))", lines[0])):
                found[f"{path.relative_to(ROOT)}:{name[1]}"] = "\n".join(lines) + "\n"
    return found


def mentions():
    """The commands in the text outside of blocks."""
    found = []
    for path in documents():
        in_fence = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.lstrip().startswith("```"):
                in_fence = not in_fence
            elif not in_fence:
                for span in re.findall(r"`([^`]+)`", line):
                    first, *rest = span.split()
                    place = f"{path.relative_to(ROOT)}:{number}"
                    if rest and (first in PROGRAMS or first.startswith(BUILT)):
                        found.append(Command(place, span))
                    elif rest and first.islower() and first not in OTHER_PROGRAMS and rest[0].startswith("--"):
                        found.append(Command(place, f"credcached {span}"))
    return found
