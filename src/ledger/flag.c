#include "ledger/flag.h"

#include "sql/embedded.h"

static const char *value_text(bool value)
{
    return value ? "true" : "false";
}

bool flag_add(Conn *target, const Manifest *manifest, Error *error)
{
    FOR_EACH(const Flag, flag, manifest->flags)
        if (!conn_exec(target, sql_ledger_add_flag, PARAMS(flag->name, value_text(flag->first), manifest->name), NULL,
                       error))
            return error_doing(error, "adding flag \"%s\"", flag->name);
    return manifest->flags.count == 0 || conn_exec(target, sql_ledger_open_flags, NO_PARAMS, NULL, error);
}

bool flag_load(Arena *arena, Conn *target, FlagStateList *flags, Error *error)
{
    AUTO(Result) *there =
        conn_query(target, "SELECT pg_catalog.to_regclass('rehome.flag') IS NOT NULL", NO_PARAMS, error);
    if (!there || !result_bool(there, 0, 0))
        return there != NULL;
    AUTO(Result) *result = conn_query(target, sql_ledger_flags, NO_PARAMS, error);
    for (int i = 0; result && i < result_rows(result); i++)
        LIST_PUSH(arena, flags,
                  ((FlagState){.name = result_copy(arena, result, i, 0),
                               .value = result_bool(result, i, 1),
                               .migration = result_copy(arena, result, i, 2),
                               .changed_at = result_copy(arena, result, i, 3),
                               .changed_by = result_copy(arena, result, i, 4)}));
    return result != NULL;
}

bool flag_set(Conn *target, const char *name, bool value, bool *changed, Error *error)
{
    int64_t rows = 0;
    if (!conn_exec(target, sql_ledger_set_flag, PARAMS(name, value_text(value)), &rows, error))
        return error_doing(error, "setting flag \"%s\"", name);
    *changed = rows > 0;
    return true;
}
