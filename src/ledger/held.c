#include "ledger/held.h"

#include "base/json.h"
#include "base/text.h"

#include <stdlib.h>

#define COLUMN_NAMES(relation, numbers) column_names((relation), (numbers).items, (numbers).count)

static json_t *column_names(const Relation *relation, const int *numbers, size_t count)
{
    json_t *names = json_array();
    for (size_t i = 0; i < count; i++) {
        const Column *column = relation_column_by_number(relation, numbers[i]);
        json_array_append_new(names, column ? json_string(column->name) : json_null());
    }
    return names;
}

static json_t *texts(const StringList *list)
{
    json_t *array = json_array();
    FOR_EACH(const char *, text, *list)
        json_array_append_new(array, json_string(*text));
    return array;
}

static char *print_index(Arena *arena, const Relation *relation, const Index *index)
{
    json_auto_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:I, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:s?}",
        "kind", "index", "schema", relation->schema, "relation", relation->name, "index_schema", index->schema, "name",
        index->name, "definition", index->definition, "constraint", index->constraint, "constraint_definition",
        index->constraint_definition, "unique", index->unique, "primary", index->primary, "exclusion", index->exclusion,
        "btree", index->btree, "partial", index->partial, "deferrable", index->deferrable, "nulls_not_distinct",
        index->nulls_not_distinct, "bytes", (json_int_t)index->bytes, "tablespace", index->tablespace, "comment",
        index->comment, "constraint_comment", index->constraint_comment, "statistics", index->statistics, "columns",
        COLUMN_NAMES(relation, index->columns), "parts", texts(&index->parts), "operators", texts(&index->operators),
        "predicate", index->predicate);
    return json_text(arena, object, JSON_COMPACT);
}

static char *print_foreign_key(Arena *arena, const ForeignKey *key, const Catalog *target)
{
    const Relation *from = catalog_relation_by_oid(target, key->from), *to = catalog_relation_by_oid(target, key->to);
    if (!from || !to)
        return NULL;
    json_auto_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:b, s:b, s:b, s:o, s:o}", "kind", "foreign_key", "schema",
                  from->schema, "relation", from->name, "name", key->name, "definition", key->definition, "comment",
                  key->comment, "to_schema", to->schema, "to_relation", to->name, "deferrable", key->deferrable,
                  "deferred", key->deferred, "validated", key->validated, "columns", COLUMN_NAMES(from, key->columns),
                  "to_columns", COLUMN_NAMES(to, key->to_columns));
    return json_text(arena, object, JSON_COMPACT);
}

static char *print_trigger(Arena *arena, const Relation *relation, const Trigger *trigger)
{
    const char enabled[2] = {trigger->enabled, '\0'};
    json_auto_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", "trigger", "schema", relation->schema,
                                   "relation", relation->name, "name", trigger->name, "enabled", enabled);
    return json_text(arena, object, JSON_COMPACT);
}

char *held_print(Arena *arena, const Step *step, const Catalog *target)
{
    if (step->index)
        return print_index(arena, step->relation, step->index);
    if (step->foreign_key)
        return print_foreign_key(arena, step->foreign_key, target);
    if (step->trigger)
        return print_trigger(arena, step->relation, step->trigger);
    return NULL;
}

static const char *get_text(Arena *arena, const json_t *object, const char *key)
{
    return arena_strdup(arena, json_string_value(json_object_get(object, key)));
}

static bool get_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static Relation *find_relation(Catalog *catalog, const json_t *object, const char *schema, const char *name)
{
    return (Relation *)catalog_relation(catalog, json_string_value(json_object_get(object, schema)),
                                        json_string_value(json_object_get(object, name)));
}

/* 0 for an expression, and for a column that is gone. */
static int column_number(const Relation *relation, const json_t *name)
{
    const Column *column = json_is_string(name) ? relation_column(relation, json_string_value(name)) : NULL;
    return column ? column->number : 0;
}

#define READ_COLUMNS(arena, relation, names, list)         \
    for (size_t i_ = 0; i_ < json_array_size(names); i_++) \
    LIST_PUSH((arena), (list), column_number((relation), json_array_get((names), i_)))

/* Empty for what an older rehome has written. */
static void read_texts(Arena *arena, const json_t *array, StringList *list)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        LIST_PUSH(arena, list, arena_strdup(arena, json_string_value(json_array_get(array, i))));
}

