"""Commands beside the scan, on a disk that is full, read-only or failing from the n-th call on.

Each command of the table runs, for n = 1, 2, 3 ..., while its n-th call to the disk and every later
one fail; --once: that call alone. It may fail, with a documented exit code and a reason, and must
leave no half of a file. Then the disk is well again, the same command runs once more, and the home
must be as after an undisturbed run.
Exit 0: no offence; 1 otherwise; 77 when ptrace is not permitted here.
"""
import argparse
import collections
import errno
import json
import os
import random
import shutil
import sys
import time

import fail_sweep
import ground
import judge
import power
import sweep

harness = ground.harness
EXITS = judge.EXITS | {10, 11}
ERRORS = ("ENOSPC", "EROFS", "EIO")
LIST_OF = ["0x%040x" % number for number in range(1, 41)]


class Place(power.Place):
    """Everything was scanned and told; list "two" has lost so much that it is held."""

    def __init__(self):
        super().__init__("first")
        self.kill_at = harness.BIN / "kill_at"
        self.out = self.path / "out"  # a folder of the same disk, for what commands write
        self.out.mkdir()
        self.let_keys_live()
        (self.out / "transfers.txt").write_text("1 %s\n2 %s\n" % (ground.BYSTANDER[0], LIST_OF[0]))
        self.home.feed("two", self.list_url("two"), removed_max_percent=15)
        self.lists.put("/two", "\n".join(ground.CASE[10:] + [ground.BYSTANDER[1]] + LIST_OF))
        self.expect(0, "scan", "--force", now=ground.BEFORE)
        self.lists.put("/two", "\n".join(ground.CASE[10:] + [ground.BYSTANDER[1]] + LIST_OF[:25]))
        self.expect(20, "scan", "--force", now=ground.DISTURBED)
        shutil.rmtree(self.start)
        shutil.copytree(self.path, self.start)

    def let_keys_live(self):
        """The days of ground are after the end of keys made today."""
        path = self.path / "keys" / "keys.jwks.json"
        published = json.loads(path.read_text())
        for key in published["keys"]:
            key["exp"] += 20 * 365 * 86400
        path.write_text(json.dumps(published))

    def expect(self, code, *command, now=ground.DISTURBED):
        done = self.run(*command, now=now)
        assert done.returncode == code, (command, done.returncode, done.stderr)
        return done.stdout


# ---- the commands ----

def tell_strays(names, tell):
    """Half a file of a disk that refuses also to remove it cannot be held against anybody."""
    if names and not tell.is_removal_refused:
        tell("stray: %s" % sorted(names))


class Tell(list):
    def __init__(self, is_removal_refused):
        super().__init__()
        self.is_removal_refused = is_removal_refused

    def __call__(self, offence):
        self.append(offence)


class Command:
    """codes: with which it may end when all is well."""
    codes = (0,)
    codes_after_success = ()  # besides, when it runs again after it did its work
    line = ()

    def words(self, place):
        return self.line

    def prepare(self, place):
        place.put_back()

    def judge(self, place, done, tell):
        """After the disturbed run. done: None when the run failed, else its stdout."""

    def recover(self, place, stderr, tell):
        """What a person does who reads what a failed run said."""

    def finally_judge(self, place, tell):
        """After the run that follows."""


class Receipt(Command):
    """check and screen: what is answered is right, and a receipt is there whole or not at all."""
    codes = (10,)

    def __init__(self, name, *words):
        self.name, self.asked = name, words

    def words(self, place):
        return (self.name, "--receipt", place.out / "r.jws.json",
                *(place.out / word if word.endswith(".txt") else word for word in self.asked))

    def judge(self, place, done, tell):
        receipt = place.out / "r.jws.json"
        left = {path.name for path in place.out.iterdir()} - {"r.jws.json", "transfers.txt"}
        tell_strays(left, tell)
        if done is not None and not receipt.exists():
            tell("loss: it ended well and wrote no receipt")
        if receipt.exists():
            verified = place.run("verify", receipt)
            if verified.returncode != 0:
                tell("loss: the receipt is not whole: %s%s" % (verified.stdout, verified.stderr))
            receipt.unlink()

    def finally_judge(self, place, tell):
        self.judge(place, "", tell)


