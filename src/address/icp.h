/* icp.h: from a principal to its account identifier. */
#ifndef CW_ADDRESS_ICP_H
#define CW_ADDRESS_ICP_H

#include "base/span.h"

enum { CW_ICP_PRINCIPAL_MAX = 29, CW_ICP_SUBACCOUNT = 32, CW_ICP_ACCOUNT = 32 };

/** CRC-32 and SHA-224 of "account-id", principal and subaccount. Source: ICP ledger. */
void cw_icp_account(struct cw_span principal, const uint8_t subaccount[static CW_ICP_SUBACCOUNT],
                    uint8_t ret[static CW_ICP_ACCOUNT]);

#endif
