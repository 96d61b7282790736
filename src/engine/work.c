#include "engine/work.h"

#include "engine/retry.h"
#include "engine/worker.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/stop.h"
#include "base/text.h"

#include <stdio.h>
#include <unistd.h>

enum { MOST_WORKERS = 64 };
static const double IDLE_PAUSE_S = 0.05, TELL_EVERY_S = 10;

static void keep_first(Crew *crew, const Error *error)
{
    pthread_mutex_lock(&crew->mutex);
    if (crew->first.kind == ERROR_NONE || (crew->first.kind == ERROR_STOPPED && error->kind != ERROR_STOPPED))
        crew->first = *error;
    pthread_mutex_unlock(&crew->mutex);
}

/* ---- connections ---- */

bool worker_connect_target(Worker *worker, Error *error)
{
    if (worker->target && !conn_is_lost(worker->target))
        return true;
    if (worker->source)
        conn_keep_awake(worker->source, NULL);
    conn_close(worker->target);
    worker->target = conn_open(&worker->crew->target_options, error);
    return worker->target && conn_script(worker->target, "SET synchronous_commit = off", error) &&
           ledger_join_run(worker->target, worker->crew->session->run, worker->number + 1, worker->name, error);
}

static bool connect_source(Worker *worker, Error *error)
{
    Session *session = worker->crew->session;
    if (session->gathered.same)
        return true;
    if (!worker->source || conn_is_lost(worker->source)) {
        conn_close(worker->source);
        worker->source = conn_open(&worker->crew->source_options, error);
        if (!worker->source)
            return false;
    }
    conn_keep_awake(worker->source, worker->target);
    return snapshot_import(session->snapshot, worker->source, error);
}

bool worker_connect(Worker *worker, Error *error)
{
    return worker_connect_target(worker, error) && connect_source(worker, error);
}

