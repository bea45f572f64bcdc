"""Every command, word for word: its help, and what it says on a terminal of 80 columns, in a pipe and as JSON,
over one small home. What must be the same on every machine is compared byte for byte; times, hashes, keys,
folders and ports are put into a form of the same length first, so that lines are wrapped alike.

  test_golden.py BIN ROOT            compares with tests/golden/cli and the tables of docs/commands.md
  test_golden.py BIN ROOT --update   writes it anew: look at the difference before you commit it
"""
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unicodedata
import unittest

import harness

IS_UPDATE = "--update" in sys.argv
GOLDEN = harness.ROOT / "tests/golden/cli"
COMMANDS = re.findall(r"^CW_COMMAND\((\w+),", (harness.ROOT / "src/cli/commands.def").read_text(), re.M)
COLUMNS = 80
NOW, LATER = "2026-11-20T12:00:00Z", "2026-11-20T18:30:00Z"
RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
SECOND = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
FREE = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
PROGRAM = "cryptowatch"
# What differs from run to run, and what stands for it in as many characters.
CHANGING = (
    # What took longer than half a second shows its progress, and wipes it out.
    (r"(?:\r[^\r\n]{1,79} GB/s[^\r\n]{0,40}\x1b\[K)+\r\x1b\[K", ""),
    (r"cryptowatch-e2e-[a-z0-9_]{8}", "cryptowatch-e2e-XXXXXXXX"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:00000"),
    (r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-20T00:00:00Z"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "00000000-0000-0000-0000-000000000000"),
    (r"\b[0-9a-f]{64}\b", "0" * 64),
    (r"(?<![\w/-])(?!xdc)(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9_-]{43}(?![\w-])", "K" * 43),
    (r"((?<=\\n)|(?<![\w/]))[A-Za-z0-9+/]{43}=", "R" * 43 + "="),
    (r'"nonce": "[\w-]{22}"', '"nonce": "NONCE"'),
    (r"(— \S+ )[A-Za-z0-9+/]{90,}={0,2}", r"\1SIGNATURE"),
    (r"\bin \d+ ms", "in 0 ms"),
    (r'"version": "\d+\.\d+\.\d+"', '"version": "VERSION"'),
    (r'"elapsed_ms": \d+', '"elapsed_ms": 0'),
    (r"(?m)(^(?:2> )?  \d+ alerts, \d+ lists, \d+ cases; )\d+ bytes", r"\1N bytes"),
    (r'("output": [^\n]*\n *"bytes":) \d+', r"\1 0"),
    (r'"seccomp": \w+,\n  "landlock": \d+,\n  "absent": .*', '"seccomp": SANDBOX'),
)
# What may stand beyond the last column: commands to be copied, rows of data as `grep` has them, and JSON.
UNBROKEN = re.compile(r'^ *(?:\S+:? )?\S{60,}$|--config |^ *(?:look|type): |^line \d+\t|\.csv:\d+:\d+: |^ *"\w+": ')


def settled(text):
    for pattern, stands in CHANGING:
        text = re.sub(pattern, stands, text)
    return text


def pretty(line):
    try:
        return json.dumps(json.loads(line), indent=1, ensure_ascii=False)
    except ValueError:
        return line


class World:
    """One home, and what was said of it so far, by command."""

    def __init__(self):
        tempfile.tempdir = "/tmp"  # of the same length wherever the tests run
        self.receiver = harness.Receiver()
        self.home = harness.Home(now=NOW)
        self.said = {}
        self.home.endpoint(self.receiver)
        self.work = self.home.base / "work"
        self.work.mkdir()

    def close(self):
        self.home.close()
        self.receiver.close()

    def write(self, name, text):
        path = self.work / name
        path.write_text(text)
        return path

    def command(self, words):
        name, *rest = words
        return [str(harness.PROGRAM.resolve()), name, "--config", str(self.home.config), *map(str, rest)]

    def note(self, words, mode, code, text):
        shown = " ".join(str(word) if " " not in str(word) else "'%s'" % word for word in words)
        lines = ["$ %s %s    # %s" % (PROGRAM, settled(shown.replace(str(self.home.base), "BASE")), mode)]
        lines += settled(text).replace("\x1b", "\\e").splitlines()
        lines.append("(exit %d)" % code)
        self.said.setdefault(words[0], []).append("\n".join(lines) + "\n")

    def in_pipe(self, *words):
        done = subprocess.run(self.command(words), capture_output=True, text=True, env=self.home.env(),
                              cwd=self.work, timeout=120)
        errors = "".join("2> %s\n" % line for line in done.stderr.splitlines())
        self.note(words, "in a pipe", done.returncode, done.stdout + errors)
        return done

    def as_json(self, *words):
        done = subprocess.run([*self.command(words), "--json"], capture_output=True, text=True,
                              env=self.home.env(), cwd=self.work, timeout=120)
        lines = [pretty(line) for line in done.stdout.splitlines()]
        lines += ["2> " + line for line in done.stderr.splitlines()]
        self.note([*words, "--json"], "for machines", done.returncode, "\n".join(lines))

    def on_terminal(self, *words):
        env = dict(self.home.env(), TERM="xterm", PWD=str(self.work))
        code, text = harness.on_terminal(self.command(words), env, COLUMNS)
        self.note(words, "on a terminal of %d columns" % COLUMNS, code, text)
        return text

    def everywhere(self, *words):
        for say in (self.on_terminal, self.in_pipe, self.as_json):
            say(*words)


def tell_everything(world):
    """Every command, in an order in which the home grows."""
    home = world.home
    (home.path / "feeds/example.txt").write_text("%s\n%s\nnot an address\n" % (RONIN, SECOND))
    home.feed("example", "file:example.txt", title="Wallets that a court has seized, with a title that is long",
              unusable_max_percent=60)
    home.feed("licensed-list", "https://lists.example/wallets.csv", form="csv", enabled=False,
              meaning="law-enforcement", note="Shipped disabled: the publisher asks for an account, and for a "
              "key in headers_file.")
    home.rule("ronin-2022", [RONIN], title="Theft from a bridge, with a title that is longer than a terminal is wide",
              severity="critical")
    home.rule("second", [FREE], severity="low")
    for say, folder in ((world.on_terminal, "a"), (world.in_pipe, "b"), (world.as_json, "c")):
        say("init", world.home.base / ("new-" + folder))
    world.everywhere("feed", "status")
    world.everywhere("scan", "--dry-run")
    world.in_pipe("scan", "--no-deliver")
    world.in_pipe("scan")
    world.everywhere("scan", "--no-deliver")
    world.everywhere("check", RONIN, SECOND, "0x0d043128146654c7683fbf30ac98d7b2285ded00")
    world.everywhere("check", "--explain", RONIN.lower())
    world.everywhere("check", "nonsense")
    text = world.write("payments.csv", "1,%s,3\n2,none,4\n3,%s,5\n" % (RONIN.lower(), FREE))
    world.everywhere("screen", text)
    world.everywhere("screen", "--count", text)
    world.everywhere("alert", "list")
    first = json.loads(home.run("alert", "list", "--json").stdout.splitlines()[0])["id"]
    world.everywhere("alert", "show", first)
    world.everywhere("deliver")
    world.everywhere("rule", "list")
    world.everywhere("rule", "lint")
    exported = world.write("alert.jws.json", home.run("alert", "export", first).stdout)
    spoilt = world.write("spoilt.jws.json", exported.read_text().replace('"payload":"e', '"payload":"f'))
    world.everywhere("verify", exported)
    world.everywhere("verify", spoilt)
    world.everywhere("feed", "list")
    world.everywhere("feed", "parse", "--format", "lines", home.path / "feeds/example.txt")
    world.everywhere("key", "show", "--format", "kid")
    world.everywhere("log", "verify")
    world.everywhere("log", "checkpoint")
    world.everywhere("address", RONIN, "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", "0x12")
    world.everywhere("webhook", "test")
    for mode in range(3):  # each of a file of its own: the page says when the one before was made
        (world.on_terminal, world.in_pipe, world.as_json)[mode]("report", "--output", world.work / ("%d.html" % mode))
    home.feed("broken", "file:none.txt", title="A list that is not there")
    home.now = LATER
    home.run("scan")
    world.everywhere("feed", "status")
    world.everywhere("check", FREE[:-1] + "c")
    world.everywhere("doctor", "config", "feeds", "outbox")


def rows(text, title):
    """(term, text) of a list of a help, further lines joined."""
    body = re.search(r"(?ms)^%s:\n(.*?)(?:\n\n|\Z)" % title, text)
    joined = re.sub(r"\n {4,}", " ", body.group(1)) if body else ""
    return [tuple(line.split(None, 1)) for line in joined.splitlines()]


def table(head, lines):
    lines = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    return "".join("| %s |\n" % " | ".join(line) for line in [head, ["---"] * len(head), *lines])


def document(text, said):
    """docs/commands.md with its tables made from what the program says."""
    commands = [("`%s`" % name, what, ", ".join("`%s`" % verb for verb, _ in rows(said[name], "subcommands")))
                for name, what in rows(said["cryptowatch"], "commands")]
    made = {"commands": table(["command", "does", "subcommands"], commands),
            "exits": table(["code", "means"], rows(said["cryptowatch"], "exit codes"))}
    for mark, lines in made.items():
        text, count = re.subn(r"(?s)(<!-- %s: [^\n]*-->\n).*?(<!-- end -->)" % mark,
                              lambda found: found.group(1) + lines + found.group(2), text)
        assert count == 1, mark
    return text


class Golden(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.world = World()
        tell_everything(cls.world)

    @classmethod
    def tearDownClass(cls):
        cls.world.close()

    def compare(self, path, text):
        if IS_UPDATE:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            return
        kept = path.read_text() if path.exists() else ""
        difference = "".join(difflib.unified_diff(kept.splitlines(True), text.splitlines(True),
                                                  str(path.relative_to(harness.ROOT)), "what is said"))
        self.assertEqual(difference, "", "\nlook at it, then: test_golden.py BIN ROOT --update")

    def test_help(self):
        said = {}
        for words in ([], *([name] for name in COMMANDS)):
            with self.subTest(words):
                done = subprocess.run([harness.PROGRAM, *words, "--help"], capture_output=True, text=True,
                                      timeout=60)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                name = (words or ["cryptowatch"])[0]
                said[name] = done.stdout
                self.compare(GOLDEN / "help" / (name + ".txt"), done.stdout)
        path = harness.ROOT / "docs/commands.md"
        self.compare(path, document(path.read_text(), said))

    def test_output(self):
        for name, parts in self.world.said.items():
            with self.subTest(name):
                self.compare(GOLDEN / (name + ".txt"), "\n".join(parts))

    def test_every_command_is_told(self):
        self.assertEqual(set(self.world.said), set(COMMANDS), "add it to tell_everything")

    def test_nothing_is_kept_of_what_is_gone(self):
        kept = {path.stem for path in GOLDEN.glob("*.txt")}
        helped = {path.stem for path in (GOLDEN / "help").glob("*.txt")}
        self.assertEqual((kept, helped), (set(COMMANDS), {"cryptowatch", *COMMANDS}))

    def test_colour_is_on_terminals_alone(self):
        for name, parts in self.world.said.items():
            for part in parts:
                if "# on a terminal" not in part.splitlines()[0]:
                    self.assertNotIn("\\e[", part, name)
        self.assertIn("\\e[1;31mlisted\\e[0m", "".join(self.world.said["check"]))

    def test_lines_fit_the_terminal(self):
        for name, parts in self.world.said.items():
            for part in parts:
                first, *lines = part.splitlines()
                for line in lines if "# on a terminal" in first else []:
                    bare = re.sub(r"\\e\[[\d;]*m", "", line)
                    if not UNBROKEN.search(bare):
                        self.assertLessEqual(len(bare), COLUMNS, (first, line))

    def test_plain_where_it_is_asked_for(self):
        env = dict(self.world.home.env(), TERM="xterm")
        command = self.world.command(["check", RONIN])
        self.assertIn("\x1b[", harness.on_terminal(command, env)[1])
        for more, words in (({"NO_COLOR": "1"}, []), ({"TERM": "dumb"}, []), ({}, ["--quiet"])):
            self.assertNotIn("\x1b", harness.on_terminal([*command, *words], dict(env, **more))[1], more)
        self.assertIn("\x1b[", harness.on_terminal(command, dict(env, NO_COLOR=""))[1])

    def test_wide_characters_take_two_columns(self):
        home = harness.Home()
        home.feed("korean", "file:none.txt", title="가상자산 지갑 주소 목록 " * 5)
        command = [str(harness.PROGRAM.resolve()), "feed", "list", "--config", str(home.config)]
        line = harness.on_terminal(command, home.env(), 61)[1].splitlines()[0]
        home.close()
        columns = sum(2 if unicodedata.east_asian_width(char) == "W" else 1 for char in line)
        self.assertEqual((line[-1], columns in (60, 61)), ("…", True), line)

    def test_width_is_the_terminals_or_said(self):
        env = dict(self.world.home.env(), TERM="xterm")
        command = self.world.command(["feed", "list"])
        wide = harness.on_terminal(command, env, 200)[1]
        self.assertIn("with a title that is long", wide)
        for columns, more in ((60, {}), (200, {"COLUMNS": "60"})):
            text = harness.on_terminal(command, dict(env, **more), columns)[1]
            self.assertNotIn("with a title that is long", text)
            self.assertIn("…", text)
            self.assertLessEqual(max(map(len, text.splitlines())), 60)


if __name__ == "__main__":
    harness.main()
