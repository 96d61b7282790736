#include "assess/replay.h"

#include "copy/attempt.h"
#include "copy/cut.h"
#include "engine/allowance.h"
#include "engine/lock_wait.h"
#include "engine/withdraw.h"
#include "ledger/number.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdio.h>

static Conn *source_of(const Replay *replay)
{
    return replay->session->source;
}

static Conn *target_of(const Replay *replay)
{
    return replay->session->target;
}

static bool target_exec(const Replay *replay, const char *sql, Error *error)
{
    return conn_exec(target_of(replay), sql, NO_PARAMS, NULL, error);
}

static AssessedEntity *assessed(const Replay *replay, const EntityPlan *shadow)
{
    return &replay->assessment->entities.items[shadow - replay->shadow->plan->entities.items];
}

static const Error *keep_error(const Replay *replay, const Error *error)
{
    Arena *arena = replay->session->arena;
    Error *kept = NEW(arena, Error);
    *kept = *error;
    snprintf(kept->message, sizeof kept->message, "%s", shadow_reveal(arena, replay->shadow, error->message));
    return kept;
}

/* What concerns one entity or step alone: the run would go on with the others. */
static bool concerns_one(const Error *error)
{
    return error->kind == ERROR_DATA || error->kind == ERROR_RIGHTS || error->kind == ERROR_SQL || error->kind == ERROR_STATE;
}

/* Back to before it failed; the source begins anew in the same snapshot. */
static bool recover(const Replay *replay, Error *error)
{
    return conn_script(target_of(replay), "ROLLBACK TO SAVEPOINT rehome_work; RELEASE SAVEPOINT rehome_work", error) &&
           (!replay->snapshot || snapshot_import(replay->snapshot, source_of(replay), error));
}

/* ---- what a chunk leaves to the end of its transaction, which does not come ---- */

static bool tidy(const Replay *replay, bool drop, Error *error)
{
    AUTO(Result) *leftovers = conn_query(target_of(replay), sql_assess_leftovers, PARAMS(drop ? "true" : "false"), error);
    if (!leftovers)
        return false;
    return result_is_null(leftovers, 0, 0) || conn_script(target_of(replay), result_text(leftovers, 0, 0), error);
}

/* Each chunk of a run begins with constraints as they were made. */
static const char *deferring(Arena *arena, const Shadow *shadow)
{
    Text sql = text_new(arena);
    FOR_EACH(const char *, name, shadow->deferred)
        text_addf(&sql, "%s%s", sql.length ? ", " : "; SET CONSTRAINTS ", quote_qualified(arena, "pg_temp", *name));
    if (sql.length)
        text_add(&sql, " DEFERRED");
    return sql.chars;
}

static bool begin_chunk(const Replay *replay, Arena *arena, Error *error)
{
    const char *sql = arena_printf(arena, "SAVEPOINT rehome_work%s", deferring(arena, replay->shadow));
    return conn_script(target_of(replay), sql, error) &&
           (!replay->snapshot || snapshot_import(replay->snapshot, source_of(replay), error));
}

/* ---- chunks ---- */

typedef struct Telling {
    const Replay *replay;
    const char *entity;
    int64_t chunk;
} Telling;

static void tell_moved(void *self, int64_t rows, int64_t bytes)
{
    const Telling *telling = self;
    events_emit(telling->replay->session->events,
                &(Event){.kind = EVENT_CHUNK_MOVED, .entity = telling->entity, .chunk = telling->chunk, .rows = rows, .bytes = bytes});
}

