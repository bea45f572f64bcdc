/* alert_body_cases.h: what a body must not be, each row one change to a worked example. */
#ifndef CW_TESTS_ALERT_BODY_CASES_H
#define CW_TESTS_ALERT_BODY_CASES_H

/* In `example`, the first `from` becomes `to`; `why` is part of the message that must come. */
struct body_case {
    const char *example;
    const char *from;
    const char *to;
    const char *why;
};

#define IN_001 "001-listed.json"
#define IN_002 "002-changed.json"
#define IN_003 "003-delisted.json"
#define IN_004 "004-feed-failed.json"

/* Not the canonical bytes. */
static const struct body_case form_cases[] = {
    {IN_001, "{\"data\"", " {\"data\"", "canonical form"},
    {IN_001, "{\"data\"", "\xEF\xBB\xBF{\"data\"", "byte order mark"},
    {IN_001, "\"chain\":\"bitcoin\"", "\"chain\": \"bitcoin\"", "canonical form"},
    {IN_001, "\"tlp\":\"amber\",\"type\"", "\"tlp\":\"amber\", \"type\"", "canonical form"},
    {IN_001, "address.listed\"}", "address.listed\"}\n", "canonical form"},
    {IN_001, "address.listed\"}", "address.listed\"} ", "canonical form"},
    {IN_001, "address.listed\"}", "address.listed\"}x", "behind"},
    {IN_001, "address.listed\"}", "address.listed\"", "too early"},
    {IN_001, "address.listed\"}", "address.listed\",}", "not JSON"},
    {IN_001, "\"severity\":\"high\"", "\"severity\":\"high\",\"severity\":\"high\"", "twice"},
    {IN_001, "\"tlp\":\"amber\",\"type\"", "\"tlp\":\"red\",\"tlp\":\"amber\",\"type\"", "twice"},
    {IN_001, "\"specversion\":\"1.0\"", "\"specversion\":\"1.\\u0030\"", "canonical form"},
    {IN_001, "https://reports", "https:\\/\\/reports", "canonical form"},
    {IN_001, "\"entry_id\":\"EX-4711\",\"entry_name\":\"EXAMPLE ACTOR\"",
     "\"entry_name\":\"EXAMPLE ACTOR\",\"entry_id\":\"EX-4711\"", "canonical form"},
    {IN_001, "\"confidence\":85", "\"confidence\":85.0", "not an integer"},
    {IN_001, "\"confidence\":85", "\"confidence\":8e1", "not an integer"},
    {IN_001, "\"confidence\":85", "\"confidence\":0.1", "not an integer"},
    {IN_001, "\"confidence\":85", "\"confidence\":-0", "canonical form"},
    {IN_001, "\"confidence\":85", "\"confidence\":-0.0", "not an integer"},
    {IN_001, "\"confidence\":85", "\"confidence\":+85", "not JSON"},
    {IN_001, "\"confidence\":85", "\"confidence\":085", "not JSON"},
    {IN_001, "\"confidence\":85", "\"confidence\":NaN", "not JSON"},
    {IN_001, "\"confidence\":85", "\"confidence\":null", "null"},
    {IN_001, "\"programs\":[]", "\"programs\":[null]", "null"},
    {IN_001, "\"snapshot_bytes\":178", "\"snapshot_bytes\":9007199254740992", "2^53"},
    {IN_001, "\"snapshot_bytes\":178", "\"snapshot_bytes\":-9007199254740992", "2^53"},
    {IN_001, "\"snapshot_bytes\":178", "\"snapshot_bytes\":99999999999999999999", "too large"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\\u0000ACTOR", "U+0000"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\\u000fACTOR", "control character"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\\nACTOR", "control character"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\nACTOR", "not JSON"},
    {IN_001, "EXAMPLE ACTOR",
     "EXAMPLE\x7f"
     "ACTOR",
     "control character"},
    {IN_001, "EXAMPLE ACTOR",
     "EXAMPLE\xc2\x85"
     "ACTOR",
     "control character"},
    {IN_001, "EXAMPLE ACTOR",
     "EXAMPLE\xc2\x9f"
     "ACTOR",
     "control character"},
    {IN_001, "EXAMPLE ACTOR",
     "EXAMPLE\xff"
     "ACTOR",
     "UTF-8"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\xc0\xaf", "UTF-8"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\xed\xa0\x80", "UTF-8"},
    {IN_001, "EXAMPLE ACTOR", "EXAMPLE\\ud800", "not JSON"},
    {IN_001, "\"entry_name\"", "\"entry_n\xc3\xa4me\"", "printable ASCII"},
    {IN_001, "\"baseline\"", "\"baseline\x7f\"", "printable ASCII"},
    {IN_001, "{\"data\":{", "[{\"data\":{", "too early"},
};

