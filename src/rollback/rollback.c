#include "rollback/rollback.h"

#include "engine/lock_wait.h"
#include "rollback/backup.h"
#include "rollback/objects.h"
#include "rollback/order.h"
#include "rollback/state.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/crosswalk.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- what a rollback is asked for ---- */

static const char *const tos[] = {
    [ROLLBACK_ALL] = "all", [ROLLBACK_TO_EXPAND] = "expand", [ROLLBACK_TO_BACKFILL] = "backfill"};

static bool is_whole(const RollbackOptions *options)
{
    return options->to == ROLLBACK_ALL && options->entities.count == 0 && options->run == 0;
}

static char *scope_json(Arena *arena, const RollbackOptions *options)
{
    json_t *entities = json_array();
    FOR_EACH(const char *, name, options->entities)
        json_array_append_new(entities, json_string(*name));
    json_auto_t *object = json_pack("{s:s, s:o, s:I, s:b}", "to", tos[options->to], "entities", entities, "run",
                                    (json_int_t)options->run, "from_backup", options->from_backup);
    char *text = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);
    char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

static void scope_read(Arena *arena, const char *text, RollbackOptions *options)
{
    json_auto_t *object = json_loads(text, 0, NULL);
    const char *to = json_string_value(json_object_get(object, "to"));
    json_t *entities = json_object_get(object, "entities");
    for (int i = ROLLBACK_ALL; i <= ROLLBACK_TO_BACKFILL; i++)
        if (text_equal(to, tos[i]))
            options->to = (RollbackTo)i;
    options->run = json_integer_value(json_object_get(object, "run"));
    options->from_backup = json_is_true(json_object_get(object, "from_backup"));
    options->entities = (StringList){0};
    for (size_t i = 0; i < json_array_size(entities); i++)
        LIST_PUSH(arena, &options->entities, arena_strdup(arena, json_string_value(json_array_get(entities, i))));
}

static const char *scope_text(Arena *arena, const RollbackOptions *options)
{
    if (options->run)
        return arena_printf(arena, "what run %" PRId64 " moved", options->run);
    if (options->entities.count)
        return string_list_join(arena, &options->entities, ", ");
    return options->to == ROLLBACK_TO_EXPAND     ? "everything after the expand and seed files"
           : options->to == ROLLBACK_TO_BACKFILL ? "what came after the backfill"
           : options->from_backup                ? "everything, tables from their backup"
                                                 : "everything";
}

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
        scope_read(session->arena, result_text(result, 0, 0), &begun);
        if ((!is_whole(options) || options->from_backup) &&
            !text_equal(scope_json(session->arena, options), scope_json(session->arena, &begun))) {
            error_set(error, ERROR_STATE, "a rollback of %s is under way, which has to be finished first",
                      scope_text(session->arena, &begun));
            return error_hint(error, "rehome rollback goes on with it.");
        }
        begun.force = options->force;
        begun.forget = options->forget && is_whole(&begun);
        *options = begun;
    }
    plan->scope = scope_text(session->arena, options);
    return true;
}

/* ---- what there is to undo ---- */

static StringList list_of(Arena *arena, const Result *result, int row, int column)
{
    StringList list = {0};
    quote_parse_array(arena, result_text(result, row, column), &list.items, &list.count);
    return list;
}

static bool load_entries(Session *session, RollbackEntryList *entries, Error *error)
{
    Arena *arena = session->arena;
    AUTO(Result) *found =
        conn_query(session->target, sql_ledger_undo_entries, PARAMS(number_text(arena, session->migration)), error);
    for (int row = 0; found && row < result_rows(found); row++)
        *LIST_ADD(arena, entries) = (RollbackEntry){
            .id = result_number(found, row, 0),
            .kind = result_copy(arena, found, row, 1),
            .step = result_copy(arena, found, row, 2),
            .entity = result_copy(arena, found, row, 3),
            .chunk = result_number(found, row, 4),
            .run = result_number(found, row, 5),
            .relation = result_copy(arena, found, row, 6),
            .oid = (ObjectId)result_number(found, row, 7),
            .images = result_copy(arena, found, row, 8),
            .columns = list_of(arena, found, row, 9),
            .key = list_of(arena, found, row, 10),
            .inserted = result_number(found, row, 11),
            .updated = result_number(found, row, 12),
            .before = result_copy(arena, found, row, 13),
            .action = result_copy(arena, found, row, 14),
            .left = text_equal(result_text(found, row, 15), "left"),
            .relkind = result_is_null(found, row, 16) ? '\0' : *result_text(found, row, 16),
        };
    return found != NULL;
}

