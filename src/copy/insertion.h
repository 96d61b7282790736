/* Rows on their way from where they are by now, `staged` or the transform itself, into the target table, and what the
 * books say of them. */
#pragma once

#include "copy/undo.h"

/* One number that a SELECT gives. */
bool insertion_query_number(Conn *conn, const char *sql, int64_t *number, Error *error);
/* `affected` of `given` rows were counted by the server. What met a row with the same key was not: it was kept, or was
 * the same already. */
bool insertion_book(const Move *move, int64_t given, int64_t affected, Books *books, Error *error);
/* A trigger or a rule of the target drops rows in silence: an error that no single row can be blamed for. */
bool insertion_refuse_drops(const Move *move, int64_t given, int64_t taken, Error *error);
/* The `staged` rows by undo_insert(): load runs, its rules set rows aside, the rest is written. Adds
 * to the books. */
bool insertion_of_staged(Arena *arena, const Move *move, int64_t staged, const UndoRows *rows, Books *books,
                         Error *error);
