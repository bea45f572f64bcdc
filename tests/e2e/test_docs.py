"""Every command in docs/commands.md, keys.md, receipts.md, doctor.md and operators.md is run, in the order of the
document; what needs an installed package is fenced and run by scripts/test-package."""
import os
import re
import subprocess
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)


def commands(name):
    """The indented blocks outside of fences."""
    text = FENCE.sub("", (harness.ROOT / "docs" / name).read_text())
    return [line[4:] for line in text.splitlines() if line.startswith("    ")]


class Docs(harness.Case):
    def shell(self, lines):
        env = self.home.env()
        env.update(PATH="%s:%s" % (harness.BIN.resolve(), env["PATH"]),
                   CRYPTOWATCH_CONFIG=str(self.home.config),
                   CRYPTOWATCH_HOME=str(self.home.path))
        work = self.home.base / "work"
        work.mkdir()
        (work / "passphrase.txt").write_text("correct horse battery\n")
        return subprocess.run(["sh", "-eu", "-c", "\n".join(lines)], cwd=work, env=env,
                              capture_output=True, text=True, timeout=120)

    def run_document(self, name, at_least):
        self.home.rule("ronin", [LISTED])
        self.home.feed("example", self.lists.put("/list.txt", LISTED + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        lines = commands(name)
        self.assertGreaterEqual(sum("cryptowatch " in line for line in lines), at_least)
        done = self.shell(lines)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_keys(self):
        out = self.run_document("keys.md", 18)
        self.assertIn("ssh-ed25519 ", out)
        self.assertIn("whpk_", out)
        self.assertTrue((self.home.path / "keys/log.pem").exists())

    def test_receipts(self):
        out = self.run_document("receipts.md", 8)
        self.assertIn("clear for 1 address", out)
        self.assertIn("listed for the file with SHA-256", out)

    def test_commands(self):
        out = self.run_document("commands.md", 6)
        self.assertEqual(out.count("usage: cryptowatch feed list"), 2)
        for name in ("cryptowatch-feed.1", "cryptowatch.bash", "_cryptowatch", "cryptowatch.fish"):
            self.assertGreater((self.home.base / "work" / name).stat().st_size, 100)

    def test_doctor(self):
        out = self.run_document("doctor.md", 5)
        self.assertRegex(out, r"(?m)^ok +outbox: nothing waits")
        self.assertTrue((self.home.base / "work" / "backup" / "state.db").exists())

    def test_operators(self):
        self.run_document("operators.md", 2)
        self.assertTrue((self.home.base / "work/restored/state/state.db").exists())


if __name__ == "__main__":
    harness.main()
