/* What `dropped` and `unfilled` of the manifest say of a table or a column.
 *
 * What an entity says of columns of its own tables counts before what stands at the top, and a name before a pattern.
 * `users.*` speaks for the table as well, where nothing of it is carried over. */
#pragma once

#include "plan/plan.h"

/* A reason and, of an entity's, the tables whose columns it names. */
typedef struct BoundReason {
    const Reason *reason;
    bool bound; /* to these tables alone; else to whatever its name says */
    LIST(const Relation *) tables;
} BoundReason;
typedef struct ReasonBook {
    const Catalog *catalog;
    LIST(BoundReason) reasons; /* in the order in which they count */
} ReasonBook;

ReasonBook reason_of_old(Arena *arena, const Plan *plan);
ReasonBook reason_of_new(Arena *arena, const Plan *plan);

/* NULL: nothing is said of it. Without a column: of the table as a whole. */
const Reason *reason_find(const ReasonBook *book, const Relation *relation, const Column *column);
/* Of what is no table: a function, a sequence. */
const Reason *reason_find_named(const ReasonBook *book, const char *schema, const char *name);

/* Those that name something, and nothing for which they are needed: `is_moved` is true of all of it. */
typedef bool ReasonIsMoved(void *self, const Relation *relation, const Column *column);
void reason_find_vain(Arena *arena, const ReasonBook *book, ReasonIsMoved *is_moved, void *self, ReasonList *vain);
/* Mistakes for those that name nothing that is there. `key`: dropped, unfilled. */
void reason_check(const ReasonBook *book, const char *key, Mistakes *mistakes);
