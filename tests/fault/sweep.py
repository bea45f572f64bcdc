"""sweep: one point after the other, on a place per thread, and the sum of what was found.

What the disturbance is, the caller says: KillAt with options of kill_at (kill_sweep.py,
fail_sweep.py), or Strike with a request to libstrike.so (strike_sweep.py).
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
import scenes

SKIPPED = 77
KINDS = ("loss", "double", "second body", "facts", "duplicate", "log", "database", "document", "index",
         "stray", "verdict", "answer", "words", "sync", "exit", "hang")
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
    parser.add_argument("--scene", choices=sorted(scenes.SCENES), default="first")
    parser.add_argument("--points", type=int, help="so many, chosen by --seed; else all")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--to", type=int, dest="last")
    parser.add_argument("--step", type=int, default=1, help="2: every other boundary")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--alerts", type=int, default=ground.ALERTS, help="that a scan emits, even")
    return parser


def program_of(scene):
    return scenes.SCENES[scene].who


class Worker(threading.local):
    """A place of its own for every thread, made when the thread first asks for it."""
    places = []

    def __init__(self, scene):
        self.scene, self.made = scene, None

    def make(self):
        if self.made is None:
            place = scenes.make(self.scene)
            Worker.places.append(place)
            self.made = place, place.scene.reference(place)
        return self.made

    @property
    def place(self):
        return self.make()[0]

    @property
    def reference(self):
        return self.make()[1]


class KillAt:
    """options: from a place to the options of kill_at, without --at."""

    def __init__(self, options):
        self.options = options

    def boundaries(self, place):
        """(number, call) for each that counts in an undisturbed run; the call is "-" at an exit."""
        listing = place.base / "list"
        undisturbed = place.disturb(self.options(place) + ["--list", listing])
        return undisturbed, [(int(number), call) for number, _, call, _ in
                             (line.split() for line in listing.read_text().splitlines())]

    def at(self, place, number):
        return place.disturb(self.options(place) + ["--at", number])

    def judge(self, worker, disturbed, verdict):
        pass


class Strike:
    """asked: as Page.ask, without `at`. words: of which one must be in every message."""

    def __init__(self, words=(), **asked):
        self.words, self.asked = words, asked

    def boundaries(self, place):
        undisturbed = place.strike(listing=True, **self.asked)
        calls = undisturbed.calls
        self.chains = [chain for _, chain in calls]
        return undisturbed, [(number, name) for number, (name, _) in enumerate(calls, 1)]

    def representatives(self, boundaries, names):
        """Of the calls with the same callers, all the way down, the first and the last; of those
        names, when any are given."""
        numbers = [number for number, name in boundaries if not names or name in names]
        first = {self.chains[number - 1]: number for number in reversed(numbers)}
        last = {self.chains[number - 1]: number for number in numbers}
        return sorted({*first.values(), *last.values()})

    def at(self, place, number):
        return place.strike(at=number, **self.asked)

    def judge(self, worker, disturbed, verdict):
        if self.words:
            judge.judge_words(worker.place, worker.reference.exit, disturbed, self.words, verdict)


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


def count_boundaries(worker, how):
    worker.place.put_back()
    undisturbed, boundaries = how.boundaries(worker.place)
    assert undisturbed.exit in (0, ground.LISTED), undisturbed.stderr
    return boundaries


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


def try_point(worker, how, at):
    place = worker.place
    place.put_back()
    disturbed = how.at(place, at)
    verdict = place.scene.judge(place, worker.reference, disturbed)
    how.judge(worker, disturbed, verdict)
    return at, disturbed, verdict


def points_of(args, how, boundaries):
    if not boundaries:
        return []
    if getattr(args, "chains", False):
        points = how.representatives(boundaries, args.of and args.of.split(","))
        pick = random.Random(args.seed)
        return sorted(pick.sample(points, min(args.points or len(points), len(points))))
    if args.points:
        return chosen(boundaries, args.points, args.seed)
    return range(args.first, (args.last or len(boundaries)) + 1, args.step)


def is_every(args):
    return not (args.points or args.last or getattr(args, "chains", False)) and args.step == 1


def try_to_the_end(worker, how, last, tally):
    """Runs vary in length by a few boundaries: until one passes untouched."""
    untouched = tally.untouched
    while tally.untouched == untouched:
        last += 1
        tally.add(*try_point(worker, how, last))


def tell_progress(tally, points, next_s):
    if time.monotonic() < next_s:
        return next_s
    print("%d of %d points" % (tally.tried, len(points)), file=sys.stderr, flush=True)
    return time.monotonic() + PROGRESS_S


def sweep(name, args, how):
    """how: KillAt or Strike. Returns the exit code."""
    begun = time.monotonic()
    ground.set_alerts(args.alerts)
    worker = Worker(args.scene)
    tally, next_s = Tally(), begun + PROGRESS_S
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        boundaries = pool.submit(count_boundaries, worker, how).result()
        points = points_of(args, how, boundaries)
        for result in pool.map(lambda at: try_point(worker, how, at), points):
            tally.add(*result)
            next_s = tell_progress(tally, points, next_s)
        if is_every(args):
            pool.submit(try_to_the_end, worker, how, len(boundaries), tally).result()
    print(tally.text("%s, %s, %d boundaries" % (args.scene, name, len(boundaries)),
                     time.monotonic() - begun))
    return 1 if tally.kinds else 0


def run(name, args, how):
    try:
        return sweep(name, args, how)
    except ground.Unavailable as reason:
        print("skipped: %s" % reason)
        return SKIPPED
    finally:
        for place in Worker.places:
            place.close()
