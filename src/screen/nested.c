#include "address/bits.h"
#include "crypto/hash.h"
#include "screen/base58.h"
#include "screen/internal.h"

/* CW_SCREEN_NESTED: the script that a key hash or a witness program of the text may be nested in.
 * The bytes of whatever has the form are taken, its checksum unread: the filter answers first. */

enum { KEY_HASH = 20, PROGRAM = 32 };

static void put_script_of(struct cw_screen *screen, size_t start, size_t len,
                          struct cw_span program)
{
    uint8_t script[2 + PROGRAM] = {0, (uint8_t)program.len};
    uint8_t hash[CW_RIPEMD160_BYTES];
    CW_ASSERT(program.len <= PROGRAM);
    memcpy(script + 2, program.data, program.len);
    cw_hash160(cw_span_make(script, 2 + program.len), hash);
    cw_screen_put(
        screen,
        cw_spelled_halves_hash(cw_load_le64(hash + 4), cw_load_le64(hash + 12), sizeof(hash)),
        start, len, SCREEN_RUN);
}

/* 20 bytes above the lowest `behind` of a base58 number. */
static void put_number(struct cw_screen *screen, size_t start, size_t len,
                       const struct cw_alphabet *alphabet, size_t behind)
{
    struct screen_number number;
    uint8_t bytes[KEY_HASH];
    if (cw_screen_base58(alphabet, screen->data + start, len, &number)) {
        cw_screen_number_bytes(&number, behind, bytes, sizeof(bytes));
        put_script_of(screen, start, len, cw_span_make(bytes, sizeof(bytes)));
    }
}

/* Letters of five bits each as bytes, what is over left out. False when one is of another alphabet.
 */
static bool read_groups(const char *letters, size_t count, uint8_t *ret)
{
    uint32_t pending = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < count; i++) {
        const int value = cw_digit_value(&cw_alphabet_bech32, cw_ascii_lower(letters[i]));
        if (value < 0) {
            return false;
        }
        pending = (pending << 5 | (uint32_t)value) & 0xfffu;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            *ret++ = (uint8_t)(pending >> bits & 0xffu);
        }
    }
    return true;
}

/* The end of a text: `letters` of payload before a checksum of `sum` letters; of its bytes the
 * first `skip` are left out. */
static void put_groups(struct cw_screen *screen, size_t start, size_t len, size_t letters,
                       size_t sum, size_t skip)
{
    uint8_t bytes[1 + PROGRAM];
    CW_ASSERT(letters * 5 / 8 <= sizeof(bytes));
    const size_t end = start + len - sum;
    if (len >= letters + sum && read_groups(screen->data + end - letters, letters, bytes)) {
        put_script_of(screen, start, len, cw_span_make(bytes + skip, letters * 5 / 8 - skip));
    }
}

void cw_screen_put_nested(struct cw_screen *screen, size_t start, size_t len)
{
    const char first = screen->data[start];
    if (len < CW_SPELLED_SPLIT) {
        put_number(screen, start, len, &cw_alphabet_base58, 4);
        if (first == 'r') {
            put_number(screen, start, len, &cw_alphabet_xrp, 4);
        }
        return;
    }
    if (len >= 46 && len <= SCREEN_BASE58_MAX && (first == 'X' || first == 'T')) {
        put_number(screen, start, len, &cw_alphabet_xrp, 1 + 8 + 4);
    }
    put_groups(screen, start, len, 32, 6, 0); /* bech32 of 20 bytes */
    put_groups(screen, start, len, 34, 8, 1); /* CashAddr, behind its version */
    put_groups(screen, start, len, 52, 6, 0); /* bech32 of 32 bytes */
}
