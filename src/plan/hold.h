/* What of a target table is taken away while it is filled, and comes back afterwards: its indexes and foreign keys.
 *
 * Only a table that is empty and ours. What others rely on stays: an index that a foreign key of a table not held
 * points to, a replica identity, the unique index that ON CONFLICT needs, the primary key that a view groups by. A
 * partitioned table keeps its indexes. */
#pragma once

#include "plan/plan.h"

typedef struct Hold {
    const Relation *relation;
    bool held;
    bool emptied; /* `replace` truncates it */
    const char *reason;
    LIST(const Index *) indexes;
    LIST(const ForeignKey *) foreign_keys;
} Hold;
typedef LIST(Hold) HoldList;

/* One for each table that an entity fills, in the order of the entities; their `hold` and `hold_reason` too. */
void hold_build(Arena *arena, Plan *plan, HoldList *holds);
/* Mistakes: a table that `replace` has to empty while a foreign key from another table stays. */
void hold_check(const Plan *plan, const HoldList *holds, Mistakes *mistakes);
const Hold *hold_of(const HoldList *holds, const Relation *relation);
bool hold_has_foreign_key(const HoldList *holds, const ForeignKey *key);
/* The parent loses an index that a held foreign key of the child needs, or is truncated: that key has to be gone by
 * then. */
bool hold_goes_before(const Hold *child, const Hold *parent);
