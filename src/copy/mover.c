#include "copy/mover.h"

#include "copy/careful.h"
#include "copy/crossing.h"
#include "copy/insertion.h"
#include "copy/merged.h"
#include "copy/row_sum.h"
#include "copy/statement.h"
#include "copy/undo.h"
#include "ledger/crosswalk.h"

#include "base/fault.h"
#include "base/text.h"

#include <inttypes.h>

/* COPY between two servers, INSERT … SELECT inside one: rows arrive in `into` either way. */
static bool relay(const Move *move, const char *copy_out, const char *copy_in, Books *books, int64_t *rows,
                  Error *error)
{
    CopyResult copied = {0};
    if (!copy_stream_relay(move->source, copy_out, move->target, copy_in, &move->monitor, &copied, error))
        return false;
    *rows = copied.rows_out;
    books->bytes += copied.bytes;
    return true;
}

/* ---- the three ways ---- */

static bool move_stream(Arena *arena, const Move *move, int64_t *given, Books *books, Error *error)
{
    CopyResult copied = {0};
    CopyMonitor monitor = move->monitor;
    RowShape shape;
    bool summed = row_shape_of(arena, move->entity, &shape);
    RowSum sum = row_sum_new(arena, &shape);
    if (summed)
        monitor.tap = (CopyTap){row_sum_take, &sum};
    if (!copy_stream_relay(move->source, statement_copy_out(arena, move->entity, move->keys), move->target,
                           statement_copy_in(arena, move->entity), &monitor, &copied, error))
        return false;
    if (copied.rows_in != copied.rows_out)
        return insertion_refuse_drops(move, copied.rows_out, copied.rows_in, error);
    *given = copied.rows_out;
    books->written = copied.rows_in;
    books->bytes = copied.bytes;
    books->summed = summed && !sum.lost && sum.rows == copied.rows_out;
    books->row_sum = sum.sum;
    return true;
}

static bool move_inside(Arena *arena, const Move *move, int64_t *given, Books *books, Error *error)
{
    int64_t affected = 0;
    const UndoRows rows = {.select = statement_select(arena, move->entity, move->keys)};
    if (!undo_insert(arena, move, &rows, &affected, error))
        return false;
    *given = affected;
    bool counts = move->entity->meets_rows || move->entity->triggers.count > 0 || move->entity->into->kind == 'p';
    if (counts && !insertion_query_number(move->target, statement_count(arena, move->entity, move->keys), given, error))
        return false;
    return insertion_book(move, *given, affected, books, error);
}

static bool fill_staged(Arena *arena, const Move *move, int64_t *staged, Books *books, Error *error)
{
    if (!conn_script(move->target, statement_create_staged(arena, move->entity), error))
        return false;
    if (move->source == move->target)
        return conn_exec(move->target, statement_fill_staged(arena, move->entity, move->keys), NO_PARAMS, staged,
                         error);
    return relay(move, statement_copy_out(arena, move->entity, move->keys), statement_copy_in(arena, move->entity),
                 books, staged, error);
}

static bool move_staged(Arena *arena, const Move *move, int64_t *given, Books *books, Error *error)
{
    if (!fill_staged(arena, move, given, books, error))
        return false;
    FAULT("copy.staged");
    const UndoRows rows = {.select = statement_staged_rows(arena, move->entity), .count = *given};
    return insertion_of_staged(arena, move, *given, &rows, books, error);
}

/* ---- books ---- */

/* Rows for a table of the ledger. */
static bool move_records(Arena *arena, const Move *move, const char *table, const char *columns, const char *select,
                         int64_t *rows, Error *error)
{
    Books unbooked = {0};
    if (move->source == move->target)
        return conn_exec(move->target, arena_printf(arena, "INSERT INTO %s (%s) %s", table, columns, select), NO_PARAMS,
                         rows, error);
    return relay(move, arena_printf(arena, "COPY (%s) TO STDOUT", select),
                 arena_printf(arena, "COPY %s (%s) FROM STDIN", table, columns), &unbooked, rows, error);
}

static bool move_rejects(Arena *arena, const Move *move, int64_t *rejected, Error *error)
{
    *rejected = 0;
    if (move->entity->rejects.count == 0)
        return true;
    return move_records(arena, move, "rehome.reject", statement_reject_columns,
                        statement_rejects(arena, move->entity, move->keys, move->migration, move->chunk), rejected, error);
}

