#include "ledger/change.h"

#include "ledger/crosswalk.h"
#include "ledger/number.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <string.h>

ChangeRemedy change_remedy(const EntityPlan *entity, const Change *change)
{
    if (change->done == 0)
        return CHANGE_CUT_ANEW;
    if (entity->gathered->into_empty && change->others == 0 && change->rows == change->written && !change->finished &&
        !change->touches_others)
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
    return error_hint(
        error, "Put the old version back and run again, or remove its rows and give the migration another name.");
}

static bool has_action(const ForeignKey *key)
{
    const char *on_delete = strstr(key->definition, " ON DELETE ");
    return on_delete && !text_starts_with(on_delete, " ON DELETE NO ACTION") &&
           !text_starts_with(on_delete, " ON DELETE RESTRICT");
}

static bool touches_others(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const ForeignKey, key, plan->gathered->target->foreign_keys)
        if (key->to == relation->oid && has_action(key))
            return true;
    FOR_EACH(const Trigger, trigger, relation->triggers)
        if (trigger->enabled != 'D' && strstr(trigger->definition, "DELETE"))
            return true;
    return false;
}

static bool measure(Arena *arena, Conn *target, const Plan *plan, const EntityPlan *entity, const Result *found,
                    Change *change, Error *error)
{
    *change = (Change){.done = result_number(found, 0, 0),
                       .chunks = result_number(found, 0, 1),
                       .written = result_number(found, 0, 2),
                       .others = result_number(found, 0, 3),
                       .finished = result_bool(found, 0, 4),
                       .touches_others = touches_others(plan, entity->into)};
    if (change->done == 0)
        return true;
    AUTO(Result) *rows =
        conn_query(target, arena_printf(arena, "SELECT count(*) FROM %s", entity->into->sql_name), NO_PARAMS, error);
    change->rows = rows ? result_number(rows, 0, 0) : 0;
    return rows != NULL;
}

/* Rows of a `replace` are not removed a second time. */
static bool is_done_again(const Step *step, const EntityPlan *entity)
{
    bool quietens = step->kind == STEP_READY && entity->entity->hold_triggers && entity->write != WRITE_REPLACE;
    bool of_entity = step->entity == entity && (step->kind == STEP_CUT || step->kind == STEP_COPY || quietens);
    bool of_table = step->relation == entity->into &&
                    (step->kind == STEP_SEQUENCE || step->kind == STEP_ANALYZE || step->kind == STEP_VERIFY);
    return of_entity || of_table || step->kind == STEP_CHECK_AFTER;
}

static bool forget(Arena *arena, Conn *target, const char *migration, const Plan *plan, const EntityPlan *entity,
                   Error *error)
{
    StringList steps = {0};
    FOR_EACH(const Step, step, plan->steps)
        if (is_done_again(step, entity))
            LIST_PUSH(arena, &steps, step->name);
    Params forgotten = PARAMS(migration, entity->entity->name, quote_array(arena, steps.items, steps.count));
    Params replaced = PARAMS(migration, entity->entity->name, entity->fingerprint, way_name(entity->way),
                             chunk_method_name(entity->chunks));
    return conn_exec(target, sql_ledger_forget_entity, forgotten, NULL, error) &&
           crosswalk_forget(arena, target, migration, entity->entity->name, error) &&
           conn_exec(target, sql_ledger_replace_entity, replaced, NULL, error);
}

static bool tell(Conn *target, const char *migration, const EntityPlan *entity, const char *message, Error *error)
{
    return conn_exec(target, sql_ledger_add_event, PARAMS(migration, "entity.changed", entity->entity->name, message),
                     NULL, error);
}

/* An upsert leaves alone what its old version wrote and the new one does not give: nobody removes rows of a table that
 * is not ours. */
