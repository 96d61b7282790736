#include "engine/dry_entity.h"

#include "copy/cut.h"
#include "copy/mover.h"
#include "copy/piecewise.h"
#include "copy/refusal.h"
#include "engine/describe.h"

#include "base/clock.h"
#include "base/text.h"
#include "ledger/budget.h"
#include "ledger/crosswalk.h"
#include "ledger/number.h"
#include "plan/writing.h"
#include "sql/embedded.h"

#include <stdio.h>

/* Locks are held until the rollback: what takes longer than this is given up. */
#define LIMIT_STATEMENTS "SET LOCAL statement_timeout = '60s'"
#define COPY_NAME        "pg_temp.rehome_dry"

/* What trying one entity takes. */
typedef struct Attempt {
    Session *session;
    Arena *arena;
    DryRun *report;
    DryEntity *dry;
    KeySet keys;
    bool shortened; /* the run's own chunk has more rows */
    bool copied;    /* rows went into a copy of the table */
} Attempt;

__attribute__((format(printf, 2, 3))) static void note(Attempt *attempt, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    LIST_PUSH(attempt->arena, &attempt->dry->notes, arena_vprintf(attempt->arena, format, arguments));
    va_end(arguments);
}

/* ---- savepoints on both sides ---- */

static bool on_both(const Session *session, const char *sql, Error *error)
{
    return conn_exec(session->target, sql, NO_PARAMS, NULL, error) &&
           (session->gathered.same || conn_exec(session->source, sql, NO_PARAMS, NULL, error));
}

static bool savepoint(const Session *session, Error *error)
{
    return on_both(session, "SAVEPOINT rehome_dry", error);
}

static bool back_to_savepoint(const Session *session, Error *error)
{
    return on_both(session, "ROLLBACK TO SAVEPOINT rehome_dry", error) &&
           on_both(session, "RELEASE SAVEPOINT rehome_dry", error);
}

/* ---- which rows ---- */

static bool next_range(Attempt *attempt, ChunkRange *range, bool *found, Error *error)
{
    Session *session = attempt->session;
    ChunkRangeList chunks = {0};
    if (attempt->dry->chunks > 0)
        return ledger_next_chunk(attempt->arena, session->target, session->migration, attempt->dry->plan->entity->name,
                                 range, found, error);
    if (!cut_chunks(attempt->arena, attempt->dry->plan, session->source, &chunks, error))
        return false;
    attempt->dry->chunks = (int64_t)chunks.count;
    *found = chunks.count > 0;
    if (*found)
        *range = chunks.items[0];
    return true;
}

static bool shorten(Attempt *attempt, Error *error)
{
    const EntityPlan *plan = attempt->dry->plan;
    const char *const *after = NULL;
    if (attempt->keys.kind == KEYSET_RANGE &&
        !cut_after(attempt->arena, plan, &attempt->keys, DRY_ROWS, attempt->session->source, &after, error))
        return false;
    if (attempt->keys.kind == KEYSET_CTID)
        after = cut_after_pages(attempt->arena, plan, &attempt->keys, DRY_ROWS);
    attempt->shortened = after != NULL;
    if (after)
        attempt->keys.high = after;
    return true;
}

static bool choose_rows(Attempt *attempt, bool *found, Error *error)
{
    DryEntity *dry = attempt->dry;
    EntityStateList states = {0};
    ChunkRange range = {0};
    if (!ledger_entities(attempt->arena, attempt->session->target, attempt->session->migration, &states, error))
        return false;
    FOR_EACH(const EntityState, state, states) {
        if (!text_equal(state->name, dry->plan->entity->name))
            continue;
        dry->chunks = state->chunks;
        dry->chunks_done = state->chunks_done;
    }
    if (!next_range(attempt, &range, found, error) || !*found)
        return error->kind == ERROR_NONE;
    attempt->keys =
        (KeySet){.kind = range.kind, .key = &dry->plan->gathered->walk_key, .low = range.low, .high = range.high};
    if (!shorten(attempt, error))
        return false;
    dry->keys = keyset_print(attempt->arena, &attempt->keys);
    return true;
}

/* ---- into which table ---- */

static const Step *ready_step(const Session *session, const EntityPlan *plan)
{
    FOR_EACH(const Step, step, session->plan->steps)
        if (step->kind == STEP_READY && step->entity == plan)
            return step;
    return NULL;
}

