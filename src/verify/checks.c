#include "verify/verify.h"

#include "base/text.h"
#include "verify/answer.h"

#include <string.h>

enum { BATCH = 500, VALUE_LENGTH = 200 };

/* ---- a query of the user's, in a transaction that cannot write and leaves nothing behind ---- */

static bool quiet_begin(Conn *conn, Error *error)
{
    if (!conn_in_transaction(conn))
        return conn_begin(conn, "READ ONLY", error);
    return conn_exec(conn, "SAVEPOINT rehome_check", NO_PARAMS, NULL, error) &&
           conn_exec(conn, "SET LOCAL transaction_read_only = on", NO_PARAMS, NULL, error);
}

static void quiet_end(Conn *conn, bool inside)
{
    Error ignored = {0};
    if (!inside)
        conn_rollback(conn);
    else if (conn_exec(conn, "ROLLBACK TO SAVEPOINT rehome_check", NO_PARAMS, NULL, &ignored))
        conn_exec(conn, "RELEASE SAVEPOINT rehome_check", NO_PARAMS, NULL, &ignored);
}

/* What the server says of a check is the user's to mend, unless the server itself is in trouble. */
static bool place_error(const Check *check, const Sql *sql, const char *before, Error *error)
{
    Place place = sql_place_of_position(sql, before, error->position);
    if (error->kind == ERROR_SQL || error->kind == ERROR_DATA)
        error->kind = ERROR_INPUT;
    return error_doing(error, "%s:%d:%d: check \"%s\"", place.file, place.line, place.column, check->name);
}

/* A cursor, so that a check may find a million rows. */
static bool open_rows(Arena *arena, Conn *conn, const Check *check, const Sql *sql, const char *name, Error *error)
{
    const char *declare = arena_printf(arena, "DECLARE %s NO SCROLL CURSOR FOR ", name);
    return conn_exec(conn, arena_printf(arena, "%s%s", declare, sql->text), NO_PARAMS, NULL, error) ||
           place_error(check, sql, declare, error);
}

static Result *fetch_rows(Arena *arena, Conn *conn, const Check *check, const Sql *sql, const char *name, Error *error)
{
    Result *rows = conn_query(conn, arena_printf(arena, "FETCH FORWARD %d FROM %s", BATCH, name), NO_PARAMS, error);
    if (!rows)
        place_error(check, sql, "", error);
    return rows;
}

/* ---- a check of one side ---- */

static bool ask(Arena *arena, Conn *conn, const Check *check, Answer *answer, Error *error)
{
    if (!open_rows(arena, conn, check, &check->sql, "rehome_check", error))
        return false;
    AUTO(Result) *rows = fetch_rows(arena, conn, check, &check->sql, "rehome_check", error);
    if (!rows)
        return false;
    int64_t more = 0;
    if (result_rows(rows) == BATCH && !conn_exec(conn, "MOVE FORWARD ALL FROM rehome_check", NO_PARAMS, &more, error))
        return place_error(check, &check->sql, "", error);
    answer->rows = result_rows(rows) + more;
    answer->columns = result_columns(rows);
    if (result_rows(rows) > 0 && result_columns(rows) > 0) {
        answer->column = arena_strdup(arena, result_column_name(rows, 0));
        answer->first = result_copy(arena, rows, 0, 0);
    }
    return true;
}

static bool check_side(Arena *arena, const Check *check, Conn *conn, CheckOutcome *outcome, Error *error)
{
    Answer answer = {0};
    bool inside = conn_in_transaction(conn);
    bool asked = quiet_begin(conn, error) && ask(arena, conn, check, &answer, error);
    quiet_end(conn, inside);
    outcome->state = answer_state(check, answer_matches(check, &answer));
    outcome->value = answer_print(arena, check, &answer);
    return asked;
}

/* ---- a balance: both sides give the same rows ---- */

typedef struct Balance {
    const Check *check;
    Conn *source, *target;
    Answer answer;          /* of the source */
    const char *difference; /* NULL: none so far */
} Balance;

static bool same_value(const Result *left, const Result *right, int row, int column)
{
    return text_equal(result_text(left, row, column), result_text(right, row, column));
}

static const char *value_or(const Result *rows, int row, int column)
{
    if (row >= result_rows(rows))
        return "no row";
    const char *value = result_text(rows, row, column);
    return value ? value : "NULL";
}

