/* The head of a report: one row of the ledger with all sums, and what they mean together. */
#pragma once

#include "base/error.h"
#include "pg/conn.h"
#include "report/html.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* What the verdict goes by. */
typedef struct Standing {
    const char *phase, *state;
    int64_t steps_failed, entities, verified, unequal, suspect, findings_bad, missing, extra, different, complaints,
        checks_failed, benches_bad, over_budget;
    bool balanced;
} Standing;

typedef struct Verdict {
    const char *mood;  /* see cell_mood() */
    const char *word;  /* "Complete and verified" */
    const char *words; /* a sentence: why */
} Verdict;

/* What is worst counts. Pure. */
Verdict verdict_of(const Standing *standing);

typedef struct Facts {
    Result *result;      /* of report/facts.sql */
    int64_t over_budget; /* rejects of budgets that are over */
    bool balanced;
} Facts;
void Facts_cleanup(Facts *facts);

bool facts_load(Arena *arena, Conn *target, int64_t migration, Facts *facts, Error *error);
const char *facts_text(const Facts *facts, const char *name); /* NULL for NULL */
int64_t facts_number(const Facts *facts, const char *name);
Verdict facts_verdict(const Facts *facts);
json_t *facts_json(const Facts *facts);
