#include "rollback/rollback.h"

#include "rollback/entries.h"
#include "rollback/order.h"
#include "rollback/saved.h"
#include "rollback/scope.h"

#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

/* One that was begun is finished before another. */
static bool learn_scope(Session *session, RollbackOptions *options, RollbackPlan *plan, Error *error)
{
    AUTO(Result) *result =
        conn_query(session->target, "SELECT m.rolling_back FROM rehome.migration m WHERE m.id = $1::bigint",
                   PARAMS(number_text(session->arena, session->migration)), error);
    if (!result)
        return false;
    plan->unfinished = result_rows(result) > 0 && !result_is_null(result, 0, 0);
    if (plan->unfinished) {
        RollbackOptions begun = *options;
        rollback_scope_read(session->arena, result_text(result, 0, 0), &begun);
        if ((!rollback_is_whole(options) || options->from_backup) &&
            !text_equal(rollback_scope_json(session->arena, options), rollback_scope_json(session->arena, &begun))) {
            error_set(error, ERROR_STATE, "a rollback of %s is under way, which has to be finished first",
                      rollback_scope_text(session->arena, &begun));
            return error_hint(error, "rehome rollback goes on with it.");
        }
        begun.force = options->force;
        begun.forget = options->forget && rollback_is_whole(&begun);
        *options = begun;
    }
    plan->scope = rollback_scope_text(session->arena, options);
    return true;
}

static bool list_cannot(Session *session, const RollbackOptions *options, const RollbackEntryList *all,
                        RollbackPlan *plan, Error *error)
{
    Arena *arena = session->arena;
    if (rollback_is_whole(options) && !plan->keeps_objects)
        FOR_EACH(const RollbackEntry, entry, *all)
            if (rollback_is_of(entry, "note") && !rollback_saved_covers(&plan->tables, entry))
                LIST_PUSH(arena, &plan->cannot, entry->relation);
    AUTO(Result) *found =
        conn_query(session->target, sql_rollback_cannot, PARAMS(number_text(arena, session->migration)), error);
    for (int row = 0; found && options->to != ROLLBACK_TO_BACKFILL && row < result_rows(found); row++)
        if ((options->entities.count == 0 || rollback_is_named(&options->entities, result_text(found, row, 0))) &&
            !rollback_saved_has(&plan->tables, (ObjectId)result_number(found, row, 4)))
            LIST_PUSH(arena, &plan->cannot,
                      arena_printf(arena, "%s: %s of %s (%s)", result_text(found, row, 0),
                                   text_of_many(arena, result_number(found, row, 2), "row"), result_text(found, row, 1),
                                   result_text(found, row, 3)));
    return found != NULL;
}

/* Its other rows would be undone with them. */
static bool refuse_shared(const RollbackEntryList *all, const RollbackOptions *options, Error *error)
{
    if (options->entities.count == 0 && options->run == 0)
        return true;
    FOR_EACH(const RollbackEntry, entry, *all)
        FOR_EACH(const RollbackEntry, later, *all)
            if (rollback_is_of(later, "rows") && later->entity && later->updated > 0 && later->id > entry->id &&
                entry->entity && text_equal(later->relation, entry->relation) &&
                rollback_is_wanted(all, entry, options, true) && !rollback_is_wanted(all, later, options, true)) {
                error_set(error, ERROR_STATE, "entity \"%s\" has changed rows of %s after %s", later->entity,
                          entry->relation, options->run ? "this run" : entry->entity);
                return error_hint(error, "Undo that too: --entity %s.", later->entity);
            }
    return true;
}

static bool other_uses_scripts(Session *session, bool *uses, Error *error)
{
    const char *sql = "SELECT EXISTS (SELECT FROM rehome.migration m JOIN rehome.migration o ON o.name = m.name AND "
                      "o.id <> m.id AND o.phase <> "
                      "'rolled back' WHERE m.id = $1::bigint AND EXISTS (SELECT FROM rehome.step s WHERE s.migration = "
                      "o.id AND s.kind = "
                      "'expand' AND s.state = 'done'))";
    AUTO(Result) *result =
        conn_query(session->target, sql, PARAMS(number_text(session->arena, session->migration)), error);
    *uses = result && result_bool(result, 0, 0);
    return result != NULL;
}

static bool refuse_unknown(Session *session, const RollbackOptions *options, Error *error)
{
    AUTO(Result) *found =
        conn_query(session->target, "SELECT name FROM rehome.entity WHERE migration = $1::bigint ORDER BY position",
                   PARAMS(number_text(session->arena, session->migration)), error);
    StringList known = {0};
    for (int row = 0; found && row < result_rows(found); row++)
        LIST_PUSH(session->arena, &known, result_copy(session->arena, found, row, 0));
    FOR_EACH(const char *, name, options->entities) {
        bool is_known = false;
        const StringList one = {name, 1, 1};
        FOR_EACH(const char *, entity, known)
            is_known = is_known || rollback_is_named(&one, *entity);
        if (is_known)
            continue;
        const char *nearest = string_list_nearest(&known, *name);
        error_set(error, ERROR_INPUT, "the ledger knows no entity \"%s\"%s%s%s", *name,
                  nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
        return false;
    }
    return found != NULL;
}

bool rollback_plan(Session *session, RollbackOptions *options, RollbackPlan *plan, Error *error)
{
    RollbackEntryList all = {0}, wanted = {0};
    *plan = (RollbackPlan){0};
    if (session->migration == 0) {
        error_set(error, ERROR_STATE, "nothing was run yet: there is nothing to undo");
        return error_hint(error, "rehome run");
    }
    if (!ledger_install(session->target, error) || !learn_scope(session, options, plan, error) ||
        !refuse_unknown(session, options, error) || !rollback_load(session, &all, error) ||
        !other_uses_scripts(session, &plan->keeps_objects, error) || !refuse_shared(&all, options, error))
        return false;
    if (options->from_backup && !rollback_saved_find(session, &plan->tables, error))
        return false;
    FOR_EACH(const RollbackEntry, entry, all)
        if (rollback_is_wanted(&all, entry, options, plan->keeps_objects) &&
            !rollback_saved_covers(&plan->tables, entry) &&
            (!entry->left || options->force || rollback_is_of(entry, "object")))
            LIST_PUSH(session->arena, &wanted, *entry);
    return rollback_order_entries(session, &wanted, plan, error) && list_cannot(session, options, &all, plan, error);
}
