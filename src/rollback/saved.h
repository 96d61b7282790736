/* Tables that a backup has, and what of a rollback they stand for. */
#pragma once

#include "rollback/order.h"

/* The tables of all backups of the migration; their files are there and whole. ERROR_STATE: there are none. */
bool rollback_saved_find(Session *session, RollbackTableList *tables, Error *error);
/* What the entry is about is in them. */
bool rollback_saved_covers(const RollbackTableList *tables, const RollbackEntry *entry);
bool rollback_saved_has(const RollbackTableList *tables, ObjectId table);
/* Its rows refer to rows of the backed up tables, by other tables perhaps: they go before. */
bool rollback_saved_is_below(const RollbackTableList *tables, ObjectId table, const RollbackPairList *pairs);
/* What stands for all of them in a plan, and for their new columns, which come first. */
RollbackEntry rollback_saved_before(const RollbackTableList *tables);
RollbackEntry rollback_saved_entry(Arena *arena, const RollbackTableList *tables);
