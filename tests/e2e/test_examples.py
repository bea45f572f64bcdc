"""The worked examples of the specification, read where they lie: every key spelling is reproduced,
every alert accepted, every byte of the small parts that is changed makes it invalid."""
import base64
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import harness

EXAMPLES = harness.SHARED / "reference/examples"
KEYS = EXAMPLES / "keys"
ALERTS = EXAMPLES / "alerts"
PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
SOURCE = "https://scanner.agency.example/cryptowatch"


def pem(seed):
    body = base64.b64encode(PKCS8 + seed).decode()
    return "-----BEGIN PRIVATE KEY-----\n%s\n-----END PRIVATE KEY-----\n" % body


class Examples(unittest.TestCase):
    def setUp(self):
        self.home = harness.Home()
        self.seeds = {name: bytes.fromhex(seed) for name, seed in
                      json.loads((KEYS / "TEST-SEEDS.json").read_text())["seeds_hex"].items()}

    def tearDown(self):
        self.home.close()

    def show(self, role, seed, form):
        path = self.home.path / "keys" / (role + ".pem")
        path.write_text(pem(self.seeds[seed]))
        path.chmod(0o600)
        done = self.home.run("key", "show", "--role", role, "--format", form)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def verify(self, *args, jwks=KEYS / "scanner.jwks.json"):
        return subprocess.run([harness.PROGRAM, "verify", "--jwks", str(jwks), *map(str, args)],
                              capture_output=True, text=True)

    def test_every_spelling_of_the_test_keys(self):
        published = {k["kid"]: k for name in ("scanner", "partner")
                     for k in json.loads((KEYS / (name + ".jwks.json")).read_text())["keys"]}
        for seed in ("alert", "alert-old", "partner"):
            key = published[self.show("alert", seed, "kid")]
            self.assertEqual(json.loads(self.show("alert", seed, "jwk")),
                             {name: key[name] for name in ("crv", "kty", "x")})
        self.assertEqual(self.show("alert", "alert", "pem"), (KEYS / "alert.pem").read_text().strip())
        for line, seed in zip((KEYS / "allowed_signers").read_text().splitlines(),
                              ("alert", "partner")):
            self.assertTrue(line.endswith(" " + self.show("alert", seed, "ssh")))
        for seed in ("delivery", "delivery-old"):
            self.assertEqual(self.show("delivery", seed, "whpk"),
                             (KEYS / (seed + ".whpk")).read_text().strip())
        self.home.configure(source=SOURCE)
        self.assertEqual(self.show("log", "log", "vkey"), (KEYS / "log.vkey").read_text().strip())
        self.home.configure(log={"origin": "partner.agency.example/witness"})
        name, _, key = (KEYS / "witness.vkey").read_text().strip().split("+", 2)
        self.assertEqual(self.show("log", "witness", "vkey").split("+")[0], name)

    def test_every_alert_in_every_shape(self):
        shapes = [path for path in ALERTS.glob("*.jws*") if "detached" not in path.name]
        self.assertEqual(len(shapes), 7)
        for path in shapes:
            self.assertEqual(self.verify(path).returncode, 0, path)
        detached = ALERTS / "001-listed.detached.jws.json"
        self.assertEqual(self.verify(detached).returncode, 2)
        self.assertEqual(self.verify("--body", ALERTS / "001-listed.json", detached).returncode, 0)
        self.assertEqual(self.verify("--body", ALERTS / "002-changed.json", detached).returncode, 1)
        both = json.loads(self.verify("--json", ALERTS / "001-listed.countersigned.jws.json").stdout)
        self.assertEqual([s["state"] for s in both["signatures"]],
                         ["good", "unknown key, not checked"])
        self.assertEqual(self.verify(ALERTS / "001-listed.jws.json",
                                     jwks=KEYS / "partner.jwks.json").returncode, 2)

    def test_the_countersigned_alert_is_reproduced(self):
        path = self.home.base / "partner.pem"
        path.write_text(pem(self.seeds["partner"]))
        path.chmod(0o600)
        wanted = (ALERTS / "001-listed.countersigned.jws.json").read_text()
        header = json.loads(harness.unbase64url(json.loads(wanted)["signatures"][1]["protected"]))
        self.home.now = "2026-11-20T09:00:00Z"
        done = subprocess.run(
            [harness.PROGRAM, "verify", "--jwks", str(KEYS / "scanner.jwks.json"), "--countersign",
             header["cw_purpose"], "--key", str(path), str(ALERTS / "001-listed.jws.json")],
            capture_output=True, text=True, env=self.home.env())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(header["iat"], 1795165200)
        self.assertEqual(done.stdout, wanted)

    def test_what_the_unit_tests_reproduce_is_what_lies_here(self):
        """test_alert, test_preset and test_delivery_headers make these files byte by byte."""
        fixtures = harness.ROOT / "tests/fixtures"
        for path in sorted((fixtures / "alert").glob("00*")):
            self.assertEqual(path.read_bytes(), (ALERTS / path.name).read_bytes(), path.name)
        made = {path.name for path in (fixtures / "alert").glob("00*")}
        self.assertEqual({path.name for path in ALERTS.iterdir()} - made,
                         {"001-listed.signing-input.txt"})
        alert = json.loads((ALERTS / "001-listed.jws.json").read_text())
        self.assertEqual((ALERTS / "001-listed.signing-input.txt").read_text().strip(),
                         "%s.%s" % (alert["signatures"][0]["protected"], alert["payload"]))
        presets = {"slack": "slack", "teams": "teams-workflow", "pagerduty": "pagerduty",
                   "alertmanager": "alertmanager"}
        self.assertEqual({name + ".json" for name in presets.values()},
                         {path.name for path in (EXAMPLES / "presets").iterdir()})
        for ours, theirs in presets.items():
            self.assertEqual(json.loads((fixtures / ("preset/001-%s.json" % ours)).read_text()),
                             json.loads((EXAMPLES / "presets" / (theirs + ".json")).read_text()))
        for path in sorted((EXAMPLES / "delivery").iterdir()):
            head, _, body = path.read_bytes().partition(b"\n\n")
            if not body:
                head, _, body = path.read_bytes().partition(b"\r\n\r\n")
            ours = (fixtures / "deliver" / (path.stem + ".headers")).read_text().splitlines()
            sent = [line for line in head.decode().splitlines()[1:]
                    if line.split(":")[0] in {one.split(":")[0] for one in ours}]
            self.assertEqual(sorted(ours), sorted(sent), path.name)
            self.assertGreaterEqual(len(ours), 5)
            self.assertEqual(body, (ALERTS / "001-listed.json").read_bytes(), path.name)

    def test_the_log_and_the_proof(self):
        """Accepted as they lie there; every tenth byte that is changed makes them invalid."""
        vkeys = [word for name in ("log.vkey", "witness.vkey")
                 for word in ("--vkey", (KEYS / name).read_text().strip())]
        log = self.home.base / "log"
        shutil.copytree(EXAMPLES / "log", log)
        self.assertEqual(self.verify(*vkeys, log).returncode, 0)
        alert, proof = ALERTS / "001-listed.jws.json", EXAMPLES / "proofs/001-listed.tlog-proof"
        for good in (proof, EXAMPLES / "bundle/alert.tlog-proof"):
            done = self.verify("--json", *vkeys, "--proof", good, alert)
            self.assertEqual(done.returncode, 0, done.stdout)
            self.assertEqual([s["state"] for s in json.loads(done.stdout)["log_proof"]["signatures"]],
                             ["good", "good"])
        self.assertEqual(self.verify(*vkeys, "--proof", proof,
                                     ALERTS / "002-changed.jws.json").returncode, 1)
        older = EXAMPLES / "proofs/checkpoint-4"
        done = self.home.run("log", "verify", *vkeys, "--against", str(older), str(log))
        self.assertEqual(done.returncode, 0, done.stdout)
        for path in sorted(file for file in log.rglob("*") if file.is_file()):
            self.refuse_changes(path, path, lambda: self.verify(*vkeys, log))
        changed = self.home.base / "changed.tlog-proof"
        self.refuse_changes(proof, changed, lambda: self.verify(*vkeys, "--proof", changed, alert))
        changed = self.home.base / "checkpoint-4"
        self.refuse_changes(older, changed, lambda: self.home.run(
            "log", "verify", *vkeys, "--against", str(changed), str(log)))

    def refuse_changes(self, source, target, check):
        whole = source.read_bytes()
        for at in range(0, len(whole), max(10, len(whole) // 40)):
            target.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
            done = check()
            # a line with another name or key is no longer the witness's, and counts for nothing
            if done.returncode != 0 or "witness: absent" not in done.stdout:
                self.assertIn(done.returncode, (1, 2), (source.name, at, done.stdout))
        target.write_bytes(whole)
        self.assertEqual(check().returncode, 0)

    def test_the_bundle(self):
        folder = EXAMPLES / "bundle"
        for line in (folder / "SHA256SUMS").read_text().splitlines():
            sha256, name = line.split()
            self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), sha256)
        jwks = folder / "scanner.jwks.json"
        done = self.verify("--json", folder / "alert.jws.json", jwks=jwks)
        self.assertEqual(done.returncode, 0, done.stdout)
        found = json.loads(done.stdout)
        self.assertEqual(found["sha256"], hashlib.sha256((folder / "alert.json").read_bytes())
                         .hexdigest())
        alert = json.loads((folder / "alert.json").read_text())
        self.assertEqual(alert["data"]["provenance"]["snapshot_sha256"],
                         hashlib.sha256((folder / "snapshot").read_bytes()).hexdigest())

    def changed(self, source, step=10):
        """The file with one bit of every tenth byte changed, each beside the others."""
        work = pathlib.Path(tempfile.mkdtemp(dir=self.home.base))
        whole = source.read_bytes()
        paths = []
        for at in range(0, len(whole), step):
            paths.append(work / ("%s-%05d" % (source.name, at)))
            paths[-1].write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        return paths

    def test_a_changed_byte_of_an_alert_is_refused_in_every_shape(self):
        """Every tenth byte here, through the program; every bit in the unit tests. Whose signature a
        changed key id makes is unknown, and may stand beside that of an issuer."""
        for name in ("scanner", "partner"):
            shutil.copy(KEYS / (name + ".jwks.json"), self.home.path / "trust.d")
        shapes = [path for path in ALERTS.glob("*.jws*") if "detached" not in path.name]
        for shape in shapes:
            paths = self.changed(shape)
            self.assertEqual(self.home.run("verify", str(shape)).returncode, 0, shape)
            done = self.home.run("verify", "--json", *map(str, paths))
            found = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual((done.returncode, len(found)), (1, len(paths)))
            for one in found:
                if one["result"] == "valid":
                    self.assertIn("countersigned", one["file"])
                    self.assertEqual([s["state"] for s in one["signatures"]],
                                     ["good", "unknown key, not checked"], one["file"])
        detached = ALERTS / "001-listed.detached.jws.json"
        for path in self.changed(detached):
            self.assertIn(self.verify("--body", ALERTS / "001-listed.json", path).returncode, (1, 2))
        for path in self.changed(ALERTS / "001-listed.json", 100):
            self.assertEqual(self.verify("--body", path, detached).returncode, 1, path)

    def test_a_changed_key_is_no_key(self):
        """A key id is the hash of its key, and a vkey has one of name and key."""
        for name in ("log.vkey", "witness.vkey"):
            whole = (KEYS / name).read_text().strip()
            for at in range(len(whole)):
                other = whole[:at] + ("B" if whole[at] == "A" else "A") + whole[at + 1:]
                done = self.home.run("log", "verify", str(EXAMPLES / "log"), "--vkey", other)
                self.assertEqual(done.returncode, 64, other)
        for name, alert in (("scanner", "001-listed"), ("partner", "001-listed.countersigned")):
            text = (KEYS / (name + ".jwks.json")).read_text()
            for key in json.loads(text)["keys"]:
                for value in (key["x"], key["kid"]):
                    changed = self.home.base / "changed.jwks.json"
                    changed.write_text(text.replace(value, value[:20] + (
                        "B" if value[20] == "A" else "A") + value[21:]))
                    done = self.verify(ALERTS / (alert + ".jws.json"), jwks=changed)
                    self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                    self.assertIn("kid", done.stderr)


if __name__ == "__main__":
    if not EXAMPLES.exists():
        print("skipped: no shared data beside the source tree")
        sys.exit(77)  # CTest: skipped
    harness.main()
