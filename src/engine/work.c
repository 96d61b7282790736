#include "engine/work.h"

#include "copy/mover.h"
#include "engine/cut.h"
#include "engine/isolate.h"
#include "engine/lock_wait.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/stop.h"
#include "base/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { MOST_TRIES = 3, MOST_LOCK_TRIES = 30, MOST_WORKERS = 64, ROWS_WORTH_SPLITTING = 16384 };
static const double FIRST_PAUSE_S = 1, IDLE_PAUSE_S = 0.05;

/* What the workers of one process share. */
typedef struct Crew {
    Session *session;
    LedgerScope scope;
    atomic_bool abandon; /* something that concerns everybody went wrong */
    pthread_mutex_t mutex;
    Error first; /* guarded */
} Crew;

typedef struct Worker {
    Crew *crew;
    bool claiming; /* nothing is claimed yet */
    bool recorded; /* the last failure stands in the ledger at the step that it concerns */
    int number;
    pthread_t thread;
    Conn *source, *target;
    int tries; /* transient failures in a row */
    char name[128];
} Worker;

/* Inside one database the chunk must be counted in the very snapshot it was moved in; between two the source has its
 * own. */
static const char *begin_mode(const Session *session)
{
    return session->gathered.same ? "ISOLATION LEVEL REPEATABLE READ" : "";
}

static void keep_first(Crew *crew, const Error *error)
{
    pthread_mutex_lock(&crew->mutex);
    if (crew->first.kind == ERROR_NONE || (crew->first.kind == ERROR_STOPPED && error->kind != ERROR_STOPPED))
        crew->first = *error;
    pthread_mutex_unlock(&crew->mutex);
}

/* ---- connections ---- */

static bool connect_target(Worker *worker, Error *error)
{
    if (worker->target && !conn_is_lost(worker->target))
        return true;
    conn_close(worker->target);
    worker->target = conn_open(&worker->crew->session->target_options, error);
    return worker->target && conn_script(worker->target, "SET synchronous_commit = off", error);
}

static bool connect_source(Worker *worker, Error *error)
{
    Session *session = worker->crew->session;
    if (session->gathered.same)
        return true;
    if (!worker->source || conn_is_lost(worker->source)) {
        conn_close(worker->source);
        worker->source = conn_open(&session->source_options, error);
        if (!worker->source)
            return false;
    }
    return snapshot_import(session->snapshot, worker->source, error);
}

static Conn *source_of(const Worker *worker)
{
    return worker->crew->session->gathered.same ? worker->target : worker->source;
}

/* ---- chunks ---- */

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
    if (!cut_middle(arena, entity, &keys, source_of(worker), &middle, error))
        return false;
    if (!middle)
        return true;
    *split = ledger_split_chunk(worker->target, chunk->id, middle, keys.key->count, error) &&
             conn_commit(worker->target, error);
    return *split;
}

/* Writes a failure down while the claim's lock is still held, so that nobody else takes up what has just failed. A
 * COMMIT that failed took the transaction and the lock with it. */
static void record_failure(Worker *worker, const char *step, const Error *why)
{
    Error ignored = {0};
    Conn *target = worker->target;
    if (conn_in_transaction(target) &&
        conn_exec(target, "ROLLBACK TO SAVEPOINT rehome_work", NO_PARAMS, NULL, &ignored))
        worker->recorded = ledger_fail_step(target, worker->crew->session->migration, step, why, &ignored) &&
                           conn_commit(target, &ignored);
    conn_rollback(target);
    if (!worker->recorded)
        worker->recorded = ledger_fail_step(target, worker->crew->session->migration, step, why, &ignored);
}

static void tell_failed(const Worker *worker, const char *entity, const char *step, const Error *error)
{
    events_emit(worker->crew->session->events, &(Event){.kind = EVENT_STEP_FAILED,
                                                        .entity = entity,
                                                        .step = step,
                                                        .message = error->message,
                                                        .sqlstate = error->sqlstate,
                                                        .worker = worker->number});
}

static void fail_entity(Arena *arena, Worker *worker, const ClaimedChunk *chunk, const Move *move, Error *error)
{
    Session *session = worker->crew->session;
    const char *step = arena_printf(arena, "copy %s", chunk->entity);
    Error ignored = {0};
    record_failure(worker, step, error);
    isolate_row(arena, &(Isolation){move, session->snapshot, begin_mode(session)}, error);
    ledger_fail_step(worker->target, session->migration, step, error, &ignored);
    tell_failed(worker, chunk->entity, step, error);
    error_doing(error, "copying entity \"%s\", chunk %lld", chunk->entity, (long long)chunk->id);
}

/* Whether a failure concerns one entity or step alone; the others go on without it. */
static bool concerns_one(const Error *error)
{
    return error->kind == ERROR_DATA || error->kind == ERROR_RIGHTS || error->kind == ERROR_SQL ||
           error->kind == ERROR_STATE;
}

