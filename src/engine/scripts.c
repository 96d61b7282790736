#include "engine/scripts.h"

#include "engine/lock_wait.h"
#include "engine/objects.h"

#include "base/fault.h"
#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

/* One of the manifest's, and the kind of step that runs it. */
typedef struct Script {
    StepKind kind;
    const Sql *file;
} Script;
typedef LIST(Script) ScriptList;

/* In the order of running. */
static ScriptList all_scripts(Arena *arena, const Manifest *manifest)
{
    static const StepKind kinds[] = {STEP_EXPAND, STEP_SEED};
    ScriptList scripts = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        FOR_EACH(const Sql, file, *step_scripts(manifest, kinds[i]))
            LIST_PUSH(arena, &scripts, ((Script){kinds[i], file}));
    return scripts;
}

static char *step_name(Arena *arena, const Script *script)
{
    return arena_printf(arena, "%s %s", step_rule(script->kind)->name, step_script_title(arena, script->file));
}

/* A setting that is gone as soon as the transaction ends, whoever ends it. */
static bool mark_transaction(Conn *target, Error *error)
{
    return conn_exec(target, "SELECT pg_catalog.set_config('rehome.script', 'on', true)", NO_PARAMS, NULL, error);
}

static bool insist_on_transaction(Conn *target, const Sql *file, Error *error)
{
    AUTO(Result) *mark =
        conn_query(target, "SELECT pg_catalog.current_setting('rehome.script', true) = 'on'", NO_PARAMS, error);
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

/* The transaction goes on after it. */
bool scripts_try(Session *session, const Sql *file, Error *error)
{
    AUTO(Result) *before =
        conn_query(session->target, "SELECT pg_catalog.current_setting('search_path')", NO_PARAMS, error);
    return before && run_file(session->target, file, error) &&
           conn_script(session->target, "RESET ROLE", error) &&
           conn_exec(session->target, "SELECT pg_catalog.set_config('search_path', $1, true)",
                     PARAMS(result_text(before, 0, 0)), NULL, error);
}

static bool rehearse(Session *session, const Script *script, Error *error)
{
    ObjectsRequest request = {.title = step_script_title(session->arena, script->file),
                              .made = &session->gathered.made,
                              .touched = &session->gathered.touched,
                              .not_undone = &session->gathered.not_undone};
    return objects_before(session->target, error) && scripts_try(session, script->file, error) &&
           objects_after(session->arena, session->target, &request, error);
}

/* The text as it was run, NULL when it was not. */
static bool was_run(Session *session, const Script *script, char **text, Error *error)
{
    *text = NULL;
    if (!session->has_ledger)
        return true;
    const char *alone = script->file->is_filled ? number_text(session->arena, session->migration) : NULL;
    Params values =
        PARAMS(session->manifest->name, alone, step_name(session->arena, script), step_rule(script->kind)->name);
    AUTO(Result) *result = conn_query(session->target, sql_engine_script_ran, values, error);
    if (!result)
        return false;
    if (result_rows(result) > 0)
        *text = result_copy(session->arena, result, 0, 0);
    return true;
}

static bool refuse_changed(const Script *script, Error *error)
{
    error_set(error, ERROR_STATE, "%s was changed after it was run", script->file->place.file);
    return error_hint(error, "Put what is new into a file of its own under `%s`, and this one back as it was.",
                      step_rule(script->kind)->name);
}

static bool for_each_new(Session *session, bool (*run)(Session *, const Script *, Error *), Error *error)
{
    const ScriptList scripts = all_scripts(session->arena, session->manifest);
    FOR_EACH(const Script, script, scripts) {
        char *text = NULL;
        if (!was_run(session, script, &text, error))
            return false;
        if (text && !text_equal(text, script->file->text))
            return refuse_changed(script, error);
        if (!text && !run(session, script, error))
            return false;
    }
    return true;
}

bool scripts_rehearse(Session *session, Error *error)
{
    return for_each_new(session, rehearse, error);
}

static bool run_on(Session *session, Conn *target, const Script *script, Error *error)
{
    Params values = PARAMS(number_text(session->arena, session->migration), step_name(session->arena, script),
                           step_rule(script->kind)->name, script->file->text);
    ObjectsRequest request = {.migration = session->migration,
                              .step = values.values[1],
                              .title = step_script_title(session->arena, script->file)};
    if (!conn_begin(target, "", error) || !objects_before(target, error) || !run_file(target, script->file, error) ||
        !conn_script(target, "RESET ROLE", error) || !objects_after(session->arena, target, &request, error) ||
        !conn_exec(target, sql_engine_script_done, values, NULL, error))
        return false;
    FAULT("engine.script.before_commit");
    return conn_commit(target, error);
}

/* On a connection of its own, which ends with the file and takes all its settings along. */
static bool run_once(Session *session, const Script *script, Error *error)
{
    const ConnOptions options = session_as(session, &session->target_options, "script");
    AUTO(Conn) *target = conn_open(&options, error);
    bool done = target && run_on(session, target, script, error);
    session->has_lost |= target && conn_is_lost(target);
    return done;
}

/* The mark of a script may be about to commit for a connection that was lost over it, ours or another process's: writing it here, in
 * vain, waits for that. */
static bool wait_for_others(Session *session, const Script *script, Error *error)
{
    Params values = PARAMS(number_text(session->arena, session->migration), step_name(session->arena, script),
                           step_rule(script->kind)->name, script->file->text);
    bool waited = conn_begin(session->target, "", error) &&
                  conn_exec(session->target, sql_engine_script_done, values, NULL, error);
    conn_rollback(session->target);
    return waited;
}

static bool run_committed(Session *session, const Script *script, Error *error)
{
    char *text = NULL;
    if (!wait_for_others(session, script, error) || !was_run(session, script, &text, error))
        return false;
    if (text)
        return text_equal(text, script->file->text) || refuse_changed(script, error);
    for (int attempt = 1; !run_once(session, script, error); attempt++)
        if (!lock_wait_again(session->arena, session->target, NULL, attempt, error))
            return false;
    return true;
}

bool scripts_run(Session *session, Error *error)
{
    return for_each_new(session, run_committed, error);
}

bool scripts_list_pending(Session *session, StepKind kind, StringList *titles, Error *error)
{
    FOR_EACH(const Sql, file, *step_scripts(session->manifest, kind)) {
        char *text = NULL;
        if (!was_run(session, &(Script){kind, file}, &text, error))
            return false;
        if (!text)
            LIST_PUSH(session->arena, titles, step_script_title(session->arena, file));
    }
    return true;
}

bool scripts_are_pending(Session *session, bool *pending, Error *error)
{
    StringList titles = {0};
    if (!scripts_list_pending(session, STEP_EXPAND, &titles, error) ||
        !scripts_list_pending(session, STEP_SEED, &titles, error))
        return false;
    *pending = titles.count > 0;
    return true;
}
