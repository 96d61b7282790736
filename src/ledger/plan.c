/* A plan written into the ledger, and what it needs to be made again in the same way. */
#include "ledger/budget.h"
#include "ledger/change.h"
#include "ledger/crosswalk.h"
#include "ledger/held.h"
#include "ledger/ledger.h"
#include "ledger/number.h"
#include "ledger/uncovered.h"
#include "ledger/undo.h"

#include "pg/quote.h"
#include "plan/refresh.h"
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

static bool add_entity(Arena *arena, Conn *target, int64_t migration, const Plan *plan, const EntityPlan *entity,
                       Error *error)
{
    Params values =
        PARAMS(number_text(arena, migration), entity->entity->name, number_text(arena, entity - plan->entities.items),
               entity->into->schema, entity->into->name, way_name(entity->way), chunk_method_name(entity->chunks),
               entity->gathered->into_empty ? "true" : "false", entity->fingerprint,
               number_text(arena, entity->estimated_rows), entity->into->sql_name, undo_name(entity->undo));
    return conn_exec(target, sql_ledger_add_entity, values, NULL, error);
}

/* By name, as the manifest writes it; the sources of a merge may read one table twice. */
static const char *tables_of(Arena *arena, const Entity *entity)
{
    StringList tables = {0};
    FOR_EACH(const Name, from, entity->from)
        if (!string_list_contains(&tables, from->text))
            LIST_PUSH(arena, &tables, from->text);
    return quote_array(arena, tables.items, tables.count);
}

static void add_text(Arena *arena, StringList *texts, const Sql *sql)
{
    const char *title = sql->text ? step_script_title(arena, sql) : NULL;
    if (title && !string_list_contains(texts, title))
        LIST_PUSH(arena, texts, title);
}

/* Not the SQL itself: it may hold what only who reads the files may know. */
static bool describe_entity(Arena *arena, Conn *target, int64_t migration, const EntityPlan *plan, Error *error)
{
    const Entity *entity = plan->entity;
    StringList texts = {0};
    add_text(arena, &texts, &entity->transform);
    if (entity->merge)
        FOR_EACH(const Entity, source, entity->merge->sources)
            add_text(arena, &texts, &source->transform);
    add_text(arena, &texts, &entity->load);
    Params values = PARAMS(number_text(arena, migration), entity->name, tables_of(arena, entity),
                           write_mode_name(plan->write), quote_array(arena, texts.items, texts.count));
    return conn_exec(target, sql_ledger_describe_entity, values, NULL, error);
}

enum { STEP_COLUMNS = 10 };

static void add_step(Arena *arena, const Plan *plan, const Step *step, StringList columns[STEP_COLUMNS])
{
    const char *values[STEP_COLUMNS] = {
        step->name,
        number_text(arena, step - plan->steps.items),
        step_rule(step->kind)->name,
        step->entity ? step->entity->entity->name : NULL,
        step->relation ? step->relation->sql_name : NULL,
        step->reason,
        quote_array(arena, step->needs.items, step->needs.count),
        number_text(arena, step->weight),
        step_action(arena, plan, step),
        held_print(arena, step, plan->gathered->target),
    };
    for (int i = 0; i < STEP_COLUMNS; i++)
        LIST_PUSH(arena, &columns[i], values[i]);
}

/* In one statement: there may be many hundreds. */
static bool add_steps(Arena *arena, Conn *target, int64_t migration, const Plan *plan, Error *error)
{
    StringList columns[STEP_COLUMNS] = {0};
    FOR_EACH(const Step, step, plan->steps)
        add_step(arena, plan, step, columns);
    const char *values[1 + STEP_COLUMNS] = {number_text(arena, migration)};
    for (int i = 0; i < STEP_COLUMNS; i++)
        values[1 + i] = quote_array(arena, columns[i].items, columns[i].count);
    return conn_exec(target, sql_ledger_add_steps, (Params){values, 1 + STEP_COLUMNS}, NULL, error);
}

/* ---- what the manifest no longer asks for ---- */

static const char *step_names(Arena *arena, const Plan *plan)
{
    StringList names = {0};
    FOR_EACH(const Step, step, plan->steps)
        LIST_PUSH(arena, &names, step->name);
    return quote_array(arena, names.items, names.count);
}

static const char *table_names(Arena *arena, const Plan *plan)
{
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities)
        LIST_PUSH(arena, &names, entity->into->sql_name);
    return quote_array(arena, names.items, names.count);
}

