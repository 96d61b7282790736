#include "engine/redrive.h"

#include "copy/piecewise.h"
#include "copy/statement.h"
#include "engine/retry.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/redo.h"
#include "pg/quote.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 1000 }; /* rejects tried in one transaction */

/* What is under way for one entity. */
typedef struct Drive {
    Session *session;
    const EntityPlan *entity;
    const char *parents; /* names of the entities that fill the tables it refers to, an array literal */
    RejectFilter filter; /* of this entity, from page to page */
    bool freed;          /* not what was asked for, but what was parked and need not be any more */
    Redriven *done;
} Drive;

/* ---- what can be tried ---- */

static const char *why_not(const EntityPlan *entity)
{
    if (entity->gathered->merge)
        return "a merge makes one row of several sources, so none of them can be moved alone";
    if (entity->gathered->walk_key.count == 0)
        return "its driving table has no key to find a row by";
    if (!entity->transform->narrowable || entity->gathered->narrow_refused || !entity->transform->shows_key)
        return "its transform cannot be run for one driving row alone";
    return NULL;
}

static bool is_meant(const RejectFilter *filter, const char *entity)
{
    if (!filter->entity || text_equal(filter->entity, entity))
        return true;
    return text_starts_with(entity, filter->entity) && entity[strlen(filter->entity)] == '[';
}

static const char *parents_of(Arena *arena, const Plan *plan, const EntityPlan *child)
{
    StringList names = {0};
    FOR_EACH(const EntityPlan, parent, plan->entities)
        FOR_EACH(const ForeignKey, key, plan->gathered->target->foreign_keys)
            if (key->from == child->into->oid && key->to == parent->into->oid)
                LIST_PUSH(arena, &names, parent->entity->name);
    return quote_array(arena, names.items, names.count);
}

static bool insist_on_table(const Drive *drive, const char *into, Error *error)
{
    if (text_equal(into, drive->entity->into->sql_name))
        return true;
    error_set(error, ERROR_STATE, "entity \"%s\" fills %s now, and %s when its rows were rejected",
              drive->entity->entity->name, drive->entity->into->sql_name, into);
    return error_hint(error, "Put `into` back as it was.");
}

static KeySet key_set(Arena *arena, const EntityPlan *entity, const RedoKey *keys, size_t count)
{
    const char *const **values = arena_alloc(arena, count * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = keys[i].values;
    return (KeySet){.kind = KEYSET_LIST, .key = &entity->gathered->walk_key, .count = count, .keys = values};
}

/* ---- rows of a key that were no rejects ---- */

static Conn *source_of(const Session *session)
{
    return session->gathered.same ? session->target : session->source;
}

static bool see_source(const Session *session, Error *error)
{
    return session->gathered.same || snapshot_import(session->snapshot, session->source, error);
}

static bool count_rows(Arena *arena, const Drive *drive, RedoKey *keys, size_t count, int64_t *given, Error *error)
{
    const KeyColumnList *names = &drive->entity->gathered->walk_key;
    KeySet set = key_set(arena, drive->entity, keys, count);
    AUTO(Result) *result =
        conn_query(source_of(drive->session), statement_rows_by_key(arena, drive->entity, &set), NO_PARAMS, error);
    for (int row = 0; result && row < result_rows(result); row++)
        for (size_t i = 0; i < count; i++) {
            size_t same = 0;
            while (same < names->count && text_equal(keys[i].values[same], result_text(result, row, (int)same)))
                same++;
            if (same == names->count)
                given[i] = result_number(result, row, (int)names->count);
        }
    return result != NULL;
}

/* A transform that fails for a row gives none that could be there already. */
static bool count_part(Arena *arena, const Drive *drive, RedoKey *keys, size_t count, int64_t *given, Error *error)
{
    Conn *source = source_of(drive->session);
    if (!see_source(drive->session, error) || !conn_exec(source, "SAVEPOINT rehome_count", NO_PARAMS, NULL, error))
        return false;
    if (count_rows(arena, drive, keys, count, given, error))
        return conn_exec(source, "RELEASE SAVEPOINT rehome_count", NO_PARAMS, NULL, error);
    if (error->kind != ERROR_DATA)
        return false;
    error_clear(error);
    if (!conn_exec(source, "ROLLBACK TO SAVEPOINT rehome_count", NO_PARAMS, NULL, error))
        return false;
    size_t half = count / 2;
    return count == 1 || (count_part(arena, drive, keys, half, given, error) &&
                          count_part(arena, drive, keys + half, count - half, given + half, error));
}

/* Where a driving row may give several rows, some may have arrived while others were rejected, and nobody knows which.
 * Such a key is left. */
static bool leave_divided(Arena *arena, Drive *drive, RedoKeyList *keys, Error *error)
{
    Yield yield = drive->entity->transform->yield;
    if (yield == YIELD_ONE || yield == YIELD_AT_MOST_ONE || keys->count == 0)
        return true;
    int64_t *given = arena_alloc(arena, keys->count * sizeof *given);
    memset(given, 0, keys->count * sizeof *given);
    if (!count_part(arena, drive, keys->items, keys->count, given, error))
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++) {
        if (given[i] == 0 || given[i] == keys->items[i].rows)
            keys->items[kept++] = keys->items[i];
        else
            drive->done->why_left = "of their driving rows other rows have arrived";
    }
    keys->count = kept;
    return true;
}

