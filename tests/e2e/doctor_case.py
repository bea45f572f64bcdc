"""A home that has scanned and delivered once, damaged by each test, for test_doctor*.py."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import harness

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"


class Shared:
    """One server of lists, one receiver and one home that has scanned and delivered, for all tests:
    each gets a copy of the home, with the times of its files, and the servers as they were."""
    lists = receiver = home = None

    @classmethod
    def open(cls):
        cls.lists = harness.ListServer()
        cls.receiver = harness.Receiver()
        cls.home = harness.Home()
        cls.home.endpoint(cls.receiver)
        cls.home.rule("case", [LISTED])
        cls.home.feed("list", cls.lists.put("/list", LISTED + "\n"))
        code, _, stderr = cls.home.scan()
        assert code == 0, stderr

    @classmethod
    def copy(cls):
        home = harness.Home.__new__(harness.Home)
        home.base = harness.make_folder()
        home.path = home.base / "home"
        home.now = None
        home.config = home.path / "cryptowatch.json"
        shutil.copytree(cls.home.path, home.path, copy_function=shutil.copy2)
        return home

    @classmethod
    def close(cls):
        cls.home.close()
        cls.receiver.close()
        cls.lists.close()


class Findings(unittest.TestCase):
    """Of a test that has `look`."""

    def bad(self, name):
        """(exit code of its group, the first finding of that name that is not ok)"""
        code, findings = self.look(name.split(".")[0])
        for finding in findings:
            if finding["name"] == name and finding["state"] != "ok":
                return code, finding
        self.fail("%s is ok: %s" % (name, findings))


class Doctor(Findings):
    """A home that has scanned and delivered once, and what an operator does with it."""

    def setUp(self):
        self.lists = Shared.lists
        self.lists.documents = {}
        self.lists.put("/list", LISTED + "\n")
        self.receiver = Shared.receiver
        self.receiver.posts, self.receiver.plan = [], []
        self.home = Shared.copy()
        self.state = self.home.path / "state"

    def tearDown(self):
        self.home.close()

    def look(self, *groups):
        """(exit code, findings)"""
        done = self.home.run("doctor", "--json", *groups)
        self.assertNotEqual(done.stdout, "", done.stderr)
        return done.returncode, json.loads(done.stdout)

    def assert_well(self, *groups):
        code, findings = self.look(*groups)
        self.assertEqual([f for f in findings if f["state"] != "ok"], [])
        self.assertEqual(code, 0)

    def type(self, finding, stdin=None, more=""):
        """Types the command, as it stands there, into a shell that finds this program."""
        env = dict(self.home.env(), PATH="%s:%s" % (harness.PROGRAM.resolve().parent, os.environ["PATH"]))
        return subprocess.run(["/bin/sh", "-c", finding["command"] + more], env=env, input=stdin,
                              capture_output=True, text=True, timeout=120)

    def mend(self, finding, expected=0):
        done = self.type(finding)
        self.assertEqual(done.returncode, expected, (finding["command"], done.stderr))
