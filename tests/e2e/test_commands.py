"""The command line where a person meets it: help, mistyped words, text for eyes, a passphrase typed on a
terminal. Machines' output is tested where its command is."""
import json
import os
import pty
import select
import signal
import subprocess
import termios
import time
import unittest

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
SECRET = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"  # Bitcoin wiki's example of a private key
PASSPHRASE = "correct horse battery"
COMMANDS = ["init", "scan", "check", "address", "screen", "feed", "rule", "alert", "verify", "key", "log",
            "webhook"]


def program(*words):
    return subprocess.run([harness.PROGRAM, *words], capture_output=True, text=True, timeout=60)


class Words(unittest.TestCase):
    def test_help_names_every_command(self):
        done = program("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name in COMMANDS:
            self.assertRegex(done.stdout, r"(?m)^\s+%s\s" % name)

    def test_without_a_command_help_is_shown_and_refused(self):
        self.assertEqual(program().returncode, 64)

    def test_each_command_explains_itself(self):
        for name in COMMANDS:
            with self.subTest(name):
                done = program(name, "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                for part in ("usage: cryptowatch " + name, "--config", "examples", "exit codes"):
                    self.assertIn(part, done.stdout)

    def test_version_is_one_line(self):
        self.assertRegex(program("--version").stdout, r"\Acryptowatch \d+\.\d+\.\d+\n\Z")

    def test_mistyped_command_is_suggested(self):
        done = program("chekc")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("did you mean check?", done.stderr)
        self.assertIn("see cryptowatch --help", program("quaerendo").stderr)

    def test_word_that_is_no_command_is_shown_without_its_escapes(self):
        done = program("\x1b[31mred")
        self.assertEqual(done.returncode, 64)
        self.assertNotIn("\x1b", done.stderr)

    def test_wrong_options_are_told(self):
        for words, part in ((["scan", "--jsonn"], "no option --jsonn"),
                            (["scan", "--quiet=yes"], "--quiet takes no value"),
                            (["check", "--on"], "--on needs a value")):
            with self.subTest(words):
                done = program(*words)
                self.assertEqual((done.returncode, done.stdout), (64, ""))
                self.assertIn(part, done.stderr)

    def test_nothing_behind_two_dashes_is_an_option(self):
        done = program("address", "--json", "--", "--version")
        self.assertNotEqual(done.returncode, 64)
        self.assertIn("--version", done.stdout)

    def test_comparison_reads_as_a_line(self):
        done = program("address", "--compare", RONIN, RONIN.lower())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"\Aencoding: \w+")


class Lists(harness.Case):
    def parse(self, text, *more):
        path = self.home.base / "list.txt"
        path.write_text(text)
        return self.home.run("feed", "parse", "--format", "lines", *more, path)

    def test_entries_are_shown_one_a_line(self):
        done = self.parse("%s\nnot an address\n%s\n" % (RONIN, OTHER))
        lines = done.stdout.splitlines()
        self.assertEqual(len(lines), 3, done.stdout)
        self.assertIn("\t%s\t" % RONIN, lines[0])
        self.assertIn("\tunusable ", lines[1])
        self.assertIn("3 entries, 1 unusable", done.stderr)

    def test_nothing_of_a_list_steers_the_terminal(self):
        done = self.parse("%s\x1b[2J\n\u202e%s\x07\n" % (RONIN, OTHER))
        for char in ("\x1b", "\x07", "\u202e"):
            self.assertNotIn(char, done.stdout + done.stderr)

    def test_secret_key_in_a_list_is_not_shown(self):
        done = self.parse(SECRET + "\n")
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertIn("not shown", done.stdout)

    def test_address_that_nobody_holds_is_suspicious(self):
        done = self.parse("0x" + "0" * 40 + "\n")
        self.assertIn("\tsuspicious: ", done.stdout)
        self.assertIn("1 on addresses nobody holds", done.stderr)

    def test_missing_list_is_told(self):
        done = self.home.run("feed", "parse", "--format", "lines", self.home.base / "none.txt")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no such file", done.stderr)

    def test_feeds_are_listed_for_eyes_and_for_machines(self):
        self.home.feed("example", "https://lists.example/a.txt", enabled=False, note="off until read")
        done = self.home.run("feed", "list")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^example\s+off\s+sanction\s")
        self.assertIn("off until read", done.stdout)
        row = json.loads(self.home.run("feed", "list", "--json").stdout)
        self.assertEqual((row["id"], row["enabled"], row["meaning"]), ("example", False, "sanction"))

    def test_title_that_would_steer_the_terminal_is_refused(self):
        self.home.feed("example", "https://lists.example/a.txt", title="A \x1b[31mred list")
        done = self.home.run("feed", "list")
        self.assertEqual(done.returncode, 78)
        self.assertIn("/title", done.stderr)
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_feed_without_a_verb_is_told_which_there_are(self):
        done = self.home.run("feed", "lst")
        self.assertEqual(done.returncode, 64)
        self.assertIn("list, status, parse", done.stderr)


class Rules(harness.Case):
    def test_rules_are_listed_for_eyes_and_for_machines(self):
        self.home.rule("ronin", [RONIN, OTHER])
        done = self.home.run("rule", "list")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"(?m)^ronin\s+high\s+2 addresses\s+Example theft ronin$")
        row = json.loads(self.home.run("rule", "list", "--json").stdout)
        self.assertEqual((row["id"], row["addresses"], row["tlp"]), ("ronin", 2, "green"))

    def test_mistake_in_a_rule_has_file_line_and_field(self):
        self.home.rule("ronin", [RONIN], severity="grave")
        done = self.home.run("rule", "lint", "--json")
        self.assertEqual(done.returncode, 65)
        mistake = json.loads(done.stdout.splitlines()[0])
        self.assertEqual((mistake["grade"], mistake["field"]), ("error", "/severity"))
        self.assertTrue(mistake["file"].endswith("ronin.json"))
        self.assertGreater(mistake["line"], 1)
        self.assertEqual(self.home.run("rule", "list").returncode, 65)

    def test_rules_of_another_folder_need_no_home(self):
        self.home.rule("ronin", [RONIN])
        done = program("rule", "lint", str(self.home.path / "rules"))
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_rule_without_a_verb_is_told_which_there_are(self):
        done = self.home.run("rule", "lnt")
        self.assertEqual(done.returncode, 64)
        self.assertIn("lint", done.stderr)


