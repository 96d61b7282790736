#include "assess/contents.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <math.h>
#include <stdlib.h>

/* Up to here the values of each column are counted; beyond it the server's statistics say about how many there are. */
static const int64_t MOST_COUNTED = 200000;

/* ---- types ---- */

static bool is_text(const Type *type)
{
    return type && type->category == 'S';
}

/* Numbers, moments and labels of enums have an order of their own; of others that of their texts says something. */
static bool has_own_order(const Type *type)
{
    return type && (type->category == 'N' || type->category == 'D' || type->category == 'T' || type->kind == 'e') &&
           !text_starts_with(type->name, "reg");
}

static bool has_order(const Type *type)
{
    static const char *const bulky[] = {"bytea", "json", "jsonb", "xml", "tsvector"};
    if (!type || type->kind == 'c')
        return false;
    for (size_t i = 0; i < sizeof bulky / sizeof *bulky; i++)
        if (text_equal(type->name, bulky[i]))
            return false;
    return true;
}

/* ---- one statement for all columns ---- */

enum { FACTS = 5 };

static void add_extreme(Text *sql, const ContentsColumn *column, const char *name, const char *function)
{
    if (column->hidden || !has_order(column->type))
        text_add(sql, ", NULL");
    else if (has_own_order(column->type))
        text_addf(sql, ", pg_catalog.left(pg_catalog.%s(%s)::pg_catalog.text, 60)", function, name);
    else
        text_addf(sql, ", pg_catalog.left(pg_catalog.%s((%s)::pg_catalog.text COLLATE \"C\"), 60)", function, name);
}

static void add_facts(Text *sql, const ContentsColumn *column)
{
    const char *name = quote_name(sql->arena, column->name);
    text_addf(sql, ", pg_catalog.count(%s)", name);
    if (is_text(column->type))
        text_addf(sql, ", pg_catalog.count(*) FILTER (WHERE (%s)::pg_catalog.text !~ '[^[:space:]]')", name);
    else
        text_add(sql, ", 0");
    if (column->type && text_equal(column->type->name, "bytea"))
        text_addf(sql, ", pg_catalog.max(pg_catalog.octet_length(%s))", name);
    else
        text_addf(sql, ", pg_catalog.max(pg_catalog.length((%s)::pg_catalog.text))", name);
    add_extreme(sql, column, name, "min");
    add_extreme(sql, column, name, "max");
}

static void take_facts(Arena *arena, const Result *result, const ContentsColumnList *columns)
{
    int64_t rows = result_number(result, 0, 0);
    int at = 1;
    FOR_EACH(const ContentsColumn, column, *columns) {
        *column->facts = (ColumnContents){.known = true,
                                       .rows = rows,
                                       .nulls = rows - result_number(result, 0, at),
                                       .blanks = result_number(result, 0, at + 1),
                                       .longest = result_number(result, 0, at + 2),
                                       .distinct = -1,
                                       .least = result_copy(arena, result, 0, at + 3),
                                       .greatest = result_copy(arena, result, 0, at + 4)};
        at += FACTS;
    }
}

Result *contents_ask(Conn *conn, const char *sql, Error *error)
{
    if (!conn_exec(conn, "SAVEPOINT rehome_look", NO_PARAMS, NULL, error))
        return NULL;
    Result *result = conn_query(conn, sql, NO_PARAMS, error);
    if (result && conn_exec(conn, "RELEASE SAVEPOINT rehome_look", NO_PARAMS, NULL, error))
        return result;
    result_free(result);
    if (error->kind == ERROR_STOPPED || !conn_in_failed_transaction(conn))
        return NULL;
    error_clear(error);
    conn_script(conn, "ROLLBACK TO SAVEPOINT rehome_look; RELEASE SAVEPOINT rehome_look", error);
    return NULL;
}

/* ---- how many values ---- */

static bool count_distinct(Arena *arena, const ContentsRequest *request, const ContentsColumn *column, Error *error)
{
    const char *name = quote_name(arena, column->name);
    const char *value = column->type && column->type->has_equality ? name : arena_printf(arena, "(%s)::pg_catalog.text", name);
    const char *sql = arena_printf(arena, "SELECT pg_catalog.count(v) FROM (SELECT DISTINCT %s AS v FROM %s\n) AS d", value, request->rows);
    AUTO(Result) *result = contents_ask(request->conn, sql, error);
    if (result)
        column->facts->distinct = result_number(result, 0, 0);
    return error->kind == ERROR_NONE;
}

/* Above 0 there are so many, below 0 it is this part of the rows. */
static int64_t estimated_values(const char *text, int64_t rows)
{
    double said = strtod(text, NULL);
    double values = said >= 0 ? said : -said * (double)rows;
    return llround(values < (double)rows ? values : (double)rows);
}

static bool estimate_distinct(const ContentsRequest *request, const ContentsColumnList *columns, Error *error)
{
    AUTO(Result) *result = conn_query(request->conn, sql_assess_distinct, PARAMS(request->relation->sql_name), error);
    for (int row = 0; result && row < result_rows(result); row++)
        FOR_EACH(const ContentsColumn, column, *columns)
            if (text_equal(column->name, result_text(result, row, 0))) {
                column->facts->distinct = estimated_values(result_text(result, row, 1), column->facts->rows);
                column->facts->estimated = true;
            }
    return result != NULL;
}

bool contents_load(Arena *arena, const ContentsRequest *request, const ContentsColumnList *columns, Error *error)
{
    Text sql = text_new(arena);
    if (columns->count == 0)
        return true;
    text_add(&sql, "SELECT pg_catalog.count(*)");
    FOR_EACH(const ContentsColumn, column, *columns)
        add_facts(&sql, column);
    text_addf(&sql, " FROM %s", request->rows);
    AUTO(Result) *result = contents_ask(request->conn, sql.chars, error);
    if (!result)
        return error->kind == ERROR_NONE;
    take_facts(arena, result, columns);
    if (columns->items->facts->rows > MOST_COUNTED) {
        const char *analyze = arena_printf(arena, "ANALYZE %s", request->relation->sql_name);
        return (!request->analyze || conn_exec(request->conn, analyze, NO_PARAMS, NULL, error)) &&
               estimate_distinct(request, columns, error);
    }
    FOR_EACH(const ContentsColumn, column, *columns)
        if (!count_distinct(arena, request, column, error))
            return false;
    return true;
}
