#include "engine/engine.h"

#include "engine/bench.h"
#include "engine/proof.h"
#include "engine/work.h"

#include "base/clock.h"
#include "base/fault.h"
#include "base/stop.h"
#include "base/text.h"
#include "ledger/repair.h"
#include "verify/coverage.h"
#include "verify/surroundings.h"

static bool is_copied(const EntityStateList *states, const char *entity)
{
    FOR_EACH(const EntityState, state, *states)
        if (text_equal(state->name, entity))
            return text_equal(state->state, "copied");
    return false;
}

/* With --only some entities are left for another run. What speaks of the whole, checks, waits for them. */
static bool all_copied(Session *session, bool *all, Error *error)
{
    EntityStateList states = {0};
    if (!ledger_entities(session->arena, session->target, session->migration, &states, error))
        return false;
    *all = true;
    FOR_EACH(const Entity, entity, session->manifest->entities)
        *all = *all && is_copied(&states, entity->name);
    return true;
}

static bool is_last(StepKind kind)
{
    return kind == STEP_VERIFY || kind == STEP_CHECK_AFTER;
}

static bool count_steps(Session *session, bool (*wanted)(StepKind), int64_t *open, Error *error)
{
    StringList names = {0};
    FOR_EACH(const Step, step, session->plan->steps)
        if (wanted(step->kind))
            LIST_PUSH(session->arena, &names, step->name);
    return ledger_count_open(session->arena, session->target, session->migration, &names, open, error);
}

static bool is_work(StepKind kind)
{
    return !is_last(kind);
}

static bool is_verify(StepKind kind)
{
    return kind == STEP_VERIFY;
}

static bool count_work(Session *session, int64_t *open, Error *error)
{
    return count_steps(session, is_work, open, error);
}

static bool count_proof(Session *session, int64_t *open, Error *error)
{
    bool whole = false;
    return all_copied(session, &whole, error) && count_steps(session, whole ? is_last : is_verify, open, error);
}

/* ---- the proof ---- */

static bool finish_steps(Session *session, StepKind kind, Error *error)
{
    FOR_EACH(const Step, step, session->plan->steps)
        if (step->kind == kind && !ledger_finish_open_step(session->target, session->migration, step->name, error))
            return false;
    return true;
}

static bool all_agree(const RunReport *report)
{
    FOR_EACH(const Verification, found, report->verifications)
        if (found->missing + found->extra + found->different > 0)
            return false;
    return true;
}

static int64_t suspects(const RunReport *report)
{
    int64_t rows = 0;
    FOR_EACH(const Verification, found, report->verifications)
        rows += found->suspect;
    return rows;
}

static bool refuse_suspects(Arena *arena, const RunReport *report, Error *error)
{
    int64_t rows = suspects(report);
    if (rows == 0)
        return true;
    error_set(error, ERROR_DIFFERENT, "%s differed whenever we looked: rows were being written",
              text_of_many(arena, rows, "row"));
    return error_hint(error, "`rehome verify` again when the target has caught up, or give it more --patience.");
}

static bool refuse_chunks(Arena *arena, const RunReport *report, Error *error)
{
    FOR_EACH(const Verification, found, report->verifications)
        if (!coverage_refuse(arena, found->entity, &found->complaints, error))
            return false;
    return true;
}

static const CheckOutcome *failed_check(const RunReport *report)
{
    FOR_EACH(const CheckOutcome, check, report->checks)
        if (text_equal(check->state, "failed"))
            return check;
    return NULL;
}

static bool run_checks(Session *session, CheckSide side, RunReport *report, Error *error)
{
    return verify_checks(session->arena, session->plan, session->migration, side, session->source, session->target,
                         &report->checks, error);
}

static bool has_checks_after(const Manifest *manifest)
{
    FOR_EACH(const Check, check, manifest->checks)
        if (check->side != CHECK_SOURCE)
            return true;
    return false;
}

static bool run_checks_after(Session *session, RunReport *report, Error *error)
{
    if (!all_copied(session, &report->whole, error))
        return false;
    if (!report->whole && session->note && has_checks_after(session->manifest))
        session->note(session->note_self, "checks on the target wait until every entity is copied");
    return !report->whole ||
           (run_checks(session, CHECK_TARGET, report, error) && run_checks(session, CHECK_BALANCE, report, error));
}

