/* The proof: the transform's output on the source and the rows of the target, compared in the servers.
 *
 * Both sides are read once. Each row is hashed over the columns' binary forms, seeded with the hash of its key, and the
 * hashes are summed per bucket of the key's hash, so no order and no collation matters, and several entities that fill
 * one table are simply added up. Only buckets that differ are looked at row by row: the source's (key, hash) pairs of
 * those buckets are staged on the target and joined there. Where the target may hold rows of others (it was not empty,
 * and the entity has no `scope`) the sums say nothing, so every row is staged and joined, and rows that only the target
 * has are not counted as extra. At the end of a run the source's sums may be known from the copy: see sent.h. The hash is
 * described in research form in verify.c. */
#pragma once

#include "base/event.h"
#include "ledger/ledger.h"
#include "pg/conn.h"
#include "pg/snapshot.h"
#include "plan/plan.h"

enum { VERIFY_PATIENCE_S = 10 };

typedef struct VerifyRequest {
    const Plan *plan;
    int64_t migration;
    ConnOptions source, target;
    Snapshot *snapshot; /* of the source; NULL with target: same */
    int jobs;
    double patience; /* seconds: how long rows are looked at again that differ while somebody writes */
    bool changed;   /* only what was written to since the last verification is read again */
    bool sent;      /* the source is not read again where its rows were summed up as they were sent: sent.h */
    bool keep;      /* every row that differs is kept in rehome.repair, to be put right */
    Events *events; /* may be NULL */
} VerifyRequest;

/* Verifies every entity of the plan, records each in the ledger and lists them. Differences are not an error here: look
 * at the states. */
bool verify_run(Arena *arena, const VerifyRequest *request, VerificationList *found, Error *error);

/* Runs the user's checks of one side or the balances, records and lists them. `source` and `target` are open
 * connections (equal with same). */
bool verify_checks(Arena *arena, const Plan *plan, int64_t migration, CheckSide side, Conn *source, Conn *target,
                   CheckOutcomeList *outcomes, Error *error);
/* One check: its outcome. A check that cannot even be run is an Error, with file and line. */
bool verify_check(Arena *arena, const Plan *plan, const Check *check, Conn *source, Conn *target, CheckOutcome *outcome,
                  Error *error);
/* Both servers compute the same hash of the same bytes: the handshake before anything is compared. */
bool verify_hashes_agree(Conn *source, Conn *target, bool *agree, Error *error);
/* The same for rows of plain values; never before PostgreSQL 14. */
bool verify_records_agree(Conn *source, Conn *target, bool *agree, Error *error);