/* `audits` takes all items of the list of that name. */
static bool is_named(const StringList *names, const char *entity)
{
    FOR_EACH(const char *, name, *names)
        if (entity && text_starts_with(entity, *name) &&
            (entity[strlen(*name)] == '\0' || entity[strlen(*name)] == '['))
            return true;
    return false;
}

static bool is_table_named(const RollbackEntryList *all, const RollbackEntry *sequence, const RollbackOptions *options)
{
    bool any = false;
    FOR_EACH(const RollbackEntry, entry, *all) {
        if (!entry->entity || !text_equal(entry->relation, sequence->images))
            continue;
        if (!is_named(&options->entities, entry->entity))
            return false;
        any = true;
    }
    return any;
}

static bool is_wanted(const RollbackEntryList *all, const RollbackEntry *entry, const RollbackOptions *options,
                      bool keeps_objects)
{
    if (rollback_is_of(entry, "note") || rollback_is_of(entry, "mark"))
        return false;
    if (rollback_is_of_script(entry))
        return is_whole(options) && !keeps_objects;
    if (options->run)
        return entry->run == options->run;
    if (options->to == ROLLBACK_TO_BACKFILL)
        return rollback_is_of(entry, "object");
    if (options->entities.count == 0)
        return true;
    return entry->entity ? is_named(&options->entities, entry->entity)
                         : rollback_is_of(entry, "sequence") && is_table_named(all, entry, options);
}

/* ---- the plan ---- */

static bool list_cannot(Session *session, const RollbackOptions *options, const RollbackEntryList *all,
                        RollbackPlan *plan, Error *error)
{
    Arena *arena = session->arena;
    if (is_whole(options) && !plan->keeps_objects)
        FOR_EACH(const RollbackEntry, entry, *all)
            if (rollback_is_of(entry, "note") && !rollback_backup_covers(&plan->tables, entry))
                LIST_PUSH(arena, &plan->cannot, entry->relation);
    AUTO(Result) *found =
        conn_query(session->target, sql_rollback_cannot, PARAMS(number_text(arena, session->migration)), error);
    for (int row = 0; found && options->to != ROLLBACK_TO_BACKFILL && row < result_rows(found); row++)
        if ((options->entities.count == 0 || is_named(&options->entities, result_text(found, row, 0))) &&
            !rollback_backup_has(&plan->tables, (ObjectId)result_number(found, row, 4)))
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
                entry->entity && text_equal(later->relation, entry->relation) && is_wanted(all, entry, options, true) &&
                !is_wanted(all, later, options, true)) {
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
            is_known = is_known || is_named(&one, *entity);
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
        !refuse_unknown(session, options, error) || !load_entries(session, &all, error) ||
        !other_uses_scripts(session, &plan->keeps_objects, error) || !refuse_shared(&all, options, error))
        return false;
    if (options->from_backup && !rollback_backup_find(session, &plan->tables, error))
        return false;
    FOR_EACH(const RollbackEntry, entry, all)
        if (is_wanted(&all, entry, options, plan->keeps_objects) && !rollback_backup_covers(&plan->tables, entry) &&
            (!entry->left || options->force || rollback_is_of(entry, "object")))
            LIST_PUSH(session->arena, &wanted, *entry);
    return rollback_order_entries(session, &wanted, plan, error) && list_cannot(session, options, &all, plan, error);
}

/* ---- the work ---- */

static bool reopen_chunks(const RollbackWork *work, const RollbackEntryList *entries, Error *error)
{
    StringList chunks = {0};
    FOR_EACH(const RollbackEntry, entry, *entries)
        if (entry->chunk)
            LIST_PUSH(work->arena, &chunks, number_text(work->arena, entry->chunk));
    return chunks.count == 0 || conn_exec(work->target, sql_ledger_reopen_undone,
                                          PARAMS(quote_array(work->arena, chunks.items, chunks.count)), NULL, error);
}

/* The entries of one piece: all of an empty table, one of anything else. */
typedef struct Piece {
    RollbackEntryList entries;
    bool whole; /* of an empty table: nothing else of this migration is in it */
} Piece;

