/* What belongs to the tables that a migration fills, as it was declared (rehome.declared), and what verification finds
 * to be odd beside their rows (rehome.finding). */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

#include <stdint.h>

typedef struct Oddity {
    const char *severity; /* error: verification fails; warn: it is told */
    const char *relation; /* quoted and qualified */
    const char *what;
} Oddity;
typedef LIST(Oddity) OddityList;

/* Keeps what belongs to the plan's tables, before the first step takes an index away; of tables that are known already
 * only when scripts have run since (`anew`). */
bool oddity_declare(Arena *arena, Conn *target, int64_t migration, const Plan *plan, bool anew, Error *error);
/* What is gone or changed since. */
bool oddity_find_undeclared(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found,
                            Error *error);
/* Materialised views of `refresh` that do not show what is in the tables by now. */
bool oddity_find_stale(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found,
                       Error *error);

/* In place of what an earlier verification found. */
bool oddity_record(Conn *target, int64_t migration, const OddityList *found, Error *error);
/* A ledger of an older version has none. */
bool oddity_load(Arena *arena, Conn *target, int64_t migration, OddityList *found, Error *error);
bool oddity_is_error(const Oddity *oddity);
