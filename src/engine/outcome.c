/* What became of a COMMIT whose answer never came. The row of the chunk or step is asked for FOR UPDATE, which waits for the server to
 * have done with the session that was lost; pg_xact_status() would be quicker, and wrong after a failover. */
#include "engine/retry.h"
#include "engine/worker.h"

#include "base/clock.h"

typedef struct Question {
    const Worker *worker;
    const ClaimedStep *step;
    const ClaimedChunk *chunk;
} Question;

static bool ask(const Question *question, Conn *target, bool *done, bool *ours, Error *error)
{
    const Worker *worker = question->worker;
    if (question->chunk)
        return ledger_chunk_outcome(target, question->chunk->id, worker->name, done, ours, error);
    return ledger_step_outcome(target, worker->crew->session->migration, question->step->name, worker->name, done, ours, error);
}

/* False: nobody answers; then the next claim shows it. */
static bool learn(Worker *worker, const Question *question, bool *done, bool *ours)
{
    bool announced = false;
    const double since = clock_now();
    for (int times = 1;; times++) {
        Error why = {0};
        if (worker_connect_target(worker, &why) && ask(question, worker->target, done, ours, &why))
            return true;
        const Remedy remedy = retry_remedy(&why);
        announced |= remedy == REMEDY_OUTAGE;
        if (!retry_waits(remedy, announced, times, clock_now() - since) ||
            !clock_sleep(retry_pause(retry_rule(announced ? REMEDY_OUTAGE : remedy), times)))
            return false;
    }
}

bool worker_commit(Worker *worker, bool *ours, Error *error)
{
    const double until_it_is_noted_s = 10; /* a COMMIT that fails gives the chunk free before the failure stands in the ledger */
    const Question question = {worker, worker->step, worker->chunk};
    bool done = false;
    *ours = true;
    trials_rest(worker_trials(worker), worker_claimed_name(worker), until_it_is_noted_s);
    bool committed = conn_commit(worker->target, error);
    if (!committed && conn_is_lost(worker->target) && learn(worker, &question, &done, ours) && done) {
        error_clear(error);
        committed = true;
    }
    if (committed)
        trials_forget(worker_trials(worker), worker_claimed_name(worker));
    return committed;
}
