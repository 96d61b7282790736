/* A plan written into the ledger, and what it needs to be made again in the same way. */
#include "ledger/held.h"
#include "ledger/ledger.h"
#include "ledger/number.h"

#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

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

static bool refuse_change(const EntityPlan *entity, int64_t done, int64_t total, Error *error)
{
    error_set(error, ERROR_STATE,
              "what entity \"%s\" writes was changed in the manifest after %" PRId64 " of its %" PRId64
              " chunks were moved: old and new rows would be mixed",
              entity->entity->name, done, total);
    return error_hint(error, "Put the old version back and run again, or give the migration another name to begin anew.");
}

/* An entity may change as long as nothing of it was moved. */
static bool replace_changed(Arena *arena, Conn *target, int64_t migration, const EntityPlan *entity, Error *error)
{
    const char *id = number_text(arena, migration), *name = entity->entity->name;
    AUTO(Result) *result =
        conn_query(target, sql_ledger_changed_entities, PARAMS(id, name, entity->fingerprint), error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    if (result_number(result, 0, 0) > 0)
        return refuse_change(entity, result_number(result, 0, 0), result_number(result, 0, 1), error);
    Params values = PARAMS(id, name, entity->fingerprint, way_name(entity->way), chunk_method_name(entity->chunks));
    return conn_exec(target, sql_ledger_replace_entity, values, NULL, error) &&
           conn_exec(target, sql_ledger_forget_chunks, PARAMS(id, name), NULL, error);
}

static bool add_entity(Arena *arena, Conn *target, int64_t migration, const EntityPlan *entity, int64_t position, Error *error)
{
    Params values = PARAMS(number_text(arena, migration), entity->entity->name, number_text(arena, position),
                           entity->into->schema, entity->into->name, way_name(entity->way), chunk_method_name(entity->chunks),
                           entity->gathered->into_empty ? "true" : "false", entity->fingerprint,
                           number_text(arena, entity->estimated_rows));
    return conn_exec(target, sql_ledger_add_entity, values, NULL, error) &&
           replace_changed(arena, target, migration, entity, error);
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
        if (!add_entity(arena, target, migration, entity, entity - plan->entities.items, error))
            return false;
    FOR_EACH(Step, step, plan->steps)
        if (!add_step(arena, target, migration, plan, step, error))
            return false;
    return conn_exec(target, sql_ledger_retry_steps, PARAMS(number_text(arena, migration)), NULL, error);
}
