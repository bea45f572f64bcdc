"""The units of systemd: they run what the program knows, are understood, and are sealed."""
import configparser
import re
import shlex
import shutil
import subprocess
import unittest

import harness

UNITS = ("cryptowatch", "cryptowatch-deliver")
EXPOSURE_MAX = 1.3


class Units(unittest.TestCase):
    def folder(self):
        return harness.BIN.parent / "packaging" / "systemd"

    def unit(self, name):
        """Later lines of one name do not matter here."""
        parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
        parser.optionxform = str
        parser.read_string((self.folder() / name).read_text())
        return parser

    def test_what_the_units_run_is_what_the_program_knows(self):
        for name, command in zip(UNITS, ("scan", "deliver")):
            service = self.unit(name + ".service")["Service"]
            words = shlex.split(service["ExecStart"])
            self.assertEqual(words[1:], [command, "--config", "/etc/cryptowatch/cryptowatch.json"])
            self.assertEqual((service["User"], service["Type"]), ("cryptowatch", "oneshot"))

    def test_the_service_user_is_made_by_sysusers(self):
        text = (harness.ROOT / "packaging" / "cryptowatch.sysusers").read_text()
        self.assertRegex(text, r"(?m)^u cryptowatch ")

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_exposure_is_low(self):
        for name in UNITS:
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager",
                                   str(self.folder() / (name + ".service"))],
                                  capture_output=True, text=True, timeout=60, check=False)
            match = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
            self.assertIsNotNone(match, done.stdout + done.stderr)
            self.assertLessEqual(float(match.group(1)), EXPOSURE_MAX)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_systemd_understands_every_line(self):
        timers = harness.ROOT / "packaging" / "systemd"
        for name in UNITS:
            done = subprocess.run(["systemd-analyze", "verify", "--man=no",
                                   str(self.folder() / (name + ".service")),
                                   str(timers / (name + ".timer"))],
                                  capture_output=True, text=True, timeout=60, check=False)
            said = [line for line in done.stderr.splitlines()
                    if "cryptowatch" in line and "is not executable" not in line]
            self.assertEqual(said, [])


if __name__ == "__main__":
    harness.main()
