#include "ledger/ledger.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/flag.h"
#include "ledger/key.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

/* Any constant will do as long as every rehome uses the same: this one reads "rehome" in ASCII. */
#define SETUP_LOCK "125784153939301"

static const char *const upgrades[] = {sql_ledger_upgrade_001, sql_ledger_upgrade_002, sql_ledger_upgrade_003,
                                       sql_ledger_upgrade_004, sql_ledger_upgrade_005, sql_ledger_upgrade_006,
                                       sql_ledger_upgrade_007, sql_ledger_upgrade_008, sql_ledger_upgrade_009,
                                       sql_ledger_upgrade_010, sql_ledger_upgrade_011, sql_ledger_upgrade_012,
                                       sql_ledger_upgrade_013, sql_ledger_upgrade_014, sql_ledger_upgrade_015,
                                       sql_ledger_upgrade_016, sql_ledger_upgrade_017, sql_ledger_upgrade_018,
                                       sql_ledger_upgrade_019};
enum { LEDGER_VERSION = sizeof upgrades / sizeof *upgrades };

static bool is_there(Conn *target, bool *installed, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_is_installed, NO_PARAMS, error);
    if (!result)
        return false;
    *installed = !result_is_null(result, 0, 0);
    return true;
}

static bool installed_version(Conn *target, int64_t *version, Error *error)
{
    bool installed = false;
    *version = 0;
    if (!is_there(target, &installed, error))
        return false;
    if (!installed)
        return true;
    AUTO(Result) *result = conn_query(target, sql_ledger_version, NO_PARAMS, error);
    if (!result)
        return false;
    *version = result_number(result, 0, 0);
    if (*version <= LEDGER_VERSION)
        return true;
    error_set(error, ERROR_STATE, "the ledger in the target has version %" PRId64 ", this rehome knows up to %d",
              *version, LEDGER_VERSION);
    return error_hint(error, "A newer rehome has worked here: use that one.");
}

bool ledger_is_installed(Conn *target, bool *installed, Error *error)
{
    int64_t version = 0;
    if (!installed_version(target, &version, error))
        return false;
    *installed = version > 0;
    return true;
}

bool ledger_insist_on_current(Conn *target, Error *error)
{
    int64_t version = 0;
    if (!installed_version(target, &version, error))
        return false;
    if (version == LEDGER_VERSION)
        return true;
    error_set(error, ERROR_STATE, "the ledger in the target is that of an older rehome (version %" PRId64 " of %d)",
              version, LEDGER_VERSION);
    return error_hint(error, "`rehome run` brings it up to date.");
}

static bool upgrade(Conn *target, Error *error)
{
    int64_t version = 0;
    if (!conn_exec(target, "SELECT pg_catalog.pg_advisory_xact_lock(" SETUP_LOCK ")", NO_PARAMS, NULL, error) ||
        !installed_version(target, &version, error))
        return false;
    for (; version < LEDGER_VERSION; version++) {
        AUTO(Arena) *arena = arena_new();
        const char *number = arena_printf(arena, "%" PRId64, version + 1);
        if (!conn_script(target, upgrades[version], error) ||
            !conn_exec(target, "INSERT INTO rehome.version (version) VALUES ($1::int)", PARAMS(number), NULL, error))
            return false;
    }
    return true;
}

bool ledger_install(Conn *target, Error *error)
{
    int64_t version = 0;
    if (!installed_version(target, &version, error))
        return false;
    if (version == LEDGER_VERSION)
        return true;
    if (conn_in_transaction(target))
        return upgrade(target, error) || error_doing(error, "installing the ledger (schema rehome) in the target");
    if (conn_begin(target, "", error) && upgrade(target, error) && conn_commit(target, error))
        return true;
    conn_rollback(target);
    return error_doing(error, "installing the ledger (schema rehome) in the target");
}

static char *params_json(Arena *arena, const Manifest *manifest)
{
    json_auto_t *object = json_object();
    FOR_EACH(Param, param, manifest->params)
        if (param->value)
            json_object_set_new(object, param->name, json_string(param->value));
    return json_text(arena, object, JSON_COMPACT | JSON_SORT_KEYS);
}

bool ledger_find(Arena *arena, Conn *target, const Manifest *manifest, int64_t *migration, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, sql_ledger_find, PARAMS(manifest->name, params_json(arena, manifest)), error);
    if (!result)
        return false;
    *migration = result_rows(result) > 0 ? result_number(result, 0, 0) : 0;
    return true;
}

bool ledger_register(Arena *arena, Conn *target, const Manifest *manifest, int64_t *migration, Error *error)
{
    return conn_exec(target, sql_ledger_register, PARAMS(manifest->name, params_json(arena, manifest)), NULL, error) &&
           ledger_find(arena, target, manifest, migration, error) &&
           key_remember(target, *migration, manifest->token_key, error) && flag_add(target, manifest, error);
}

static bool setup_lock(Conn *target, const char *function, const Manifest *manifest, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const char *sql =
        arena_printf(arena, "SELECT pg_catalog.%s(pg_catalog.hashtextextended($1, " SETUP_LOCK "))", function);
    return conn_exec(target, sql, PARAMS(manifest->name), NULL, error);
}

bool ledger_lock_setup(Conn *target, const Manifest *manifest, Error *error)
{
    return setup_lock(target, "pg_advisory_lock", manifest, error);
}

bool ledger_unlock_setup(Conn *target, const Manifest *manifest, Error *error)
{
    return setup_lock(target, "pg_advisory_unlock", manifest, error);
}

bool ledger_refuse_rolling_back(Conn *target, int64_t migration, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result = conn_query(
        target, "SELECT FROM rehome.migration m WHERE m.id = $1::bigint AND pg_catalog.to_jsonb(m) ->> 'rolling_back' IS NOT NULL",
        PARAMS(arena_printf(arena, "%" PRId64, migration)), error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    error_set(error, ERROR_STATE, "a rollback of this migration was begun and is not finished");
    return error_hint(error, "`rehome rollback` goes on with it; after that `rehome run` moves again.");
}

bool ledger_discard_left(Arena *arena, Conn *target, int64_t migration, Error *error)
{
    Params values = PARAMS(arena_printf(arena, "%" PRId64, migration));
    if (!conn_exec(target, "UPDATE rehome.backup SET state = 'past' WHERE migration = $1::bigint AND state = 'kept'", values, NULL, error))
        return false;
    AUTO(Result) *left = conn_query(
        target, "DELETE FROM rehome.undo WHERE migration = $1::bigint AND state = 'left' AND kind <> 'object' RETURNING id, CASE WHEN kind IN ('rows', 'replaced') THEN images END",
        values, error);
    for (int row = 0; left && row < result_rows(left); row++) {
        if (result_is_null(left, row, 1))
            continue;
        const char *sql = arena_printf(arena, "DELETE FROM %s WHERE rehome_undo = %s",
                                       quote_qualified(arena, "rehome", result_text(left, row, 1)), result_text(left, row, 0));
        if (!conn_exec(target, sql, NO_PARAMS, NULL, error))
            return false;
    }
    return left != NULL;
}
