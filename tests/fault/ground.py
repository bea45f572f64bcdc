"""ground: one installation whose scan emits 20 alerts to 2 endpoints, put back to its start at will.

A point of a sweep is: put back, disturb one command, then run as the operator's cron would, and
judge. All of it lies in memory (/dev/shm) when there is room, because a point is thousands of small
files long.
"""
import collections
import hashlib
import http.server
import json
import os
import pathlib
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402  (reads the two folders from the command line)

ALERTS, BYSTANDERS = 20, 2
# So many that the log of the later scene is a little short of a full tile of 256 entries, and the
# disturbed scan fills it.
EARLIER_ALERTS = 238
ENDPOINTS = ("soc", "partner")
# Well after the keys were made; the second scan when every retry of a first attempt is due.
DAY = "2031-03-0%dT%02d:00:00Z"
BEFORE, DISTURBED, AFTER, LATER = DAY % (1, 0), DAY % (2, 0), DAY % (2, 6), DAY % (3, 6)
EX_CANNOT_SAY, LISTED = 20, 10
TILE = 256  # entries


def address(number):
    return "0x" + hashlib.sha256(b"address %d" % number).hexdigest()[:40]


CASE = [address(i) for i in range(ALERTS)]
EARLIER = [address(2000 + i) for i in range(EARLIER_ALERTS)]
BYSTANDER = [address(1000 + i) for i in range(BYSTANDERS)]


class Receivers:
    """Endpoints on one loopback server, told apart by path; only whole requests count."""

    def __init__(self):
        self.posts = collections.defaultdict(list)  # endpoint -> (webhook-id, SHA-256 of the body)
        self.times_ns = []  # (time.monotonic_ns(), endpoint, post), oldest first
        self.lock = threading.Lock()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    self.close_connection = True
                    return
                endpoint = self.path.strip("/")
                post = self.headers["webhook-id"], hashlib.sha256(body).hexdigest()
                with outer.lock:
                    outer.posts[endpoint].append(post)
                    outer.times_ns.append((time.monotonic_ns(), endpoint, post))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = harness.Quiet(("127.0.0.1", 0), Handler)
        self.base = "http://127.0.0.1:%d/" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clear(self):
        with self.lock:
            self.posts.clear()
            self.times_ns.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Disturbed:
    """What kill_at reported."""

    def __init__(self, path):
        values = dict(line.split("=") for line in path.read_text().splitlines())
        self.boundaries, self.disturbed = int(values["boundaries"]), int(values["disturbed"])
        self.exit, self.signal = int(values["exit"]), int(values["signal"])


class Ground:
    """scene "first": nothing was ever scanned. "later": one scan has seen both lists and told of
    what nobody is to be sent, since when the 20 addresses were added to them."""

    def __init__(self, kill_at, scene="first"):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-fault-", dir=memory))
        self.kill_at = kill_at
        self.receivers = Receivers()
        self.home = harness.Home()
        self.report = self.base / "report"
        self.path = self.base / "home"
        self.start = self.base / "start"
        self.prepare(scene)

    def prepare(self, scene):
        home = self.home
        # What the first scan of a list finds is told more softly: there, everything is wanted.
        wanted = {"min_severity": "high"} if scene == "later" else {}
        home.configure(endpoints=[{"id": name, "url": self.receivers.base + name, **wanted}
                                  for name in ENDPOINTS], allow_private_hosts=["127.0.0.1"])
        for name in ("one", "two"):
            home.feed(name, self.list_url(name))
        home.rule("theft", CASE)
        shutil.move(home.path, self.path)
        home.path, home.config = self.path, self.path / "cryptowatch.json"
        half, known = ALERTS // 2, []
        if scene == "later":
            known = EARLIER
            home.rule("earlier", known, severity="low")
            self.write_lists(known, [])
            home.now = BEFORE
            assert home.scan()[0] == 0
        self.write_lists(known + CASE[:half], CASE[half:])
        shutil.copytree(self.path, self.start)

    def list_url(self, name):
        return "file:%s.txt" % name

    def write_lists(self, *cases):
        for name, case, bystander in zip(("one", "two"), cases, BYSTANDER):
            (self.path / "feeds" / (name + ".txt")).write_text(
                "".join("%s\n" % line for line in [bystander, *case]))

    def put_back(self):
        """chmod first: a point may have left a folder read-only."""
        for folder, _, _ in os.walk(self.path):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.path)
        shutil.copytree(self.start, self.path)
        self.receivers.clear()

    def disturb(self, options, command=("scan", "--force"), now=DISTURBED):
        """Runs one command under kill_at. Returns (Disturbed, stdout, stderr)."""
        self.home.now = now
        line = [str(self.kill_at), *map(str, options), "--report", str(self.report), "--",
                *self.home.command(*command)]
        done = subprocess.run(line, capture_output=True, text=True, env=self.home.env(), timeout=120)
        if done.returncode == 69:
            raise Unavailable(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        return Disturbed(self.report), done.stdout, done.stderr

    def run(self, *command, now=AFTER):
        self.home.now = now
        return self.home.run(*command)

    def database(self):
        return sqlite3.connect("file:%s?mode=ro" % (self.path / "state" / "state.db"), uri=True)

    def files(self):
        """Names of all files of the state; the numbers of unfinished tiles taken out, because they
        depend on how many runs there were."""
        return {re.sub(r"\.p/\d+$", ".p/N", str(path.relative_to(self.path)))
                for path in self.path.rglob("*") if not path.is_dir()}

    def log_entries(self):
        """Entries of the published log, read without our program."""
        folder = self.path / "state" / "log"
        size = int((folder / "checkpoint").read_text().splitlines()[1])
        names = ["%03d" % tile for tile in range(size // TILE)]
        names += ["%03d.p/%d" % (size // TILE, size % TILE)] if size % TILE else []
        entries = []
        for name in names:
            bundle, at = (folder / "tile/entries" / name).read_bytes(), 0
            while at < len(bundle):
                length, = struct.unpack_from(">H", bundle, at)
                entries.append(json.loads(bundle[at + 2:at + 2 + length]))
                at += 2 + length
        return entries

    def close(self):
        self.receivers.close()
        shutil.rmtree(self.base)
        self.home.close()


class Unavailable(Exception):
    """ptrace, or what is asked of it, is not possible here."""