class Report(Command):
    """A page is there whole or the one before it is."""

    def words(self, place):
        return ("report", "--output", place.out / "report.html")

    def prepare(self, place):
        place.put_back()
        (place.out / "report.html").write_text("before")

    def judge(self, place, done, tell):
        page = (place.out / "report.html").read_bytes()
        left = {path.name for path in place.out.iterdir()} - {"report.html", "transfers.txt"}
        tell_strays(left, tell)
        is_whole = page.startswith(b"<!DOCTYPE html>") and page.endswith(b"</html>\n")
        if not is_whole and (done is not None or page != b"before"):
            tell("loss: a page of %d bytes is neither the old nor a new one" % len(page))

    def finally_judge(self, place, tell):
        self.judge(place, "", tell)


class Init(Command):
    codes_after_success = (73,)  # it is there already
    line = ("init", "--source", "https://scanner.agency.example/cw")

    def words(self, place):
        return (*self.line, place.path / "new")

    def recover(self, place, stderr, tell):
        new = place.path / "new"
        if new.exists():
            if any(new.iterdir()) and str(new) not in stderr:
                tell("exit: it left a half and did not say so: %s" % stderr)
            shutil.rmtree(new)

    def finally_judge(self, place, tell):
        new = place.path / "new"
        for name in ("feeds", "rules"):
            there = {path.name for path in (new / name).glob("[!.]*")}
            wanted = {path.name for path in (harness.ROOT / name).glob("*")}
            if there != wanted:
                tell("loss: %s has %d of %d files" % (name, len(there), len(wanted)))
        tell_strays([path.name for path in new.rglob(".cw-*")], tell)
        shutil.rmtree(new / "feeds")
        (new / "feeds").mkdir()
        config, place.home.config = place.home.config, new / "cryptowatch.json"
        for command in (("scan",), ("key", "show"), ("key", "show", "--role", "log")):
            done = place.run(*command)
            if done.returncode != 0:
                tell("loss: %s ended with %d: %s" % (command, done.returncode, done.stderr))
        place.home.config = config


class Accept(Command):
    line = ("feed", "accept", "two")

    def finally_judge(self, place, tell):
        feeds = {feed["id"]: feed for feed in
                 map(json.loads, place.run("feed", "status", "--json").stdout.splitlines())}
        done = place.run("scan", "--force")
        if done.returncode != 0:
            tell("loss: the scan after it ended with %d: %s, %s" % (
                done.returncode, done.stderr, feeds))


class Rotate(Command):
    line = ("key", "rotate", "--role", "alert")
    codes = (0, 1, 73, 78)  # again: a rotation is under way already, and it says so

    def finally_judge(self, place, tell):
        keys = {path.name for path in (place.path / "keys").iterdir()}
        left = [name for name in keys if name.endswith(".tmp")]
        tell_strays(left, tell)
        published = json.loads(place.run("key", "show", "--format", "jwks").stdout)["keys"]
        for words in ((), ("--next",)):
            done = place.run("key", "show", "--format", "jwk", *words)
            if done.returncode != 0:
                tell("loss: key show %s: %s" % (words, done.stderr))
            elif json.loads(done.stdout)["x"] not in {key["x"] for key in published}:
                tell("loss: the key %s is not published" % (words,))
        done = place.run("scan", "--force")
        if done.returncode != 20:  # the other list is still held
            tell("loss: the scan after it ended with %d: %s" % (done.returncode, done.stderr))
        done = place.run("log", "verify")
        if done.returncode != 0:
            tell("log: %s%s" % (done.stdout, done.stderr))


class Deliver(Command):
    line = ("deliver",)

    def prepare(self, place):
        place.put_back()
        database = power.sqlite3.connect(place.path / "state" / "state.db")
        database.execute("DELETE FROM attempts")
        database.execute("UPDATE outbox SET state = 'waiting', attempts = 0, last_status = 0")
        database.commit()
        database.close()

    def finally_judge(self, place, tell):
        place.run("deliver", now=ground.LATER)
        database = place.database()
        waiting, = database.execute("SELECT count(*) FROM outbox WHERE state <> 'delivered'")
        alerts = [row[0] for row in database.execute("SELECT id FROM alerts")]
        check, = database.execute("PRAGMA integrity_check")
        database.close()
        if waiting[0] or check[0] != "ok":
            tell("loss: %d not delivered, database %s" % (waiting[0], check[0]))
        for name in ground.ENDPOINTS:
            posts = [post[0] for post in place.receivers.posts[name]]
            if set(alerts) - set(posts):
                tell("loss: %s misses %d" % (name, len(set(alerts) - set(posts))))
            if len(posts) - len(set(posts)) > 1:
                tell("duplicate: %s got %d twice" % (name, len(posts) - len(set(posts))))