static bool undo_piece(const RollbackWork *work, const Piece *piece, Error *error)
{
    static const struct {
        const char *kind;
        bool (*undo)(const RollbackWork *, const RollbackEntry *, Error *);
    } kinds[] = {{"rows", rollback_rows},
                 {"replaced", rollback_replaced},
                 {"sequence", rollback_sequence},
                 {"view", rollback_view}};
    const RollbackEntry *first = piece->entries.items;
    if (rollback_is_of(first, "columns"))
        return rollback_backup_columns(work, error);
    if (rollback_is_of(first, "backup"))
        return rollback_backup(work, error);
    if (rollback_is_of(first, "empty"))
        return rollback_empty(work, &piece->entries, piece->whole, error);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (rollback_is_of(first, kinds[i].kind))
            return kinds[i].undo(work, first, error);
    return error_set(error, ERROR_BUG, "rehome.undo has an unknown kind: %s", first->kind);
}

typedef LIST(Piece) PieceList;

/* A table whose keys are still to be looked at cannot be altered: so all is altered before, and altered back
 * afterwards. */
static bool open_circle(const RollbackWork *work, const PieceList *pieces, Text *back, Error *error)
{
    RollbackWork loud = *work;
    StringList tables = {0};
    loud.circle = NULL;
    FOR_EACH(const Piece, piece, *pieces) {
        const RollbackEntry *first = piece->entries.items;
        const char *number = number_text(work->arena, first->oid);
        if (string_list_contains(&tables, number))
            continue;
        LIST_PUSH(work->arena, &tables, number);
        if (!rollback_quieten(&loud, first->oid, first->relation, back, error))
            return false;
    }
    const char *all = quote_array(work->arena, tables.items, tables.count);
    return rollback_defer(work, all, all, back, error);
}

/* Keys between the tables of a circle wait for all of them. */
static bool undo_pieces(const RollbackWork *work, const PieceList *pieces, Error *error)
{
    Text back = text_new(work->arena);
    if (work->circle && !open_circle(work, pieces, &back, error))
        return false;
    FOR_EACH(const Piece, piece, *pieces)
        if (!undo_piece(work, piece, error) || !reopen_chunks(work, &piece->entries, error))
            return false;
    return !work->circle || (conn_exec(work->target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error) &&
                             (back.length == 0 || conn_script(work->target, back.chars, error)));
}

static bool undo_once(const RollbackWork *work, const PieceList *pieces, Error *error)
{
    if (!conn_begin(work->target, "", error) || !lock_wait_limit(work->target, error) ||
        !undo_pieces(work, pieces, error))
        return false;
    FAULT("rollback.undone");
    if (!conn_commit(work->target, error))
        return false;
    FAULT("rollback.committed");
    return true;
}

enum { MOST_TRIES = 5 };

/* What could not get a lock, or met somebody, is tried again; what it counted goes with it. */
static bool undo_committed(Session *session, const RollbackWork *work, const PieceList *pieces, Error *error)
{
    const RollbackReport before = *work->report;
    for (int attempt = 1; !undo_once(work, pieces, error); attempt++) {
        conn_rollback(work->target);
        *work->report = before;
        bool again = error_policy(error->kind)->retry && !conn_is_lost(work->target) && attempt < MOST_TRIES &&
                     !text_equal(error->sqlstate, "55P03");
        if (again) {
            error_clear(error);
            if (!clock_sleep(clock_backoff(attempt, 0.2)))
                return error_set(error, ERROR_STOPPED, "stopped");
        } else if (!lock_wait_again(session->arena, work->target, NULL, attempt, error)) {
            return error_doing(error, "undoing what was done to %s", pieces->items->entries.items->relation);
        }
    }
    return true;
}

static bool is_left_in(const RollbackEntryList *all, const RollbackEntryList *undone, ObjectId oid)
{
    FOR_EACH(const RollbackEntry, entry, *all) {
        bool is_undone = false;
        FOR_EACH(const RollbackEntry, other, *undone)
            is_undone = is_undone || other->id == entry->id;
        if (!is_undone && entry->oid == oid && (rollback_is_of(entry, "empty") || rollback_is_of(entry, "rows")))
            return true;
    }
    return false;
}

/* ---- what was held back ---- */

