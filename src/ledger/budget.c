#include "ledger/budget.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

#include <stdlib.h>
#include <string.h>

char *budget_json(Arena *arena, const Manifest *manifest, const Entity *entity)
{
    const char *most = entity->max_rejects ? entity->max_rejects : manifest->max_rejects;
    json_t *reasons = json_object();
    FOR_EACH(const RejectRule, rule, entity->rejects)
        if (rule->budget)
            json_object_set_new(reasons, rule->name, json_string(rule->budget));
    FOR_EACH(const Budget, budget, entity->budgets)
        json_object_set_new(reasons, budget->reason, json_string(budget->most));
    json_t *budgets = json_pack("{s:s*, s:o}", "max_rejects", most, "reasons", reasons);
    char *text = json_text(arena, budgets, JSON_COMPACT);
    json_decref(budgets);
    return text;
}

bool budget_write(Conn *target, int64_t migration, const Manifest *manifest, const Entity *entity, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Params values = PARAMS(number_text(arena, migration), entity->name, budget_json(arena, manifest, entity));
    return conn_exec(target, sql_ledger_set_budgets, values, NULL, error);
}

bool budget_load(Arena *arena, Conn *target, int64_t migration, const char *entity, BudgetStateList *budgets,
                 Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_budgets, PARAMS(number_text(arena, migration), entity), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, budgets,
                  ((BudgetState){.entity = result_copy(arena, result, row, 0),
                                 .name = result_copy(arena, result, row, 1),
                                 .rows = result_number(result, row, 2),
                                 .allowed = result_number(result, row, 3),
                                 .written = result_copy(arena, result, row, 4)}));
    return result != NULL;
}

bool budget_is_over(const BudgetState *budget)
{
    return budget->rows > budget->allowed;
}

int64_t budget_rows_over(const BudgetStateList *budgets)
{
    int64_t rows = 0;
    FOR_EACH(const BudgetState, budget, *budgets)
        if (budget_is_over(budget))
            rows += budget->rows;
    return rows;
}

/* A name of its own goes before its kind, and that before what is left for all. */
static int nearness(const BudgetState *budget, const char *reason)
{
    if (!budget->name)
        return 1;
    if (text_equal(budget->name, reason))
        return 3;
    size_t length = strlen(budget->name);
    return text_starts_with(reason, budget->name) && reason[length] == ':' ? 2 : 0;
}

const BudgetState *budget_of(const BudgetStateList *budgets, const char *entity, const char *reason, bool budgeted)
{
    const BudgetState *best = NULL;
    FOR_EACH(const BudgetState, budget, *budgets)
        if (text_equal(budget->entity, entity) && (budgeted || budget->name) &&
            nearness(budget, reason) > (best ? nearness(best, reason) : 0))
            best = budget;
    return best;
}

char *budget_print(Arena *arena, const BudgetState *budget)
{
    const char *counts = arena_printf(arena, "%s of at most %s", text_of_count(arena, budget->rows),
                                      text_of_count(arena, budget->allowed));
    if (!budget->written)
        return arena_strdup(arena, counts);
    return budget->name ? arena_printf(arena, "%s (budget of %s: %s)", counts, budget->name, budget->written)
                        : arena_printf(arena, "%s (max_rejects: %s)", counts, budget->written);
}