/* What the entity asks for before its first row: to empty the table, to keep triggers quiet. */
static bool ready_is_open(const Attempt *attempt, const Step *ready, bool *open, Error *error)
{
    StringList names = {0};
    int64_t count = 0;
    *open = false;
    if (!ready)
        return true;
    LIST_PUSH(attempt->arena, &names, ready->name);
    if (!ledger_count_open(attempt->arena, attempt->session->target, attempt->session->migration, &names, &count,
                           error))
        return false;
    *open = count > 0;
    return true;
}

/* Nobody else sees it, and it locks nothing. It has no foreign keys and no triggers. */
static bool copy_table(Attempt *attempt, EntityPlan *plan, Error *error)
{
    Relation *copy = NEW(attempt->arena, Relation);
    const char *create =
        arena_printf(attempt->arena, "CREATE TEMPORARY TABLE rehome_dry (LIKE %s INCLUDING ALL)", plan->into->sql_name);
    if (!conn_exec(attempt->session->target, create, NO_PARAMS, NULL, error))
        return error_doing(error, "making a copy of %s to try rows on", plan->into->sql_name);
    *copy = *plan->into;
    copy->sql_name = COPY_NAME;
    copy->kind = 'r';
    plan->into = copy;
    plan->triggers = (StringList){0};
    attempt->copied = true;
    return true;
}

/* TRUNCATE would lock the table for everybody until the rollback. */
static bool make_ready(Attempt *attempt, EntityPlan *plan, Error *error)
{
    const Step *ready = ready_step(attempt->session, attempt->dry->plan);
    bool open = false, empty = true;
    if (!ready_is_open(attempt, ready, &open, error) || !open)
        return error->kind == ERROR_NONE;
    if (plan->write == WRITE_REPLACE) {
        if (!describe_is_empty(attempt->arena, attempt->session->target, plan->into, &empty, error) ||
            (empty && !plan->entity->hold_triggers))
            return error->kind == ERROR_NONE;
        if (!empty)
            note(attempt,
                 "%s has rows, and the run would remove %s first; here they stay, and rows were tried on a copy "
                 "of the table without foreign keys and triggers",
                 plan->into->sql_name, writing_empties(plan) ? "all of them" : "those in its scope");
        return copy_table(attempt, plan, error);
    }
    const char *action = step_action(attempt->arena, attempt->session->plan, ready);
    return !action || conn_script(attempt->session->target, action, error);
}

/* ---- moving ---- */

static Move move_of(const Attempt *attempt, const EntityPlan *plan)
{
    return (Move){.entity = plan,
                  .gathered = &attempt->session->gathered,
                  .keys = &attempt->keys,
                  .migration = attempt->session->migration,
                  .source = attempt->session->source,
                  .target = attempt->session->target};
}

/* Deferred constraints would speak up at COMMIT, which never comes. */
static bool move_rows(Attempt *attempt, const EntityPlan *plan, Error *error)
{
    Move move = move_of(attempt, plan);
    return on_both(attempt->session, LIMIT_STATEMENTS, error) &&
           mover_move(attempt->arena, &move, &attempt->dry->books, error) &&
           conn_script(attempt->session->target, "SET CONSTRAINTS ALL IMMEDIATE", error);
}

static bool load_rejects(Attempt *attempt, Error *error)
{
    const char *name = attempt->dry->plan->entity->name;
    Params values = PARAMS(number_text(attempt->arena, attempt->session->migration), name);
    BudgetStateList budgets = {0};
    if (!budget_load(attempt->arena, attempt->session->target, attempt->session->migration, name, &budgets, error))
        return false;
    AUTO(Result) *result = conn_query(attempt->session->target, sql_engine_dry_rejects, values, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        DryReject *reject = LIST_ADD(attempt->arena, &attempt->dry->rejects);
        reject->reason = result_copy(attempt->arena, result, row, 0);
        const BudgetState *budget = budget_of(&budgets, name, reject->reason, result_bool(result, row, 1));
        reject->over_budget = budget && budget_is_over(budget);
        reject->rows = result_number(result, row, 2);
        reject->keys = result_list(attempt->arena, result, row, 3);
    }
    return result != NULL;
}

static bool concerns_entity(const Error *error)
{
    return error->kind == ERROR_DATA || error->kind == ERROR_RIGHTS || error->kind == ERROR_SQL ||
           error->kind == ERROR_STATE || text_equal(error->sqlstate, "57014");
}

