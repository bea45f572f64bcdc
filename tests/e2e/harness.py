"""harness: a home, a server of lists and a receiver of alerts, all on loopback.

The programs under test are the built ones. Nothing is faked but the other side of the wire.

Nothing is left behind: who is told to end (SIGTERM) removes its folders first; what was killed is swept up by
whoever starts a day later.
"""
import atexit
import base64
import fcntl
import http.server
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

BIN = pathlib.Path(sys.argv[1])
ROOT = pathlib.Path(sys.argv[2])
SHARED = ROOT.parent / "shared"
PROGRAM = BIN / "cryptowatch"
# A release takes its time from nobody (CW_TEST_HOOKS): what needs another day is skipped there.
HAS_CLOCK = PROGRAM.exists() and b"CRYPTOWATCH_TEST_NOW" in PROGRAM.read_bytes()


def is_instrumented():
    symbols = subprocess.run(["nm", "-D", BIN / "cryptowatch-parse"], capture_output=True,
                             text=True).stdout
    return "__asan_init" in symbols or "__tsan_init" in symbols


PREFIX = "cryptowatch-e2e-"
KEPT_S = 24 * 3600  # longer than any test runs
OWNER = os.getpid()
folders, children = set(), set()


class Ended(KeyboardInterrupt):
    """SIGTERM. Of all exceptions unittest lets only this kind through: after SystemExit it would go on."""


def make_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
    folders.add(folder)
    return folder


def remove_folder(folder):
    shutil.rmtree(folder)
    folders.discard(folder)


