#include "engine/isolate.h"

#include "engine/cut.h"

#include "base/text.h"

enum { MOST_HALVINGS = 40 };

/* A statement that failed has ended the source's transaction with it. */
static bool see_source(const Isolation *isolation, Error *error)
{
    return !isolation->snapshot || snapshot_import(isolation->snapshot, isolation->move->source, error);
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
    bool moved = see_source(isolation, failure) && conn_begin(part.target, isolation->begin_mode, failure) &&
                 mover_move(arena, &part, &books, failure) &&
                 conn_script(part.target, "SET CONSTRAINTS ALL IMMEDIATE", failure);
    conn_rollback(part.target);
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
    if (!isolation->snapshot && !conn_begin(move->target, "", &ignored))
        return false;
    bool found =
        see_source(isolation, &ignored) && cut_middle(arena, move->entity, keys, move->source, middle, &ignored);
    if (!isolation->snapshot)
        conn_rollback(move->target);
    return found;
}

/* The key of the one row that is left; the lower bound is a row's key, but an open one is not. */
static const char *const *only_key(Arena *arena, const Isolation *isolation, const KeySet *keys)
{
    const char *const *key = NULL;
    Error ignored = {0};
    if (!isolation->snapshot && !conn_begin(isolation->move->target, "", &ignored))
        return NULL;
    bool found = see_source(isolation, &ignored) &&
                 cut_first(arena, isolation->move->entity, keys, isolation->move->source, &key, &ignored);
    if (!isolation->snapshot)
        conn_rollback(isolation->move->target);
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
