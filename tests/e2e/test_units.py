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


class Purge(unittest.TestCase):
    """What the package's postrm does, with its two folders moved into a temporary one."""

    def setUp(self):
        self.home = harness.Home()
        self.state = self.home.base / "var" / "cryptowatch"
        self.config = self.home.base / "etc" / "cryptowatch"
        self.config.mkdir(parents=True)
        (self.config / "cryptowatch.json").write_text("{}")

    def tearDown(self):
        self.home.close()

    def postrm(self, verb="purge"):
        text = (harness.ROOT / "debian" / "cryptowatch.postrm").read_text()
        for path, moved in (("/var/lib/cryptowatch", self.state), ("/etc/cryptowatch", self.config)):
            self.assertIn(path, text)
            text = text.replace(path, str(moved))
        done = subprocess.run(["sh", "-c", text, "postrm", verb], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        return done.stderr

    def files(self):
        return {str(path.relative_to(self.state)): path.read_bytes()
                for path in self.state.rglob("*") if path.is_file()}

    def test_what_cannot_be_made_again_stays(self):
        server = harness.ListServer()
        self.home.configure(allow_private_hosts=["127.0.0.1"], state_dir=str(self.state),
                            keys_dir=str(self.state / "keys"))
        self.home.feed("list", server.put("/l", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96\n"))
        self.state.parent.mkdir(exist_ok=True)
        self.state.mkdir(mode=0o700)
        shutil.move(self.home.path / "keys", self.state / "keys")
        code, report, stderr = self.home.scan()
        server.close()
        self.assertEqual((code, report["log"]["error"]), (0, None), stderr)
        before = self.files()
        said = self.postrm()
        self.assertRegex(said, r"kept %s: keys, .* To destroy them: rm -r %s\n$" % (self.state, self.state))
        self.assertFalse(self.config.exists())
        after = self.files()
        gone = {name.split("/")[0] for name in before.keys() - after.keys()}
        self.assertEqual(gone, {"index", "lock"})
        self.assertEqual(after, {name: before[name] for name in after})
        for name in ("keys/alert.pem", "keys/log.pem", "log/checkpoint", "state.db"):
            self.assertIn(name, after)
        self.assertEqual(self.home.run("log", "verify").returncode, 0)
        self.assertEqual(self.home.scan("--offline")[0], 0)  # goes on with what stayed

    def test_an_empty_state_goes_without_a_word(self):
        for folder in ("keys", "log", "index", "snapshots"):
            (self.state / folder).mkdir(parents=True)
        (self.state / "lock").write_text("")
        self.assertEqual(self.postrm(), "")
        self.assertFalse(self.state.exists())
        self.assertEqual(self.postrm(), "")  # once more, of nothing

    def test_a_removal_that_is_no_purge_touches_nothing(self):
        (self.state / "keys").mkdir(parents=True)
        for verb in ("remove", "upgrade", "abort-install"):
            self.assertEqual(self.postrm(verb), "")
        self.assertTrue((self.state / "keys").exists() and self.config.exists())


if __name__ == "__main__":
    harness.main()
