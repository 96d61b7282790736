#include "engine/bench.h"

#include "base/clock.h"
#include "base/text.h"
#include "plan/fingerprint.h"
#include "transform/script.h"

#include <stdlib.h>

/* ---- numbers ---- */

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

double bench_median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return count % 2 ? times[count / 2] : (times[count / 2 - 1] + times[count / 2]) / 2;
}

void bench_judge(Arena *arena, const Bench *bench, BenchOutcome *outcome)
{
    Text why = text_new(arena);
    double ratio = outcome->new_ms > 0 ? outcome->old_ms / outcome->new_ms : 0;
    if (bench->at_least > 0 && ratio < bench->at_least)
        text_addf(&why, "%.2f times as fast, at least %g wanted", ratio, bench->at_least);
    if (bench->at_most_ms > 0 && outcome->new_ms > bench->at_most_ms) {
        text_separate(&why, "; ");
        text_addf(&why, "%.2f ms, at most %g ms wanted", outcome->new_ms, bench->at_most_ms);
    }
    outcome->state = why.length ? "missed" : "passed";
    outcome->why = why.length ? why.chars : NULL;
}

/* ---- measuring ---- */

typedef struct BenchSide {
    const char *name; /* old, new */
    Conn *conn;
    SqlList statements;
    double *times; /* milliseconds */
} BenchSide;

static bool place_error(const BenchSide *side, const Sql *statement, Error *error)
{
    Place place = sql_place_of_position(statement, "", error->position);
    if (text_equal(error->sqlstate, "25006"))
        error_hint(error, "A bench only reads.");
    return error_doing(error, "%s: %s:%d:%d", side->name, place.file, place.line, place.column);
}

static bool run_statements(const BenchSide *side, Error *error)
{
    FOR_EACH(const Sql, statement, side->statements)
        if (!conn_drop_rows(side->conn, statement->text, error))
            return place_error(side, statement, error);
    return true;
}

/* What its statements SET ends with the transaction, which itself is not measured. */
static bool run_once(const BenchSide *side, double *ms, Error *error)
{
    if (!conn_begin(side->conn, "READ ONLY", error))
        return false;
    double started = clock_now();
    bool ran = run_statements(side, error);
    *ms = (clock_now() - started) * 1000;
    conn_rollback(side->conn);
    return ran;
}

/* In alternation, so that what disturbs the machine for a while disturbs both; the first time warms the caches. */
static bool measure(const Bench *bench, BenchSide *old, BenchSide *new, Error *error)
{
    double ignored;
    if (!run_once(old, &ignored, error) || !run_once(new, &ignored, error))
        return false;
    for (int i = 0; i < bench->runs; i++)
        if (!run_once(old, &old->times[i], error) || !run_once(new, &new->times[i], error))
            return false;
    return true;
}

static void tell_failure(Arena *arena, const Error *error, BenchOutcome *outcome)
{
    Text why = text_new(arena);
    text_add(&why, error->message);
    if (*error->sqlstate)
        text_addf(&why, " (SQLSTATE %s)", error->sqlstate);
    if (*error->hint)
        text_addf(&why, " %s", error->hint);
    outcome->state = "failed";
    outcome->why = why.chars;
}

static BenchSide side_of(Session *session, const char *name, Conn *conn, const Sql *sql, const Bench *bench)
{
    BenchSide side = {.name = name, .conn = conn, .times = NEW_ARRAY(session->arena, double, bench->runs)};
    script_split(session->arena, sql, &side.statements);
    return side;
}

/* What a server says of the queries is an outcome; a stop is not. */
static bool measure_one(Session *session, const Bench *bench, BenchOutcome *outcome, Error *error)
{
    BenchSide old = side_of(session, "old", session->source, &bench->old_sql, bench);
    BenchSide new = side_of(session, "new", session->target, &bench->new_sql, bench);
    *outcome = (BenchOutcome){.name = bench->name,
                              .fingerprint = fingerprint_bench(session->arena, bench),
                              .old_queries = (int64_t)old.statements.count,
                              .new_queries = (int64_t) new.statements.count,
                              .runs = bench->runs,
                              .position = bench - session->manifest->benches.items};
    outcome->is_measured = measure(bench, &old, &new, error);
    if (outcome->is_measured) {
        outcome->old_ms = bench_median(old.times, (size_t)bench->runs);
        outcome->new_ms = bench_median(new.times, (size_t)bench->runs);
        bench_judge(session->arena, bench, outcome);
        return true;
    }
    if (error->kind == ERROR_STOPPED)
        return false;
    tell_failure(session->arena, error, outcome);
    error_clear(error);
    return session_revive(session, error);
}

/* ---- which ones ---- */

static bool is_measured(const BenchOutcomeList *outcomes, const char *name, const char *fingerprint)
{
    FOR_EACH(const BenchOutcome, outcome, *outcomes)
        if (text_equal(outcome->name, name) && text_equal(outcome->fingerprint, fingerprint))
            return !text_equal(outcome->state, "failed");
    return false;
}

static bool measure_all(Session *session, Error *error)
{
    BenchOutcomeList known = {0};
    StringList names = {0};
    FOR_EACH(const Bench, bench, session->manifest->benches)
        LIST_PUSH(session->arena, &names, bench->name);
    if (!ledger_retire_benches(session->target, session->migration, &names, error) ||
        !ledger_benches(session->arena, session->target, session->migration, &known, error))
        return false;
    FOR_EACH(const Bench, bench, session->manifest->benches) {
        BenchOutcome outcome;
        if (is_measured(&known, bench->name, fingerprint_bench(session->arena, bench)))
            continue;
        if (session->note)
            session->note(session->note_self, arena_printf(session->arena, "measuring %s", bench->name));
        if (!measure_one(session, bench, &outcome, error) ||
            !ledger_record_bench(session->target, session->migration, &outcome, error))
            return error_doing(error, "bench \"%s\"", bench->name);
    }
    return true;
}

/* One process measures; another that comes to this point waits and finds it measured. */
bool bench_run(Session *session, Error *error)
{
    MigrationState state = {0};
    Error ignored = {0};
    if (!ledger_state(session->arena, session->target, session->migration, &state, error))
        return false;
    if (!text_equal(state.phase, "done"))
        return true;
    if (!session->gathered.same)
        conn_rollback(session->source); /* the run's snapshot has served */
    if (!ledger_lock_setup(session->target, session->manifest, error))
        return false;
    bool measured = measure_all(session, error);
    ledger_unlock_setup(session->target, session->manifest, &ignored);
    return measured;
}
