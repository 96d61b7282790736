#include "plan/writing.h"

#include "base/text.h"
#include "plan/mapping.h"

static Place write_place(const Entity *entity)
{
    return entity->write_place.file ? entity->write_place : entity->place;
}

static void take_key_from_manifest(Arena *arena, EntityPlan *plan, Mistakes *mistakes)
{
    FOR_EACH(const Name, name, plan->entity->key) {
        if (!relation_column(plan->into, name->name)) {
            const char *nearest = relation_nearest_column(plan->into, name->name);
            mistake_add(mistakes, name->place, "entity \"%s\": key column \"%s\" is not in %s%s%s%s",
                        plan->entity->name, name->text, plan->into->sql_name, nearest ? "; did you mean \"" : "",
                        nearest ? nearest : "", nearest ? "\"?" : "");
        } else if (!mapping_find(mapping_to_target(plan), name->name)) {
            mistake_add(mistakes, name->place, "entity \"%s\": key column \"%s\" is not given by the %s",
                        plan->entity->name, name->text, plan->load ? "load" : "transform");
        } else if (!string_list_contains(&plan->key, name->name)) {
            LIST_PUSH(arena, &plan->key, name->name);
        }
    }
}

/* What a merge makes rows one by, where the target has a unique index over it. */
static void take_merge_key(Arena *arena, EntityPlan *plan)
{
    StringList key = {0};
    FOR_EACH(const Name, name, plan->gathered->merge->wanted->key) {
        if (!mapping_find(mapping_to_target(plan), name->name))
            return;
        LIST_PUSH(arena, &key, name->name);
    }
    if (relation_unique_index(plan->into, &key))
        plan->key = key;
}

/* The primary key, or where there is none a unique key that cannot be null. */
static void take_own_key(Arena *arena, EntityPlan *plan)
{
    const Index *index = relation_walk_key(plan->into);
    StringList key = {0};
    if (!index)
        return;
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(plan->into, *number);
        if (!column || !mapping_find(mapping_to_target(plan), column->name))
            return;
        LIST_PUSH(arena, &key, column->name);
    }
    plan->key = key;
}

static char *index_columns(Arena *arena, const Relation *relation, const Index *index)
{
    StringList names = {0};
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(relation, *number);
        LIST_PUSH(arena, &names, column ? column->name : "an expression");
    }
    return arena_printf(arena, "(%s)", string_list_join(arena, &names, ", "));
}

/* "(id) and (email)": the keys that an upsert could use. */
static char *usable_keys(Arena *arena, const Relation *relation)
{
    StringList keys = {0};
    FOR_EACH(const Index, index, relation->indexes)
        if (index->unique && index->valid && !index->exclusion && !index->deferrable && !index->partial &&
            !index->has_expression)
            LIST_PUSH(arena, &keys, index_columns(arena, relation, index));
    return keys.count ? string_list_join(arena, &keys, ", ") : NULL;
}

static bool has_deferrable_key(const Relation *relation, const StringList *key)
{
    FOR_EACH(const Index, index, relation->indexes) {
        bool covers = index->unique && index->deferrable && index->columns.count == key->count;
        FOR_EACH(const int, number, index->columns) {
            const Column *column = relation_column_by_number(relation, *number);
            covers = covers && column && string_list_contains(key, column->name);
        }
        if (covers)
            return true;
    }
    return false;
}

static void report_no_index(const EntityPlan *plan, Mistakes *mistakes)
{
    Arena *arena = mistakes->arena;
    const char *keys = usable_keys(arena, plan->into), *mode = write_mode_name(plan->write);
    if (!plan->key.count)
        mistake_add(mistakes, write_place(plan->entity),
                    "entity \"%s\": %s needs a key, and %s has no primary key that is mapped; unique keys: %s",
                    plan->entity->name, mode, plan->into->sql_name, keys ? keys : "none");
    else if (has_deferrable_key(plan->into, &plan->key))
        mistake_add(mistakes, write_place(plan->entity),
                    "entity \"%s\": %s over (%s): its only unique constraint in %s is deferrable, and ON CONFLICT "
                    "cannot use it",
                    plan->entity->name, mode, string_list_join(arena, &plan->key, ", "), plan->into->sql_name);
    else
        mistake_add(mistakes, write_place(plan->entity),
                    "entity \"%s\": %s needs a unique index over (%s) in %s; unique keys: %s", plan->entity->name, mode,
                    string_list_join(arena, &plan->key, ", "), plan->into->sql_name, keys ? keys : "none");
}

