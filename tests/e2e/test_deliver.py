"""Delivery by the whole program: presets, two keys, what is shown of deliveries, endings."""
import base64
import json
import subprocess
import unittest

import harness

FBI = "3LU8wRu4ZnXP4UM8Yo6kkTiGHM9BubgyiG"
SHARED_PRESETS = harness.SHARED / "reference/examples/presets"


class Deliver(harness.Case):
    def setUp(self):
        super().setUp()
        self.home.feed("fbi", self.lists.put("/list.txt", "%s\n" % FBI))
        self.home.rule("example", [FBI])

    def secret(self, name, text):
        path = self.home.path / "keys" / name
        path.write_text(text + "\n")
        path.chmod(0o600)
        return "keys/" + name

    def endpoints(self, *endpoints):
        self.home.configure(endpoints=list(endpoints), allow_private_hosts=["127.0.0.1"])

    def scan(self, code=0):
        done, report, stderr = self.home.scan()
        self.assertEqual(done, code, stderr)
        return report

    def test_notes_have_the_members_of_the_published_examples(self):
        key = "0123456789abcdef0123456789abcdef"
        receivers = {form: harness.Receiver() for form in
                     ("slack", "teams", "pagerduty", "alertmanager")}
        self.addCleanup(lambda: [receiver.close() for receiver in receivers.values()])
        self.secret("pager.key", key)
        self.endpoints(*(
            dict({"id": form, "url": receiver.url, "format": form},
                 **({"routing_key_file": "keys/pager.key"} if form == "pagerduty" else {}))
            for form, receiver in receivers.items()))
        report = self.scan()
        self.assertEqual(report["deliveries"]["sent"], 4)

        def shape(value):
            if isinstance(value, dict):
                return {name: shape(member) for name, member in value.items()}
            return [shape(one) for one in value] if isinstance(value, list) else type(value)

        for form, receiver in receivers.items():
            headers, body = receiver.posts[0]
            self.assertEqual(headers["content-type"], "application/json")
            self.assertNotIn("cryptowatch-jws", headers)
            self.assertIn("webhook-signature", headers)
            note = json.loads(body)
            self.assertIn(headers["webhook-id"], body.decode())
            self.assertIn(FBI, body.decode())
            name = "teams-workflow" if form == "teams" else form
            example = SHARED_PRESETS / (name + ".json")
            if example.exists():
                self.assertEqual(shape(note), shape(json.loads(example.read_text())), form)
        self.assertEqual(json.loads(receivers["pagerduty"].posts[0][1])["routing_key"], key)

    def test_a_note_refuses_what_is_above_green(self):
        self.home.rule("example", [FBI], tlp="amber")
        other = harness.Receiver()
        self.addCleanup(other.close)
        self.endpoints({"id": "chat", "url": self.receiver.url, "format": "slack"},
                       {"id": "soc", "url": other.url})
        self.scan()
        self.assertEqual((len(self.receiver.posts), len(other.posts)), (0, 1))
        self.assertEqual(other.alerts()[0]["tlp"], "amber")

    def test_red_goes_nowhere_unasked(self):
        self.home.rule("example", [FBI], tlp="red")
        other = harness.Receiver()
        self.addCleanup(other.close)
        self.endpoints({"id": "soc", "url": self.receiver.url},
                       {"id": "vault", "url": other.url, "max_tlp": "red"})
        self.scan()
        self.assertEqual((len(self.receiver.posts), len(other.posts)), (0, 1))

    def test_a_pager_is_quiet_again_after_the_delisting(self):
        self.secret("pager.key", "k" * 32)
        self.endpoints({"id": "pager", "url": self.receiver.url, "format": "pagerduty",
                        "routing_key_file": "keys/pager.key"})
        self.home.now = "2026-11-20T03:15:01Z"
        self.scan()
        self.lists.put("/list.txt", "# nothing\n1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH\n")
        self.home.now = "2026-11-21T03:15:01Z"
        self.scan()
        first, last = self.receiver.alerts()
        self.assertEqual((first["event_action"], last["event_action"]), ("trigger", "resolve"))
        self.assertEqual(first["dedup_key"], last["dedup_key"])

    def test_a_receiver_that_was_away_for_three_days_gets_everything_oldest_first(self):
        """Scans of a simulated clock, each with one address more on the list, and `deliver` between;
        the neighbour is served all the while."""
        listed = ["0x%040x" % (0x5a5a << 140 | number) for number in range(1, 8)]
        self.home.rule("example", listed)
        self.home.configure(languages=["en"])
        other = harness.Receiver()
        self.addCleanup(other.close)
        self.endpoints({"id": "away", "url": self.receiver.url}, {"id": "soc", "url": other.url})
        self.receiver.plan = [503] * 1000
        for number in range(7):  # the first finds nothing, and knows the list
            self.lists.put("/list.txt", "".join("%s\n" % a for a in [FBI] + listed[:number]))
            self.home.now = "2026-11-%02dT%02d:00:00Z" % (20 + number // 2, 12 * (number % 2))
            self.assertEqual(self.home.scan("--force")[0], 0)
            self.home.now = self.home.now.replace(":00:00Z", ":30:00Z")
            self.assertEqual(self.home.run("deliver").returncode, 0)
            self.assertEqual(len(other.posts), number)
        self.assertGreater(len(self.receiver.posts), 6)
        self.assertEqual({post[0]["webhook-id"] for post in self.receiver.posts} -
                         {post[0]["webhook-id"] for post in other.posts}, set())
        self.receiver.plan, self.receiver.posts = [], []
        self.home.now = "2026-11-24T00:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual([body for _, body in self.receiver.posts], [b for _, b in other.posts])
        self.assertEqual([alert["subject"] for alert in self.receiver.alerts()],
                         ["evm:account:" + one[2:] for one in listed[:6]])

    def test_both_delivery_keys_sign_during_a_change(self):
        old = self.home.path / "keys" / "old.pem"
        old.write_bytes((self.home.path / "keys" / "delivery.pem").read_bytes())
        old.chmod(0o600)
        new = self.home.path / "keys" / "new.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", new], check=True,
                       capture_output=True)
        new.chmod(0o600)
        self.endpoints({"id": "soc", "url": self.receiver.url,
                        "delivery_key_file": "keys/new.pem",
                        "delivery_key_old_file": "keys/old.pem"})
        self.scan()
        headers, body = self.receiver.posts[0]
        signatures = headers["webhook-signature"].split(" ")
        self.assertEqual([one.split(",")[0] for one in signatures], ["v1a", "v1a"])
        signed = b".".join([headers["webhook-id"].encode(),
                            headers["webhook-timestamp"].encode(), body])
        for path, signature in zip((new, old), signatures):
            folder = self.home.base
            (folder / "in").write_bytes(signed)
            (folder / "sig").write_bytes(base64.b64decode(signature.split(",")[1]))
            done = subprocess.run(["openssl", "pkeyutl", "-verify", "-inkey", path, "-rawin",
                                   "-in", folder / "in", "-sigfile", folder / "sig"],
                                  capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_others_hear_of_an_endpoint_that_ended(self):
        other = harness.Receiver()
        self.addCleanup(other.close)
        self.endpoints({"id": "soc", "url": self.receiver.url}, {"id": "desk", "url": other.url})
        self.receiver.plan = [410]
        logged = []
        other.on_post = lambda body: logged.append(self.is_logged(json.loads(body)["id"]))
        self.scan(code=20)
        self.assertEqual(logged, [True, True])
        types = [alert["type"] for alert in other.alerts()]
        self.assertEqual(types, ["cryptowatch.address.listed", "cryptowatch.endpoint.disabled"])
        told = other.alerts()[1]
        self.assertEqual((told["subject"], told["severitytext"]), ("endpoint:soc", "HIGH"))
        self.assertEqual(len(self.receiver.posts), 1)
        exported = self.home.run("alert", "export", told["id"]).stdout
        (self.home.base / "told.jws.json").write_text(exported)
        self.assertEqual(self.home.run("verify", self.home.base / "told.jws.json").returncode, 0)
        done = self.home.run("alert", "export", told["id"], "--proof")
        self.assertEqual(done.returncode, 0, done.stderr)

    def is_logged(self, alert):
        """In the tile that the checkpoint of this moment covers."""
        folder = self.home.path / "state/log"
        size = (folder / "checkpoint").read_text().splitlines()[1]
        return alert.encode() in (folder / "tile/entries/000.p" / size).read_bytes()

    def test_deliver_logs_an_ending_before_it_tells_of_it(self):
        other = harness.Receiver()
        self.addCleanup(other.close)
        self.endpoints({"id": "soc", "url": self.receiver.url}, {"id": "desk", "url": other.url})
        self.assertEqual(self.home.run("scan", "--no-deliver").returncode, 0)
        self.receiver.plan = [410]
        logged = []
        other.on_post = lambda body: logged.append(self.is_logged(json.loads(body)["id"]))
        done = self.home.run("deliver", "--json")
        self.assertEqual((done.returncode, logged), (20, [True, True]), done.stderr)
        self.assertIsNone(json.loads(done.stdout)["log"]["error"])

    def test_dead_letters_show_and_are_delivered_anew(self):
        self.receiver.plan = [413]
        self.scan(code=20)
        self.home.now = "2030-01-01T00:00:00Z"
        self.assertEqual(self.home.run("deliver").returncode, 20)
        self.assertEqual(self.home.scan("--offline")[0], 20)
        done = self.home.run("alert", "list")
        self.assertIn("[soc dead]", done.stdout)
        row = json.loads(self.home.run("alert", "list", "--json").stdout)["deliveries"][0]
        self.assertEqual((row["state"], row["http_status"], row["due_at"]), ("dead", 413, None))
        self.assertEqual(self.home.run("alert", "redeliver", "--dead").returncode, 0)
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertIn("[soc delivered]", self.home.run("alert", "list").stdout)
        self.assertEqual(self.home.run("alert", "redeliver", "--dead").returncode, 65)
        alert = self.receiver.alerts()[0]["id"]
        self.assertEqual(self.home.run("alert", "redeliver", alert).returncode, 0)
        self.assertEqual(self.home.run("deliver").returncode, 0)
        self.assertEqual(len({body for _, body in self.receiver.posts}), 1)
        self.assertEqual(len(self.receiver.posts), 3)

    def test_an_answer_is_kept_and_shown_escaped(self):
        self.receiver.plan = [(503, {}, b"no\x1b[31m \xe2\x80\xae\xff" + b"x" * 5000)]
        self.scan()
        alert = self.receiver.alerts()[0]["id"]
        shown = self.home.run("alert", "show", alert).stdout
        self.assertIn("it said: no\\x1b[31m \\u202e\\xff", shown)
        self.assertNotIn("\x1b", shown)
        row = json.loads(self.home.run("alert", "list", "--json").stdout)["deliveries"][0]
        self.assertTrue(row["answer"].startswith("no\x1b[31m"))
        self.assertLessEqual(len(row["answer"].encode()), 4096 + 8)
        self.assertIsNotNone(row["answered_at"])


if __name__ == "__main__":
    harness.main()
