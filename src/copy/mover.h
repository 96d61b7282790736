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
    int64_t migration, chunk, run; /* run 0: none */
    Conn *source; /* in a transaction that sees the run's snapshot; equal to `target` inside one database */
    Conn *target; /* in the chunk's transaction */
    CopyMonitor monitor;
    Snapshot *snapshot; /* of the source's transaction, which may be begun anew for it; NULL: it must stay as it is */
    bool carefully;     /* rows that the target refuses become rejects (careful.h); piecewise_move() sets it */
    int64_t attempt;    /* of those rejects; 0: the first */
} Move;

/* `books` balances when it succeeds. Data errors carry the server's words; which row it was is found by
 * piecewise_move(). */
bool mover_move(Arena *arena, const Move *move, Books *books, Error *error);
/* Its two halves: what reads crosswalks finds them, which may begin the source's transaction anew; then the rows. */
bool mover_seat(Arena *arena, Move *move, Error *error);
bool mover_move_seated(Arena *arena, const Move *move, Books *books, Error *error);
