#include "ledger/redo.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

bool redo_lock(Arena *arena, Conn *target, int64_t migration, const char *entity, const char **fingerprint,
               const char **into, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, sql_ledger_lock_entity, PARAMS(number_text(arena, migration), entity), error);
    if (!result)
        return false;
    *fingerprint = *into = NULL;
    if (result_rows(result) == 0)
        return true;
    *fingerprint = result_copy(arena, result, 0, 0);
    *into = quote_qualified(arena, result_text(result, 0, 1), result_text(result, 0, 2));
    return true;
}

bool redo_last(Conn *target, int64_t migration, int64_t *id, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result = conn_query(target, sql_ledger_last_reject, PARAMS(number_text(arena, migration)), error);
    *id = result ? result_number(result, 0, 0) : 0;
    return result != NULL;
}

bool redo_pick(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, const char *parents,
               StringList *ids, Error *error)
{
    if (!parents)
        return reject_ids(arena, target, migration, filter, ids, error);
    Params values = PARAMS(number_text(arena, migration), filter->entity, parents, number_text(arena, filter->after),
                           number_text(arena, filter->limit), number_text(arena, filter->upto));
    AUTO(Result) *result = conn_query(target, sql_ledger_pick_parked, values, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, ids, result_copy(arena, result, row, 0));
    return result != NULL;
}

bool redo_keys(Arena *arena, Conn *target, int64_t migration, const char *entity, const StringList *ids,
               const StringList *columns, RedoKeyList *keys, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), entity, quote_array(arena, ids->items, ids->count),
                           quote_array(arena, columns->items, columns->count));
    AUTO(Result) *result = conn_query(target, sql_ledger_redo_keys, values, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        LIST_PUSH(arena, keys,
                  ((RedoKey){.json = result_copy(arena, result, row, 0),
                             .values = result_list(arena, result, row, 1).items,
                             .rows = result_number(result, row, 2),
                             .attempts = result_number(result, row, 3)}));
    }
    return result != NULL;
}

static const char *documents(Arena *arena, const RedoKeyList *keys)
{
    StringList texts = {0};
    FOR_EACH(const RedoKey, key, *keys)
        LIST_PUSH(arena, &texts, key->json);
    return quote_array(arena, texts.items, texts.count);
}

bool redo_drop(Conn *target, int64_t migration, const char *entity, const RedoKeyList *keys, int64_t *rows,
               Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_redo_drop,
                     PARAMS(number_text(arena, migration), entity, documents(arena, keys)), rows, error);
}

bool redo_count(Conn *target, int64_t migration, const char *entity, int64_t chunk, const RedoKeyList *keys,
                Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList attempts = {0};
    FOR_EACH(const RedoKey, key, *keys)
        LIST_PUSH(arena, &attempts, number_text(arena, key->attempts));
    Params values = PARAMS(number_text(arena, migration), entity, number_text(arena, chunk), documents(arena, keys),
                           quote_array(arena, attempts.items, attempts.count));
    return conn_exec(target, sql_ledger_redo_count, values, NULL, error);
}

bool redo_mend(Conn *target, int64_t migration, const char *entity, const char *fingerprint, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_mend_entity, PARAMS(number_text(arena, migration), entity, fingerprint), NULL,
                     error);
}

bool redo_reopen(Conn *target, int64_t migration, const char *into, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_reopen_table, PARAMS(number_text(arena, migration), into), NULL, error);
}
