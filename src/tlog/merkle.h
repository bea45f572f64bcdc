/* merkle.h: the Merkle tree of a transparency log: hashes, roots and the two kinds of proof.
 *
 * Knows RFC 6962 over SHA-256. Refuses to know where hashes are stored: who asks for a proof hands
 * in a way to read nodes. Pure; nothing here allocates.
 * Source: RFC 6962 section 2.1 (what is hashed, proofs), RFC 9162 section 2.1.3 and 2.1.4 (how
 * proofs are checked).
 */
#ifndef CW_TLOG_MERKLE_H
#define CW_TLOG_MERKLE_H

#include "base/error.h"
#include "base/limits.h"
#include "base/span.h"

enum {
    CW_TLOG_HASH_BYTES = 32,
    CW_TLOG_PROOF_MAX = 64, /* hashes of one proof: a consistency proof has at most 1 + 40 */
};

struct cw_tlog_hash {
    uint8_t bytes[CW_TLOG_HASH_BYTES];
};

/** SHA-256 of 0x00 and the entry. */
struct cw_tlog_hash cw_tlog_leaf(struct cw_span entry);
/** SHA-256 of 0x01, left and right. */
struct cw_tlog_hash cw_tlog_node(const struct cw_tlog_hash *left, const struct cw_tlog_hash *right);
/** The root of a tree without entries: SHA-256 of nothing. */
struct cw_tlog_hash cw_tlog_empty_root(void);
bool cw_tlog_hash_equal(const struct cw_tlog_hash *a, const struct cw_tlog_hash *b);
/** Root of 2^height hashes that lie side by side. */
struct cw_tlog_hash cw_tlog_block_root(const struct cw_tlog_hash *hashes, unsigned height);

/** Reads the root of the full subtree of 2^level entries that begins at entry index * 2^level. */
struct cw_tlog_nodes {
    enum cw_status (*read)(void *ctx, unsigned level, uint64_t index, struct cw_tlog_hash *ret,
                           struct cw_error *err);
    void *ctx;
};

/** Hashes of a proof in the order of RFC 6962. */
struct cw_tlog_path {
    struct cw_tlog_hash hashes[CW_TLOG_PROOF_MAX];
    size_t count;
};

/** Root of the first `size` entries.
 *  In:      size  at most CW_LOG_SIZE_MAX
 *  Returns: CW_OK; what nodes->read returns. */
CW_NODISCARD enum cw_status cw_tlog_root(const struct cw_tlog_nodes *nodes, uint64_t size,
                                         struct cw_tlog_hash *ret, struct cw_error *err);
/** Proof that entry `index` is in the tree of `size` entries; index < size. */
CW_NODISCARD enum cw_status cw_tlog_prove_inclusion(const struct cw_tlog_nodes *nodes,
                                                    uint64_t index, uint64_t size,
                                                    struct cw_tlog_path *ret, struct cw_error *err);
/** Proof that the tree of `old_size` entries is the beginning of that of `size`; old_size <= size.
 *  It is empty for an old_size of 0 or of size. */
CW_NODISCARD enum cw_status cw_tlog_prove_consistency(const struct cw_tlog_nodes *nodes,
                                                      uint64_t old_size, uint64_t size,
                                                      struct cw_tlog_path *ret,
                                                      struct cw_error *err);

/** A tree as a checkpoint states it. */
struct cw_tlog_tree {
    uint64_t size;
    struct cw_tlog_hash root;
};
/** True when the path leads from the leaf at `index` to the root, and has no hash too many. */
bool cw_tlog_includes(const struct cw_tlog_tree *tree, uint64_t index,
                      const struct cw_tlog_hash *leaf, const struct cw_tlog_path *path);
/** True when the path shows that `new_tree` begins with all of `old_tree`. */
bool cw_tlog_extends(const struct cw_tlog_tree *old_tree, const struct cw_tlog_tree *new_tree,
                     const struct cw_tlog_path *path);

#endif
