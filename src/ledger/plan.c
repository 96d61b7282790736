/* A plan written into the ledger, and what it needs to be made again in the same way. */
#include "ledger/change.h"
#include "ledger/held.h"
#include "ledger/ledger.h"
#include "ledger/number.h"

#include "pg/quote.h"
#include "sql/embedded.h"


bool ledger_patch_catalog(Arena *arena, Conn *target, int64_t migration, Catalog *catalog, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_held, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++)
        if (!held_restore(arena, result_text(result, row, 0), catalog, error))
            return false;
    return true;
}

static bool add_entity(Arena *arena, Conn *target, int64_t migration, const Plan *plan, const EntityPlan *entity, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), entity->entity->name, number_text(arena, entity - plan->entities.items),
                           entity->into->schema, entity->into->name, way_name(entity->way), chunk_method_name(entity->chunks),
                           entity->gathered->into_empty ? "true" : "false", entity->fingerprint,
                           number_text(arena, entity->estimated_rows));
    return conn_exec(target, sql_ledger_add_entity, values, NULL, error);
}

static bool add_step(Arena *arena, Conn *target, int64_t migration, const Plan *plan, const Step *step, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), step->name, number_text(arena, step - plan->steps.items),
                           step_rule(step->kind)->name, step->entity ? step->entity->entity->name : NULL, step->reason,
                           quote_array(arena, step->needs.items, step->needs.count), number_text(arena, step->weight),
                           step_action(arena, plan, step), held_print(arena, step, plan->gathered->target));
    return conn_exec(target, sql_ledger_add_step, values, NULL, error);
}

bool ledger_plan(Arena *arena, Conn *target, int64_t migration, const Plan *plan, Error *error)
{
    FOR_EACH(EntityPlan, entity, plan->entities)
        if (!add_entity(arena, target, migration, plan, entity, error))
            return false;
    FOR_EACH(Step, step, plan->steps)
        if (!add_step(arena, target, migration, plan, step, error))
            return false;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (!change_apply(arena, target, migration, plan, entity, error))
            return false;
    return conn_exec(target, sql_ledger_retry_steps, PARAMS(number_text(arena, migration)), NULL, error);
}
