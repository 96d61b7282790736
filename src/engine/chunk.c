#include "copy/attempt.h"
#include "copy/cut.h"
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

Event worker_chunk_done(const char *entity, int64_t chunk, const Books *books, double seconds)
{
    return (Event){.kind = EVENT_CHUNK_DONE,
                   .entity = entity,
                   .chunk = chunk,
                   .read = books->read,
                   .written = books->written,
                   .unchanged = books->unchanged,
                   .merged = books->merged,
                   .filtered = books->filtered,
                   .rejected = books->rejected,
                   .rows = books->read,
                   .bytes = books->bytes,
                   .seconds = seconds};
}

static void tell_done(const Worker *worker, const ClaimedChunk *chunk, const Books *books, double seconds)
{
    Event event = worker_chunk_done(chunk->entity, chunk->id, books, seconds);
    event.worker = worker->number;
    events_emit(worker->crew->session->events, &event);
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

static bool move_chunk(Arena *arena, const Worker *worker, const Move *move, Books *books, Error *error)
{
    atomic_bool *shared = is_careful(worker, move->entity);
    const bool before = atomic_load(shared);
    bool careful = before;
    if (!attempt_move(arena, move, &careful, books, error))
        return false;
    if (careful != before)
        atomic_store(shared, careful);
    return true;
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
                 .monitor = {.moved = tell_moved, .self = &watch}};
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