/* Deferred constraints speak up here, so a COMMIT can fail for the data's sake like any other statement. */
static bool commit_chunk(const Worker *worker, Error *error)
{
    FAULT("engine.chunk.before_commit");
    bool committed = conn_commit(worker->target, error);
    FAULT("engine.chunk.committed");
    return committed;
}

static bool run_chunk(Arena *arena, Worker *worker, const ClaimedChunk *chunk, Error *error)
{
    Session *session = worker->crew->session;
    const EntityPlan *entity = plan_entity(session->plan, chunk->entity);
    bool split = false;
    if (!entity || !text_equal(entity->fingerprint, chunk->fingerprint)) {
        error_set(error, ERROR_STATE, "entity \"%s\" was planned anew by another process", chunk->entity);
        return error_hint(error, "Run again.");
    }
    if (!split_tail(arena, worker, entity, chunk, &split, error) || split)
        return split;
    KeySet keys = keys_of(entity, chunk);
    ChunkWatch watch = {worker, chunk};
    Move move = {.entity = entity,
                 .keys = &keys,
                 .migration = session->migration,
                 .chunk = chunk->id,
                 .source = source_of(worker),
                 .target = worker->target,
                 .monitor = {tell_moved, &watch}};
    events_emit(
        session->events,
        &(Event){.kind = EVENT_CHUNK_STARTED, .entity = chunk->entity, .chunk = chunk->id, .worker = worker->number});
    double started = clock_now();
    Books books;
    if (mover_move(arena, &move, &books, error) &&
        ledger_finish_chunk(worker->target, chunk->id, &books, clock_now() - started, worker->name, error) &&
        commit_chunk(worker, error)) {
        tell_done(worker, chunk, &books, clock_now() - started);
        return true;
    }
    if (concerns_one(error))
        fail_entity(arena, worker, chunk, &move, error);
    conn_rollback(worker->target);
    return false;
}

/* ---- steps ---- */

static bool cut(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    ChunkRangeList chunks = {0};
    return cut_chunks(arena, plan_entity(session->plan, step->entity), source_of(worker), &chunks, error) &&
           ledger_add_chunks(worker->target, session->migration, step->entity, &chunks, error);
}

/* A failed check is an outcome, and the gate before everything that could write. */
static bool source_check(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    const Step *planned = plan_step(session->plan, step->name);
    CheckOutcome outcome = {0};
    if (!verify_check(arena, session->plan, planned->check, source_of(worker), worker->target, &outcome, error))
        return false;
    bool failed = text_equal(outcome.state, "failed");
    if (!ledger_record_check(worker->target, session->migration, &outcome, error))
        return false;
    events_emit(session->events, &(Event){.kind = EVENT_CHECK, .step = outcome.name, .message = outcome.state});
    if (!failed)
        return true;
    /* the outcome stays in the ledger although the step is not done */
    if (!conn_commit(worker->target, error))
        return false;
    error_set(error, ERROR_DIFFERENT, "failed on the source: %s", outcome.value ? outcome.value : "");
    return error_hint(error, "Nothing was written. Mend the source, or give the check `severity: warn`.");
}

static bool act(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    if (step->action)
        return lock_wait_limit(worker->target, error) && conn_script(worker->target, step->action, error);
    if (text_equal(step->kind, step_rule(STEP_CUT)->name))
        return cut(arena, worker, step, error);
    if (text_equal(step->kind, step_rule(STEP_CHECK)->name))
        return source_check(arena, worker, step, error);
    return true; /* copy: the claim has seen that all its chunks are done */
}

static void fail_step(Worker *worker, const ClaimedStep *step, Error *error)
{
    record_failure(worker, step->name, error);
    tell_failed(worker, step->entity, step->name, error);
    error_doing(error, "%s", step->name);
}

static bool commit_step(const Worker *worker, Error *error)
{
    FAULT("engine.step.before_commit");
    bool committed = conn_commit(worker->target, error);
    FAULT("engine.step.committed");
    return committed;
}

static bool run_step(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    events_emit(
        session->events,
        &(Event){.kind = EVENT_STEP_STARTED, .entity = step->entity, .step = step->name, .worker = worker->number});
    double started = clock_now();
    if (act(arena, worker, step, error) && ledger_finish_step(worker->target, session->migration, step->name, error) &&
        commit_step(worker, error)) {
        events_emit(session->events, &(Event){.kind = EVENT_STEP_DONE,
                                              .entity = step->entity,
                                              .step = step->name,
                                              .worker = worker->number,
                                              .seconds = clock_now() - started});
        return true;
    }
    if (concerns_one(error) || error->kind == ERROR_DIFFERENT)
        fail_step(worker, step, error);
    conn_rollback(worker->target);
    if (text_equal(error->sqlstate, "55P03")) {
        lock_wait_explain(arena, worker->target, plan_step(session->plan, step->name), error);
        error_doing(error, "%s", step->name);
    }
    return false;
}

