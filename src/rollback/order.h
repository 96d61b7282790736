/* In which order the pieces of a rollback are undone: newest and children first, tables of a circle one after the
 * other. */
#pragma once

#include "rollback/entries.h"

/* A foreign key leads from one table to another. */
typedef struct RollbackPair {
    ObjectId from, to;
} RollbackPair;
typedef LIST(RollbackPair) RollbackPairList;

/* Of all foreign keys. */
bool rollback_pairs(Arena *arena, Conn *target, RollbackPairList *pairs, Error *error);
/* The circle that each of the tables is in, counted from 1; 0: in none. Pure. */
size_t *rollback_circles(Arena *arena, const ObjectIdList *tables, const RollbackPairList *pairs);
/* Pure: children before the tables that their foreign keys point to; `pairs` are (from, to). Circles are cut somewhere.
 */
void rollback_order(Arena *arena, ObjectId *tables, size_t count, const RollbackPairList *pairs);

bool rollback_has_table(const ObjectIdList *tables, ObjectId oid);
/* Into plan->entries, in the order of undoing, with what stands for a backup. */
bool rollback_order_entries(Session *session, const RollbackEntryList *wanted, RollbackPlan *plan, Error *error);
