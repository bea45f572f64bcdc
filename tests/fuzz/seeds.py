#!/usr/bin/python3
"""seeds: the fixtures as inputs of a fuzz target, a row each, for libFuzzer, which takes a file whole.

    tests/fuzz/seeds.py address FOLDER

The rows of tests/fixtures/address become tag, mode and text; those of pairs.tsv tag, text, tag and
text. Escapes are undone. For log_entry the lines of tests/fixtures/log/entries.jsonl. The folder belongs in build/: what is committed is the fixtures.
"""
import hashlib
import pathlib
import re
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"


def unescape(field):
    raw = re.sub(rb"\\x([0-9a-fA-F]{2})|\\(.)",
                 lambda m: bytes([int(m.group(1), 16)]) if m.group(1) else m.group(2), field)
    return raw


def address_rows():
    for path in sorted((FIXTURES / "address").glob("*.tsv")):
        for line in path.read_bytes().split(b"\n"):
            fields = line.split(b"\t")
            if line.startswith(b"#") or len(fields) < 4:
                continue
            kept = fields[:4] if path.stem == "pairs" else fields[:3]
            yield b"\t".join(map(unescape, kept))
            if path.stem != "pairs":
                yield unescape(fields[2])  # the same text with nothing beside it


def log_entries():
    return (FIXTURES / "log" / "entries.jsonl").read_bytes().split(b"\n")


SOURCES = {"address": address_rows, "log_entry": log_entries}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in SOURCES:
        print(__doc__, file=sys.stderr)
        return 64
    folder = pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    rows = {hashlib.sha256(row).hexdigest()[:16]: row for row in SOURCES[sys.argv[1]]() if row}
    for name, row in rows.items():
        (folder / name).write_bytes(row)
    print("%d seeds" % len(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
