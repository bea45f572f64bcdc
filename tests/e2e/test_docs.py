"""Every command in the README and in the documents named below is run, in the order of the document;
what needs an installed package is fenced and run by scripts/test-package. Commands in addresses.md,
log.md and verify.md are run by e2e.address_words, e2e.log and docs.verify."""
import json
import os
import re
import subprocess
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
FENCE = re.compile(r"^```.*?^```$", re.M | re.S)
EXITS = re.compile(r"^(.*?)\s+# exits (\d+)\b.*$")
RUN_ELSEWHERE = {"addresses.md", "log.md", "verify.md"}
NOT_OURS = {"performance.md"}  # what a benchmark ran, on homes of its own


def page(name):
    return (harness.ROOT / ("" if name == "README.md" else "docs") / name).read_text()


def commands(name):
    """The indented blocks outside of fences. "# exits N" behind a command is what it must end with."""
    lines = [line[4:] for line in FENCE.sub("", page(name)).splitlines() if line.startswith("    ")]
    return [EXITS.sub(r"code=0; \1 || code=$?; test $code = \2", line) for line in lines]


class Docs(harness.Case):
    def shell(self, lines):
        env = self.home.env()
        env.update(PATH="%s:%s" % (harness.BIN.resolve(), env["PATH"]),
                   CRYPTOWATCH_CONFIG=str(self.home.config),
                   CRYPTOWATCH_HOME=str(self.home.path))
        work = self.home.base / "work"
        work.mkdir(exist_ok=True)
        (work / "passphrase.txt").write_text("correct horse battery\n")
        (work / "transfers.csv").write_text("to,amount\n%s,12\n" % LISTED.lower())
        (work / "my-list.txt").write_text(LISTED + "\n")
        return subprocess.run(["sh", "-eu", "-c", "\n".join(lines)], cwd=work, env=env,
                              capture_output=True, text=True, timeout=120)

    def scan(self):
        self.home.rule("ronin", [LISTED])
        self.home.feed("example", self.lists.put("/list.txt", LISTED + "\n"))
        self.assertEqual(self.home.scan()[0], 0)

    def alert_id(self):
        return json.loads(self.home.run("alert", "list", "--json").stdout.splitlines()[0])["id"]

    def run_document(self, name, at_least, replace=None):
        self.scan()
        lines = commands(name)
        for what, by in (replace or {}).items():
            lines = [re.sub(what, by, line) for line in lines]
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

    def test_report(self):
        self.assertIn("partner.html", self.run_document("report.md", 6))
        page = (self.home.base / "work" / "report.html").read_bytes()
        self.assertTrue(page.startswith(b"<!DOCTYPE html>\n<html lang=\"ko\">"))

    def test_operators(self):
        self.run_document("operators.md", 2)
        self.assertTrue((self.home.base / "work/restored/state/state.db").exists())

    def test_analysts(self):
        case = json.loads(re.search(r"^```json\n(.*?)^```$", page("analysts.md"), re.M | re.S).group(1))
        (self.home.path / "rules" / (case["id"] + ".json")).write_text(json.dumps(case))
        self.scan()
        out = self.run_document("analysts.md", 13, {r"\bID\b": self.alert_id()})
        self.assertIn("Theft from a wallet service", out)

    def test_partners(self):
        self.scan()
        out = self.run_document("partners.md", 7, {r"\bID\b": self.alert_id()})
        self.assertIn("valid", out)

    def test_alert_format(self):
        """Both sides of the page are this home: partner.jwks.json and theirs.jws.json are its own."""
        self.scan()
        ours = ["cryptowatch key show --format jwks > partner.jwks.json",
                "cryptowatch key show --format pem > alert.pem",
                "cryptowatch key show --role log --format vkey > log.vkey",
                "cryptowatch alert export %s > theirs.jws.json" % self.alert_id()]
        lines = [re.sub(r"\bID\b", self.alert_id(), line) for line in commands("alert-format.md")]
        self.assertGreaterEqual(sum("cryptowatch " in line for line in lines), 7)
        done = self.shell(ours + lines)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("Signature Verified Successfully", done.stdout)

    def test_delivery(self):
        self.scan()
        lines = [line for line in commands("delivery.md") if line.startswith("cryptowatch ")]
        self.assertGreaterEqual(len(lines), 5)
        names = {"alert": self.alert_id(), "webhook": "soc"}
        for line in lines:
            verb = line.split()[1]
            done = self.shell([re.sub(r"\bID\b", names[verb], line)])
            self.assertEqual(done.returncode, 0, line + done.stdout + done.stderr)

    def test_readme(self):
        """With the shipped cases and the bundled lists, as somebody without a network has them."""
        home = self.home.base / "srv"
        self.home.run("init", "--quiet", home)
        for file in (home / "feeds").glob("*.json"):
            if not json.loads(file.read_text())["url"].startswith("file:"):
                file.unlink()
        self.assertEqual(self.home.run("scan", "--no-deliver", "--config", home / "cryptowatch.json").returncode, 0)
        text = page("README.md")
        asked = re.search(r"cryptowatch check --config \S+ (\S+)", text).group(1)
        done = self.home.run("check", "--config", home / "cryptowatch.json", asked)
        self.assertEqual(done.returncode, 10)
        self.assertIn("```\n%s```" % done.stdout, text)

    def test_no_page_with_commands_is_left_out(self):
        with_commands = {file.name for file in (harness.ROOT / "docs").glob("*.md")
                         if any(line.lstrip("$ ").startswith("cryptowatch ") for line in commands(file.name))}
        here = set(re.findall(r'"([a-z-]+\.md)", \d+|commands\("([a-z-]+\.md)"\)', (harness.ROOT /
                   "tests/e2e/test_docs.py").read_text()))
        run = {name for pair in here for name in pair if name}
        self.assertEqual(with_commands - run - RUN_ELSEWHERE - NOT_OURS, set())

    def test_links_resolve(self):
        """Files that a page names, in backquotes or as links."""
        missing = []
        for file in [harness.ROOT / "README.md", harness.ROOT / "SECURITY.md", harness.ROOT / "CONTRIBUTING.md",
                     *(harness.ROOT / "docs").glob("*.md")]:
            text = file.read_text()
            named = re.findall(r"`((?:docs|src|tests|scripts|bench|feeds|rules|include|packaging)/[A-Za-z0-9._/-]+)`",
                               text)
            named += [link for link in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in link]
            for name in named:
                if not ((harness.ROOT / name).exists() or (file.parent / name).exists()):
                    missing.append("%s: %s" % (file.name, name))
        self.assertEqual(missing, [])


if __name__ == "__main__":
    harness.main()
