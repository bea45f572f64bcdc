"""A run whose power is cut: every state of the disk that is tried is one the cut could leave.

The run is recorded once for each thread. After each of its entries, --seeds times, the disk of
disk.py loses, tears or spoils what was not yet synced; then check, scan, deliver, and the judge.
--entries: so many entries, chosen by --seed, instead of all. Seeds 1 and 2 are the extremes of
power.py. A point is named ENTRY/SEED; one such name in --only tries it alone (the entries of two
records differ by a few, with the pace of the helper programs).
Exit 0: nothing lost, doubled or damaged; 1 otherwise; 77 when ptrace is not permitted here.
"""
import argparse
import concurrent.futures
import random
import sys
import time

import ground
import power
import sweep

# The entries after which the disk holds something else for certain, or under another name.
TURNING = {"sync", "rename", "link", "unlink", "rmdir", "create", "mkdir", "size"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("root")
    parser.add_argument("--scene", choices=tuple(power.COMMANDS), default="first")
    parser.add_argument("--entries", type=int)
    parser.add_argument("--seed", type=int, default=5, help="the first of --seeds (default 5)")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", help="ENTRY/SEED")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--deaf", action="store_true", help="as if the disk ignored every sync")
    return parser.parse_args()


def chosen(entries, args):
    """How many entries are on their way to the disk when the power goes; half of a choice are
    places right before or after something turns."""
    every = range(len(entries) + 1)
    if args.entries is None or args.entries >= len(every):
        return list(every)
    pick = random.Random(args.seed)
    turning = sorted({at + after for at, entry in enumerate(entries) if entry.verb in TURNING
                      for after in (0, 1)})
    some = set(pick.sample(turning, min(args.entries // 2, len(turning)))) | {len(entries)}
    rest = sorted(set(every) - some)
    return sorted(some | set(pick.sample(rest, args.entries - len(some))))


class Tally(sweep.Tally):
    def add_cut(self, name, verdict):
        self.tried += 1
        self.duplicates += sum(verdict.duplicates.values())
        for offence in verdict.offences:
            self.kinds[offence.split(":")[0]] += 1
            print("cut %s: %s" % (name, offence.strip()), flush=True)


def run(args):
    begun = time.monotonic()
    worker = power.Worker(args.scene, args.deaf)
    entries = worker.recording.entries
    if args.only:
        at, seed = map(int, args.only.split("/"))
        cuts = [(at, seed)]
    else:
        cuts = [(at, seed) for at in chosen(entries, args)
                for seed in range(args.seed, args.seed + args.seeds)]
    tally, next_s = Tally(), begun + sweep.PROGRESS_S

    def try_cut(cut):
        at, seed = cut
        return "%d/%d" % cut, worker.try_cut(min(at, len(worker.recording.entries)), seed)

    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for name, verdict in pool.map(try_cut, cuts):
            tally.add_cut(name, verdict)
            next_s = sweep.tell_progress(tally, cuts, next_s)
    print("%s, power cut%s: %d cuts after %d entries, seeds %d..%d; %s; at most one duplicate an "
          "endpoint: %d in all; %.0f s" % (
              "deliver" if args.scene == "deliver" else args.scene + " scan",
              " and every sync ignored" if args.deaf else "", tally.tried, len(entries), args.seed,
              args.seed + args.seeds - 1,
              ", ".join("%s %d" % (kind, tally.kinds[kind]) for kind in sweep.KINDS),
              tally.duplicates, time.monotonic() - begun))
    return 1 if tally.kinds else 0


def main():
    try:
        return run(arguments())
    except ground.Unavailable as reason:
        print("skipped: %s" % reason)
        return sweep.SKIPPED
    finally:
        for place in power.Worker.places:
            place.close()


if __name__ == "__main__":
    sys.exit(main())
