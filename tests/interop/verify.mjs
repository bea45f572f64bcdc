// verify: what independent programs say of captured deliveries.
//
//   node verify.mjs FOLDER
//
// FOLDER holds capture.json (what a receiver got and which keys it was given; test_interop.py
// writes it). Each verifier is a function of one delivery that throws when it refuses. It must take
// every delivery as it came, and refuse each change that is named for it. The last line says how
// many checks were made; a check that comes out wrong ends the program with 1.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createPublicKey, verify as edVerify, webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18, as Debian 12 has it
const jose = await import("jose");
const { Webhook: StandardWebhook } = await import("standardwebhooks");
const { Webhook: SvixWebhook } = await import("svix");
const { default: Ajv2020 } = await import("ajv/dist/2020.js");
const { default: Ajv } = await import("ajv");
const { default: addFormats } = await import("ajv-formats");
const { HTTP, CloudEvent } = await import("cloudevents");

const capture = JSON.parse(readFileSync(join(process.argv[2], "capture.json"), "utf8"));
const text = new TextDecoder("utf-8", { fatal: true });
const keySet = jose.createLocalJWKSet(capture.jwks);
const deliveryKey = createPublicKey({ key: capture.deliveryJwk, format: "jwk" });
const newest = 300; // seconds

function need(is, why) {
  if (!is) throw new Error(why);
}

// ---- the verifiers ------------------------------------------------------------------------------

