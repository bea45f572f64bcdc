"""judge: after a disturbed run and the runs that follow it: is everything there, once, unchanged?

Every offence is a line of text that begins with its kind: loss, second body, duplicate, log,
facts, database, stray, verdict, answer, words, exit, hang.
"""
import collections
import hashlib
import json
import os
import re

import ground

# Of design.md, those that a scan or a delivery may end with; what only reads may also say 2, which
# is "could not check" of the verifying commands. Not 1 (invalid), not 65 (the input is wrong).
EXITS = {0, 20, 71, 73, 74, 75, 77, 78}
CANNOT = {2, 20, 71, 74, 75, 77, 78}
BUG = 70


class Reference:
    """The undisturbed run: which alerts there are, and which files."""

    exit = 0

    def __init__(self, place):
        done = place.run(*place.scene.command, now=ground.DISTURBED)
        assert done.returncode == 0, done.stderr
        self.has_log = (place.path / "state" / "log").is_dir()
        again = place.run("scan", "--force")
        assert again.returncode == 0, again.stderr
        self.files = place.files()
        self.ids, self.earlier = self.alerts(place, "="), self.alerts(place, "<>")
        self.facts = self.facts_of(place)
        assert len(self.ids) == ground.ALERTS, "%d alerts" % len(self.ids)
        for endpoint in ground.ENDPOINTS:
            ids = [post[0] for post in place.receivers.posts[endpoint]]
            assert sorted(ids) == sorted(self.ids), "the undisturbed run told %d" % len(ids)

    @staticmethod
    def alerts(place, how):
        database = place.database()
        ids = {row[0] for row in database.execute(
            "SELECT id FROM alerts WHERE case_id %s 'theft'" % how)}
        database.close()
        return ids


    @staticmethod
    def facts_of(place):
        """id -> its body without what depends on when it was made."""
        database = place.database()
        bodies = {row[0]: json.loads(row[1]) for row in
                  database.execute("SELECT id, body FROM alerts WHERE case_id = 'theft'")}
        database.close()
        made = re.compile(r'\d{4}-\d\d-\d\dT[\d:]+Z|"nonce": "[^"]*"')
        return {name: made.sub("", json.dumps(body, sort_keys=True))
                for name, body in bodies.items()}


class Answer:
    """The undisturbed run of a command that only reads."""

    def __init__(self, place):
        place.home.now = ground.DISTURBED
        done = place.run_line(place.scene.line(place), place.home.env())
        assert done.exit in (0, ground.LISTED), done.stderr
        self.exit, self.stdout, self.content = done.exit, done.stdout, place.content()


def difference(*texts):
    """The stretch of each where they begin to differ."""
    at = len(os.path.commonprefix(texts))
    return tuple("...%r" % text[max(at - 30, 0):at + 60] for text in texts)


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
    facts = Reference.facts_of(place)
    for name in sorted(set(facts) & set(reference.facts)):
        if facts[name] != reference.facts[name]:
            verdict.add("facts", "%s says %s and not %s" % (
                name, *difference(facts[name], reference.facts[name])))
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


def words_of(place, disturbed):
    """What a person is told of a failure."""
    return disturbed.stderr + disturbed.stdout * place.scene.is_told


def judge_end(place, disturbed, exits, usual, verdict):
    """How the disturbed run itself ended; `usual`: how the undisturbed one does."""
    words = words_of(place, disturbed)
    said = "%s: %s" % (disturbed.exit, words or "nothing")
    if disturbed.is_hanging:
        verdict.add("hang", "did not end within %d s: %s" % (ground.HANG_S, disturbed.stderr))
        return
    if disturbed.signal not in (0, 9):
        verdict.add("exit", "ended by signal %d: %s" % (disturbed.signal, disturbed.stderr))
    elif disturbed.signal == 0 and disturbed.exit not in exits:
        verdict.add("exit", "undocumented " + said)
    if disturbed.exit == BUG or (disturbed.exit not in (-1, 0, usual) and not words.strip()):
        verdict.add("exit", "without a reason " + said)
    all_words = disturbed.stdout + disturbed.stderr
    if disturbed.is_killed:
        all_words = all_words.replace("killed by signal 9", "")
    if disturbed.signal == 0 and "killed by signal" in all_words:
        verdict.add("exit", "a helper crashed " + said)


def judge_words(place, reference_exit, disturbed, words, verdict):
    """A failure must be called by its name."""
    said = words_of(place, disturbed)
    if disturbed.exit not in (0, -1, reference_exit) and not any(word in said for word in words):
        verdict.add("words", "ended with %d, and no word of %s: %s" % (
            disturbed.exit, " or ".join(words), said))


def judge(place, reference, disturbed):
    """Runs what follows and returns the verdict on all of it."""
    verdict = Verdict()
    judge_end(place, disturbed, EXITS, reference.exit, verdict)
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


def judge_answer(place, reference, disturbed):
    """What only reads says the same as undisturbed, or that it cannot; and leaves no trace."""
    verdict = Verdict()
    judge_end(place, disturbed, CANNOT | {reference.exit}, reference.exit, verdict)
    is_said = place.scene.is_partial and disturbed.stderr.strip() != ""
    if disturbed.exit == reference.exit and disturbed.stdout != reference.stdout and not is_said:
        verdict.add("answer", "ended as undisturbed, but said %s and not %s" %
                    difference(disturbed.stdout, reference.stdout))
    now = place.content()
    for name in sorted(set(now) ^ set(reference.content)):
        verdict.add("stray", name)
    for name in sorted(set(now) & set(reference.content)):
        if now[name] != reference.content[name]:
            verdict.add("database", "%s was changed" % name)
    again = place.run_line(place.scene.line(place), place.home.env())
    if (again.exit, again.stdout) != (reference.exit, reference.stdout):
        verdict.add("answer", "the next run ended with %d and said: %s%s" % (
            again.exit, again.stdout, again.stderr))
    return verdict