/* What steps that are open are about to change says nothing yet. */
static bool look_around(Session *session, RunReport *report, Error *error)
{
    int64_t open = 0;
    if (!count_work(session, &open, error))
        return false;
    return !report->whole || open > 0 ||
           surroundings_look(session->arena, session->target, session->migration, session->plan, &report->oddities, error);
}

static bool refuse_oddities(const RunReport *report, Error *error)
{
    FOR_EACH(const Oddity, oddity, report->oddities)
        if (oddity_is_error(oddity))
            return error_set(error, ERROR_DIFFERENT, "%s: %s", oddity->relation, oddity->what) ||
                   error_hint(error, "Put it right and run again. What was changed on purpose is no difference any more after "
                                     "DELETE FROM rehome.declared WHERE name = … on the target.");
    return true;
}

static bool judge(Session *session, RunReport *report, Error *error)
{
    const CheckOutcome *check = failed_check(report);
    if (!all_agree(report))
        return error_set(error, ERROR_DIFFERENT, "verification found differences");
    if (check)
        return error_set(error, ERROR_DIFFERENT, "check \"%s\" (%s) failed: %s", check->name, check->side,
                         check->value ? check->value : "");
    if (!refuse_chunks(session->arena, report, error) || !refuse_oddities(report, error))
        return false;
    if (!report->balanced)
        return error_set(error, ERROR_DIFFERENT, "the books do not balance");
    if (!refuse_suspects(session->arena, report, error))
        return false;
    int64_t open = 0;
    if (!count_work(session, &open, error))
        return false;
    if (open > 0) /* good so far, but more is to come */
        return true;
    return finish_steps(session, STEP_VERIFY, error) &&
           (!report->whole || finish_steps(session, STEP_CHECK_AFTER, error));
}

/* Only what was moved can be compared. */
static bool refuse_unfinished(Session *session, Error *error)
{
    if (session->migration != 0 && (!ledger_insist_on_current(session->target, error) ||
                                    !ledger_refuse_rolling_back(session->target, session->migration, error)))
        return false;
    if (session->migration == 0) {
        error_set(error, ERROR_STATE, "nothing was run yet: there is nothing to verify");
        return error_hint(error, "rehome run");
    }
    return true;
}

static bool read_books(Session *session, RunReport *report, Error *error)
{
    bool read = ledger_is_balanced(session->target, session->migration, &report->balanced, error) &&
                budget_load(session->arena, session->target, session->migration, NULL, &report->budgets, error);
    report->over_budget = budget_rows_over(&report->budgets);
    return read;
}

static Snapshot *open_snapshot(const Session *session, const char *offered)
{
    const ConnOptions options = session_as(session, &session->source_options, "snapshot");
    return snapshot_new(&options, offered);
}

bool proof_open(Session *session, VerifyRequest *request, Error *error)
{
    if (!refuse_unfinished(session, error))
        return false;
    if (!session->gathered.same && !session->snapshot)
        session->snapshot = open_snapshot(session, NULL);
    *request = (VerifyRequest){.plan = session->plan,
                               .migration = session->migration,
                               .source = session_as(session, &session->source_options, "verify"),
                               .target = session_as(session, &session->target_options, "verify"),
                               .snapshot = session->snapshot,
                               .jobs = session->jobs,
                               .patience = session->patience,
                               .events = session->events};
    return true;
}

/* `sent`: what the copy has summed up is taken for the source where it holds. */
static bool verify(Session *session, bool sent, RunReport *report, Error *error)
{
    double started = clock_now();
    VerifyRequest request;
    if (!proof_open(session, &request, error))
        return false;
    request.keep = session->keeps_odd;
    request.changed = session->changed;
    request.sent = sent;
    if (session->keeps_odd && !repair_forget(session->target, session->migration, error))
        return false;
    if (!verify_run(session->arena, &request, &report->verifications, error) ||
        !run_checks_after(session, report, error) || !look_around(session, report, error) ||
        !read_books(session, report, error))
        return false;
    report->seconds = clock_now() - started;
    Error ignored = {0};
    bool proved = judge(session, report, error);
    if (!proved && error->kind == ERROR_DIFFERENT)
        ledger_reopen_proof(session->target, session->migration, &ignored);
    return proved;
}