/* ---- what only later chunks bring ---- */

static bool is_whole(const DryRun *report, const EntityPlan *plan)
{
    FOR_EACH(const DryEntity, dry, report->entities)
        if (dry->plan == plan)
            return dry->whole;
    return false;
}

/* The entity whose rows a foreign key may be missing because most of them were not moved here; NULL: there is none. */
static const EntityPlan *missing_parent(const Attempt *attempt, const Error *error)
{
    const Session *session = attempt->session;
    if (!text_equal(error->sqlstate, "23503"))
        return NULL;
    FOR_EACH(const ForeignKey, key, session->gathered.target->foreign_keys) {
        if (key->from != attempt->dry->plan->into->oid || !text_equal(key->name, error->constraint))
            continue;
        FOR_EACH(const EntityPlan, parent, session->plan->entities)
            if (parent->into->oid == key->to && !is_whole(attempt->report, parent))
                return parent;
    }
    return NULL;
}

static const EntityPlan *unfinished_before(const Attempt *attempt)
{
    FOR_EACH(const DryEntity, dry, attempt->report->entities)
        if (dry->plan != attempt->dry->plan && !dry->whole)
            return dry->plan;
    return NULL;
}

/* What of an entity reads rows that others have moved before; NULL: nothing. */
static const char *looks_up(const EntityPlan *plan)
{
    return plan->load ? "load" : crosswalk_is_read(plan) ? "transform" : NULL;
}

/* Whether a row may be refused only because most rows of other entities were not moved here. */
static bool is_for_later(const Attempt *attempt, const Error *error)
{
    return missing_parent(attempt, error) || (looks_up(attempt->dry->plan) && unfinished_before(attempt));
}

/* The same of the rows that the careful mover has set aside: then it was in vain. */
static bool insist_on_parents(const Attempt *attempt, Error *error)
{
    const char *sql = "SELECT DISTINCT constraint_name, message FROM rehome.reject"
                      " WHERE migration = $1::bigint AND entity = $2 AND chunk = 0 AND sqlstate = '23503'";
    const char *id = number_text(attempt->arena, attempt->session->migration);
    AUTO(Result) *result =
        conn_query(attempt->session->target, sql, PARAMS(id, attempt->dry->plan->entity->name), error);
    for (int row = 0; result && row < result_rows(result); row++) {
        Error missed = {.kind = ERROR_DATA, .sqlstate = "23503"};
        const char *constraint = result_text(result, row, 0);
        snprintf(missed.constraint, sizeof missed.constraint, "%s", constraint ? constraint : "");
        snprintf(missed.message, sizeof missed.message, "%s", result_text(result, row, 1));
        if (!missing_parent(attempt, &missed))
            continue;
        *error = missed;
        return false;
    }
    return result != NULL;
}

static bool move_rows_carefully(Attempt *attempt, const EntityPlan *plan, Error *error)
{
    Move move = move_of(attempt, plan);
    return savepoint(attempt->session, error) && on_both(attempt->session, LIMIT_STATEMENTS, error) &&
           piecewise_move(attempt->arena, &move, &attempt->dry->books, error) && insist_on_parents(attempt, error) &&
           on_both(attempt->session, "RELEASE SAVEPOINT rehome_dry", error);
}

/* Under a savepoint that keeps the copy of the table and quiet triggers for the careful mover. */
static bool move_or_set_aside(Attempt *attempt, const EntityPlan *plan, Error *error)
{
    Error failure = {0};
    if (!savepoint(attempt->session, error))
        return false;
    if (move_rows(attempt, plan, error))
        return on_both(attempt->session, "RELEASE SAVEPOINT rehome_dry", error);
    if (!concerns_entity(error) || !back_to_savepoint(attempt->session, &failure))
        return false;
    if (!refusal_is_possible(error) || is_for_later(attempt, error))
        return false;
    error_clear(error);
    if (move_rows_carefully(attempt, plan, error))
        return true;
    if (concerns_entity(error))
        back_to_savepoint(attempt->session, &failure);
    return false;
}

/* What a chunk leaves to its transaction alone must not meet the next entity. */
static bool forget_temporary(const Session *session, const char *search_path, Error *error)
{
    return conn_exec(session->target, "DISCARD TEMP", NO_PARAMS, NULL, error) &&
           conn_exec(session->target, "SELECT pg_catalog.set_config('search_path', $1, true)", PARAMS(search_path),
                     NULL, error) &&
           on_both(session, "SET LOCAL statement_timeout = 0", error);
}

