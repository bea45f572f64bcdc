/* wire.h: the frames between main and cryptowatch-net, written and read by the same code.
 *
 * Kinds: SETUP (once, first: allowed private hosts, number of slots), REQUEST, RESULT.
 * Both sides check every length against limits.h before a byte is kept.
 */
#ifndef CW_HTTP_WIRE_H
#define CW_HTTP_WIRE_H

#include "http/net.h"

enum cw_wire_kind { CW_WIRE_SETUP = 1, CW_WIRE_REQUEST = 2, CW_WIRE_RESULT = 3 };

struct cw_wire_setup {
    struct cw_span hosts[CW_NET_HOSTS_MAX];
    size_t hosts_count;
    uint64_t slots;
};

CW_NODISCARD enum cw_status cw_wire_put_setup(struct cw_buf *out, const struct cw_wire_setup *setup,
                                              struct cw_error *err);
CW_NODISCARD enum cw_status cw_wire_take_setup(struct cw_frame *frame, struct cw_wire_setup *ret,
                                               struct cw_error *err);
CW_NODISCARD enum cw_status
cw_wire_put_request(struct cw_buf *out, const struct cw_net_request *request, struct cw_error *err);
CW_NODISCARD enum cw_status cw_wire_take_request(struct cw_frame *frame, struct cw_net_request *ret,
                                                 struct cw_error *err);
CW_NODISCARD enum cw_status
cw_wire_put_result(struct cw_buf *out, const struct cw_net_result *result, struct cw_error *err);
CW_NODISCARD enum cw_status cw_wire_take_result(struct cw_frame *frame, struct cw_net_result *ret,
                                                struct cw_error *err);

#endif