/* ---- a page ---- */

static bool move_keys(Arena *arena, const Drive *drive, const RedoKeyList *keys, int64_t chunk, Books *books,
                      Error *error)
{
    Session *session = drive->session;
    KeySet set = key_set(arena, drive->entity, keys->items, keys->count);
    Move move = {.entity = drive->entity,
                 .gathered = &session->gathered,
                 .snapshot = session->gathered.same ? NULL : session->snapshot,
                 .keys = &set,
                 .migration = session->migration,
                 .chunk = chunk,
                 .source = source_of(session),
                 .target = session->target};
    return piecewise_move(arena, &move, books, error);
}

/* The rejects were counted once, by the chunks that they came from. */
static Books corrected(const Books *books, const RedoKeyList *keys, int64_t rows)
{
    Books correction = *books;
    correction.driving -= (int64_t)keys->count;
    correction.read -= rows;
    correction.rejected -= rows;
    return correction;
}

static char *worker_name(Arena *arena)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    return arena_printf(arena, "%s:%d:retry", host, (int)getpid());
}

static bool redo(Arena *arena, Drive *drive, const RedoKeyList *keys, Books *books, int64_t *rows, Error *error)
{
    const Session *session = drive->session;
    Conn *target = session->target;
    const char *name = drive->entity->entity->name;
    int64_t chunk = 0;
    double started = clock_now();
    if (!reject_open_correction(target, session->migration, name, &chunk, error) ||
        !redo_drop(target, session->migration, name, keys, rows, error) || !see_source(session, error) ||
        !move_keys(arena, drive, keys, chunk, books, error))
        return false;
    FAULT("engine.redrive.moved");
    Books correction = corrected(books, keys, *rows);
    const ChunkEnd end = {.seconds = clock_now() - started, .worker = worker_name(arena)};
    return redo_count(target, session->migration, name, chunk, keys, error) &&
           ledger_finish_chunk(target, chunk, &correction, &end, error) &&
           redo_mend(target, session->migration, name, drive->entity->fingerprint, error) &&
           redo_reopen(target, session->migration, drive->entity->into->sql_name, error);
}

static bool commit(Conn *target, Error *error)
{
    FAULT("engine.redrive.before_commit");
    bool committed = conn_commit(target, error);
    FAULT("engine.redrive.committed");
    return committed;
}

static StringList key_names(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    FOR_EACH(const KeyColumn, column, entity->gathered->walk_key)
        LIST_PUSH(arena, &names, column->name);
    return names;
}

static void add_up(Drive *drive, const Books *books, int64_t rows)
{
    drive->done->tried += rows;
    drive->done->arrived += books->written + books->unchanged;
    drive->done->filtered += books->filtered;
    drive->done->again += books->rejected;
}