void worker_disconnect(Worker *worker)
{
    conn_close(worker->source);
    conn_close(worker->target);
    worker->source = worker->target = NULL;
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

Trials *worker_trials(const Worker *worker)
{
    return worker->chunk ? worker->crew->chunks : worker->crew->steps;
}

const char *worker_claimed_name(const Worker *worker)
{
    return worker->chunk ? worker->chunk_name : worker->step->name;
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

/* ---- claiming ---- */

static bool claim_step(Arena *arena, Worker *worker, ClaimedStep **step, Error *error)
{
    Crew *crew = worker->crew;
    return conn_begin(worker->target, "", error) &&
           ledger_claim_step(arena, worker->target, &crew->scope, trials_resting(arena, crew->steps), step, error);
}

static bool claim_chunk(Arena *arena, Worker *worker, ClaimedChunk **chunk, Error *error)
{
    Crew *crew = worker->crew;
    if (crew->session->gathered.same) { /* only a chunk needs one snapshot for all that it counts */
        conn_rollback(worker->target);
        if (!conn_begin(worker->target, worker_begin_mode(worker), error))
            return false;
    }
    return ledger_claim_chunk(arena, worker->target, &crew->scope, trials_resting(arena, crew->chunks), chunk, error);
}

static bool claim(Arena *arena, Worker *worker, Error *error)
{
    ClaimedStep *step = NULL;
    ClaimedChunk *chunk = NULL;
    if (!worker_connect(worker, error))
        return false;
    worker->outage = (Outage){0};
    retried_tell(&worker->retried, worker->target, worker->crew->session->migration);
    if (!claim_step(arena, worker, &step, error) || (!step && !claim_chunk(arena, worker, &chunk, error)))
        return false;
    worker->step = step;
    worker->chunk = chunk;
    if (chunk)
        snprintf(worker->chunk_name, sizeof worker->chunk_name, "%lld", (long long)chunk->id);
    return true;
}

static bool run_claimed(Arena *arena, Worker *worker, Error *error)
{
    if (FAULT_FAILS("engine.claimed", error) ||
        !conn_exec(worker->target, "SAVEPOINT rehome_work", NO_PARAMS, NULL, error))
        return false;
    return worker->step ? worker_run_step(arena, worker, worker->step, error)
                        : worker_run_chunk(arena, worker, worker->chunk, error);
}

/* Nothing to claim: either all is done or blocked by a failure, or somebody else holds what is left, or it rests. */
static bool wait_for_others(Worker *worker, bool *open, Error *error)
{
    conn_rollback(worker->target);
    return ledger_is_open(worker->target, &worker->crew->scope, open, error) &&
           (!*open || clock_sleep(IDLE_PAUSE_S) || error_set(error, ERROR_STOPPED, "stopped"));
}

/* ---- failures ---- */

static void tell_retry(Worker *worker, const Error *error, double pause)
{
    AUTO(Arena) *arena = arena_new();
    const ClaimedStep *step = worker->step;
    const ClaimedChunk *chunk = worker->chunk;
    events_emit(worker->crew->session->events,
                &(Event){.kind = EVENT_RETRY,
                         .entity = chunk ? chunk->entity : NULL,
                         .chunk = chunk ? chunk->id : 0,
                         .step = step ? step->name : NULL,
                         .message = *error->detail && text_equal(error->sqlstate, "55P03")
                                        ? arena_printf(arena, "%s: %s", error->message, error->detail)
                                        : error->message,
                         .sqlstate = error->sqlstate,
                         .worker = worker->number,
                         .seconds = pause});
}

/* False: it concerns everybody, and nothing new is begun. */
static bool give_up(Worker *worker, Error *error)
{
    Crew *crew = worker->crew;
    const bool stops = retry_rule(retry_remedy(error))->stops;
    if (stops || !worker->recorded)
        retry_advise(error);
    keep_first(crew, error);
    if (worker->recorded && !stops)
        return true;
    atomic_store(&crew->abandon, true);
    return false;
}

/* What was tried often enough fails, and all that does not depend on it goes on. */
static bool fail_claimed(Arena *arena, Worker *worker, int times, Error *error)
{
    const char *step = worker->step ? worker->step->name : arena_printf(arena, "copy %s", worker->chunk->entity);
    const char *entity = worker->step ? worker->step->entity : worker->chunk->entity;
    Error ignored = {0};
    if (worker->chunk)
        error_doing(error, "copying entity \"%s\", chunk %lld, tried %d times", entity, (long long)worker->chunk->id, times);
    retry_advise(error);
    if (worker_connect(worker, &ignored)) {
        worker_record_failure(worker, step, error);
        worker_tell_failed(worker, entity, step, error);
    }
    return give_up(worker, error);
}

/* It is tried again by whoever comes to it after the pause; meanwhile there may be other work. */
static bool let_it_rest(Arena *arena, Worker *worker, const RetryRule *rule, Error *error)
{
    Trials *trials = worker_trials(worker);
    const char *name = worker_claimed_name(worker);
    int failures = trials_failed(trials, name);
    if (failures > rule->again)
        return fail_claimed(arena, worker, failures, error);
    double pause = retry_pause(rule, failures);
    trials_rest(trials, name, pause);
    tell_retry(worker, error, pause);
    retried_keep(&worker->retried, worker->step, worker->chunk, error);
    return true;
}

/* One line now and then for all workers together, while the server says that it comes back. */
static bool is_worth_telling(Crew *crew, bool announced)
{
    pthread_mutex_lock(&crew->mutex);
    bool worth = !announced || crew->told_at == 0 || clock_now() - crew->told_at >= TELL_EVERY_S;
    if (worth)
        crew->told_at = clock_now();
    pthread_mutex_unlock(&crew->mutex);
    return worth;
}

static bool wait_for_server(Worker *worker, Remedy remedy, Error *error)
{
    Outage *outage = &worker->outage;
    outage->since = outage->failures++ == 0 ? clock_now() : outage->since;
    outage->announced |= remedy == REMEDY_OUTAGE;
    if (!retry_waits(remedy, outage->announced, outage->failures, clock_now() - outage->since))
        return give_up(worker, error);
    double pause = retry_pause(retry_rule(outage->announced ? REMEDY_OUTAGE : remedy), outage->failures);
    if (is_worth_telling(worker->crew, outage->announced))
        tell_retry(worker, error, pause);
    return clock_sleep(pause) || give_up(worker, error);
}

/* False when the failure ends this worker. Two claims that met in one database cost nothing and are not counted. */
static bool carry_on(Arena *arena, Worker *worker, Error *error)
{
    const bool claimed = worker->step || worker->chunk;
    if (worker->target)
        conn_rollback(worker->target);
    if (stop_requested())
        error_set(error, ERROR_STOPPED, "stopped");
    if (text_equal(error->sqlstate, "40001") && !claimed) /* somebody else took the chunk: nobody's news */
        return clock_sleep(IDLE_PAUSE_S);
    const Remedy remedy = retry_remedy(error);
    const RetryRule *rule = retry_rule(remedy);
    if (rule->fresh)
        worker_disconnect(worker);
    if (worker->recorded || rule->again == 0)
        return give_up(worker, error);
    return claimed ? let_it_rest(arena, worker, rule, error) : wait_for_server(worker, remedy, error);
}

/* ---- the loop ---- */

/* False in *going: there is nothing left that this worker may do. */
static bool work_once(Arena *arena, Worker *worker, bool *going, Error *error)
{
    worker->step = NULL;
    worker->chunk = NULL;
    worker->recorded = false;
    if (!claim(arena, worker, error))
        return false;
    return worker->step || worker->chunk ? run_claimed(arena, worker, error) : wait_for_others(worker, going, error);
}

static void *work(void *argument)
{
    Worker *worker = argument;
    bool going = true;
    while (going && !atomic_load(&worker->crew->abandon)) {
        AUTO(Arena) *arena = arena_new();
        Error error = {0};
        if (!work_once(arena, worker, &going, &error))
            going = carry_on(arena, worker, &error);
    }
    retried_forget(&worker->retried);
    worker_disconnect(worker);
    return NULL;
}

bool work_run(Session *session, Error *error)
{
    Crew crew = {.session = session,
                 .scope = ledger_scope(session->arena, session->migration, session->plan, session->jobs),
                 .target_options = session_as(session, &session->target_options, "work"),
                 .source_options = session_as(session, &session->source_options, "work"),
                 .steps = trials_new(),
                 .chunks = trials_new(),
                 .careful = NEW_ARRAY(session->arena, atomic_bool, session->plan->entities.count + 1)};
    crew.target_options.ends_idle = true;
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
    trials_free(crew.steps);
    trials_free(crew.chunks);
    if (count == 0)
        return error_set(error, ERROR_SYSTEM, "the operating system gives us no threads");
    if (stop_requested() && crew.first.kind == ERROR_NONE)
        error_set(&crew.first, ERROR_STOPPED, "stopped");
    if (crew.first.kind != ERROR_NONE)
        *error = crew.first;
    return crew.first.kind == ERROR_NONE;
}