static bool bring_one(Session *session, const RollbackWork *work, const char *name, const char *action, Error *error)
{
    for (int attempt = 1;; attempt++) {
        if (conn_begin(work->target, "", error) && lock_wait_limit(work->target, error) &&
            conn_script(work->target, action, error) &&
            ledger_finish_open_step(work->target, work->migration, name, error) && conn_commit(work->target, error))
            return true;
        conn_rollback(work->target);
        if (!lock_wait_again(session->arena, work->target, NULL, attempt, error))
            return error_doing(error, "%s", name);
    }
}

/* Indexes and constraints of tables that are as before, and once the rows of all are, keys and triggers. */
static bool bring_back(Session *session, const RollbackWork *work, const RollbackOptions *options,
                       const RollbackEntryList *entries, bool early, Error *error)
{
    StringList tables = {0};
    const bool all = options->entities.count == 0;
    if (options->run || options->to == ROLLBACK_TO_BACKFILL)
        return true;
    FOR_EACH(const RollbackEntry, entry, *entries)
        if (entry->oid && !string_list_contains(&tables, number_text(work->arena, entry->oid)))
            LIST_PUSH(work->arena, &tables, number_text(work->arena, entry->oid));
    AUTO(Result) *held = conn_query(work->target, sql_rollback_held,
                                    PARAMS(number_text(work->arena, work->migration),
                                           all ? NULL : quote_array(work->arena, tables.items, tables.count)),
                                    error);
    for (int row = 0; held && row < result_rows(held); row++)
        if (result_bool(held, row, 2) == early && !bring_one(session, work, result_copy(work->arena, held, row, 0),
                                                             result_copy(work->arena, held, row, 1), error))
            return false;
    return held != NULL;
}

/* ---- the story ---- */

static bool take_piece(const RollbackWork *work, const RollbackPlan *plan, const RollbackEntryList *all, size_t *at,
                       Piece *piece)
{
    const RollbackEntry *first = &plan->entries.items[*at];
    *piece = (Piece){0};
    do
        LIST_PUSH(work->arena, &piece->entries, plan->entries.items[(*at)++]);
    while (rollback_is_of(first, "empty") && *at < plan->entries.count &&
           rollback_is_of(&plan->entries.items[*at], "empty") && plan->entries.items[*at].oid == first->oid);
    piece->whole = rollback_is_of(first, "empty") && !is_left_in(all, &plan->entries, first->oid);
    return true;
}

/* Those of a circle of tables at once. */
static void take_pieces(const RollbackWork *work, const RollbackPlan *plan, const RollbackEntryList *all, size_t *at,
                        PieceList *pieces)
{
    const size_t circle = plan->entries.items[*at].circle;
    do
        take_piece(work, plan, all, at, LIST_ADD(work->arena, pieces));
    while (circle > 0 && *at < plan->entries.count && plan->entries.items[*at].circle == circle);
}

/* Where rows of somebody else refer to some of a circle, it is undone piece by piece, as far as they let it. */
static bool undo_together(Session *session, const RollbackWork *work, const PieceList *pieces, Error *error)
{
    ObjectIdList circle = {0};
    RollbackWork together = *work;
    if (pieces->items->entries.items->circle == 0 ||
        (pieces->count == 1 && rollback_is_of(pieces->items->entries.items, "empty")))
        return undo_committed(session, work, pieces, error);
    FOR_EACH(const Piece, piece, *pieces)
        if (!rollback_has_table(&circle, piece->entries.items->oid))
            LIST_PUSH(work->arena, &circle, piece->entries.items->oid);
    together.circle = &circle;
    if (undo_committed(session, &together, pieces, error))
        return true;
    if (!text_equal(error->sqlstate, "23503"))
        return false;
    error_clear(error);
    FOR_EACH(Piece, piece, *pieces)
        if (!undo_committed(session, work, &(const PieceList){piece, 1, 1}, error))
            return false;
    return true;
}

static bool is_before_held(const RollbackEntry *entry)
{
    return rollback_is_of(entry, "rows") || rollback_is_of(entry, "empty") || rollback_is_of(entry, "backup") ||
           rollback_is_of(entry, "columns");
}

