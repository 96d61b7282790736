#include "engine/allowance.h"

static bool stop_entity(Arena *arena, Worker *worker, const BudgetState *budget, Error *error)
{
    const char *step = arena_printf(arena, "copy %s", budget->entity);
    error_set(error, ERROR_STATE, "entity \"%s\" has more rejects than its budget: %s", budget->entity,
              budget_print(arena, budget));
    error_hint(error,
               "`rehome rejects` lists them. Mend the transform and `rehome rejects retry`, `rehome rejects waive`, "
               "or raise the budget.");
    worker_record_failure(worker, step, error);
    worker_tell_failed(worker, budget->entity, step, error);
    return false;
}

/* Most entities have no budget to ask for. */
static bool has_budget(const Manifest *manifest, const Entity *entity)
{
    FOR_EACH(const RejectRule, rule, entity->rejects)
        if (rule->budget)
            return true;
    return manifest->max_rejects || entity->max_rejects || entity->budgets.count > 0;
}

bool allowance_exceeded(Arena *arena, const Session *session, Conn *target, const EntityPlan *entity, const BudgetState **over,
                        Error *error)
{
    BudgetStateList budgets = {0};
    *over = NULL;
    if (!has_budget(session->manifest, entity->entity))
        return true;
    if (!budget_load(arena, target, session->migration, entity->entity->name, &budgets, error))
        return false;
    FOR_EACH(const BudgetState, budget, budgets)
        if (budget->written && budget_is_over(budget) && !*over)
            *over = budget;
    return true;
}

bool allowance_check(Arena *arena, Worker *worker, const EntityPlan *entity, Error *error)
{
    const BudgetState *over = NULL;
    return allowance_exceeded(arena, worker->crew->session, worker->target, entity, &over, error) &&
           (!over || stop_entity(arena, worker, over, error));
}
