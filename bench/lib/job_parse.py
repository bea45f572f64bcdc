"""parse: a document of a publisher, from bytes to entries."""
import bz2
import os
import subprocess

import data
import measure
from rows import measured
from table import comparison, goal, quotient, row, value_of

TITLE = "Reading a list"
OFAC = measure.ROOT.parent / "shared" / "data" / "feeds" / "ofac" / "sdn_advanced-2025-11-19.xml.bz2"
ELEMENT_TREE = """
import sys
import xml.etree.ElementTree as tree
found = []
for event, element in tree.iterparse(sys.argv[1]):
    if element.tag.endswith('VersionDetail') and element.text and len(element.text) >= 25:
        found.append(element.text)
print(len(found))
"""
GOAL_BYTES = 1_000_000_000  # of entities: the goal for memory is set for so many
JQ = 'select(.schema == "CryptoWallet") | .properties.publicKey[]'
NODE = """
const lines = require('readline').createInterface({ input: require('fs').createReadStream(process.argv[1]) });
let found = 0;
lines.on('line', (line) => { if (JSON.parse(line).schema === 'CryptoWallet') found++; });
lines.on('close', () => console.log(found));
"""
PYTHON = """
import json, sys
print(sum(1 for line in open(sys.argv[1], 'rb') if json.loads(line)['schema'] == 'CryptoWallet'))
"""


def timed(name, argv, runs, note=None, **options):
    return measured(name, argv, runs, lambda seconds: seconds, note, **options)


def parse_row(name, form, path, runs):
    """`feed parse`: the parser program, and every address decoded and printed by main."""
    return timed(name, [measure.need("cryptowatch"), "feed", "parse", "--quiet", "--format", form,
                        path], runs, codes=(0, 20))


def ofac_set(runs):
    title = "OFAC's whole list, advanced XML"
    if not OFAC.exists():
        return comparison(title, "s", [row("cryptowatch feed parse", note="the file is not here")])
    path = measure.FOLDER / "data" / OFAC.stem
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bz2.decompress(OFAC.read_bytes()))
    measure.warm(path)
    ours = "cryptowatch feed parse"
    rows = [timed("expat, handlers that do nothing", [measure.program("bench_expat"), path], runs),
            parse_row(ours, "ofac-advanced", path, runs),
            timed("xmllint --stream", [measure.tool("xmllint"), "--stream", "--noout", path], runs),
            timed("Python ElementTree", ["python3", "-c", ELEMENT_TREE, path], 1)]
    times = quotient(value_of(rows, ours), rows[0]["value"])
    peak = rows[1]["peak_mb"]
    size = os.path.getsize(path) / 1e6
    return comparison(f"{title}, {size:.0f} MB", "s", rows, ours=ours, is_less_better=True, goals=[
        goal("at most 1.3 times expat with empty handlers", times, times and times <= 1.3),
        goal("at most 64 MB", peak, peak and peak <= 64)])


def ndjson_set(size, runs):
    path = data.corpus("ftm", size, 100_000)
    measure.warm(path)
    ours = "cryptowatch feed parse"
    rows = [parse_row(ours, "ftm", path, runs),
            timed("jq -c", [measure.tool("jq"), "-c", JQ, path], 1),
            timed("node, JSON.parse a line", [measure.tool("node"), "-e", NODE, path], 1),
            timed("Python json a line", ["python3", "-c", PYTHON, path], 1)]
    times = quotient(value_of(rows, "jq -c"), value_of(rows, ours))
    peak = rows[0]["peak_mb"] if size >= GOAL_BYTES else None  # a smaller file proves nothing
    return comparison(f"FollowTheMoney entities, NDJSON, {data.size_name(size)}B", "s", rows,
                      ours=ours, is_less_better=True, goals=[
        goal("at least 3 times jq -c", times, times and times >= 3),
        goal("at most 64 MB for 1 GB", peak, peak and peak <= 64)])


def job(options):
    runs = 1 if options.quick else 3
    size = 100_000_000 if options.quick else GOAL_BYTES
    return [ofac_set(runs), ndjson_set(size, runs)]
