#include "engine/work.h"

#include "engine/worker.h"

#include "base/clock.h"
#include "base/stop.h"
#include "base/text.h"

#include <stdio.h>
#include <unistd.h>

enum { MOST_TRIES = 3, MOST_LOCK_TRIES = 30, MOST_WORKERS = 64 };
static const double FIRST_PAUSE_S = 1, IDLE_PAUSE_S = 0.05;

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

/* ---- what its parts share ---- */

const char *worker_begin_mode(const Worker *worker)
{
    return worker->crew->session->gathered.same ? "ISOLATION LEVEL REPEATABLE READ" : "";
}

Conn *worker_source(const Worker *worker)
{
    return worker->crew->session->gathered.same ? worker->target : worker->source;
}

bool worker_concerns_one(const Error *error)
{
    return error->kind == ERROR_DATA || error->kind == ERROR_RIGHTS || error->kind == ERROR_SQL ||
           error->kind == ERROR_STATE;
}

void worker_record_failure(Worker *worker, const char *step, const Error *why)
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

void worker_tell_failed(const Worker *worker, const char *entity, const char *step, const Error *error)
{
    events_emit(worker->crew->session->events, &(Event){.kind = EVENT_STEP_FAILED,
                                                        .entity = entity,
                                                        .step = step,
                                                        .message = error->message,
                                                        .sqlstate = error->sqlstate,
                                                        .worker = worker->number});
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
        if (!conn_begin(worker->target, worker_begin_mode(worker), error))
            return false;
    }
    if (!step && !ledger_claim_chunk(arena, worker->target, &crew->scope, &chunk, error))
        return false;
    worker->claiming = false;
    if ((step || chunk) && !conn_exec(worker->target, "SAVEPOINT rehome_work", NO_PARAMS, NULL, error))
        return false;
    if (step)
        return worker_run_step(arena, worker, step, error);
    if (chunk)
        return worker_run_chunk(arena, worker, chunk, error);
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
                     .message = *error->detail && lock ? arena_printf(arena, "%s: %s", error->message, error->detail) : error->message,
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
