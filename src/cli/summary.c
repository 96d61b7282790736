#include "cli/summary.h"

#include "base/text.h"
#include "cli/advice.h"
#include "cli/back.h"
#include "engine/wait.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <stdlib.h>

static Result *query(Arena *arena, const Session *session, const char *sql, Error *error)
{
    return conn_query(session->target, sql, PARAMS(arena_printf(arena, "%" PRId64, session->migration)), error);
}

/* ---- parts ---- */

static bool load_rejects(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    return reject_groups(arena, session->target, session->migration, NULL, NULL, &summary->rejects, error) &&
           budget_load(arena, session->target, session->migration, NULL, &summary->budgets, error);
}

static bool load_failed(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    AUTO(Result) *result = query(arena, session, sql_cli_failed_steps, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, &summary->failed,
                  ((FailedStep){
                      .name = result_copy(arena, result, row, 0),
                      .entity = result_copy(arena, result, row, 1),
                      .sqlstate = result_copy(arena, result, row, 2),
                      .error = result_copy(arena, result, row, 3),
                  }));
    return result != NULL;
}

static EntitySummary *entity_named(Summary *summary, const char *name)
{
    FOR_EACH(EntitySummary, entity, summary->entities)
        if (text_equal(entity->state.name, name))
            return entity;
    return NULL;
}

static bool load_seconds(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    AUTO(Result) *result = query(arena, session, sql_cli_entity_seconds, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        EntitySummary *entity = entity_named(summary, result_text(result, row, 0));
        if (entity && !result_is_null(result, row, 1))
            entity->seconds = strtod(result_text(result, row, 1), NULL);
    }
    return result != NULL;
}

/* A ledger that an older rehome installed may be without the table: nothing was merged then. */
static bool may_have_conflicts(const Session *session, bool *may, Error *error)
{
    AUTO(Result) *result =
        conn_query(session->target, "SELECT pg_catalog.to_regclass('rehome.conflict') IS NOT NULL", NO_PARAMS, error);
    *may = result && result_bool(result, 0, 0);
    return result != NULL;
}

static bool load_conflicts(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    bool may = false;
    if (!may_have_conflicts(session, &may, error) || !may)
        return !may && error->kind == ERROR_NONE;
    AUTO(Result) *result = query(arena, session, sql_cli_conflicts, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        EntitySummary *entity = entity_named(summary, result_text(result, row, 0));
        if (!entity)
            continue;
        entity->conflicts = result_number(result, row, 1);
        entity->disputed = result_copy(arena, result, row, 2);
    }
    return result != NULL;
}

static bool load_entities(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    EntityStateList states = {0};
    if (!ledger_entities(arena, session->target, session->migration, &states, error))
        return false;
    FOR_EACH(EntityState, state, states)
        LIST_PUSH(arena, &summary->entities, ((EntitySummary){.state = *state, .verified = ""}));
    return load_seconds(arena, session, summary, error) && load_conflicts(arena, session, summary, error);
}

static bool load_verifications(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    if (!ledger_verifications(arena, session->target, session->migration, &summary->verifications, error))
        return false;
    FOR_EACH(Verification, verification, summary->verifications) {
        EntitySummary *entity = entity_named(summary, verification->entity);
        if (entity)
            entity->verified = verification->state;
    }
    return ledger_checks(arena, session->target, session->migration, &summary->checks, error) &&
           oddity_load(arena, session->target, session->migration, &summary->oddities, error);
}

static bool is_at_work(const WorkerStateList *states, int64_t pid)
{
    FOR_EACH(const WorkerState, state, *states)
        if (state->pid == pid && state->number > 0 && state->alive)
            return true;
    return false;
}

/* The main thread of a process is worth a line only while its workers are not at work. */
static bool load_workers(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    WorkerStateList states = {0};
    StringList backends = {0};
    WaitList waits = {0};
    if (!ledger_workers(arena, session->target, session->migration, &states, error))
        return false;
    FOR_EACH(const WorkerState, state, states) {
        if (state->number == 0 && is_at_work(&states, state->pid))
            continue;
        LIST_PUSH(arena, &summary->workers, ((WorkerSummary){.state = *state}));
        LIST_PUSH(arena, &backends, arena_printf(arena, "%" PRId64, state->backend));
    }
    if (backends.count > 0 && !waits_load(arena, session->target, &backends, &waits, error))
        return false;
    FOR_EACH(WorkerSummary, worker, summary->workers)
        FOR_EACH(const Wait, wait, waits)
            if (wait->backend == worker->state.backend && worker->state.alive && worker->state.seconds > 0)
                worker->waits_for = wait_describe(arena, wait);
    return true;
}

/* ---- the whole ---- */

static void start_from_manifest(Arena *arena, const Manifest *manifest, Summary *summary)
{
    summary->state = (MigrationState){.name = manifest->name, .state = "not started", .balanced = true};
    FOR_EACH(Entity, entity, manifest->entities)
        LIST_PUSH(arena, &summary->entities,
                  ((EntitySummary){
                      .state = {.name = entity->name,
                                .state = "pending",
                                .into_schema = entity->into.schema,
                                .into_name = entity->into.name},
                      .verified = "",
                  }));
}

static bool load_from_ledger(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    summary->migration = session->migration;
    return ledger_state(arena, session->target, session->migration, &summary->state, error) &&
           load_entities(arena, session, summary, error) && load_rejects(arena, session, summary, error) &&
           load_failed(arena, session, summary, error) && load_workers(arena, session, summary, error) && load_verifications(arena, session, summary, error) &&
           ledger_benches(arena, session->target, session->migration, &summary->benches, error);
}

bool summary_load(Arena *arena, const Session *session, Summary *summary, Error *error)
{
    *summary = (Summary){0};
    if (session->migration == 0)
        start_from_manifest(arena, session->manifest, summary);
    else if (!load_from_ledger(arena, session, summary, error))
        return error_doing(error, "reading the ledger");
    const char *back = NULL;
    if (session->migration != 0 && !back_load(arena, session->target, session->migration, &back, error))
        return error_doing(error, "reading the ledger");
    Advice advice = advice_for(summary->state.phase, summary->state.state, budget_rows_over(&summary->budgets) > 0, back);
    summary->next = advice.next;
    summary->next_reason = advice.reason;
    summary->back = advice.back;
    return true;
}