// Standard Webhooks v1a, with nothing but Node's own crypto (docs/verify.md).
function v1a({ headers, body }) {
  const age = Math.abs(Date.now() / 1000 - Number(headers["webhook-timestamp"]));
  need(age <= newest, "timestamp");
  const signed = Buffer.concat(
      [Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.`), body]);
  const good = headers["webhook-signature"].split(" ").filter((one) => one.startsWith("v1a,"))
    .some((one) => edVerify(null, signed, deliveryKey, Buffer.from(one.slice(4), "base64")));
  need(good, "no v1a signature fits");
}

function standardwebhooks({ headers, body }) {
  new StandardWebhook(capture.whsec).verify(text.decode(body), headers);
}

function svix({ headers, body }) {
  new SvixWebhook(capture.whsec).verify(text.decode(body), headers);
}

// The detached signature, and that the delivery is labelled with the event's own identifier.
async function joseDetached({ headers, body }) {
  const [header, nothing, signature] = headers["cryptowatch-jws"].split(".");
  need(nothing === "", "not detached");
  const payload = jose.base64url.encode(body);
  const { protectedHeader } = await jose.compactVerify(`${header}.${payload}.${signature}`, keySet,
      { algorithms: ["Ed25519", "EdDSA"] });
  need(protectedHeader.typ === "cryptowatch-alert+jws", "typ");
  need(protectedHeader.cw_purpose === "issue", "purpose");
  need(JSON.parse(text.decode(body)).id === headers["webhook-id"], "webhook-id is another event");
}

async function joseStored({ jws }) {
  if (jws === undefined) return; // `webhook test` stores nothing
  await jose.generalVerify(JSON.parse(jws), keySet, { algorithms: ["Ed25519", "EdDSA"] });
}

const ajv = new Ajv2020({ strict: false });
addFormats(ajv);
const fitsAlert = ajv.compile(capture.schema);
function ajvAlert({ body }) {
  need(fitsAlert(JSON.parse(text.decode(body))), JSON.stringify(fitsAlert.errors));
}

const ajvOld = new Ajv({ strict: false });
addFormats(ajvOld);
const fitsEvent = capture.cloudEventsSchema && ajvOld.compile(capture.cloudEventsSchema);
function ajvCloudEvents({ body }) {
  need(!fitsEvent || fitsEvent(JSON.parse(text.decode(body))), "not a CloudEvent");
}

// The package compares the whole field with "…; charset=utf-8", letter by letter. A charset has no
// letter case (RFC 9110 section 8.3.2), so a receiver makes it small first (docs/verify.md).
function cloudevents({ headers, body }) {
  const small = { ...headers, "content-type": headers["content-type"].toLowerCase() };
  const event = HTTP.toEvent({ headers: small, body: text.decode(body) });
  need(event instanceof CloudEvent, "no single event");
  need(event.validate() === true, "not valid");
  need(event.id === headers["webhook-id"], "webhook-id is another event");
  need(event.data.scanner.name === "cryptowatch", "data was lost");
}

// ---- the changes --------------------------------------------------------------------------------

const flip = (bytes, at) => {
  const changed = Buffer.from(bytes);
  changed[at] ^= 1;
  return changed;
};
// One character of a text that is base64 or hexadecimal, by another of the same alphabet.
const other = (value, at) =>
  value.slice(0, at) + (value[at] === "A" || value[at] === "1" ? (value[at] === "A" ? "B" : "2")
    : /[0-9]/.test(value[at]) ? "1" : "A") + value.slice(at + 1);
const withHeader = (post, name, change) =>
  ({ ...post, headers: { ...post.headers, [name]: change(post.headers[name]) } });
const signatureOf = (version) => (post) => withHeader(post, "webhook-signature", (value) =>
  value.split(" ").map((one) => one.startsWith(version + ",")
    ? other(one, version.length + 10) : one).join(" "));
const withEvent = (change) => (post) => {
  const event = JSON.parse(text.decode(post.body));
  change(event);
  return { ...post, body: Buffer.from(JSON.stringify(event)) };
};
const withStored = (change) => (post) => {
  if (post.jws === undefined) return undefined;
  const jws = JSON.parse(post.jws);
  change(jws);
  return { ...post, jws: JSON.stringify(jws) };
};

const everyByte = (post) => Array.from({ length: post.body.length },
    (_, at) => ({ ...post, body: flip(post.body, at) }));
const one = (change) => (post) => [change(post)].filter((changed) => changed !== undefined);
const body = ["a byte of the body", everyByte];
const cut = ["the last byte cut", one((post) => ({ ...post, body: post.body.subarray(0, -1) }))];
const longer = ["a byte more",
  one((post) => ({ ...post, body: Buffer.concat([post.body, Buffer.from(" ")]) }))];
const id = ["the identifier", one((post) => withHeader(post, "webhook-id", (v) => other(v, 3)))];
const later = ["the timestamp",
  one((post) => withHeader(post, "webhook-timestamp", (v) => String(Number(v) + 1)))];
const old = ["a timestamp of yesterday",
  one((post) => withHeader(post, "webhook-timestamp", (v) => String(Number(v) - 86400)))];
const v1aSignature = ["the v1a signature", one(signatureOf("v1a"))];
const v1Signature = ["the v1 signature", one(signatureOf("v1"))];
const jwsHeader = ["the JWS header",
  one((post) => withHeader(post, "cryptowatch-jws", (v) => other(v, 20)))];
const jwsSignature = ["the JWS signature",
  one((post) => withHeader(post, "cryptowatch-jws", (v) => other(v, v.indexOf("..") + 12)))];
const contentType = ["the content type",
  one((post) => withHeader(post, "content-type", () => "application/cloudevent+json"))];
const stored = [
  ["the stored payload", one(withStored((jws) => { jws.payload = other(jws.payload, 100); }))],
  ["the stored header",
    one(withStored((jws) => { jws.signatures[0].protected = other(jws.signatures[0].protected, 20); }))],
  ["the stored signature",
    one(withStored((jws) => { jws.signatures[0].signature = other(jws.signatures[0].signature, 9); }))],
];
// A schema does not know the bytes that were meant, but it knows what an event must have and how.
const attributes = ["specversion", "id", "source", "type", "subject", "time", "datacontenttype",
  "dataschema", "severitytext", "severitynumber", "tlp", "data"];
const lost = (names) => names.map((name) =>
  [`without ${name}`, one(withEvent((event) => { delete event[name]; }))]);
const bent = (rows) => rows.map(([name, value]) =>
  [`${name} ${JSON.stringify(value)}`, one(withEvent((event) => { event[name] = value; }))]);

const verifiers = [
  [v1a, [body, cut, longer, id, later, old, v1aSignature]],
  [standardwebhooks, [body, cut, longer, id, later, old, v1Signature]],
  [svix, [body, cut, longer, id, later, old, v1Signature]],
  [joseDetached, [body, cut, longer, id, jwsHeader, jwsSignature]],
  [joseStored, stored],
  [ajvAlert, [...lost(attributes), ...bent([["specversion", "1.1"], ["id", "8e10387d"],
    ["type", "cryptowatch.address.listes"], ["time", "2026-11-20T03:15:02"], ["tlp", "ambes"],
    ["severitynumber", 18], ["dataschema", "urn:cryptowatch:schema:alert:2"]])]],
  // It fills in a specversion of its own where there is none; ajv above refuses that.
  [cloudevents, [id, contentType, ...lost(["id", "source", "type"]),
    ...bent([["specversion", "1.1"], ["id", ""], ["type", ""], ["source", ""]])]],
];
if (fitsEvent) {
  verifiers.push([ajvCloudEvents, [...lost(["specversion", "id", "source", "type"]),
    ...bent([["id", ""], ["type", ""], ["source", ""]])]]);
}

// ---- judging ------------------------------------------------------------------------------------

let checks = 0;
let wrong = 0;
async function judge(verifier, post, wanted, what) {
  let refused = "";
  try {
    await verifier(post);
  } catch (error) {
    refused = String(error.message ?? error) || "refused";
  }
  checks++;
  if ((refused === "") !== (wanted === "accepts")) {
    wrong++;
    console.error(`${verifier.name} should have: ${wanted} ${what} ${refused}`);
  }
}

for (const [at, post] of capture.posts.entries()) {
  post.body = Buffer.from(post.body, "base64");
  const type = JSON.parse(text.decode(post.body)).type;
  for (const [verifier, changes] of verifiers) {
    await judge(verifier, post, "accepts", `delivery ${at} ${type}`);
    for (const [what, make] of changes) {
      for (const changed of make(post)) {
        await judge(verifier, changed, "refuses", `delivery ${at} ${type}: ${what}`);
      }
    }
  }
}
console.log(JSON.stringify({ checks, wrong, deliveries: capture.posts.length,
  verifiers: verifiers.map(([verifier]) => verifier.name) }));
process.exit(wrong === 0 && checks > 0 ? 0 : 1);
