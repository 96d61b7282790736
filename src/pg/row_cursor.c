#include "pg/row_cursor.h"

#include "pg/conn_private.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_ROWS = 100, MOST_ROWS = 2000, GROWTH = 4, PAGE_BYTES = 1024 * 1024 };

struct RowCursor {
    Conn *conn;
    bool reads_ahead;
    size_t wanted;   /* rows of the next page */
    bool asked;      /* the next page is on its way */
    PGresult *ahead; /* or here */
    Arena *arena;
    const char **values;
    size_t *lengths;
};

RowCursor *row_cursor_open(Conn *conn, const char *select, RowFormat format, bool reads_ahead, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *declare = arena_printf(arena, "DECLARE rehome_rows %sNO SCROLL CURSOR FOR %s",
                                       format == ROW_BINARY ? "BINARY " : "", select);
    /* all rows will be read: the plan that is best for the first tenth is not wanted */
    if (!conn_exec(conn, "SET LOCAL cursor_tuple_fraction = 1", NO_PARAMS, NULL, error) ||
        !conn_exec(conn, declare, NO_PARAMS, NULL, error))
        return NULL;
    Arena *own = arena_new();
    RowCursor *cursor = NEW(own, RowCursor);
    *cursor = (RowCursor){.conn = conn, .reads_ahead = reads_ahead, .wanted = FIRST_ROWS, .arena = own};
    return cursor;
}

void RowCursor_cleanup(RowCursor **cursor)
{
    if (!*cursor)
        return;
    if ((*cursor)->asked)
        conn_drain((*cursor)->conn);
    PQclear((*cursor)->ahead);
    arena_free((*cursor)->arena);
}

static bool ask(RowCursor *cursor, Error *error)
{
    char fetch[64];
    snprintf(fetch, sizeof fetch, "FETCH FORWARD %zu FROM rehome_rows", cursor->wanted);
    if (conn_stop_wanted(cursor->conn))
        return error_set(error, ERROR_STOPPED, "stopped");
    cursor->asked = PQsendQuery(cursor->conn->pg, fetch);
    return cursor->asked || conn_failed(cursor->conn, NULL, error);
}

/* Takes what was asked for. */
static bool take(RowCursor *cursor, Error *error)
{
    PGresult *result = conn_next_result(cursor->conn);
    bool fine = result && PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!fine)
        conn_failed(cursor->conn, result, error);
    conn_drain(cursor->conn);
    cursor->asked = false;
    if (fine)
        cursor->ahead = result;
    else
        PQclear(result);
    return fine;
}

bool row_cursor_settle(RowCursor *cursor, Error *error)
{
    return !cursor->asked || take(cursor, error);
}

static void add_rows(RowCursor *cursor, const PGresult *result, RowPage *page)
{
    int columns = PQnfields(result);
    if (!cursor->values) {
        cursor->values = NEW_ARRAY(cursor->arena, const char *, columns + 1);
        cursor->lengths = NEW_ARRAY(cursor->arena, size_t, columns + 1);
    }
    for (int row = 0; row < PQntuples(result); row++) {
        for (int column = 0; column < columns; column++) {
            bool is_null = PQgetisnull(result, row, column);
            cursor->values[column] = is_null ? NULL : PQgetvalue(result, row, column);
            cursor->lengths[column] = is_null ? 0 : (size_t)PQgetlength(result, row, column);
        }
        row_page_add(page, (size_t)columns, cursor->values, cursor->lengths);
    }
}

/* As many rows as fit a page by what the rows of this one take. */
static void choose_size(RowCursor *cursor, const RowPage *page)
{
    size_t most = cursor->wanted * GROWTH, each = page->count ? page->length / page->count + 1 : 1;
    cursor->wanted = PAGE_BYTES / each + 1;
    if (cursor->wanted > most)
        cursor->wanted = most;
    if (cursor->wanted > MOST_ROWS)
        cursor->wanted = MOST_ROWS;
}

bool row_cursor_next(RowCursor *cursor, RowPage *page, Error *error)
{
    if (!cursor->ahead && !cursor->asked && !ask(cursor, error))
        return false;
    if (!cursor->ahead && !take(cursor, error))
        return false;
    PGresult *result = cursor->ahead;
    cursor->ahead = NULL;
    add_rows(cursor, result, page);
    PQclear(result);
    choose_size(cursor, page);
    return page->count == 0 || !cursor->reads_ahead || ask(cursor, error);
}

bool row_cursor_close(RowCursor *cursor, Error *error)
{
    return row_cursor_settle(cursor, error) && conn_exec(cursor->conn, "CLOSE rehome_rows", NO_PARAMS, NULL, error);
}
