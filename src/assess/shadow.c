#include "assess/shadow.h"

#include "assess/definition.h"
#include "plan/writing.h"

#include "base/text.h"
#include "pg/quote.h"

#include <string.h>

/* The shadow under construction. */
typedef struct Build {
    Arena *arena;
    Shadow *shadow;
    Catalog *catalog;
    Gathered *gathered;
    StringList index_names;
} Build;

const ShadowTable *shadow_of(const Shadow *shadow, const Relation *real)
{
    FOR_EACH(const ShadowTable, table, shadow->tables)
        if (real && table->real->oid == real->oid)
            return table;
    return NULL;
}

static bool is_to_come(const Shadow *shadow, const Step *step)
{
    return string_list_contains(&shadow->open, step->name);
}

bool shadow_holds_index(const Shadow *shadow, const Index *index)
{
    FOR_EACH(const Step, step, shadow->real->steps)
        if ((step->kind == STEP_INDEX || step->kind == STEP_CONSTRAINT) && step->index == index && is_to_come(shadow, step))
            return true;
    return false;
}

bool shadow_holds_foreign_key(const Shadow *shadow, const ForeignKey *key)
{
    FOR_EACH(const Step, step, shadow->real->steps)
        if (step->kind == STEP_FOREIGN_KEY && step->foreign_key == key && is_to_come(shadow, step))
            return true;
    return false;
}

static const char *replace(Arena *arena, const char *text, const char *what, const char *with)
{
    Text replaced = text_new(arena);
    for (const char *found; (found = strstr(text, what)); text = found + strlen(what)) {
        text_add_n(&replaced, text, (size_t)(found - text));
        text_add(&replaced, with);
    }
    text_add(&replaced, text);
    return replaced.chars;
}

char *shadow_reveal(Arena *arena, const Shadow *shadow, const char *message)
{
    FOR_EACH(const ShadowName, name, shadow->relations)
        message = replace(arena, message, name->shadow, name->real);
    FOR_EACH(const ShadowName, name, shadow->constraints)
        message = replace(arena, message, name->shadow, name->real);
    return arena_strdup(arena, message);
}

/* ---- which tables ---- */

bool shadow_is_possible(const Relation *relation)
{
    return relation->kind == 'r' || relation->kind == 'p';
}

/* Rows that are there before, and stay. */
static bool keeps_rows(const Shadow *shadow, const Relation *real)
{
    FOR_EACH(const Step, step, shadow->real->steps)
        if (step->kind == STEP_READY && step->relation == real && is_to_come(shadow, step) && writing_empties(step->entity))
            return false;
    return true;
}

static void add_table(Build *build, const Relation *real, bool is_parent)
{
    if (shadow_of(build->shadow, real))
        return;
    LIST_PUSH(build->arena, &build->shadow->tables,
              ((ShadowTable){.real = real, .is_parent = is_parent, .has_rows = keeps_rows(build->shadow, real)}));
}

static void choose_tables(Build *build)
{
    const Plan *plan = build->shadow->real;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (shadow_is_possible(entity->into))
            add_table(build, entity->into, false);
    size_t filled = build->shadow->tables.count;
    FOR_EACH(const ForeignKey, key, plan->gathered->target->foreign_keys)
        for (size_t i = 0; i < filled; i++)
            if (build->shadow->tables.items[i].real->oid == key->from)
                add_table(build, catalog_relation_by_oid(plan->gathered->target, key->to), true);
}

/* ---- what they are called ---- */

static const char *free_name(Build *build, const char *name)
{
    const char *free = name;
    if (string_list_contains(&build->index_names, name)) {
        free = arena_printf(build->arena, SHADOW_PREFIX "name_%04zu", build->shadow->constraints.count + 1);
        LIST_PUSH(build->arena, &build->shadow->constraints, ((ShadowName){name, free}));
    }
    LIST_PUSH(build->arena, &build->index_names, free);
    return free;
}

static Index shadow_index(Build *build, const Index *real, const char *table)
{
    Index index = *real;
    index.schema = "pg_temp";
    index.name = free_name(build, real->name);
    index.constraint = real->constraint ? index.name : NULL;
    index.definition = definition_of_index(build->arena, real, index.name, table);
    index.tablespace = index.comment = index.constraint_comment = index.statistics = NULL;
    if (real->constraint && real->deferrable && text_ends_with(real->constraint_definition, " INITIALLY DEFERRED"))
        LIST_PUSH(build->arena, &build->shadow->deferred, index.name);
    return index;
}

static Relation shadow_relation(Build *build, const Relation *real, size_t number)
{
    Relation relation = *real;
    relation.schema = "pg_temp";
    relation.name = arena_printf(build->arena, SHADOW_PREFIX "%04zu", number);
    relation.sql_name = quote_qualified(build->arena, relation.schema, relation.name);
    relation.has_children = false;
    relation.row_security = false;
    relation.triggers.count = 0;
    relation.indexes = (IndexList){0};
    FOR_EACH(const Index, index, real->indexes)
        LIST_PUSH(build->arena, &relation.indexes, shadow_index(build, index, relation.sql_name));
    return relation;
}

/* ---- the catalog ---- */

