"""A scan whose clock jumps: at its n-th reading, for n = 0, 1, 2 ..., back an hour, a year and to
before the program was made, and ahead an hour, 40 days and ten years; for good, or for one reading.

Lists and receivers give trouble at first, so that every time that is kept for later is kept: one list
is turned away, one receiver asks to be left alone, one refuses, one fails. Then the clock is right
again and cron goes on. Everything must be as after an undisturbed run: each alert at each endpoint,
once, with one body; lists fetched again; nothing that waits longer than it may.
Exit 0: no offence; 1 otherwise.
"""
import argparse
import collections
import concurrent.futures
import datetime
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

import ground
import judge
import sweep

harness = ground.harness
START = datetime.datetime(2031, 3, 2)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
JUMPS = {"back an hour": -HOUR, "back a year": -365 * DAY, "before the build": -12 * 365 * DAY,
         "ahead an hour": HOUR, "ahead 40 days": 40 * DAY, "ahead ten years": 3653 * DAY}
STEP, BLIP = "for good", "once"
LISTED, CLEAR, CANNOT_SAY = 10, 0, 20
# What cron does afterwards, when the clock is right. Three tries of a refused alert take a day.
CRON = [HOUR, 20 * HOUR, 40 * HOUR]
# A server that turned us away at a time that is still to come is left alone until then.
ALL_IS_ASKED = 2 * HOUR
LINE_BYTES, READINGS_MAX = 21, 2000
CASE = [ground.address(number) for number in range(2)]
BYSTANDER = ground.BYSTANDER[0]
# How often each refuses, and how. A failure is tried again in the same run, after five seconds.
QUICK = {"sound": [], "resting": [(503, {"Retry-After": "3600"})], "refusing": [400]}
RETRIED = {"sound": [], "failing": [500, 500]}


