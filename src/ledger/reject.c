#include "ledger/reject.h"

#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

/* The values that add_rejects.sql takes of one reject, in its order. */
enum { VALUES = 15 };

static void values_of(Arena *arena, const Reject *reject, const char *values[VALUES])
{
    const char *const all[VALUES] = {reject->entity,
                                     number_text(arena, reject->chunk),
                                     reject->reason,
                                     reject->budgeted ? "true" : "false",
                                     reject->source,
                                     reject->source_key,
                                     reject->source_row,
                                     reject->driving_row,
                                     reject->parked,
                                     reject->sqlstate,
                                     reject->constraint,
                                     reject->column,
                                     reject->message,
                                     reject->fingerprint,
                                     number_text(arena, reject->attempt > 0 ? reject->attempt : 1)};
    for (size_t i = 0; i < VALUES; i++)
        values[i] = all[i];
}

bool reject_add(Conn *target, int64_t migration, const RejectList *rejects, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *params[1 + VALUES] = {number_text(arena, migration)};
    StringList columns[VALUES] = {0};
    if (rejects->count == 0)
        return true;
    FOR_EACH(const Reject, reject, *rejects) {
        const char *values[VALUES];
        values_of(arena, reject, values);
        for (size_t i = 0; i < VALUES; i++)
            LIST_PUSH(arena, &columns[i], values[i]);
    }
    for (size_t i = 0; i < VALUES; i++)
        params[1 + i] = quote_array(arena, columns[i].items, columns[i].count);
    return conn_exec(target, sql_ledger_add_rejects, (Params){params, 1 + VALUES}, NULL, error);
}

bool reject_open_correction(Conn *target, int64_t migration, const char *entity, int64_t *chunk, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result =
        conn_query(target, sql_ledger_open_correction, PARAMS(number_text(arena, migration), entity), error);
    if (!result)
        return false;
    *chunk = result_number(result, 0, 0);
    return true;
}

static Reject reject_of(Arena *arena, const Result *result, int row)
{
    return (Reject){.id = result_number(result, row, 0),
                    .entity = result_copy(arena, result, row, 1),
                    .chunk = result_number(result, row, 2),
                    .reason = result_copy(arena, result, row, 3),
                    .budgeted = result_bool(result, row, 4),
                    .source = result_copy(arena, result, row, 5),
                    .source_key = result_copy(arena, result, row, 6),
                    .source_row = result_copy(arena, result, row, 7),
                    .driving_row = result_copy(arena, result, row, 8),
                    .parked = result_copy(arena, result, row, 9),
                    .sqlstate = result_copy(arena, result, row, 10),
                    .constraint = result_copy(arena, result, row, 11),
                    .column = result_copy(arena, result, row, 12),
                    .message = result_copy(arena, result, row, 13),
                    .fingerprint = result_copy(arena, result, row, 14),
                    .attempt = result_number(result, row, 15),
                    .waived_by = result_copy(arena, result, row, 16),
                    .waived_at = result_copy(arena, result, row, 17),
                    .waived_because = result_copy(arena, result, row, 18),
                    .created_at = result_copy(arena, result, row, 19)};
}

bool reject_list(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, RejectList *rejects,
                 Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_rejects,
                                      PARAMS(number_text(arena, migration), filter->entity, filter->reason), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++)
        LIST_PUSH(arena, rejects, reject_of(arena, result, row));
    return true;
}

bool reject_count(Conn *target, int64_t migration, const RejectFilter *filter, int64_t *count, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result = conn_query(target, sql_ledger_count_rejects,
                                      PARAMS(number_text(arena, migration), filter->entity, filter->reason), error);
    if (!result)
        return false;
    *count = result_number(result, 0, 0);
    return true;
}
