"""What the program really sent, judged by programs that share no code with it: jose,
standardwebhooks, svix, ajv and cloudevents from npm, and node:crypto.

  test_interop.py BIN ROOT INSTALL     INSTALL: where the packages are installed, kept between runs

Ends with 77, which CTest calls skipped, when there is no node or the packages cannot be had.
"""
import base64
import json
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
INSTALL = pathlib.Path(sys.argv.pop(3))
sys.path.insert(0, str(HERE.parent / "e2e"))
import harness  # noqa: E402
import npm  # noqa: E402

FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


class Interop(harness.Case):
    def setUp(self):
        super().setUp()
        self.whsec = "whsec_" + base64.b64encode(bytes(range(32))).decode()
        path = self.home.path / "keys" / "soc.whsec"
        path.write_text(self.whsec + "\n")
        path.chmod(0o600)
        self.home.endpoint(self.receiver, whsec_file="keys/soc.whsec")

    def send(self):
        """Alerts of every kind that a scan makes here, and a test event."""
        self.home.feed("first", self.lists.put("/first.txt", "%s\n%s\n" % (FBI, RONIN)))
        self.home.feed("second", self.lists.put("/second.txt", "%s\n" % FBI))
        self.home.rule("exemple", [FBI],
                       title="Vol d\u2019exemple \u2014 \uc608\uc2dc \uc0ac\uac74")
        self.home.rule("ronin", [RONIN])
        code, _, stderr = self.home.scan()
        self.assertEqual(code, 0, stderr)
        self.lists.put("/first.txt", "%s\n" % RONIN)
        self.lists.put("/second.txt", "gone", status=404)
        self.home.scan("--force")
        self.assertEqual(self.home.run("webhook", "test").returncode, 0)
        return {alert["type"] for alert in self.receiver.alerts()}

    def capture(self):
        posts = []
        for headers, body in self.receiver.posts:
            exported = self.home.run("alert", "export", headers["webhook-id"])
            post = {"headers": headers, "body": base64.b64encode(body).decode()}
            if exported.returncode == 0:
                post["jws"] = exported.stdout
            posts.append(post)
        shared = harness.SHARED / "reference/schemas/cloudevents/cloudevents.json"
        jwk = self.home.run("key", "show", "--role", "delivery", "--format", "jwk").stdout
        return {
            "posts": posts,
            "jwks": json.loads((self.home.path / "keys" / "keys.jwks.json").read_text()),
            "deliveryJwk": json.loads(jwk),
            "whsec": self.whsec,
            "schema": json.loads((harness.ROOT / "docs/schemas/alert-1.schema.json").read_text()),
            "cloudEventsSchema": json.loads(shared.read_text()) if shared.exists() else None,
        }

    def test_independent_programs_take_what_was_sent_and_refuse_every_change(self):
        types = self.send()
        self.assertTrue({"cryptowatch.address.listed", "cryptowatch.address.delisted",
                         "cryptowatch.test"} <= types, types)
        capture = self.capture()
        self.assertGreaterEqual(sum("jws" in post for post in capture["posts"]), 4)
        (self.home.base / "capture.json").write_text(json.dumps(capture))
        done = subprocess.run(["node", "--no-warnings", INSTALL / "verify.mjs", self.home.base],
                              capture_output=True, text=True, timeout=280)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        told = json.loads(done.stdout)
        print(told, file=sys.stderr)
        self.assertEqual((told["wrong"], told["deliveries"]), (0, len(capture["posts"])))
        self.assertGreater(told["checks"], 1000)


if __name__ == "__main__":
    why = npm.install(HERE, INSTALL, "verify.mjs")
    if why is not None:
        print("skipped: " + why, file=sys.stderr)
        sys.exit(npm.SKIPPED)
    harness.main()
