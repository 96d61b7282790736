#include "pg/conn.h"

#include "pg/quote.h"

#include <libpq-fe.h>
#include <stdlib.h>

/* A Result is libpq's own, under our name, so that nobody else sees libpq. */
static const PGresult *pg_result(const Result *result)
{
    return (const PGresult *)(const void *)result;
}

int result_rows(const Result *result)
{
    return PQntuples(pg_result(result));
}

int result_columns(const Result *result)
{
    return PQnfields(pg_result(result));
}

const char *result_column_name(const Result *result, int column)
{
    return PQfname(pg_result(result), column);
}

bool result_is_null(const Result *result, int row, int column)
{
    return PQgetisnull(pg_result(result), row, column);
}

const char *result_text(const Result *result, int row, int column)
{
    return result_is_null(result, row, column) ? NULL : PQgetvalue(pg_result(result), row, column);
}

int64_t result_number(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);
    return text ? strtoll(text, NULL, 10) : 0;
}

bool result_bool(const Result *result, int row, int column)
{
    const char *text = result_text(result, row, column);
    return text && text[0] == 't';
}

char *result_copy(Arena *arena, const Result *result, int row, int column)
{
    return arena_strdup(arena, result_text(result, row, column));
}

StringList result_list(Arena *arena, const Result *result, int row, int column)
{
    StringList list = {0};
    if (!result_is_null(result, row, column) &&
        quote_parse_array(arena, result_text(result, row, column), &list.items, &list.count))
        list.capacity = list.count;
    return list;
}

void result_free(Result *result)
{
    PQclear((PGresult *)(void *)result);
}

void Result_cleanup(Result **result)
{
    result_free(*result);
    *result = NULL;
}
