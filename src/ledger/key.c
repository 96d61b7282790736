#include "ledger/key.h"

#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

bool key_check(Conn *target, int64_t migration, const TokenKey *key, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    if (!key || migration == 0)
        return true;
    AUTO(Result) *result = conn_query(target, sql_ledger_key, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    const char *known = result_rows(result) > 0 ? result_text(result, 0, 0) : NULL;
    if (!known || text_equal(known, key->check))
        return true;
    error_set(error, ERROR_STATE, "REHOME_TOKEN_KEY is another key than the one that this migration has used so far");
    return error_hint(error, "Tokens and ids would not be the same as before: set the key of the first run.");
}

bool key_remember(Conn *target, int64_t migration, const TokenKey *key, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return !key ||
           conn_exec(target, sql_ledger_remember_key, PARAMS(number_text(arena, migration), key->check), NULL, error);
}
