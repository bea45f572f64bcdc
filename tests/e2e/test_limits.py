"""Limits of limits.h at N and at N + 1 that only show in the whole program."""
import gzip
import os
import shutil
import subprocess

import fault_server
import harness
import limits
from fault_server import KNOWN, answer

LIMITS = limits.read(harness.ROOT)
MB = 1 << 20
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"


class Limits(fault_server.Case):
    def test_a_ca_file(self):
        folder = self.home.base / "tls"
        folder.mkdir()
        fault_server.make_certificates(folder)
        server = fault_server.FaultServer(fault_server.tls_context(folder, "good"))
        self.addCleanup(server.close)
        pem = (folder / "ca.pem").read_bytes()
        for extra, status in ((0, "updated"), (1, "failed")):
            path = folder / ("ca-%d.pem" % extra)
            path.write_bytes(pem + b"#" * (LIMITS["CW_CA_FILE_MAX"] - len(pem) - 1 + extra) + b"\n")
            name = "list-%d" % extra
            self.home.feed(name, server.put("/" + name, answer(KNOWN.encode() + b"\n")),
                           ca_file=str(path))
            _, feeds, _ = self.scan_at("2026-11-20T00:00:00Z", "--feed", name)
            self.assertEqual(feeds[name]["status"], status, feeds[name]["error"])
        self.assertIn("longer than %d bytes" % LIMITS["CW_CA_FILE_MAX"], feeds[name]["error"])

    def test_endpoints(self):
        most = LIMITS["CW_ENDPOINTS_MAX"]
        for extra, code in ((0, 0), (1, 78)):
            self.home.configure(endpoints=[{"id": "e%d" % i, "url": "https://x.example/%d" % i}
                                           for i in range(most + extra)])
            done = self.home.run("key", "show")
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, r"/endpoints: .*\b%d\b" % most)

    def test_keys_of_a_log(self):
        self.home.feed("list", self.server.put("/list", answer(KNOWN.encode() + b"\n")))
        self.scan_at("2026-11-20T00:00:00Z")
        key = self.home.run("key", "show", "--role", "log", "--format", "vkey").stdout.strip()
        most = LIMITS["CW_LOG_VKEYS_MAX"]
        for extra, code in ((0, 0), (1, 64)):
            done = self.home.run("log", "verify", *["--vkey", key] * (most + extra))
            self.assertEqual(done.returncode, code, done.stderr)

    def test_the_time_of_a_run(self):
        """While the first list is read the time of the run ends: it is read whole, those behind it are
        not, and the next run reads them."""
        for name in ("a-slow", "b-honest"):
            self.home.feed(name, self.server.put("/" + name, answer(KNOWN.encode() + b"\n")))
        self.assertEqual(self.scan_at("2026-11-20T00:00:00Z")[0], 0)
        more = answer(b"%s\n%s\n" % (KNOWN.encode(), OTHER.encode()))
        self.server.put("/a-slow", answer(b"# slow\n%s\n" % KNOWN.encode()))
        self.server.put("/b-honest", more)
        folder = self.home.base / "bin"
        folder.mkdir()
        for name in ("cryptowatch", "cryptowatch-net"):
            shutil.copy2(harness.BIN / name, folder)
        (folder / "cryptowatch-parse").write_text(
            "#!/bin/sh\n: >'%s'\nexec '%s' \"$@\"\n"
            % (folder / "late", harness.BIN / "cryptowatch-parse"))
        (folder / "cryptowatch-parse").chmod(0o755)
        program, env = harness.PROGRAM, self.home.env
        harness.PROGRAM = folder / "cryptowatch"
        self.home.env = lambda: dict(env(), CRYPTOWATCH_TEST_LATE=str(folder / "late"))
        code, feeds, _ = self.scan_at("2026-11-20T01:00:00Z")
        harness.PROGRAM, self.home.env = program, env
        self.assertEqual((code, feeds["a-slow"]["status"], feeds["b-honest"]["status"]),
                         (20, "updated", "failed"))
        self.assertIn("run_deadline, %d seconds" % LIMITS["CW_RUN_DEADLINE_S"],
                      feeds["b-honest"]["error"])
        self.assertEqual(self.home.check(OTHER)[0], 20)
        self.assertEqual(self.scan_at("2026-11-20T02:00:00Z")[1]["b-honest"]["status"], "updated")
        self.assertEqual(self.home.check(OTHER)[0], 10)

    def test_a_document_unpacked(self):
        """A packed document of all that may come out, and of a byte more."""
        most = LIMITS["CW_FEED_DECODED_MAX"]
        block = os.urandom(MB // 64) + b"\n" * (MB - MB // 64)  # 64 to one: below the ratio
        path = self.home.base / "packed"
        for extra, code in ((0, 0), (1, 74)):
            with gzip.open(path, "wb", 1) as file:
                for _ in range(most // MB):
                    file.write(block)
                file.write(b"\n" * extra)
            with open(path, "rb") as file:
                done = subprocess.run([harness.BIN / "cryptowatch-parse", "--copy"], stdin=file,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertIn(b"longer than %d bytes" % most, done.stderr)


if __name__ == "__main__":
    harness.main()