def text(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Place:
    """is_known: a scan of the day before has seen list one, without the case's address."""

    def __init__(self, endpoints, is_known):
        self.endpoints = endpoints
        self.lists = harness.ListServer()
        self.receivers = {name: harness.Receiver() for name in endpoints}
        self.home = harness.Home()
        self.home.configure(endpoints=[{"id": name, "url": receiver.url}
                                       for name, receiver in self.receivers.items()],
                            allow_private_hosts=["127.0.0.1"], heartbeat_every="1d")
        for name in ("one", "two"):
            self.home.feed(name, "http://%s/%s" % (self.lists.host, name))
        self.home.rule("theft", CASE)
        self.start = self.home.base / "start"
        self.times = tempfile.TemporaryFile()
        self.lists.put("/one", BYSTANDER + "\n")
        if is_known:
            done = self.run([START - DAY], "scan")
            assert done.returncode == 20, done.stderr
        shutil.copytree(self.home.path, self.start)
        self.readings = self.ids = None

    def put_back(self):
        shutil.rmtree(self.home.path)
        shutil.copytree(self.start, self.home.path)
        for name, plan in self.endpoints.items():
            self.receivers[name].plan = list(plan)
            self.receivers[name].posts.clear()
        self.lists.requests.clear()
        self.lists.put("/one", "%s\n%s\n" % (BYSTANDER, CASE[0]))
        self.lists.put("/two", "busy", status=503)

    def serve_all(self):
        self.lists.put("/two", "%s\n" % CASE[1])

    def run(self, moments, *command):
        """moments: of each reading of the clock; the last one stays."""
        self.times.seek(0)
        self.times.truncate()
        self.times.write("".join(text(moment) + "\n" for moment in moments).encode())
        self.times.flush()
        self.times.seek(0)
        env = self.home.env()
        env["CRYPTOWATCH_TEST_NOW"] = "fd:%d" % self.times.fileno()
        return subprocess.run(self.home.command(*command), env=env, capture_output=True, text=True,
                              pass_fds=[self.times.fileno()], timeout=120)

    def database(self, query):
        database = sqlite3.connect("file:%s/state/state.db?mode=ro" % self.home.path, uri=True)
        rows = database.execute(query).fetchall()
        database.close()
        return rows

    def learn(self):
        """What an undisturbed run does, and how often it reads the clock."""
        self.put_back()
        self.run([START] * READINGS_MAX, "scan")
        self.readings = os.lseek(self.times.fileno(), 0, os.SEEK_CUR) // LINE_BYTES
        assert 20 < self.readings < READINGS_MAX, self.readings
        offences = self.go_on()
        assert not offences, offences
        self.ids = self.case_ids()
        assert len(self.ids) == len(CASE)

    def case_ids(self):
        return {row[0] for row in self.database("SELECT id FROM alerts WHERE case_id = 'theft'")}

    # ---- afterwards ----

    def check_at_once(self, offences):
        done = self.run([START + datetime.timedelta(minutes=5)], "check", "--json", BYSTANDER)
        if done.returncode not in (LISTED, CANNOT_SAY):
            offences.append("verdict: check ended with %d: %s%s" % (
                done.returncode, done.stdout, done.stderr))

    def go_on(self):
        offences = []
        self.check_at_once(offences)
        self.serve_all()
        for after in CRON:
            self.lists.requests.clear()
            done = self.run([START + after], "scan", "--json")
            if after < ALL_IS_ASKED:
                continue
            if done.returncode != 0:
                offences.append("exit: the scan after %s ended with %d: %s" % (
                    after, done.returncode, done.stderr.strip()))
            asked = sorted(path for path, _ in self.lists.requests)
            if asked != ["/one", "/two"]:
                offences.append("stall: after %s the lists asked for were %s" % (after, asked))
        self.judge_state(offences)
        self.judge_posts(offences)
        done = self.run([START + CRON[-1]], "log", "verify")
        if done.returncode != 0:
            offences.append("log: verify ended with %d: %s%s" % (done.returncode, done.stdout,
                                                                done.stderr))
        done = self.run([START + CRON[-1]], "check", "--json", BYSTANDER)
        if done.returncode != LISTED:
            offences.append("verdict: at the end check says %s" % done.stdout)
        return offences

    def judge_state(self, offences):
        now_s = int((START + CRON[-1]).replace(tzinfo=datetime.timezone.utc).timestamp())
        for endpoint, state, due_s, attempts in self.database(
                "SELECT endpoint, state, due_at_s, attempts FROM outbox"):
            if state != "delivered":
                offences.append("loss: a delivery to %s is %s after %d attempts, due in %d s" % (
                    endpoint, state, attempts, due_s - now_s))
        for feed, status, retrieved_s, wait_s in self.database(
                "SELECT id, status, retrieved_at_s, not_before_s FROM feeds"):
            if status != "good" or not now_s - 3600 <= retrieved_s <= now_s or wait_s > now_s:
                offences.append("stall: list %s is %s, seen %d s ago, waits %d s" % (
                    feed, status, now_s - retrieved_s, max(0, wait_s - now_s)))
        last, = self.database("SELECT created_at_s FROM alerts WHERE type LIKE '%heartbeat%'"
                              " ORDER BY seq DESC LIMIT 1")
        if not now_s - 86400 <= last[0] <= now_s:
            offences.append("stall: the last heartbeat was %d s ago" % (now_s - last[0]))

    def judge_posts(self, offences):
        stored = {row[0]: bytes(row[1]) for row in self.database("SELECT id, body FROM alerts")}
        wanted = self.ids if self.ids is not None else self.case_ids()
        if self.case_ids() != wanted:
            offences.append("double: the alerts are %s" % self.case_ids())
        for name, receiver in self.receivers.items():
            took = collections.Counter(headers["webhook-id"] for headers, _ in receiver.posts)
            for alert in wanted - set(took):
                offences.append("loss: %s never got %s" % (name, alert))
            for headers, body in receiver.posts:
                if stored.get(headers["webhook-id"]) != body:
                    offences.append("second body: %s got %s" % (name, headers["webhook-id"]))
            extra = sum(took.values()) - len(took) - len(self.endpoints[name])
            if extra > 0:
                offences.append("duplicate: %s got %d more than it refused" % (name, extra))

    def close(self):
        for receiver in self.receivers.values():
            receiver.close()
        self.lists.close()
        self.home.close()
        self.times.close()


def moments(number, jump, how):
    """The clock jumps at the reading of this number, counted from 0."""
    other = [START + JUMPS[jump]]
    return [START] * number + other + [START] * (how == BLIP)


def try_jump(place, number, jump, how):
    place.put_back()
    done = place.run(moments(number, jump, how), "scan")
    offences = []
    if done.returncode not in judge.EXITS or done.returncode < 0:
        offences.append("exit: ended with %d: %s" % (done.returncode, done.stderr))
    if done.returncode > 0 and not done.stderr.strip():
        offences.append("exit: ended with %d and said nothing" % done.returncode)
    return offences + place.go_on()


class Worker(threading.local):
    places = []

    def __init__(self, endpoints, is_known):
        self.place = Place(endpoints, is_known)
        Worker.places.append(self.place)
        self.place.learn()


def chosen(readings, points, seed):
    every = [(number, jump, how) for number in range(readings) for jump in JUMPS
             for how in (STEP, BLIP)]
    if points is None or points >= len(every):
        return every
    # The whole run in the wrong time is always among them.
    whole = [(0, jump, STEP) for jump in JUMPS]
    return whole + random.Random(seed).sample(every, max(0, points - len(whole)))


def run(args):
    begun, worker = time.monotonic(), Worker(RETRIED if args.retries else QUICK,
                                              args.scene == "later")
    points = chosen(worker.place.readings, args.points, args.seed)
    if args.only:
        points = [(args.only, jump, how) for jump in JUMPS for how in (STEP, BLIP)]
    kinds, next_s, tally = collections.Counter(), begun + sweep.PROGRESS_S, sweep.Tally()
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for point, offences in pool.map(
                lambda point: (point, try_jump(worker.place, *point)), points):
            tally.tried += 1
            for offence in offences:
                kinds[offence.split(":")[0]] += 1
                print("reading %d, %s %s: %s" % (*point, offence.strip()), flush=True)
            next_s = sweep.tell_progress(tally, points, next_s)
    print("%s scan, clock%s: %d jumps at %d readings; %s; %.0f s" % (
        args.scene, " with retries" if args.retries else "", len(points), worker.place.readings,
        ", ".join("%s %d" % (kind, kinds[kind]) for kind in (
            "loss", "double", "second body", "duplicate", "stall", "log", "verdict", "exit")),
        time.monotonic() - begun))
    return 1 if kinds else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin")
    parser.add_argument("root")
    parser.add_argument("--scene", choices=("first", "later"), default="first")
    parser.add_argument("--points", type=int, help="so many, chosen by --seed; else all")
    parser.add_argument("--retries", action="store_true", help="a receiver that fails twice")
    parser.add_argument("--only", type=int, help="every jump at this reading")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    try:
        return run(parser.parse_args())
    finally:
        for place in Worker.places:
            place.close()


if __name__ == "__main__":
    sys.exit(main())
