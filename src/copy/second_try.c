#include "copy/second_try.h"

#include "copy/refused.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"

/* The names of the table's foreign keys to itself. */
static StringList self_references(Arena *arena, const Move *move)
{
    StringList names = {0};
    const Relation *into = move->entity->into;
    FOR_EACH(const ForeignKey, key, move->gathered->target->foreign_keys)
        if (key->from == into->oid && key->to == into->oid)
            LIST_PUSH(arena, &names, key->name);
    return names;
}

/* Takes the rejects of these rows away and gives their keys. */
static bool take_rejects(Arena *arena, const Move *move, const StringList *constraints, KeySet *keys, Error *error)
{
    const KeyColumnList *key = plan_driving_key(move->entity);
    Text sql = text_new(arena);
    text_add(&sql, "DELETE FROM rehome.reject WHERE migration = $1::bigint AND entity = $2 AND chunk = $3::bigint"
                   " AND sqlstate = '23503' AND constraint_name = ANY ($4::text[]) RETURNING ");
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, "%ssource_key ->> %s", i ? ", " : "", quote_literal(arena, key->items[i].name));
    Params values = PARAMS(number_text(arena, move->migration), move->entity->entity->name,
                           number_text(arena, move->chunk), quote_array(arena, constraints->items, constraints->count));
    AUTO(Result) *result = conn_query(move->target, sql.chars, values, error);
    if (!result)
        return false;
    size_t count = (size_t)result_rows(result);
    const char *const **list = NEW_ARRAY(arena, const char *const *, count + 1);
    for (size_t row = 0; row < count; row++) {
        const char **one = NEW_ARRAY(arena, const char *, key->count);
        for (size_t i = 0; i < key->count; i++)
            one[i] = result_copy(arena, result, (int)row, (int)i);
        list[row] = one;
    }
    *keys = (KeySet){.kind = KEYSET_LIST, .key = key, .keys = list, .count = count};
    return true;
}

/* They were counted as read and as rejected before. */
static void put_right(Books *books, int64_t taken, const Books *more)
{
    books->rejected += more->rejected - taken;
    books->refused += more->refused - taken;
    books->written += more->written;
    books->unchanged += more->unchanged;
    books->filtered += more->filtered;
    books->read += more->read - taken;
}

bool second_try_run(const Move *move, SecondTryMove again, Books *books, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const StringList constraints = self_references(arena, move);
    if (constraints.count == 0 || !refused_can_ask(move->entity))
        return true;
    for (int64_t before = INT64_MAX;;) {
        AUTO(Arena) *round = arena_new();
        KeySet keys;
        Books more = {0};
        Move part = *move;
        if (books->refused == 0 || !take_rejects(round, move, &constraints, &keys, error))
            return books->refused == 0;
        if (keys.count == 0)
            return true;
        part.keys = &keys;
        if (!again(&part, &more, error))
            return false;
        put_right(books, (int64_t)keys.count, &more);
        if (more.refused == (int64_t)keys.count || more.refused >= before)
            return true;
        before = more.refused;
    }
}
