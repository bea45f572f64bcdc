"""Limits of limits.h at N and at N + 1 that only show in the whole program."""
import gzip
import os
import subprocess

import fault_server
import harness
import limits
from fault_server import KNOWN, answer

LIMITS = limits.read(harness.ROOT)
MB = 1 << 20


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
