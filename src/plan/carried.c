#include "plan/carried.h"

#include "base/text.h"
#include "plan/title.h"

static bool is_same_table(const Catalog *catalog, const TableRead *read, const Relation *relation)
{
    return catalog_relation(catalog, read->schema, read->name) == relation;
}

/* A transform that nobody understood is taken to read all of its driving table. */
static bool entity_reads(const Catalog *catalog, const EntityPlan *entity, const Relation *relation)
{
    if (entity->driving == relation)
        return true;
    if (!entity->transform)
        return false;
    FOR_EACH(const TableRead, read, entity->transform->reads)
        if (is_same_table(catalog, read, relation))
            return true;
    return false;
}

/* Entities that were not selected for this run carry what they drive on. */
static bool manifest_drives(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Entity, entity, plan->manifest->entities)
        FOR_EACH(const Name, from, entity->from)
            if (catalog_relation(plan->gathered->source, from->schema, from->name) == relation)
                return true;
    return false;
}

static bool is_read(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity_reads(plan->gathered->source, entity, relation))
            return true;
    return manifest_drives(plan, relation);
}

/* It, or a partitioned table above it. */
static bool is_carried(const Plan *plan, const Relation *relation)
{
    for (; relation;
         relation = relation->parent ? catalog_relation_by_oid(plan->gathered->source, relation->parent) : NULL)
        if (is_read(plan, relation))
            return true;
    return false;
}

static bool has_carried_partition(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Relation, partition, plan->gathered->source->relations)
        if (partition->parent == relation->oid && (is_read(plan, partition) || has_carried_partition(plan, partition)))
            return true;
    return false;
}

/* Partitions are only named where the others beside them are carried. */
static bool is_left_behind(const Plan *plan, const Relation *relation)
{
    if (relation->from_extension || is_carried(plan, relation) || has_carried_partition(plan, relation))
        return false;
    const Relation *parent =
        relation->parent ? catalog_relation_by_oid(plan->gathered->source, relation->parent) : NULL;
    return !parent || has_carried_partition(plan, parent);
}

static const char *kind_name(const Relation *relation)
{
    static const struct {
        char kind;
        const char *name;
    } kinds[] = {{'v', "view"}, {'m', "materialized view"}, {'f', "foreign table"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].kind == relation->kind)
            return kinds[i].name;
    return relation->is_partition ? "partition" : "table";
}

static void list_relations(Arena *arena, Plan *plan)
{
    FOR_EACH(const Relation, relation, plan->gathered->source->relations) {
        if (!is_left_behind(plan, relation))
            continue;
        const char *title = title_of_relation(arena, relation), *kind = kind_name(relation);
        /* of a dump only the rows that are needed were restored */
        bool restored = relation->estimated_rows > 0 || !plan->gathered->source_is_scratch;
        bool counted = restored && (relation->kind == 'r' || relation->kind == 'p') && relation->estimated_rows >= 0;
        LIST_PUSH(arena, &plan->not_carried,
                  counted ? arena_printf(arena, "%s (%s, %s)", title, kind,
                                         text_of_many(arena, relation->estimated_rows, "row"))
                          : arena_printf(arena, "%s (%s)", title, kind));
    }
}

static bool transform_reads_column(const Catalog *catalog, const EntityPlan *entity, const Relation *relation,
                                   const char *column)
{
    if (!entity->transform || !entity->transform->parsed)
        return entity->driving == relation;
    FOR_EACH(const TableRead, read, entity->transform->reads)
        if (is_same_table(catalog, read, relation) &&
            (read->everything || string_list_contains(&read->columns, column)))
            return true;
    return false;
}

static bool column_is_read(const Plan *plan, const Relation *relation, const char *column)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (transform_reads_column(plan->gathered->source, entity, relation, column))
            return true;
    return false;
}

static bool is_driving(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->driving == relation)
            return true;
    return false;
}

static bool is_read_here(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity_reads(plan->gathered->source, entity, relation))
            return true;
    return false;
}

static void list_columns(Arena *arena, Plan *plan)
{
    FOR_EACH(const Relation, relation, plan->gathered->source->relations) {
        bool asked = plan->gathered->same ? is_driving(plan, relation) : is_read_here(plan, relation);
        if (!asked || relation->from_extension)
            continue;
        FOR_EACH(const Column, column, relation->columns)
            if (!column->generated && !column_is_read(plan, relation, column->name))
                LIST_PUSH(arena, &plan->not_carried,
                          arena_printf(arena, "%s.%s (column)", title_of_relation(arena, relation), column->name));
    }
}

static void list_other_objects(Arena *arena, Plan *plan)
{
    const Catalog *source = plan->gathered->source;
    FOR_EACH(const Routine, routine, source->routines)
        LIST_PUSH(arena, &plan->not_carried,
                  arena_printf(arena, "%s(%s) (function)", title_of_name(arena, routine->schema, routine->name),
                               routine->arguments));
    FOR_EACH(const Sequence, sequence, source->sequences)
        if (!sequence->owner_relation && !sequence->from_extension)
            LIST_PUSH(arena, &plan->not_carried,
                      arena_printf(arena, "%s (sequence without a column)",
                                   title_of_name(arena, sequence->schema, sequence->name)));
    if (source->large_objects > 0)
        LIST_PUSH(arena, &plan->not_carried,
                  arena_printf(arena, "%s large objects", text_of_count(arena, source->large_objects)));
}

void carried_build(Arena *arena, Plan *plan)
{
    if (!plan->gathered->same)
        list_relations(arena, plan);
    list_columns(arena, plan);
    if (!plan->gathered->same)
        list_other_objects(arena, plan);
}
