/* Tables that were empty: rows in them are ours when one of our transactions has written them. */
#pragma once

#include "rollback/work.h"

/* All entries of kind empty of one table that are undone; `whole`: there are no others of the migration. */
bool rollback_empty(const RollbackWork *work, const RollbackEntryList *entries, bool whole, Error *error);
