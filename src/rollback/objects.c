#include "rollback/objects.h"

#include "engine/lock_wait.h"

#include "base/fault.h"
#include "base/text.h"
#include "ledger/number.h"

#include <string.h>

typedef struct Dropping {
    Session *session;
    const RollbackWork *work;
    const RollbackEntryList *entries;
    bool *gone;
    const char **why;
} Dropping;

static bool forget(Conn *target, Arena *arena, int64_t id, Error *error)
{
    return conn_exec(target, "DELETE FROM rehome.undo WHERE id = $1::bigint", PARAMS(number_text(arena, id)), NULL,
                     error);
}

/* Somebody's rows in a table that a script made; not asked when a rollback is forced. */
static bool has_rows(const Dropping *dropping, const RollbackEntry *entry, bool *has, Error *error)
{
    *has = false;
    if (!entry->images || dropping->work->force)
        return true;
    const char *sql = arena_printf(dropping->work->arena, "SELECT EXISTS (SELECT FROM %s)", entry->images);
    AUTO(Result) *result = conn_query(dropping->work->target, sql, NO_PARAMS, error);
    *has = result && result_bool(result, 0, 0);
    return result != NULL;
}

static bool drop_once(const Dropping *dropping, size_t i, bool *has, Error *error)
{
    const RollbackEntry *entry = &dropping->entries->items[i];
    Conn *target = dropping->work->target;
    if (!conn_begin(target, "", error) || !lock_wait_limit(target, error) || !has_rows(dropping, entry, has, error))
        return false;
    if (*has)
        return true;
    if (!conn_script(target, entry->action, error) || !forget(target, dropping->work->arena, entry->id, error))
        return false;
    FAULT("rollback.undone");
    return conn_commit(target, error);
}

/* What the server refuses, because others depend on it, is no error: it stays. One that is gone already is. */
static bool drop(Dropping *dropping, size_t i, Error *error)
{
    const RollbackEntry *entry = &dropping->entries->items[i];
    Conn *target = dropping->work->target;
    bool has = false;
    for (int attempt = 1; !drop_once(dropping, i, &has, error); attempt++) {
        conn_rollback(target);
        bool missing = text_equal(error->sqlstate, "42P01") || text_equal(error->sqlstate, "42704") ||
                       text_equal(error->sqlstate, "42883") || text_equal(error->sqlstate, "3F000") ||
                       text_equal(error->sqlstate, "42703");
        bool needed = text_equal(error->sqlstate, "2BP01") || error->kind == ERROR_RIGHTS;
        if (missing || needed) {
            dropping->why[i] = arena_strdup(dropping->work->arena, *error->detail ? error->detail : error->message);
            error_clear(error);
            return !missing || (dropping->gone[i] = forget(target, dropping->work->arena, entry->id, error));
        }
        if (!lock_wait_again(dropping->work->arena, target, NULL, attempt, error))
            return error_doing(error, "%s", entry->action);
    }
    conn_rollback(target);
    dropping->gone[i] = !has;
    if (has)
        dropping->why[i] = "somebody else's rows are in it";
    return true;
}

/* Tables that refer to each other. */
static bool drop_together(Dropping *dropping, bool *any, Error *error)
{
    Arena *arena = dropping->work->arena;
    Text tables = text_new(arena), ids = text_new(arena);
    Conn *target = dropping->work->target;
    *any = false;
    for (size_t i = 0; i < dropping->entries->count; i++) {
        const RollbackEntry *entry = &dropping->entries->items[i];
        bool has = true;
        if (dropping->gone[i] || !entry->images || !text_starts_with(entry->action, "DROP TABLE "))
            continue;
        if (!has_rows(dropping, entry, &has, error))
            return false;
        if (has)
            continue;
        text_separate(&tables, ", ");
        text_add(&tables, entry->images);
        text_separate(&ids, ", ");
        text_add(&ids, number_text(arena, entry->id));
    }
    if (tables.length == 0)
        return true;
    const char *sql =
        arena_printf(arena, "DROP TABLE %s; DELETE FROM rehome.undo WHERE id IN (%s)", tables.chars, ids.chars);
    if (!conn_begin(target, "", error) || !lock_wait_limit(target, error) || !conn_script(target, sql, error) ||
        !conn_commit(target, error)) {
        conn_rollback(target);
        if (!text_equal(error->sqlstate, "2BP01"))
            return error_doing(error, "dropping %s", tables.chars);
        error_clear(error);
        return true;
    }
    *any = true;
    for (size_t i = 0; i < dropping->entries->count; i++)
        if (dropping->entries->items[i].images && text_starts_with(dropping->entries->items[i].action, "DROP TABLE "))
            dropping->gone[i] = true;
    return true;
}

static bool drop_all(Dropping *dropping, Error *error)
{
    for (bool any = true; any;) {
        any = false;
        for (size_t i = 0; i < dropping->entries->count; i++) {
            if (dropping->gone[i])
                continue;
            if (!drop(dropping, i, error))
                return false;
            any = any || dropping->gone[i];
        }
        if (!any && !drop_together(dropping, &any, error))
            return false;
    }
    return true;
}

bool rollback_objects(Session *session, const RollbackWork *work, const RollbackEntryList *entries, Error *error)
{
    if (entries->count == 0)
        return true;
    Dropping dropping = {session, work, entries, NEW_ARRAY(work->arena, bool, entries->count),
                         NEW_ARRAY(work->arena, const char *, entries->count)};
    memset(dropping.gone, 0, entries->count * sizeof *dropping.gone);
    if (!drop_all(&dropping, error))
        return false;
    for (size_t i = 0; i < entries->count; i++) {
        if (dropping.gone[i])
            continue;
        work->report->left++;
        *LIST_ADD(work->arena, &work->report->lefts) =
            (RollbackLeft){.relation = entries->items[i].relation, .why = dropping.why[i], .count = 1};
        if (!conn_exec(work->target, "UPDATE rehome.undo SET state = 'left' WHERE id = $1::bigint",
                       PARAMS(number_text(work->arena, entries->items[i].id)), NULL, error))
            return false;
    }
    return true;
}
