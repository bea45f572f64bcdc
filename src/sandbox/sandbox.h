/* sandbox.h: what a helper program gives up, for good, before it reads a foreign byte.
 *
 * Knows two roles and what the kernel can take from each: system calls by seccomp, files and names
 * by Landlock, memory, processor time and descriptors by limits. Needs no privilege. Refuses to
 * know what the programs do.
 *
 *   role    may                                        never again
 *   parse   read and write what is open, get memory    open, connect, start, signal, trace; memory
 *                                                      that is code
 *   net     the same; IP sockets; threads; read the    write or make a file, read any other one,
 *           certificate store, resolver and C library  listen, speak to local sockets, start,
 *                                                      signal, trace; memory that is code
 *
 * A forbidden call kills the program (SIGSYS, "stopped by its sandbox" in cw_child_wait); a few
 * that libraries try and can do without are answered with an error. Where the kernel has no
 * Landlock, net may read every file that its user may read; parse loses nothing by it.
 *
 * Builds with sanitizers allow the calls of their runtime too, and reading /proc.
 *
 *   cw_sandbox_limit(CW_SANDBOX_PARSE, 0);                    first of all
 *   cw_sandbox_seal(&plan, &state, err);                      before the first foreign byte
 *
 * Source: seccomp(2), landlock(7), reliability.md section 5.
 */
#ifndef CW_SANDBOX_SANDBOX_H
#define CW_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/child.h"

enum cw_sandbox_role { CW_SANDBOX_PARSE, CW_SANDBOX_NET };

/** The option of both helper programs that leaves the sandbox away; the only way to do so. */
#define CW_SANDBOX_OFF "--no-sandbox"
/** The option that seals, tells the state on descriptor 1 and then does what is forbidden: a
 * program that is sealed dies of it. */
#define CW_SANDBOX_PROBE "--sandbox"
/** The option that tells the program's name and version on descriptor 1, unsealed and unfed; the
 * network program tells its library and its certificate store too, a line each:
 *
 *   cryptowatch-net 0.1.0
 *   libcurl 7.88.1 OpenSSL/3.0.17
 *   ca-file /etc/ssl/certs/ca-certificates.crt        "ca-folder" likewise; what there is */
#define CW_SANDBOX_VERSION "--version"
/** Exit code of a helper program that could not be sealed, and so did nothing. */
enum { CW_SANDBOX_EXIT = CW_CHILD_UNSEALED };

struct cw_sandbox_plan {
    enum cw_sandbox_role role;
    bool is_off;  /* CW_SANDBOX_OFF was given: only descriptors are closed */
    int fds_kept; /* descriptors below this number stay open */
    /* net: a file or folder to read, NULL for none; what does not exist is passed over */
    const char *readable[4];
};

struct cw_sandbox_state {
    bool has_filter;    /* system calls are filtered */
    int landlock;       /* ABI version that is in force; 0: none */
    const char *absent; /* why there is no filter; NULL when there is one; static */
};

/** For main, first of all: no new privileges, no core dump, and what its caller left open goes to
 *  no program that it starts. Not closed: a shell's <(...) and --passphrase-fd are such
 * descriptors. Best effort. */
void cw_sandbox_shield(void);
/** For main: its memory, which holds keys, is not read or traced by other programs of its user, but
 *  those that may trace everybody. What reads it for itself (/dev/fd) still can. Builds with
 *  sanitizers, which trace themselves, are not hidden. */
void cw_sandbox_hide(void);
/** Takes memory, processor time, descriptors, core dumps, new privileges and those that root has
 *  (capabilities; its user stays). Best effort: each call can only make us safer.
 *  In:      file_bytes_max  how long a file may grow that is open; UINT64_MAX: as it was */
void cw_sandbox_limit(enum cw_sandbox_role role, uint64_t file_bytes_max);
/** Closes every descriptor that is not kept, then takes files and system calls away. To be called
 *  once, before there is a second thread.
 *  Returns: CW_OK; CW_DENIED, with what to do, when the kernel filters no system calls, or, for
 *           net, has Landlock and does not put it up. */
CW_NODISCARD enum cw_status cw_sandbox_seal(const struct cw_sandbox_plan *plan,
                                            struct cw_sandbox_state *ret, struct cw_error *err);
/** For main: what its helper programs get here. Nothing is changed. What the kernel then does not
 *  put up, of this, is a helper program that does nothing; so this is what was in force where one
 *  did something. */
struct cw_sandbox_state cw_sandbox_expect(bool is_off);
/** CW_SANDBOX_PROBE after sealing: writes "seccomp on" or "seccomp off (why)" and "landlock N", a
 *  line each, then asks for a new program, of which a sealed one dies; one that lives says "alive".
 *  Returns: CW_SANDBOX_EXIT. */
int cw_sandbox_probe(const struct cw_sandbox_state *state);

#endif
