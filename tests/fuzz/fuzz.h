/* fuzz.h: what every fuzz target has in common.
 *
 * A target whose seeds are all refused at the door finds nothing and says nothing. So each target
 * tells where an input got all the way in, and the replay (replay.c) fails when none did.
 */
#ifndef CW_FUZZ_H
#define CW_FUZZ_H

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_KINDS_MAX = 16 };

/** The target: takes any bytes. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Counts an input that was read to its end, at the place of the deepest success.
 *  In:      what  a literal; where a target has several readers, which of them, else "input"
 *  Limits:  at most FUZZ_KINDS_MAX different words of one target */
void fuzz_accept(const char *what);
/** How many were counted under a word; NULL: under any. */
size_t fuzz_accepted(const char *what);

#endif
