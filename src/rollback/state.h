/* Sequences and materialised views as they were, in the open transaction of the target. */
#pragma once

#include "rollback/work.h"

/* One entry of kind sequence, one of kind view. */
bool rollback_sequence(const RollbackWork *work, const RollbackEntry *entry, Error *error);
bool rollback_view(const RollbackWork *work, const RollbackEntry *entry, Error *error);