static bool move_chunk(const Replay *replay, const EntityPlan *entity, const ChunkRange *range, int64_t id, bool *careful, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    double started = clock_now();
    Telling telling = {replay, entity->entity->name, id};
    KeySet keys = {.kind = range->kind, .key = &entity->gathered->walk_key, .low = range->low, .high = range->high};
    Move move = {.entity = entity,
                 .gathered = replay->shadow->plan->gathered,
                 .keys = &keys,
                 .migration = replay->session->migration,
                 .chunk = id,
                 .source = source_of(replay),
                 .target = target_of(replay),
                 .monitor = {tell_moved, &telling},
                 .snapshot = replay->snapshot};
    Books books;
    events_emit(replay->session->events, &(Event){.kind = EVENT_CHUNK_STARTED, .entity = telling.entity, .chunk = id});
    if (!begin_chunk(replay, arena, error))
        return false;
    if (!attempt_move(arena, &move, careful, &books, error))
        return false;
    ChunkEnd end = {.seconds = clock_now() - started, .worker = "assess"};
    if (!ledger_finish_chunk(target_of(replay), id, &books, &end, error) || !target_exec(replay, "RELEASE SAVEPOINT rehome_work", error) ||
        !tidy(replay, false, error))
        return false;
    books_add(&assessed(replay, entity)->books, &books);
    const Event done = worker_chunk_done(telling.entity, id, &books, clock_now() - started);
    events_emit(replay->session->events, &done);
    return true;
}

/* Where a run would stop for its budget; all of it is to be known here. */
static bool note_stop(const Replay *replay, const EntityPlan *entity, Error *error)
{
    AssessedEntity *told = assessed(replay, entity);
    const BudgetState *over = NULL;
    AUTO(Arena) *arena = arena_new();
    if (told->stop)
        return true;
    if (!allowance_exceeded(arena, replay->session, target_of(replay), entity, &over, error))
        return false;
    told->stop = over ? budget_print(replay->session->arena, over) : NULL;
    return true;
}

/* We are the polite one. */
static bool give_way(Replay *replay, Error *error)
{
    if (!replay->locks)
        return true;
    AUTO(Result) *waiting = conn_query(target_of(replay), sql_assess_waiting, NO_PARAMS, error);
    if (!waiting || result_rows(waiting) == 0)
        return waiting != NULL;
    replay->gives_way = true;
    error_set(error, ERROR_STATE, "the assessment gives way: pid %s (%s, %s) waits for a table that expand or seed files have locked",
              result_text(waiting, 0, 0), result_text(waiting, 0, 1), result_text(waiting, 0, 2));
    return error_hint(error, "Assess a sample, or a copy of the target, or run these files first.");
}

static bool move_chunks(Replay *replay, const EntityPlan *entity, const ChunkRangeList *chunks, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    bool careful = false;
    Params values = PARAMS(number_text(arena, replay->session->migration), entity->entity->name);
    AUTO(Result) *ids = conn_query(target_of(replay), sql_assess_open_chunks, values, error);
    for (int row = 0; ids && row < result_rows(ids); row++)
        if (!give_way(replay, error) || !note_stop(replay, entity, error) ||
            !move_chunk(replay, entity, &chunks->items[row], result_number(ids, row, 0), &careful, error))
            return false;
    return ids != NULL;
}

/* ---- entities ---- */

/* With a sample each hundredth part of the table is a piece to choose from. */
static bool cut_entity(const Replay *replay, const EntityPlan *entity, ChunkRangeList *chunks, Error *error)
{
    enum { PIECES = 200 };
    AssessedEntity *told = assessed(replay, entity);
    EntityPlan fine = *entity;
    int sample = replay->assessment->sample;
    Arena *arena = replay->session->arena;
    ChunkRangeList all = {0};
    if (sample < 100 && fine.chunks != CHUNKS_ONE) {
        fine.chunk_rows = entity->estimated_rows / PIECES > 100 ? entity->estimated_rows / PIECES : 100;
        fine.estimated_chunks = PIECES;
    }
    if (!cut_chunks(arena, &fine, source_of(replay), &all, error))
        return false;
    told->chunks = (int64_t)all.count;
    for (size_t i = 0; i < all.count; i++)
        if (all.count == 1 || sample >= 100 || (i + 1) * (size_t)sample / 100 > i * (size_t)sample / 100)
            LIST_PUSH(arena, chunks, all.items[i]);
    if (chunks->count == 0 && all.count > 0)
        LIST_PUSH(arena, chunks, all.items[all.count / 2]);
    told->chunks_sampled = (int64_t)chunks->count;
    told->state = chunks->count < all.count ? ASSESS_SAMPLED : ASSESS_TOLD;
    return true;
}

