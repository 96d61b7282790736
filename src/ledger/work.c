/* Steps and chunks: claimed, finished, failed. */
#include "ledger/ledger.h"
#include "ledger/number.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdlib.h>
#include <string.h>

/* Another process may have planned an item that was not yet in our list. */
static bool has_items(const Plan *plan)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->entity->template)
            return true;
    return false;
}

LedgerScope ledger_scope(Arena *arena, int64_t migration, const Plan *plan, int workers)
{
    StringList names = {0};
    if (plan->entities.count == plan->manifest->entities.count && !has_items(plan))
        return (LedgerScope){migration, NULL, workers};
    FOR_EACH(const Step, step, plan->steps)
        LIST_PUSH(arena, &names, step->name);
    return (LedgerScope){migration, quote_array(arena, names.items, names.count), workers};
}

bool ledger_claim_step(Arena *arena, Conn *target, const LedgerScope *scope, const char *resting, ClaimedStep **step,
                       Error *error)
{
    *step = NULL;
    Params values = PARAMS(number_text(arena, scope->migration), scope->steps, resting);
    AUTO(Result) *result = conn_query(target, sql_ledger_claim_step, values, error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    *step = NEW(arena, ClaimedStep);
    (*step)->name = result_copy(arena, result, 0, 0);
    (*step)->kind = result_copy(arena, result, 0, 1);
    (*step)->entity = result_copy(arena, result, 0, 2);
    (*step)->action = result_copy(arena, result, 0, 3);
    return true;
}

static const struct {
    const char *method;
    KeySetKind kind;
} methods[] = {{"key", KEYSET_RANGE}, {"ctid", KEYSET_CTID}, {"one", KEYSET_EVERYTHING}};

KeySetKind ledger_kind_of_method(const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_equal(methods[i].method, method))
            return methods[i].kind;
    return KEYSET_EVERYTHING;
}

static const char *method_of_kind(KeySetKind kind)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].kind == kind)
            return methods[i].method;
    return "one";
}

bool ledger_claim_chunk(Arena *arena, Conn *target, const LedgerScope *scope, const char *resting,
                        ClaimedChunk **chunk, Error *error)
{
    *chunk = NULL;
    Params values =
        PARAMS(number_text(arena, scope->migration), scope->steps, number_text(arena, scope->workers), resting);
    AUTO(Result) *result = conn_query(target, sql_ledger_claim_chunk, values, error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    ClaimedChunk *claimed = *chunk = NEW(arena, ClaimedChunk);
    claimed->id = result_number(result, 0, 0);
    claimed->entity = result_copy(arena, result, 0, 1);
    claimed->kind = ledger_kind_of_method(result_text(result, 0, 2));
    claimed->low = result_list(arena, result, 0, 3).items;
    claimed->high = result_list(arena, result, 0, 4).items;
    claimed->estimated_rows = result_number(result, 0, 5);
    claimed->fingerprint = result_copy(arena, result, 0, 6);
    claimed->last_few = result_bool(result, 0, 7);
    return true;
}

/* One row must change: a second finish, or one of a row that is gone, is never right. */
static bool expect_one(int64_t affected, const char *what, Error *error)
{
    return affected == 1 || error_set(error, ERROR_STATE, "%s was finished by somebody else meanwhile", what);
}

bool ledger_finish_step(Conn *target, int64_t migration, const char *name, const char *worker, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    int64_t affected = 0;
    Params values = PARAMS(number_text(arena, migration), name, worker);
    return conn_exec(target, sql_ledger_finish_step, values, &affected, error) && expect_one(affected, name, error);
}

/* No row: the migration began anew meanwhile, and nothing of it is done. */
static bool take_outcome(Conn *target, const char *sql, Params values, bool *done, bool *ours, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql, values, error);
    *done = result && result_rows(result) > 0 && result_bool(result, 0, 0);
    *ours = *done && result_bool(result, 0, 1);
    return result != NULL;
}

bool ledger_chunk_outcome(Conn *target, int64_t chunk, const char *worker, bool *done, bool *ours, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return take_outcome(target, sql_ledger_chunk_outcome, PARAMS(number_text(arena, chunk), worker), done, ours, error);
}

bool ledger_step_outcome(Conn *target, int64_t migration, const char *name, const char *worker, bool *done, bool *ours,
                         Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Params values = PARAMS(number_text(arena, migration), name, worker);
    return take_outcome(target, sql_ledger_step_outcome, values, done, ours, error);
}

bool ledger_finish_open_step(Conn *target, int64_t migration, const char *name, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_finish_open_step, PARAMS(number_text(arena, migration), name), NULL, error);
}

bool ledger_left_open(Arena *arena, Conn *target, int64_t migration, int64_t *open, char **first, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_left_open, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    *open = result_number(result, 0, 0);
    *first = result_copy(arena, result, 0, 1);
    return true;
}

