#include "copy/mover.h"
#include "engine/cut.h"
#include "engine/isolate.h"
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

static void fail_entity(Arena *arena, Worker *worker, const ClaimedChunk *chunk, const Move *move, Error *error)
{
    Session *session = worker->crew->session;
    const char *step = arena_printf(arena, "copy %s", chunk->entity);
    Error ignored = {0};
    worker_record_failure(worker, step, error);
    Isolation isolation = {.move = move, .snapshot = session->snapshot, .begin_mode = worker_begin_mode(worker)};
    isolate_row(arena, &isolation, error);
    ledger_fail_step(worker->target, session->migration, step, error, &ignored);
    worker_tell_failed(worker, chunk->entity, step, error);
    error_doing(error, "copying entity \"%s\", chunk %lld", chunk->entity, (long long)chunk->id);
}

/* Deferred constraints speak up before the COMMIT, which would give the chunk free before its failure is in the ledger. */
static bool commit_chunk(Worker *worker, bool *ours, Error *error)
{
    if (!conn_script(worker->target, "SET CONSTRAINTS ALL IMMEDIATE", error))
        return false;
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
                 .source = worker_source(worker),
                 .target = worker->target,
                 .monitor = {tell_moved, &watch}};
    events_emit(
        session->events,
        &(Event){.kind = EVENT_CHUNK_STARTED, .entity = chunk->entity, .chunk = chunk->id, .worker = worker->number});
    double started = clock_now();
    bool ours = true;
    Books books;
    if (mover_move(arena, &move, &books, error) &&
        ledger_finish_chunk(worker->target, chunk->id, &books, clock_now() - started, worker->name, error) &&
        commit_chunk(worker, &ours, error)) {
        if (ours)
            tell_done(worker, chunk, &books, clock_now() - started);
        return true;
    }
    if (worker_concerns_one(error))
        fail_entity(arena, worker, chunk, &move, error);
    conn_rollback(worker->target);
    return false;
}