static bool fail_entity(Replay *replay, const EntityPlan *entity, const Step *step, Error *error)
{
    Error failure = {0};
    if (replay->gives_way || !concerns_one(error) || !recover(replay, &failure) || !tidy(replay, true, &failure)) {
        if (failure.kind != ERROR_NONE)
            *error = failure;
        return false;
    }
    AssessedEntity *told = assessed(replay, entity);
    told->state = ASSESS_FAILS;
    told->error = keep_error(replay, error);
    LIST_PUSH(replay->session->arena, &replay->broken, step->name);
    error_clear(error);
    return true;
}

static bool move_entity(Replay *replay, const EntityPlan *entity, Replayed *replayed, Error *error)
{
    Arena *arena = replay->session->arena;
    return profile_mark(arena, target_of(replay), &replayed->first, error) && move_chunks(replay, entity, &replayed->ranges, error) &&
           tidy(replay, true, error) && profile_mark(arena, target_of(replay), &replayed->last, error);
}

static bool do_copy(Replay *replay, const Step *step, Error *error)
{
    AssessedEntity *told = assessed(replay, step->entity);
    const EntityPlan *entity = step->entity;
    Replayed *replayed = &replay->replayed[entity - replay->shadow->plan->entities.items];
    double started = clock_now();
    if (told->state == ASSESS_UNKNOWN || told->state == ASSESS_MOVED)
        return true;
    bool cut = cut_entity(replay, entity, &replayed->ranges, error) &&
               ledger_add_chunks(target_of(replay), replay->session->migration, entity->entity->name, &replayed->ranges, error);
    if (!cut)
        return error_doing(error, "entity \"%s\"", entity->entity->name);
    bool moved = move_entity(replay, entity, replayed, error);
    told->seconds = clock_now() - started;
    return moved || fail_entity(replay, entity, step, error) || error_doing(error, "entity \"%s\"", entity->entity->name);
}

/* `replace` of a part: of a whole table there are no rows in the shadow. */
static bool do_ready(Replay *replay, const Step *step, Error *error)
{
    const EntityPlan *entity = step->entity;
    const ShadowTable *table = shadow_of(replay->shadow, entity->into);
    if (entity->write != WRITE_REPLACE || !table || !table->has_rows || !entity->entity->scope.text)
        return true;
    const char *sql = arena_printf(replay->session->arena, "DELETE FROM %s AS %s WHERE (%s\n)", entity->into->sql_name,
                                   quote_name(replay->session->arena, table->real->name), entity->entity->scope.text);
    return target_exec(replay, sql, error);
}

/* ---- keys ---- */

/* An index that only helps to find rows refuses none. */
static bool is_needless(const Step *step)
{
    const Index *index = step->index;
    return index && !index->unique && !index->exclusion && !index->has_expression && !index->partial;
}

static bool bring_back(const Replay *replay, const Step *step, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *action = step_action(arena, replay->shadow->plan, step);
    Withdrawal withdrawal = {.plan = replay->shadow->plan,
                             .migration = replay->session->migration,
                             .step = step,
                             .action = action,
                             .source = source_of(replay),
                             .target = target_of(replay),
                             .snapshot = replay->snapshot,
                             .events = replay->silent};
    if (!begin_chunk(replay, arena, error))
        return false;
    return (!action || (lock_wait_limit(target_of(replay), error) && conn_script(target_of(replay), action, error)) ||
            (withdraw_is_due(&withdrawal, error) && withdraw_run(arena, &withdrawal, error))) &&
           target_exec(replay, "RELEASE SAVEPOINT rehome_work", error) && tidy(replay, true, error);
}

static bool fail_step(Replay *replay, const Step *step, Error *error)
{
    Error failure = {0};
    Arena *arena = replay->session->arena;
    if (!concerns_one(error))
        return error_doing(error, "%s", step->name);
    if (!recover(replay, &failure)) {
        *error = failure;
        return false;
    }
    LIST_PUSH(arena, &replay->assessment->failing, ((AssessedStep){step->name, keep_error(replay, error)}));
    LIST_PUSH(arena, &replay->broken, step->name);
    error_clear(error);
    return true;
}

