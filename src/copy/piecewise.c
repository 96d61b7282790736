#include "copy/piecewise.h"

#include "copy/cut.h"
#include "copy/refused.h"
#include "copy/second_try.h"

#include "base/text.h"

static bool on_both(const Move *move, const char *sql, Error *error)
{
    return conn_script(move->target, sql, error) &&
           (move->source == move->target || conn_script(move->source, sql, error));
}

/* ---- smaller pieces ---- */

static bool can_divide(const Move *move)
{
    const EntityPlan *entity = move->entity;
    bool load_is_whole = entity->load && !(entity->gathered->loading && entity->gathered->loading->narrowable);
    return entity->transform->narrowable && !entity->gathered->narrow_refused && entity->driving &&
           !(load_is_whole && entity->chunks == CHUNKS_ONE);
}

/* Everything is a range that is open on both sides. */
static KeySet divisible(const Move *move)
{
    KeySet keys = *move->keys;
    if (keys.kind == KEYSET_EVERYTHING) {
        keys.kind = move->entity->gathered->walk_key.count > 0 ? KEYSET_RANGE : KEYSET_CTID;
        keys.key = plan_driving_key(move->entity);
    }
    return keys;
}

typedef struct Halves {
    KeySet lower, upper;
    const char *const *only; /* the one key that is left, and no halves; NULL: two halves, or nothing at all */
    bool nothing;
} Halves;

static Halves halve_list(const KeySet *keys)
{
    Halves halves = {.lower = *keys, .upper = *keys, .nothing = keys->count == 0};
    if (keys->count == 1)
        halves.only = keys->keys[0];
    halves.lower.count = keys->count / 2;
    halves.upper.count = keys->count - halves.lower.count;
    halves.upper.keys = keys->keys + halves.lower.count;
    return halves;
}

static bool halve(Arena *arena, const Move *move, Halves *halves, Error *error)
{
    const KeySet keys = divisible(move);
    const char *const *middle = NULL;
    if (keys.kind == KEYSET_LIST) {
        *halves = halve_list(&keys);
        return true;
    }
    *halves = (Halves){.lower = keys, .upper = keys};
    if (!cut_middle(arena, move->entity, &keys, move->source, &middle, error))
        return false;
    if (!middle && !cut_first(arena, move->entity, &keys, move->source, &halves->only, error))
        return false;
    halves->nothing = !middle && !halves->only;
    halves->lower.high = halves->upper.low = middle;
    return true;
}

/* ---- one driving row ---- */

static bool refuse_key(Arena *arena, const Move *move, const char *const *key, const Error *why, Books *books,
                       Error *error)
{
    RefusedList refused = {0};
    LIST_PUSH(arena, &refused, ((Refused){.key = key, .why = refusal_of(arena, move->entity, why, NULL)}));
    *books = (Books){.driving = 1, .read = 1, .rejected = 1, .refused = 1};
    return refused_write(arena, move, &refused, true, error);
}

/* ---- the whole ---- */

static bool move_piece(const Move *move, Books *books, Error *error);

static bool move_halves(const Move *move, const Error *why, Books *books, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Halves halves;
    if (!halve(arena, move, &halves, error))
        return false;
    if (halves.nothing) {
        *error = *why;
        return false;
    }
    if (halves.only)
        return refuse_key(arena, move, halves.only, why, books, error);
    Move lower = *move, upper = *move;
    Books more;
    lower.keys = &halves.lower;
    upper.keys = &halves.upper;
    if (!move_piece(&lower, books, error) || !move_piece(&upper, &more, error))
        return false;
    books_add(books, &more);
    return true;
}

static bool move_piece(const Move *move, Books *books, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    if (!on_both(move, "SAVEPOINT rehome_piece", error))
        return false;
    if (mover_move_seated(arena, move, books, error))
        return on_both(move, "RELEASE SAVEPOINT rehome_piece", error);
    Error why = *error;
    if (!refusal_is_possible(&why) || !can_divide(move))
        return false;
    error_clear(error);
    return on_both(move, "ROLLBACK TO SAVEPOINT rehome_piece; RELEASE SAVEPOINT rehome_piece", error) &&
           move_halves(move, &why, books, error);
}

static bool move_all(const Move *move, Books *books, Error *error)
{
    return move_piece(move, books, error) && second_try_run(move, move_piece, books, error);
}

/* What a deferred constraint refuses is told too late to know the row: then all is done again with such constraints
 * checked at once. */
bool piecewise_move(Arena *arena, const Move *move, Books *books, Error *error)
{
    Move seated = *move;
    seated.carefully = true;
    if (seated.snapshot && !snapshot_import(seated.snapshot, seated.source, error))
        return false;
    if (!mover_seat(arena, &seated, error) || !on_both(&seated, "SAVEPOINT rehome_deferred", error))
        return false;
    if (!move_all(&seated, books, error))
        return false;
    if (conn_exec(seated.target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error))
        return true;
    if (!refusal_is_possible(error))
        return false;
    error_clear(error);
    return on_both(&seated, "ROLLBACK TO SAVEPOINT rehome_deferred", error) &&
           conn_exec(seated.target, "SET CONSTRAINTS ALL IMMEDIATE", NO_PARAMS, NULL, error) &&
           move_all(&seated, books, error);
}
