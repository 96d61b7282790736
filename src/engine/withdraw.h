/* Takes rows out of the target again that a key refuses when it comes back: duplicates that a unique index meets,
 * overlaps of an exclusion constraint, rows whose parent is missing.
 *
 * While the table was filled nothing checked it, so the rows are there. Those that may not stay become rejects, each
 * with its driving row: of duplicates the first in the order of entities and driving keys stays. A chunk of method
 * 'keys' corrects the books of each entity. All in the step's own transaction, with the table locked against writers;
 * then the step's SQL is run again. Foreign keys that point to the table are dropped and their steps opened again:
 * what the withdrawn rows leave behind in other tables is found when these keys come back. */
#pragma once

#include "base/event.h"
#include "pg/snapshot.h"
#include "plan/plan.h"

#include <stdint.h>

typedef struct Withdrawal {
    const Plan *plan;
    int64_t migration;
    const Step *step;   /* of the plan; NULL: another process planned it */
    const char *action; /* its SQL */
    Conn *source, *target;
    Snapshot *snapshot;
    Events *events;
} Withdrawal;

/* Whether rows stood in the way of a step that brings a key back. */
bool withdraw_is_due(const Withdrawal *withdrawal, const Error *refusal);
/* `error` is what the server said. Goes back to the savepoint "rehome_work", takes the rows out and does the step. When
 * that cannot be done, nothing is taken out, and `error` says so besides. */
bool withdraw_run(Arena *arena, const Withdrawal *withdrawal, Error *error);
