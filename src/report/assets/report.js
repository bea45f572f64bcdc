// report.js: verifies the alerts of this page, and lets its reader filter them and choose a language.
//
// Knows what `cryptowatch verify` checks (docs/report.md lists what of it is left to that program).
// Asks no network, keeps nothing, makes no markup of any text: only textContent is written.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const texts = JSON.parse($("data-texts").textContent);
  let lang = document.documentElement.lang;

  const word = (key, ...given) =>
    (texts[lang][key] || texts.en[key] || key).replace(/\{(\d)\}/g, (_, i) => given[i] ?? "");

  function say(element, key, ...given) {
    element.dataset.t = key;
    element.dataset.a = given.join("|");
    element.textContent = word(key, ...given);
  }

  function make(tag, parent, key) {
    const element = document.createElement(tag);
    if (key) say(element, key);
    parent.append(element);
    return element;
  }

  // As src/base/text.h: what cannot be seen, or turns the reading around, is shown as an escape.
  const shown = (text) => text.replace(
    /[\u0000-\u001f\u007f]|[\u0080-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (c) => c < "\u0080" ? "\\x" + c.charCodeAt(0).toString(16).padStart(2, "0")
      : "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));

  // ---- bytes ----

  const bytesOf = (text) => new TextEncoder().encode(text);

  function unbase64(text, standard) {
    const other = standard ? /[^A-Za-z0-9+/=]/ : /[^A-Za-z0-9_-]/;
    if (typeof text !== "string" || other.test(text)) throw new Error("base64");
    const plain = standard ? text : text.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(plain), (c) => c.charCodeAt(0));
    const again = btoa(String.fromCharCode(...bytes));
    if (again !== (standard ? plain : plain + "=".repeat((4 - plain.length % 4) % 4)))
      throw new Error("not canonical");
    return bytes;
  }

  const utf8 = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

  const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

  // ---- the one form of an alert (alerts.md section 2.1) ----

  function canonical(value) {
    if (typeof value === "string") {
      if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) throw new Error("control character");
      return JSON.stringify(value);
    }
    if (typeof value === "boolean") return String(value);
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Error("number");
      return String(value);
    }
    if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
    if (value === null || typeof value !== "object") throw new Error("null");
    const names = Object.keys(value).sort();
    if (names.some((name) => !/^[\x20-\x7e]+$/.test(name))) throw new Error("name");
    return "{" + names.map((n) => JSON.stringify(n) + ":" + canonical(value[n])).join(",") + "}";
  }

  const NUMBERS = { info: 9, low: 10, medium: 13, high: 17, critical: 21 };
  const text = (...all) => all.every((one) => typeof one === "string");

  function isWhole(event) {
    const { data } = event;
    if (event.specversion !== "1.0" || event.dataschema !== "urn:cryptowatch:schema:alert:1" ||
        event.datacontenttype !== "application/json" ||
        !text(event.id, event.type, event.source, event.subject, event.time, event.tlp,
          event.severitytext, data?.text?.en, data?.nonce, data?.scanner?.instance)) return false;
    const severity = data.assessment?.severity;
    if (!Object.hasOwn(NUMBERS, severity) || event.severitynumber !== NUMBERS[severity] ||
        event.severitytext !== severity.toUpperCase() || event.tlp !== data.marking?.tlp) return false;
    if (event.type.startsWith("cryptowatch.address.")) {
      const from = data.provenance;
      return text(data.case?.id, data.address?.canonical, data.address?.value, from?.feed,
        data.listing?.entry_id, data.match?.listed_canonical, from?.snapshot_sha256) &&
        event.subject === data.address.canonical && Array.isArray(data.evidence) &&
        data.evidence.some((one) => one.type === "snapshot" && one.bytes === from.snapshot_bytes &&
          one.sha256 === from.snapshot_sha256);
    }
    if (event.type.startsWith("cryptowatch.feed."))
      return text(data.feed?.id) && event.subject === "feed:" + data.feed.id;
    return true;
  }

  // UUID version 5 (RFC 9562) in the namespace of alerts.md section 3; null: no recipe.
  const NAMESPACE = "85c85d21dfef5194bd3077c05e4da4d9";
  async function identifier({ type, source, time, data }) {
    const parts = ["cryptowatch-alert-id-v1", type];
    if (/^cryptowatch\.address\.(listed|delisted|changed)$/.test(type)) {
      parts.push(data.case.id, data.address.canonical, data.provenance.feed, data.listing.entry_id,
        data.match.listed_canonical, String(data.listing.episode));
      if (type.endsWith(".changed"))
        parts.push(String(data.listing.revision), data.listing.entry_sha256);
    } else if (type === "cryptowatch.alert.retracted") {
      parts.push(source, data.retracts);
    } else if (/^cryptowatch\.feed\.(failed|recovered|stale|suspect)$/.test(type)) {
      parts.push(source, data.scanner.instance, data.feed.id, data.feed.since);
    } else if (type === "cryptowatch.heartbeat" || type === "cryptowatch.test") {
      parts.push(source, data.scanner.instance, time);
    } else {
      return null;
    }
    const space = Uint8Array.from(NAMESPACE.match(/../g), (pair) => parseInt(pair, 16));
    const name = bytesOf(parts.join("\n"));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-1",
      new Uint8Array([...space, ...name]))).slice(0, 16);
    hash[6] = hash[6] & 0x0f | 0x50;
    hash[8] = hash[8] & 0x3f | 0x80;
    return hex(hash).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  // ---- signatures (alerts.md sections 4 and 5) ----

  const HEADER = ["alg", "cty", "cw_purpose", "iat", "kid", "typ"];
  const PURPOSES = ["issue", "received", "verified", "concur"];

  function readHeader(protectedText) {
    const json = utf8(unbase64(protectedText));
    const header = JSON.parse(json);
    const isOurs = canonical(header) === json && Object.keys(header).sort().join() === HEADER.join() &&
      ["Ed25519", "EdDSA"].includes(header.alg) && header.typ === "cryptowatch-alert+jws" &&
      header.cty === "cloudevents+json" && PURPOSES.includes(header.cw_purpose) &&
      Number.isSafeInteger(header.iat) && header.iat >= 0 && unbase64(header.kid).length === 32;
    if (!isOurs) throw new Error("header");
    return header;
  }

  const keys = new Map();
  let sources = [];

  async function importKey(jwk) {
    const raw = unbase64(jwk.x);
    const print = bytesOf(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`);
    const kid = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest("SHA-256", print))))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    if (kid === jwk.kid && jwk.crv === "Ed25519" && jwk.kty === "OKP")
      keys.set(kid, { jwk, key: await crypto.subtle.importKey("raw", raw, "Ed25519", false, ["verify"]) });
  }

  // A set or a key that was altered verifies nothing; only a browser that lacks the algorithm is excused.
  async function importKeys() {
    try {
      const set = JSON.parse($("data-keys").textContent);
      sources = set.sources.filter((one) => typeof one === "string");
      for (const jwk of set.keys)
        await importKey(jwk);
    } catch (error) {
      if (error.name === "NotSupportedError") throw error;
    }
  }

  // What the times of a key say of a signature.
  function judgeTime({ nbf = -Infinity, exp = Infinity, revoked }, iat) {
    if (revoked && revoked.reason !== "superseded") return "v_revoked";
    if (iat < nbf || iat >= exp || (revoked && iat >= revoked.revoked_at)) return "v_time";
    return "v_good";
  }

  class Fault extends Error {}
  const stage = async (fault, work) => {
    try {
      return await work();
    } catch (error) {
      throw error instanceof Fault ? error : new Fault(fault);
    }
  };

  async function judgeSignatures(jws) {
    let best = null;
    for (const one of jws.signatures) {
      const header = await stage("v_header", () => readHeader(one.protected));
      const known = keys.get(header.kid);
      const isIssue = header.cw_purpose === "issue";
      if (!known) {
        if (isIssue && !best) best = { verdict: "v_key", kid: header.kid };
        continue;
      }
      const isGood = await stage("v_signature", () => crypto.subtle.verify("Ed25519", known.key,
        unbase64(one.signature), bytesOf(one.protected + "." + jws.payload)));
      if (!isGood) throw new Fault("v_signature");
      const verdict = judgeTime(known.jwk, header.iat);
      if (isIssue && (!best || best.verdict !== "v_good")) best = { verdict, kid: header.kid };
    }
    if (!best) throw new Fault("v_source");
    if (best.verdict !== "v_good") throw new Fault(best.verdict);
    return best.kid;
  }

  async function verify(jwsText) {
    const jws = await stage("v_form", () => {
      const read = JSON.parse(jwsText);
      if (Object.keys(read).sort().join() !== "payload,signatures" || typeof read.payload !== "string" ||
          !Array.isArray(read.signatures) || read.signatures.length < 1 || read.signatures.length > 64 ||
          read.signatures.some((one) => Object.keys(one).sort().join() !== "protected,signature"))
        throw new Error("form");
      return read;
    });
    const kid = await judgeSignatures(jws);
    const event = await stage("v_body", () => {
      const bytes = unbase64(jws.payload);
      const json = utf8(bytes);
      const read = JSON.parse(json);
      if (bytes.length > 16384 || canonical(read) !== json || !isWhole(read)) throw new Error("body");
      return read;
    });
    if (!sources.includes(event.source)) throw new Fault("v_source");
    const id = await stage("v_id", () => identifier(event));
    if (id !== null && id !== event.id) throw new Fault("v_id");
    return { event, kid, jws };
  }

  // ---- what is shown against what was signed ----

  const typeKey = (type) => "type_" + type.replace("cryptowatch.", "").replace(/\./g, "_");

  function expected(field, event, element) {
    const { data } = event;
    switch (field) {
      case "severity": return word("severity_" + data.assessment.severity);
      case "type": return word(typeKey(event.type));
      case "time": return event.time;
      case "text": return shown(data.text[element.lang] ?? data.text.en);
      case "case": return shown(data.case?.id ?? "");
      case "feed": return shown(data.provenance?.feed ?? data.feed?.id ?? "");
      case "address": return shown(data.address?.value ?? "");
      case "baseline": return data.listing?.baseline ? word("baseline") : null;
      default: return null;
    }
  }

  function isAsSigned(row, event) {
    const fields = [...row.querySelectorAll("[data-f]")];
    const names = fields.map((one) => one.dataset.f);
    const wanted = ["severity", "type", "time", "text"];
    if (event.data.address) wanted.push("case", "feed", "address");
    if (event.data.listing?.baseline) wanted.push("baseline");
    return wanted.every((name) => names.includes(name)) && row.id === "a-" + event.id &&
      fields.every((one) => one.textContent === expected(one.dataset.f, event, one));
  }

  // ---- all alerts ----

  const rows = [...document.querySelectorAll("#list > .alert")];
  const events = new Map();
  const tally = { done: 0, good: 0, bad: 0 };

  function addDetails(row, { event, kid, jws }) {
    const details = make("details", row);
    make("summary", details, "details");
    const pre = make("pre", details);
    pre.tabIndex = 0;
    details.addEventListener("toggle", () => {
      if (!pre.textContent) pre.textContent = shown2(JSON.stringify(event, null, 2));
    });
    const line = make("p", details);
    const button = make("button", line, "save");
    button.type = "button";
    button.addEventListener("click", () => save(event.id, canonical(jws)));
    const code = make("code", line);
    code.textContent = kid;
  }

  // Line feeds of the layout stay.
  const shown2 = (json) => json.split("\n").map(shown).join("\n");

  function save(id, jws) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([jws], { type: "application/json" }));
    link.download = id + ".jws.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function tell(row, verdict, kid) {
    const place = row.querySelector(".v");
    const isGood = verdict === "v_good";
    row.classList.toggle("good", isGood);
    row.classList.toggle("bad", !isGood);
    say(place, verdict);
    if (kid) place.title = kid;
    tally[isGood ? "good" : "bad"]++;
  }

  async function check(row) {
    try {
      const found = await verify(row.querySelector("script").textContent);
      if (!isAsSigned(row, found.event)) throw new Fault("v_shown");
      events.set(row, found.event);
      tell(row, "v_good", found.kid);
      addDetails(row, found);
    } catch (error) {
      tell(row, error instanceof Fault ? error.message : "v_form");
    }
    tally.done++;
  }

  function tellAll(key, name, ...given) {
    $("verdict").className = "verdict " + name;
    say($("verdict-text"), key, ...given);
  }

  const isVisible = () => new Promise((resolve) => setTimeout(resolve));

  async function checkAll() {
    if (!globalThis.crypto?.subtle) throw new Error("no WebCrypto");
    await importKeys();
    for (const row of rows) {
      await check(row);
      if (tally.done % 50 === 0) {
        tellAll("sum_running", "", tally.done, rows.length);
        await isVisible();
      }
    }
    if (tally.bad > 0) tellAll("sum_bad", "bad", tally.good, rows.length, tally.bad);
    else if (rows.length > 0) tellAll("sum_good", "good", tally.good, rows.length);
    if (rows.length > 0) {
      const line = make("p", $("verdict"));
      line.className = "dim";
      say(line, "sum_keys", [...keys.keys()].join(", "));
    }
  }

  // ---- the checkpoint: a signed note (C2SP signed-note) ----

  async function checkLog() {
    const place = $("log-v");
    if (!place || !$("vkey")) return;
    let isGood = false;
    try {
      const [, name, id, key] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec($("vkey").textContent);
      const raw = unbase64(key, true);
      const note = $("checkpoint").textContent;
      const end = note.lastIndexOf("\n\n");
      const said = note.slice(0, end + 1);
      const line = note.slice(end + 2).split("\n").find((one) => one.startsWith(`\u2014 ${name} `) &&
        hex(unbase64(one.split(" ")[2], true).slice(0, 4)) === id);
      const signature = unbase64(line.split(" ")[2], true).slice(4);
      const imported = await crypto.subtle.importKey("raw", raw.slice(1), "Ed25519", false, ["verify"]);
      isGood = raw[0] === 1 && await crypto.subtle.verify("Ed25519", imported, signature, bytesOf(said));
    } catch {
      isGood = false;
    }
    place.classList.add(isGood ? "good" : "bad");
    say(place, isGood ? "log_good" : "log_bad");
  }

  // ---- language, appearance, filter ----

  function speak() {
    document.documentElement.lang = lang;
    for (const one of document.querySelectorAll("[data-t]"))
      one.textContent = word(one.dataset.t, ...(one.dataset.a || "").split("|"));
    for (const one of document.querySelectorAll("[data-l]"))
      one.setAttribute("aria-label", word(one.dataset.l));
    for (const [row, event] of events) {
      const place = row.querySelector("[data-f=text]");
      place.lang = event.data.text[lang] ? lang : "en";
      place.textContent = shown(event.data.text[place.lang]);
    }
    filter();
  }

  function isWanted(row) {
    const has = (field, key) => row.querySelector(`[data-f=${field}]`)?.dataset.t === key;
    const severity = $("f-severity").value;
    const type = $("f-type").value;
    const sought = $("f-text").value.trim().toLowerCase();
    return (!severity || has("severity", "severity_" + severity)) &&
      (!type || has("type", typeKey(type))) && (!$("f-bad").checked || !row.classList.contains("good")) &&
      (!sought || [...row.querySelectorAll("p")].some((p) => p.textContent.toLowerCase().includes(sought)) ||
        row.id === "a-" + sought);
  }

  function filter() {
    let count = 0;
    for (const row of rows) {
      row.hidden = !isWanted(row);
      count += row.hidden ? 0 : 1;
    }
    say($("f-count"), "filter_count", count, rows.length);
  }

  for (const option of $("f-type").options)
    option.hidden = option.value !== "" &&
      !rows.some((row) => row.querySelector("[data-f=type]")?.dataset.t === typeKey(option.value));
  for (const id of ["f-text", "f-severity", "f-type", "f-bad"])
    $(id).addEventListener("input", filter);
  $("lang").addEventListener("change", () => {
    lang = $("lang").value;
    speak();
  });
  $("theme").addEventListener("change", () => {
    document.documentElement.dataset.theme = $("theme").value;
  });
  $("controls").hidden = false;
  $("filter").hidden = rows.length === 0;
  // Paper has no buttons: all of it is printed, whatever was closed or filtered on the screen.
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("#cases details, #timeline details")) one.open = true;
    for (const row of rows) row.hidden = false;
  });
  addEventListener("afterprint", filter);
  filter();

  document.documentElement.dataset.checked = "no";
  checkAll().then(checkLog).catch(() => tellAll("sum_unable", "bad"))
    .finally(() => { document.documentElement.dataset.checked = "yes"; });
})();
