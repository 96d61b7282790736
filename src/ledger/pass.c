#include "ledger/pass.h"

#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

static bool take_over(Conn *target, Params values, int64_t *pass, Error *error)
{
    AUTO(Result) *found = conn_query(target, sql_ledger_open_pass, values, error);
    if (found && result_rows(found) > 0 && result_bool(found, 0, 1))
        *pass = result_number(found, 0, 0);
    return found != NULL;
}

static bool start(Conn *target, Params values, int64_t *pass, Error *error)
{
    AUTO(Result) *started = conn_query(target, sql_ledger_start_pass, values, error);
    if (started)
        *pass = result_number(started, 0, 0);
    return started != NULL;
}

bool pass_open(Arena *arena, Conn *target, int64_t migration, const char *method, const StringList *entities,
               int64_t *pass, Error *error)
{
    Params values =
        PARAMS(number_text(arena, migration), method, quote_array(arena, entities->items, entities->count));
    *pass = 0;
    if (!take_over(target, values, pass, error) || (*pass == 0 && !start(target, values, pass, error)))
        return false;
    return conn_exec(target, sql_ledger_leave_passes, PARAMS(number_text(arena, migration), number_text(arena, *pass)),
                     NULL, error);
}

bool pass_finish(Conn *target, int64_t pass, const PassEnd *end, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_finish_pass,
                     PARAMS(number_text(arena, pass), end->state, end->source_snapshot, end->target_snapshot,
                            number_text(arena, end->parts), number_text(arena, end->kept)),
                     NULL, error);
}

bool pass_record(Conn *target, int64_t migration, const PassRecord *pass, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_record_pass,
                     PARAMS(number_text(arena, migration), pass->method, pass->state,
                            quote_array(arena, pass->entities.items, pass->entities.count),
                            quote_array(arena, pass->findings.items, pass->findings.count),
                            arena_printf(arena, "%.6f", pass->percent), number_text(arena, pass->seed),
                            arena_printf(arena, "%.6f", pass->seconds)),
                     NULL, error);
}

static bool load_parts(Arena *arena, Conn *target, PassTable *table, Error *error)
{
    AUTO(Result) *parts =
        conn_query(target, sql_ledger_pass_parts, PARAMS(number_text(arena, table->pass), table->relation), error);
    for (int row = 0; parts && row < result_rows(parts); row++)
        *LIST_ADD(arena, &table->parts) = (PassPart){.number = (int)result_number(parts, row, 0),
                                                     .entity = result_copy(arena, parts, row, 1),
                                                     .low = result_copy(arena, parts, row, 2),
                                                     .high = result_copy(arena, parts, row, 3),
                                                     .done = result_bool(parts, row, 4),
                                                     .seen = result_copy(arena, parts, row, 5),
                                                     .versions = result_copy(arena, parts, row, 6)};
    return parts != NULL;
}

bool pass_load_table(Arena *arena, Conn *target, PassTable *table, bool *known, Error *error)
{
    AUTO(Result) *found = conn_query(target, sql_ledger_pass_table,
                                     PARAMS(number_text(arena, table->pass), table->relation, table->identity, table->moved), error);
    if (!found)
        return false;
    *known = result_rows(found) > 0;
    if (!*known)
        return true;
    table->buckets = (int)result_number(found, 0, 0);
    table->bounds = result_list(arena, found, 0, 1);
    return load_parts(arena, target, table, error);
}

bool pass_start_table(Conn *target, const PassTable *table, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList entities = {0}, lows = {0}, highs = {0};
    FOR_EACH(const PassPart, part, table->parts) {
        LIST_PUSH(arena, &entities, part->entity);
        LIST_PUSH(arena, &lows, part->low);
        LIST_PUSH(arena, &highs, part->high);
    }
    return conn_exec(target, sql_ledger_start_pass_table,
                     PARAMS(number_text(arena, table->pass), table->relation, table->identity,
                            number_text(arena, table->buckets),
                            quote_array(arena, table->bounds.items, table->bounds.count),
                            quote_array(arena, entities.items, entities.count),
                            quote_array(arena, lows.items, lows.count), quote_array(arena, highs.items, highs.count),
                            table->moved),
                     NULL, error);
}

bool pass_take_table(Conn *target, int64_t migration, const PassTable *table, bool *taken, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *pass = number_text(arena, table->pass);
    int64_t tables = 0;
    if (!conn_exec(target, sql_ledger_take_pass_table,
                   PARAMS(pass, number_text(arena, migration), table->relation, table->identity, table->moved), &tables, error))
        return false;
    *taken = tables > 0;
    return !*taken || conn_exec(target, sql_ledger_open_pass_parts, PARAMS(pass, table->relation), NULL, error);
}

bool pass_finish_part(Conn *target, const PassTable *table, int number, const Result *sums, const char *seen,
                      const char *versions, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList columns[3] = {0};
    int64_t rows = 0;
    for (int row = 0; row < result_rows(sums); row++) {
        for (int column = 0; column < 3; column++)
            LIST_PUSH(arena, &columns[column], result_text(sums, row, column));
        rows += result_number(sums, row, 1);
    }
    return conn_exec(target, sql_ledger_finish_pass_part,
                     PARAMS(number_text(arena, table->pass), table->relation, number_text(arena, number),
                            number_text(arena, rows), quote_array(arena, columns[0].items, columns[0].count),
                            quote_array(arena, columns[1].items, columns[1].count),
                            quote_array(arena, columns[2].items, columns[2].count), seen, versions),
                     NULL, error);
}

Result *pass_keep_part(Conn *target, const PassTable *table, int number, const char *seen, const char *versions,
                       Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_query(target, sql_ledger_keep_pass_part,
                      PARAMS(number_text(arena, table->pass), table->relation, number_text(arena, number), versions, seen), error);
}

Result *pass_sums(Conn *target, const PassTable *table, const char *entity, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_query(target, sql_ledger_pass_sums, PARAMS(number_text(arena, table->pass), table->relation, entity),
                      error);
}

bool pass_moved_last(Arena *arena, Conn *target, int64_t migration, const StringList *entities, PassMoves *moves,
                     Error *error)
{
    AUTO(Result) *found = conn_query(target, sql_ledger_moved_last,
                                     PARAMS(number_text(arena, migration), quote_array(arena, entities->items, entities->count)),
                                     error);
    if (found)
        *moves = (PassMoves){result_copy(arena, found, 0, 0), result_copy(arena, found, 0, 1)};
    return found != NULL;
}
