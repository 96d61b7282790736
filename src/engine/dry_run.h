/* `run --dry-run`: everything up to the first COMMIT, in one transaction on the target that is rolled back. Expand
 * files run, the ledger is made, and each entity's first chunk is moved in the order of the plan. */
#pragma once

#include "engine/engine.h"

typedef enum DryState {
    DRY_TRIED,        /* the rows were moved */
    DRY_NOTHING_LEFT, /* earlier runs have moved all of it */
    DRY_DEPENDS,      /* refused for rows that only later chunks bring: nothing can be said */
    DRY_TOO_LONG,     /* given up, so that locks are not held for long */
    DRY_FAILED        /* the run would stop at this entity */
} DryState;
const char *dry_state_name(DryState state);

typedef struct DryReject {
    const char *reason;
    bool over_budget; /* there are more than its budget allows */
    int64_t rows;
    StringList keys; /* up to three, as JSON objects */
} DryReject;

typedef struct DryEntity {
    const EntityPlan *plan;
    DryState state;
    bool whole;                  /* after this none of its rows is left to be moved */
    bool has_books;              /* else they say nothing */
    Books books;                 /* of the rows that were tried */
    int64_t chunks, chunks_done; /* of the real run */
    const char *keys;            /* which rows of the driving table, for people; NULL: nothing was left */
    LIST(DryReject) rejects;
    StringList notes;   /* what a run would do otherwise */
    const Error *error; /* NULL; with the guilty key where one was found */
    double seconds;
} DryEntity;

typedef struct DryRun {
    StringList expand, seed; /* files that the run would run */
    CheckOutcomeList checks;
    LIST(DryEntity) entities;
    StringList notes;
    double seconds;
} DryRun;

/* True when the run would do well. Else ERROR_DATA: an entity would fail; ERROR_DIFFERENT: a source check failed;
 * ERROR_REJECTS: rejects without a budget; then the report is whole. Anything else: it could not be tried. */
bool engine_dry_run(Session *session, DryRun *report, Error *error);
