#include "copy/cut.h"
#include "engine/lock_wait.h"
#include "engine/objects.h"
#include "engine/withdraw.h"
#include "engine/worker.h"
#include "ledger/undo.h"
#include "verify/coverage.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/text.h"

static bool cut(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    ChunkRangeList chunks = {0};
    return cut_chunks(arena, plan_entity(session->plan, step->entity), worker_source(worker), &chunks, error) &&
           ledger_add_chunks(worker->target, session->migration, step->entity, &chunks, error);
}

/* A failed check is an outcome, and the gate before everything that could write. */
static bool source_check(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    const Step *planned = plan_step(session->plan, step->name);
    CheckOutcome outcome = {0};
    if (!verify_check(arena, session->plan, planned->check, worker_source(worker), worker->target, &outcome, error))
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

/* What the step takes away or changes, for rollback. */
static bool keep_before(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    static const struct {
        StepKind kind;
        bool (*keep)(Arena *, Conn *, int64_t, const Step *, Error *);
    } keepers[] = {
        {STEP_READY, undo_keep_replaced}, {STEP_PREPARE, undo_keep_sequences}, {STEP_REFRESH, undo_keep_view}};
    Session *session = worker->crew->session;
    const Step *planned = plan_step(session->plan, step->name);
    for (size_t i = 0; planned && i < sizeof keepers / sizeof *keepers; i++)
        if (planned->kind == keepers[i].kind)
            return lock_wait_limit(worker->target, error) &&
                   keepers[i].keep(arena, worker->target, session->migration, planned, error);
    return true;
}

/* A view, and what belongs to it, is found as what a script makes is. */
static bool make_view(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    ObjectsRequest request = {.migration = worker->crew->session->migration, .step = step->name, .title = step->name};
    return lock_wait_limit(worker->target, error) && objects_before(worker->target, error) &&
           conn_script(worker->target, step->action, error) && conn_script(worker->target, "RESET ROLE", error) &&
           objects_after(arena, worker->target, &request, error);
}

/* Rows that a key refuses when it comes back are taken out again. */
static bool run_action(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    Withdrawal withdrawal = {.plan = session->plan,
                             .migration = session->migration,
                             .step = plan_step(session->plan, step->name),
                             .action = step->action,
                             .source = worker_source(worker),
                             .target = worker->target,
                             .snapshot = session->snapshot,
                             .events = session->events};
    return (lock_wait_limit(worker->target, error) && conn_script(worker->target, step->action, error)) ||
           (withdraw_is_due(&withdrawal, error) && withdraw_run(arena, &withdrawal, error));
}

/* A copy is done when its chunks are, which the claim has seen, and when these are all of the entity. */
static bool prove_chunks(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    const Session *session = worker->crew->session;
    const Coverage coverage = {plan_entity(session->plan, step->entity), session->migration, worker_source(worker),
                               worker->target};
    StringList complaints = {0};
    return coverage_prove(arena, &coverage, &complaints, error) &&
           coverage_refuse(arena, step->entity, &complaints, error);
}

static bool act(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    if (!keep_before(arena, worker, step, error))
        return false;
    if (text_equal(step->kind, step_rule(STEP_COMPAT)->name))
        return make_view(arena, worker, step, error);
    if (step->action)
        return run_action(arena, worker, step, error);
    if (text_equal(step->kind, step_rule(STEP_CUT)->name))
        return cut(arena, worker, step, error);
    if (text_equal(step->kind, step_rule(STEP_CHECK)->name))
        return source_check(arena, worker, step, error);
    if (text_equal(step->kind, step_rule(STEP_COPY)->name))
        return prove_chunks(arena, worker, step, error);
    return true;
}

/* Several entities have filled the table without waiting for each other, and a unique index comes back over their rows.
 */
static void explain_duplicates(Worker *worker, const ClaimedStep *step, Error *error)
{
    const Step *planned = plan_step(worker->crew->session->plan, step->name);
    const EntityPlan *first = NULL;
    if (!planned || !planned->index || !text_equal(error->sqlstate, "23505") || *error->hint)
        return;
    FOR_EACH(const EntityPlan, entity, worker->crew->session->plan->entities) {
        if (entity->into == planned->relation && first) {
            error_hint(
                error,
                "Several entities fill %s, among them \"%s\" and \"%s\", and two rows have this key: let the key "
                "tell them apart, or say `write: upsert`, and the later entity overwrites the row.",
                planned->relation->sql_name, first->entity->name, entity->entity->name);
            return;
        }
        if (entity->into == planned->relation)
            first = entity;
    }
}

/* What a script of the user's SETs ends with its step: the worker connects anew. */
static void forget_settings(Worker *worker, const ClaimedStep *step)
{
    const Step *planned = plan_step(worker->crew->session->plan, step->name);
    if (!planned || !planned->compat || planned->compat->entity)
        return;
    conn_close(worker->target);
    worker->target = NULL;
}

static void fail_step(Worker *worker, const ClaimedStep *step, Error *error)
{
    explain_duplicates(worker, step, error);
    worker_record_failure(worker, step->name, error);
    worker_tell_failed(worker, step->entity, step->name, error);
    error_doing(error, "%s", step->name);
}

static bool commit_step(Worker *worker, Error *error)
{
    bool ours;
    FAULT("engine.step.before_commit");
    bool committed = worker_commit(worker, &ours, error);
    FAULT("engine.step.committed");
    return committed;
}

bool worker_run_step(Arena *arena, Worker *worker, const ClaimedStep *step, Error *error)
{
    Session *session = worker->crew->session;
    events_emit(
        session->events,
        &(Event){.kind = EVENT_STEP_STARTED, .entity = step->entity, .step = step->name, .worker = worker->number});
    double started = clock_now();
    if (act(arena, worker, step, error) &&
        ledger_finish_step(worker->target, session->migration, step->name, worker->name, error) &&
        commit_step(worker, error)) {
        events_emit(session->events, &(Event){.kind = EVENT_STEP_DONE,
                                              .entity = step->entity,
                                              .step = step->name,
                                              .worker = worker->number,
                                              .seconds = clock_now() - started});
        forget_settings(worker, step);
        return true;
    }
    if (worker_concerns_one(error) || error->kind == ERROR_DIFFERENT)
        fail_step(worker, step, error);
    conn_rollback(worker->target);
    if (text_equal(error->sqlstate, "55P03")) {
        lock_wait_explain(arena, worker->target, plan_step(session->plan, step->name), error);
        error_doing(error, "%s", step->name);
    }
    return false;
}