static void decide_write(EntityPlan *plan, Mistakes *mistakes)
{
    bool usable = plan->key.count > 0 && relation_unique_index(plan->into, &plan->key);
    plan->write = plan->entity->write;
    if (plan->write == WRITE_DEFAULT)
        plan->write = usable ? WRITE_UPSERT : WRITE_INSERT;
    else if ((plan->write == WRITE_UPSERT || plan->write == WRITE_SKIP) && !usable)
        report_no_index(plan, mistakes);
}

static bool name_list_contains(const NameList *names, const char *name)
{
    FOR_EACH(const Name, wanted, *names)
        if (text_equal(wanted->name, name))
            return true;
    return false;
}

static void check_names(const EntityPlan *plan, const NameList *names, const char *what, Mistakes *mistakes)
{
    FOR_EACH(const Name, name, *names) {
        if (mapping_find(mapping_to_target(plan), name->name))
            continue;
        const char *nearest = relation_nearest_column(plan->into, name->name);
        mistake_add(mistakes, name->place, "entity \"%s\": %s names column \"%s\", which is not mapped%s%s%s",
                    plan->entity->name, what, name->text, nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                    nearest ? "\"?" : "");
    }
}

static void decide_columns(EntityPlan *plan)
{
    const Entity *entity = plan->entity;
    FOR_EACH(Mapping, mapping, *mapping_of_target(plan)) {
        bool wanted = entity->has_update ? name_list_contains(&entity->update, mapping->name) : true;
        mapping->in_key = string_list_contains(&plan->key, mapping->name);
        mapping->updated =
            plan->write == WRITE_UPSERT && wanted && !mapping->in_key && mapping->to && mapping->to->identity != 'a';
        if (name_list_contains(&entity->verify_except, mapping->name))
            mapping->left_out = "verify.except names it";
        else if (string_list_contains(&plan->transform->volatile_columns, mapping->name))
            mapping->left_out = "its expression is volatile or depends on the time";
    }
}

void writing_decide(Arena *arena, EntityPlan *plan, Mistakes *mistakes)
{
    if (plan->entity->key.count)
        take_key_from_manifest(arena, plan, mistakes);
    else
        take_own_key(arena, plan);
    if (plan->key.count == 0 && plan->entity->key.count == 0 && plan->gathered->merge)
        take_merge_key(arena, plan);
    size_t wrong_keys = plan->entity->key.count - (plan->entity->key.count ? plan->key.count : 0);
    if (wrong_keys == 0)
        decide_write(plan, mistakes);
    else
        plan->write = plan->entity->write == WRITE_DEFAULT ? WRITE_INSERT : plan->entity->write;
    check_names(plan, &plan->entity->update, "update", mistakes);
    check_names(plan, &plan->entity->verify_except, "verify.except", mistakes);
    decide_columns(plan);
}

static size_t entities_into(const Plan *plan, const Relation *relation)
{
    size_t count = 0;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        count += entity->into == relation;
    return count;
}

static void check_replace(const Plan *plan, const EntityPlan *entity, Mistakes *mistakes)
{
    const Relation *into = entity->into;
    Place place = write_place(entity->entity);
    bool scoped = entity->entity->scope.text;
    if (!scoped && entities_into(plan, into) > 1)
        mistake_add(
            mistakes, place,
            "entity \"%s\": other entities fill %s too, so replace needs a \"scope\" that says which rows are its own",
            entity->entity->name, into->sql_name);
    else if (!scoped && !into->may_truncate)
        mistake_add(mistakes, place,
                    "entity \"%s\": replace empties %s, and role \"%s\" may not TRUNCATE it; GRANT TRUNCATE, or give a "
                    "\"scope\" to delete by",
                    entity->entity->name, into->sql_name, plan->gathered->target->role);
    else if (scoped && !into->may_delete)
        mistake_add(
            mistakes, place,
            "entity \"%s\": replace deletes the rows of its scope from %s, and role \"%s\" may not DELETE there",
            entity->entity->name, into->sql_name, plan->gathered->target->role);
}

void writing_check(const Plan *plan, const EntityPlan *entity, Mistakes *mistakes)
{
    if (entity->into->kind == 'v' || entity->into->kind == 'm')
        mistake_add(mistakes, entity->entity->into.place, "entity \"%s\": %s is a %sview, not a table",
                    entity->entity->name, entity->into->sql_name, entity->into->kind == 'm' ? "materialized " : "");
    else if (entity->write == WRITE_REPLACE)
        check_replace(plan, entity, mistakes);
    if (entity->entity->hold_triggers && !entity->into->is_owner)
        mistake_add(mistakes, entity->entity->place, "entity \"%s\": `triggers: hold` needs the owner of %s",
                    entity->entity->name, entity->into->sql_name);
}

bool writing_empties(const EntityPlan *plan)
{
    return plan->write == WRITE_REPLACE && !plan->entity->scope.text;
}