static void note_difference(Arena *arena, Balance *balance, const char *source, const char *target)
{
    const char *text = arena_printf(arena, "source %s, target %s", source, target);
    balance->difference = answer_shorten(arena, text, VALUE_LENGTH);
}

static void compare_batches(Arena *arena, Balance *balance, const Result *left, const Result *right)
{
    int columns = result_columns(left),
        rows = result_rows(left) > result_rows(right) ? result_rows(left) : result_rows(right);
    if (columns != result_columns(right))
        note_difference(arena, balance, arena_printf(arena, "%d columns", columns),
                        arena_printf(arena, "%d columns", result_columns(right)));
    for (int row = 0; row < rows; row++) {
        bool both = row < result_rows(left) && row < result_rows(right);
        for (int column = 0; column < columns && !balance->difference; column++)
            if (!both || !same_value(left, right, row, column))
                note_difference(arena, balance, value_or(left, row, column), value_or(right, row, column));
    }
}

static bool compare_rows(Arena *arena, Balance *balance, Error *error)
{
    const Check *check = balance->check;
    for (bool more = true; more && !balance->difference;) {
        AUTO(Arena) *scratch = arena_new();
        AUTO(Result) *left = fetch_rows(scratch, balance->source, check, &check->sql, "rehome_source", error);
        AUTO(Result) *right =
            left ? fetch_rows(scratch, balance->target, check, &check->target_sql, "rehome_target", error) : NULL;
        if (!right)
            return false;
        compare_batches(arena, balance, left, right);
        if (balance->answer.rows == 0 && result_rows(left) > 0 && result_columns(left) > 0)
            balance->answer.first = result_copy(arena, left, 0, 0);
        balance->answer.rows += result_rows(left);
        balance->answer.columns = result_columns(left);
        more = result_rows(left) == BATCH;
    }
    return true;
}

static bool ask_both(Arena *arena, Balance *balance, Error *error)
{
    const Check *check = balance->check;
    return quiet_begin(balance->source, error) &&
           (balance->source == balance->target || quiet_begin(balance->target, error)) &&
           open_rows(arena, balance->source, check, &check->sql, "rehome_source", error) &&
           open_rows(arena, balance->target, check, &check->target_sql, "rehome_target", error) &&
           compare_rows(arena, balance, error);
}

static bool check_balance(Arena *arena, const Check *check, Conn *source, Conn *target, CheckOutcome *outcome,
                          Error *error)
{
    Balance balance = {.check = check, .source = source, .target = target};
    bool source_inside = conn_in_transaction(source), target_inside = conn_in_transaction(target);
    bool asked = ask_both(arena, &balance, error);
    quiet_end(source, source_inside);
    if (source != target)
        quiet_end(target, target_inside);
    outcome->state = answer_state(check, !balance.difference);
    outcome->value = balance.difference ? balance.difference : answer_print(arena, check, &balance.answer);
    return asked;
}

/* ---- all of a side ---- */

static const char *side_name(CheckSide side)
{
    static const char *const names[] = {
        [CHECK_SOURCE] = "source", [CHECK_TARGET] = "target", [CHECK_BALANCE] = "balance"};
    return names[side];
}

bool verify_check(Arena *arena, const Plan *plan, const Check *check, Conn *source, Conn *target, CheckOutcome *outcome,
                  Error *error)
{
    source = plan->gathered->same ? target : source;
    *outcome = (CheckOutcome){.name = check->name,
                              .side = side_name(check->side),
                              .severity = check->severity == SEVERITY_WARN ? "warn" : "error"};
    if (check->side == CHECK_BALANCE)
        return check_balance(arena, check, source, target, outcome, error);
    return check_side(arena, check, check->side == CHECK_SOURCE ? source : target, outcome, error);
}

bool verify_checks(Arena *arena, const Plan *plan, int64_t migration, CheckSide side, Conn *source, Conn *target,
                   CheckOutcomeList *outcomes, Error *error)
{
    FOR_EACH(const Check, check, plan->manifest->checks) {
        if (check->side != side)
            continue;
        CheckOutcome *outcome = LIST_ADD(arena, outcomes);
        if (!verify_check(arena, plan, check, source, target, outcome, error) ||
            (migration != 0 && !ledger_record_check(target, migration, outcome, error)))
            return false;
    }
    return true;
}
