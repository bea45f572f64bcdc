/* tlog_text_cases.h: notes, keys, checkpoints and proofs with one mistake each. */
#ifndef CW_TESTS_TLOG_TEXT_CASES_H
#define CW_TESTS_TLOG_TEXT_CASES_H

#include "tlog_world.h"

/* `why` NULL: it is one. */
struct text_case {
    const char *what;
    const char *text;
    const char *why;
};

static const struct text_case note_cases[] = {
    {"the example", CHECKPOINT_12, NULL},
    {"two empty lines", "a\n\nb\n\n" DASH "k AAAAAAA=\n", NULL},
    {"unknown and longer signature", "a\n\n" DASH "k AAAAAAAAAAAAAAAAAAAAAAAA\n", NULL},
    {"empty", "", "no empty line"},
    {"text alone", BODY_12, "no empty line"},
    {"no signature", BODY_12 "\n", "no empty line"},
    {"cut in a signature", BODY_12 "\n" DASH "k AAAAAAA=", "line 1"},
    {"no empty line", "a\n" DASH "k AAAAAAA=\n", "no empty line"},
    {"hyphen for dash", "a\n\n- k AAAAAAA=\n", "line 1"},
    {"no name", "a\n\n" DASH " AAAAAAA=\n", "line 1"},
    {"plus in name", "a\n\n" DASH "k+l AAAAAAA=\n", "line 1"},
    {"no signature bytes", "a\n\n" DASH "k AAAAAA==\n", "line 1"},
    {"id cut short", "a\n\n" DASH "k AAAA\n", "line 1"},
    {"base64 unpadded", "a\n\n" DASH "k AAAAAAA\n", "line 1"},
    {"base64 not canonical", "a\n\n" DASH "k AAAAAAB=\n", "line 1"},
    {"blank behind", "a\n\n" DASH "k AAAAAAA= \n", "line 1"},
    {"second line wrong", "a\n\n" DASH "k AAAAAAA=\nx\n", "line 2"},
    {"tab", "a\tb\n\n" DASH "k AAAAAAA=\n", "control"},
    {"carriage return", "a\r\n\n" DASH "k AAAAAAA=\n", "control"},
    {"not UTF-8", "a\xff\n\n" DASH "k AAAAAAA=\n", "UTF-8"},
};

static const struct text_case vkey_cases[] = {
    {"log", VKEY_LOG, NULL},
    {"witness", VKEY_WITNESS, NULL},
    {"newline behind", VKEY_LOG "\n", NULL},
    {"empty", "", "form"},
    {"one plus", ORIGIN "+210d47cd", "form"},
    {"no name", "+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "form"},
    {"blank in name", "a b+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "form"},
    {"other id", ORIGIN "+210d47ce+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "ID"},
    {"upper-case id", ORIGIN "+210D47CD+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "form"},
    {"short id", ORIGIN "+210d47c+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "form"},
    {"other name", "other+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "ID"},
    {"other key", ORIGIN "+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtC", "ID"},
    {"short key", ORIGIN "+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZ", "key"},
    {"type 2", ORIGIN "+210d47cd+AsyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB", "key"},
};

#define ROOT "IOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1ykFU=\n"
static const struct text_case checkpoint_cases[] = {
    {"the example", BODY_12, NULL},
    {"extension lines", BODY_12 "x\ny\n", NULL},
    {"largest", "o\n1099511627776\n" ROOT, NULL},
    {"one more", "o\n1099511627777\n" ROOT, "at most"},
    {"beyond 64 bits", "o\n18446744073709551616\n" ROOT, "size"},
    {"empty", "", "origin"},
    {"no origin", "\n12\n" ROOT, "origin"},
    {"origin alone", "o\n", "size"},
    {"negative size", "o\n-1\n" ROOT, "size"},
    {"leading nought", "o\n012\n" ROOT, "size"},
    {"blank before size", "o\n 12\n" ROOT, "size"},
    {"hexadecimal size", "o\n0x12\n" ROOT, "size"},
    {"no root", "o\n12\n", "root"},
    {"root cut short", "o\n12\nIOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1y\n", "root"},
    {"root without newline", "o\n12\nIOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1ykFU=", "root"},
    {"root not canonical", "o\n12\nIOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1ykFV=\n", "root"},
    {"empty extension", BODY_12 "\n", "extension"},
    {"extension without newline", BODY_12 "x", "extension"},
};

#define HEAD "c2sp.org/tlog-proof@v1\n"
static const struct text_case proof_cases[] = {
    {"without hashes", HEAD "index 0\n\n" CHECKPOINT_12, NULL},
    {"with extra", HEAD "extra AAAA\nindex 0\n\nx", NULL},
    {"empty extra", HEAD "extra \nindex 0\n\nx", NULL},
    {"largest index", HEAD "index 1099511627775\n\nx", NULL},
    {"index beyond", HEAD "index 1099511627776\n\nx", "index"},
    {"empty", "", "begin"},
    {"other version", "c2sp.org/tlog-proof@v2\nindex 0\n\nx", "begin"},
    {"head alone", HEAD, "index"},
    {"no index", HEAD "\nx", "index"},
    {"extra behind index", HEAD "index 0\nextra AAAA\n\nx", "hash 1"},
    {"extra twice", HEAD "extra AAAA\nextra AAAA\nindex 0\n\nx", "index"},
    {"extra not base64", HEAD "extra A\nindex 0\n\nx", "extra"},
    {"index with sign", HEAD "index +1\n\nx", "index"},
    {"index with nought", HEAD "index 01\n\nx", "index"},
    {"hash cut short", HEAD "index 0\nAAAA\n\nx", "hash 1"},
    {"no empty line", HEAD "index 0\n" PATH_2, "empty line"},
    {"nothing below", HEAD "index 0\n", "empty line"},
    {"carriage returns", "c2sp.org/tlog-proof@v1\r\nindex 0\r\n\r\nx", "begin"},
};

#endif