/* In the transaction that is open; *picked: rejects of this page, those that are left included. */
static bool drive_page(Arena *arena, Drive *drive, int64_t *picked, Error *error)
{
    const Session *session = drive->session;
    const char *name = drive->entity->entity->name, *fingerprint = NULL, *into = NULL;
    StringList ids = {0}, columns = key_names(arena, drive->entity);
    RedoKeyList keys = {0};
    Books books = {0};
    int64_t rows = 0;
    if (!redo_lock(arena, session->target, session->migration, name, &fingerprint, &into, error) ||
        !redo_pick(arena, session->target, session->migration, &drive->filter, drive->freed ? drive->parents : NULL,
                   &ids, error))
        return false;
    *picked = (int64_t)ids.count;
    if (!fingerprint || ids.count == 0)
        return true;
    drive->filter.after = strtoll(ids.items[ids.count - 1], NULL, 10);
    if (!insist_on_table(drive, into, error) ||
        !redo_keys(arena, session->target, session->migration, name, &ids, &columns, &keys, error) ||
        !leave_divided(arena, drive, &keys, error))
        return false;
    if (keys.count == 0)
        return true;
    if (!redo(arena, drive, &keys, &books, &rows, error) || !commit(session->target, error))
        return false;
    drive->done->mended |= !text_equal(fingerprint, drive->entity->fingerprint);
    add_up(drive, &books, rows);
    return true;
}

static bool drive_once(Drive *drive, int64_t *picked, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *mode = drive->session->gathered.same ? "ISOLATION LEVEL REPEATABLE READ" : "";
    bool driven = conn_begin(drive->session->target, mode, error) && drive_page(arena, drive, picked, error);
    conn_rollback(drive->session->target);
    return driven;
}

/* Another process may be at the same rejects: whoever comes second looks again. */
static bool is_tried_again(const Session *session, int attempt, Error *error)
{
    const RetryRule *rule = retry_rule(retry_remedy(error));
    if (attempt > rule->again || conn_is_lost(session->target) || conn_is_lost(source_of(session)))
        return false;
    error_clear(error);
    return clock_sleep(retry_pause(rule, attempt)) || error_set(error, ERROR_STOPPED, "stopped");
}

static bool drive_pages(Drive *drive, Error *error)
{
    int64_t after = 0;
    drive->filter.after = 0;
    drive->filter.limit = PAGE;
    for (int64_t picked = PAGE; picked == PAGE; after = drive->filter.after)
        for (int attempt = 1; !drive_once(drive, &picked, error); attempt++) {
            drive->filter.after = after;
            if (!is_tried_again(drive->session, attempt, error))
                return error_doing(error, "retrying rejects of entity \"%s\"", drive->entity->entity->name);
        }
    return true;
}

/* ---- entities ---- */

/* Children that were parked under a row of their own table come along in as many rounds as they are deep. */
static bool drive_freed(Drive *drive, Error *error)
{
    int64_t before;
    drive->freed = true;
    do {
        before = drive->done->arrived;
        if (!redo_last(drive->session->target, drive->session->migration, &drive->filter.upto, error) ||
            !drive_pages(drive, error))
            return false;
    } while (drive->done->arrived > before);
    return true;
}

static bool count_left(const Drive *drive, Error *error)
{
    RejectFilter all = drive->filter;
    all.after = all.limit = 0;
    return reject_count(drive->session->target, drive->session->migration, &all, &drive->done->left, error);
}

static bool drive_entity(Session *session, const EntityPlan *entity, const RejectFilter *filter, int64_t last,
                         Redriven *done, Error *error)
{
    Drive drive = {.session = session,
                   .entity = entity,
                   .parents = parents_of(session->arena, session->plan, entity),
                   .filter = *filter,
                   .done = done};
    const char *why = why_not(entity);
    done->entity = drive.filter.entity = entity->entity->name;
    drive.filter.upto = last;
    if (is_meant(filter, entity->entity->name)) {
        if (!why && !drive_pages(&drive, error))
            return false;
        drive.filter.upto = last;
        if (!count_left(&drive, error))
            return false;
        if (done->left > 0 && !done->why_left)
            done->why_left = why ? why : "their driving keys are not known";
    }
    return why || drive_freed(&drive, error);
}

bool redrive_run(Session *session, const RejectFilter *filter, RedrivenList *redriven, Error *error)
{
    int64_t last = 0;
    /* as long as the server does not know how many rejects there are it joins them by comparing each with each */
    if (!conn_exec(session->target, "ANALYZE rehome.reject", NO_PARAMS, NULL, error) ||
        !redo_last(session->target, session->migration, &last, error))
        return false;
    if (!session->gathered.same && !session->snapshot)
        session->snapshot = snapshot_new(&session->source_options, NULL);
    FOR_EACH(const EntityPlan, entity, session->plan->entities) {
        Redriven done = {0};
        if (!drive_entity(session, entity, filter, last, &done, error))
            return false;
        if (done.tried + done.left > 0)
            LIST_PUSH(session->arena, redriven, done);
    }
    return true;
}
