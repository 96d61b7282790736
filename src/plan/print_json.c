#include "base/json.h"
#include "base/text.h"
#include "plan/carried.h"
#include "plan/mapping.h"
#include "plan/plan.h"

#include <stdlib.h>

static json_t *strings(const char *const *items, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(items[i]));
    return array;
}

static json_t *server(const Catalog *catalog)
{
    return json_pack("{s:s?, s:i, s:s?, s:s?}", "database", catalog->database, "version", catalog->server_version,
                     "encoding", catalog->encoding, "role", catalog->role);
}

static json_t *columns(const MappingList *mappings)
{
    json_t *array = json_array();
    FOR_EACH(const Mapping, mapping, *mappings)
        json_array_append_new(array, json_pack("{s:s, s:s?, s:s?, s:s, s:s?, s:b, s:b}", "name", mapping->name,
                                               "source_type", mapping->from->type_name, "target_type",
                                               mapping->to ? mapping->to->type_name : NULL, "cast",
                                               cast_class_name(mapping->cast), "note", mapping->cast_note, "key",
                                               mapping->in_key, "updated", mapping->updated));
    return array;
}

static json_t *left_out(const MappingList *mappings)
{
    json_t *array = json_array();
    FOR_EACH(const Mapping, mapping, *mappings)
        if (mapping->left_out)
            json_array_append_new(array, json_pack("{s:s, s:s}", "column", mapping->name, "reason", mapping->left_out));
    return array;
}

/* Not the conditions of the user's own rules: they may hold the values of parameters. */
static void add_rejects(json_t *array, const RejectTestList *tests, const char *of)
{
    FOR_EACH(const RejectTest, test, *tests)
        json_array_append_new(array, json_pack("{s:s, s:s?, s:s?, s:b, s:s}", "reason", test->reason, "column",
                                               test->column, "condition", test->column ? test->condition : NULL,
                                               "budgeted", test->budgeted, "of", of));
}

static json_t *rejects(const EntityPlan *entity)
{
    json_t *array = json_array();
    add_rejects(array, &entity->rejects, "transform");
    add_rejects(array, &entity->load_rejects, "load");
    return array;
}

static json_t *driving(const Entity *entity)
{
    json_t *array = json_array();
    FOR_EACH(const Name, from, entity->from)
        json_array_append_new(array, json_string(from->text));
    return array;
}

/* NULL becomes null: no merge. */
static json_t *merge(const GatheredMerge *merged)
{
    if (!merged)
        return json_null();
    json_t *key = json_array(), *sources = json_array(), *rules = json_object();
    FOR_EACH(const Name, name, merged->wanted->key)
        json_array_append_new(key, json_string(name->name));
    FOR_EACH(const GatheredEntity, source, merged->sources)
        json_array_append_new(sources, json_string(source->entity->name));
    FOR_EACH(const MergeRule, rule, merged->wanted->columns)
        json_object_set_new(rules, rule->column.name, json_string(rule->text));
    return json_pack("{s:o, s:o, s:o}", "key", key, "sources", sources, "columns", rules);
}

static json_t *entity_json(const EntityPlan *entity)
{
    const char *format = entity->way == WAY_INSIDE ? NULL : entity->binary ? "binary" : "text";
    json_t *chunks =
        json_pack("{s:s, s:s, s:i, s:I}", "method", chunk_method_name(entity->chunks), "reason", entity->chunks_reason,
                  "estimated", entity->estimated_chunks, "rows", (json_int_t)entity->chunk_rows);
    json_t *json =
        json_pack("{s:s, s:o, s:s?, s:s, s:o, s:s, s:s, s:s?, s:s?, s:o}", "name", entity->entity->name, "from",
                  driving(entity->entity), "into", entity->into ? entity->into->sql_name : NULL, "write",
                  write_mode_name(entity->write), "key", strings(entity->key.items, entity->key.count), "way",
                  way_name(entity->way), "way_reason", entity->way_reason, "format", format, "format_reason",
                  entity->format_reason, "chunks", chunks);
    json_t *rest =
        json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:{s:b, s:s?}, s:o, s:s?, s:s?}", "rows",
                  (json_int_t)entity->estimated_rows, "bytes", (json_int_t)entity->estimated_bytes, "columns",
                  columns(&entity->mappings), "load_columns", columns(&entity->load_mappings), "rejects",
                  rejects(entity), "left_out", left_out(mapping_to_target(entity)), "hold", "held", entity->holds_indexes,
                  "reason", entity->hold_reason, "triggers", strings(entity->triggers.items, entity->triggers.count),
                  "cycle", entity->cycle, "fingerprint", entity->fingerprint);
    json_object_update(json, rest);
    json_object_set_new(json, "merge", merge(entity->gathered->merge));
    json_decref(rest);
    json_object_set_new(json, "crosswalk", entity->crosswalk ? json_string(entity->crosswalk->table) : json_null());
    return json;
}

