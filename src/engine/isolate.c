#include "engine/isolate.h"

#include "engine/cut.h"

#include "base/text.h"

enum { MOST_HALVINGS = 40 };

/* A statement that failed has ended the source's transaction with it. */
static bool see_source(const Isolation *isolation, Error *error)
{
    return !isolation->snapshot || snapshot_import(isolation->snapshot, isolation->move->source, error);
}

static bool savepoint(Conn *conn, Error *error)
{
    return conn_exec(conn, "SAVEPOINT rehome_part", NO_PARAMS, NULL, error);
}

static void back_to_savepoint(Conn *conn)
{
    Error ignored = {0};
    if (conn_exec(conn, "ROLLBACK TO SAVEPOINT rehome_part", NO_PARAMS, NULL, &ignored))
        conn_exec(conn, "RELEASE SAVEPOINT rehome_part", NO_PARAMS, NULL, &ignored);
}

static bool part_begin(const Isolation *isolation, Error *error)
{
    const Move *move = isolation->move;
    if (isolation->inside)
        return savepoint(move->target, error) && (move->source == move->target || savepoint(move->source, error));
    return see_source(isolation, error) && conn_begin(move->target, isolation->begin_mode, error);
}

static void part_end(const Isolation *isolation)
{
    const Move *move = isolation->move;
    if (!isolation->inside) {
        conn_rollback(move->target);
        return;
    }
    back_to_savepoint(move->target);
    if (move->source != move->target)
        back_to_savepoint(move->source);
}

/* What a chunk's part does when it is moved: rolled back in any case. */
static ErrorKind outcome(const Isolation *isolation, const KeySet *keys, Error *failure)
{
    AUTO(Arena) *arena = arena_new();
    Move part = *isolation->move;
    Books books;
    part.keys = keys;
    part.monitor = (CopyMonitor){0};
    *failure = (Error){0};
    bool moved = part_begin(isolation, failure) && mover_move(arena, &part, &books, failure) &&
                 conn_script(part.target, "SET CONSTRAINTS ALL IMMEDIATE", failure);
    part_end(isolation);
    return moved ? ERROR_NONE : failure->kind;
}

static char *describe_key(Arena *arena, const KeyColumnList *key, const char *const *values)
{
    Text names = text_new(arena), texts = text_new(arena);
    for (size_t i = 0; i < key->count; i++) {
        text_separate(&names, ", ");
        text_add(&names, key->items[i].name);
        text_separate(&texts, ", ");
        text_add(&texts, values[i] ? values[i] : "NULL");
    }
    return arena_printf(arena, "(%s) = (%s)", names.chars, texts.chars);
}

/* In one database the target's transaction is also the one that reads. */
static bool middle_of(Arena *arena, const Isolation *isolation, const KeySet *keys, const char *const **middle)
{
    const Move *move = isolation->move;
    Error ignored = {0};
    bool found = part_begin(isolation, &ignored) &&
                 cut_middle(arena, move->entity, keys, move->source, middle, &ignored);
    part_end(isolation);
    return found;
}

/* The key of the one row that is left; the lower bound is a row's key, but an open one is not. */
static const char *const *only_key(Arena *arena, const Isolation *isolation, const KeySet *keys)
{
    const Move *move = isolation->move;
    const char *const *key = NULL;
    Error ignored = {0};
    bool found =
        part_begin(isolation, &ignored) && cut_first(arena, move->entity, keys, move->source, &key, &ignored);
    part_end(isolation);
    return found ? key : NULL;
}

void isolate_row(Arena *arena, const Isolation *isolation, Error *failure)
{
    KeySet keys = *isolation->move->keys;
    if (keys.kind != KEYSET_RANGE || failure->kind != ERROR_DATA)
        return;
    Error last = *failure;
    for (int i = 0; i < MOST_HALVINGS; i++) {
        const char *const *middle = NULL;
        if (!middle_of(arena, isolation, &keys, &middle))
            return;
        if (!middle)
            break;
        KeySet lower = keys, upper = keys;
        lower.high = upper.low = middle;
        Error why;
        if (outcome(isolation, &lower, &why) == ERROR_DATA)
            keys = lower;
        else if (outcome(isolation, &upper, &why) == ERROR_DATA)
            keys = upper;
        else
            return; /* only the two together fail, as two equal keys do: no single row is guilty */
        last = why;
    }
    const char *const *key = only_key(arena, isolation, &keys);
    *failure = last;
    if (key)
        error_doing(failure, "row %s", describe_key(arena, keys.key, key));
}
