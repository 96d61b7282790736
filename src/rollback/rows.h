/* Rows that were inserted or changed among others, or removed by `replace`: they go, or come back. */
#pragma once

#include "rollback/work.h"

/* One entry of kind rows. */
bool rollback_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error);
/* One entry of kind replaced. */
bool rollback_replaced(const RollbackWork *work, const RollbackEntry *entry, Error *error);
