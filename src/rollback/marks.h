/* Transactions whose rows are ours: those of rows of rehome.undo. */
#pragma once

#include "base/arena.h"

/* A condition over u, a row of rehome.undo: that its transaction says something. It does not when the ledger was
 * restored from a dump, where all rows have another, and when it is so old that its number may have come again: they
 * have 32 bits, and that of a subtransaction comes a little later. */
#define ROLLBACK_MARK_COUNTS                       \
    "(u.home IS NULL OR u.home = u.tableoid) AND " \
    "(u.transaction IS NULL OR pg_catalog.txid_current() - u.transaction < 4000000000)"

/* "(SELECT … FROM rehome.undo u WHERE …)" gives an xid each, for an IN; `where` is a condition over u. Pure. */
char *rollback_marks(Arena *arena, const char *where);
