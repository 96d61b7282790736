#include "ledger/change.h"

#include "ledger/number.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

ChangeRemedy change_remedy(const EntityPlan *entity, const Change *change)
{
    if (change->done == 0)
        return CHANGE_CUT_ANEW;
    if (entity->gathered->into_empty && change->fillers == 1 && change->rows == change->written)
        return CHANGE_EMPTY;
    if (entity->write == WRITE_UPSERT && !entity->gathered->into_empty)
        return CHANGE_AGAIN;
    return CHANGE_REFUSE;
}

static bool refuse(const EntityPlan *entity, const Change *change, Error *error)
{
    error_set(error, ERROR_STATE,
              "what entity \"%s\" writes was changed after %" PRId64 " of its %" PRId64
              " chunks were moved: old and new rows would be mixed in %s",
              entity->entity->name, change->done, change->chunks, entity->into->sql_name);
    return error_hint(error, "Put the old version back and run again, or remove its rows and give the migration another name.");
}

static bool measure(Arena *arena, Conn *target, const EntityPlan *entity, const Result *found, Change *change, Error *error)
{
    *change = (Change){.done = result_number(found, 0, 0),
                       .chunks = result_number(found, 0, 1),
                       .written = result_number(found, 0, 2),
                       .fillers = result_number(found, 0, 3)};
    if (change->done == 0)
        return true;
    AUTO(Result) *rows =
        conn_query(target, arena_printf(arena, "SELECT count(*) FROM %s", entity->into->sql_name), NO_PARAMS, error);
    change->rows = rows ? result_number(rows, 0, 0) : 0;
    return rows != NULL;
}

static bool is_done_again(const Step *step, const EntityPlan *entity)
{
    bool of_entity = step->entity == entity && (step->kind == STEP_CUT || step->kind == STEP_COPY);
    bool of_table = step->relation == entity->into &&
                    (step->kind == STEP_SEQUENCE || step->kind == STEP_ANALYZE || step->kind == STEP_VERIFY);
    return of_entity || of_table || step->kind == STEP_CHECK_AFTER;
}

static bool forget(Arena *arena, Conn *target, const char *migration, const Plan *plan, const EntityPlan *entity, Error *error)
{
    StringList steps = {0};
    FOR_EACH(const Step, step, plan->steps)
        if (is_done_again(step, entity))
            LIST_PUSH(arena, &steps, step->name);
    Params forgotten = PARAMS(migration, entity->entity->name, quote_array(arena, steps.items, steps.count));
    Params replaced = PARAMS(migration, entity->entity->name, entity->fingerprint, way_name(entity->way),
                             chunk_method_name(entity->chunks));
    return conn_exec(target, sql_ledger_forget_entity, forgotten, NULL, error) &&
           conn_exec(target, sql_ledger_replace_entity, replaced, NULL, error);
}

bool change_apply(Arena *arena, Conn *target, int64_t migration, const Plan *plan, const EntityPlan *entity, Error *error)
{
    const char *id = number_text(arena, migration);
    AUTO(Result) *found =
        conn_query(target, sql_ledger_changed_entity, PARAMS(id, entity->entity->name, entity->fingerprint), error);
    if (!found || result_rows(found) == 0)
        return found != NULL;
    Change change;
    if (!measure(arena, target, entity, found, &change, error))
        return false;
    ChangeRemedy remedy = change_remedy(entity, &change);
    if (remedy == CHANGE_REFUSE)
        return refuse(entity, &change, error);
    const char *empty = arena_printf(arena, "DELETE FROM %s", entity->into->sql_name);
    if (remedy == CHANGE_EMPTY && !conn_exec(target, empty, NO_PARAMS, NULL, error))
        return error_doing(error, "emptying %s, because entity \"%s\" was changed", entity->into->sql_name, entity->entity->name);
    return forget(arena, target, id, plan, entity, error);
}