def clean_up():
    """What a test that was cut short has not done. Children first: they would write on."""
    if os.getpid() != OWNER:
        return  # a fork that could not become another program
    for child in children:
        if child.poll() is None:
            child.kill()
            child.wait()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def sweep():
    """Of our own folders those that nobody has touched for so long: their owner was killed."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        try:
            times = [path.lstat().st_mtime for path in (folder, *folder.iterdir())]
            is_ours = not folder.is_symlink() and folder.lstat().st_uid == os.getuid()
        except OSError:
            continue  # another sweep, or not a folder
        if is_ours and max(times) < time.time() - KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


def end(number, frame):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    raise Ended()


atexit.register(clean_up)
signal.signal(signal.SIGTERM, end)
sweep()


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that was killed is part of the tests


class ListServer:
    """Serves documents by path with ETag and Last-Modified, counts requests."""

    def __init__(self):
        self.documents = {}
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append((self.path, dict(self.headers)))
                status, body, headers = outer.documents.get(self.path, (404, b"no", {}))
                etag = '"%d-%d"' % (len(body), hash(body) & 0xFFFFFFFF)
                if status == 200 and self.headers.get("If-None-Match") == etag:
                    self.send_response(304)
                    self.end_headers()
                    return
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Type", "application/octet-stream")
                if status == 200:
                    self.send_header("ETag", etag)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.host = "127.0.0.1:%d" % self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, body, status=200, headers=None):
        self.documents[path] = (status, body if isinstance(body, bytes) else body.encode(),
                                headers or {})
        return "http://%s%s" % (self.host, path)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Receiver:
    """Records every POST; answers by plan (a list of statuses, of (status, headers) or of
    (status, headers, body), then 204); may hang instead."""

    def __init__(self):
        self.posts = []
        self.plan = []
        self.hang = None
        self.on_post = None  # called with each body before it is answered
        self.arrived = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {k.lower(): v for k, v in self.headers.items()}
                outer.posts.append((headers, body))
                outer.arrived.set()
                if outer.on_post is not None:
                    outer.on_post(body)
                if outer.hang is not None:
                    outer.hang.wait(30)
                    self.close_connection = True
                    return
                answer = outer.plan.pop(0) if outer.plan else 204
                answer = answer if isinstance(answer, tuple) else (answer, {})
                status, extra, said = (answer + (b"",))[:3]
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *args):
                pass

        self.server = Quiet(("127.0.0.1", 0), Handler)
        self.host = "127.0.0.1:%d" % self.server.server_address[1]
        self.url = "http://%s/hook" % self.host
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def alerts(self):
        return [json.loads(body) for _, body in self.posts]

    def close(self):
        if self.hang is not None:
            self.hang.set()
        self.server.shutdown()
        self.server.server_close()


class Home:
    """An installation in a temporary folder, without the shipped feeds and rules unless asked."""

    def __init__(self, shipped=False, now=None, name="home"):
        self.now = now
        self.base = make_folder()
        self.path = self.base / name
        made = subprocess.run([PROGRAM, "init", "--source", "https://scanner.agency.example/cw",
                               str(self.path)], capture_output=True, text=True, env=self.env())
        assert made.returncode == 0, made.stderr
        self.config = self.path / "cryptowatch.json"
        if not shipped:
            for folder in ("feeds", "rules"):
                shutil.rmtree(self.path / folder)
                (self.path / folder).mkdir()

    @property
    def now(self):
        return self._now

    @now.setter
    def now(self, now):
        if now is not None and not HAS_CLOCK:
            raise unittest.SkipTest("this build cannot be told the time (CW_TEST_HOOKS)")
        self._now = now

    def env(self):
        env = {"PATH": os.environ["PATH"], "HOME": str(self.base)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        if self.now is not None:
            env["CRYPTOWATCH_TEST_NOW"] = self.now
        return env

    def configure(self, **members):
        config = json.loads(self.config.read_text())
        config.update(members)
        self.config.write_text(json.dumps(config, indent=2) + "\n")

    def endpoint(self, receiver, **members):
        self.configure(endpoints=[dict({"id": "soc", "url": receiver.url}, **members)],
                       allow_private_hosts=["127.0.0.1"])

    def feed(self, feed_id, url, form="lines", **members):
        feed = {"id": feed_id, "title": feed_id, "publisher": "Example Office",
                "licence": "public domain", "meaning": "sanction", "url": url, "format": form,
                "every": "60s", "stale_after": "3d", "removed_max_percent": 100}
        feed.update(members)
        (self.path / "feeds" / (feed_id + ".json")).write_text(json.dumps(feed, indent=2) + "\n")

    def rule(self, rule_id, addresses, **members):
        rule = {"id": rule_id, "title": "Example theft " + rule_id, "severity": "high",
                "tlp": "green", "reviewed": "2026-11-20",
                "reported": [{"id": "r1", "title": "Example report", "publisher": "Example Press",
                              "url": "https://reports.example/theft", "published": "2026-11-02"}],
                "addresses": [{"address": a, "source": "r1"} for a in addresses]}
        rule.update(members)
        (self.path / "rules" / (rule_id + ".json")).write_text(json.dumps(rule, indent=2) + "\n")

    def command(self, *args):
        return [str(PROGRAM), args[0], "--config", str(self.config), *map(str, args[1:])]

    def run(self, *args, stdin=None):
        return subprocess.run(self.command(*args), capture_output=True, text=True, env=self.env(),
                              input=stdin, timeout=120)

    def start(self, *args):
        child = subprocess.Popen(self.command(*args), stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=self.env())
        children.add(child)
        return child

    def scan(self, *args):
        done = self.run("scan", "--json", *args)
        report = json.loads(done.stdout) if done.stdout else None
        return done.returncode, report, done.stderr

    def check(self, *texts, stdin=None):
        done = self.run("check", "--json", *texts, stdin=stdin)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def close(self):
        remove_folder(self.base)


class Case(unittest.TestCase):
    def setUp(self):
        """What is opened here is closed also when a test, or what follows in its setUp, is skipped."""
        self.lists = ListServer()
        self.addCleanup(self.lists.close)
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.home = Home()
        self.addCleanup(self.home.close)
        self.home.endpoint(self.receiver)


def program_folder(test):
    """A folder from which the program is run until the test is over; the test fills it."""
    global PROGRAM
    folder, before = pathlib.Path(tempfile.mkdtemp(prefix="cryptowatch-programs-")), PROGRAM

    def put_back():
        global PROGRAM
        PROGRAM = before
        shutil.rmtree(folder)

    test.addCleanup(put_back)
    PROGRAM = folder / "cryptowatch"
    return folder


def on_terminal(command, env, columns=80):
    """Runs a command on a terminal of its own that is so wide; returns (exit code, what was shown)."""
    pid, fd = pty.fork()
    if pid == 0:
        time.sleep(0.05)  # until the other side has set the size
        os.execve(command[0], command, env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([fd], [], [], 0.2)[0]:
            try:
                part = os.read(fd, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
    else:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return os.waitstatus_to_exitcode(status), shown.decode().replace("\r\n", "\n")


def unbase64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def openssl_accepts(home, protected, payload, signature):
    """Verifies a JWS signature with nothing but OpenSSL (alerts.md section 4.4)."""
    folder = home.base / "openssl"
    folder.mkdir(exist_ok=True)
    pem = home.run("key", "show", "--format", "pem")
    (folder / "alert.pem").write_text(pem.stdout)
    (folder / "input").write_text("%s.%s" % (protected, payload))
    (folder / "sig.bin").write_bytes(unbase64url(signature))
    done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "alert.pem",
                           "-rawin", "-in", "input", "-sigfile", "sig.bin"], cwd=folder,
                          capture_output=True, text=True)
    return done.returncode == 0


def main():
    del sys.argv[1:]
    try:
        unittest.main(verbosity=2)
    except Ended:
        sys.exit(128 + signal.SIGTERM)
