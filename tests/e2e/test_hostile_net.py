"""What a malicious server of lists costs: bytes that never end are cut at the limit, time is up when it
is up, a redirect leads nowhere it may not, and a file: list is a file; told by name, and nothing of
the other lists of the same run (docs/limits.md)."""
import os
import shutil
import socket
import time

import fault_server
import harness
import hostile_lists
import test_hostile
from fault_server import answer
from test_hostile import LIMITS

ENDLESS = 10 * 1000 * 1000 * 1000  # bytes each server is ready to send
# What is under way in the two kernels' buffers when the client goes.
IN_FLIGHT = 16 << 20
MB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


class Flood:
    """An answer of ten gigabytes, made while it is sent; `sent` says how much of it went out."""

    def __init__(self, head, block, repeat=None):
        self.head = head
        self.block = block * max(1, (repeat or 65536) // len(block))
        self.sent = 0
        self.was_cut = False

    def __call__(self, connection, _):
        try:
            connection.sendall(self.head)
            while self.sent < ENDLESS:
                connection.sendall(self.block)
                self.sent += len(self.block)
        except OSError:
            self.was_cut = True
            raise


def chunks(block, extension=b""):
    return b"%x%s\r\n%s\r\n" % (len(block), extension, block)


def floods():
    """(name, format, flood, limit in bytes, regular expression)"""
    line = b"# nothing here\n" * 100
    xml = hostile_lists.GOOD["ofac-advanced"].split(b"<DistinctParties>")[0]
    headers = LIMITS["CW_HTTP_HEADERS_MAX"]
    cap = "longer than %d bytes" % MB
    head = "headers|header|Too large|too large"
    around = "more than %d bytes around" % LIMITS["CW_HTTP_FRAMING_MAX"]
    framing = LIMITS["CW_HTTP_FRAMING_MAX"]
    body = lambda lead: OK + b"Content-Length: %d\r\n\r\n" % lead
    return [
        ("announced", "lines", Flood(body(ENDLESS), line), 0, "announces 10000000000 bytes"),
        ("announced-beyond-words", "lines", Flood(body(1 << 80), line), 0, "Content-Length"),
        ("less-announced", "lines", Flood(body(1500), line), 1500, "0 usable entries"),
        ("chunked", "lines", Flood(CHUNKED, chunks(line)), MB, cap),
        ("chunked-by-a-byte", "lines", Flood(CHUNKED, chunks(b"#")), 3 * MB, around + "|" + cap),
        ("unannounced", "json", Flood(OK + b"\r\n[", b'"a",'), MB, cap),
        ("unannounced-lines", "lines", Flood(OK + b"\r\n", line), MB, cap),
        ("one-chunk", "lines", Flood(CHUNKED + b"fffffffffffffff\r\n", line), MB, cap),
        ("chunk-length", "lines", Flood(CHUNKED, b"0"), framing, "chunk|hex|closed"),
        ("chunk-beyond-words", "lines", Flood(CHUNKED + b"1" + b"0" * 40 + b"\r\n", line), 0,
         "chunk|hex|closed"),
        ("extension", "lines", Flood(CHUNKED + b"1;", b"x"), framing, around),
        ("extensions", "lines", Flood(CHUNKED, chunks(b"#", b";" + b"x" * 4000)), 2 * framing,
         around),
        ("trailers", "lines", Flood(CHUNKED + chunks(line) + b"0\r\n", b"X: y\r\n"), headers, head),
        ("headers", "lines", Flood(OK, b"X: y\r\n"), headers, head),
        ("header-line", "lines", Flood(OK + b"X: ", b"y", MB), 4 * headers, head),
        ("header-megabyte", "lines", answer(b"x", 200, "X: " + "y" * MB), None, head),
        ("status-line", "lines", Flood(b"HTTP/1.1 200 ", b"y"), 4 * headers, head),
        ("interim", "lines", Flood(b"", b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n"), headers, head),
        ("interim-continue", "lines", Flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), headers, head),
        ("no-header-ever", "lines", Flood(b"", b"y"), 4 * headers, "HTTP/0.9"),
        ("page-of-an-error", "lines", Flood(b"HTTP/1.1 500 No\r\n\r\n", line), 0, "status 500"),
        ("page-of-a-redirect", "lines",
         Flood(b"HTTP/1.1 302 No\r\nLocation: /nowhere\r\nTransfer-Encoding: chunked\r\n\r\n1;",
               b"x"), framing, around + "|status 404"),
        ("xml-token", "ofac-advanced", Flood(CHUNKED + chunks(xml + b"<DistinctParties a='"),
                                             chunks(b"b" * 4096)), MB, cap),
        ("json-value", "json", Flood(CHUNKED + chunks(b'["'), chunks(b"b" * 4096)), MB, cap),
    ]


def slow(head, byte):
    """A byte now and then, for ever."""
    def serve(connection, _):
        connection.sendall(head)
        while True:
            time.sleep(0.05)
            connection.sendall(byte)
    return serve


TAKEN_OVER = """#!/usr/bin/python3
import os, struct, sys

def take(count):
    data = b""
    while len(data) < count:
        block = os.read(0, count - len(data))
        if not block:
            sys.exit(0)
        data += block
    return data

def take_frame():
    return take(struct.unpack("<I", take(4))[0])

def number(value):
    return struct.pack("<IQ", 8, value)

def text(value):
    return struct.pack("<I", len(value)) + value

os.write(1, b"CWF1")
take(4)
take_frame()
while True:
    slot = struct.unpack("<Q", take_frame()[6:14])[0]
    stored, announced = SIZES[slot]
    body = b"0x%040x\\n" % (0xfeed00 + slot)
    os.write(3 + slot, body)
    if stored:
        os.ftruncate(3 + slot, stored)
    frame = struct.pack("<H", 3) + number(slot) + number(0) + number(200) + text(b"")
    frame += text(b"http://x.example/") + 7 * text(b"") + number(announced or len(body)) + number(1)
    os.write(1, struct.pack("<I", len(frame)) + frame)
"""


class TakenOver(fault_server.Case):
    """The program that fetches says what it likes (docs/threat-model.md)."""

    def scan_with(self, sizes, bytes_max=MB):
        """sizes: of each list the bytes stored and announced; 0: those of a list of one address."""
        folder = harness.program_folder(self)
        for name in ("cryptowatch", "cryptowatch-parse"):
            shutil.copy2(harness.BIN / name, folder)
        fake = folder / "cryptowatch-net"
        fake.write_text(TAKEN_OVER.replace("SIZES[", "%r[" % (sizes,)))
        fake.chmod(0o755)
        for i in range(len(sizes)):
            self.home.feed("list-%03d" % i, "https://x.example/%d" % i, bytes_max=bytes_max)
        return self.scan_at("2026-11-20T00:00:00Z")[1]

    def test_more_bytes_than_a_list_may_have_are_not_read(self):
        huge = 2 << 30
        began = time.monotonic()
        feeds = self.scan_with([(huge, huge)] * 20 + [(huge, 0), (0, huge), (0, 0)])
        self.assertLess(time.monotonic() - began, 20)
        for i in range(22):
            self.assertEqual(feeds["list-%03d" % i]["error"],
                             "%d bytes came of a list that may have %d (bytes_max)" % (huge, MB))
        self.assertEqual(feeds["list-022"]["status"], "updated")

    def test_the_limit_and_one_byte_more(self):
        line = len("0x") + 40 + 1
        feeds = self.scan_with([(0, 0)], bytes_max=line)
        self.assertEqual(feeds["list-000"]["status"], "updated")
        feeds = self.scan_with([(line + 1, line + 1)], bytes_max=line)
        self.assertIn("%d bytes came" % (line + 1), feeds["list-000"]["error"])


class Net(test_hostile.Case):
    def test_ten_gigabytes_are_cut_early(self):
        rows = floods()
        self.first({name: (form, {"bytes_max": MB}) for name, form, _, _, _ in rows})
        for name, _, what, _, _ in rows:
            self.server.put("/" + name, what)
        self.attack([(name, "held" if name == "less-announced" else "failed", word)
                     for name, _, _, _, word in rows], 32, 15)
        time.sleep(0.2)  # the last server thread hears of it
        for name, _, flood, most, _ in rows:
            if most is not None:
                with self.subTest(list=name):
                    self.assertTrue(flood.was_cut)
                    self.assertLessEqual(flood.sent, most + IN_FLIGHT)
        left = sum(path.stat().st_size
                   for path in (self.home.path / "state/snapshots").iterdir())
        self.assertLess(left, 1 << 20)  # nothing of what was refused stays on the disk

    def test_bytes_around_chunks_at_the_limit_and_over_it(self):
        body = hostile_lists.GOOD["lines"]
        most = 2 * len(body) + LIMITS["CW_HTTP_FRAMING_MAX"]
        for extra, status in ((0, "updated"), (1, "failed")):
            bare = len(chunks(body, b";")) + len(b"0\r\n\r\n")
            name = "edge-%d" % extra
            self.home.feed(name, self.server.put("/" + name, CHUNKED + chunks(
                body, b";" + b"x" * (most - bare + extra)) + b"0\r\n\r\n"))
            _, feeds, _ = self.scan_at("2026-11-20T00:00:00Z")
            self.assertEqual(feeds[name]["status"], status, feeds[name]["error"])

    def test_the_limit_that_holds_without_a_word(self):
        flood = Flood(CHUNKED, chunks(b"#" * 65529))
        self.first({"flood": ("lines", {})})
        self.server.put("/flood", flood)
        most = LIMITS["CW_FEED_BODY_MAX"]
        self.attack([("flood", "failed", "longer than %d bytes" % most)], 32, 20)
        self.assertTrue(flood.was_cut)
        self.assertTrue(most < flood.sent <= most * 1.01 + IN_FLIGHT, flood.sent)

    def test_slow_ones_have_their_time_and_no_more(self):
        late = "time|Time"
        rows = {
            "body": slow(OK + b"Content-Length: 100000\r\n\r\n", b"#"),
            "chunks": slow(CHUNKED, b"1\r\n#\r\n"),
            "head": slow(b"HTTP/1.1 200 OK\r\n", b"X"),
            "interim": slow(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            "silent": fault_server.silent,
        }
        self.first(dict({name: ("lines", {"timeout": "2s"}) for name in rows},
                        handshake=("lines", {"timeout": "2s"})))
        for name, what in rows.items():
            self.server.put("/" + name, what)
        mute = socket.create_server(("127.0.0.1", 0))  # takes the connection and says nothing
        self.addCleanup(mute.close)
        self.home.feed("handshake", "https://127.0.0.1:%d/" % mute.getsockname()[1], timeout="2s")
        began = time.monotonic()
        self.attack([(name, "failed", late) for name in [*rows, "handshake"]], 32, 6)
        self.assertGreater(time.monotonic() - began, 1.9)

    def tls(self, certificate):
        folder = self.home.base / "tls"
        if not folder.exists():
            folder.mkdir()
            fault_server.make_certificates(folder)
        server = fault_server.FaultServer(fault_server.tls_context(folder, certificate))
        self.addCleanup(server.close)
        return server, {"ca_file": str(folder / "ca.pem")}

    def test_a_redirect_leads_nowhere_it_may_not(self):
        server, members = self.tls("good")
        stranger, _ = self.tls("other")
        port = server.host.split(":")[1]
        not_in = "redirect to .* refused: the host is not in redirect_hosts"
        private = "a private or reserved address; name the host in allow_private_hosts"
        targets = {
            "file": ("file:///etc/passwd", "redirect"),
            "file-relative": ("file:/etc/passwd", "redirect"),
            "http": ("http://127.0.0.1:%s/x" % port, "it changes between https and http"),
            "ftp": ("ftp://127.0.0.1/x", "redirect"),
            "gopher": ("gopher://127.0.0.1/x", "redirect"),
            "data": ("data:text/plain,x", "redirect"),
            "private": ("https://10.0.0.1/x", not_in),
            "metadata": ("https://169.254.169.254/latest/meta-data", not_in),
            "mapped": ("https://[::ffff:10.0.0.1]/x", not_in),
            "port": ("https://127.0.0.1:1/x", not_in),
            "user": ("https://a:b@%s/x" % server.host, "redirect"),
            "private-named": ("https://10.0.0.1/x", "10.0.0.1 is at 10.0.0.1, " + private),
            "name-of-a-private-one": ("https://localhost:%s/x" % port, "localhost is at .*" + private),
            "decimal": ("https://2130706433/x", not_in),
            "loop": (server.url("/loop"), "more than 5 redirects"),
            "stranger": (stranger.url("/x"), "certificate|subject name"),
            "control": ("https://x.example/\x1b[31m", "redirect"),
            "long": (server.url("/" + "x" * 4000), "redirect"),
        }
        hosts = {"private-named": ["10.0.0.1"], "name-of-a-private-one": ["localhost"], "stranger": ["127.0.0.1"]}
        members = dict(members, timeout="5s")
        good = answer(hostile_lists.GOOD["lines"])
        self.first({name: ("lines", dict(members, url=server.put("/" + name, good),
                                         redirect_hosts=hosts.get(name, [])))
                    for name in targets})
        for name, (target, _) in targets.items():
            server.put("/" + name, answer(b"", 302, "Location: " + target))
        asked = len(server.heads)
        feeds = self.attack([(name, "failed", word) for name, (_, word) in targets.items()], 32, 10)
        self.assertEqual(len(server.heads) - asked, len(targets) + 5)  # the loop, five times more
        self.assertEqual(stranger.heads, [])
        self.assertNotIn("\x1b", feeds["control"]["error"])

    def test_another_name_in_the_certificate(self):
        server, members = self.tls("good")
        self.first({"other": ("lines", dict(members, url=server.put(
            "/other", answer(hostile_lists.GOOD["lines"]))))})
        stranger, members = self.tls("other")
        self.home.feed("other", stranger.put("/other", answer(hostile_lists.GOOD["lines"])),
                       max_stale="90d", **members)
        self.attack([("other", "failed", "certificate|subject name")], 32, 5)
        self.assertEqual(stranger.heads, [])

    def test_a_file_list_is_a_file(self):
        folder = self.home.base / "files"
        folder.mkdir()
        words = {"fifo": "is not a regular file", "device": "is not a regular file",
                 "zeros": "is not a regular file", "folder": "is not a regular file",
                 "socket": "open|regular file", "missing": "No such file",
                 "dangling": "No such file", "circle": "[Ss]ymbolic link",
                 "link-to-a-device": "is not a regular file",
                 "behind-a-file": "Not a directory", "large": "is longer than"}
        good = hostile_lists.GOOD["lines"]
        for name in words:
            (folder / name).write_bytes(good)
        self.first({name: ("lines", {"url": "file:%s" % (folder / name), "bytes_max": MB})
                    for name in words})
        for name in words:
            (folder / name).unlink()
        os.mkfifo(folder / "fifo")
        (folder / "folder").mkdir()
        (folder / "dangling").symlink_to("/nonexistent")
        (folder / "circle").symlink_to(folder / "circle")
        (folder / "link-to-a-device").symlink_to("/dev/zero")
        with open(folder / "large", "wb") as sparse:
            sparse.truncate(1 << 40)
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(folder / "socket"))
        places = {"device": "/dev/null", "zeros": "/dev/zero",
                  "behind-a-file": "%s/x" % self.home.config}
        for name, path in places.items():
            self.home.feed(name, "file:%s" % path, max_stale="90d")
        self.attack([(name, "failed", word) for name, word in words.items()], 32, 5)

    def test_a_link_to_a_file_is_that_file(self):
        (self.home.base / "real").write_bytes(hostile_lists.GOOD["lines"])
        (self.home.base / "link").symlink_to(self.home.base / "real")
        self.first({"link": ("lines", {"url": "file:%s" % (self.home.base / "link")})})


if __name__ == "__main__":
    harness.main()
