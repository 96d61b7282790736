/* A SELECT's rows in pages, by a cursor of the open transaction. Between two pages the connection is free for other
 * statements (after row_cursor_settle()), which COPY … TO STDOUT would not allow. */
#pragma once

#include "pg/conn.h"
#include "pg/row_page.h"

typedef struct RowCursor RowCursor;

/* `reads_ahead`: the next page is asked for while this one is worked on; only where nothing else uses the connection
 * meanwhile. It may be opened and closed within a savepoint, which takes it along when it is rolled back. */
RowCursor *row_cursor_open(Conn *conn, const char *select, RowFormat format, bool reads_ahead, Error *error);
/* Adds the next rows to the page, as many as fit well into memory; none: that was all. */
bool row_cursor_next(RowCursor *cursor, RowPage *page, Error *error);
/* Takes in what was asked for ahead. */
bool row_cursor_settle(RowCursor *cursor, Error *error);
bool row_cursor_close(RowCursor *cursor, Error *error);
/* Of memory alone: the server's cursor goes with its transaction or savepoint. */
void RowCursor_cleanup(RowCursor **cursor);
