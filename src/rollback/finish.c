#include "rollback/finish.h"

#include "engine/lock_wait.h"
#include "rollback/scope.h"

#include "base/fault.h"
#include "ledger/crosswalk.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

static bool forget_crosswalks(Session *session, const StringList *entities, Error *error)
{
    FOR_EACH(const char *, name, *entities)
        if (!crosswalk_forget(session->arena, session->target, number_text(session->arena, session->migration), *name,
                              error))
            return false;
    return true;
}

/* Names in the ledger of the entities that are undone. */
static bool undone_entities(Session *session, const RollbackOptions *options, StringList *names, Error *error)
{
    AUTO(Result) *found = conn_query(session->target, "SELECT name FROM rehome.entity WHERE migration = $1::bigint",
                                     PARAMS(number_text(session->arena, session->migration)), error);
    for (int row = 0; found && row < result_rows(found); row++)
        if (options->entities.count == 0 || rollback_is_named(&options->entities, result_text(found, row, 0)))
            LIST_PUSH(session->arena, names, result_copy(session->arena, found, row, 0));
    return found != NULL;
}

/* What scripts made goes to the migration that uses it still. */
static bool hand_over(Session *session, Error *error)
{
    const char *sql = "UPDATE rehome.undo u SET migration = o.id, wrote = coalesce(u.wrote, u.xmin) FROM "
                      "rehome.migration m JOIN rehome.migration o "
                      "ON o.name = m.name AND o.id <> m.id AND o.phase <> 'rolled back' WHERE m.id = $1::bigint AND "
                      "u.migration = m.id AND "
                      "(u.step LIKE 'expand %' OR u.step LIKE 'seed %')";
    return conn_exec(session->target, sql, PARAMS(number_text(session->arena, session->migration)), NULL, error);
}

static bool finish_ledger(Session *session, const RollbackOptions *options, const RollbackPlan *plan, Error *error)
{
    StringList names = {0};
    const char *id = number_text(session->arena, session->migration);
    if (!undone_entities(session, options, &names, error))
        return false;
    const char *array = quote_array(session->arena, names.items, names.count);
    if (options->run)
        return conn_exec(session->target, sql_ledger_roll_back_run, PARAMS(id), NULL, error);
    if (options->to == ROLLBACK_TO_BACKFILL)
        return conn_exec(session->target, sql_ledger_roll_back_to_backfill, PARAMS(id), NULL, error);
    if (!forget_crosswalks(session, &names, error) ||
        (plan->keeps_objects && rollback_is_whole(options) && !hand_over(session, error)))
        return false;
    if (options->entities.count)
        return conn_exec(session->target, sql_ledger_roll_back_entities, PARAMS(id, array), NULL, error);
    return conn_exec(session->target,
                     options->to == ROLLBACK_TO_EXPAND ? sql_ledger_roll_back_to_expand : sql_ledger_roll_back_all,
                     PARAMS(id), NULL, error);
}

/* Tables that keep rows for nobody any more. Before objects are dropped all of this migration's are, because their
 * columns may have types that it made. */
static bool drop_images(Session *session, bool all, Error *error)
{
    Params values = PARAMS(number_text(session->arena, session->migration), all ? "true" : "false");
    AUTO(Result) *found = conn_query(session->target, sql_rollback_images, values, error);
    for (int row = 0; found && row < result_rows(found); row++)
        if (!conn_script(session->target, result_text(found, row, 0), error))
            return false;
    return found != NULL;
}

bool rollback_drop_images(Session *session, const RollbackOptions *options, Error *error)
{
    if (!rollback_is_whole(options))
        return true;
    return conn_begin(session->target, "", error) && lock_wait_limit(session->target, error) &&
           drop_images(session, true, error) && conn_commit(session->target, error);
}

/* Other migrations stay. */
static bool forget(Session *session, RollbackReport *report, Error *error)
{
    if (!conn_exec(session->target, "DELETE FROM rehome.migration WHERE id = $1::bigint",
                   PARAMS(number_text(session->arena, session->migration)), NULL, error))
        return false;
    AUTO(Result) *others =
        conn_query(session->target, "SELECT EXISTS (SELECT FROM rehome.migration)", NO_PARAMS, error);
    report->forgotten = others != NULL;
    return others && (result_bool(others, 0, 0) || conn_script(session->target, "DROP SCHEMA rehome CASCADE", error));
}

bool rollback_finish(Session *session, const RollbackOptions *options, const RollbackPlan *plan, RollbackReport *report,
                     Error *error)
{
    const char *id = number_text(session->arena, session->migration);
    const char *told =
        arena_printf(session->arena, "%s: %" PRId64 " rows deleted, %" PRId64 " restored, %" PRId64 " left alone",
                     plan->scope, report->deleted, report->restored, report->left);
    if (!conn_begin(session->target, "", error) || !lock_wait_limit(session->target, error) ||
        !finish_ledger(session, options, plan, error) ||
        !conn_exec(session->target, sql_ledger_add_event, PARAMS(id, "rollback.done", NULL, told), NULL, error) ||
        !drop_images(session, false, error) ||
        (options->forget && report->left == 0 && !forget(session, report, error)))
        return false;
    FAULT("rollback.before_end");
    return conn_commit(session->target, error);
}
