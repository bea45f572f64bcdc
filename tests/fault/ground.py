"""ground: one installation whose scan emits 20 alerts to 2 endpoints, put back to its start at will.

scenes.py says which command is disturbed there, and what happened before.

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
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402  (reads the two folders from the command line)
import page  # noqa: E402

ALERTS, BYSTANDERS = 20, 2
ENDPOINTS = ("soc", "partner")
# While the keys are in force; the second scan when every retry of a first attempt is due.
MADE, DAY = "2031-02-20T00:00:00Z", "2031-03-0%dT%02d:00:00Z"
BEFORE, DISTURBED, AFTER, LATER = DAY % (1, 0), DAY % (2, 0), DAY % (2, 6), DAY % (3, 6)
EX_CANNOT_SAY, LISTED = 20, 10
TILE = 256  # entries
HANG_S = 60


def address(number):
    return "0x" + hashlib.sha256(b"address %d" % number).hexdigest()[:40]


CASE = [address(i) for i in range(ALERTS)]
BYSTANDER = [address(1000 + i) for i in range(BYSTANDERS)]
STRANGER = address(3000)  # on no list


def earlier():
    """So many that the log of the later scene is a little short of a full tile of 256 entries, and
    the disturbed scan fills it."""
    return [address(2000 + i) for i in range(TILE + 2 - ALERTS)]


def set_alerts(count):
    """Another number than 20, even: to try every allocation of a run that has fewer."""
    global ALERTS
    assert count in range(2, len(CASE) + 1, 2), "an even number up to %d" % len(CASE)
    ALERTS = count
    del CASE[count:]


class Receivers:
    """Endpoints on one loopback server, told apart by path; only whole requests count."""

    def __init__(self):
        self.posts = collections.defaultdict(list)  # endpoint -> (webhook-id, SHA-256 of the body)
        self.times_ns = []  # (time.monotonic_ns(), endpoint, post), oldest first
        self.lock = threading.Lock()
        self.status = 204
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
                if outer.status != 204:
                    self.send_response(outer.status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                with outer.lock:
                    outer.posts[endpoint].append(post)
                    outer.times_ns.append((time.monotonic_ns(), endpoint, post))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = harness.Quiet(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def clear(self):
        with self.lock:
            self.posts.clear()
            self.times_ns.clear()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Disturbed:
    """What became of a disturbed run."""
    boundaries = disturbed = exit = signal = 0
    stdout = stderr = ""
    is_hanging = False
    is_killed = False  # kill_at sent SIGKILL, to what main calls a helper, maybe
    calls = ()  # as Page.calls, when they were listed
    denied = ()  # [call, file] of each that kill_at made to fail; the file only of a descriptor

    def report(self, path):
        """What kill_at reported."""
        lines = [line.split("=", 1) for line in path.read_text().splitlines()]
        self.denied = [value.split(" ", 1) for key, value in lines if key == "call"]
        values = dict(lines)
        self.boundaries, self.disturbed = int(values["boundaries"]), int(values["disturbed"])
        self.exit, self.signal = int(values["exit"]), int(values["signal"])
        return self


class Home(harness.Home):
    """With libstrike.so in every program when `page` is set; idle unless asked for something."""
    page = None

    def env(self):
        env = super().env()
        env.setdefault("CRYPTOWATCH_TEST_NOW", MADE)
        if self.page is not None:
            env.update(LD_PRELOAD=str(harness.BIN / "libstrike.so"), FAULT_PAGE=str(self.page.path))
            # AddressSanitizer wants to be first; behind us it still sees all that is allocated. What
            # a library loses when it gets no memory is not ours.
            env["ASAN_OPTIONS"] = ":".join(filter(None, [
                env.get("ASAN_OPTIONS"), "verify_asan_link_order=0", "detect_leaks=0"]))
        return env


class Ground:
    def __init__(self, kill_at, scene):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-fault-", dir=memory))
        self.kill_at = kill_at
        self.scene = scene
        self.receivers = Receivers()
        self.lists = harness.ListServer()
        self.home = Home()
        self.page = page.Page(self.base / "page")
        self.report = self.base / "report"
        self.path = self.base / "home"
        self.start = self.base / "start"
        self.prepare(scene)

    def prepare(self, scene):
        """Names below .example are resolved by libstrike.so."""
        home = self.home
        host = "hooks.example" if scene.is_remote else "127.0.0.1"
        home.configure(endpoints=[{"id": name, **scene.wanted,
                                   "url": "http://%s:%d/%s" % (host, self.receivers.port, name)}
                                  for name in ENDPOINTS],
                       allow_private_hosts=["127.0.0.1", "hooks.example", "lists.example"])
        for name in ("one", "two"):
            home.feed(name, self.list_url(name))
        home.rule("theft", CASE)
        shutil.move(home.path, self.path)
        home.path, home.config = self.path, self.path / "cryptowatch.json"
        if scene.is_remote:
            self.idle()
        scene.prepare(self)
        shutil.copytree(self.path, self.start)

    def list_url(self, name):
        if self.scene.is_remote:
            return "http://lists.example:%d/%s.txt" % (self.lists.server.server_address[1], name)
        return "file:%s.txt" % name

    def idle(self):
        """From here on libstrike.so is there and does nothing but to resolve names."""
        self.page.ask("none")
        self.home.page = self.page

    def write_lists(self, *cases):
        for name, case, bystander in zip(("one", "two"), cases, BYSTANDER):
            text = "".join("%s\n" % line for line in [bystander, *case])
            self.lists.put("/%s.txt" % name, text)
            (self.path / "feeds" / (name + ".txt")).write_text(text)

    def put_back(self):
        """chmod first: a point may have left a folder read-only."""
        for folder, _, _ in os.walk(self.path):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.path)
        shutil.copytree(self.start, self.path)
        self.receivers.clear()

    def disturb(self, options, line=None):
        """Runs the scene's command, or another line, under kill_at. Returns a Disturbed."""
        self.home.now = DISTURBED
        done = self.run_line([str(self.kill_at), *map(str, options), "--report", str(self.report),
                              "--", *(line or self.scene.line(self))], self.home.env())
        if done.exit == 69:
            raise Unavailable(done.stderr.strip())
        if done.is_hanging:
            return done
        assert done.exit == 0, done.stderr
        done.is_killed = "--fail" not in options
        return done.report(self.report)

    def strike(self, **asked):
        """Runs the scene's command with libstrike.so, asked as Page.ask. Returns a Disturbed."""
        self.home.now = DISTURBED
        self.page.ask(**asked)
        was, self.home.page = self.home.page, self.page
        line = self.scene.line(self)
        done = self.run_line(["setarch", "-R", *line] if asked.get("listing") else line,
                             self.home.env())
        done.boundaries, done.disturbed = self.page.seen()
        done.calls = self.page.calls() if asked.get("listing") else []
        self.home.page = was
        self.page.ask("none")
        return done

    @staticmethod
    def run_line(line, env):
        """In a session of its own, so that all of it can be ended when it hangs."""
        done = Disturbed()
        with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=env, errors="replace", start_new_session=True) as process:
            try:
                done.stdout, done.stderr = process.communicate(timeout=HANG_S)
            except subprocess.TimeoutExpired:
                done.is_hanging = True
                os.killpg(process.pid, signal.SIGKILL)
                done.stdout, done.stderr = process.communicate()
        done.exit, done.signal = max(process.returncode, -1), max(-process.returncode, 0)
        return done

    def run_well(self, *command, now=DISTURBED):
        done = self.run(*command, now=now)
        assert done.returncode == 0, done.stderr
        return done

    def run(self, *command, now=AFTER):
        self.home.now = now
        return self.home.run(*command)

    def database(self):
        return sqlite3.connect("file:%s?mode=ro" % (self.path / "state" / "state.db"), uri=True)

    def files(self):
        """Names of all files of the state; the numbers of unfinished tiles and of indexes taken out,
        because they depend on how many runs there were."""
        return {re.sub(r"(\.p|state/index)/\d+$", r"\1/N", str(path.relative_to(self.path)))
                for path in self.path.rglob("*") if not path.is_dir()}

    def content(self):
        """Everything that stands in the home: path -> bytes; without what SQLite leaves beside a
        database that was read."""
        content = {str(path.relative_to(self.path)): path.read_bytes()
                   for path in self.path.rglob("*") if not path.is_dir()}
        content.pop("state/state.db-shm", None)
        if content.get("state/state.db-wal") == b"":
            del content["state/state.db-wal"]
        return content

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
        self.lists.close()
        shutil.rmtree(self.base)
        self.home.close()


class Unavailable(Exception):
    """ptrace, or what is asked of it, is not possible here."""
