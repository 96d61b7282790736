#include "rollback/rollback.h"

#include "engine/lock_wait.h"
#include "rollback/backup.h"
#include "rollback/empty.h"
#include "rollback/finish.h"
#include "rollback/objects.h"
#include "rollback/order.h"
#include "rollback/rows.h"
#include "rollback/scope.h"
#include "rollback/state.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

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
    if (!rollback_load(session, &all, error))
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
    return conn_exec(
        session->target,
        "UPDATE rehome.migration SET phase = 'rollback', state = 'running', rolling_back = $2::jsonb "
        "WHERE id = $1::bigint",
        PARAMS(number_text(session->arena, session->migration), rollback_scope_json(session->arena, options)), NULL,
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
           rollback_drop_images(session, options, error) && undo_objects(session, &work, plan, true, error) &&
           rollback_finish(session, options, plan, report, error);
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
