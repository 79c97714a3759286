#!/usr/bin/python3
"""Holds the sources to the layering rules of docs/architecture.md: who may include whom, and how long a file may be."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__).resolve()
ROOT = ROOT if ROOT.is_dir() else ROOT.parent.parent

MAX_HEADER_LINES = 110
MAX_TEST_HEADER_LINES = 300  # scenes and fixtures are inline
MAX_SOURCE_LINES = 499

# A third-party header → the only files (patterns on the path) that may include it.
ONLY_IN = {
    r"cryptopp/": r"lib/src/(cipher|cryptopp_allocation)\.cpp",
    r"yaml-cpp/": r"lib/src/provider_catalog_yaml\.cpp|daemon/src/config/.*",
    r"spdlog/": r"daemon/src/platform/log\..pp|daemon/src/cli/.*",
    r"CLI/": r"daemon/src/cli/.*|daemon/src/main\.cpp",
    r"boost/(asio|beast)": r"daemon/src/.*",
    r"boost/json": r"lib/src/.*|daemon/src/.*",
}

# What the public headers may include besides the standard library and each other.
PUBLIC_HEADER_MAY = r"boost/system/result\.hpp|sys/.*|[a-z_]+(\.h)?"

# A room of the daemon → the rooms, or single headers, it may include. "credcache" is the library.
ROOMS = {
    "main.cpp": {"cli", "client", "config"},
    "cli": {"client", "application", "api", "http", "json", "config", "platform", "credcache"},
    "client": {"json", "platform", "config"},
    "application": {"api", "http", "json", "config", "platform", "credcache"},
    "api": {"http", "json", "config", "platform", "credcache"},
    "http": {"config", "platform"},
    "json": set(),
    "config": set(),
    "platform": {"config", "credcache/cipher.hpp"},  # the kernel's random numbers, for tokens
}
# Plain types that reach through all rooms: bytes that clear themselves, time, and who is at the other end.
FOR_EVERYBODY = {"credcache/secret.hpp", "credcache/clock.hpp", "credcache/limits.hpp", "http/peer.hpp"}

# The library's mechanisms know their materials (cipher, values), never each other.
MECHANISMS = {"provider_catalog", "credential_cache", "variable_source"}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def mechanism_of(name):
    return next((m for m in MECHANISMS if name.startswith(m)), "credential_cache" if name.startswith("cache_") else None)


def complaints(path, lines):
    here = path.as_posix()
    header_limit = MAX_TEST_HEADER_LINES if path.parts[0] == "tests" else MAX_HEADER_LINES
    limit = header_limit if path.suffix == ".hpp" else MAX_SOURCE_LINES
    if len(lines) > limit:
        yield f"{here}: {len(lines)} lines, at most {limit} are allowed: split it"
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found:
            continue
        target, where = found.group(1), f"{here}:{number}"
        if not here.startswith(("lib/src/", "lib/include/", "daemon/src/")):
            continue
        for header, places in ONLY_IN.items():
            if re.match(header, target) and not re.fullmatch(places, here):
                yield f"{where}: <{target}> may be included only in {places}"
        if here.startswith("lib/include/"):
            if not (target.startswith("credcache/") or re.fullmatch(PUBLIC_HEADER_MAY, target)):
                yield f"{where}: a public header may include the standard library, credcache/ and result.hpp, not <{target}>"
        if here.startswith("lib/"):
            mine, other = mechanism_of(path.stem), mechanism_of(pathlib.PurePath(target).stem)
            if mine and other and mine != other:
                yield f"{where}: {mine} must not include {other}"
        if here.startswith("daemon/src/"):
            room, other = path.parts[2], target.split("/")[0]
            allowed = ROOMS.get(room)
            if allowed is None:
                yield f"{here}: the room {room} is not in docs/architecture.md (and tests/layering.py)"
                return
            if other in ROOMS.keys() | {"credcache"} and other != room and not {other, target} & (allowed | FOR_EVERYBODY):
                yield f"{where}: {room} may include {', '.join(sorted(allowed)) or 'no other room'}, not {other}"


def main():
    files = sorted(p for folder in ("lib", "daemon", "tests", "bench") for p in (ROOT / folder).rglob("*.[ch]pp"))
    found = [c for p in files for c in complaints(p.relative_to(ROOT), p.read_text(encoding="utf-8").splitlines())]
    print(*found, sep="\n")
    print(f"layering: {len(files)} files, {len(found)} complaints")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
