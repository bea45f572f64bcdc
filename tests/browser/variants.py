"""variants: alerts that are wrong in one way each, truly signed, to be judged by two programs.

What `cryptowatch verify` refuses, a page must refuse, too, and what it takes, a page must take; where a page
leaves a question to that program, the row says so.
"""
import base64
import copy
import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Signer:
    """Makes JWS files with a key of the test home."""

    def __init__(self, pem, kid):
        self.key = load_pem_private_key(pem, None)
        self.kid = kid

    def element(self, payload, header, at):
        members = {"alg": "Ed25519", "cty": "cloudevents+json", "cw_purpose": "issue", "iat": at,
                   "kid": self.kid, "typ": "cryptowatch-alert+jws"}
        members.update(header)
        protected = encode(canonical({k: v for k, v in members.items() if v is not None}))
        signed = ("%s.%s" % (protected, payload)).encode()
        return {"protected": protected, "signature": encode(self.key.sign(signed))}

    def file(self, body, at, **header):
        payload = encode(body)
        return {"payload": payload, "signatures": [self.element(payload, header, at)]}


def stranger():
    class Stranger(Signer):
        def __init__(self):
            self.key = Ed25519PrivateKey.generate()
            self.kid = encode(bytes(32))
    return Stranger()


def edited(event, **paths):
    """The event with members set by their dotted path; None takes one away."""
    event = copy.deepcopy(event)
    for path, value in paths.items():
        *outer, last = path.split("__")
        place = event
        for name in outer:
            place = place[name]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return event


def variants(jws, signer):
    """Yields (name, jws as text, whether it is valid) from one good alert about an address."""
    body = decode(jws["payload"])
    event = json.loads(body)
    iat = json.loads(decode(jws["signatures"][0]["protected"]))["iat"]
    day = 86400

    def signed(event_or_bytes, at=iat, **header):
        made = event_or_bytes if isinstance(event_or_bytes, bytes) else canonical(event_or_bytes)
        return signer.file(made, at, **header)

    good = signed(body)
    both = dict(good, signatures=good["signatures"] +
                [stranger().element(good["payload"], {}, iat)])
    bad_second = dict(good, signatures=good["signatures"] + [
        dict(good["signatures"][0], signature=encode(bytes(64)))])
    rows = [
        ("signed again", good, True),
        ("EdDSA for old libraries", signed(body, alg="EdDSA"), True),
        ("a stranger signed as well", both, True),
        ("our own bad second signature", bad_second, False),
        ("a stranger alone", dict(good, signatures=both["signatures"][1:]), False),
        ("no signature", dict(good, signatures=[]), False),
        ("a third member", dict(good, header={}), False),
        ("an unprotected header", dict(good, signatures=[
            dict(good["signatures"][0], header={"alg": "none"})]), False),
        ("alg none", signed(body, alg="none"), False),
        ("alg ES256", signed(body, alg="ES256"), False),
        ("a critical member", signed(body, crit=["b64"]), False),
        ("a key in the header", signed(body, jwk={"kty": "OKP"}), False),
        ("an unknown member", signed(body, x="y"), False),
        ("another typ", signed(body, typ="JOSE"), False),
        ("a receipt's typ", signed(body, typ="cryptowatch-receipt+jws", cty="json"), False),
        ("another cty", signed(body, cty="json"), False),
        ("no iat", signed(body, iat=None), False),
        ("iat as a text", signed(body, iat="1"), False),
        ("iat before time", signed(body, iat=-1), False),
        ("a purpose that issues nothing", signed(body, cw_purpose="concur"), False),
        ("an unknown purpose", signed(body, cw_purpose="approve"), False),
        ("before the key was in force", signed(body, at=iat - 3000 * day), False),
        ("after the key's end", signed(body, at=iat + 3000 * day), False),
        ("a padded payload", dict(good, payload=good["payload"] + "="), False),
        ("a payload that is no base64url", dict(good, payload=good["payload"][:-1] + "+"), False),
        ("white space in the body", signed(body.replace(b":", b": ", 1)), False),
        ("members in another order", signed(json.dumps(
            dict(reversed(list(event.items()))), separators=(",", ":"),
            ensure_ascii=False).encode()), False),
        ("a member twice", signed(body.replace(b'{"data":', b'{"data":1,"data":', 1)), False),
        ("a line feed behind", signed(body + b"\n"), False),
        ("a byte order mark", signed(b"\xef\xbb\xbf" + body), False),
        ("bytes that are not UTF-8", signed(body.replace(b"Address", b"Addre\xff\xfe", 1)), False),
        ("an escape where none is needed", signed(body.replace(b"Address", b"\\u0041ddress", 1)),
         False),
        ("a real number", signed(body.replace(b'"severitynumber":', b'"severitynumber":1.5,"x":', 1)),
         False),
        ("null", signed(edited(event, x=0) | {"x": None}), False),
        ("a control character", signed(edited(event, data__text__en="a\u0085b")), False),
        ("no JSON", signed(b"hello"), False),
        ("another severity", signed(edited(event, data__assessment__severity="info")), False),
        ("another severity number", signed(edited(event, severitynumber=1)), False),
        ("another marking", signed(edited(event, tlp="red")), False),
        ("another subject", signed(edited(event, subject="bitcoin:p2pkh:00")), False),
        ("another identifier", signed(edited(event, id="8e10387d-6711-5268-a605-4c3ccd6f59d5")), False),
        ("another case, the same identifier", signed(edited(event, data__case__id="other")), False),
        ("another list, the same identifier", signed(edited(event, data__provenance__feed="other")),
         False),
        ("another episode", signed(edited(event, data__listing__episode=7)), False),
        ("evidence of another document", signed(edited(event, data__evidence=[])), False),
        ("another source", signed(edited(event, source="https://elsewhere.example/cw")), False),
        ("no sentence in English", signed(edited(event, data__text__en=None)), False),
        ("no nonce", signed(edited(event, data__nonce=None)), False),
        ("no case", signed(edited(event, data__case=None)), False),
        ("no match", signed(edited(event, data__match=None)), False),
        ("a later member", signed(edited(event, data__later="a member of tomorrow")), True),
        ("another version", signed(edited(event, specversion="2.0")), False),
        ("too long", signed(edited(event, data__later="x" * 16384)), False),
    ]
    for name, made, is_valid in rows:
        yield name, json.dumps(made, sort_keys=True, separators=(",", ":")), is_valid
    yield "cut short", json.dumps(good)[:-2], False
    yield "no object", "[]", False
