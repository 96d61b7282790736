#include "engine/dry_run.h"

#include "engine/dry_entity.h"
#include "engine/lock_wait.h"
#include "engine/scripts.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

const char *dry_state_name(DryState state)
{
    static const char *const names[] = {[DRY_TRIED] = "tried",
                                        [DRY_NOTHING_LEFT] = "nothing left",
                                        [DRY_DEPENDS] = "depends",
                                        [DRY_TOO_LONG] = "too long",
                                        [DRY_FAILED] = "failed"};
    return names[state];
}

/* ---- sequences ---- */

static bool is_mapped(const EntityPlan *entity, const Column *column)
{
    const MappingList *mappings = entity->load ? &entity->load_mappings : &entity->mappings;
    FOR_EACH(const Mapping, mapping, *mappings)
        if (text_equal(mapping->name, column->name))
            return true;
    return false;
}

/* Those that would give numbers to tried rows. Where the table has rows, others may be drawing from it right now, and
 * must not wait: there numbers are used up, as they are after any rollback. */
static void find_sequences(Arena *arena, const Plan *plan, StringList *names, StringList *notes)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        FOR_EACH(const Column, column, entity->into->columns) {
            if (!column->sequence || is_mapped(entity, column))
                continue;
            const char *name = quote_qualified(arena, column->sequence_schema, column->sequence);
            if (entity->gathered->into_empty)
                LIST_PUSH(arena, names, name);
            else
                LIST_PUSH(arena, notes,
                          arena_printf(arena, "%s: numbers that it gave to rows of the dry run are used up", name));
        }
}

/* Not worth waiting for: somebody who draws numbers from it right now uses them up, and so may we. */
static bool keep_sequence(Session *session, const char *name, const char *cache, Error *error)
{
    Conn *target = session->target;
    const char *alter = arena_printf(session->arena, "ALTER SEQUENCE %s CACHE %s", name, cache);
    if (!conn_script(target, "SAVEPOINT rehome_sequence; SET LOCAL lock_timeout = '100ms'", error))
        return false;
    if (conn_exec(target, alter, NO_PARAMS, NULL, error))
        return lock_wait_limit(target, error) &&
               conn_exec(target, "RELEASE SAVEPOINT rehome_sequence", NO_PARAMS, NULL, error);
    if (!text_equal(error->sqlstate, "55P03"))
        return false;
    error_clear(error);
    return conn_script(target, "ROLLBACK TO SAVEPOINT rehome_sequence; RELEASE SAVEPOINT rehome_sequence", error);
}

/* nextval() is beyond every rollback, but not of a sequence that was altered in the same transaction: that one has a
 * file of its own, which goes with the rollback. */
static bool keep_sequences(Session *session, const StringList *names, Error *error)
{
    AUTO(Result) *result = conn_query(session->target, sql_engine_sequences_to_keep,
                                      PARAMS(quote_array(session->arena, names->items, names->count)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        if (!keep_sequence(session, result_text(result, row, 0), result_text(result, row, 1), error))
            return false;
    return result != NULL;
}

/* ---- the ledger, for as long as the transaction lives ---- */

static bool write_ledger(Session *session, DryRun *report, Error *error)
{
    StringList sequences = {0}, notes = {0};
    find_sequences(session->arena, session->plan, &sequences, &report->notes);
    if (!ledger_install(session->target, error) || !keep_sequences(session, &sequences, error) ||
        !ledger_register(session->arena, session->target, session->manifest, &session->migration, error) ||
        !ledger_plan(session->arena, session->target, session->migration, session->plan, &notes, error))
        return false;
    FOR_EACH(const char *, note, notes)
        LIST_PUSH(session->arena, &report->notes, *note);
    return true;
}

static bool run_checks(Session *session, DryRun *report, Error *error)
{
    return verify_checks(session->arena, session->plan, 0, CHECK_SOURCE, session->source, session->target,
                         &report->checks, error);
}

static bool try_entities(Session *session, DryRun *report, Error *error)
{
    FOR_EACH(const EntityPlan, plan, session->plan->entities) {
        if (session->note)
            session->note(session->note_self,
                          arena_printf(session->arena, "trying the first chunk of %s", plan->entity->name));
        if (!dry_entity_try(session, plan, report, error))
            return false;
    }
    return true;
}

/* One view of the source for all entities. */
static bool begin_source(Session *session, Error *error)
{
    return session->gathered.same || conn_begin(session->source, "ISOLATION LEVEL REPEATABLE READ, READ ONLY", error);
}

static bool go_further(Session *session, void *self, Error *error)
{
    DryRun *report = self;
    int64_t migration = session->migration;
    *report = (DryRun){0};
    bool tried = scripts_list_pending(session, STEP_EXPAND, &report->expand, error) &&
                 scripts_list_pending(session, STEP_SEED, &report->seed, error) && begin_source(session, error) &&
                 run_checks(session, report, error) && write_ledger(session, report, error) &&
                 try_entities(session, report, error);
    if (!session->gathered.same)
        conn_rollback(session->source);
    session->migration = migration;
    return tried;
}

/* ---- what it means ---- */

static bool judge_entities(const DryRun *report, Error *error)
{
    size_t failed = 0;
    const DryEntity *first = NULL;
    FOR_EACH(const DryEntity, dry, report->entities)
        if (dry->state == DRY_FAILED && ++failed == 1)
            first = dry;
    if (!first)
        return true;
    *error = *first->error;
    error->kind = ERROR_DATA;
    return error_doing(error, "%zu of %zu entities would fail; \"%s\"", failed, report->entities.count,
                       first->plan->entity->name);
}

static bool judge_checks(const DryRun *report, Error *error)
{
    FOR_EACH(const CheckOutcome, check, report->checks)
        if (text_equal(check->state, "failed")) {
            error_set(error, ERROR_DIFFERENT, "check \"%s\" fails on the source: %s", check->name,
                      check->value ? check->value : "");
            return error_hint(error, "The run would stop before it writes anything. Mend the source, or give the check "
                                     "`severity: warn`.");
        }
    return true;
}

static bool judge_rejects(const DryRun *report, Error *error)
{
    int64_t rows = 0;
    FOR_EACH(const DryEntity, dry, report->entities)
        FOR_EACH(const DryReject, reject, dry->rejects)
            rows += reject->over_budget ? reject->rows : 0;
    if (rows == 0)
        return true;
    error_set(error, ERROR_REJECTS, "%lld rows of the first chunks would be rejected without a budget",
              (long long)rows);
    return error_hint(error, "Mend the rows on the source or the transform, or name a rule for them under `rejects:`.");
}

enum { MOST_TRIES = 3 };

/* Somebody wrote what we wrote. */
static bool is_collision(const Error *error)
{
    return text_equal(error->sqlstate, "40001") || text_equal(error->sqlstate, "40P01");
}

bool engine_dry_run(Session *session, DryRun *report, Error *error)
{
    double started = clock_now();
    for (int attempt = 1; !session_rehearse(session, go_further, report, error); attempt++) {
        if (!is_collision(error) || attempt == MOST_TRIES || !clock_sleep(clock_backoff(attempt, 1)))
            return false;
        error_clear(error);
    }
    report->seconds = clock_now() - started;
    return judge_entities(report, error) && judge_checks(report, error) && judge_rejects(report, error);
}
