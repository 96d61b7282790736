#include "ledger/uncovered.h"

#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

static bool record(Conn *target, int64_t migration, const char *side, const UncoveredList *list, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList names = {0}, kinds = {0}, relations = {0}, columns = {0}, reasons = {0};
    FOR_EACH(const Uncovered, left, *list) {
        LIST_PUSH(arena, &names, left->title);
        LIST_PUSH(arena, &kinds, left->kind);
        LIST_PUSH(arena, &relations, left->relation ? left->relation->sql_name : NULL);
        LIST_PUSH(arena, &columns, left->column ? left->column->name : NULL);
        LIST_PUSH(arena, &reasons, left->reason);
    }
    Params values = PARAMS(number_text(arena, migration), side, quote_array(arena, names.items, names.count),
                           quote_array(arena, kinds.items, kinds.count),
                           quote_array(arena, relations.items, relations.count),
                           quote_array(arena, columns.items, columns.count),
                           quote_array(arena, reasons.items, reasons.count));
    return conn_exec(target, sql_ledger_record_uncovered, values, NULL, error);
}

bool uncovered_record(Conn *target, int64_t migration, const Plan *plan, Error *error)
{
    if (plan->entities.count < plan->manifest->entities.count)
        return true;
    return record(target, migration, "old", &plan->not_carried, error) &&
           record(target, migration, "new", &plan->not_filled, error);
}
