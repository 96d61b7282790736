/* What a rollback is asked for. Pure. */
#pragma once

#include "rollback/rollback.h"

bool rollback_is_whole(const RollbackOptions *options);
/* Its scope as the ledger keeps it while it is under way, and back. */
char *rollback_scope_json(Arena *arena, const RollbackOptions *options);
void rollback_scope_read(Arena *arena, const char *text, RollbackOptions *options);
/* For people: "everything". */
const char *rollback_scope_text(Arena *arena, const RollbackOptions *options);

/* `audits` takes all items of the list of that name. */
bool rollback_is_named(const StringList *names, const char *entity);
/* Of all entries, whether this one is to be undone. */
bool rollback_is_wanted(const RollbackEntryList *all, const RollbackEntry *entry, const RollbackOptions *options,
                        bool keeps_objects);
