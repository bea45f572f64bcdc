#include "tlog/merkle.h"

#include "crypto/hash.h"

static_assert((int)CW_TLOG_HASH_BYTES == (int)CW_SHA256_BYTES, "the tree is one of SHA-256");

struct cw_tlog_hash cw_tlog_leaf(struct cw_span entry)
{
    struct cw_sha256_stream stream;
    struct cw_tlog_hash hash;
    cw_sha256_begin(&stream);
    cw_sha256_update(&stream, CW_SPAN("\x00"));
    cw_sha256_update(&stream, entry);
    cw_sha256_end(&stream, hash.bytes);
    return hash;
}

struct cw_tlog_hash cw_tlog_node(const struct cw_tlog_hash *left, const struct cw_tlog_hash *right)
{
    uint8_t joined[1 + 2 * CW_TLOG_HASH_BYTES] = {0x01};
    struct cw_tlog_hash hash;
    memcpy(joined + 1, left->bytes, CW_TLOG_HASH_BYTES);
    memcpy(joined + 1 + CW_TLOG_HASH_BYTES, right->bytes, CW_TLOG_HASH_BYTES);
    cw_sha256(cw_span_make(joined, sizeof(joined)), hash.bytes);
    return hash;
}

struct cw_tlog_hash cw_tlog_empty_root(void)
{
    struct cw_tlog_hash hash;
    cw_sha256(CW_SPAN(""), hash.bytes);
    return hash;
}

bool cw_tlog_hash_equal(const struct cw_tlog_hash *a, const struct cw_tlog_hash *b)
{
    return memcmp(a->bytes, b->bytes, CW_TLOG_HASH_BYTES) == 0;
}

/* As a counter in binary: a block of 2^k waits in slot k until its neighbour is there. */
struct cw_tlog_hash cw_tlog_block_root(const struct cw_tlog_hash *hashes, unsigned height)
{
    CW_ASSERT(height < 16);
    struct cw_tlog_hash waiting[16];
    struct cw_tlog_hash carried = hashes[0];
    for (size_t i = 0; i < (size_t)1 << height; i++) {
        carried = hashes[i];
        unsigned level = 0;
        for (; ((i >> level) & 1) == 1; level++) {
            carried = cw_tlog_node(&waiting[level], &carried);
        }
        waiting[level] = carried;
    }
    return carried;
}

/* ---- roots and proofs out of nodes --------------------------------------------------------- */

/* Entries [begin, end); begin is a multiple of every power of two up to the length. */
struct range {
    uint64_t begin;
    uint64_t end;
};

/* The largest power of two below n; n is at least 2. */
static uint64_t split_of(uint64_t n)
{
    uint64_t split = 1;
    while (split * 2 < n) {
        split *= 2;
    }
    return split;
}

/* The full subtrees of a range, from the last and smallest to the first: each becomes the left
 * neighbour of all that was folded so far. */
static enum cw_status range_root(const struct cw_tlog_nodes *nodes, struct range range,
                                 struct cw_tlog_hash *ret, struct cw_error *err)
{
    uint64_t left = range.end - range.begin;
    bool has_any = false;
    struct cw_tlog_hash folded = {0};
    for (unsigned level = 0; left > 0; level++) {
        const uint64_t block = UINT64_C(1) << level;
        if ((left & block) == 0) {
            continue;
        }
        left -= block;
        struct cw_tlog_hash hash;
        const enum cw_status status =
            nodes->read(nodes->ctx, level, (range.begin + left) >> level, &hash, err);
        if (status != CW_OK) {
            return status;
        }
        folded = has_any ? cw_tlog_node(&hash, &folded) : hash;
        has_any = true;
    }
    CW_ASSERT(has_any);
    *ret = folded;
    return CW_OK;
}

enum cw_status cw_tlog_root(const struct cw_tlog_nodes *nodes, uint64_t size,
                            struct cw_tlog_hash *ret, struct cw_error *err)
{
    CW_ASSERT(size <= CW_LOG_SIZE_MAX);
    if (size == 0) {
        *ret = cw_tlog_empty_root();
        return CW_OK;
    }
    return range_root(nodes, (struct range){0, size}, ret, err);
}

/* Ranges are found from the root down, and a proof is told from the leaf up. */
struct siblings {
    struct range items[CW_TLOG_PROOF_MAX];
    size_t count;
};

static enum cw_status read_siblings(const struct cw_tlog_nodes *nodes,
                                    const struct siblings *siblings, struct cw_tlog_path *path,
                                    struct cw_error *err)
{
    enum cw_status status = CW_OK;
    for (size_t i = siblings->count; status == CW_OK && i > 0; i--) {
        CW_ASSERT(path->count < CW_TLOG_PROOF_MAX);
        status = range_root(nodes, siblings->items[i - 1], &path->hashes[path->count++], err);
    }
    return status;
}

/* Goes down into the half that holds `at`; the other half is the sibling. True: it was the left. */
static bool descend(struct range *range, uint64_t at, struct siblings *siblings)
{
    CW_ASSERT(siblings->count < CW_TLOG_PROOF_MAX);
    const uint64_t middle = range->begin + split_of(range->end - range->begin);
    const bool is_left = at < middle;
    siblings->items[siblings->count++] =
        is_left ? (struct range){middle, range->end} : (struct range){range->begin, middle};
    *range = is_left ? (struct range){range->begin, middle} : (struct range){middle, range->end};
    return is_left;
}

