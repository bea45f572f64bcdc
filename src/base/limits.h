/* limits.h: every bound an outsider can reach, with its unit, its reason and what happens beyond.
 *
 * A row here has a test at N and at N+1.
 */
#ifndef CW_BASE_LIMITS_H
#define CW_BASE_LIMITS_H

#include <assert.h>

/* clang-format off */
/* name                          value            why · beyond it */

/* addresses (addresses.md section 2) */
#define CW_ADDRESS_TEXT_MAX      1024u /* bytes of a bare address: twice the longest real one · TOO_LONG */
#define CW_ADDRESS_FIELD_MAX     4096u /* bytes of a list field before unwrapping · TOO_LONG */
#define CW_ADDRESS_BASE58_MAX    256u  /* characters: the conversion is quadratic · TOO_LONG */
#define CW_ADDRESS_PAYLOAD_MAX   640u  /* bytes decoded: zcash unified · TOO_LONG */
#define CW_REASON_WORDS_MAX      8u    /* words of a field that is no address, read to say why · not read */

/* entries of a list */
#define CW_ENTRY_VALUE_MAX       4096u /* bytes of one published value · entry unusable */
#define CW_ENTRY_ID_MAX          128u  /* bytes: every known list stays below 64 · entry unusable */
#define CW_ENTRY_NAME_MAX        1024u /* bytes of a party's name · cut at a character boundary */
#define CW_ENTRY_NOTE_MAX        2048u /* bytes of remark kept · cut at a character boundary */
#define CW_ENTRY_PROGRAM_MAX     64u   /* bytes of one programme code · entry unusable */
#define CW_ENTRY_PROGRAMS_MAX    32u   /* programmes of one party: OFAC's most are 7 · entry unusable */
#define CW_ENTRY_RELATED_MAX     64u   /* related parties kept of one party · the rest is left out, and said */
#define CW_ENTRY_POSITION_MAX    128u  /* bytes of "line 12" and the like · cut */
#define CW_ENTRY_TAG_MAX         64u   /* bytes of a chain tag · entry unusable */
#define CW_FEED_ENTRIES_MAX      2000000u  /* entries of one list · list refused */
#define CW_FEED_MEMORY_MAX       (1024u << 20) /* bytes of one list in main's memory: two million plain rows need 0.9 GB · list refused */

/* snapshots and documents */
#define CW_FEED_BODY_MAX         (256ull << 20) /* bytes on the wire, default of bytes_max · fetch failed */
#define CW_FEED_BODY_HARD_MAX    (2048ull << 20) /* largest bytes_max one may configure · config error */
#define CW_FEED_DECODED_MAX      (512ull << 20) /* bytes after unpacking; a plain list has bytes_max · list refused */
#define CW_SNAPSHOTS_REFUSED_MAX 10u   /* documents of one list kept that were never in force · the oldest is removed, unless an alert tells of it */
#define CW_UNPACK_RATIO_MAX      100u  /* output per input byte after the first MiB · list refused */
#define CW_XML_DEPTH_MAX         64u   /* open elements · list refused */
#define CW_XML_TEXT_MAX          (64u << 10) /* bytes of text in one element · list refused */
#define CW_XML_SILENT_MAX        (1u << 20)  /* bytes fed without any event · list refused */
#define CW_LINE_MAX              4096u /* bytes of one line of a `lines` list · entry unusable */
#define CW_CSV_RECORD_MAX        (64u << 10) /* bytes of one CSV record · list refused */
#define CW_CSV_FIELDS_MAX        1024u /* fields of one CSV record: known lists stay below 20 · list refused */
#define CW_JSON_VALUE_MAX        (1u << 20)  /* bytes of one entry of a JSON list: its tree needs up to 77 times that · list refused */
#define CW_JSON_NAME_MAX         4096u       /* bytes of a member's name, which may be an address · list refused */
#define CW_NDJSON_LINE_MAX       (4u << 20)  /* bytes of one line of NDJSON · entry unusable */
#define CW_MISP_FILE_MAX         (64u << 20) /* bytes of one file of a MISP feed folder: the largest events have 30 MB · list refused */

#define CW_YAML_BYTES_MAX        (32u << 20) /* bytes of a YAML list, which is kept while it is read · list refused */
#define CW_YAML_DEPTH_MAX        32u   /* open collections · list refused */
#define CW_YAML_SCALAR_MAX       (64u << 10) /* bytes of one text · list refused */
#define CW_YAML_DIRECTIVES_MAX   16u   /* lines that begin with "%"; libyaml compares each with all before it · list refused */
#define CW_TAGPACK_HEADER_ADDRESSES_MAX 16u /* addresses in a TagPack's header, which every tag without one repeats; in 4096 bytes at most · list refused */

