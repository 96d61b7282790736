#include "ledger/repair.h"

#include "ledger/number.h"
#include "sql/embedded.h"

bool repair_lock(Conn *target, int64_t migration, bool wait, bool *ours, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *sql = arena_printf(arena, "SELECT pg_catalog.%s(pg_catalog.hashtextextended('rehome repair', $1::pg_catalog.int8))",
                                   wait ? "pg_advisory_lock" : "pg_try_advisory_lock");
    AUTO(Result) *result = conn_query(target, sql, PARAMS(number_text(arena, migration)), error);
    *ours = result && (wait || result_bool(result, 0, 0));
    return result != NULL;
}

bool repair_forget(Conn *target, int64_t migration, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_repair_forget, PARAMS(number_text(arena, migration)), NULL, error);
}

bool repair_counts(Arena *arena, Conn *target, int64_t migration, RepairCountList *counts, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_repair_counts, PARAMS(number_text(arena, migration)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, counts,
                  ((RepairCount){.entity = result_copy(arena, result, row, 0),
                                 .missing = result_number(result, row, 1),
                                 .different = result_number(result, row, 2),
                                 .extra = result_number(result, row, 3),
                                 .why = result_copy(arena, result, row, 4)}));
    return result != NULL;
}

bool repair_page(Arena *arena, Conn *target, int64_t migration, const char *entity, bool extra, int64_t after,
                 int64_t limit, RepairRowList *rows, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), entity, extra ? "true" : "false", number_text(arena, after),
                           number_text(arena, limit));
    AUTO(Result) *result = conn_query(target, sql_ledger_repair_page, values, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, rows,
                  ((RepairRow){.id = result_copy(arena, result, row, 0),
                               .key = result_list(arena, result, row, 1),
                               .driving = result_list(arena, result, row, 2),
                               .why = result_copy(arena, result, row, 3)}));
    return result != NULL;
}

bool repair_done(Conn *target, const char *ids, Error *error)
{
    return conn_exec(target, sql_ledger_repair_done, PARAMS(ids), NULL, error);
}

bool repair_left(Conn *target, const char *ids, const char *why, Error *error)
{
    return conn_exec(target, sql_ledger_repair_left, PARAMS(ids, why), NULL, error);
}
