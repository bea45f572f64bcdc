"""sweep: one point after the other, on a place per thread, and the sum of what was found.

What the disturbance is, the caller says in options of kill_at (kill_sweep.py, fail_sweep.py).
"""
import argparse
import collections
import concurrent.futures
import itertools
import random
import sys
import threading
import time

import ground
import judge

SKIPPED = 77
KINDS = ("loss", "double", "second body", "duplicate", "log", "database", "stray", "verdict",
         "exit")
# Bounded form: the calls after which something else is on disk than before.
TURNING = {"fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
           "unlinkat", "ftruncate"}
ROW_BEGIN, ROW_END = 6, 4
PROGRESS_S = 30


def arguments(doc):
    parser = argparse.ArgumentParser(description=doc,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("root")
    parser.add_argument("--scene", choices=("first", "later"), default="first")
    parser.add_argument("--points", type=int, help="so many, chosen by --seed; else all")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--to", type=int, dest="last")
    parser.add_argument("--step", type=int, default=1, help="2: every other boundary")
    parser.add_argument("--jobs", type=int, default=2)
    return parser


class Worker(threading.local):
    """A place of its own for every thread, made when the thread first asks for it."""
    places = []

    def __init__(self, scene):
        self.place = ground.Ground(ground.harness.BIN / "kill_at", scene)
        Worker.places.append(self.place)
        self.reference = judge.Reference(self.place)


class Tally:
    def __init__(self):
        self.tried = self.untouched = self.duplicates = self.both = 0
        self.kinds = collections.Counter()

    def add(self, at, disturbed, verdict):
        self.tried += 1
        self.untouched += disturbed.disturbed == 0
        self.duplicates += sum(verdict.duplicates.values())
        self.both += sum(verdict.duplicates.values()) > 1
        for offence in verdict.offences:
            self.kinds[offence.split(":")[0]] += 1
            print("point %d: %s" % (at, offence.strip()), flush=True)

    def text(self, name, seconds):
        return "%s: %d points, %d not reached; %s; at most one duplicate an endpoint: %d in all, " \
               "%d points with one at both; %.0f s" % (
                   name, self.tried, self.untouched,
                   ", ".join("%s %d" % (kind, self.kinds[kind]) for kind in KINDS),
                   self.duplicates, self.both, seconds)


def count_boundaries(place, options):
    """(number, call) for each that counts in an undisturbed run; the call is "-" at an exit."""
    listing = place.base / "list"
    place.put_back()
    undisturbed, _, stderr = place.disturb(options(place) + ["--list", listing])
    assert undisturbed.exit == 0, stderr
    return [(int(number), call) for number, _, call, _ in
            (line.split() for line in listing.read_text().splitlines())]


def turning_points(boundaries):
    """After each call that changes something (the call itself when only entries count). Of a row of
    the same call, as deliveries make, only its ends."""
    calls = dict(boundaries)
    rows = [list(row) for _, row in itertools.groupby(
        [(number, call) for number, call in boundaries if call in TURNING], lambda pair: pair[1])]
    ends = [number for row in rows for number, _ in row[:ROW_BEGIN] + row[ROW_BEGIN:][-ROW_END:]]
    return {number + 1 if calls.get(number + 1) == "-" else number for number in ends}


def chosen(boundaries, points, seed):
    """The first, the last, those that turn something, and as many others as are asked for."""
    numbers = [number for number, _ in boundaries]
    pick = random.Random(seed)
    turning = sorted(turning_points(boundaries))
    some = {1, numbers[-1], *pick.sample(turning, min(points, len(turning)))}
    rest = sorted(set(numbers) - some)
    return sorted(some | set(pick.sample(rest, min(max(points - len(some), 0), len(rest)))))


def try_point(worker, options, at):
    place = worker.place
    place.put_back()
    disturbed, _, stderr = place.disturb(options(place) + ["--at", at])
    return at, disturbed, judge.judge(place, worker.reference, disturbed, stderr)


def tell_progress(tally, points, next_s):
    if time.monotonic() < next_s:
        return next_s
    print("%d of %d points" % (tally.tried, len(points)), file=sys.stderr, flush=True)
    return time.monotonic() + PROGRESS_S


def sweep(name, args, options):
    """options: from a place to the options of kill_at, without --at. Returns the exit code."""
    begun = time.monotonic()
    worker = Worker(args.scene)
    boundaries = count_boundaries(worker.place, options)
    points = chosen(boundaries, args.points, args.seed) if args.points else \
        range(args.first, (args.last or len(boundaries)) + 1, args.step)
    tally, next_s = Tally(), begun + PROGRESS_S
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for result in pool.map(lambda at: try_point(worker, options, at), points):
            tally.add(*result)
            next_s = tell_progress(tally, points, next_s)
    print(tally.text("%s scan, %s, %d boundaries" % (args.scene, name, len(boundaries)),
                     time.monotonic() - begun))
    return 1 if tally.kinds else 0


def run(name, args, options):
    try:
        return sweep(name, args, options)
    except ground.Unavailable as reason:
        print("skipped: %s" % reason)
        return SKIPPED
    finally:
        for place in Worker.places:
            place.close()
