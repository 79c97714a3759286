#!/usr/bin/python3
"""Holds the sources to docs/architecture.md: which room may include which, where a third-party header may be included,
how long a file may be, and that the folders of tests/unit are rooms. Holds the documents to the sources: a file that they
name is there."""
import fnmatch
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parent.parent

MAX_HEADER_LINES = 110
MAX_TEST_HEADER_LINES = 300  # scenes and fixtures are inline
MAX_SOURCE_LINES = 499

# The room a public header of the library belongs to. One that is not named here belongs to base: plain values, time,
# bytes that clear themselves, errors.
PUBLIC_HEADERS = {
    "catalog": {"authentication", "provider_catalog", "provider_definition"},
    "cache": {"credential_cache"},
    "seal": {"cipher", "key_source"},
    "signing": {"jwt_signer", "request_signer"},
    "service": {"credential_service", "explanation", "presentation", "resolution", "service_types", "value_source"},
}

# A room of lib/src -> the rooms it may include besides itself. base is below all rooms, those of the daemon as well.
LIBRARY = {
    "base": set(),
    "catalog": {"base"},
    "cache": {"base", "seal"},  # a record's associated data are made of the entry's header
    "seal": {"base"},
    "service": {"base", "catalog", "cache", "seal", "signing"},  # signing: base64 of what is presented
    "signing": {"base", "seal"},  # digests and random bytes
}

# A room of daemon/src -> the rooms it may include besides itself and base. A room within a room is one of its own.
DAEMON = {
    "main.cpp": {"cli", "client", "config"},
    "cli": {"client", "server", "api", "formats", "json", "config", "catalog"},
    "client": set(),
    "server": {"api", "access", "audit", "http", "config", "platform", "cache", "seal"},
    "api": {"access", "audit", "formats", "metrics", "http", "json", "config", "platform", "catalog", "cache", "seal", "service"},
    "access": {"http", "config", "platform", "catalog"},
    "audit": {"json", "config", "platform", "service"},
    "formats": {"json", "catalog", "service"},
    "http": {"config", "platform"},
    "metrics": set(),
    "json": set(),
    "platform": {"config", "seal"},
    "outgoing": {"outgoing/protocol", "config"},
    "outgoing/protocol": set(),
    "config": {"outgoing/protocol"},
}

# daemon/courier is a program of its own: its sources include each other, and of the daemon's only what both speak.
COURIER = {"outgoing/protocol"}

# A third-party header -> the only files that may include it (patterns on the whole path).
ONLY_IN = {
    r"cryptopp/": r"lib/src/(seal|signing)/.*",
    r"yaml-cpp/": r"lib/src/base/yaml\.[ch]pp",
    r"spdlog/": r"daemon/src/platform/log\.cpp",
    r"CLI/": r"daemon/src/cli/.*",
    r"fmt/": r"daemon/src/.*",
    r"boost/(asio|beast)": r"daemon/(src|courier)/.*",
    r"(boost/asio/ssl|openssl)/": r"daemon/courier/.*",
    r"boost/json": r"lib/src/(base|catalog|signing)/.*|daemon/src/(api|cli|client|json)/.*",
}

# What the public headers may include besides the standard library and each other.
PUBLIC_HEADER_MAY = r"sys/.*|[a-z_]+(\.h)?"

ALIAS = re.compile(r"^\s*namespace (\w+) =")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def room_of_header(target):
    """The room that an included header belongs to; None for what is not the project's."""
    folder, _, rest = target.partition("/")
    if folder == "credcache":
        stem = pathlib.PurePath(rest).stem
        return next((room for room, headers in PUBLIC_HEADERS.items() if stem in headers), "base")
    within = f"{folder}/{rest.partition('/')[0]}"
    if within in DAEMON:
        return within
    return folder if folder in LIBRARY or folder in DAEMON else None


def room_of_file(path):
    """The room that a source belongs to, and the rooms it may include; None if the rules are not about it."""
    if path.parts[:2] == ("lib", "include"):
        room = room_of_header("/".join(path.parts[2:]))
        return room, LIBRARY[room]
    if path.parts[:2] == ("daemon", "courier"):
        return "courier", COURIER
    within = "/".join(path.parts[2:4])
    if path.parts[:2] == ("daemon", "src") and within in DAEMON:
        return within, DAEMON[within]
    rooms = {("lib", "src"): LIBRARY, ("daemon", "src"): DAEMON}.get(path.parts[:2])
    return (path.parts[2], rooms.get(path.parts[2])) if rooms else None