static void restore_constraint(Arena *arena, Index *index, const json_t *object)
{
    index->constraint = get_text(arena, object, "constraint");
    index->constraint_definition = get_text(arena, object, "constraint_definition");
    index->constraint_comment = get_text(arena, object, "constraint_comment");
    index->primary = get_bool(object, "primary");
    index->deferrable = get_bool(object, "deferrable");
}

static void restore_index(Arena *arena, Catalog *catalog, const json_t *object)
{
    Relation *relation = find_relation(catalog, object, "schema", "relation");
    if (!relation)
        return;
    const char *name = get_text(arena, object, "name");
    FOR_EACH(Index, index, relation->indexes)
        if (text_equal(index->name, name)) {
            restore_constraint(arena, index, object);
            return;
        }
    Index *index = LIST_ADD(arena, &relation->indexes);
    index->name = name;
    index->schema = get_text(arena, object, "index_schema");
    index->definition = get_text(arena, object, "definition");
    index->unique = get_bool(object, "unique");
    index->exclusion = get_bool(object, "exclusion");
    index->btree = get_bool(object, "btree");
    index->partial = get_bool(object, "partial");
    index->nulls_not_distinct = get_bool(object, "nulls_not_distinct");
    index->bytes = json_integer_value(json_object_get(object, "bytes"));
    index->tablespace = get_text(arena, object, "tablespace");
    index->comment = get_text(arena, object, "comment");
    index->statistics = get_text(arena, object, "statistics");
    index->valid = true;
    index->predicate = get_text(arena, object, "predicate");
    read_texts(arena, json_object_get(object, "parts"), &index->parts);
    read_texts(arena, json_object_get(object, "operators"), &index->operators);
    restore_constraint(arena, index, object);
    READ_COLUMNS(arena, relation, json_object_get(object, "columns"), &index->columns);
    for (size_t i = 0; i < index->columns.count; i++)
        index->has_expression = index->has_expression || index->columns.items[i] == 0;
}

static void restore_foreign_key(Arena *arena, Catalog *catalog, const json_t *object)
{
    const Relation *from = find_relation(catalog, object, "schema", "relation");
    const Relation *to = find_relation(catalog, object, "to_schema", "to_relation");
    if (!from || !to)
        return;
    const char *name = get_text(arena, object, "name");
    FOR_EACH(ForeignKey, there, catalog->foreign_keys)
        if (there->from == from->oid && text_equal(there->name, name)) {
            there->definition =
                get_text(arena, object, "definition"); /* without the NOT VALID that it has on its way back */
            there->validated = get_bool(object, "validated");
            return;
        }
    ForeignKey *key = LIST_ADD(arena, &catalog->foreign_keys);
    key->name = name;
    key->definition = get_text(arena, object, "definition");
    key->comment = get_text(arena, object, "comment");
    key->from = from->oid;
    key->to = to->oid;
    key->deferrable = get_bool(object, "deferrable");
    key->deferred = get_bool(object, "deferred");
    key->validated = get_bool(object, "validated");
    READ_COLUMNS(arena, from, json_object_get(object, "columns"), &key->columns);
    READ_COLUMNS(arena, to, json_object_get(object, "to_columns"), &key->to_columns);
}

static void restore_trigger(Arena *arena, Catalog *catalog, const json_t *object)
{
    (void)arena;
    Relation *relation = find_relation(catalog, object, "schema", "relation");
    const char *enabled = json_string_value(json_object_get(object, "enabled"));
    if (!relation || !enabled)
        return;
    FOR_EACH(Trigger, trigger, relation->triggers)
        if (text_equal(trigger->name, json_string_value(json_object_get(object, "name"))))
            trigger->enabled = *enabled;
}

static const struct {
    const char *name;
    void (*restore)(Arena *arena, Catalog *catalog, const json_t *object);
} kinds[] = {{"index", restore_index}, {"foreign_key", restore_foreign_key}, {"trigger", restore_trigger}};

bool held_restore(Arena *arena, const char *json, Catalog *catalog, Error *error)
{
    json_error_t why;
    json_auto_t *object = json_loads(json, 0, &why);
    if (!object)
        return error_set(error, ERROR_STATE, "rehome.step.held holds no JSON: %s", why.text);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_equal(json_string_value(json_object_get(object, "kind")), kinds[i].name))
            kinds[i].restore(arena, catalog, object);
    return true;
}