bool engine_verify(Session *session, RunReport *report, Error *error)
{
    return verify(session, session->changed, report, error);
}

/* ---- the run ---- */

/* What earlier processes found: a run that has nothing to do says it again. */
static bool recall(Session *session, RunReport *report, Error *error)
{
    return ledger_verifications(session->arena, session->target, session->migration, &report->verifications, error) &&
           ledger_checks(session->arena, session->target, session->migration, &report->checks, error) &&
           oddity_load(session->arena, session->target, session->migration, &report->oddities, error) &&
           read_books(session, report, error);
}

static bool share_snapshot(Session *session, void *self, Error *error)
{
    (void)self;
    char *offered = NULL;
    if (session->gathered.same)
        return true;
    if (!ledger_offered_snapshot(session->arena, session->target, session->migration, &offered, error))
        return false;
    if (!session->snapshot)
        session->snapshot = open_snapshot(session, offered);
    return snapshot_import(session->snapshot, session->source, error) &&
           ledger_offer_snapshot(session->target, session->migration, snapshot_name(session->arena, session->snapshot),
                                 error);
}

/* A step may have failed in another process: then nothing is proved here either. */
static bool insist_on_all(Session *session, void *self, Error *error)
{
    (void)self;
    int64_t open = 0;
    MigrationState state = {0};
    if (!count_work(session, &open, error))
        return false;
    if (open == 0)
        return true;
    if (!ledger_state(session->arena, session->target, session->migration, &state, error))
        return false;
    error_set(error, ERROR_STATE, "%lld steps are not done%s%s%s%s", (long long)open, state.failed_step ? ": " : "",
              state.failed_step ? state.failed_step : "", state.failed_error ? " failed in another process: " : "",
              state.failed_error ? state.failed_error : "");
    return error_hint(error, "Mend the cause and run again.");
}

static bool begin_backfill(Session *session, void *open, Error *error)
{
    return count_work(session, open, error) &&
           (*(int64_t *)open == 0 || ledger_set_phase(session->target, session->migration, "backfill", "running", error));
}

static bool backfill(Session *session, Error *error)
{
    int64_t open = 0;
    if (!session_insist(session, begin_backfill, &open, error))
        return false;
    return open == 0 || (work_run(session, error) && session_revive(session, error) &&
                         session_insist(session, insist_on_all, NULL, error));
}

/* One process proves; another that comes to this point waits and finds it proved. */
static bool prove(Session *session, void *self, Error *error)
{
    RunReport *report = self;
    *report = (RunReport){0}; /* of a try before */
    int64_t open = 0;
    Error ignored = {0};
    if (!ledger_lock_setup(session->target, session->manifest, error) || !count_proof(session, &open, error))
        return false;
    bool proved = ledger_insist_on_plan(session->target, session->migration, session->plan, error) &&
                  (open == 0 ? recall(session, report, error)
                             : ledger_set_phase(session->target, session->migration, "verify", "running", error) &&
                                   verify(session, true, report, error));
    ledger_unlock_setup(session->target, session->manifest, &ignored);
    return proved;
}

static bool refuse_rejects(const RunReport *report, Error *error)
{
    if (report->over_budget == 0)
        return true;
    error_set(error, ERROR_REJECTS, "%lld row%s rejected that %s no budget", (long long)report->over_budget,
              report->over_budget == 1 ? " was" : "s were", report->over_budget == 1 ? "has" : "have");
    FOR_EACH(const BudgetState, budget, report->budgets)
        if (budget_is_over(budget) && budget->written) {
            AUTO(Arena) *arena = arena_new();
            error_set(error, ERROR_REJECTS, "entity \"%s\" has more rejects than its budget: %s", budget->entity,
                      budget_print(arena, budget));
            break;
        }
    return error_hint(error,
                      "`rehome rejects` lists them: mend the transform and `rehome rejects retry`, name them in a "
                      "rule under `rejects:`, or `rehome rejects waive`.");
}