static const char *describe(Arena *arena, const EntityPlan *entity, ChangeRemedy remedy)
{
    static const char *const what[] = {
        [CHANGE_CUT_ANEW] = "was changed before anything was moved",
        [CHANGE_EMPTY] = "was changed: its rows were removed from the table that is ours, and are copied again",
        [CHANGE_AGAIN] =
            "was changed: all its rows are upserted again; rows that only its old version gave stay in the table",
        [CHANGE_REFUSE] = ""};
    return arena_printf(arena, "entity \"%s\" %s", entity->entity->name, what[remedy]);
}

static Result *look_up(Conn *target, const char *migration, const Plan *plan, const EntityPlan *entity, Error *error)
{
    AUTO(Arena) *arena = arena_new(); /* it is asked for each entity, and names all of them */
    StringList names = {0}, fingerprints = {0};
    FOR_EACH(const EntityPlan, other, plan->entities) {
        LIST_PUSH(arena, &names, other->entity->name);
        LIST_PUSH(arena, &fingerprints, other->fingerprint);
    }
    return conn_query(target, sql_ledger_changed_entity,
                      PARAMS(migration, entity->entity->name, entity->fingerprint,
                             quote_array(arena, names.items, names.count),
                             quote_array(arena, fingerprints.items, fingerprints.count)),
                      error);
}

static bool begin_anew(Arena *arena, Conn *target, const char *migration, const Plan *plan, const EntityPlan *entity,
                       ChangeRemedy remedy, StringList *notes, Error *error)
{
    const char *note = describe(arena, entity, remedy);
    LIST_PUSH(arena, notes, note);
    return tell(target, migration, entity, note, error) && forget(arena, target, migration, plan, entity, error);
}

/* ---- tables that are emptied ---- */

typedef LIST(const Relation *) TableList;

static bool is_among(const TableList *tables, const Relation *relation)
{
    FOR_EACH(const Relation *, table, *tables)
        if (*table == relation)
            return true;
    return false;
}

static bool points_to(const TableList *tables, const Step *step)
{
    FOR_EACH(const Relation *, table, *tables)
        if (step->foreign_key && step->foreign_key->to == (*table)->oid)
            return true;
    return false;
}

/* What a run takes off a table before it is filled, when it has come back by now. A foreign key to the table is a
 * child's, who keeps its rows: they look for their parents when it comes back once more. */
static bool is_held_again(const TableList *tables, const Step *step)
{
    switch (step->kind) {
    case STEP_PREPARE:
    case STEP_INDEX:
    case STEP_CONSTRAINT:
        return is_among(tables, step->relation);
    case STEP_FOREIGN_KEY:
    case STEP_VALIDATE:
        return is_among(tables, step->relation) || points_to(tables, step);
    default:
        return false;
    }
}

/* A table is not locked for a key that is not there. */
static void drop_foreign_keys(Text *sql, const Plan *plan, const TableList *tables)
{
    FOR_EACH(const Step, step, plan->steps) {
        if (step->kind != STEP_FOREIGN_KEY || !is_held_again(tables, step))
            continue;
        const char *table = step->relation->sql_name, *name = step->foreign_key->name;
        text_addf(sql,
                  "DO $rehome$ BEGIN IF EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = "
                  "%s::pg_catalog.regclass AND conname = %s) THEN ALTER TABLE %s DROP CONSTRAINT %s; END IF; END "
                  "$rehome$;\n",
                  quote_literal(sql->arena, table), quote_literal(sql->arena, name), table, quote_name(sql->arena, name));
    }
}

/* One statement, so that keys which were not held back find neither parents nor children, whichever goes first. */
static void delete_rows(Text *sql, const TableList *tables)
{
    for (size_t i = 0; i + 1 < tables->count; i++)
        text_addf(sql, "%srehome_%zu AS (DELETE FROM %s)", i > 0 ? ", " : "WITH ", i + 1, tables->items[i]->sql_name);
    text_addf(sql, " DELETE FROM %s", tables->items[tables->count - 1]->sql_name);
}