static bool do_key(Replay *replay, const Step *step, Error *error)
{
    Events *events = replay->session->events;
    double started = clock_now();
    if (is_needless(step))
        return true;
    events_emit(events, &(Event){.kind = EVENT_STEP_STARTED, .step = step->name});
    if (!bring_back(replay, step, error))
        return fail_step(replay, step, error);
    events_emit(events, &(Event){.kind = EVENT_STEP_DONE, .step = step->name, .seconds = clock_now() - started});
    return true;
}

/* ---- steps ---- */

static bool (*const doers[])(Replay *, const Step *, Error *) = {
    [STEP_READY] = do_ready,    [STEP_COPY] = do_copy,     [STEP_INDEX] = do_key,        [STEP_CONSTRAINT] = do_key,
    [STEP_FOREIGN_KEY] = do_key, [STEP_VALIDATE] = do_key, [STEP_CHECK_AFTER] = NULL,
};

static bool is_of_keys(const Step *step)
{
    return doers[step->kind] == do_key;
}

/* The run would not come to it. */
static bool is_broken(Replay *replay, const Step *step)
{
    FOR_EACH(const char *, name, step->needs)
        if (string_list_contains(&replay->broken, *name)) {
            LIST_PUSH(replay->session->arena, &replay->broken, step->name);
            if (step->kind == STEP_COPY)
                assessed(replay, step->entity)->state = ASSESS_NOT_REACHED;
            return true;
        }
    return string_list_contains(&replay->broken, step->name);
}

static bool is_open(const Replay *replay, const Step *step, bool *open, Error *error)
{
    StringList names = {0};
    int64_t count = 0;
    AUTO(Arena) *arena = arena_new();
    LIST_PUSH(arena, &names, step->name);
    if (!ledger_count_open(arena, target_of(replay), replay->session->migration, &names, &count, error))
        return false;
    *open = count > 0;
    return true;
}

static bool do_step(Replay *replay, const Step *step, double *seconds, Error *error)
{
    double started = clock_now();
    if (!give_way(replay, error) || !doers[step->kind](replay, step, error))
        return false;
    *seconds += clock_now() - started;
    return string_list_contains(&replay->broken, step->name) ||
           ledger_finish_step(target_of(replay), replay->session->migration, step->name, "assess", error);
}

static bool copy_all(Replay *replay, Error *error)
{
    FOR_EACH(const Step, step, replay->shadow->plan->steps) {
        bool open = false;
        if (!doers[step->kind] || is_of_keys(step))
            continue;
        if (!is_open(replay, step, &open, error))
            return false;
        if (open && !is_broken(replay, step) && !do_step(replay, step, &replay->assessment->moving, error))
            return false;
    }
    return true;
}

/* A key that this one needs may have been opened again. */
static bool key_is_due(Replay *replay, const Step *step, bool *due, Error *error)
{
    if (!is_open(replay, step, due, error))
        return false;
    FOR_EACH(const char *, name, step->needs) {
        const Step *needed = plan_step(replay->shadow->plan, *name);
        bool open = false;
        if (*due && needed && is_of_keys(needed) && !is_open(replay, needed, &open, error))
            return false;
        *due = *due && !open;
    }
    *due = *due && !is_broken(replay, step);
    return true;
}

/* Those that a withdrawal has opened again come once more. */
static bool bring_keys_back(Replay *replay, Error *error)
{
    for (bool again = true; again;) {
        again = false;
        FOR_EACH(const Step, step, replay->shadow->plan->steps) {
            bool due = false;
            if (!is_of_keys(step))
                continue;
            if (!key_is_due(replay, step, &due, error) || (due && !do_step(replay, step, &replay->assessment->keys, error)))
                return false;
            again = again || due;
        }
    }
    return true;
}

bool replay_run(Replay *replay, Error *error)
{
    return copy_all(replay, error) && bring_keys_back(replay, error);
}
