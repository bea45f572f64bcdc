/* shell.h: what a person is told to type, so that it runs as it stands.
 *
 * Knows how a path becomes one word of a POSIX shell, and where a sentence names a command of ours:
 * between backticks, "run `cryptowatch scan`". Refuses to know where a sentence is shown.
 *
 * The library writes such commands without --config: its sentences may be stored, signed and sent,
 * and who reads them elsewhere has another home. Who shows one to the person at this home completes
 * it with cw_shell_complete.
 */
#ifndef CW_BASE_SHELL_H
#define CW_BASE_SHELL_H

#include "base/buf.h"

/** What the kernel takes as a path (PATH_MAX), and room for the word that it becomes: a quote in it
 *  takes four bytes. */
enum { CW_SHELL_PATH_BYTES = 4096, CW_SHELL_WORD_BYTES = 2 * CW_SHELL_PATH_BYTES };

/** Appends a path as one word; before a leading '-' stands "./", for it is no option. */
void cw_shell_word(struct cw_buf *out, const char *path);

/** The same as a value. */
struct cw_quoted {
    char text[CW_SHELL_WORD_BYTES]; /* "" when it does not fit: half a path is worse than none */
};
struct cw_quoted cw_shell_quote(const char *path);
/** folder + "/" + name as one word. */
struct cw_quoted cw_shell_quote_in(const char *folder, const char *name);

/** Appends " --config PATH"; nothing when config is NULL. */
void cw_shell_config(struct cw_buf *out, const char *config);
/** Appends a sentence in which every `cryptowatch …` has " --config PATH" at its end. One that has
 *  it already stays as it is, and so does `cryptowatch init`, which asks for no home.
 *  In:      config  as it was given; NULL: the sentence is appended as it is */
void cw_shell_complete(struct cw_buf *out, struct cw_span text, const char *config);

#endif
