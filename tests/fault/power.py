"""power: a run recorded, its power cut anywhere, and what the runs after it make of the rest.

Scenes: those of ground with lists that cryptowatch-net fetches, and "deliver", where a scan has
queued its alerts and the recorded command sends them.
"""
import copy
import random
import re
import sqlite3
import stat
import subprocess
import threading

import disk
import ground
import judge
import scenes

COMMANDS = {"first": ("scan", "--force"), "later": ("scan", "--force"), "deliver": ("deliver",)}
# Two seeds leave little to chance. 1: every name and size survives, and of contents only what was
# synced, so that a sync left out shows; 2: the reverse, so that a folder's shows.
EXTREMES = {1: {"names": disk.ORDERED, "names_share": 1.0, "share": 0.0, "keeps_size": True,
                "fill": disk.OLD},
            2: {"names": disk.LOOSE, "names_share": 0.0, "share": 1.0}}
CHECKPOINT = "state/log/checkpoint"


class Place(ground.Ground):
    def __init__(self, scene):
        self.run_name = scene
        super().__init__(None, scenes.SCENES["first" if scene == "deliver" else scene]())
        self.record = ground.harness.BIN / "record"

    def list_url(self, name):
        return "http://%s/%s" % (self.lists.host, name)

    def write_lists(self, *cases):
        for name, case, bystander in zip(("one", "two"), cases, ground.BYSTANDER):
            self.lists.put("/" + name, "".join("%s\n" % line for line in [bystander, *case]))

    def queue(self):
        """Scene "deliver" begins when a scan has queued everything and sent nothing."""
        done = self.run("scan", "--force", "--no-deliver", now=ground.DISTURBED)
        assert done.returncode == 0, done.stderr
        ground.shutil.rmtree(self.start)
        ground.shutil.copytree(self.path, self.start)


class Reference(judge.Reference):
    """Of a scene; leaves a place where `deliver` finds everything queued."""

    def __init__(self, place):
        super().__init__(place)
        place.put_back()
        if place.run_name == "deliver":
            place.queue()
            place.receivers.clear()


class Recording:
    """One undisturbed run, whose every entry is known to be there."""

    def __init__(self, place, is_deaf=False):
        """is_deaf: the disk took no notice of any sync."""
        place.put_back()
        self.before = disk.Disk(place.path)
        self.run(place)
        self.entries = [entry for entry in disk.read_journal(place.base / "journal")
                        if not (is_deaf and entry.verb == "sync")]
        self.posts = list(place.receivers.times_ns)
        self.rewind()
        self.disk_after(len(self.entries))
        self.differences = differences(self.current.everything(), place.path)

    @staticmethod
    def run(place):
        place.home.now = ground.DISTURBED
        line = [str(place.record), "--under", str(place.path), "--to", str(place.base / "journal"),
                "--report", str(place.report), "--", *place.home.command(*COMMANDS[place.run_name])]
        done = subprocess.run(line, capture_output=True, text=True, env=place.home.env(),
                              timeout=120)
        if done.returncode == 69:
            raise ground.Unavailable(done.stderr.strip())
        report = dict(line.split("=") for line in place.report.read_text().splitlines())
        assert (done.returncode, report["exit"]) == (0, "0"), done.stderr

    def rewind(self):
        self.current, self.at = copy.deepcopy(self.before), 0

    def disk_after(self, count):
        """The disk after so many entries; cheap when it is asked for in rising order."""
        if count < self.at:
            self.rewind()
        for entry in self.entries[self.at:count]:
            self.current.apply(entry)
        self.at = count
        return self.current

    def posts_until(self, count, rng):
        """What receivers had by the cut, which came some time before the next entry."""
        since = self.entries[count - 1].time_ns if count > 0 else 0
        certain = [post for post in self.posts if post[0] <= since]
        until = self.entries[count].time_ns if count < len(self.entries) else 1 << 63
        possible = [post for post in self.posts if since < post[0] < until]
        return certain + possible[:rng.randrange(len(possible) + 1)]


def differences(state, root):
    """What the journal does not know of the folder, or knows otherwise."""
    found = []
    there = {str(path.relative_to(root)): path for path in root.rglob("*")}
    for path in sorted(set(state) ^ set(there)):
        found.append("%s: only %s" % (path, "in the journal" if path in state else "on the disk"))
    for path in sorted(set(state) & set(there)):
        node, content, mode = state[path]
        info = there[path].stat()
        if stat.S_IMODE(info.st_mode) != mode:
            found.append("%s: mode %o, in the journal %o" % (path, info.st_mode, mode))
        if not node.is_folder and there[path].read_bytes() != content:
            found.append("%s: other bytes" % path)
    return found


def cut_power(place, recording, count, seed, **ways):
    """Lays out what is left when the power goes after so many entries. Returns the checkpoint that
    everybody could read just then, or None."""
    rng = random.Random("%d %d" % (count, seed))
    now = recording.disk_after(count)
    place.put_back()
    inode = now.by_path.get(CHECKPOINT)
    disk.lay_out(now.after_cut(disk.Cut(rng, **{**EXTREMES.get(seed, {}), **ways})), place.path)
    for _, endpoint, post in recording.posts_until(count, rng):
        place.receivers.posts[endpoint].append(post)
    return None if inode is None else now.nodes[inode].whole()[0]


def strays(place, reference):
    """Allowed besides what judge.left_over allows: the index under another number, two in all
    (readers may still have the older one)."""
    there = place.files()
    indexes = [path for path in there if re.fullmatch(r"state/index/\d+", path)]
    yield from (path for path in judge.left_over(place, reference) if path not in indexes)
    if len(indexes) > 2:
        yield "%d indexes" % len(indexes)


def judge_cut(place, reference, shown):
    verdict = judge.Verdict()
    judge.judge_documents(place, verdict)
    judge.judge_index(place, verdict)
    judge.judge_at_once(place, verdict)
    judge.follow_up(place, verdict)
    for stray in strays(place, reference):
        verdict.add("stray", stray)
    try:
        stored = judge.judge_database(place, reference, verdict)
        judge.judge_deliveries(place, reference, stored, verdict)
    except sqlite3.DatabaseError as error:
        verdict.add("database", str(error))
    if reference.has_log:
        judge.judge_log(place, reference, shown, verdict)
    return verdict


class Worker(threading.local):
    """A place of its own for every thread, made when the thread first asks for it."""
    places = []

    def __init__(self, scene, is_deaf=False):
        self.place = Place(scene)
        Worker.places.append(self.place)
        self.reference = Reference(self.place)
        self.recording = Recording(self.place, is_deaf)
        assert not self.recording.differences, self.recording.differences

    def try_cut(self, count, seed, **ways):
        shown = cut_power(self.place, self.recording, count, seed, **ways)
        return judge_cut(self.place, self.reference, shown)