static bool undo_entries(Session *session, const RollbackWork *work, const RollbackOptions *options,
                         const RollbackPlan *plan, Error *error)
{
    RollbackEntryList all = {0};
    bool early = false, late = false;
    if (!load_entries(session, &all, error))
        return false;
    for (size_t at = 0; at < plan->entries.count;) {
        const RollbackEntry *entry = &plan->entries.items[at];
        PieceList pieces = {0};
        if (rollback_is_of(entry, "object")) {
            at++;
            continue;
        }
        if (!early && !is_before_held(entry)) {
            early = true;
            if (!bring_back(session, work, options, &plan->entries, true, error))
                return false;
        }
        if (!late && !is_before_held(entry) && !rollback_is_of(entry, "replaced")) {
            late = true;
            if (!bring_back(session, work, options, &plan->entries, false, error))
                return false;
        }
        take_pieces(work, plan, &all, &at, &pieces);
        if ((rollback_is_of(entry, "backup") && !rollback_backup_load(work, error)) ||
            !undo_together(session, work, &pieces, error))
            return false;
        if (session->note && !rollback_is_of(entry, "columns"))
            session->note(session->note_self, arena_printf(work->arena, "undone: %s", entry->relation));
    }
    return bring_back(session, work, options, &plan->entries, true, error) &&
           bring_back(session, work, options, &plan->entries, false, error);
}

static bool undo_objects(Session *session, const RollbackWork *work, const RollbackPlan *plan, bool of_scripts,
                         Error *error)
{
    RollbackEntryList objects = {0};
    rollback_take_objects(work->arena, &plan->entries, of_scripts, &objects);
    return rollback_objects(session, work, &objects, error);
}

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
        if (options->entities.count == 0 || is_named(&options->entities, result_text(found, row, 0)))
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
        (plan->keeps_objects && is_whole(options) && !hand_over(session, error)))
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

static bool drop_images_early(Session *session, const RollbackOptions *options, Error *error)
{
    if (!is_whole(options))
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

static bool finish(Session *session, const RollbackOptions *options, const RollbackPlan *plan, RollbackReport *report,
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

/* ---- who else is at work ---- */

static bool insist_on_quiet(Session *session, Error *error)
{
    const char *prefix = arena_printf(session->arena, "rehome:%.40s:", session->manifest->name);
    for (int attempt = 0;; attempt++) {
        AUTO(Result) *others = conn_query(session->target, sql_rollback_busy, PARAMS(prefix), error);
        if (!others || result_rows(others) == 0)
            return others != NULL;
        if (attempt == 50) { /* of a process that was killed the sessions end by themselves */
            error_set(error, ERROR_STATE, "somebody works on this migration: pid %s (%s)", result_text(others, 0, 0),
                      result_text(others, 0, 1));
            return error_hint(error, "Stop it first; what it has in hand goes with it.");
        }
        if (!clock_sleep(0.1))
            return error_set(error, ERROR_STOPPED, "stopped");
    }
}

static bool begin(Session *session, const RollbackOptions *options, Error *error)
{
    return conn_exec(session->target,
                     "UPDATE rehome.migration SET phase = 'rollback', state = 'running', rolling_back = $2::jsonb "
                     "WHERE id = $1::bigint",
                     PARAMS(number_text(session->arena, session->migration), scope_json(session->arena, options)), NULL,
                     error);
}

static bool roll_back(Session *session, const RollbackOptions *options, const RollbackPlan *plan,
                      RollbackReport *report, Error *error)
{
    RollbackWork work = {.arena = session->arena,
                         .target = session->target,
                         .migration = session->migration,
                         .run = options->run,
                         .force = options->force,
                         .tables = &plan->tables,
                         .keeps_objects = plan->keeps_objects,
                         .report = report};
    return insist_on_quiet(session, error) && begin(session, options, error) &&
           undo_objects(session, &work, plan, false, error) && undo_entries(session, &work, options, plan, error) &&
           drop_images_early(session, options, error) && undo_objects(session, &work, plan, true, error) &&
           finish(session, options, plan, report, error);
}

bool rollback_run(Session *session, const RollbackOptions *options, const RollbackPlan *plan, RollbackReport *report,
                  Error *error)
{
    Error ignored = {0};
    double started = clock_now();
    *report = (RollbackReport){0};
    if (!ledger_lock_setup(session->target, session->manifest, error))
        return false;
    bool done = roll_back(session, options, plan, report, error);
    conn_rollback(session->target);
    ledger_unlock_setup(session->target, session->manifest, &ignored);
    report->seconds = clock_now() - started;
    if (!done || report->left == 0)
        return done;
    error_set(error, ERROR_DIFFERENT, "%" PRId64 " %s left alone: somebody else has changed or needs them",
              report->left, report->left == 1 ? "row or object was" : "rows or objects were");
    return error_hint(error, "Everything else is undone. `rehome rollback --force` undoes these too.");
}
