/* frame.h: the capped, versioned messages that main exchanges with its two helper programs.
 *
 * A stream starts with the four bytes "CWF1". A frame is u32 length, u16 kind, then `length - 2`
 * bytes of fields; a field is u32 length and its bytes. Integers are fields of 8 bytes. All
 * integers are little-endian. The order of fields belongs to the kind; a reader takes them one by
 * one with a maximum for each and at the end demands that nothing is left.
 *
 * Every reader treats the writer as hostile: lengths are checked before a byte is kept.
 */
#ifndef CW_BASE_FRAME_H
#define CW_BASE_FRAME_H

#include "base/buf.h"

enum { CW_FRAME_BYTES_MAX = 1 << 20 };

/** Builds one frame in a buffer. */
void cw_frame_begin(struct cw_buf *frame, uint16_t kind);
void cw_frame_put_span(struct cw_buf *frame, struct cw_span field);
void cw_frame_put_u64(struct cw_buf *frame, uint64_t field);
/** Fixes the length; frame then holds the bytes to write. CW_LIMIT past CW_FRAME_BYTES_MAX. */
CW_NODISCARD enum cw_status cw_frame_end(struct cw_buf *frame, struct cw_error *err);

/** Writes the four bytes that open a stream. */
CW_NODISCARD enum cw_status cw_frame_write_magic(int fd, struct cw_error *err);
CW_NODISCARD enum cw_status cw_frame_write(int fd, const struct cw_buf *frame,
                                           struct cw_error *err);

/** Reads a stream of frames from a descriptor. The reader owns nothing but its buffer. */
struct cw_frame_reader {
    int fd;
    bool has_magic;
    struct cw_buf in;
    size_t at; /* consumed bytes of `in` */
};

struct cw_frame {
    uint16_t kind;
    struct cw_span rest; /* fields not taken yet; borrowed until the next cw_frame_read */
};

void cw_frame_reader_init(struct cw_frame_reader *reader, int fd);
void cw_frame_reader_clear(struct cw_frame_reader *reader);
/** Blocks for the next frame.
 *  Out:     ret_is_end  true at a clean end between frames; *ret_frame is then not set
 *  Returns: CW_OK, CW_UNTRUSTED (bad magic, length or cut frame), CW_IO, CW_NOMEM,
 *           CW_TEMPORARY when a non-blocking descriptor has no whole frame yet (err is then left
 *           alone: it is no failure, and err must stay free for the first real one). */
CW_NODISCARD enum cw_status cw_frame_read(struct cw_frame_reader *reader,
                                          struct cw_frame *ret_frame, bool *ret_is_end,
                                          struct cw_error *err);
/** Takes the next field; false when missing or longer than max. */
bool cw_frame_take_span(struct cw_frame *frame, size_t max, struct cw_span *ret);
bool cw_frame_take_u64(struct cw_frame *frame, uint64_t max, uint64_t *ret);
/** True when every field was taken. */
bool cw_frame_is_empty(const struct cw_frame *frame);

#endif