/* Driving rows that the transform left out: how they are told depends on how many rows one of them may give. */
static bool book_filtered(Arena *arena, const Move *move, const GatheredEntity *source, int64_t given, Books *books,
                          Error *error)
{
    const Transform *transform = source->transform;
    bool is_one = transform->yield == YIELD_ONE;
    int64_t driving = is_one ? given : 0, contributing = given;
    const char *count = is_one ? NULL : transform_driving_count(arena, transform, move->keys);
    if (count && !insertion_query_number(move->source, count, &driving, error))
        return false;
    if (transform->yield == YIELD_BY_KEY && transform->shows_key) {
        if (!insertion_query_number(move->source, statement_contributing(arena, source, move->keys), &contributing, error))
            return false;
    } else if (transform->yield != YIELD_AT_MOST_ONE) {
        contributing = driving;
    }
    books->driving += driving;
    books->read += driving - contributing;
    books->filtered += driving - contributing;
    return true;
}

/* ---- merges ---- */

static bool move_merged_records(Arena *arena, const Move *move, int64_t *rejected, Error *error)
{
    const char *conflicts = merged_conflicts(arena, move->entity, move->migration, move->chunk);
    int64_t disputed = 0;
    return move_records(arena, move, "rehome.reject", merged_reject_columns,
                        merged_rejects(arena, move->entity, move->migration, move->chunk), rejected, error) &&
           (!conflicts || move_records(arena, move, "rehome.conflict", merged_conflict_columns, conflicts, &disputed, error));
}

/* Rows of the sources that were neither set aside nor given as a row of the merge went into one of these. */
static bool book_merged(Arena *arena, const Move *move, int64_t told, Books *books, Error *error)
{
    int64_t all = 0;
    FOR_EACH(const GatheredEntity, source, move->entity->gathered->merge->sources) {
        int64_t rows = 0;
        if (!insertion_query_number(move->source, merged_count(arena, source), &rows, error) ||
            !book_filtered(arena, move, source, rows, books, error))
            return false;
        all += rows;
    }
    books->merged = all - told;
    books->read += books->merged;
    return true;
}

/* What was read was counted where it was read, and what became of it where it went. */
static bool balance(const Books *books, Error *error)
{
    int64_t found = books->written + books->unchanged + books->merged + books->filtered + books->rejected;
    if (books->read == found && books->filtered >= 0 && books->unchanged >= 0 && books->merged >= 0)
        return true;
    return error_set(error, ERROR_STATE,
                     "the books do not balance: driving %" PRId64 ", read %" PRId64 ", written %" PRId64
                     ", unchanged %" PRId64 ", merged %" PRId64 ", filtered %" PRId64 ", rejected %" PRId64,
                     books->driving, books->read, books->written, books->unchanged, books->merged, books->filtered,
                     books->rejected);
}

static bool move_rows(Arena *arena, const Move *move, Books *books, Error *error)
{
    static bool (*const ways[])(Arena *, const Move *, int64_t *, Books *, Error *) = {
        [WAY_INSIDE] = move_inside, [WAY_STREAM] = move_stream, [WAY_STAGE] = move_staged};
    Way way = move->entity->load || undo_stages(move->entity) ? WAY_STAGE : move->entity->way;
    int64_t given = 0; /* rows of the transform that no reject test took */
    int64_t rejected = 0;
    if (!(move->carefully ? careful_move : ways[way])(arena, move, &given, books, error) ||
        (!move->carefully && !undo_mark(arena, move, error)))
        return false;
    FAULT("copy.moved");
    const GatheredEntity *gathered = move->entity->gathered;
    bool recorded = gathered->merge ? move_merged_records(arena, move, &rejected, error)
                                    : move_rejects(arena, move, &rejected, error);
    if (!recorded || (!move->carefully && !crossing_move(arena, move, error)))
        return false;
    books->read += given + rejected;
    books->rejected += rejected;
    bool booked = gathered->merge ? book_merged(arena, move, given + rejected, books, error)
                                  : book_filtered(arena, move, gathered, given + rejected, books, error);
    return booked && balance(books, error);
}

bool mover_move_seated(Arena *arena, const Move *move, Books *books, Error *error)
{
    *books = (Books){0};
    return move_rows(arena, move, books, error);
}

/* What reads crosswalks finds them where it runs. */
bool mover_move(Arena *arena, const Move *move, Books *books, Error *error)
{
    Move seated = *move;
    *books = (Books){0};
    return mover_seat(arena, &seated, error) && move_rows(arena, &seated, books, error);
}

bool mover_seat(Arena *arena, Move *move, Error *error)
{
    CrosswalkReach reach = {move->gathered, move->migration, move->source, move->target, move->snapshot};
    move->entity = crosswalk_bring(arena, &reach, move->entity, error);
    return move->entity != NULL;
}
