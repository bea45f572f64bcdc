"""Keys from end to end: made, shown, put under a passphrase, rotated with overlap, revoked, and
taken from systemd. Partners verify with nothing but the published set."""
import base64
import datetime
import json
import os
import pathlib
import stat
import subprocess
import unittest

import jsonschema

import harness

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
OTHER = "0xa0e1c89Ef1a489c9C7dE96311eD5Ce5D32c20E4B"
PASSPHRASE = "correct horse battery"
FIXTURES = harness.ROOT / "tests/fixtures/alert"
FORMATS = ("jwk", "kid", "pem", "ssh", "whpk", "vkey")


class Keys(harness.Case):
    def setUp(self):
        super().setUp()
        self.keys = self.home.path / "keys"
        self.home.rule("ronin", [RONIN])
        self.serve(OTHER)
        self.home.feed("example", self.url)

    def serve(self, *addresses):
        self.url = self.lists.put("/list.txt", "\n".join(addresses) + "\n")

    def run_with(self, passphrase, *args):
        """A command that reads a passphrase from descriptor 3."""
        read, write = os.pipe()
        os.write(write, passphrase.encode() + b"\n")
        os.close(write)
        command = self.home.command(*args, "--passphrase-fd", str(read))
        done = subprocess.run(command, capture_output=True, text=True, env=self.home.env(),
                              pass_fds=(read,), timeout=120, start_new_session=True)
        os.close(read)
        return done

    def kid(self, *args):
        done = self.home.run("key", "show", "--format", "kid", *args)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def published(self):
        return json.loads((self.keys / "keys.jwks.json").read_text())

    def verify(self, alert, jwks=None):
        path = self.home.base / "alert.jws.json"
        path.write_text(self.home.run("alert", "export", alert["id"]).stdout)
        args = ("--jwks", str(jwks)) if jwks is not None else ()
        done = self.home.run("verify", "--json", *args, str(path))
        return done.returncode, json.loads(done.stdout)

    def signers(self, posts):
        return [len([part for part in headers["webhook-signature"].split(" ")
                     if part.startswith("v1a,")]) for headers, _ in posts]

    def scan_at(self, time, *addresses):
        """A scan with news in it; gives the alert and the headers that it came with."""
        self.serve("# edition of " + time, *addresses)  # the bytes of an earlier one would be held
        self.home.now = time
        before = len(self.receiver.posts)
        code, report, stderr = self.home.scan("--force")
        self.assertEqual(code, 0, stderr)
        fresh = [(headers, json.loads(body)) for headers, body in self.receiver.posts[before:]]
        return [(headers, alert) for headers, alert in fresh
                if alert["type"].startswith("cryptowatch.address")][-1]

    def test_a_key_that_ends_without_a_successor_is_told_of(self):
        """For thirty days before its end, and afterwards; not when one is prepared."""
        (key,) = self.published()["keys"]
        rotate = "`cryptowatch key rotate --role alert --config %s`" % self.home.config
        for days, words in ((-31, ""), (-29, "signs until "), (1, "can be verified by nobody")):
            at = datetime.datetime.fromtimestamp(key["exp"] + days * 86400, datetime.timezone.utc)
            self.home.now = at.strftime("%Y-%m-%dT%H:%M:%SZ")
            code, _, stderr = self.home.scan("--no-deliver")
            self.assertEqual((code, rotate in stderr), (0, words != ""), stderr)
            self.assertIn(words, stderr)
            checks = json.loads(self.home.run("doctor", "--json").stdout)
            (check,) = [c for c in checks if c["name"] == "keys.alert"]
            self.assertEqual(check["state"], {-31: "ok", -29: "warning", 1: "error"}[days], check)
            self.assertEqual("key rotate" in str(check["command"]), words != "")
        self.assertEqual(self.home.run("key", "rotate").returncode, 0)
        self.assertNotIn("key rotate", self.home.scan("--no-deliver")[2])

    def test_the_next_alert_key_takes_over_at_its_time_and_the_old_one_is_superseded(self):
        old = self.kid()
        self.home.now = "2027-01-01T00:00:00Z"
        done = self.home.run("key", "rotate", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        rotation = json.loads(done.stdout)
        self.assertEqual((rotation["from"], rotation["is_new"]), ("2027-01-15T00:00:00Z", True))
        self.assertNotEqual(rotation["kid"], old)
        self.assertEqual(self.kid(), old)
        self.assertEqual(self.kid("--next"), rotation["kid"])
        self.assertEqual([k["kid"] for k in self.published()["keys"]], [old, rotation["kid"]])
        self.assertNotIn("revoked", json.dumps(self.published()))
        mode = stat.S_IMODE((self.keys / "alert.next.pem").stat().st_mode)
        self.assertEqual(mode, 0o600)
        # repeated: nothing is made twice, nothing is told twice
        again = json.loads(self.home.run("key", "rotate", "--json").stdout)
        self.assertEqual(again, dict(rotation, is_new=False))
        self.home.run("deliver")
        (told,) = [a for a in self.receiver.alerts() if a["type"] == "cryptowatch.key.changed"]
        self.assertEqual(told["subject"], "key:" + rotation["kid"])
        code, found = self.verify(told)
        self.assertEqual((code, found["signatures"][0]["kid"]), (0, old))
        # one second before its time, and at it
        _, first = self.scan_at("2027-01-14T23:59:59Z", RONIN, OTHER)
        code, found = self.verify(first)
        self.assertEqual((code, found["signatures"][0]["kid"]), (0, old))
        _, second = self.scan_at("2027-01-15T00:00:00Z", OTHER)
        code, found = self.verify(second)
        self.assertEqual((code, found["signatures"][0]["kid"]), (0, rotation["kid"]))
        (former, _) = self.published()["keys"]
        self.assertEqual(former["revoked"], {"reason": "superseded", "revoked_at": 1799971200})
        # the old alert stays good, for partners who have nothing but the set
        code, found = self.verify(first, self.keys / "keys.jwks.json")
        self.assertEqual(code, 0, found)
        self.assertEqual(self.kid(), rotation["kid"])
        # the next rotation puts the old key aside, and deletes nothing
        third = json.loads(self.home.run("key", "rotate", "--json").stdout)
        self.assertEqual(self.kid(), rotation["kid"])
        self.assertEqual(self.kid("--next"), third["kid"])
        self.assertEqual(len(list(self.keys.glob("alert.pem.*.old"))), 1)
        self.assertEqual([k["kid"] for k in self.published()["keys"]],
                         [old, rotation["kid"], third["kid"]])

    def entries(self, kind):
        """Entries of one kind of a log of less than 256."""
        (size,) = [int(line) for line in
                   (self.home.path / "state/log/checkpoint").read_text().split("\n")[1:2]]
        bundle = (self.home.path / ("state/log/tile/entries/000.p/%d" % size)).read_bytes()
        found = []
        while bundle:
            end = 2 + int.from_bytes(bundle[:2], "big")
            found.append(json.loads(bundle[2:end]))
            bundle = bundle[end:]
        return [entry for entry in found if entry["t"] == kind]

    def told(self, role):
        """What the log says of the keys of a role, in its order."""
        return [(entry["kid"], entry["state"], entry.get("reason", ""), entry["at"])
                for entry in self.entries("key") if entry["role"] == role]

    def test_rotations_and_revocations_stand_in_the_log(self):
        old, log_key = self.kid(), self.kid("--role", "log")
        self.home.now = "2027-01-01T00:00:00Z"
        second = json.loads(self.home.run("key", "rotate", "--json").stdout)["kid"]
        self.home.run("key", "rotate")  # told before, and told once
        self.scan_at("2027-01-01T00:00:00Z", RONIN, OTHER)
        began, begins = "2027-01-01T00:00:00Z", "2027-01-15T00:00:00Z"
        first = [(old, "active", "", began), (second, "active", "", begins),
                 (old, "retired", "superseded", begins)]
        self.assertEqual(self.told("alert"), first)
        self.assertEqual(self.told("log"), [(log_key, "active", "", began)])
        (changed,) = [a for a in self.receiver.alerts() if a["type"] == "cryptowatch.key.changed"]
        self.assertIn(changed["id"], [entry["id"] for entry in self.entries("alert")])
        # the successor is lost before it signed: the key before it goes on
        self.home.now = "2027-01-10T00:00:00Z"
        for kid, code in (("x" * 43, 65), ("-" + "x" * 42, 65), ("--" + "x" * 41, 65),
                          ("-" + "x" * 41, 64), ("-" + "x" * 43, 64), (second, 0), (second, 65)):
            done = self.home.run("key", "revoke", kid, "--reason", "compromised")
            self.assertEqual(done.returncode, code, done.stderr)
        self.scan_at("2027-01-16T00:00:00Z", OTHER)
        then = "2027-01-10T00:00:00Z"
        self.assertEqual(self.told("alert"), first + [(second, "revoked", "compromised", then),
                                                      (old, "active", "", then)])
        # deliveries are signed by both keys for seven days more
        former = self.kid("--role", "delivery")
        next_one = json.loads(self.home.run("key", "rotate", "--role", "delivery",
                                            "--json").stdout)["kid"]
        self.scan_at("2027-01-16T01:00:00Z", RONIN, OTHER)
        self.assertEqual(self.told("delivery"),
                         [(former, "active", "", began),
                          (next_one, "active", "", "2027-01-30T00:00:00Z"),
                          (former, "retired", "superseded", "2027-02-06T00:00:00Z")])
        done = self.home.run("log", "verify", "--json")
        self.assertEqual((done.returncode, json.loads(done.stdout)["entries"]["key"]), (0, 9))

    def test_a_rotation_that_was_killed_half_way_is_finished_by_the_next(self):
        self.home.now = "2027-01-01T00:00:00Z"
        before = (self.keys / "keys.jwks.json").read_text()
        first = json.loads(self.home.run("key", "rotate", "--json").stdout)
        (self.keys / "keys.jwks.json").write_text(before)  # as if killed before it was published
        old = self.kid()
        self.home.now = "2027-03-01T00:00:00Z"
        _, alert = self.scan_at("2027-03-01T00:00:00Z", RONIN, OTHER)
        code, found = self.verify(alert)
        self.assertEqual((code, found["signatures"][0]["kid"]), (0, old))
        again = json.loads(self.home.run("key", "rotate", "--json").stdout)
        self.assertEqual((again["kid"], again["from"]), (first["kid"], "2027-03-15T00:00:00Z"))
        # and as if killed between the two renames of the rotation after it
        self.home.now = "2027-03-16T00:00:00Z"
        os.rename(self.keys / "alert.pem", self.keys / "alert.pem.aside.old")
        _, alert = self.scan_at("2027-03-16T00:00:00Z", OTHER)
        code, found = self.verify(alert)
        self.assertEqual((code, found["signatures"][0]["kid"]), (0, first["kid"]))
        self.assertEqual(self.home.run("key", "rotate").returncode, 0)
        self.assertEqual(self.kid(), first["kid"])
        self.assertTrue((self.keys / "alert.pem").exists())

    def test_both_delivery_keys_sign_for_seven_days(self):
        old = self.kid("--role", "delivery")
        self.home.now = "2027-01-01T00:00:00Z"
        done = self.home.run("key", "rotate", "--role", "delivery", "--after", "20d", "--json")
        self.assertEqual(json.loads(done.stdout)["from"], "2027-01-21T00:00:00Z", done.stderr)
        new = self.kid("--role", "delivery", "--next")
        for time, addresses, count in (("2027-01-20T23:59:59Z", (RONIN, OTHER), 1),
                                       ("2027-01-21T00:00:00Z", (OTHER,), 2),
                                       ("2027-01-27T23:59:59Z", (RONIN, OTHER), 2),
                                       ("2027-01-28T00:00:00Z", (OTHER,), 1)):
            headers, _ = self.scan_at(time, *addresses)
            self.assertEqual(self.signers([(headers, None)]), [count], time)
        self.assertNotEqual(old, new)
        kids = [k["kid"] for k in json.loads(
            self.home.run("key", "show", "--role", "delivery", "--format", "jwks").stdout)["keys"]]
        self.assertEqual(kids, [old, new])

    def test_what_cannot_be_rotated_says_why(self):
        for args, code, word in (
                (("--role", "log"), 73, "one key for its life"),
                (("--after", "13d"), 73, "14 days"),
                (("--after", "soon"), 64, "--after"),
                (("--role", "other"), 64, "no role"),
                (("extra",), 64, "key rotate")):
            done = self.home.run("key", "rotate", *args)
            self.assertEqual(done.returncode, code, args)
            self.assertIn(word, done.stderr)
        self.assertEqual(list(self.keys.glob("*.next.pem")), [])

    def test_a_key_revoked_as_compromised_verifies_nothing_and_stops_the_scan(self):
        self.home.now = "2027-01-01T00:00:00Z"
        _, alert = self.scan_at("2027-01-01T00:00:00Z", RONIN, OTHER)
        self.assertEqual(self.verify(alert)[0], 0)
        kid = self.kid()
        for args, code in ((("revoke",), 64), (("revoke", kid, "--reason", "x"), 64),
                           (("revoke", "nobody"), 65),
                           (("revoke", kid, "--since", "yesterday"), 64),
                           (("revoke", kid, "--since", "2027-01-01T00:00:01Z"), 64),
                           (("revoke", kid, "--reason", "superseded", "--since",
                             "2026-12-24T00:00:00Z"), 64),
                           (("rotate", "--since", "2026-12-24T00:00:00Z"), 64),
                           (("revoke", kid, "--since", "2026-12-24T00:00:00Z"), 0),
                           (("revoke", kid), 65)):
            self.assertEqual(self.home.run("key", *args).returncode, code, args)
        code, found = self.verify(alert)
        self.assertEqual((code, found["signatures"][0]["state"]),
                         (1, "key revoked as compromised"))
        (published,) = json.loads((self.keys / "keys.jwks.json").read_text())["keys"]
        self.assertEqual(published["revoked"], {"reason": "compromised", "revoked_at": 1798070400})
        done = self.home.run("scan")
        self.assertEqual(done.returncode, 78)
        self.assertIn("revoked", done.stderr)
        os.rename(self.keys / "alert.pem", self.keys / "alert.pem.stolen")
        self.assertEqual(self.home.run("key", "new").returncode, 0)
        self.home.now = "2027-01-02T00:00:00Z"
        self.assertEqual(self.home.run("scan").returncode, 0)

    def test_a_backup_brings_the_key_back_and_a_wrong_passphrase_does_not(self):
        kid = self.kid("--role", "delivery")
        copy = self.home.base / "delivery.key.json"
        done = self.run_with(PASSPHRASE, "key", "backup", "--role", "delivery", str(copy))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(stat.S_IMODE(copy.stat().st_mode), 0o600)
        sealed = json.loads(copy.read_text())
        self.assertEqual(set(sealed), {"ciphertext", "kdf", "kid", "mem", "nonce", "ops", "role",
                                       "salt", "type", "v"})
        self.assertEqual((sealed["kdf"], sealed["mem"], sealed["ops"], sealed["role"], sealed["kid"],
                          sealed["type"], sealed["v"]),
                         ("argon2id13", 268435456, 3, "delivery", kid, "cryptowatch-secret-key", 1))
        self.assertEqual(copy.read_text(), json.dumps(sealed, separators=(",", ":"),
                                                      sort_keys=True) + "\n")
        again = self.run_with(PASSPHRASE, "key", "backup", "--role", "delivery", str(copy))
        self.assertEqual(again.returncode, 73)  # never overwritten
        done = self.run_with(PASSPHRASE, "key", "restore", str(copy))
        self.assertEqual(done.returncode, 73)  # there is a key
        os.unlink(self.keys / "delivery.pem")
        done = self.run_with("correct horse batterz", "key", "restore", str(copy))
        self.assertEqual(done.returncode, 77)
        self.assertIn("passphrase is wrong", done.stderr)
        self.assertFalse((self.keys / "delivery.pem").exists())
        self.assertEqual(self.run_with(PASSPHRASE, "key", "restore", str(copy)).returncode, 0)
        self.assertEqual(self.kid("--role", "delivery"), kid)
        shown = self.run_with(PASSPHRASE, "key", "show", "--format", "kid", "--key", str(copy))
        self.assertEqual(shown.stdout.strip(), kid)
        self.assertNotIn(PASSPHRASE, shown.stdout + shown.stderr + copy.read_text())

    def test_a_key_under_a_passphrase_is_of_no_use_to_a_scan_and_says_so(self):
        os.unlink(self.keys / "alert.pem")
        done = self.run_with(PASSPHRASE, "key", "new", "--encrypt")
        self.assertEqual(done.returncode, 0, done.stderr)
        os.rename(self.keys / "alert.key.json", self.keys / "alert.pem")
        done = self.home.run("scan")
        self.assertEqual(done.returncode, 78)
        self.assertIn("under a passphrase", done.stderr)
        for passphrase, code in (("seven77", 73), ("x" * 1025, 73)):
            self.assertEqual(self.run_with(passphrase, "key", "new", "--encrypt", "--role",
                                           "log").returncode, code)
        no_terminal = subprocess.run(
            self.home.command("key", "new", "--encrypt", "--role", "log"), capture_output=True,
            text=True, env=self.home.env(), stdin=subprocess.DEVNULL, start_new_session=True)
        self.assertEqual(no_terminal.returncode, 73)
        self.assertIn("--passphrase-fd", no_terminal.stderr)

    def test_systemd_hands_a_key_over_and_the_file_is_not_looked_at(self):
        folder = self.home.base / "credentials"
        folder.mkdir()
        os.rename(self.keys / "alert.pem", folder / "alert.key")
        env = dict(self.home.env(), CREDENTIALS_DIRECTORY=str(folder))

        def scan():
            return subprocess.run(self.home.command("scan"), capture_output=True, text=True, env=env)

        self.assertEqual(self.home.run("scan").returncode, 78)
        for mode, code in ((0o400, 0), (0o440, 0), (0o600, 0), (0o404, 77), (0o460, 77),
                           (0o444, 77)):
            (folder / "alert.key").chmod(mode)
            done = scan()
            self.assertEqual(done.returncode, code, "%o: %s" % (mode, done.stderr))
        (folder / "alert.key").chmod(0o400)
        done = subprocess.run(self.home.command("key", "rotate"), capture_output=True, text=True,
                              env=env)
        self.assertEqual(done.returncode, 73)
        self.assertIn("systemd", done.stderr)
        folder.chmod(0o777)
        self.assertEqual(scan().returncode, 77)
        folder.chmod(0o700)

    def test_keys_that_are_too_open_are_refused_with_what_to_type(self):
        for name, mode, where, word in (("alert.pem", 0o640, self.keys / "alert.pem", "chmod 600"),
                                        ("alert.pem", 0o604, self.keys / "alert.pem", "chmod 600"),
                                        ("keys", 0o770, self.keys, "chmod go-w"),
                                        ("keys", 0o702, self.keys, "chmod go-w")):
            before = stat.S_IMODE(where.stat().st_mode)
            where.chmod(mode)
            for command in ("scan", "key"):
                done = self.home.run(command, *(("show",) if command == "key" else ()))
                self.assertEqual(done.returncode, 77, "%s %o: %s" % (name, mode, done.stderr))
                self.assertIn(word, done.stderr)
            where.chmod(before)
        self.assertEqual(self.home.run("scan").returncode, 0)


if __name__ == "__main__":
    harness.main()
