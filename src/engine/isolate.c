#include "engine/isolate.h"

#include "engine/cut.h"

#include "base/text.h"

enum { MOST_HALVINGS = 40 };

/* What a chunk's part does when it is moved: rolled back in any case. */
static ErrorKind outcome(const Move *move, const KeySet *keys, const char *begin_mode, Error *failure)
{
    AUTO(Arena) *arena = arena_new();
    Move part = *move;
    Books books;
    part.keys = keys;
    part.monitor = (CopyMonitor){0};
    *failure = (Error){0};
    bool moved = conn_begin(part.target, begin_mode, failure) && mover_move(arena, &part, &books, failure);
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
static bool middle_of(Arena *arena, const Move *move, const KeySet *keys, const char *const **middle)
{
    Error ignored = {0};
    bool own = move->source == move->target;
    if (own && !conn_begin(move->target, "", &ignored))
        return false;
    bool found = cut_middle(arena, move->entity, keys, move->source, middle, &ignored);
    if (own)
        conn_rollback(move->target);
    return found;
}

static const char *const *first_key(Arena *arena, const Move *move, const KeySet *keys)
{
    AUTO(Arena) *scratch = arena_new();
    const char *const *key = NULL;
    (void)scratch;
    return keys->low ? keys->low : (middle_of(arena, move, keys, &key) ? key : NULL);
}

void isolate_row(Arena *arena, const Move *move, const char *begin_mode, Error *failure)
{
    KeySet keys = *move->keys;
    if (keys.kind != KEYSET_RANGE || failure->kind != ERROR_DATA)
        return;
    Error last = *failure;
    for (int i = 0; i < MOST_HALVINGS; i++) {
        const char *const *middle = NULL;
        if (!middle_of(arena, move, &keys, &middle))
            return;
        if (!middle)
            break;
        KeySet lower = keys, upper = keys;
        lower.high = upper.low = middle;
        Error why;
        if (outcome(move, &lower, begin_mode, &why) == ERROR_DATA)
            keys = lower;
        else if (outcome(move, &upper, begin_mode, &why) == ERROR_DATA)
            keys = upper;
        else
            return; /* only the two together fail, as two equal keys do: no single row is guilty */
        last = why;
    }
    const char *const *key = first_key(arena, move, &keys);
    *failure = last;
    if (key)
        error_doing(failure, "row %s", describe_key(arena, move->keys->key, key));
}
