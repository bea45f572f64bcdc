/* screen_packed.h: a packed file, screened while the sealed helper program unpacks it.
 *
 * Knows how to start it and how to hear what it says. Refuses to know any packing. Its words are
 * those of a program that reads foreign bytes: they come over a pipe that holds so many and no
 * more, and never reach a terminal or a log but escaped and with the file's name.
 */
#ifndef CW_CLI_SCREEN_PACKED_H
#define CW_CLI_SCREEN_PACKED_H

#include "cli/screen_job.h"
#include "home/home.h"

/** Screens what is packed in an open file, from its beginning.
 *  Out:     said  why it cannot be unpacked, in the helper's own words; left alone when it has none
 *  Returns: CW_OK only when all of it came; what cw_screen_job_run, cw_child_start and
 *           cw_child_wait say */
CW_NODISCARD enum cw_status cw_screen_packed_run(const struct cw_programs *programs,
                                                 const struct cw_screen_job *job, int fd,
                                                 struct cw_error *said, struct cw_error *err);

#endif
