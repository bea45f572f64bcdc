"""judge: after a disturbed run and the runs that follow it: is everything there, once, unchanged?

Every offence is a line of text that begins with its kind (README.md).
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import tempfile

import ground

# Of design.md, those that a scan or a delivery may end with; what only reads may also say 2, which
# is "could not check" of the verifying commands. Not 1 (invalid), not 65 (the input is wrong).
EXITS = {0, 20, 71, 73, 74, 75, 77, 78}
CANNOT = {2, 20, 71, 74, 75, 77, 78}
BUG = 70
SYNCS = {"fsync", "fdatasync"}
# What SQLite passes over, and may: our own code calls fsync only, SQLite fdatasync. When it closes a
# database, its journal stays if it cannot be moved into it; a commit that could not be synced it
# tells, and how we take that, the sweep "database" shows. Of folders it believes that they keep names.
PASSED_OVER = {("fdatasync", "state"), ("fdatasync", "state/state.db"),
               ("fdatasync", "state/state.db-wal")}
# The documents that are kept for good: in force now or once, held, and named by an alert.
DOCUMENTS = """SELECT snapshot_sha256 FROM feeds UNION SELECT held_sha256 FROM feeds
    UNION SELECT sha256 FROM retrievals WHERE outcome = 'new'"""
NAMED = re.compile(rb'"snapshot_sha256":"([0-9a-f]{64})"')


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


def documents_of(place):
    """SHA-256 of every document that the database, with its journal played, refers to. Read from a
    copy, because the run that follows must find what the disturbed one left."""
    with tempfile.TemporaryDirectory(dir=place.base) as folder:
        for path in (place.path / "state").glob("state.db*"):
            if path.suffix != ".db-shm":  # made anew from the journal
                shutil.copy(path, folder)
        database = sqlite3.connect(pathlib.Path(folder) / "state.db")
        try:
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                return set()  # the very first run came not even so far
            names = {row[0] for row in database.execute(DOCUMENTS)} - {""}
            for body, in database.execute("SELECT body FROM alerts"):
                names |= {name.decode() for name in NAMED.findall(body)}
            return names
        finally:
            database.close()


def judge_documents(place, verdict):
    """Before the next run, which would fetch them again: what is referred to is there, as named."""
    try:
        names = documents_of(place)
    except sqlite3.DatabaseError as error:
        verdict.add("database", "as it was left: %s" % error)
        return
    for name in sorted(names):
        path = place.path / "state" / "snapshots" / name
        if not path.exists():
            verdict.add("document", "%s is missing" % name)
        elif hashlib.sha256(path.read_bytes()).hexdigest() != name:
            verdict.add("document", "%s holds other bytes" % name)
        judge_retrieval(path.with_name(name + ".json"), verdict)


def judge_retrieval(path, verdict):
    """The record of how a document came."""
    try:
        json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        verdict.add("document", "%s: %s" % (path.name, error))


def judge_index(place, verdict):
    """Readers do without a damaged one; but what is in force was made durable before it was named."""
    folder = place.path / "state" / "index"
    if not (folder / "current").exists():
        return
    named = re.search(rb"^index (\d+)$", (folder / "current").read_bytes(), re.M)
    if named is None:
        verdict.add("index", "what is in force does not name one")
        return
    done = place.run_line([str(ground.harness.BIN / "verify_index"),
                           str(folder / named[1].decode())], place.home.env())
    if done.exit != 0:
        verdict.add("index", "what is in force is damaged: %s%s" % (done.stdout, done.stderr))


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


def unsynced(place, disturbed):
    """What could not be made durable, of which somebody must hear."""
    calls = {(call, os.path.relpath(file, place.path)) for call, file in disturbed.denied
             if call in SYNCS}
    return ", ".join(sorted(file for _, file in calls - PASSED_OVER))


def judge_syncs(place, disturbed, usual, verdict):
    files = unsynced(place, disturbed)
    is_as_usual = disturbed.signal == 0 and disturbed.exit in (0, usual)
    if files and is_as_usual and not words_of(place, disturbed).strip():
        verdict.add("sync", "ended with %d and no word of what was not synced: %s" % (
            disturbed.exit, files))


def judge_words(place, reference_exit, disturbed, words, verdict):
    """A failure must be called by its name."""
    said = words_of(place, disturbed)
    if disturbed.exit not in (0, -1, reference_exit) and not any(word in said for word in words):
        verdict.add("words", "ended with %d, and no word of %s: %s" % (
            disturbed.exit, " or ".join(words), said))


def left_over(place, reference):
    """What the undisturbed run does not leave. Allowed are parts of a tile of the log that is whole,
    whose removal failed or was lost: they hold what the whole one holds, as its verification shows."""
    there = place.files()
    return [path for path in sorted(there - reference.files)
            if not (path.endswith(".p/N") and path.removesuffix(".p/N") in there)]


def judge(place, reference, disturbed):
    """Runs what follows and returns the verdict on all of it."""
    verdict = Verdict()
    judge_end(place, disturbed, EXITS, reference.exit, verdict)
    judge_syncs(place, disturbed, reference.exit, verdict)
    judge_documents(place, verdict)
    judge_at_once(place, verdict)
    seen = seen_checkpoint(place)
    follow_up(place, verdict)
    for stray in left_over(place, reference):
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
