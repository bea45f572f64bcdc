"""address: parses a second by family, against the libraries that do the same work in npm."""
import json
import os
import subprocess

import measure
from table import comparison, goal, quotient, row

TEXTS = 20000  # more than the 8,192 results that one of the peers keeps
GOAL_FAMILIES = ("base58check-p2pkh", "base58check-p2sh", "bech32-p2wpkh", "bech32-p2wsh",
                 "bech32m-p2tr", "eip55")
TITLE = "Addresses parsed on one core"


def pinned(argv):
    """On one core, the last one: the first has the interrupts."""
    return ["taskset", "-c", str(os.cpu_count() - 1), *map(str, argv)]


def ask(argv, cwd=None):
    done = subprocess.run(pinned(argv), cwd=cwd, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(done.stderr.strip()[:200])
    return json.loads(done.stdout)


def family_set(ours, family, seconds):
    path = measure.FOLDER / "data" / f"address-{family}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as out:
        subprocess.run([ours, "texts", family, str(TEXTS)], stdout=out, check=True)
    command = [ours, "parse", family, path, seconds]
    got = ask(command)
    rows = [row("cryptowatch, nothing said", got["detect"], command=command,
                note="every chain is considered"),
            row("cryptowatch, chain said", got["as_tag"], command=command)]
    peers = {}
    if measure.node_folder() is not None:
        script = measure.ROOT / "bench" / "programs" / "address_peers.mjs"
        peers = ask(["node", script, family, path, seconds], measure.node_folder())
    rows += [row(name, value) for name, value in peers.items()]
    if not peers:
        rows.append(row("npm libraries", note="bench/setup could not install them"))
    fastest = max(peers.values(), default=None)
    goals = []
    if family in GOAL_FAMILIES:
        times = quotient(got["as_tag"], fastest)
        goals.append(goal("at least 10 times the fastest peer", times, times and times >= 10))
    return comparison(family, "parses/s", rows, ours="cryptowatch, chain said", goals=goals)


def property_set():
    """The million-key round trip of the tests, timed."""
    for folder in ("release", "dev"):
        program = measure.ROOT / "build" / folder / "bin" / "test_address_property"
        if program.exists():
            got = measure.run_once([program, "1000000"])
            return comparison("Round trip of random keys", "s", [
                row("1,000,000 keys of every kind, no difference", got["seconds"], got["peak_kb"],
                    command=[program, "1000000"])], is_less_better=True)
    return comparison("Round trip of random keys", "s", [
        row("1,000,000 keys of every kind", note="not built yet: test_address_property")])


def job(options):
    ours = measure.program("bench_address")
    if ours is None:
        raise measure.Failed("bench_address is not built")
    names = subprocess.run([ours, "families"], check=True, capture_output=True, text=True)
    seconds = "0.5" if options.quick else "3"
    sets = [family_set(ours, family, seconds) for family in names.stdout.split()]
    if not options.quick:
        sets.append(property_set())
    return sets
