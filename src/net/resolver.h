/* resolver.h: the modules of glibc's resolver, loaded before they cannot be any more.
 *
 * Knows that nsswitch.conf may name libraries (libnss_resolve, libnss_myhostname ...) that glibc
 * loads when it first gets to them: in a sealed program too late, for no file becomes code there.
 * Refuses to know which ones.
 */
#ifndef CW_NET_RESOLVER_H
#define CW_NET_RESOLVER_H

/** Lets glibc load every module that nsswitch.conf names for hosts. Speaks to nobody. A module that
 *  cannot be loaded is passed over, as by every program.
 *  Safety: before there is a second thread
 *  Source: nsswitch.conf(5); glibc 2.36, nss/getnssent_r.c: __nss_setent, __nss_endent */
void cw_resolver_open_early(void);

#endif