def complaints(path, lines):
    here = path.as_posix()
    header_limit = MAX_TEST_HEADER_LINES if path.parts[0] == "tests" else MAX_HEADER_LINES
    limit = header_limit if path.suffix == ".hpp" else MAX_SOURCE_LINES
    if len(lines) > limit:
        yield f"{here}: {len(lines)} lines, at most {limit} are allowed: split it"
    if (place := room_of_file(path)) is None:
        return
    room, allowed = place
    if allowed is None:
        yield f"{here}: there is no room {room}: put it into tests/layering.py and docs/architecture.md"
        return
    for number, line in enumerate(lines, 1):
        if (alias := ALIAS.match(line)) and here.startswith("daemon/") and alias.group(1) in DAEMON:
            yield f"{where}: the alias {alias.group(1)} hides the room of that name from sources compiled as one: call it otherwise"
        if not (found := INCLUDE.match(line)):
            continue
        target, where = found.group(1), f"{here}:{number}"
        for header, places in ONLY_IN.items():
            if re.match(header, target) and not re.fullmatch(places, here):
                yield f"{where}: <{target}> may be included only in {places}"
        if here.startswith("lib/include/") and not (target.startswith("credcache/") or re.fullmatch(PUBLIC_HEADER_MAY, target)):
            yield f"{where}: a public header may include the standard library and credcache/, not <{target}>"
        other = room_of_header(target)
        if other and other not in allowed | {room, "base"}:
            yield f"{where}: {room} may include {', '.join(sorted(allowed | {'base'}))}, not {other} ({target})"


def hidden_declarations(path, lines):
    """A public header is visible outside of the shared object that embeds the library; everything else is hidden."""
    if path.parts[:2] == ("lib", "include") and "#pragma GCC visibility push(default)" not in lines:
        if any(line.startswith("namespace credcache") for line in lines):
            yield f"{path.as_posix()}: a public header has #pragma GCC visibility push(default) before its namespace, and pop after it"


def rooms_without_sources():
    """Every folder of tests/unit is called like the folder of the sources that it tests."""
    for tests, sources in (("tests/unit/lib", "lib/src"), ("tests/unit/daemon", "daemon/src"), ("tests/unit/courier", "daemon/courier")):
        for folder in sorted(p for p in (ROOT / tests).rglob("*") if p.is_dir()):
            room = folder.relative_to(ROOT / tests)
            if not (ROOT / sources / room).is_dir():
                yield f"{tests}/{room}: there is no {sources}/{room} that it could test"


def files_and_folders():
    """All paths below the root, with a slash in front, but for what is built or fetched."""
    for folder, subfolders, files in os.walk(ROOT):
        subfolders[:] = [name for name in subfolders if name not in {".git", "build", "node_modules"}]
        here = pathlib.Path(folder).relative_to(ROOT)
        yield from ("/" + (here / name).as_posix() for name in subfolders + files)


def names_of_nothing():
    """What a document names between backquotes as a file or as a path below a folder of the project, or links to."""
    there = list(files_and_folders())
    folders = {name for path in there for name in path.split("/")[1:-1]}
    for document in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]):
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            where = f"{document.relative_to(ROOT)}:{number}"
            for target in re.findall(r"\]\(([^)#:]+)[^):]*\)", line):
                if not (document.parent / target).exists():
                    yield f"{where}: found a link to {target}, expected a file that is there"
            for name in re.findall(r"`([\w./*-]+)`", line):
                is_path = "/" in name and name.split("/")[0] in folders
                if not is_path and not re.search(r"\.(cpp|hpp|py|md)$", name):
                    continue
                pattern = "*/" + re.sub(r"\b(NN|NAME|VERB)\b", "*", name).rstrip("/")
                if not fnmatch.filter(there, pattern) and not fnmatch.filter(there, pattern + ".?pp"):
                    yield f"{where}: found the name {name}, expected one of a file or folder that is there"


def main():
    files = sorted(p for folder in ("lib", "daemon", "tests", "bench") for p in (ROOT / folder).rglob("*.[ch]pp"))
    checks = (complaints, hidden_declarations)
    found = [c for p in files for check in checks for c in check(p.relative_to(ROOT), p.read_text(encoding="utf-8").splitlines())]
    found += rooms_without_sources()
    found += names_of_nothing()
    print(*found, sep="\n")
    print(f"layering: {len(files)} files, {len(found)} complaints")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
