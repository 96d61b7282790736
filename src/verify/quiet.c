#include "verify/quiet.h"

#include "base/clock.h"
#include "base/text.h"
#include "sql/embedded.h"

static bool mark(Arena *arena, Conn *conn, QuietMark *found, bool *idle, Error *error)
{
    AUTO(Result) *result = conn_query(conn, sql_verify_quiet, NO_PARAMS, error);
    if (!result)
        return false;
    *found = (QuietMark){.xmin = result_number(result, 0, 0),
                         .xmax = result_number(result, 0, 1),
                         .server = result_copy(arena, result, 0, 2),
                         .text = result_copy(arena, result, 0, 4)};
    *idle = !result_bool(result, 0, 3);
    return true;
}

bool quiet_begin(Arena *arena, Quiet *quiet, Conn *source, Conn *target, Error *error)
{
    bool idle;
    atomic_store(&quiet->ours, 0);
    quiet->since = clock_now();
    return mark(arena, source, &quiet->source, &idle, error) && mark(arena, target, &quiet->target, &idle, error);
}

/* It takes a number if it has none yet, so that each counts for exactly one. */
bool quiet_count(Quiet *quiet, Conn *target, Error *error)
{
    if (!conn_exec(target, "SELECT pg_catalog.txid_current()", NO_PARAMS, NULL, error))
        return false;
    atomic_fetch_add(&quiet->ours, 1);
    return true;
}

static bool is_still(const QuietMark *before, const QuietMark *now, int64_t ours)
{
    return before->server && text_equal(before->server, now->server) && before->xmin == before->xmax &&
           now->xmax - before->xmax == ours;
}

bool quiet_holds(const Quiet *quiet, Conn *source, Conn *target, bool *holds, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    QuietMark left, right;
    bool left_idle = true, right_idle = true;
    int64_t ours = atomic_load(&quiet->ours);
    if (!mark(arena, source, &left, &left_idle, error) || !mark(arena, target, &right, &right_idle, error))
        return false;
    bool one_server = text_equal(quiet->source.server, quiet->target.server);
    *holds = left_idle && right_idle && is_still(&quiet->source, &left, one_server ? ours : 0) &&
             is_still(&quiet->target, &right, ours);
    return true;
}