bool ledger_count_open(Arena *arena, Conn *target, int64_t migration, const StringList *steps, int64_t *open,
                       Error *error)
{
    Params values = PARAMS(number_text(arena, migration), quote_array(arena, steps->items, steps->count));
    AUTO(Result) *result = conn_query(target, sql_ledger_count_open, values, error);
    if (!result)
        return false;
    *open = result_number(result, 0, 0);
    return true;
}

void books_add(Books *sum, const Books *more)
{
    sum->driving += more->driving;
    sum->read += more->read;
    sum->written += more->written;
    sum->unchanged += more->unchanged;
    sum->merged += more->merged;
    sum->filtered += more->filtered;
    sum->rejected += more->rejected;
    sum->bytes += more->bytes;
    sum->refused += more->refused;
    sum->summed = sum->summed && more->summed;
    sum->row_sum += more->row_sum;
}

bool ledger_finish_chunk(Conn *target, int64_t chunk, const Books *books, const ChunkEnd *end, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    int64_t affected = 0;
    Params values = PARAMS(number_text(arena, chunk), number_text(arena, books->driving),
                           number_text(arena, books->read), number_text(arena, books->written),
                           number_text(arena, books->unchanged), number_text(arena, books->merged),
                           number_text(arena, books->filtered), number_text(arena, books->rejected),
                           number_text(arena, books->bytes), arena_printf(arena, "%.6f", end->seconds), end->worker,
                           end->snapshot, books->summed ? number_text(arena, (int64_t)books->row_sum) : NULL);
    return conn_exec(target, sql_ledger_finish_chunk, values, &affected, error) &&
           expect_one(affected, "the chunk", error);
}

bool ledger_sent_sum(Conn *target, int64_t migration, const char *entity, const char *seen, SentSum *sum, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result =
        conn_query(target, sql_ledger_sent_sum, PARAMS(number_text(arena, migration), entity, seen), error);
    *sum = (SentSum){0};
    if (result && result_rows(result) > 0)
        *sum = (SentSum){true, result_number(result, 0, 0), strtoull(result_text(result, 0, 1), NULL, 10)};
    return result != NULL;
}

bool ledger_fail_step(Conn *target, int64_t migration, const char *name, const Error *why, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Text message = text_new(arena);
    text_add(&message, why->message);
    if (*why->detail)
        text_addf(&message, "\n%s", why->detail);
    if (*why->hint)
        text_addf(&message, "\n%s", why->hint);
    return conn_exec(target, sql_ledger_fail_step,
                     PARAMS(number_text(arena, migration), name, message.chars, why->sqlstate), NULL, error);
}

bool ledger_is_open(Conn *target, const LedgerScope *scope, bool *open, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result =
        conn_query(target, sql_ledger_is_open, PARAMS(number_text(arena, scope->migration), scope->steps), error);
    if (!result)
        return false;
    *open = result_bool(result, 0, 0);
    return true;
}

static size_t values_count(const char *const *values, KeySetKind kind, size_t columns)
{
    return values ? (kind == KEYSET_CTID ? 1 : columns) : 0;
}

bool ledger_add_chunks(Conn *target, int64_t migration, const char *entity, const ChunkRangeList *chunks, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *id = number_text(arena, migration);
    FOR_EACH(ChunkRange, chunk, *chunks) {
        size_t low = values_count(chunk->low, chunk->kind, chunk->columns);
        size_t high = values_count(chunk->high, chunk->kind, chunk->columns);
        Params values =
            PARAMS(id, entity, method_of_kind(chunk->kind), low ? quote_array(arena, chunk->low, low) : NULL,
                   high ? quote_array(arena, chunk->high, high) : NULL, number_text(arena, chunk->estimated_rows));
        if (!conn_exec(target, sql_ledger_add_chunk, values, NULL, error))
            return false;
    }
    return true;
}

bool ledger_split_chunk(Conn *target, int64_t chunk, const char *const *middle, size_t count, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_split_chunk,
                     PARAMS(number_text(arena, chunk), quote_array(arena, middle, count)), NULL, error);
}

static ChunkRange range_of(Arena *arena, const Result *result, int row)
{
    return (ChunkRange){.kind = ledger_kind_of_method(result_text(result, row, 0)),
                        .low = result_list(arena, result, row, 1).items,
                        .high = result_list(arena, result, row, 2).items,
                        .estimated_rows = result_number(result, row, 3)};
}

bool ledger_next_chunk(Arena *arena, Conn *target, int64_t migration, const char *entity, ChunkRange *chunk,
                       bool *found, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), entity);
    AUTO(Result) *result = conn_query(target, sql_ledger_next_chunk, values, error);
    if (!result)
        return false;
    *found = result_rows(result) > 0;
    if (*found)
        *chunk = range_of(arena, result, 0);
    return true;
}
