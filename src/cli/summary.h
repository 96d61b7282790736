/* Where a migration stands, as the ledger tells it: for `status` and for the end of `run`. */
#pragma once

#include "cli/bench_report.h"
#include "engine/engine.h"
#include "ledger/budget.h"
#include "ledger/ledger.h"
#include "ledger/reject.h"

#include <jansson.h>
#include <stdio.h>

typedef struct FailedStep {
    const char *name, *entity, *sqlstate, *error;
} FailedStep;

typedef struct EntitySummary {
    EntityState state;
    double seconds;       /* from the start of its first chunk to the end of its last */
    const char *verified; /* passed, failed; "": not compared yet */
    int64_t conflicts;    /* keys on which the sources of a merge disagree */
    const char *disputed; /* "phone 12, full_name 3": columns, and keys that disagree there; NULL: none */
} EntitySummary;
typedef LIST(EntitySummary) EntitySummaryList;

typedef struct WorkerSummary {
    WorkerState state;
    const char *waits_for; /* NULL: nothing */
} WorkerSummary;

typedef struct Summary {
    int64_t migration;    /* 0: never run */
    MigrationState state; /* of a migration that was never run: the name, phase NULL, state "not started" */
    EntitySummaryList entities;
    RejectGroupList rejects;
    BudgetStateList budgets;
    LIST(FailedStep) failed;
    LIST(WorkerSummary) workers;
    VerificationList verifications;
    CheckOutcomeList checks;
    OddityList oddities;
    BenchOutcomeList benches;
    const char *next, *next_reason, *back; /* see advice.h */
} Summary;

/* Reads it over the session's target connection, ledger or none. */
bool summary_load(Arena *arena, const Session *session, Summary *summary, Error *error);

/* The books as a table with totals, rejects by reason, what failed, differences, columns not compared, checks, and what
 * to do next. */
void summary_print(Arena *arena, const Summary *summary, FILE *out);
/* What `verify` found: a table, the keys that differ, the columns that were left out. */
void verifications_print(Arena *arena, const VerificationList *verifications, FILE *out);
/* The keys and columns that differ, the first ten of each entity. */
void differences_print(Arena *arena, const VerificationList *verifications, FILE *out);
void checks_print(const CheckOutcomeList *checks, FILE *out);
/* What is odd beside the rows. */
void oddities_print(const OddityList *oddities, FILE *out);

json_t *summary_json(const Summary *summary);
json_t *verifications_json(const VerificationList *verifications);
json_t *differences_json(const DifferenceList *differences);
json_t *checks_json(const CheckOutcomeList *checks);
/* [{"severity", "relation", "what"}] */
json_t *oddities_json(const OddityList *oddities);
/* One document and a newline. */
void json_print(json_t *document, size_t flags, FILE *out);
