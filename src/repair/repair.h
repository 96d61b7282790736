/* Puts right what a verification found: `rehome verify --repair`.
 *
 * Rows that are missing or different are what the transform gives for their keys now, written by an upsert that touches
 * no column that verification leaves out; extra rows are deleted. Page by page, each one target transaction with what
 * rollback needs and with the mark that its rows are done. A row that cannot be written yet, because another one stands
 * in its way, is tried again when the others are done. Killed anywhere, what is left is what still differs. One process
 * does so at a time; the next one then finds what is left for it. */
#pragma once

#include "engine/engine.h"
#include "ledger/repair.h"

#include <stdio.h>

/* Of one entity. */
typedef struct Repair {
    const EntityPlan *entity;
    int64_t missing, different, extra; /* planned */
    const char *note;                  /* what people should know before they say yes; NULL: nothing */
    int64_t written, deleted;          /* done */
    int64_t unchanged;                 /* rows that were right by then */
    int64_t left;                      /* could not be put right */
    const char *why_left;              /* one of the reasons; NULL: none is left */
} Repair;
typedef LIST(Repair) RepairList;

/* Waits until no other process repairs the migration, and keeps the others out until the session's end. Before the
 * verification whose findings are put right. */
bool repair_begin(Session *session, Error *error);
/* What the verification before has kept (VerifyRequest.keep), in the order of the plan. */
bool repair_plan(Session *session, RepairList *repairs, Error *error);
/* Does it, and fills in what was done. */
bool repair_run(Session *session, RepairList *repairs, Error *error);
/* The same as SQL for people to read, on `out`; nothing is changed. */
bool repair_print(Session *session, const RepairList *repairs, FILE *out, Error *error);
