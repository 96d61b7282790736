/* Moves the rows of one KeySet of one entity inside the target transaction that the caller opened and will commit, and
 * keeps their books.
 *
 * One mover for all ways (inside, stream, stage) and all reasons to move: a chunk, later a list of keys. */
#pragma once

#include "ledger/ledger.h"
#include "pg/copy_stream.h"
#include "pg/snapshot.h"
#include "plan/plan.h"
#include "transform/keyset.h"

typedef struct Move {
    const EntityPlan *entity;
    const Gathered *gathered;
    const KeySet *keys;
    int64_t migration, chunk;
    Conn *source; /* in a transaction that sees the run's snapshot; equal to `target` inside one database */
    Conn *target; /* in the chunk's transaction */
    CopyMonitor monitor;
    Snapshot *snapshot; /* of the source's transaction, which may be begun anew for it; NULL: it must stay as it is */
} Move;

/* `books` balances when it succeeds. Data errors carry the server's words; which key it was is for the caller to find
 * by moving less. */
bool mover_move(Arena *arena, const Move *move, Books *books, Error *error);