/* An index that was dropped for the copy must come back, so the manifest cannot stop holding it back half-way. */
static bool refuse_stranded(Arena *arena, Conn *target, const char *migration, const Plan *plan, Error *error)
{
    Params values = PARAMS(migration, step_names(arena, plan), table_names(arena, plan));
    AUTO(Result) *result = conn_query(target, sql_ledger_stranded_step, values, error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    error_set(error, ERROR_STATE,
              "step \"%s\" is still to bring back what was taken from %s, but the manifest no longer asks for it",
              result_text(result, 0, 0), result_text(result, 0, 1));
    return error_hint(
        error, "Put `write`, `indexes` or `triggers` of its entity back as they were until the migration is done.");
}

static bool is_whole(const Plan *plan)
{
    return plan->gathered->entities.count == plan->manifest->entities.count;
}

static const char *entity_names(Arena *arena, const Plan *plan)
{
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities)
        LIST_PUSH(arena, &names, entity->entity->name);
    return quote_array(arena, names.items, names.count);
}

static bool retire(Arena *arena, Conn *target, const char *migration, const Plan *plan, Error *error)
{
    return refuse_stranded(arena, target, migration, plan, error) &&
           (!is_whole(plan) ||
            (conn_exec(target, sql_ledger_retire_steps, PARAMS(migration, step_names(arena, plan)), NULL, error) &&
             conn_exec(target, sql_ledger_retire_entities, PARAMS(migration, entity_names(arena, plan)), NULL, error)));
}

/* The manifest's tables that a materialised view reads, those of --only's others too; NULL when it reads none that is
 * known. */
static const char *tables_read(Arena *arena, const Plan *plan, const Relation *view)
{
    StringList tables = {0};
    const Catalog *target = plan->gathered->target;
    FOR_EACH(const Entity, entity, plan->manifest->entities) {
        const Relation *into = catalog_relation(target, entity->into.schema, entity->into.name);
        if (into && refresh_reads(target, view, into->oid))
            LIST_PUSH(arena, &tables, into->sql_name);
    }
    return tables.count > 0 ? quote_array(arena, tables.items, tables.count) : NULL;
}

static bool reopen_refresh(Arena *arena, Conn *target, const char *migration, const Plan *plan, Error *error)
{
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == STEP_REFRESH &&
            !conn_exec(target, sql_ledger_reopen_refresh,
                       PARAMS(migration, step->name, tables_read(arena, plan, step->relation)), NULL, error))
            return false;
    return true;
}

bool ledger_plan(Arena *arena, Conn *target, int64_t migration, const Plan *plan, StringList *notes, Error *error)
{
    if (!crosswalk_install(arena, target, plan, error) || !undo_install(arena, target, plan, error))
        return false;
    FOR_EACH(EntityPlan, entity, plan->entities)
        if (!add_entity(arena, target, migration, plan, entity, error) ||
            !describe_entity(arena, target, migration, entity, error) ||
            !budget_write(target, migration, plan->manifest, entity->entity, error))
            return false;
    if (!add_steps(arena, target, migration, plan, error) ||
        !change_apply(arena, target, migration, plan, notes, error) ||
        !uncovered_record(target, migration, plan, error))
        return false;
    const char *id = number_text(arena, migration);
    return retire(arena, target, id, plan, error) &&
           conn_exec(target, sql_ledger_reopen_steps, PARAMS(id), NULL, error) &&
           reopen_refresh(arena, target, id, plan, error) &&
           add_steps(arena, target, migration, plan, error) && /* what was opened again waits for what is new */
           conn_exec(target, sql_ledger_retry_steps, PARAMS(id), NULL, error);
}

/* ---- when another process plans anew ---- */

bool ledger_refuse_outdated(const char *entity, Error *error)
{
    error_set(error, ERROR_STATE, "entity \"%s\" was planned anew by another process", entity);
    return error_hint(error, "Run again.");
}

bool ledger_insist_on_plan(Conn *target, int64_t migration, const Plan *plan, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    StringList fingerprints = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities)
        LIST_PUSH(arena, &fingerprints, entity->fingerprint);
    AUTO(Result) *changed = conn_query(target, sql_ledger_outdated_entity,
                                       PARAMS(number_text(arena, migration), entity_names(arena, plan),
                                              quote_array(arena, fingerprints.items, fingerprints.count)),
                                       error);
    return changed && (result_rows(changed) == 0 || ledger_refuse_outdated(result_text(changed, 0, 0), error));
}