enum cw_status cw_tlog_prove_inclusion(const struct cw_tlog_nodes *nodes, uint64_t index,
                                       uint64_t size, struct cw_tlog_path *ret,
                                       struct cw_error *err)
{
    CW_ASSERT(size <= CW_LOG_SIZE_MAX);
    CW_ASSERT(index < size);
    struct range range = {0, size};
    struct siblings siblings = {.count = 0};
    while (range.end - range.begin > 1) {
        (void)descend(&range, index, &siblings);
    }
    ret->count = 0;
    return read_siblings(nodes, &siblings, ret, err);
}

enum cw_status cw_tlog_prove_consistency(const struct cw_tlog_nodes *nodes, uint64_t old_size,
                                         uint64_t size, struct cw_tlog_path *ret,
                                         struct cw_error *err)
{
    CW_ASSERT(size <= CW_LOG_SIZE_MAX);
    CW_ASSERT(old_size <= size);
    ret->count = 0;
    if (old_size == 0 || old_size == size) {
        return CW_OK;
    }
    struct range range = {0, size};
    struct siblings siblings = {.count = 0};
    bool is_known = true; /* the range is a whole old tree, whose root the asker has */
    while (range.end != old_size) {
        is_known &= descend(&range, old_size - 1, &siblings);
    }
    enum cw_status status = CW_OK;
    if (!is_known) {
        status = range_root(nodes, range, &ret->hashes[ret->count++], err);
    }
    return status == CW_OK ? read_siblings(nodes, &siblings, ret, err) : status;
}

/* ---- checking proofs ----------------------------------------------------------------------- */

/* RFC 9162 section 2.1.3.2. */
bool cw_tlog_includes(const struct cw_tlog_tree *tree, uint64_t index,
                      const struct cw_tlog_hash *leaf, const struct cw_tlog_path *path)
{
    if (index >= tree->size || path->count > CW_TLOG_PROOF_MAX) {
        return false;
    }
    uint64_t at = index;
    uint64_t last = tree->size - 1;
    struct cw_tlog_hash hash = *leaf;
    for (size_t i = 0; i < path->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) == 1 || at == last) {
            hash = cw_tlog_node(&path->hashes[i], &hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = cw_tlog_node(&hash, &path->hashes[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && cw_tlog_hash_equal(&hash, &tree->root);
}

/* The two roots that a consistency proof leads to, folded side by side. */
struct folding {
    uint64_t at;
    uint64_t last;
    struct cw_tlog_hash old_root;
    struct cw_tlog_hash new_root;
};

static bool fold(struct folding *folding, const struct cw_tlog_hash *hash)
{
    if (folding->last == 0) {
        return false;
    }
    if ((folding->at & 1) == 1 || folding->at == folding->last) {
        folding->old_root = cw_tlog_node(hash, &folding->old_root);
        folding->new_root = cw_tlog_node(hash, &folding->new_root);
        while ((folding->at & 1) == 0 && folding->at != 0) {
            folding->at >>= 1;
            folding->last >>= 1;
        }
    } else {
        folding->new_root = cw_tlog_node(&folding->new_root, hash);
    }
    folding->at >>= 1;
    folding->last >>= 1;
    return true;
}

/* RFC 9162 section 2.1.4.2; the trivial cases, which it leaves out, come first. */
bool cw_tlog_extends(const struct cw_tlog_tree *old_tree, const struct cw_tlog_tree *new_tree,
                     const struct cw_tlog_path *path)
{
    if (old_tree->size > new_tree->size || path->count > CW_TLOG_PROOF_MAX) {
        return false;
    }
    if (old_tree->size == new_tree->size) {
        return path->count == 0 && cw_tlog_hash_equal(&old_tree->root, &new_tree->root);
    }
    if (old_tree->size == 0) {
        const struct cw_tlog_hash empty = cw_tlog_empty_root();
        return path->count == 0 && cw_tlog_hash_equal(&old_tree->root, &empty);
    }
    struct folding folding = {.at = old_tree->size - 1, .last = new_tree->size - 1};
    while ((folding.at & 1) == 1) {
        folding.at >>= 1;
        folding.last >>= 1;
    }
    /* a whole old tree is a node of the new one, and its root is where the proof begins */
    const bool is_whole = (old_tree->size & (old_tree->size - 1)) == 0;
    size_t next = is_whole ? 0 : 1;
    if (path->count < next + (is_whole ? 1 : 0)) {
        return false;
    }
    folding.old_root = is_whole ? old_tree->root : path->hashes[0];
    folding.new_root = folding.old_root;
    for (; next < path->count; next++) {
        if (!fold(&folding, &path->hashes[next])) {
            return false;
        }
    }
    return folding.last == 0 && cw_tlog_hash_equal(&folding.old_root, &old_tree->root) &&
           cw_tlog_hash_equal(&folding.new_root, &new_tree->root);
}
