#include "engine/expand.h"

#include "engine/lock_wait.h"

#include "base/fault.h"
#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

static char *step_name(Arena *arena, const Sql *file)
{
    return arena_printf(arena, "%s %s", step_rule(STEP_EXPAND)->name, step_expand_title(arena, file));
}

/* A setting that is gone as soon as the transaction ends, whoever ends it. */
static bool mark_transaction(Conn *target, Error *error)
{
    return conn_exec(target, "SELECT pg_catalog.set_config('rehome.expand', 'on', true)", NO_PARAMS, NULL, error);
}

static bool insist_on_transaction(Conn *target, const Sql *file, Error *error)
{
    AUTO(Result) *mark =
        conn_query(target, "SELECT pg_catalog.current_setting('rehome.expand', true) = 'on'", NO_PARAMS, error);
    if (mark && conn_in_transaction(target) && result_bool(mark, 0, 0))
        return true;
    return mark && error_set(error, ERROR_INPUT,
                             "%s ended the transaction that it runs in: what it did before that is committed",
                             file->place.file);
}

static bool run_file(Conn *target, const Sql *file, Error *error)
{
    if (lock_wait_limit(target, error) && mark_transaction(target, error) && conn_script(target, file->text, error))
        return insist_on_transaction(target, file, error);
    Place place = sql_place_of_position(file, "", error->position);
    return error_doing(error, "%s:%d:%d", place.file, place.line, place.column);
}

/* What an expand file SETs ends with the file: here the transaction goes on after it. */
static bool rehearse_file(Session *session, const Sql *file, Error *error)
{
    AUTO(Result) *before =
        conn_query(session->target, "SELECT pg_catalog.current_setting('search_path')", NO_PARAMS, error);
    return before && run_file(session->target, file, error) && conn_script(session->target, "RESET ROLE", error) &&
           conn_exec(session->target, "SELECT pg_catalog.set_config('search_path', $1, true)",
                     PARAMS(result_text(before, 0, 0)), NULL, error);
}

/* The text as it was run, NULL when it was not. */
static bool was_run(Session *session, const Sql *file, char **text, Error *error)
{
    *text = NULL;
    if (!session->has_ledger)
        return true;
    Params values = PARAMS(session->manifest->name, step_name(session->arena, file));
    AUTO(Result) *result = conn_query(session->target, sql_engine_expanded, values, error);
    if (!result)
        return false;
    if (result_rows(result) > 0)
        *text = result_copy(session->arena, result, 0, 0);
    return true;
}

static bool for_each_new(Session *session, bool (*run)(Session *, const Sql *, Error *), Error *error)
{
    for (size_t i = 0; i < session->manifest->expand.count; i++) {
        const Sql *file = &session->manifest->expand.items[i];
        char *text = NULL;
        if (!was_run(session, file, &text, error))
            return false;
        if (text && !text_equal(text, file->text)) {
            error_set(error, ERROR_STATE, "%s was changed after it was run", file->place.file);
            return error_hint(error,
                              "Put what is new into a file of its own under `expand`, and this one back as it was.");
        }
        if (!text && !run(session, file, error))
            return false;
    }
    return true;
}

bool expand_rehearse(Session *session, Error *error)
{
    return for_each_new(session, rehearse_file, error);
}

/* On a connection of its own, which ends with the file and takes all its settings along. */
static bool run_once(Session *session, const Sql *file, Error *error)
{
    Params values =
        PARAMS(number_text(session->arena, session->migration), step_name(session->arena, file), file->text);
    AUTO(Conn) *target = conn_open(&session->target_options, error);
    if (!target || !conn_begin(target, "", error) || !run_file(target, file, error) ||
        !conn_exec(target, sql_engine_expand_done, values, NULL, error))
        return false;
    FAULT("engine.expand.before_commit");
    return conn_commit(target, error);
}

static bool run_committed(Session *session, const Sql *file, Error *error)
{
    for (int attempt = 1; !run_once(session, file, error); attempt++)
        if (!lock_wait_again(session->arena, session->target, NULL, attempt, error))
            return false;
    return true;
}

/* Steps that need a file must find it done, whichever params it was run for. */
static bool share_done(Session *session, Error *error)
{
    for (size_t i = 0; i < session->manifest->expand.count; i++) {
        const Sql *file = &session->manifest->expand.items[i];
        Params values = PARAMS(number_text(session->arena, session->migration), step_name(session->arena, file));
        if (!conn_exec(session->target, sql_engine_expand_shared, values, NULL, error))
            return false;
    }
    return true;
}

bool expand_run(Session *session, Error *error)
{
    return for_each_new(session, run_committed, error) && share_done(session, error);
}

bool expand_list_pending(Session *session, StringList *titles, Error *error)
{
    for (size_t i = 0; i < session->manifest->expand.count; i++) {
        const Sql *file = &session->manifest->expand.items[i];
        char *text = NULL;
        if (!was_run(session, file, &text, error))
            return false;
        if (!text)
            LIST_PUSH(session->arena, titles, step_expand_title(session->arena, file));
    }
    return true;
}

bool expand_is_pending(Session *session, bool *pending, Error *error)
{
    StringList titles = {0};
    if (!expand_list_pending(session, &titles, error))
        return false;
    *pending = titles.count > 0;
    return true;
}