/* our own files */
#define CW_CONFIG_BYTES_MAX      (1u << 20)  /* bytes of cryptowatch.json or one feed file · refused */
#define CW_RULE_BYTES_MAX        (16u << 20) /* bytes of one rule file · refused */
#define CW_ADDRESSES_FILE_MAX    (256u << 20) /* bytes of one addresses_file · refused */
#define CW_RULES_MAX             10000u      /* rule files · refused */
#define CW_RULE_ADDRESSES_MAX    1000000u    /* monitored addresses in all · refused */
#define CW_FEEDS_MAX             256u        /* feed files; each holds a descriptor in a scan · refused */
#define CW_HITS_MAX              65536u      /* matches of one list with the cases, beyond one for each address of a case; more than twenty are held · list failed */
#define CW_ENDPOINTS_MAX         64u         /* webhook endpoints · refused */
#define CW_JSON_DEPTH_MAX        64u         /* nesting of our own files · refused */
#define CW_MISTAKES_MAX          200u        /* mistakes reported in one run · "and N more" */
#define CW_ID_MAX                64u         /* bytes of a feed or rule id · refused */

/* network */
#define CW_HTTP_HEADERS_MAX      (64u << 10) /* bytes of response headers · fetch failed */
#define CW_HTTP_FRAMING_MAX      (1u << 20)  /* bytes around a body's chunks, beyond as many as are in them · fetch failed */
#define CW_HTTP_REDIRECTS_MAX    5u          /* per fetch · fetch failed */
#define CW_HTTP_CONNECT_MS       10000u      /* · fetch failed */
#define CW_HTTP_STALL_S          30u         /* below 1 KiB/s for so long · fetch failed */
#define CW_HTTP_TOTAL_MS         (15u * 60u * 1000u) /* one fetch · fetch failed */
#define CW_CA_FILE_MAX           (256u << 10) /* bytes of a ca_file; Debian's whole store has 215 kB · fetch or delivery failed */
#define CW_HTTP_URL_MAX          2048u       /* bytes of a URL · refused */
#define CW_RETRY_AFTER_MIN_S     60          /* clamp of Retry-After */
#define CW_RETRY_AFTER_MAX_S     86400       /* clamp of Retry-After */
#define CW_BACK_OFF_S            900         /* after 403, 429 or 503 without it; doubled each time · clamped as above */
#define CW_WHOLE_EVERY_S         604800 /* a server may say "not modified" for so long · asked without a condition */

/* the helper programs (src/sandbox); reliability.md section 4 */
#define CW_PARSE_MEMORY_MAX      (512u << 20) /* bytes of address space · list refused */
#define CW_PARSE_CPU_S           120u        /* seconds of processor time · list refused */
#define CW_PARSE_FDS_MAX         8u          /* descriptors · list refused */
#define CW_NET_MEMORY_MAX        (8ull << 30) /* bytes of address space: a resolver thread for each of 256 lists reserves 10 MB, and 16 heaps 64 MB · all fetches of the run failed */
#define CW_NET_CPU_S             1800u       /* seconds: TLS for 30 GB · all fetches of the run failed */
#define CW_NET_FDS_MAX           2048u       /* descriptors: bodies, connections, two a resolver · fetch failed */

/* delivery (alerts.md section 6 and 7, design.md section 5a) */
#define CW_DELIVERY_TOTAL_MS     20000u /* one POST · attempt failed */
#define CW_DELIVERY_CONNECT_MS   5000u  /* · attempt failed */
#define CW_DELIVERY_ANSWER_MAX   4096u  /* bytes of an answer kept · the rest is not read */
#define CW_PRESET_SLACK_TEXT_MAX 3000u /* bytes; Slack takes 3000 characters in a section · cut, "…" */
#define CW_PRESET_TEAMS_TEXT_MAX 4096u /* bytes; a card has 28 KB in all · cut, "…" */
#define CW_PRESET_PAGERDUTY_TEXT_MAX 1024u /* bytes; PagerDuty takes 1024 characters · cut, "…" */
#define CW_PRESET_BYTES_MAX      (64u << 10) /* a whole note · attempt failed */
#define CW_DELIVERY_RUN_MS       120000u /* all deliveries to one endpoint in one run · rest stays due */

