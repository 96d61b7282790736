#include "engine/lock_wait.h"

#include "base/clock.h"
#include "base/text.h"
#include "sql/embedded.h"

bool lock_wait_limit(Conn *target, Error *error)
{
    return conn_exec(target, "SET LOCAL lock_timeout = '2s'", NO_PARAMS, NULL, error);
}

static bool name_holders(Arena *arena, Conn *target, const char *table, Error *error)
{
    Error ignored = {0};
    AUTO(Result) *holders = conn_query(target, sql_engine_lock_holders, PARAMS(table), &ignored);
    if (!holders || result_rows(holders) == 0)
        return false;
    Text text = text_new(arena);
    for (int row = 0; row < result_rows(holders); row++) {
        text_separate(&text, "; ");
        text_add(&text, result_text(holders, row, 0));
    }
    error_detail(error, "locked by %s", text.chars);
    return true;
}

/* A step may need a lock on a table that its foreign keys point to, too: then whoever holds one is named. */
void lock_wait_explain(Arena *arena, Conn *target, const Step *step, Error *error)
{
    const char *table = step && step->relation ? step->relation->sql_name : NULL;
    if (!table || !name_holders(arena, target, table, error))
        name_holders(arena, target, NULL, error);
}

enum { MOST_TRIES = 20 };

bool lock_wait_again(Arena *arena, Conn *target, const Step *step, int attempt, Error *error)
{
    if (!text_equal(error->sqlstate, "55P03") && !text_equal(error->sqlstate, "XX000"))
        return false;
    if (attempt < MOST_TRIES && clock_sleep(clock_backoff(1, 1))) {
        error_clear(error);
        return true;
    }
    lock_wait_explain(arena, target, step, error);
    return false;
}
