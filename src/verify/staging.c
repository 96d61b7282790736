#include "verify/staging.h"

#include "sql/embedded.h"

bool staging_exec(Desk *desk, const char *sql, Params params, Error *error)
{
    return desk_write(desk, "", error) && conn_exec(desk->target, sql, params, NULL, error) &&
           conn_commit(desk->target, error);
}

bool staging_open(Desk *desk, Error *error)
{
    return desk_write(desk, "", error) &&
           conn_exec(desk->target,
                     "DROP TABLE IF EXISTS pg_temp.rehome_source, pg_temp.rehome_target, pg_temp.rehome_odd", NO_PARAMS,
                     NULL, error) &&
           conn_exec(desk->target, sql_verify_create_source, NO_PARAMS, NULL, error) &&
           conn_exec(desk->target, sql_verify_create_target, NO_PARAMS, NULL, error) &&
           conn_commit(desk->target, error);
}

static bool fill(Desk *desk, const UnitList *units, bool of_target, BucketFilter filter, Error *error)
{
    FOR_EACH(const Unit, unit, *units)
        if ((unit->filling == NULL) == of_target && !unit_stage(unit, desk, filter, error))
            return false;
    return true;
}

bool staging_fill_source(Desk *desk, const UnitList *units, BucketFilter filter, Error *error)
{
    return fill(desk, units, false, filter, error);
}

bool staging_fill_target(Desk *desk, const UnitList *units, BucketFilter filter, Error *error)
{
    return desk_write(desk, "ISOLATION LEVEL REPEATABLE READ", error) && fill(desk, units, true, filter, error) &&
           conn_commit(desk->target, error);
}

bool staging_pair(Desk *desk, Error *error)
{
    return staging_exec(desk, sql_verify_pair_rows, NO_PARAMS, error);
}
