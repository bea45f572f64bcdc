/* tlog_world.h: the published worked example of a log, as facts: twelve entries, their keys, and
 * what must come out. All keys are public test keys. */
#ifndef CW_TESTS_TLOG_WORLD_H
#define CW_TESTS_TLOG_WORLD_H

#include "alert_world.h"

#include "tlog/checkpoint.h"
#include "tlog/note.h"
#include "tlog/proof.h"
#include "tlog/tile.h"

#define SEED_LOG     "e6922bfa9576008f798a66126eb88862eece27b033b78cc61e9a1aced4fc6c73"
#define SEED_WITNESS "2d12340ae04069d295046689dcc1693b21b55919bbfbf9d40bbd673005e866f8"
#define ORIGIN       "scanner.agency.example/cryptowatch/log1"
#define VKEY_LOG     ORIGIN "+210d47cd+AcyXSFOYeebNHRgjcNppKB1TUUUlpedsUwXrA2GEcZtB"
#define VKEY_WITNESS                                                                               \
    "partner.agency.example/witness+486869b7+BPXCpZMQMt99ZOFM1E1hSrN6fSCVtidY+uyOgEdGE55C"
#define DASH "\xe2\x80\x94 "
#define BODY_12                                                                                    \
    ORIGIN "\n12\n"                                                                                \
           "IOo8KdErQOYXoSgzbq7NN8ZpkhwgVOag6KZ4QQ1ykFU=\n"
#define LINE_LOG                                                                                   \
    DASH ORIGIN " IQ1HzdC8sjZg0yt490g6VKBGCalA6VRrmJ5opmY1p1BMZNgHMm9oQWeH3LZu+6UZ4Pq9/mPv8yJIpNJ" \
                "+lu4XWmD55w8=\n"
#define LINE_WITNESS                                                                               \
    DASH "partner.agency.example/witness SGhptwAAAABrA9Zgv0ICkWoJbL45tblWcYkfyCHk5D5FW/tlXV6kKSDG" \
         "NUrJDF0n9bv3Q/rtsQV6LGrv5jgUjwOy8U2Jfexl/u7mDg==\n"
#define CHECKPOINT_12 BODY_12 "\n" LINE_LOG LINE_WITNESS
#define BODY_4                                                                                     \
    ORIGIN "\n4\n"                                                                                 \
           "0oi/VNl5WIHdEn2cozfzlkNLBbM5JPHD+MaV/hI0IaA=\n"
#define LINE_4                                                                                     \
    DASH ORIGIN " IQ1HzcannTJAP2hNtGOixmN3U04uNe1fWNbemjsnq7CAoNhhe6gE2euzrhFEu5EUDA5DYWHJjod/aC6" \
                "BwwRT4hLgngs=\n"
#define CHECKPOINT_4 BODY_4 "\n" LINE_4
/* The path of entry 2 in the tree of 12. */
#define PATH_2                                                                                     \
    "ifXmcI5lPOAx2I90EWjBL8Jqaw9+RJDR01mo3PzbCZc=\n"                                               \
    "IVbo7vFDzupn5hnL8/DgIbT5JEjv+ge6SE2sYvbIuyI=\n"                                               \
    "bur+h1p71eg38vQSTty/f/1adaNnNGNUbf02JKqz6Po=\n"                                               \
    "Je2Z6HZrQzz91Lsolf/mOrv+jZ80jzar7sj0txDrU/8=\n"
/* SHA-256 of the files of the example, tile/0/000.p/12 and tile/entries/000.p/12. */
#define TILE_SHA256   "2ff4ff019467adf896cf515e14c37826b251e1471a68027bd551432ff972d184"
#define BUNDLE_SHA256 "a9e49ed099e6d7291eb534f2ff23ca50118f65182a5bbb35ce70fc9dca911624"

enum { EXAMPLE_ENTRIES = 12 };

/** The entries of the example; the caller clears `text`. */
static inline void example_entries(struct cw_buf *text, struct cw_span ret[static EXAMPLE_ENTRIES])
{
    cw_buf_init(text, 1 << 16);
    CU_ASSERT_EQUAL_FATAL(cw_file_read(CW_FIXTURES "/log/entries.jsonl", text, NULL), CW_OK);
    struct cw_span rest = cw_buf_as_span(text);
    for (size_t i = 0; i < EXAMPLE_ENTRIES; i++) {
        CU_ASSERT_FATAL(cw_span_next_line(&rest, &ret[i]));
    }
    CU_ASSERT_EQUAL(rest.len, 0);
}

static inline struct cw_tlog_key vkey_of(const char *text)
{
    struct cw_tlog_key key;
    struct cw_error err = {0};
    CU_ASSERT_EQUAL_FATAL(cw_tlog_key_parse(cw_span_cstr(text), &key, &err), CW_OK);
    return key;
}

#endif