/* Canonical, but not an alert. */
static const struct body_case shape_cases[] = {
    {IN_001, "\"specversion\":\"1.0\"", "\"specversion\":\"1.1\"", "specversion: not of the form"},
    {IN_001, ",\"specversion\":\"1.0\"", "", "specversion: missing"},
    {IN_001, "schema:alert:1", "schema:alert:2", "dataschema: not of the form"},
    {IN_001, "\"application/json\"", "\"text/json\"", "datacontenttype: not of the form"},
    {IN_001, "5268-a605", "4268-a605", "id: not of the form"},
    {IN_001, "5268-a605", "5268-c605", "id: not of the form"},
    {IN_001, "\"id\":\"8e10387d", "\"id\":\"8E10387D", "id: not of the form"},
    {IN_001, "https://scanner.agency.example/cryptowatch", "scanner", "source: not of the form"},
    {IN_001, "https://scanner.agency", "https://scanner agency", "source: not of the form"},
    {IN_001, "03:15:02Z", "03:15:02+00:00", "time: not of the form"},
    {IN_001, "2026-11-20T03:15:02Z", "2026-11-31T03:15:02Z", "time: not of the form"},
    {IN_001, "2026-11-20T03:15:01Z", "2026-11-20", "retrieved_at: not of the form"},
    {IN_001, "\"cryptowatch.address.listed\"", "\"elsewhere.listed\"", "type: not of the form"},
    {IN_001, "\"cryptowatch.address.listed\"", "\"cryptowatch.ADDRESS\"", "type: not of the form"},
    {IN_001, "\"severitynumber\":17", "\"severitynumber\":22", "severitynumber: out of range"},
    {IN_001, "\"severitynumber\":17", "\"severitynumber\":\"17\"", "not an integer"},
    {IN_001, "\"severitynumber\":17", "\"severitynumber\":13", "severitynumber: differs"},
    {IN_001, "\"severitytext\":\"HIGH\"", "\"severitytext\":\"MEDIUM\"", "severitytext: differs"},
    {IN_001, "\"severitytext\":\"HIGH\"", "\"severitytext\":\"high\"", "severitytext: differs"},
    {IN_001, "\"severity\":\"high\"", "\"severity\":\"medium\"", "severitytext: differs"},
    {IN_001, "\"severity\":\"high\"", "\"severity\":\"grave\"", "severity: not of the form"},
    {IN_001, "\"tlp\":\"amber\",\"type\"", "\"tlp\":\"red\",\"type\"", "tlp: differs"},
    {IN_001, "\"marking\":{\"tlp\":\"amber\"}", "\"marking\":{\"tlp\":\"clear\"}", "tlp: differs"},
    {IN_001, "\"marking\":{\"tlp\":\"amber\"}", "\"marking\":{\"tlp\":\"white\"}", "marking.tlp"},
    {IN_001, "\"marking\":{\"tlp\":\"amber\"}", "\"marking\":\"amber\"",
     "data.marking: not an obj"},
    {IN_001, "\"subject\":\"bitcoin:p2wpkh", "\"subject\":\"bitcoin:p2pkh", "subject: differs"},
    {IN_001, "\"confidence\":85", "\"confidence\":101", "confidence: out of range"},
    {IN_001, "\"confidence\":85", "\"confidence\":-1", "confidence: out of range"},
    {IN_001, "\"admiralty\":\"B2\"", "\"admiralty\":\"G2\"", "admiralty: not of the form"},
    {IN_001, "\"admiralty\":\"B2\"", "\"admiralty\":\"B7\"", "admiralty: not of the form"},
    {IN_001, "WnBOLxl3N-p0pk8Z9yJpsg", "WnBOLxl3N-p0pk8Z9yJpsh", "nonce: not of the form"},
    {IN_001, "WnBOLxl3N-p0pk8Z9yJpsg", "WnBOLxl3N-p0pk8Z9yJp", "nonce: not of the form"},
    {IN_001, "\"name\":\"cryptowatch\"", "\"name\":\"other\"", "scanner.name: not of the form"},
    {IN_001, "\"instance\":\"scanner-a\"", "\"instance\":\"\"", "instance: too short"},
    {IN_001, "\"en\":", "\"de\":", "no sentence in en"},
    {IN_001, "\"fr\":", "\"f\":", "language tag"},
    {IN_001, "\"fr\":", "\"fr-\":", "language tag"},
    {IN_001, "\"rule_sha256\":\"c1a1", "\"rule_sha256\":\"C1A1", "rule_sha256: not of the form"},
    {IN_001, "\"case\":{\"id\":\"EXAMPLE", "\"case\":{\"id\":\"EX MPLE",
     "case.id: not of the form"},
    {IN_001, "\"published\":\"2026-11-02\"", "\"published\":\"2026-11-31\"",
     "reported[0].published"},
    {IN_001, "\"url\":\"https://reports.example/2026/example-theft\"", "\"url\":\"reports\"",
     "data.case.reported[0].url: not of the form"},
    {IN_001, "\"chain\":\"bitcoin\"", "\"chain\":\"Bitcoin\"", "chain: not of the form"},
    {IN_001, "\"caip10\":\"bip122:", "\"caip10\":\"b:", "caip10: not of the form"},
    {IN_001, "\"baseline\":false", "\"baseline\":0", "baseline: not true or false"},
    {IN_001, "\"programs\":[]", "\"programs\":[\"B\",\"A\"]", "programs: not sorted"},
    {IN_001, "\"programs\":[]", "\"programs\":[\"A\",\"A\"]", "programs: not sorted"},
    {IN_001, "\"programs\":[]", "\"programs\":[1]", "programs: an element is not a string"},
    {IN_001, "\"http_status\":200", "\"http_status\":99", "http_status: out of range"},
    {IN_001, "\"http_status\":200", "\"http_status\":600", "http_status: out of range"},
    {IN_001, "\"feed\":\"example-sanctions\"", "\"feed\":\"Example\"", "feed: not of the form"},
    {IN_001, "\"feed\":\"example-sanctions\"", "\"feed\":\"-e\"", "feed: not of the form"},
    {IN_001, "\"type\":\"snapshot\"", "\"type\":\"warc\"", "data.evidence: the snapshot"},
    {IN_001, "\"bytes\":178", "\"bytes\":179", "data.evidence: the snapshot"},
    {IN_001, "\"sha256\":\"5cd3", "\"sha256\":\"5cd4", "data.evidence: the snapshot"},
    {IN_001, "\"snapshot_sha256\":\"5cd3", "\"snapshot_sha256\":\"5cd4", "data.evidence: the snap"},
    {IN_001, "\"match\":{", "\"matched\":{", "data.match: missing"},
    {IN_001, "\"entry_sha256\"", "\"entry_sha257\"", "listing.entry_sha256: missing"},
    {IN_002, "\"revision\":1", "\"revision\":0", "revision: out of range"},
    {IN_002, ",\"revision\":1", "", "listing.revision: missing"},
    {IN_002, "\"path\":\"/programs/0\"", "\"path\":\"programs\"", "changes[0].path: not of"},
    {IN_002, "\"previous_entry_sha256\"", "\"previous_entry_sha257\"",
     "previous_entry_sha256: mis"},
    {IN_003, "\"previous_entry_sha256\"", "\"previous_entry_sha257\"",
     "previous_entry_sha256: mis"},
    {IN_004, "\"subject\":\"feed:example", "\"subject\":\"feed:another", "subject: is not"},
    {IN_004, "\"subject\":\"feed:example", "\"subject\":\"example", "subject: is not"},
    {IN_004, "\"since\":", "\"sincf\":", "id: part 6 of the identifier is missing"},
};

