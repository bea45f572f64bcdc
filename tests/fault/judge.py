"""judge: after a disturbed run and the runs that follow it: is everything there, once, unchanged?

Every offence is a line of text that begins with its kind: loss, second body, duplicate, log,
database, stray, verdict, exit.
"""
import collections
import hashlib
import json

import ground

EXITS = {0, 20, 71, 73, 74, 75, 77, 78}  # of design.md, those that a scan may end with
BUG = 70


class Reference:
    """The undisturbed run: which alerts there are, and which files."""

    def __init__(self, place):
        self.earlier = self.earlier_ids(place)
        done = place.run("scan", "--force", "--json", now=ground.DISTURBED)
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)["alerts"]) == ground.ALERTS, done.stdout
        self.ids = {alert["id"] for alert in json.loads(done.stdout)["alerts"]}
        self.has_log = (place.path / "state" / "log").is_dir()
        again = place.run("scan", "--force")
        assert again.returncode == 0, again.stderr
        self.files = place.files()
        for endpoint in ground.ENDPOINTS:
            ids = [post[0] for post in place.receivers.posts[endpoint]]
            assert sorted(ids) == sorted(self.ids), "the undisturbed run told %d" % len(ids)


    @staticmethod
    def earlier_ids(place):
        if not (place.path / "state" / "state.db").exists():
            return set()
        database = place.database()
        ids = {row[0] for row in database.execute("SELECT id FROM alerts")}
        database.close()
        return ids


class Verdict:
    def __init__(self):
        self.offences = []
        self.duplicates = collections.Counter()  # by endpoint

    def add(self, kind, text):
        self.offences.append("%s: %s" % (kind, text))


def judge_at_once(place, verdict):
    """Before anything is put right: nobody may read "clear" out of the ruins."""
    done = place.run("check", "--json", ground.BYSTANDER[0], now=ground.DISTURBED)
    if done.returncode not in (ground.LISTED, ground.EX_CANNOT_SAY):
        verdict.add("verdict", "check ended with %d: %s%s" % (done.returncode, done.stdout,
                                                             done.stderr))


def follow_up(place, verdict):
    """What cron does next. True when the outbox is empty afterwards."""
    done = place.run("scan", "--force", "--json")
    if done.returncode != 0:
        verdict.add("exit", "the next scan ended with %d: %s" % (done.returncode, done.stderr))
        return
    if json.loads(done.stdout)["deliveries"]["pending"] > 0:
        done = place.run("deliver", "--json", now=ground.LATER)
        if done.returncode != 0 or json.loads(done.stdout)["pending"] > 0:
            verdict.add("loss", "still waiting a day later: %s%s" % (done.stdout, done.stderr))


def judge_database(place, reference, verdict):
    """Returns id -> SHA-256 of the stored body."""
    database = place.database()
    state = database.execute("PRAGMA integrity_check").fetchall()
    if state != [("ok",)] or database.execute("PRAGMA foreign_key_check").fetchall():
        verdict.add("database", "integrity: %r" % state)
    stored = {row[0]: hashlib.sha256(row[1]).hexdigest()
              for row in database.execute("SELECT id, body FROM alerts WHERE case_id = 'theft'")}
    undelivered = database.execute("SELECT count(*) FROM outbox WHERE state <> 'delivered'"
                                   ).fetchone()[0]
    rows = database.execute("SELECT count(*) FROM outbox").fetchone()[0]
    database.close()
    for missing in reference.ids - set(stored):
        verdict.add("loss", "alert %s is not stored" % missing)
    for extra in set(stored) - reference.ids:
        verdict.add("double", "alert %s is none of the undisturbed run" % extra)
    if undelivered or rows != len(reference.ids) * len(ground.ENDPOINTS):
        verdict.add("loss", "outbox: %d rows, %d undelivered" % (rows, undelivered))
    return stored


def judge_deliveries(place, reference, stored, verdict):
    for endpoint in ground.ENDPOINTS:
        posts = list(place.receivers.posts[endpoint])
        for missing in reference.ids - {alert for alert, _ in posts}:
            verdict.add("loss", "%s never got %s" % (endpoint, missing))
        for alert, body in set(posts):
            if stored.get(alert) != body:
                verdict.add("second body", "%s got %s as %s" % (endpoint, alert, body))
        verdict.duplicates[endpoint] = len(posts) - len({alert for alert, _ in posts})
        if verdict.duplicates[endpoint] > 1:
            verdict.add("duplicate", "%s got %d alerts twice" % (endpoint,
                                                               verdict.duplicates[endpoint]))


def judge_log(place, reference, seen, verdict):
    """seen: the checkpoint that was there right after the disturbance, None when there was none."""
    against = []
    if seen is not None:
        (place.base / "seen").write_bytes(seen)
        against = ["--against", str(place.base / "seen")]
    done = place.run("log", "verify", *against)
    if done.returncode != 0:
        verdict.add("log", "verify ended with %d: %s%s" % (done.returncode, done.stdout,
                                                          done.stderr))
        return
    told = collections.Counter(entry["id"] for entry in place.log_entries()
                               if entry["t"] == "alert" and entry["id"] not in reference.earlier)
    if set(told) != reference.ids or set(told.values()) != {1}:
        verdict.add("log", "%d alerts in the log, %d of them once" %
                    (len(told), sum(count == 1 for count in told.values())))


def seen_checkpoint(place):
    path = place.path / "state" / "log" / "checkpoint"
    return path.read_bytes() if path.exists() else None


def judge(place, reference, disturbed, stderr):
    """Runs what follows and returns the verdict on all of it."""
    verdict = Verdict()
    if disturbed.signal == 0 and disturbed.exit not in EXITS:
        verdict.add("exit", "ended with %d, which is not documented: %s" % (disturbed.exit, stderr))
    if disturbed.exit == BUG or (disturbed.exit > 0 and not stderr.strip()):
        verdict.add("exit", "ended with %d and said: %s" % (disturbed.exit, stderr or "nothing"))
    if disturbed.signal not in (0, 9):
        verdict.add("exit", "ended by signal %d: %s" % (disturbed.signal, stderr))
    judge_at_once(place, verdict)
    seen = seen_checkpoint(place)
    follow_up(place, verdict)
    for stray in sorted(place.files() - reference.files):
        verdict.add("stray", stray)
    stored = judge_database(place, reference, verdict)
    judge_deliveries(place, reference, stored, verdict)
    if reference.has_log:
        judge_log(place, reference, seen, verdict)
    return verdict