/* Moved, or everything as it was before with the error. */
static bool attempt_rows(Attempt *attempt, bool on_copy, Error *error)
{
    Session *session = attempt->session;
    Error ignored = {0};
    EntityPlan plan = *attempt->dry->plan;
    AUTO(Result) *before =
        conn_query(session->target, "SELECT pg_catalog.current_setting('search_path')", NO_PARAMS, error);
    if (!before || !savepoint(session, error))
        return false;
    if ((on_copy ? copy_table(attempt, &plan, error) : make_ready(attempt, &plan, error)) &&
        move_or_set_aside(attempt, &plan, error) && load_rejects(attempt, error))
        return forget_temporary(session, result_text(before, 0, 0), error) &&
               on_both(session, "RELEASE SAVEPOINT rehome_dry", error);
    if (concerns_entity(error))
        back_to_savepoint(session, &ignored);
    return false;
}

static bool tell_dependence(Attempt *attempt, const Error *error)
{
    const EntityPlan *parent = missing_parent(attempt, error), *before = unfinished_before(attempt);
    if (parent)
        note(attempt, "foreign key \"%s\" depends on rows of %s beyond the first chunk", error->constraint,
             parent->entity->name);
    else if (looks_up(attempt->dry->plan) && before && error->kind == ERROR_DATA)
        note(attempt, "\"%s\" depends on rows of %s beyond the first chunk", looks_up(attempt->dry->plan),
             before->entity->name);
    else
        return false;
    attempt->dry->state = DRY_DEPENDS;
    return parent != NULL;
}

/* ---- the whole ---- */

static void keep_error(Attempt *attempt, const Error *error)
{
    Error *kept = NEW(attempt->arena, Error);
    *kept = *error;
    attempt->dry->error = kept;
    if (attempt->dry->state == DRY_DEPENDS)
        return;
    bool timed_out = text_equal(error->sqlstate, "57014");
    attempt->dry->state = timed_out ? DRY_TOO_LONG : DRY_FAILED;
    if (timed_out)
        note(attempt, "given up after a minute, so that no lock is held for longer; the run has no such limit");
}

static void book_tried(Attempt *attempt)
{
    DryEntity *dry = attempt->dry;
    const EntityPlan *before = unfinished_before(attempt);
    dry->state = DRY_TRIED;
    dry->has_books = true;
    dry->error = NULL;
    dry->whole = !attempt->shortened && !attempt->copied && dry->chunks - dry->chunks_done <= 1;
    if (looks_up(dry->plan) && before)
        note(attempt,
             "\"%s\" saw only the first chunk of %s: rows that it leaves out here may find their match in the run",
             looks_up(dry->plan), before->entity->name);
}

static bool try_rows(Attempt *attempt, Error *error)
{
    if (attempt_rows(attempt, false, error)) {
        book_tried(attempt);
        return true;
    }
    if (!concerns_entity(error))
        return false;
    bool without_key = tell_dependence(attempt, error) && !attempt->dry->plan->meets_rows && !attempt->copied;
    keep_error(attempt, error);
    error_clear(error);
    if (!without_key)
        return true;
    if (attempt_rows(attempt, true, error)) {
        book_tried(attempt);
        return true;
    }
    if (!concerns_entity(error))
        return false;
    attempt->dry->state = DRY_FAILED;
    keep_error(attempt, error);
    error_clear(error);
    return true;
}

bool dry_entity_try(Session *session, const EntityPlan *plan, DryRun *report, Error *error)
{
    double started = clock_now();
    DryEntity *dry = LIST_ADD(session->arena, &report->entities);
    *dry = (DryEntity){.plan = plan, .state = DRY_NOTHING_LEFT, .whole = true};
    Attempt attempt = {.session = session, .arena = session->arena, .report = report, .dry = dry};
    bool found = false;
    if (!choose_rows(&attempt, &found, error))
        return error_doing(error, "entity \"%s\"", plan->entity->name);
    if (!found)
        return true;
    dry->whole = false;
    bool tried = try_rows(&attempt, error);
    dry->seconds = clock_now() - started;
    return tried || error_doing(error, "entity \"%s\"", plan->entity->name);
}
