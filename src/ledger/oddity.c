#include "ledger/oddity.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

static const char *tables_of(Arena *arena, const Plan *plan)
{
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (!string_list_contains(&names, entity->into->sql_name))
            LIST_PUSH(arena, &names, entity->into->sql_name);
    return quote_array(arena, names.items, names.count);
}

bool oddity_declare(Arena *arena, Conn *target, int64_t migration, const Plan *plan, bool anew, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), tables_of(arena, plan), anew ? "true" : "false");
    return conn_exec(target, sql_ledger_declare, values, NULL, error) ||
           error_doing(error, "keeping what belongs to the tables");
}

static bool add_rows(Arena *arena, Conn *target, const char *sql, Params values, OddityList *found, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql, values, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, found,
                  ((Oddity){.severity = result_copy(arena, result, row, 0),
                            .relation = result_copy(arena, result, row, 1),
                            .what = result_copy(arena, result, row, 2)}));
    return result != NULL;
}

bool oddity_find_undeclared(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found,
                            Error *error)
{
    Params values = PARAMS(number_text(arena, migration), tables_of(arena, plan));
    return add_rows(arena, target, sql_ledger_undeclared, values, found, error) ||
           error_doing(error, "looking at what belongs to the tables");
}

bool oddity_find_stale(Arena *arena, Conn *target, int64_t migration, const Plan *plan, OddityList *found, Error *error)
{
    StringList views = {0};
    FOR_EACH(const Relation *, view, plan->refresh)
        LIST_PUSH(arena, &views, (*view)->sql_name);
    if (views.count == 0)
        return true;
    Params values = PARAMS(number_text(arena, migration), quote_array(arena, views.items, views.count));
    AUTO(Result) *result = conn_query(target, sql_ledger_stale_views, values, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, found,
                  ((Oddity){.severity = "warn",
                            .relation = result_copy(arena, result, row, 0),
                            .what = arena_printf(arena, "%s; `rehome refresh` does it", result_text(result, row, 1))}));
    return result != NULL;
}

bool oddity_record(Conn *target, int64_t migration, const OddityList *found, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList severities = {0}, relations = {0}, what = {0};
    FOR_EACH(const Oddity, oddity, *found) {
        LIST_PUSH(arena, &severities, oddity->severity);
        LIST_PUSH(arena, &relations, oddity->relation);
        LIST_PUSH(arena, &what, oddity->what);
    }
    Params values = PARAMS(number_text(arena, migration), quote_array(arena, severities.items, severities.count),
                           quote_array(arena, relations.items, relations.count), quote_array(arena, what.items, what.count));
    return conn_exec(target, sql_ledger_record_findings, values, NULL, error);
}

bool oddity_load(Arena *arena, Conn *target, int64_t migration, OddityList *found, Error *error)
{
    AUTO(Result) *there =
        conn_query(target, "SELECT pg_catalog.to_regclass('rehome.finding') IS NOT NULL", NO_PARAMS, error);
    if (!there || !result_bool(there, 0, 0))
        return there != NULL;
    return add_rows(arena, target, sql_ledger_findings, PARAMS(number_text(arena, migration)), found, error);
}

bool oddity_is_error(const Oddity *oddity)
{
    return text_equal(oddity->severity, "error");
}
