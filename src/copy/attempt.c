#include "copy/attempt.h"

#include "copy/piecewise.h"
#include "copy/refusal.h"

/* Deferred constraints speak up before the COMMIT, while the chunk can still be moved another way. */
static bool move_at_once(Arena *arena, const Move *move, Books *books, Error *error)
{
    return mover_move(arena, move, books, error) &&
           conn_exec(move->target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error);
}

static bool move_carefully(Arena *arena, const Move *move, bool *careful, Books *books, Error *error)
{
    if (!piecewise_move(arena, move, books, error))
        return false;
    *careful = books->refused > 0;
    return true;
}

bool attempt_move(Arena *arena, const Move *move, bool *careful, Books *books, Error *error)
{
    if (*careful)
        return move_carefully(arena, move, careful, books, error);
    if (move_at_once(arena, move, books, error))
        return true;
    if (!refusal_is_possible(error) || !conn_in_transaction(move->target))
        return false;
    error_clear(error);
    return conn_exec(move->target, "ROLLBACK TO SAVEPOINT rehome_work", NO_PARAMS, NULL, error) &&
           move_carefully(arena, move, careful, books, error);
}
