#include "ledger/bench.h"

#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdlib.h>

bool ledger_record_bench(Conn *target, int64_t migration, const BenchOutcome *outcome, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const BenchOutcome *o = outcome;
    Params values =
        PARAMS(number_text(arena, migration), o->name, o->fingerprint, o->state, o->why,
               o->is_measured ? arena_printf(arena, "%.6f", o->old_ms) : NULL,
               o->is_measured ? arena_printf(arena, "%.6f", o->new_ms) : NULL, number_text(arena, o->old_queries),
               number_text(arena, o->new_queries), number_text(arena, o->runs), number_text(arena, o->position));
    return conn_exec(target, sql_ledger_record_bench, values, NULL, error);
}

static double real(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);
    return text ? strtod(text, NULL) : 0;
}

static bool has_benches(Conn *target, bool *has, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_has_benches, NO_PARAMS, error);
    *has = result && result_bool(result, 0, 0);
    return result != NULL;
}

bool ledger_benches(Arena *arena, Conn *target, int64_t migration, BenchOutcomeList *outcomes, Error *error)
{
    bool has = false;
    if (!has_benches(target, &has, error) || !has)
        return error->kind == ERROR_NONE;
    AUTO(Result) *result = conn_query(target, sql_ledger_benches, PARAMS(number_text(arena, migration)), error);
    for (int row = 0; result && row < result_rows(result); row++) {
        BenchOutcome *outcome = LIST_ADD(arena, outcomes);
        outcome->name = result_copy(arena, result, row, 0);
        outcome->fingerprint = result_copy(arena, result, row, 1);
        outcome->state = result_copy(arena, result, row, 2);
        outcome->why = result_copy(arena, result, row, 3);
        outcome->is_measured = !result_is_null(result, row, 4);
        outcome->old_ms = real(result, row, 4);
        outcome->new_ms = real(result, row, 5);
        outcome->ratio = real(result, row, 6);
        outcome->old_queries = result_number(result, row, 7);
        outcome->new_queries = result_number(result, row, 8);
        outcome->runs = result_number(result, row, 9);
        outcome->measured_at = result_copy(arena, result, row, 10);
    }
    return result != NULL;
}

bool ledger_retire_benches(Conn *target, int64_t migration, const StringList *names, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Params values = PARAMS(number_text(arena, migration), quote_array(arena, names->items, names->count));
    return conn_exec(target, sql_ledger_retire_benches, values, NULL, error);
}
