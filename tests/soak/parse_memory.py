#!/usr/bin/env python3
"""parse_memory: the memory that reading a list takes at its peak: twice that of the larger of the two
programs, main and its parser, which is never less than both together.

    parse_memory.py BIN PROJECT [--bytes N] [--keep FILE]

A list of FollowTheMoney entities of N bytes is made, the same bytes every time (64 MB unless told; the
long form, 1000000000, takes some minutes), and read by `feed parse`; so is OFAC's whole list where the
real lists lie beside the project. Each must stay below 64 MB.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

LIMIT_KB = 64 * 1024
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def entity(number, schema, properties):
    return json.dumps({"id": "NK-%012d" % number, "caption": "Entity %d" % number, "schema": schema,
                       "properties": properties, "datasets": ["example"], "referents": [],
                       "target": schema == "Person", "first_seen": "2026-01-01T00:00:00",
                       "last_seen": "2026-11-20T00:00:00", "last_change": "2026-10-01T00:00:00"},
                      separators=(",", ":")) + "\n"


def block(start):
    """A thousand entities: people, what is known of them, their sanctions, and three wallets."""
    lines = []
    for number in range(start, start + 1000):
        kind = number % 1000
        if kind < 3:
            lines.append(entity(number, "CryptoWallet", {
                "publicKey": ["0x%040x" % (number * 2654435761)], "currency": ["ETH"],
                "holder": ["NK-%012d" % (number + 100)], "topics": ["sanction"]}))
        elif kind < 100:
            lines.append(entity(number, "Sanction", {
                "entity": ["NK-%012d" % (number + 100)], "authority": ["Example Office"],
                "program": ["EXAMPLE-%d" % (number % 7)], "startDate": ["2024-03-01"]}))
        elif kind < 200:
            lines.append(entity(number, "Person", {
                "name": ["Person %d of the list" % number, "Персона %d" % number],
                "country": ["xx"], "topics": ["sanction"], "notes": ["x" * 300]}))
        else:
            lines.append(entity(number, "Company", {
                "name": ["Company %d" % number], "country": ["xx"], "address": ["Street %d" % number],
                "notes": [ALPHABET * 8]}))
    return "".join(lines).encode()


def make(path, size):
    written, start = 0, 0
    with open(path, "wb") as out:
        while written < size:
            written += out.write(block(start))
            start += 1000
    return 3 * start // 1000  # wallets


def peak_kb(argv):
    """Peak memory of a program and of the programs that it started, whichever was largest."""
    began = time.monotonic()
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    entries = sum(1 for _ in child.stdout)
    words = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss, entries, words, time.monotonic() - began


def judge(name, argv, wanted):
    code, kb, entries, words, seconds = peak_kb(argv)
    good = code == 0 and entries == wanted and 2 * kb < LIMIT_KB
    print("%s %s: %d entries, peak %.1f MB in one program, %.1f s%s" % (
        "ok  " if good else "FAIL", name, entries, kb / 1024, seconds, "" if good else ": " + words))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("--bytes", type=int, default=64_000_000)
    parser.add_argument("--keep", type=pathlib.Path, help="where the list is made, and left")
    options = parser.parse_args()
    program = [str(options.bin / "cryptowatch"), "feed", "parse", "--json", "--format"]
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or pathlib.Path(folder) / "list.ftm.json"
        wallets = make(path, options.bytes)
        good = judge("FollowTheMoney, %d bytes" % path.stat().st_size, [*program, "ftm", str(path)],
                     wallets)
    ofac = options.project.parent / "shared/data/feeds/ofac/sdn_advanced-2025-11-19.xml.bz2"
    if ofac.exists():
        good &= judge("OFAC's whole list", [*program, "ofac-advanced", str(ofac)], 761)
    return 0 if good else 1


sys.exit(main())