char *change_emptying(Arena *arena, const Plan *plan, const Relation *const *tables, size_t count)
{
    TableList list = {0};
    for (size_t i = 0; i < count; i++)
        LIST_PUSH(arena, &list, tables[i]);
    Text sql = text_new(arena);
    text_add(&sql, "SET LOCAL lock_timeout = '2s';\n");
    drop_foreign_keys(&sql, plan, &list);
    delete_rows(&sql, &list);
    return sql.chars;
}

static const char *print_tables(Arena *arena, const TableList *tables)
{
    StringList names = {0};
    FOR_EACH(const Relation *, table, *tables)
        LIST_PUSH(arena, &names, (*table)->sql_name);
    return string_list_join(arena, &names, ", ");
}

static bool hold_again(Arena *arena, Conn *target, const char *migration, const Plan *plan, const TableList *tables,
                       Error *error)
{
    StringList steps = {0};
    FOR_EACH(const Step, step, plan->steps)
        if (is_held_again(tables, step))
            LIST_PUSH(arena, &steps, step->name);
    return conn_exec(target, sql_ledger_reopen_keys, PARAMS(migration, quote_array(arena, steps.items, steps.count)),
                     NULL, error);
}

/* The rows of all entities that fill a table are gone with it, and all of them were changed. */
static bool empty(Arena *arena, Conn *target, const char *migration, const Plan *plan, const TableList *tables,
                  StringList *notes, Error *error)
{
    if (tables->count == 0)
        return true;
    if (!conn_script(target, change_emptying(arena, plan, tables->items, tables->count), error))
        return error_doing(error, "emptying %s, because what fills it was changed", print_tables(arena, tables));
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (!is_among(tables, entity->into))
            continue;
        AUTO(Result) *found = look_up(target, migration, plan, entity, error);
        if (!found ||
            (result_rows(found) > 0 && !begin_anew(arena, target, migration, plan, entity, CHANGE_EMPTY, notes, error)))
            return false;
    }
    return hold_again(arena, target, migration, plan, tables, error);
}

/* ---- one entity ---- */

/* A process with the old manifest may be in the middle of a chunk, whose rows must be counted, or be cutting new ones.
 * Steps first: whoever cuts is waited for, and the chunks that came of it are seen. */
static bool keep_others_off(Conn *target, const char *migration, const EntityPlan *entity, Error *error)
{
    Params values = PARAMS(migration, entity->entity->name);
    return conn_exec(target, sql_ledger_lock_steps_into, values, NULL, error) &&
           conn_exec(target, sql_ledger_lock_chunks_into, values, NULL, error);
}

/* What has to be emptied is added to `tables`. */
static bool apply(Arena *arena, Conn *target, const char *migration, const Plan *plan, const EntityPlan *entity,
                  TableList *tables, StringList *notes, Error *error)
{
    AUTO(Result) *before = look_up(target, migration, plan, entity, error);
    if (!before || result_rows(before) == 0)
        return before != NULL;
    AUTO(Result) *found =
        keep_others_off(target, migration, entity, error) ? look_up(target, migration, plan, entity, error) : NULL;
    if (!found || result_rows(found) == 0)
        return found != NULL;
    Change change;
    if (!measure(arena, target, plan, entity, found, &change, error))
        return false;
    ChangeRemedy remedy = change_remedy(entity, &change);
    if (remedy == CHANGE_REFUSE)
        return refuse(entity, &change, error);
    if (remedy != CHANGE_EMPTY)
        return begin_anew(arena, target, migration, plan, entity, remedy, notes, error);
    if (!is_among(tables, entity->into))
        LIST_PUSH(arena, tables, entity->into);
    return true;
}

bool change_apply(Arena *arena, Conn *target, int64_t migration, const Plan *plan, StringList *notes, Error *error)
{
    const char *id = number_text(arena, migration);
    TableList tables = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (!apply(arena, target, id, plan, entity, &tables, notes, error))
            return false;
    return empty(arena, target, id, plan, &tables, notes, error);
}
