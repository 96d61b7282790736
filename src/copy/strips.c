#include "copy/strips.h"

#include "copy/cut.h"
#include "copy/refusal.h"
#include "copy/statement.h"
#include "copy/undo.h"

#include "base/fault.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHARE_OF_CHUNK = 32, LEAST_ROWS = 256, MOST_ROWS = 2048, WORTH_IT = 2, PARTS = 8, STRIPS_AT_ONCE = 8 };

/* Strips one behind the other that are written and not in the books yet. */
typedef struct Clean {
    int strips;
    KeySet keys;
    int64_t given;
    Books books;
} Clean;

/* A chunk under way. */
typedef struct Strips {
    Arena *arena; /* of their keys */
    const Move *move;
    StripsCareful careful;
    int64_t rows;   /* of a strip */
    uint64_t width; /* likewise, values of its key; 0: keys are looked up */
    KeySet left;
    Clean clean;
    Books *books;
    int64_t tried, refused; /* strips, and rows in them */
    int64_t moved, bytes;   /* as progress tells them */
} Strips;

/* ---- whether ---- */

static bool is_plain(const Move *move)
{
    const EntityPlan *entity = move->entity;
    return move->source == move->target && entity->way == WAY_INSIDE && !entity->load && !entity->meets_rows &&
           !entity->crosswalk && entity->undo != UNDO_ROWS && !entity->gathered->merge;
}

static bool is_range(const Move *move)
{
    const EntityPlan *entity = move->entity;
    return (move->keys->kind == KEYSET_RANGE || move->keys->kind == KEYSET_CTID) && entity->driving &&
           entity->transform->narrowable && !entity->gathered->narrow_refused;
}

static int64_t rows_of_chunk(const EntityPlan *entity)
{
    return entity->chunk_rows < entity->estimated_rows ? entity->chunk_rows : entity->estimated_rows;
}

static int64_t rows_of_strip(const EntityPlan *entity)
{
    int64_t rows = rows_of_chunk(entity) / SHARE_OF_CHUNK;
    return rows < LEAST_ROWS ? LEAST_ROWS : rows > MOST_ROWS ? MOST_ROWS : rows;
}

/* What the server thinks that a SELECT costs: the second number of `… (cost=0.42..8.44 rows=1 width=4)`. */
static bool cost_of(Arena *arena, const Move *move, const KeySet *keys, double *cost, Error *error)
{
    const char *sql = arena_printf(arena, "EXPLAIN %s", statement_select(arena, move->entity, keys));
    AUTO(Result) *plan = conn_query(move->target, sql, NO_PARAMS, error);
    if (!plan)
        return false;
    const char *line = result_rows(plan) > 0 ? strstr(result_text(plan, 0, 0), "(cost=") : NULL;
    const char *total = line ? strstr(line, "..") : NULL;
    *cost = total ? strtod(total + 2, NULL) : 0;
    return true;
}

/* The key behind so many rows; NULL: there is nothing behind it. */
static bool cut_strip(Arena *arena, const Move *move, const KeySet *left, int64_t rows, const char *const **after,
                      Error *error)
{
    if (left->kind == KEYSET_RANGE)
        return cut_after(arena, move->entity, left, rows, move->source, after, error);
    *after = cut_after_pages(arena, move->entity, left, rows);
    return true;
}

bool strips_fit(Arena *arena, const Move *move, int64_t *rows, Error *error)
{
    *rows = 0;
    if (!is_plain(move) || !is_range(move))
        return true;
    double whole = 0, one = 0;
    KeySet strip = *move->keys;
    int64_t wanted = rows_of_strip(move->entity);
    if (!cut_strip(arena, move, move->keys, wanted, &strip.high, error) ||
        !cost_of(arena, move, move->keys, &whole, error) || !cost_of(arena, move, &strip, &one, error))
        return false;
    if (strip.high && one * (double)rows_of_chunk(move->entity) < WORTH_IT * whole * (double)wanted)
        *rows = wanted;
    return true;
}

/* ---- where ---- */

/* How many values of a key that is one integer a strip has: so it need not be looked up where it ends. 0: it has to be.
 */
static uint64_t width_of_strip(const Move *move, int64_t rows)
{
    const KeySet *keys = move->keys;
    if (keys->kind != KEYSET_RANGE || keys->key->count != 1 || !keys->key->items->integer || !keys->low || !keys->high)
        return 0;
    uint64_t span = (uint64_t)strtoll(*keys->high, NULL, 10) - (uint64_t)strtoll(*keys->low, NULL, 10);
    return span / (uint64_t)(rows_of_chunk(move->entity) / rows + 1) + 1;
}

static const char *const *after_values(Arena *arena, const KeySet *left, uint64_t values)
{
    uint64_t low = (uint64_t)strtoll(*left->low, NULL, 10), high = (uint64_t)strtoll(*left->high, NULL, 10);
    const char **after = NEW_ARRAY(arena, const char *, 1);
    *after = arena_printf(arena, "%" PRId64, (int64_t)(low + values));
    return high - low > values ? after : NULL;
}

