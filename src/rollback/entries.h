/* What the ledger has noted for rollback: rehome.undo. */
#pragma once

#include "rollback/rollback.h"

/* All of the migration, newest first. */
bool rollback_load(Session *session, RollbackEntryList *entries, Error *error);
bool rollback_is_of(const RollbackEntry *entry, const char *kind);
/* An expand or seed file, not a step of the engine. */
bool rollback_is_of_script(const RollbackEntry *entry);
/* Objects that scripts have made, or all others. */
void rollback_take_objects(Arena *arena, const RollbackEntryList *from, bool of_scripts, RollbackEntryList *to);
