"""What the program says about itself: help, man pages, completion and "did you mean", of every command.
What it says word for word is in tests/golden (test_golden.py); here is what must hold of any of it."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

import harness

COMMANDS = re.findall(r"^CW_COMMAND\((\w+),", (harness.ROOT / "src/cli/commands.def").read_text(), re.M)
PAGES = {"cryptowatch(1)", "cryptowatch.json(5)", "cryptowatch-feeds(5)", "cryptowatch-rules(5)",
         *("cryptowatch-%s(1)" % name for name in COMMANDS)}
COMMON = ["--config", "--json", "--quiet", "--verbose", "--no-sandbox", "--help"]
COLUMNS = 79


def program(*words, **more):
    return subprocess.run([harness.PROGRAM.resolve(), *words], capture_output=True, text=True, timeout=60, **more)


def said(*words):
    done = program(*words)
    assert (done.returncode, done.stderr) == (0, ""), (words, done)
    return done.stdout


def part(text, title):
    """The lines below a heading."""
    found = re.search(r"(?ms)^%s:\n(.*?)(?:\n\n|\Z)" % re.escape(title), text)
    return found.group(1) if found else ""


def options_in(text):
    """Every option that a help explains."""
    return set(re.findall(r"(?m)^  (--[a-z-]+)", text))


def plain(roff):
    """The words of a page without its marks."""
    text = re.sub(r"\\f[BIR]", "", roff)
    for mark, char in (("\\-", "-"), ("\\(aq", "'"), ("\\(dq", '"'), ("\\(rs", "\\"), ("\\(ha", "^"),
                       ("\\(ti", "~"), ("\\(ga", "`"), ("\\&", ""), ("\\[u2026]", "…")):
        text = text.replace(mark, char)
    return text


class Help(unittest.TestCase):
    def test_help_of_a_command_is_asked_for_in_three_ways(self):
        for name in COMMANDS:
            with self.subTest(name):
                self.assertEqual(said("help", name), said(name, "--help"))
                self.assertEqual(said(name, "-h"), said(name, "--help"))
        self.assertEqual(said("help"), said("--help"))

    def test_lines_fit_eighty_columns(self):
        for words in (["--help"], *(["help", name] for name in COMMANDS)):
            for line in said(*words).splitlines():
                self.assertLessEqual(len(line), COLUMNS, (words, line))

    def test_every_help_has_all_its_parts(self):
        for name in COMMANDS:
            with self.subTest(name):
                text = said("help", name)
                self.assertTrue(text.startswith("usage: cryptowatch " + name), text)
                self.assertGreaterEqual(part(text, "examples").count("cryptowatch " + name), 2)
                self.assertRegex(part(text, "exit codes"), r"(?m)^  0 +\w")
                self.assertRegex(part(text, "exit codes"), r"(?m)^  64 +usage$")
                pages = [page.strip() for page in part(text, "see also").replace("\n", " ").split(",")]
                self.assertEqual(pages[0], "cryptowatch(1)")
                self.assertEqual([page for page in pages if page not in PAGES], [])
                self.assertNotIn("cryptowatch-%s(1)" % name, pages)

    def test_common_options_are_worded_once(self):
        common = part(said("--help"), "options of every command")
        self.assertEqual(re.findall(r"(?m)^  (--[a-z-]+)", common), COMMON)
        for name in COMMANDS:
            self.assertEqual(part(said("help", name), "options of every command"), common, name)

    def test_program_names_every_command_and_page(self):
        text = said("--help")
        for name in COMMANDS:
            self.assertRegex(part(text, "commands"), r"(?m)^  %s +\w" % name)
        for page in PAGES - {"cryptowatch(1)"}:
            self.assertIn(page, part(text, "see also"))

    def test_help_of_no_command_is_told(self):
        done = program("help", "chekc")
        self.assertEqual((done.returncode, done.stdout), (64, ""))
        self.assertIn("did you mean check?", done.stderr)
        self.assertEqual(program("help", "feed", "rule").returncode, 64)


class Mistyped(unittest.TestCase):
    def suggests(self, words, what):
        done = program(*words)
        self.assertEqual((done.returncode, done.stdout), (64, ""), words)
        if what is None:
            self.assertNotIn("did you mean", done.stderr, words)
        else:
            self.assertIn("did you mean %s?" % what, done.stderr, words)

    def test_command(self):
        for typed, meant in (("chekc", "check"), ("screeen", "screen"), ("deliv", "deliver"),
                             ("hlep", "help"), ("quaerendo", None), ("xyz", None)):
            self.suggests([typed], meant)

    def test_option_before_a_command(self):
        self.suggests(["--hepl"], "--help")
        self.suggests(["--json", "scan"], None)
        self.assertIn("write cryptowatch COMMAND --json", program("--json", "scan").stderr)

    def test_option_of_a_command(self):
        for words, meant in ((["scan", "--forec"], "--force"), (["check", "--recipt", "x"], "--receipt"),
                             (["feed", "list", "--jsno"], "--json"), (["key", "show", "--zzzzz"], None)):
            self.suggests(words, meant)

    def test_subcommand(self):
        for words, meant in ((["feed", "stat"], "status"), (["feed", "lst"], "list"), (["rule", "lnt"], "lint"),
                             (["alert", "shwo", "x"], "show"), (["key", "rotat"], "rotate"),
                             (["log", "verfy"], "verify"), (["webhook", "tset"], "test"),
                             (["log", "grow"], None)):
            self.suggests(words, meant)

    def test_check_of_the_doctor(self):
        self.suggests(["doctor", "databse"], "database")

    def test_known_subcommand_is_told_how_it_is_written(self):
        self.assertIn("write: feed accept ID [SHA256]", program("feed", "accept").stderr)
        self.assertIn("write: alert show ID", program("alert", "show").stderr)
        self.assertIn("write: webhook enable ENDPOINT", program("webhook", "enable").stderr)

    def test_missing_subcommand_is_told_which_there_are(self):
        self.assertIn("say list, status, parse or accept", program("feed").stderr)


class Manual(unittest.TestCase):
    def pages(self):
        yield "cryptowatch", said("--manual")
        for name in COMMANDS:
            yield "cryptowatch-" + name, said("--manual", name)

    def test_built_pages_are_what_the_program_says(self):
        built = harness.BIN.parent / "src/cli"
        for name, text in self.pages():
            self.assertEqual((built / (name + ".1")).read_text(), text, name)

    def test_page_has_what_the_help_has(self):
        for name in COMMANDS:
            with self.subTest(name):
                page, text = plain(said("--manual", name)), said("help", name)
                for option in options_in(text):
                    self.assertRegex(page, r"(?m)^%s\b" % option)
                for verb in re.findall(r"(?m)^  (\w+)", part(text, "subcommands")):
                    self.assertRegex(page, r"(?m)^%s\b" % verb)
                for line in part(text, "examples").splitlines():
                    self.assertIn(line[2:], page.splitlines())

    def test_page_is_the_same_wherever_it_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            env = {"HOME": folder, "TZ": "Asia/Seoul", "LC_ALL": "ko_KR.UTF-8", "COLUMNS": "40"}
            done = program("--manual", "scan", cwd=folder, env=env)
        self.assertEqual(done.stdout, said("--manual", "scan"))
        self.assertNotRegex(done.stdout, r"20\d\d-|%s" % re.escape(str(harness.ROOT.resolve())))

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_groff_has_nothing_to_warn_of(self):
        pages = dict(self.pages())
        for path in sorted((harness.ROOT / "docs/man").glob("*.5")):
            pages[path.name] = path.read_text()
        self.assertEqual(len(pages), len(COMMANDS) + 4)
        for name, text in pages.items():
            done = subprocess.run(["groff", "-ww", "-man", "-Tutf8"], input=text, capture_output=True,
                                  text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            self.assertIn("SEE ALSO", re.sub(r".\x08|\x1b\[\d*m", "", done.stdout), name)

    @unittest.skipUnless(shutil.which("lexgrog"), "man-db is not installed")
    def test_mandb_finds_name_and_summary(self):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in self.pages():
                path = pathlib.Path(folder) / (name + ".1")
                path.write_text(text)
                done = subprocess.run(["lexgrog", path], capture_output=True, text=True, timeout=60)
                self.assertRegex(done.stdout, '"%s - .+"' % name)
        for path in sorted((harness.ROOT / "docs/man").glob("*.5")):
            done = subprocess.run(["lexgrog", path], capture_output=True, text=True, timeout=60)
            self.assertRegex(done.stdout, '"%s - .+"' % path.name[:-2])

    def test_page_of_no_command_is_refused(self):
        self.assertEqual(program("--manual", "none").returncode, 64)


def offered(*words):
    """Words that are offered, with what is said of each."""
    lines = said("--complete", *words).splitlines()
    return dict(line.split("\t") if "\t" in line else (line, None) for line in lines)


class Completion(unittest.TestCase):
    def test_commands_are_offered_with_their_summary(self):
        found = offered("")
        self.assertEqual([word for word in found if not word.startswith("-")], [*COMMANDS, "help"])
        self.assertTrue(all(found.values()))
        self.assertEqual(list(offered("de")), ["deliver"])
        self.assertEqual(list(offered("help", "de")), ["deliver"])
        self.assertEqual(list(offered("--completion", "")), ["bash", "zsh", "fish"])

    def test_every_option_of_the_help_is_offered(self):
        for name in COMMANDS:
            self.assertEqual(set(offered(name, "--")), options_in(said("help", name)), name)

    def test_subcommands_then_their_own_options(self):
        self.assertEqual(list(offered("feed", "")), ["list", "status", "parse", "accept"])
        self.assertIn("--format", offered("feed", "parse", "--"))
        self.assertNotIn("--format", offered("feed", "status", "--"))
        self.assertEqual(list(offered("alert", "list", "--si")), ["--since"])

    def test_values_files_and_folders(self):
        for words, expected in (
                (("key", "show", "--role", ""), ["alert", "delivery", "log"]),
                (("feed", "parse", "--format", "ofac-a"), ["ofac-advanced"]),
                (("feed", "parse", "--format=ofac-a"), ["--format=ofac-advanced"]),
                (("feed", "parse", "--format", "=", "ofac-a"), ["ofac-advanced"]),  # as bash cuts it
                (("screen", "--against", "="), ["feeds", "rules", "all"]),
                (("scan", "--config", ""), [":files"]), (("verify", ""), [":files"]),
                (("feed", "parse", "--format", "csv", ""), [":files"]), (("rule", "lint", ""), [":folders"]),
                (("init", ""), [":folders"]), (("scan", ""), []), (("scan", "--feed", ""), []),
                (("doctor", "da"), ["database"]), (("nothing", ""), []), (("scan", "--", "--"), [])):
            self.assertEqual(list(offered(*words)), expected, words)

    def test_script_of_an_unknown_shell_is_refused(self):
        for words in (["--completion"], ["--completion", "tcsh"]):
            done = program(*words)
            self.assertEqual((done.returncode, done.stdout), (64, ""))
            self.assertIn("bash zsh fish", done.stderr)

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_bash_offers_the_same(self):
        script = said("--completion", "bash")
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "a list.csv").write_text("")
            for words, expected in ((("feed", "st"), ["status"]), (("check", "--ex"), ["--explain"]),
                                    (("feed", "parse", "--format", "csv", "a"), ["a list.csv"]),
                                    (("scan", "--config", "=", "a"), ["a list.csv"]),
                                    (("key", "show", "--role", "="), ["alert", "delivery", "log"])):
                lines = [script, 'COMP_WORDS=(cryptowatch "$@")', "COMP_CWORD=$#",
                         "_cryptowatch cryptowatch cryptowatch ''", 'printf "%s\\n" "${COMPREPLY[@]}"']
                env = {"PATH": "%s:%s" % (harness.BIN.resolve(), os.environ["PATH"])}
                done = subprocess.run(["bash", "--norc", "-c", "\n".join(lines), "bash", *words], cwd=folder,
                                      env=env, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.stdout.splitlines(), expected, (words, done.stderr))

    def on_tab(self, words, first):
        """What the shell shows once a key was pressed; `first` is its first command."""
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "_cryptowatch").write_text(said("--completion", words[0]))
            env = {"PATH": "%s:%s" % (harness.BIN.resolve(), os.environ["PATH"]), "TERM": "dumb",
                   "HOME": folder, "PS1": "$ ", "INPUTRC": "/dev/null"}
            pid, fd = pty.fork()
            if pid == 0:
                os.execve(shutil.which(words[0]), words, env)
            os.write(fd, (first % folder + "; echo rea''dy\n").encode())
            self.until(fd, b"ready\r\n")
            os.write(fd, b"cryptowatch feed sta\t")
            shown = self.until(fd, b"status")
            os.write(fd, b"\x15exit\n")
            os.waitpid(pid, 0)
            os.close(fd)
        self.assertIn(b"cryptowatch feed status", shown)

    def until(self, fd, mark):
        shown, deadline = b"", time.monotonic() + 30
        while mark not in shown and time.monotonic() < deadline:
            if select.select([fd], [], [], 0.2)[0]:
                shown += os.read(fd, 4096)
        self.assertIn(mark, shown)
        return shown

    @unittest.skipUnless(shutil.which("bash"), "bash is not installed")
    def test_tab_in_bash_completes(self):
        self.on_tab(["bash", "--norc", "--noprofile", "-i"], ". %s/_cryptowatch")

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_tab_in_zsh_completes(self):
        self.on_tab(["zsh", "-f", "-i"], "fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D")

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_the_same(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "script"
            path.write_text(said("--completion", "fish"))
            env = {"PATH": "%s:%s" % (harness.BIN.resolve(), os.environ["PATH"]), "HOME": folder}
            for line, expected in (("feed st", ["status"]), ("key show --role=", ["--role=alert", "--role=delivery",
                                                                             "--role=log"]),
                                   ("verify scr", ["script"])):
                command = "source %s; complete -C 'cryptowatch %s'" % (path, line)
                done = subprocess.run(["fish", "--no-config", "-c", command], cwd=folder, env=env, capture_output=True,
                                      text=True, timeout=60)
                self.assertEqual([row.split("\t")[0] for row in done.stdout.splitlines()], expected, done.stderr)

    def test_scripts_are_sound_for_their_shell(self):
        for shell in ("bash", "zsh", "fish"):
            with self.subTest(shell):
                if shutil.which(shell) is None:
                    self.skipTest(shell + " is not installed")
                done = subprocess.run([shell, "-n"], input=said("--completion", shell), capture_output=True,
                                      text=True, timeout=60)
                self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    harness.main()