static ForeignKey shadow_key(Build *build, const ForeignKey *real)
{
    ForeignKey key = *real;
    const Relation *from = catalog_relation_by_oid(build->shadow->real->gathered->target, real->from);
    const Relation *to = catalog_relation_by_oid(build->shadow->real->gathered->target, real->to);
    const ShadowTable *child = shadow_of(build->shadow, from), *parent = shadow_of(build->shadow, to);
    if (!child || child->is_parent || !parent)
        return key;
    key.comment = NULL;
    key.definition = definition_of_foreign_key(build->arena, real->definition, parent->relation->sql_name);
    if (real->deferred && !real->inherited)
        LIST_PUSH(build->arena, &build->shadow->deferred, real->name);
    return key;
}

static void copy_catalog(Build *build)
{
    const Catalog *real = build->shadow->real->gathered->target;
    Catalog *catalog = build->catalog = NEW(build->arena, Catalog);
    *catalog = *real;
    catalog->relations = (RelationList){0};
    catalog->foreign_keys = (ForeignKeyList){0};
    FOR_EACH(const Relation, relation, real->relations) {
        const ShadowTable *table = shadow_of(build->shadow, relation);
        size_t number = table ? (size_t)(table - build->shadow->tables.items) + 1 : 0;
        LIST_PUSH(build->arena, &catalog->relations, table ? shadow_relation(build, relation, number) : *relation);
    }
    catalog_build_index(build->arena, catalog);
    FOR_EACH(ShadowTable, table, build->shadow->tables) {
        table->relation = catalog_relation_by_oid(catalog, table->real->oid);
        LIST_PUSH(build->arena, &build->shadow->relations, ((ShadowName){table->real->name, table->relation->name}));
    }
    FOR_EACH(const ForeignKey, key, real->foreign_keys)
        LIST_PUSH(build->arena, &catalog->foreign_keys, shadow_key(build, key));
}

/* ---- the plan ---- */

static const Relation *relation_of(const Build *build, const Relation *real)
{
    const ShadowTable *table = shadow_of(build->shadow, real);
    return table ? table->relation : real;
}

static void copy_gathered(Build *build)
{
    const Gathered *real = build->shadow->real->gathered;
    Gathered *gathered = build->gathered = NEW(build->arena, Gathered);
    *gathered = *real;
    gathered->target = build->catalog;
    gathered->entities = (GatheredEntityList){0};
    FOR_EACH(const GatheredEntity, entity, real->entities) {
        GatheredEntity *copy = LIST_ADD(build->arena, &gathered->entities);
        *copy = *entity;
        copy->into = relation_of(build, entity->into);
    }
}

/* ---- SQL that reads tables of the target ---- */

static Transform *seat_shadows(const Build *build, Transform *transform)
{
    SeatList seats = {0};
    if (!transform || transform->lodgers.count == 0)
        return transform;
    FOR_EACH(const char *, name, transform->lodgers)
        FOR_EACH(const ShadowTable, table, build->shadow->tables)
            if (text_equal(table->real->sql_name, *name) && !table->is_parent)
                LIST_PUSH(build->arena, &seats,
                          ((Seat){*name, arena_printf(build->arena, "SELECT * FROM %s", table->relation->sql_name)}));
    return transform_seat(build->arena, transform, &seats);
}

static void seat_entity(const Build *build, EntityPlan *entity, GatheredEntity *gathered)
{
    Transform *loading = gathered->loading;
    entity->transform = gathered->transform = seat_shadows(build, gathered->transform);
    gathered->loading = seat_shadows(build, loading);
    if (gathered->loading != loading)
        entity->load = transform_text(build->arena, gathered->loading);
}

static void copy_entities(Build *build)
{
    const Plan *real = build->shadow->real;
    Plan *plan = build->shadow->plan;
    plan->entities = (EntityPlanList){0};
    FOR_EACH(const EntityPlan, entity, real->entities) {
        EntityPlan *copy = LIST_ADD(build->arena, &plan->entities);
        *copy = *entity;
        GatheredEntity *gathered = &build->gathered->entities.items[entity->gathered - real->gathered->entities.items];
        copy->gathered = gathered;
        seat_entity(build, copy, gathered);
        copy->into = relation_of(build, entity->into);
        copy->triggers = (StringList){0};
        copy->undo = UNDO_OFF;
        copy->undo_marks = false;
    }
}

static const Index *index_of(const Step *step, const Relation *shadow)
{
    return step->index ? &shadow->indexes.items[step->index - step->relation->indexes.items] : NULL;
}

static void copy_steps(Build *build)
{
    const Plan *real = build->shadow->real;
    Plan *plan = build->shadow->plan;
    plan->steps = (StepList){0};
    FOR_EACH(const Step, step, real->steps) {
        Step *copy = LIST_ADD(build->arena, &plan->steps);
        *copy = *step;
        const ShadowTable *table = shadow_of(build->shadow, step->relation);
        if (table)
            copy->index = index_of(step, table->relation);
        copy->relation = step->relation ? relation_of(build, step->relation) : NULL;
        if (step->entity)
            copy->entity = &plan->entities.items[step->entity - real->entities.items];
        if (step->foreign_key)
            copy->foreign_key =
                &build->catalog->foreign_keys.items[step->foreign_key - real->gathered->target->foreign_keys.items];
    }
}

Shadow *shadow_build(Arena *arena, const Plan *plan, const StringList *open)
{
    Shadow *shadow = NEW(arena, Shadow);
    shadow->open = *open;
    Build build = {.arena = arena, .shadow = shadow};
    shadow->real = plan;
    shadow->plan = NEW(arena, Plan);
    *shadow->plan = *plan;
    choose_tables(&build);
    copy_catalog(&build);
    copy_gathered(&build);
    shadow->plan->gathered = build.gathered;
    copy_entities(&build);
    copy_steps(&build);
    return shadow;
}
