"""What we tell a person to type runs as it stands, also for a home whose path has a quote and blanks: every
command that is named in what `feed status`, `feed accept`, `check`, `alert`, `scan`, `report`, `init` and
`doctor` say is given to a shell and must be understood."""
import json
import re
import shlex
import subprocess
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
COMMANDS = re.findall(r"^CW_COMMAND\((\w+),", (harness.ROOT / "src/cli/commands.def").read_text(), re.M)
TYPED = re.compile(r"(?:^ *|; )(?:look|type): (.*)$", re.M)
NAMED = re.compile(r"`(cryptowatch (?:[^`'\\]|\\.|'[^']*')*)`")
WORDS = re.compile(r"\bcryptowatch (?:%s)\b(?!: )" % "|".join(COMMANDS))  # "cryptowatch scan: " begins an error
MISUSED, NOT_FOUND = 64, 127


class Typed(unittest.TestCase):
    def setUp(self):
        self.lists = harness.ListServer()
        self.home = harness.Home(name="it's a home")
        self.home.configure(allow_private_hosts=["127.0.0.1"])
        self.home.rule("case", [LISTED])

    def tearDown(self):
        self.home.close()
        self.lists.close()

    def shell(self, command):
        env = dict(self.home.env(), PATH="%s:/usr/bin:/bin" % harness.BIN.resolve(), EDITOR="true")
        return subprocess.run(["sh", "-c", command], capture_output=True, text=True, env=env, timeout=120,
                              cwd=self.home.base)

    def said(self, *words, code=None):
        done = self.home.run(*words)
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def understood(self, text, at_least=1, run=True):
        """Every command in a text: marked, complete, and run unless it would change what is looked at."""
        commands = TYPED.findall(text) + NAMED.findall(text)
        self.assertGreaterEqual(len(commands), at_least, text)
        rest = text
        for command in commands:
            rest = rest.replace(command, "")
        self.assertIsNone(WORDS.search(rest), "not marked as a command: " + rest)
        for command in dict.fromkeys(commands):
            words = shlex.split(command)
            if "cryptowatch" in words:
                self.assertEqual(words[words.index("--config") + 1], str(self.home.config), command)
            if run:
                done = self.shell(command)
                self.assertNotIn(done.returncode, (MISUSED, NOT_FOUND), command + "\n" + done.stderr)
        return commands

    def fail_one_and_hold_one(self):
        everything = "".join("0x%040x\n" % (i + (1 << 150)) for i in range(20)) + LISTED + "\n"
        self.home.feed("holding", self.lists.put("/h", everything), removed_max_percent=20)
        self.home.feed("failing", self.lists.put("/f", OTHER + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        self.lists.put("/h", LISTED + "\n")
        self.lists.put("/f", "gone", status=404)
        return self.said("scan", "--force", code=20)

    def test_before_the_first_scan(self):
        self.home.feed("list", self.lists.put("/l", LISTED + "\n"))
        text = self.said("feed", "status", code=20)
        self.assertIn("no scan was ever run here", text)
        self.understood(text + self.said("alert", "list") + self.said("doctor"), 4)

    def test_what_a_scan_says(self):
        text = self.fail_one_and_hold_one()
        self.assertEqual([" ".join(shlex.split(c)[:4]) for c in self.understood(text, run=False)],
                         ["cryptowatch feed accept holding"])
        self.understood(text)

    def test_feed_status(self):
        self.fail_one_and_hold_one()
        commands = self.understood(self.said("feed", "status", code=20), 4, run=False)
        starts = {" ".join(shlex.split(command)[1:3]) for command in commands}
        self.assertEqual(starts, {"feed parse", "feed accept", "scan --feed"})
        look = next(c for c in commands if "feed parse" in c)
        self.assertEqual(self.shell(look).returncode, 0, look)
        self.understood(self.said("feed", "status", code=20))

    def test_feed_status_for_machines(self):
        self.fail_one_and_hold_one()
        for line in self.said("feed", "status", "--json").splitlines():
            row = json.loads(line)
            self.understood("type: " + row["command"], run=False)
            self.understood(row["why"] + row["advice"], 1 if row["status"] == "held" else 0)
            self.assertEqual(self.shell(row["command"]).returncode, 0 if row["status"] == "held" else 20)

    def test_feed_accept(self):
        self.fail_one_and_hold_one()
        text = self.said("feed", "accept", "holding", code=0)
        for command in self.understood(text, run=False):
            self.assertEqual(self.shell(command).returncode, 0, command)
        self.assertRegex(self.said("feed", "status"), "(?m)^holding good ")

    def test_check_with_a_damaged_index(self):
        self.home.feed("list", self.lists.put("/l", LISTED + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        index = max((self.home.path / "state/index").glob("[0-9]*"))
        damaged = bytearray(index.read_bytes())
        for at in range(4096, len(damaged) - 8192, 4096):  # inside: it opens, and is damage when it is asked
            damaged[at] ^= 1
        index.chmod(0o600)
        index.write_bytes(damaged)
        text = self.said("check", LISTED, code=74)
        self.assertIn("cryptowatch check: %s: the index is damaged" % index, text)
        for command in self.understood(text, run=False):
            self.assertEqual(self.shell(command).returncode, 0, command)
        self.said("check", LISTED, code=10)
        index = max((self.home.path / "state/index").glob("[0-9]*"))
        index.chmod(0o600)
        index.write_bytes(b"\0" * 8192)
        text = self.said("check", LISTED, code=10)
        self.assertIn("answering without the index: %s: " % index, text)
        self.understood(text, 0)

    def test_doctor(self):
        self.fail_one_and_hold_one()
        (self.home.path / "keys/log.pem").unlink()
        (self.home.path / "keys/alert.pem").chmod(0o644)
        text = self.said("doctor")
        for words in ("feed accept holding", "scan --feed failing", "chmod", "key new --role log",
                      "key restore FILE"):
            self.assertIn(words, text)
        self.understood(text, 6)

    def test_what_is_missing(self):
        self.home.feed("list", self.lists.put("/l", LISTED + "\n"))
        self.assertEqual(self.home.scan()[0], 0)
        for words in (("alert", "show", "none"), ("key", "show", "--next"), ("alert", "retract", "none",
                                                                              "--reason", "x")):
            self.understood(self.said(*words), 1, run=False)
        (self.home.path / "keys/alert.pem").unlink()
        self.understood(self.said("scan", "--force"), 1)

    def test_init_says_how_to_go_on(self):
        home = self.home.base / "50% of it's"
        done = subprocess.run([harness.PROGRAM, "init", home], capture_output=True, text=True,
                              env=self.home.env())
        lines = [line.strip() for line in done.stdout.splitlines() if "--config" in line]
        self.assertEqual(len(lines), 3, done.stdout)
        for line in lines[:2]:
            self.assertEqual(shlex.split(line)[3], str(home / "cryptowatch.json"))
        cron = lines[2].split(" ", 5)[5]
        self.assertNotRegex(cron, r"(?<!\\)%")  # ends a command in a crontab
        self.assertEqual(shlex.split(cron.replace("\\%", "%"))[-1], str(home / "cryptowatch.json"))


if __name__ == "__main__":
    harness.main()
