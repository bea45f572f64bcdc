/* bench_hashset: the plain C program that a careful colleague would write in an afternoon.
 *
 *   bench_hashset LIST FILE      prints how many lines of FILE hold a listed address
 *
 * An open-addressing set of the listed texts, and a look-up of every run of letters and digits of
 * at least 25 bytes, byte for byte as written: no other spelling is found, no letter case folded.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

enum { TOKEN_MIN = 25, LOAD_FACTOR = 2 };

struct text {
    const char *data;
    size_t len;
};

struct set {
    struct text *slots;
    size_t mask;
};

static void die(const char *what)
{
    bench_die("bench_hashset", what);
}

static struct text map_file(const char *path)
{
    struct stat info;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0) {
        die("cannot read a file");
    }
    const struct text file = {
        .data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0),
        .len = (size_t)info.st_size,
    };
    if (file.data == MAP_FAILED) {
        die("cannot map a file");
    }
    (void)close(fd);
    return file;
}

/* FNV-1a, 64 bits. */
static uint64_t hash(struct text text)
{
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < text.len; i++) {
        value = (value ^ (unsigned char)text.data[i]) * 0x100000001b3u;
    }
    return value ^ value >> 29;
}

static struct text *find_slot(const struct set *set, struct text text)
{
    size_t at = (size_t)hash(text) & set->mask;
    while (set->slots[at].len != 0 && (set->slots[at].len != text.len ||
                                       memcmp(set->slots[at].data, text.data, text.len) != 0)) {
        at = (at + 1) & set->mask;
    }
    return &set->slots[at];
}

static struct text next_line(struct text *rest)
{
    const char *end = memchr(rest->data, '\n', rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    const struct text line = {rest->data, len};
    const size_t used = end == NULL ? len : len + 1;
    *rest = (struct text){rest->data + used, rest->len - used};
    return line;
}

static struct set make_set(struct text list)
{
    size_t lines = 0;
    for (size_t i = 0; i < list.len; i++) {
        lines += list.data[i] == '\n';
    }
    size_t slots = 1;
    while (slots < (lines + 1) * LOAD_FACTOR) {
        slots *= 2;
    }
    struct set set = {.slots = calloc(slots, sizeof(*set.slots)), .mask = slots - 1};
    if (set.slots == NULL) {
        die("out of memory");
    }
    while (list.len > 0) {
        const struct text line = next_line(&list);
        if (line.len > 0) {
            *find_slot(&set, line) = line;
        }
    }
    return set;
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ':' ||
           c == '_' || c == '-';
}

static bool has_hit(const struct set *set, struct text line)
{
    size_t start = 0;
    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && is_word(line.data[i])) {
            continue;
        }
        const struct text token = {line.data + start, i - start};
        if (token.len >= TOKEN_MIN && find_slot(set, token)->len != 0) {
            return true;
        }
        start = i + 1;
    }
    return false;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        die("usage: LIST FILE");
    }
    const struct set set = make_set(map_file(argv[1]));
    struct text rest = map_file(argv[2]);
    size_t hits = 0;
    while (rest.len > 0) {
        hits += has_hit(&set, next_line(&rest)) ? 1 : 0;
    }
    (void)printf("%zu\n", hits);
    free(set.slots);
    return 0;
}