/* Takes about so many strips, or one of so many parts of a strip, from *left; false in *more: that was all of it. */
static bool take_strips(const Strips *strips, KeySet *left, int64_t count, int64_t parts, KeySet *taken, bool *more,
                        Error *error)
{
    const char *const *after = NULL;
    *taken = *left;
    if (strips->width > 0)
        after = after_values(strips->arena, left, strips->width / (uint64_t)parts * (uint64_t)count + 1);
    else if (!cut_strip(strips->arena, strips->move, left, strips->rows * count / parts, &after, error))
        return false;
    *more = after != NULL;
    if (after)
        left->low = taken->high = after;
    return true;
}

/* ---- clean strips ---- */

static bool record_clean(Arena *arena, Strips *strips, Error *error)
{
    Move move = *strips->move;
    move.carefully = false;
    move.keys = &strips->clean.keys;
    if (strips->clean.strips == 0)
        return true;
    if (!mover_record(arena, &move, strips->clean.given, &strips->clean.books, error))
        return false;
    books_add(strips->books, &strips->clean.books);
    strips->clean = (Clean){0};
    return true;
}

static void add_clean(Strips *strips, const KeySet *keys, int64_t given, const Books *books)
{
    Clean *clean = &strips->clean;
    if (clean->strips++ == 0)
        clean->keys = *keys;
    clean->keys.high = keys->high;
    clean->given += given;
    books_add(&clean->books, books);
    strips->moved += given;
    const CopyMonitor *monitor = &strips->move->monitor;
    if (monitor->moved)
        monitor->moved(monitor->self, strips->moved, strips->bytes);
}

/* True in *clean: it is written. Else nothing is left of it. */
static bool write_strip(Arena *arena, Strips *strips, const KeySet *keys, bool *clean, Error *error)
{
    Move move = *strips->move;
    int64_t given = 0;
    Books books = {0};
    move.carefully = false;
    move.marked = true;
    move.keys = keys;
    if (!conn_script(move.target, arena_printf(arena, "SAVEPOINT rehome_strip; %s", undo_mark_sql(arena, &move)),
                     error))
        return false;
    *clean = mover_write(arena, &move, &given, &books, error);
    FAULT("copy.strips.written");
    if (*clean) {
        add_clean(strips, keys, given, &books);
        return conn_exec(move.target, "RELEASE SAVEPOINT rehome_strip", NO_PARAMS, NULL, error);
    }
    if (!refusal_is_possible(error) || !conn_in_failed_transaction(move.target))
        return false;
    error_clear(error);
    return conn_script(move.target, "ROLLBACK TO SAVEPOINT rehome_strip; RELEASE SAVEPOINT rehome_strip", error);
}

/* ---- the others ---- */

static void tell_moved(void *self, int64_t rows, int64_t bytes)
{
    const Strips *strips = self;
    const CopyMonitor *monitor = &strips->move->monitor;
    monitor->moved(monitor->self, strips->moved + rows, strips->bytes + bytes);
}

static bool move_carefully(Arena *arena, Strips *strips, const KeySet *keys, Error *error)
{
    Move move = *strips->move;
    Books books;
    move.keys = keys;
    if (move.monitor.moved)
        move.monitor = (CopyMonitor){tell_moved, strips};
    if (!record_clean(arena, strips, error) || !strips->careful(&move, &books, error))
        return false;
    books_add(strips->books, &books);
    strips->refused += books.refused;
    strips->moved += books.read;
    strips->bytes += books.bytes;
    return true;
}

/* ---- the whole ---- */

/* A strip that has a bad row: most of its parts have none. */
static bool move_parts(Arena *arena, Strips *strips, const KeySet *strip, Error *error)
{
    KeySet left = *strip, part;
    for (bool more = true, clean = false; more; clean = false)
        if (!take_strips(strips, &left, 1, PARTS, &part, &more, error) ||
            !write_strip(arena, strips, &part, &clean, error) ||
            (!clean && !move_carefully(arena, strips, &part, error)))
            return false;
    return true;
}

/* About one bad row in each strip: then most would be written in vain. The first few are given the benefit of the
 * doubt. */
static bool is_dense(const Strips *strips)
{
    return strips->refused > strips->tried + 2;
}

static bool move_next(Strips *strips, bool *more, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const bool dense = is_dense(strips);
    const int64_t count = dense ? STRIPS_AT_ONCE : 1;
    KeySet strip;
    bool clean = false;
    if (!take_strips(strips, &strips->left, count, 1, &strip, more, error))
        return false;
    strips->tried += count;
    if (dense)
        return move_carefully(arena, strips, &strip, error);
    return write_strip(arena, strips, &strip, &clean, error) && (clean || move_parts(arena, strips, &strip, error));
}

bool strips_run(const Move *move, int64_t rows, StripsCareful careful, Books *books, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Strips strips = {
        .arena = arena, .move = move, .careful = careful, .rows = rows, .left = *move->keys, .books = books};
    strips.width = width_of_strip(move, rows);
    *books = (Books){0};
    for (bool more = true; more;)
        if (!move_next(&strips, &more, error))
            return false;
    return record_clean(arena, &strips, error);
}