/* ---- the loop ---- */

static bool claim_and_run(Arena *arena, Worker *worker, bool *worked, Error *error)
{
    Crew *crew = worker->crew;
    ClaimedStep *step = NULL;
    ClaimedChunk *chunk = NULL;
    *worked = worker->claiming = true;
    if (!connect_target(worker, error) || !connect_source(worker, error) || !conn_begin(worker->target, "", error) ||
        !ledger_claim_step(arena, worker->target, &crew->scope, &step, error))
        return false;
    if (!step && crew->session->gathered.same) { /* only a chunk needs one snapshot for all that it counts */
        conn_rollback(worker->target);
        if (!conn_begin(worker->target, begin_mode(crew->session), error))
            return false;
    }
    if (!step && !ledger_claim_chunk(arena, worker->target, &crew->scope, &chunk, error))
        return false;
    worker->claiming = false;
    if ((step || chunk) && !conn_exec(worker->target, "SAVEPOINT rehome_work", NO_PARAMS, NULL, error))
        return false;
    if (step)
        return run_step(arena, worker, step, error);
    if (chunk)
        return run_chunk(arena, worker, chunk, error);
    conn_rollback(worker->target);
    *worked = false;
    return true;
}

/* Nothing to claim: either all is done or blocked by a failure, or somebody else holds what is left. */
static bool wait_for_others(Worker *worker, bool *open, Error *error)
{
    return ledger_is_open(worker->target, &worker->crew->scope, open, error) &&
           (!*open || clock_sleep(IDLE_PAUSE_S) || error_set(error, ERROR_STOPPED, "stopped"));
}

/* False when the failure ends this worker. Two claims that met in one database cost nothing and are not counted. */
static bool carry_on(Arena *arena, Worker *worker, Error *error)
{
    Crew *crew = worker->crew;
    if (worker->target)
        conn_rollback(worker->target);
    if (stop_requested())
        error_set(error, ERROR_STOPPED, "stopped");
    bool lock = text_equal(error->sqlstate, "55P03"), met = text_equal(error->sqlstate, "40001");
    if (met && worker->claiming) /* somebody else took the chunk: no failure, and nobody's news */
        return clock_sleep(IDLE_PAUSE_S);
    int most = lock || met ? MOST_LOCK_TRIES : MOST_TRIES;
    if (error_policy(error->kind)->retry && worker->tries < most) {
        worker->tries++;
        double pause = clock_backoff(lock || met ? 1 : worker->tries, FIRST_PAUSE_S);
        events_emit(
            crew->session->events,
            &(Event){.kind = EVENT_RETRY,
                     .message = lock ? arena_printf(arena, "%s: %s", error->message, error->detail) : error->message,
                     .sqlstate = error->sqlstate,
                     .worker = worker->number,
                     .seconds = pause});
        return clock_sleep(pause);
    }
    keep_first(crew, error);
    if (worker->recorded)
        return true;
    atomic_store(&crew->abandon, true);
    return false;
}

static void *work(void *argument)
{
    Worker *worker = argument;
    bool going = true;
    while (going && !atomic_load(&worker->crew->abandon)) {
        AUTO(Arena) *arena = arena_new();
        Error error = {0};
        bool worked = false;
        worker->recorded = false;
        bool fine =
            claim_and_run(arena, worker, &worked, &error) && (worked || wait_for_others(worker, &going, &error));
        if (fine && worked)
            worker->tries = 0;
        if (!fine)
            going = carry_on(arena, worker, &error);
    }
    conn_close(worker->source);
    conn_close(worker->target);
    return NULL;
}

bool work_run(Session *session, Error *error)
{
    Crew crew = {.session = session,
                 .scope = ledger_scope(session->arena, session->migration, session->plan, session->jobs)};
    Worker workers[MOST_WORKERS] = {0};
    int count = session->jobs < MOST_WORKERS ? session->jobs : MOST_WORKERS;
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    pthread_mutex_init(&crew.mutex, NULL);
    for (int i = 0; i < count; i++) {
        workers[i].crew = &crew;
        workers[i].number = i;
        snprintf(workers[i].name, sizeof workers[i].name, "%s:%d:%d", host, (int)getpid(), i + 1);
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            count = i;
    }
    for (int i = 0; i < count; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_mutex_destroy(&crew.mutex);
    if (count == 0)
        return error_set(error, ERROR_SYSTEM, "the operating system gives us no threads");
    if (stop_requested() && crew.first.kind == ERROR_NONE)
        error_set(&crew.first, ERROR_STOPPED, "stopped");
    if (crew.first.kind != ERROR_NONE)
        *error = crew.first;
    return crew.first.kind == ERROR_NONE;
}