/* An alert, but its identifier belongs to another fact. */
static const struct body_case id_cases[] = {
    {IN_001, "\"id\":\"8e10387d-6711-5268-a605-4c3ccd6f59d5\"",
     "\"id\":\"8e10387d-6711-5268-a605-4c3ccd6f59d6\"", "id: is not"},
    {IN_001, "\"case\":{\"id\":\"EXAMPLE-2026-001\"", "\"case\":{\"id\":\"EXAMPLE-2026-002\"",
     "id: is not"},
    {IN_001, "\"entry_id\":\"EX-4711\"", "\"entry_id\":\"EX-4712\"", "id: is not"},
    {IN_001, "\"episode\":0", "\"episode\":1", "id: is not"},
    {IN_001, "\"feed\":\"example-sanctions\"", "\"feed\":\"example-sanction\"", "id: is not"},
    {IN_001, "\"listed_canonical\":\"bitcoin:p2pkh:7", "\"listed_canonical\":\"bitcoin:p2pkh:8",
     "id: is not"},
    {IN_001, "cryptowatch.address.listed\"}", "cryptowatch.address.delisted\"}",
     "previous_entry_sha256: missing"},
    {IN_002, "\"revision\":1", "\"revision\":2", "id: is not"},
    {IN_002, "\"entry_sha256\":\"c559", "\"entry_sha256\":\"c558", "id: is not"},
    {IN_003, "cryptowatch.address.delisted\"}", "cryptowatch.address.listed\"}",
     "entry_sha256: missing"},
    {IN_004, "\"since\":\"2026-11-23T03:15:20Z\"", "\"since\":\"2026-11-23T03:15:21Z\"",
     "id: is not"},
    {IN_004, "\"instance\":\"scanner-a\"", "\"instance\":\"scanner-b\"", "id: is not"},
    {IN_004, "cryptowatch.feed.failed\"}", "cryptowatch.feed.stale\"}", "id: is not"},
};

