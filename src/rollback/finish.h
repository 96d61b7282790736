/* The end of a rollback: what the ledger says from then on, or that there is none any more. */
#pragma once

#include "rollback/rollback.h"

/* Of a rollback of everything the tables that keep rows go before objects are dropped, because their columns may have
 * types that scripts made. In a transaction of its own. */
bool rollback_drop_images(Session *session, const RollbackOptions *options, Error *error);
/* In the last transaction. */
bool rollback_finish(Session *session, const RollbackOptions *options, const RollbackPlan *plan, RollbackReport *report,
                     Error *error);