/* A step that the manifest no longer asks for, such as bringing back an index of an entity that was taken out, is not
 * forgotten. With --only others are left for another run. */
static bool finish_migration(Session *session, void *self, Error *error)
{
    (void)self;
    int64_t open = 0;
    char *first = NULL;
    FAULT("engine.proved");
    if (!ledger_left_open(session->arena, session->target, session->migration, &open, &first, error))
        return false;
    bool whole = false;
    if (!all_copied(session, &whole, error))
        return false;
    if (open == 0 && whole)
        return ledger_set_phase(session->target, session->migration, "done", "done", error);
    if (!whole)
        return ledger_set_phase(session->target, session->migration, "backfill", "stopped", error);
    error_set(error, ERROR_STATE,
              "%lld steps of the ledger are open that the manifest no longer asks for, the first is \"%s\"",
              (long long)open, first);
    return error_hint(error,
                      "Put what was taken out of the manifest, or of the list of a for_each, back and run again.");
}

static bool run_phases(Session *session, RunReport *report, Error *error)
{
    return session_insist(session, share_snapshot, NULL, error) && backfill(session, error) &&
           session_revive(session, error) && session_insist(session, prove, report, error) &&
           session_insist(session, finish_migration, NULL, error) && bench_run(session, error) && refuse_rejects(report, error);
}

static const char *end_state(const Error *error)
{
    return error->kind == ERROR_NONE || error->kind == ERROR_REJECTS ? "done"
           : error->kind == ERROR_STOPPED                            ? "stopped"
                                                                     : "failed";
}

/* Done, by this process or another; what came after that, such as a bench, changes nothing in it. */
static bool is_finished(Session *session, const MigrationState *state)
{
    Error ignored = {0};
    int64_t work = 0, proof = 0;
    return text_equal(state->phase, "done") && count_work(session, &work, &ignored) &&
           count_proof(session, &proof, &ignored) && work == 0 && proof == 0;
}

/* How it ended, as far as the target can still be told. */
static void close_run(Session *session, const Error *error)
{
    Error ignored = {0};
    MigrationState state = {0};
    conn_outlive_stop(session->target, true);
    conn_rollback(session->target);
    if (error->kind != ERROR_NONE && error->kind != ERROR_REJECTS &&
        ledger_state(session->arena, session->target, session->migration, &state, &ignored) &&
        !is_finished(session, &state))
        ledger_set_phase(session->target, session->migration, state.phase, end_state(error), &ignored);
    ledger_end_run(session->target, session->run, end_state(error), &ignored);
}

static bool begin_run(Session *session, void *self, Error *error)
{
    RunReport *report = self;
    int64_t work = 0, proof = 0;
    if (!count_work(session, &work, error) || !count_proof(session, &proof, error))
        return false;
    report->nothing_to_do = work == 0 && proof == 0;
    return report->nothing_to_do ||
           (ledger_start_run(session->arena, session->source, session->target, session->migration, session->manifest,
                             &session->run, error) &&
            ledger_join_run(session->target, session->run, 0, "main", error));
}

/* A run that was killed behind its last proof has not said that the migration is done. */
static bool finish_late(Session *session, Error *error)
{
    MigrationState state = {0};
    return ledger_state(session->arena, session->target, session->migration, &state, error) &&
           (text_equal(state.phase, "done") || session_insist(session, finish_migration, NULL, error));
}

bool engine_run(Session *session, RunReport *report, Error *error)
{
    double started = clock_now();
    if (!session_insist(session, begin_run, report, error))
        return false;
    if (report->nothing_to_do)
        return recall(session, report, error) && finish_late(session, error) && bench_run(session, error) &&
               refuse_rejects(report, error);
    session_watch(session);
    events_emit(session->events, &(Event){.kind = EVENT_RUN_STARTED});
    bool done = run_phases(session, report, error);
    report->seconds = clock_now() - started;
    close_run(session, error);
    events_emit(session->events, &(Event){.kind = EVENT_RUN_DONE, .seconds = report->seconds});
    return done;
}
