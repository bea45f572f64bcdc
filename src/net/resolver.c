#include "net/resolver.h"

#include <netdb.h>

/* To end a reading of all hosts, glibc goes through all modules, whatever they answer; it does so
 * only when one has begun. Looking up a name would stop at the first that knows it, and ask
 * servers.
 */
void cw_resolver_open_early(void)
{
    sethostent(0);
    endhostent();
}
