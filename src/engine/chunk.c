#include "copy/cut.h"
#include "copy/mover.h"
#include "copy/piecewise.h"
#include "copy/refusal.h"
#include "engine/allowance.h"
#include "engine/worker.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"

enum { ROWS_WORTH_SPLITTING = 16384 };

typedef struct ChunkWatch {
    Worker *worker;
    const ClaimedChunk *chunk;
} ChunkWatch;

static void tell_moved(void *self, int64_t rows, int64_t bytes)
{
    const ChunkWatch *watch = self;
    events_emit(watch->worker->crew->session->events, &(Event){.kind = EVENT_CHUNK_MOVED,
                                                               .entity = watch->chunk->entity,
                                                               .chunk = watch->chunk->id,
                                                               .worker = watch->worker->number,
                                                               .rows = rows,
                                                               .bytes = bytes});
}

static void tell_done(const Worker *worker, const ClaimedChunk *chunk, const Books *books, double seconds)
{
    events_emit(worker->crew->session->events, &(Event){.kind = EVENT_CHUNK_DONE,
                                                        .entity = chunk->entity,
                                                        .chunk = chunk->id,
                                                        .worker = worker->number,
                                                        .read = books->read,
                                                        .written = books->written,
                                                        .unchanged = books->unchanged,
                                                        .merged = books->merged,
                                                        .filtered = books->filtered,
                                                        .rejected = books->rejected,
                                                        .rows = books->read,
                                                        .bytes = books->bytes,
                                                        .seconds = seconds});
}

static KeySet keys_of(const EntityPlan *entity, const ClaimedChunk *chunk)
{
    return (KeySet){.kind = chunk->kind, .key = &entity->gathered->walk_key, .low = chunk->low, .high = chunk->high};
}

/* The last chunks are cut in two so that no worker is left alone with one. True in *split when that was done and
 * committed. */
static bool split_tail(Arena *arena, Worker *worker, const EntityPlan *entity, const ClaimedChunk *chunk, bool *split,
                       Error *error)
{
    *split = false;
    if (!chunk->last_few || chunk->kind != KEYSET_RANGE || chunk->estimated_rows < ROWS_WORTH_SPLITTING)
        return true;
    KeySet keys = keys_of(entity, chunk);
    const char *const *middle = NULL;
    if (!cut_middle(arena, entity, &keys, worker_source(worker), &middle, error))
        return false;
    if (!middle)
        return true;
    *split = ledger_split_chunk(worker->target, chunk->id, middle, keys.key->count, error) &&
             conn_commit(worker->target, error);
    return *split;
}

static void fail_entity(Arena *arena, Worker *worker, const ClaimedChunk *chunk, Error *error)
{
    const char *step = arena_printf(arena, "copy %s", chunk->entity);
    worker_record_failure(worker, step, error);
    worker_tell_failed(worker, chunk->entity, step, error);
    error_doing(error, "copying entity \"%s\", chunk %lld", chunk->entity, (long long)chunk->id);
}

/* ---- moving ---- */

/* Whether chunks of this entity begin carefully: the last one that was moved here had a row that the target refused. */
static atomic_bool *is_careful(const Worker *worker, const EntityPlan *entity)
{
    return &worker->crew->careful[entity - worker->crew->session->plan->entities.items];
}

/* Deferred constraints speak up before the COMMIT, while the chunk can still be moved another way. */
static bool move_at_once(Arena *arena, const Move *move, Books *books, Error *error)
{
    return mover_move(arena, move, books, error) &&
           conn_exec(move->target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error);
}

static bool move_carefully(Arena *arena, const Move *move, atomic_bool *careful, Books *books, Error *error)
{
    if (!piecewise_move(arena, move, books, error))
        return false;
    atomic_store(careful, books->refused > 0);
    return true;
}

/* A clean chunk costs nothing more than the one statement that moves it; one with rows that the target refuses is begun
 * again. */
static bool move_chunk(Arena *arena, const Worker *worker, const Move *move, Books *books, Error *error)
{
    atomic_bool *careful = is_careful(worker, move->entity);
    if (atomic_load(careful))
        return move_carefully(arena, move, careful, books, error);
    if (move_at_once(arena, move, books, error))
        return true;
    if (!refusal_is_possible(error) || !conn_in_transaction(move->target))
        return false;
    error_clear(error);
    return conn_exec(move->target, "ROLLBACK TO SAVEPOINT rehome_work", NO_PARAMS, NULL, error) &&
           move_carefully(arena, move, careful, books, error);
}

/* Inside one database every chunk sees another state of it. */
static bool finish_chunk(Arena *arena, Worker *worker, int64_t chunk, const Books *books, double seconds, Error *error)
{
    ChunkEnd end = {.seconds = seconds, .worker = worker->name};
    if (worker->source && !snapshot_seen(arena, worker->source, &end.snapshot, error))
        return false;
    return ledger_finish_chunk(worker->target, chunk, books, &end, error);
}

static bool commit_chunk(Worker *worker, bool *ours, Error *error)
{
    FAULT("engine.chunk.before_commit");
    bool committed = worker_commit(worker, ours, error);
    FAULT("engine.chunk.committed");
    return committed;
}

bool worker_run_chunk(Arena *arena, Worker *worker, const ClaimedChunk *chunk, Error *error)
{
    Session *session = worker->crew->session;
    const EntityPlan *entity = plan_entity(session->plan, chunk->entity);
    bool split = false;
    if (!entity || !text_equal(entity->fingerprint, chunk->fingerprint))
        return ledger_refuse_outdated(chunk->entity, error);
    if (!allowance_check(arena, worker, entity, error))
        return false;
    if (!split_tail(arena, worker, entity, chunk, &split, error) || split)
        return split;
    KeySet keys = keys_of(entity, chunk);
    ChunkWatch watch = {worker, chunk};
    Move move = {.entity = entity,
                 .gathered = &session->gathered,
                 .snapshot = session->snapshot,
                 .keys = &keys,
                 .migration = session->migration,
                 .chunk = chunk->id,
                 .run = session->run,
                 .source = worker_source(worker),
                 .target = worker->target,
                 .monitor = {tell_moved, &watch}};
    events_emit(
        session->events,
        &(Event){.kind = EVENT_CHUNK_STARTED, .entity = chunk->entity, .chunk = chunk->id, .worker = worker->number});
    double started = clock_now();
    bool ours = true;
    Books books;
    if (move_chunk(arena, worker, &move, &books, error) &&
        finish_chunk(arena, worker, chunk->id, &books, clock_now() - started, error) &&
        commit_chunk(worker, &ours, error)) {
        if (ours)
            tell_done(worker, chunk, &books, clock_now() - started);
        return true;
    }
    if (worker_concerns_one(error))
        fail_entity(arena, worker, chunk, error);
    conn_rollback(worker->target);
    return false;
}
