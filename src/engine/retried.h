/* A try that failed and comes again: kept until the worker has a connection by which the ledger can be told. */
#pragma once

#include "base/error.h"
#include "ledger/ledger.h"
#include "pg/conn.h"

typedef struct Retried {
    Arena *arena; /* NULL: there is nothing to tell */
    const char *entity, *step, *message, *sqlstate;
} Retried;

/* Takes the place of one that was not told yet. One of `step` and `chunk` is not NULL. */
void retried_keep(Retried *retried, const ClaimedStep *step, const ClaimedChunk *chunk, const Error *why);
/* Outside a transaction. That it cannot be told is no failure of the work. */
void retried_tell(Retried *retried, Conn *target, int64_t migration);
void retried_forget(Retried *retried);