COMMANDS = {"check": Receipt("check", ground.BYSTANDER[0]),
            "screen": Receipt("screen", "transfers.txt"), "init": Init(), "accept": Accept(),
            "report": Report(), "rotate": Rotate(), "deliver": Deliver()}


# ---- the sweep ----

def options(place, args, error):
    # What is removed needs no room.
    calls = [call for call in fail_sweep.CALLS.split(",")
             if error != "ENOSPC" or call not in ("unlink", "unlinkat", "rmdir")]
    return ["--calls", ",".join(calls), "--under", place.path, "--fail", error] + \
        ["--onwards"] * (not args.once)


class Home:
    """harness.Home.command puts --config after the first word; init takes none."""

    def __init__(self, home):
        self.home, self.command_of = home, home.command

    def command(self, *words):
        words = list(map(str, words))
        if words[0] == "init":
            return [str(harness.PROGRAM), *words]
        return self.command_of(*words)


def try_point(place, command, args, error, at):
    offences = Tell(error != "ENOSPC")
    command.prepare(place)
    disturbed = place.disturb(options(place, args, error) + ["--at", at],
                              place.home.command(*command.words(place)))
    stdout, stderr = disturbed.stdout, disturbed.stderr
    if disturbed.exit not in EXITS or disturbed.signal:
        offences.append("exit: ended with %d, signal %d: %s" % (disturbed.exit, disturbed.signal,
                                                               stderr))
    is_well = disturbed.exit in command.codes
    if not is_well and not stderr.strip():
        offences.append("exit: ended with %d and said nothing" % disturbed.exit)
    files = judge.unsynced(place, disturbed)
    if is_well and files and os.strerror(getattr(errno, error)) not in stderr:
        offences.append("sync: ended with %d and no word of what was not synced: %s" % (
            disturbed.exit, files))
    command.judge(place, stdout if is_well else None, offences)
    if not is_well:
        command.recover(place, stderr, offences)
    again = place.run(*command.words(place), now=ground.DISTURBED)
    if again.returncode not in command.codes + command.codes_after_success * is_well:
        offences.append("exit: again ended with %d: %s" % (again.returncode, again.stderr))
    command.finally_judge(place, offences)
    return disturbed, offences


def count(place, command, args, error):
    command.prepare(place)
    undisturbed = place.disturb(options(place, args, error),
                                place.home.command(*command.words(place)))
    assert undisturbed.exit in command.codes, undisturbed.stderr
    return undisturbed.boundaries


def run(args):
    begun, kinds = time.monotonic(), collections.Counter()
    place = Place()
    try:
        place.home.command = Home(place.home).command
        told, tally = [], sweep.Tally()
        for name in args.command or COMMANDS:
            command = COMMANDS[name]
            for error in args.error or ERRORS:
                boundaries = count(place, command, args, error)
                every = range(1, boundaries + 1)
                points = every if args.points is None or args.points >= boundaries else \
                    sorted(random.Random(args.seed).sample(every, args.points))
                for at in points:
                    disturbed, offences = try_point(place, command, args, error, at)
                    tally.tried += 1
                    tally.untouched += disturbed.disturbed == 0
                    for offence in offences:
                        kinds[offence.split(":")[0]] += 1
                        print("%s, %s at %d: %s" % (name, error, at, offence.strip()), flush=True)
            told.append("%s %d" % (name, boundaries))
    finally:
        place.close()
    print("commands (calls: %s), %s%s: %d points, %d not reached; %s; %.0f s" % (
        ", ".join(told), ", ".join(args.error or ERRORS), "" if args.once else " and ever after",
        tally.tried, tally.untouched, ", ".join("%s %d" % (kind, kinds[kind]) for kind in (
            "loss", "duplicate", "log", "stray", "sync", "exit")), time.monotonic() - begun))
    return 1 if kinds else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("root")
    parser.add_argument("--command", action="append", choices=tuple(COMMANDS))
    parser.add_argument("--error", action="append")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--points", type=int, help="of each command and error, chosen by --seed")
    parser.add_argument("--seed", type=int, default=5)
    try:
        return run(parser.parse_args())
    except ground.Unavailable as reason:
        print("skipped: %s" % reason)
        return sweep.SKIPPED


if __name__ == "__main__":
    sys.exit(main())
