#include "address/links.h"
#include "crypto/siphash.h"

/* Hashes as they are gathered. */
struct gathered {
    const uint8_t *key;
    uint64_t *hashes;
    size_t count;
};

enum { INPUT_BYTES = CW_ADDRESS_TEXT_BYTES + 64 };

static void add(struct gathered *gathered, const struct cw_writer *input)
{
    const uint64_t hash = cw_siphash(gathered->key, cw_span_make(input->data, input->len));
    for (size_t i = 0; i < gathered->count; i++) {
        if (gathered->hashes[i] == hash) {
            return;
        }
    }
    CW_ASSERT(gathered->count < CW_LINKS_MAX);
    gathered->hashes[gathered->count++] = hash;
}

/* Short, and still names and not numbers: the row of a chain or a class may move in its table
 * without an index on disk becoming blind. */
static void begin(struct cw_writer *input, const char *name)
{
    input->len = 0;
    cw_write_span(input, cw_span_cstr(name));
    cw_write_char(input, '\0');
}

/* The same for the class of a link key, whose name with its NUL is copied in one piece. */
static void begin_class(struct cw_writer *input, enum cw_link_class link_class)
{
    enum { NAME_BYTES = 16 };
    static const struct {
        char text[NAME_BYTES];
        size_t bytes;
    } names[CW_LINK_CLASSES] = {
#define CW_LINK(id, name, reason) [CW_LINK_##id] = {name, sizeof(name)},
#include "address/links.def"
    };
    CW_ASSERT(input->max >= NAME_BYTES);
    memcpy(input->data, names[link_class].text, NAME_BYTES);
    input->len = names[link_class].bytes;
}

static void add_text(struct gathered *gathered, struct cw_writer *input, struct cw_span text)
{
    begin(input, "text");
    cw_write_span(input, text);
    add(gathered, input);
}

static void add_reading(struct gathered *gathered, struct cw_writer *input,
                        const struct cw_address *address, const struct cw_reading *reading)
{
    begin(input, "key");
    cw_write_span(input, cw_span_cstr(cw_chain_table[reading->chain].name));
    cw_write_char(input, '\0');
    cw_write_span(input, cw_span_cstr(cw_kind_names[reading->kind]));
    cw_write_char(input, '\0');
    cw_write_span(input, cw_reading_payload(address, reading));
    add(gathered, input);
}

/* The scope of a FORM is two rows of our tables; any other is a number with a meaning. */
static void add_link(struct gathered *gathered, struct cw_writer *input, const struct cw_link *link)
{
    begin_class(input, link->link_class);
    if (link->link_class == CW_LINK_FORM) {
        cw_write_span(input, cw_span_cstr(cw_chain_table[link->scope >> 8].name));
        cw_write_char(input, '\0');
        cw_write_span(input, cw_span_cstr(cw_kind_names[link->scope & 0xffu]));
        cw_write_char(input, '\0');
    } else if (link->link_class == CW_LINK_ROLE) {
        cw_write_span(input, cw_span_cstr(cw_chain_table[link->scope].name));
        cw_write_char(input, '\0');
    } else {
        cw_write_char(input, (char)(unsigned char)(link->scope >> 8));
        cw_write_char(input, (char)(unsigned char)(link->scope & 0xffu));
    }
    cw_write_span(input, cw_link_bytes(link));
    add(gathered, input);
}

size_t cw_links_probe_hashes(const struct cw_address *address, const struct cw_links *links,
                             const uint8_t key[static 16], uint64_t ret[static CW_LINKS_MAX])
{
    CW_UNSET char data[INPUT_BYTES];
    struct cw_writer input = {.data = data, .max = sizeof(data)};
    struct gathered gathered = {.key = key, .hashes = ret};
    add_text(&gathered, &input, cw_address_source(address));
    for (size_t i = 0; i < address->readings_count; i++) {
        const struct cw_reading *reading = &address->readings[i];
        if (reading->is_narrowed && (links->linked & 1u << i) == 0) {
            add_reading(&gathered, &input, address, reading);
        }
    }
    for (size_t i = 0; i < links->count; i++) {
        add_link(&gathered, &input, &links->rows[i]);
    }
    return gathered.count;
}

size_t cw_address_probe_hashes(const struct cw_address *address, const uint8_t key[static 16],
                               uint64_t ret[static CW_LINKS_MAX])
{
    CW_UNSET struct cw_links links;
    cw_links_collect(address, &links);
    return cw_links_probe_hashes(address, &links, key, ret);
}