static json_t *entities(const Plan *plan)
{
    json_t *array = json_array();
    FOR_EACH(const EntityPlan, entity, plan->entities)
        json_array_append_new(array, entity_json(entity));
    return array;
}

static json_t *steps(const Plan *plan)
{
    json_t *array = json_array();
    FOR_EACH(const Step, step, plan->steps) {
        const StepRule *rule = step_rule(step->kind);
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:s, s:o, s:s, s:s}", "name", step->name, "kind", rule->name,
                                        "reason", step->reason, "needs", strings(step->needs.items, step->needs.count),
                                        "locks", rule->locks, "undo", rule->undo));
    }
    return array;
}

static json_t *estimate(const Plan *plan)
{
    int64_t rows = 0;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        rows += entity->estimated_rows;
    return json_pack("{s:I, s:I, s:f}", "rows", (json_int_t)rows, "bytes", (json_int_t)plan->estimated_bytes_target,
                     "seconds", plan->estimated_seconds);
}

static json_t *backup(const BackupPlan *plan)
{
    json_t *tables = json_array();
    if (plan->tables.count == 0) {
        json_decref(tables);
        return json_null();
    }
    FOR_EACH(const BackupTable, table, plan->tables)
        json_array_append_new(tables, json_string(table->relation->sql_name));
    return json_pack("{s:o, s:I, s:s?}", "tables", tables, "bytes", (json_int_t)plan->bytes, "folder", plan->folder);
}

static json_t *titles(const UncoveredList *list)
{
    AUTO(Arena) *arena = arena_new();
    json_t *array = json_array();
    FOR_EACH(const Uncovered, left, *list)
        json_array_append_new(array, json_string(carried_text(arena, left)));
    return array;
}

static json_t *left(const UncoveredList *list)
{
    json_t *array = json_array();
    FOR_EACH(const Uncovered, one, *list)
        json_array_append_new(array, json_pack("{s:s, s:s?, s:s?, s:s?, s:s?}", "name", one->title, "kind", one->kind,
                                               "table", one->relation ? one->relation->sql_name : NULL, "column",
                                               one->column ? one->column->name : NULL, "reason", one->reason));
    return array;
}

static json_t *column_count(const ColumnCount *count, const char *used)
{
    return json_pack("{s:i, s:i, s:i, s:i}", "mapped", count->given, used, count->used, "explained", count->explained,
                     "left", count->left);
}

static json_t *coverage(const Plan *plan)
{
    return json_pack("{s:b, s:o, s:o, s:o, s:o}", "strict", plan->manifest->strict, "old_columns",
                     column_count(&plan->old_columns, "used"), "new_columns",
                     column_count(&plan->new_columns, "default"), "not_carried", left(&plan->not_carried),
                     "not_filled", left(&plan->not_filled));
}

char *plan_print_json(Arena *arena, const Plan *plan)
{
    json_auto_t *json = json_pack("{s:s, s:o, s:o, s:b, s:o, s:o, s:o, s:o, s:o}", "migration", plan->manifest->name,
                                 "source", server(plan->gathered->source), "target", server(plan->gathered->target),
                                 "same", plan->gathered->same, "entities", entities(plan), "steps", steps(plan),
                                 "not_carried", titles(&plan->not_carried), "warnings",
                                 strings(plan->warnings.items, plan->warnings.count), "estimate", estimate(plan));
    json_object_set_new(json, "backup", backup(&plan->backup));
    json_object_set_new(json, "coverage", coverage(plan));
    return json_text(arena, json, JSON_INDENT(2));
}
