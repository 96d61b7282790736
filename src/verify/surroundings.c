#include "verify/surroundings.h"

#include "base/text.h"
#include "pg/quote.h"

/* One row: where the sequence stands, the value beyond it that a row has already; no row: none has. */
static char *beyond_sql(Arena *arena, const Relation *table, const Column *column, const char *sequence)
{
    const char *name = quote_name(arena, column->name);
    return arena_printf(arena,
                        "SELECT s.last_value, f.value FROM %s AS s, pg_catalog.pg_sequence AS q, LATERAL (SELECT CASE WHEN "
                        "q.seqincrement > 0 THEN (SELECT pg_catalog.max(%s) FROM %s) ELSE (SELECT pg_catalog.min(%s) FROM "
                        "%s) END AS value) AS f WHERE q.seqrelid = %s::pg_catalog.regclass AND NOT q.seqcycle AND "
                        "((f.value > s.last_value AND q.seqincrement > 0) OR (f.value < s.last_value AND q.seqincrement < "
                        "0) OR (f.value = s.last_value AND NOT s.is_called))",
                        sequence, name, table->sql_name, name, table->sql_name, quote_literal(arena, sequence));
}

static bool may_read(Conn *target, const char *sequence, bool *may, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, "SELECT pg_catalog.has_sequence_privilege($1, 'SELECT')", PARAMS(sequence), error);
    *may = result && result_bool(result, 0, 0);
    return result != NULL;
}

static bool look_at_sequence(Arena *arena, Conn *target, const Relation *table, const Column *column,
                             OddityList *found, Error *error)
{
    const char *sequence = quote_qualified(arena, column->sequence_schema, column->sequence);
    bool may = false;
    if (!may_read(target, sequence, &may, error) || !may)
        return error->kind == ERROR_NONE;
    AUTO(Result) *result = conn_query(target, beyond_sql(arena, table, column, sequence), NO_PARAMS, error);
    if (result && result_rows(result) > 0)
        LIST_PUSH(arena, found,
                  ((Oddity){.severity = "error",
                            .relation = table->sql_name,
                            .what = arena_printf(arena,
                                                 "sequence %s stands at %s and column %s has %s already: inserts will fail",
                                                 sequence, result_text(result, 0, 0), column->name,
                                                 result_text(result, 0, 1))}));
    return result != NULL;
}

static bool look_at_sequences(Arena *arena, Conn *target, const Plan *plan, OddityList *found, Error *error)
{
    for (size_t i = 0; i < plan->entities.count; i++) {
        const Relation *table = plan->entities.items[i].into;
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen = seen || plan->entities.items[j].into == table;
        FOR_EACH(const Column, column, table->columns)
            if (!seen && column->sequence && column_is_integer(column) &&
                !look_at_sequence(arena, target, table, column, found, error))
                return false;
    }
    return true;
}

bool surroundings_look(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found, Error *error)
{
    return oddity_find_undeclared(arena, target, migration, plan, found, error) &&
           look_at_sequences(arena, target, plan, found, error) &&
           oddity_find_stale(arena, target, migration, plan, found, error) &&
           oddity_record(target, migration, found, error);
}