/* alerts (alerts.md section 2) */
#define CW_ALERT_BYTES_MAX       16384u /* bytes of B · building or reading refused */
#define CW_JWS_BYTES_MAX         (256u << 10) /* bytes of a .jws.json · refused */
#define CW_RECEIPT_BYTES_MAX     (160u << 10) /* bytes of a receipt: fits a .jws.json · refused */
#define CW_RECEIPT_ANSWERS_MAX   200u   /* addresses in one receipt · refused: ask in parts */
#define CW_RECEIPT_MATCHES_MAX   32u    /* matches of one answer in a receipt · the rest is counted */
#define CW_RECEIPT_FILES_MAX     200u   /* files in one receipt of `screen` · refused: screen in parts */
#define CW_RECEIPT_HITS_MAX      50u    /* hits of one verdict in a receipt · the rest is counted and hashed */
#define CW_RECEIPT_HITS_TEXT_MAX (16u << 10) /* bytes of text of the hits of one verdict · likewise */
#define CW_RECEIPT_CASES_MAX     200u   /* cases named with their hash in a receipt · the digest of all stays */
#define CW_JWS_SIGNATURES_MAX    64u    /* elements of signatures · refused */

/* transparency log (alerts.md section 8) */
#define CW_LOG_SIZE_MAX          (1ull << 40) /* entries: thousands of years of hourly scans · refused */
#define CW_LOG_NAME_MAX          512u   /* bytes of an origin or key name · refused */
#define CW_NOTE_BYTES_MAX        (64u << 10) /* bytes of a signed note · refused */
#define CW_NOTE_SIGNATURES_MAX   64u    /* signature lines of a note; C2SP asks for 16 · refused */
#define CW_NOTE_SIGNATURE_MAX    8192u  /* bytes of one signature; post-quantum ones have 5 kB · refused */
#define CW_TLOG_PROOF_BYTES_MAX  (256u << 10) /* bytes of a .tlog-proof · refused */
#define CW_LOG_BATCH_MAX         4096u  /* entries under one checkpoint · the next checkpoint */
#define CW_LOG_VKEYS_MAX         16u    /* --vkey given to one command · refused */
/* the index */
#define CW_INDEX_BYTES_MAX       (16ull << 30) /* bytes of one index file: 100 million addresses · not built */
#define CW_INDEX_EPISODES_MAX    1000u  /* stretches of time kept of one listing · the oldest are left out, and said */
#define CW_INDEX_TEXT_MAX        4096u  /* bytes of one text of a listing · cut at a character boundary */
#define CW_INDEX_PROGRAMS_MAX    128u   /* programmes kept of one listing: a party's, merged · the rest is not shown */
#define CW_INDEX_MANIFEST_MAX    (4u << 20) /* bytes of index/current · refused, built anew */

#define CW_RUN_DEADLINE_S        1800   /* whole scan, default of run_deadline · stage is named, run ends */
#define CW_STOP_GRACE_MS         5000u  /* after SIGTERM or SIGINT, for what was fetched and what is on its way · left to the next run */
#define CW_METRICS_BYTES_MAX     (512u << 10) /* bytes of metrics_file: all lists and endpoints, with the longest names and numbers, need 0.4 MB · not written, said */

/* the report (src/report) */
#define CW_REPORT_BYTES_MAX      3000000u /* bytes of a page, which mail takes and a browser opens at once · older alerts are left out, and counted */
#define CW_REPORT_ALERTS_MAX     500u    /* alerts on a page · older ones are left out, and counted */
#define CW_REPORT_CASES_BYTES_MAX 1200000u /* bytes of a page for its cases, those with a listed address first · the rest is counted */
#define CW_REPORT_ADDRESSES_MAX  2000u   /* addresses of cases on a page, listed ones first · the rest is counted */
#define CW_REPORT_DAYS_MAX       200u    /* rows of a day, a case and a list in the timeline's table · older ones are left out, and counted */

/* clang-format on */

static_assert(CW_ADDRESS_TEXT_MAX <= CW_ADDRESS_FIELD_MAX, "a bare address is a field");
static_assert(CW_LINE_MAX <= CW_ENTRY_VALUE_MAX, "a line is kept as a value");
static_assert(CW_FEED_BODY_MAX <= CW_FEED_BODY_HARD_MAX, "the default may be configured");

#endif
