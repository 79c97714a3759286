#!/usr/bin/python3
"""Opens the vectors of docs/sealed-record.json with another implementation of AES-GCM and HKDF, by docs/sealed-record.md alone."""
import hashlib
import json
import pathlib
import struct
import sys

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError:
    print("SKIP: Python's cryptography is not there; apt-get install python3-cryptography")
    sys.exit(77)

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"


def derived(master_key, info):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=info).derive(master_key)


def fields(data, count):
    found = []
    for _ in range(count):
        (size,) = struct.unpack_from("<H", data)
        found.append(data[2 : 2 + size])
        assert len(found[-1]) == size
        data = data[2 + size :]
    return found, data


def items(data, count):
    found = []
    for _ in range(count):
        number = shift = 0
        while data:
            byte, data = data[0], data[1:]
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        found.append((data[: number >> 1].decode(), bool(number & 1)))
        data = data[number >> 1 :]
    return found, data


def check(vector):
    master_key = bytes.fromhex(vector["masterKey"])
    record = bytes.fromhex(vector["record"])
    associated = bytes.fromhex(vector["associatedData"])
    assert record[0] == 1
    assert record[1:9] == derived(master_key, b"credcached key id")[:8]

    (csp, site, kind, name, profile, names, owner_kind, owner, deadline, generation), zeros = fields(associated, 10)
    texts = [csp, site, kind, name, profile, owner_kind, owner]
    wanted = [vector[key] for key in ("csp", "site", "type", "name", "profile", "ownerKind", "owner")]
    assert [text.decode() for text in texts] == wanted
    assert struct.unpack("<Q", deadline)[0] == vector["deadline"]
    assert struct.unpack("<Q", generation)[0] == vector["generation"]
    name_list = b"".join(struct.pack("<H", len(n.encode())) + n.encode() for n in vector["names"])
    assert names == hashlib.sha256(name_list).digest()[:16]
    assert len(associated) % 16 == 0 and len(zeros) < 16 and not any(zeros)

    sealer = AESGCM(derived(master_key, b"credcached sealing"))
    plaintext = sealer.decrypt(record[9:21], record[21:], associated)
    (description, *values), zeros = items(plaintext, 1 + len(vector["names"]))
    assert description == (vector["description"], False)
    given = {v["name"]: (v["value"], v.get("sensitive", False)) for v in vector["values"]}
    assert values == [given.get(n, ("", False)) for n in vector["names"]]
    assert len(plaintext) % 16 == 0 and len(zeros) < 16 and not any(zeros)

    for changed in (associated[:-1] + b"\1", associated[:2] + bytes([associated[2] ^ 1]) + associated[3:]):
        try:
            sealer.decrypt(record[9:21], record[21:], changed)
        except InvalidTag:
            continue
        raise AssertionError("it opens with other associated data")


def main():
    vectors = json.loads((DOCS / "sealed-record.json").read_text(encoding="utf-8"))
    assert vectors
    for vector in vectors:
        check(vector)
        print(f"opened: {vector['title']}")


if __name__ == "__main__":
    main()
