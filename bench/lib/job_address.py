"""address: parses a second by family, against the libraries that do the same work in npm."""
import json
import os
import random
import subprocess

import measure
from table import comparison, goal, quotient, row

TEXTS = 20000  # more than the 8,192 results that one of the peers keeps
GOAL_FAMILIES = ("base58check-p2pkh", "base58check-p2sh", "bech32-p2wpkh", "bech32-p2wsh",
                 "bech32m-p2tr", "eip55")
KEYS = 1_000_000
HOLDS = "the key that is read is the key that was printed, and no two share a form"
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
    """The property test of the tests on a million keys, others in each run."""
    title = "Keys of every chain and kind, printed and read back, and with bytes changed"
    name = f"{KEYS:,} random keys"
    command = [measure.program("test_address_property"), KEYS, random.randrange(1 << 32)]
    if command[0] is None:
        return comparison(title, "keys/s", [row(name, note="built with CW_TESTS only")])
    try:
        got = measure.run_once(command)
    except measure.Failed as fault:
        return comparison(title, "keys/s", [row(name, note=str(fault), command=command)],
                          goals=[goal(HOLDS, 0, False)])
    return comparison(title, "keys/s", [
        row(name, KEYS / got["seconds"], got["peak_kb"], f"seed {command[2]}", command)],
        goals=[goal(HOLDS, KEYS, True)])


def job(options):
    ours = measure.need("bench_address")
    names = subprocess.run([ours, "families"], check=True, capture_output=True, text=True)
    seconds = "0.5" if options.quick else "3"
    sets = [family_set(ours, family, seconds) for family in names.stdout.split()]
    return sets + [property_set()]
