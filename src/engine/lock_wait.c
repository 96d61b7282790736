#include "engine/lock_wait.h"

#include "base/text.h"
#include "sql/embedded.h"

bool lock_wait_limit(Conn *target, Error *error)
{
    return conn_exec(target, "SET LOCAL lock_timeout = '2s'", NO_PARAMS, NULL, error);
}

void lock_wait_explain(Arena *arena, Conn *target, const Step *step, Error *error)
{
    if (!step || !step->relation)
        return;
    Error ignored = {0};
    AUTO(Result) *holders = conn_query(target, sql_engine_lock_holders, PARAMS(step->relation->sql_name), &ignored);
    if (!holders || result_rows(holders) == 0)
        return;
    Text text = text_new(arena);
    for (int row = 0; row < result_rows(holders); row++) {
        text_separate(&text, "; ");
        text_add(&text, result_text(holders, row, 0));
    }
    error_detail(error, "Locks on %s are held by %s.", step->relation->sql_name, text.chars);
}