class Terminal(harness.Case):
    """A passphrase is asked on the terminal of the command, whatever its standard input is."""

    def on_terminal(self, answers, *words):
        """Runs a command with a terminal of its own; returns (exit code, what was shown, echo after)."""
        command, env = self.home.command(*words), self.home.env()
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(harness.PROGRAM, command, env)
        shown, answers, deadline = b"", list(answers), time.monotonic() + 30
        hidden = []
        while time.monotonic() < deadline:
            if not select.select([fd], [], [], 0.2)[0]:
                continue
            try:
                part = os.read(fd, 4096)
            except OSError:
                break
            if not part:
                break
            shown += part
            if part.rstrip().endswith(b":") and answers:
                hidden.append(not termios.tcgetattr(fd)[3] & termios.ECHO)
                os.write(fd, answers.pop(0).encode() + b"\n")
        else:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        os.close(fd)
        self.assertTrue(all(hidden), "typed characters were shown")
        return os.waitstatus_to_exitcode(status), shown.decode()

    def test_key_is_put_under_a_typed_passphrase_and_read_again(self):
        path = self.home.base / "copy.json"
        code, shown = self.on_terminal([PASSPHRASE, PASSPHRASE], "key", "backup", "--role", "log", path)
        self.assertEqual(code, 0, shown)
        self.assertNotIn(PASSPHRASE, shown)
        code, shown = self.on_terminal([PASSPHRASE], "key", "show", "--key", path, "--format", "kid")
        self.assertEqual(code, 0, shown)
        kid = self.home.run("key", "show", "--role", "log", "--format", "kid").stdout.strip()
        self.assertIn(kid, shown)

    def test_two_different_passphrases_are_refused(self):
        path = self.home.base / "copy.json"
        code, shown = self.on_terminal([PASSPHRASE, PASSPHRASE + "!"], "key", "backup", "--role", "log", path)
        self.assertNotEqual(code, 0)
        self.assertIn("differ", shown)
        self.assertFalse(path.exists())

    def test_wrong_passphrase_opens_nothing(self):
        path = self.home.base / "copy.json"
        self.on_terminal([PASSPHRASE, PASSPHRASE], "key", "backup", "--role", "log", path)
        code, shown = self.on_terminal(["another one"], "key", "show", "--key", path, "--format", "kid")
        self.assertNotEqual(code, 0, shown)

    def test_without_a_terminal_it_says_how_else(self):
        done = subprocess.run(self.home.command("key", "backup", "--role", "log", self.home.base / "copy.json"),
                              capture_output=True, text=True, env=self.home.env(), start_new_session=True,
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("--passphrase-fd", done.stderr)


if __name__ == "__main__":
    harness.main()
