#include "engine/objects.h"

#include "ledger/number.h"
#include "ledger/undo.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

static bool may_make_temporary(Conn *target, bool *may, Error *error)
{
    AUTO(Result) *result = conn_query(
        target, "SELECT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')", NO_PARAMS, error);
    *may = result && result_bool(result, 0, 0);
    return result != NULL;
}

static bool take_snapshot(Conn *target, const char *name, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *sql = arena_printf(arena, "DROP TABLE IF EXISTS pg_temp.%s; CREATE TEMPORARY TABLE %s ON COMMIT DROP AS\n%s", name,
                                   name, sql_engine_objects);
    return conn_script(target, sql, error) || error_doing(error, "looking at what is in the target");
}

bool objects_before(Conn *target, Error *error)
{
    bool may = false;
    if (!may_make_temporary(target, &may, error) || !may)
        return error->kind == ERROR_NONE;
    const char *touched = "DROP TABLE IF EXISTS pg_temp.rehome_touched; CREATE TEMPORARY TABLE rehome_touched ON COMMIT DROP AS "
                          "SELECT relid, n_tup_ins AS ins, n_tup_upd AS upd, n_tup_del AS del FROM "
                          "pg_catalog.pg_stat_xact_user_tables";
    return take_snapshot(target, "rehome_objects", error) && conn_script(target, touched, error);
}

/* `table`: whose rows it is about; NULL: none. */
static bool note_of(Arena *arena, Conn *target, const ObjectsRequest *request, const char *table, const char *what, Error *error)
{
    const char *text = arena_printf(arena, "%s: %s", request->title, what);
    UndoEntry entry = {.migration = request->migration, .kind = "note", .step = request->step, .relation = text, .images = table};
    if (request->migration)
        return undo_add(arena, target, &entry, NULL, error);
    if (!string_list_contains(request->not_undone, text))
        LIST_PUSH(arena, request->not_undone, text);
    return true;
}

static bool note(Arena *arena, Conn *target, const ObjectsRequest *request, const char *what, Error *error)
{
    return note_of(arena, target, request, NULL, what, error);
}

/* Names of what this migration's scripts have made so far. */
static bool made_before(Arena *arena, Conn *target, const ObjectsRequest *request, StringList *made, Error *error)
{
    if (!request->migration) {
        *made = *request->made;
        return true;
    }
    AUTO(Result) *result =
        conn_query(target, "SELECT relation FROM rehome.undo WHERE migration = $1::bigint AND kind = 'object'",
                   PARAMS(number_text(arena, request->migration)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, made, result_copy(arena, result, row, 0));
    return result != NULL;
}

static bool record_changed(Arena *arena, Conn *target, const ObjectsRequest *request, const char *made, Error *error)
{
    AUTO(Result) *changed = conn_query(target, sql_engine_objects_changed, PARAMS(made), error);
    for (int row = 0; changed && row < result_rows(changed); row++)
        if (!note(arena, target, request,
                  arena_printf(arena, "%s %s", result_bool(changed, row, 1) ? "drops" : "changes", result_text(changed, row, 0)),
                  error))
            return false;
    return changed != NULL;
}

/* Rows of tables that we made are told by their transaction; of others the new ones are recorded. */
static bool record_touched(Arena *arena, Conn *target, const ObjectsRequest *request, const Result *touched, int row,
                           Error *error)
{
    UndoEntry entry = {.migration = request->migration,
                       .kind = "empty",
                       .step = request->step,
                       .relation = result_text(touched, row, 0)};
    bool all = true;
    if (result_bool(touched, row, 3))
        return !request->migration || undo_add(arena, target, &entry, NULL, error);
    if (!request->migration)
        LIST_PUSH(arena, request->touched, arena_strdup(arena, entry.relation));
    if (result_bool(touched, row, 2) &&
        !note_of(arena, target, request, entry.relation, arena_printf(arena, "changes or removes rows of %s", entry.relation), error))
        return false;
    if (!request->migration || result_number(touched, row, 1) == 0)
        return true;
    return undo_keep_added(arena, target, entry, result_number(touched, row, 1), &all, error) &&
           (all || note_of(arena, target, request, entry.relation, arena_printf(arena, "adds rows to %s that are not known one by one", entry.relation),
                        error));
}

static bool record_rows(Arena *arena, Conn *target, const ObjectsRequest *request, const char *made, Error *error)
{
    AUTO(Result) *touched = conn_query(target, sql_engine_objects_rows, PARAMS(made), error);
    for (int row = 0; touched && row < result_rows(touched); row++)
        if (!record_touched(arena, target, request, touched, row, error))
            return false;
    return touched != NULL;
}

static bool record_made(Arena *arena, Conn *target, const ObjectsRequest *request, Error *error)
{
    AUTO(Result) *made = conn_query(target, sql_engine_objects_made, NO_PARAMS, error);
    for (int row = 0; made && row < result_rows(made); row++) {
        const char *name = result_copy(arena, made, row, 0), *drop = result_copy(arena, made, row, 1);
        UndoEntry entry = {.migration = request->migration,
                           .kind = "object",
                           .step = request->step,
                           .relation = name,
                           .images = result_copy(arena, made, row, 2),
                           .action = drop};
        if (!request->migration)
            LIST_PUSH(arena, request->made, name);
        if (!drop ? !note(arena, target, request, arena_printf(arena, "adds %s", name), error)
                  : request->migration && !undo_add(arena, target, &entry, NULL, error))
            return false;
    }
    return made != NULL;
}

bool objects_after(Arena *arena, Conn *target, const ObjectsRequest *request, Error *error)
{
    bool may = false;
    StringList before = {0};
    if (!may_make_temporary(target, &may, error))
        return false;
    if (!may)
        return note(arena, target, request, "the role may not make temporary tables, so what it makes is not known", error);
    if (!take_snapshot(target, "rehome_objects_now", error) || !made_before(arena, target, request, &before, error))
        return false;
    const char *made = quote_array(arena, before.items, before.count);
    return record_changed(arena, target, request, made, error) && record_rows(arena, target, request, made, error) &&
           record_made(arena, target, request, error);
}
