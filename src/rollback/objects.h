/* Objects that scripts and views of `compat` made, dropped again: never with CASCADE. */
#pragma once

#include "rollback/work.h"

/* Each in a transaction of its own, those that others depend on after these, as long as any goes. What stays is in the
 * report: somebody else's objects depend on it, or somebody else's rows are in the table. */
bool rollback_objects(Session *session, const RollbackWork *work, const RollbackEntryList *entries, Error *error);