/* What a later version may add, and what two scanners may say differently. */
static const struct body_case accepted_cases[] = {
    {IN_001, "{\"data\":{\"address\":{", "{\"data\":{\"aaa\":{\"b\":[1,true]},\"address\":{", NULL},
    {IN_001, "\"type\":\"cryptowatch.address.listed\"",
     "\"type\":\"cryptowatch.address.listed\",\"zzz\":\"new\"", NULL},
    {IN_001, "\"relation\":\"same-key-hash\"", "\"relation\":\"derived-key\"", NULL},
    {IN_001, "\"cryptowatch.address.listed\"", "\"cryptowatch.address.renamed\"", NULL},
    {IN_004, "\"cryptowatch.feed.failed\"", "\"cryptowatch.feed.moved\"", NULL},
    {IN_001, "WnBOLxl3N-p0pk8Z9yJpsg", "AAAAAAAAAAAAAAAAAAAAAA", NULL},
    {IN_001, "\"time\":\"2026-11-20T03:15:02Z\"", "\"time\":\"2026-11-20T04:15:02Z\"", NULL},
    {IN_001, "\"instance\":\"scanner-a\"", "\"instance\":\"scanner-b\"", NULL},
    {IN_001, "EXAMPLE ACTOR", "\xec\x98\x88\xec\x8b\x9c \xf0\x9f\x94\x91 \xe2\x80\xa8", NULL},
    {IN_004, "\"failures\":3", "\"failures\":9007199254740991", NULL},
    {IN_004, "\"text\":{\"en\":", "\"text\":{\"de-Latn\":\"x\",\"en\":", NULL},
    {IN_004, "{\"severity\":\"high\"}", "{\"admiralty\":\"A1\",\"severity\":\"high\"}", NULL},
};

#endif
