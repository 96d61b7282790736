#include "copy/insertion.h"

#include "copy/statement.h"

#include "sql/embedded.h"

#include <inttypes.h>

bool insertion_query_number(Conn *conn, const char *sql, int64_t *number, Error *error)
{
    AUTO(Result) *result = conn_query(conn, sql, NO_PARAMS, error);
    if (!result)
        return false;
    *number = result_number(result, 0, 0);
    return true;
}

bool insertion_refuse_drops(const Move *move, int64_t given, int64_t taken, Error *error)
{
    error_set(error, ERROR_DATA, "the source gave %" PRId64 " rows and %s took %" PRId64, given,
              move->entity->into->sql_name, taken);
    return error_hint(error,
                      "A trigger or rule on the target drops rows. Use `triggers: hold`, or a rule under `rejects:`.");
}

bool insertion_book(const Move *move, int64_t given, int64_t affected, Books *books, Error *error)
{
    if (!move->entity->meets_rows && affected != given)
        return insertion_refuse_drops(move, given, affected, error);
    books->written += affected;
    books->unchanged += given - affected;
    return true;
}

static bool reject_loaded(Arena *arena, const Move *move, int64_t *rejected, Error *error)
{
    *rejected = 0;
    if (move->entity->load_rejects.count == 0)
        return true;
    const char *insert = statement_reject_loaded(arena, move->entity, move->migration, move->chunk);
    return conn_exec(move->target, insert, NO_PARAMS, rejected, error);
}

/* Rows that `load` drops are filtered; where it multiplies, its rows are what the books count. */
static bool count_loaded(Arena *arena, const Move *move, int64_t staged, int64_t *loaded, Error *error)
{
    *loaded = staged;
    if (!move->entity->load)
        return true;
    const char *rows = statement_staged_rows(arena, move->entity);
    return conn_exec(move->target, "ANALYZE pg_temp.staged", NO_PARAMS, NULL, error) &&
           conn_exec(move->target, sql_plan_prefer_staged, NO_PARAMS, NULL, error) &&
           insertion_query_number(move->target, arena_printf(arena, "SELECT count(*) FROM (%s) AS l", rows), loaded,
                                  error);
}

bool insertion_of_staged(Arena *arena, const Move *move, int64_t staged, const UndoRows *rows, Books *books,
                         Error *error)
{
    int64_t loaded = 0, affected = 0, rejected = 0;
    if (!count_loaded(arena, move, staged, &loaded, error) || !reject_loaded(arena, move, &rejected, error))
        return false;
    int64_t gave = loaded + rejected;
    books->read += gave > staged ? gave - staged : 0;
    books->rejected += rejected;
    books->filtered += staged > gave ? staged - gave : 0;
    return undo_insert(arena, move, rows, &affected, error) &&
           insertion_book(move, loaded, affected, books, error);
}
