#include "plan/plan.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/backup.h"
#include "plan/carried.h"
#include "plan/chunking.h"
#include "plan/compat.h"
#include "plan/crosswalk.h"
#include "plan/estimate.h"
#include "plan/fingerprint.h"
#include "plan/hold.h"
#include "plan/lookup.h"
#include "plan/mapping.h"
#include "plan/order.h"
#include "plan/redaction.h"
#include "plan/refresh.h"
#include "plan/steps.h"
#include "plan/undo.h"
#include "plan/unfilled.h"
#include "plan/warning.h"
#include "plan/way.h"
#include "plan/writing.h"

static const char *const cast_classes[] = {
    [CAST_SAME] = "same", [CAST_LOSSLESS] = "lossless", [CAST_LOSSY] = "lossy", [CAST_IMPOSSIBLE] = "impossible"};
static const char *const ways[] = {[WAY_INSIDE] = "inside", [WAY_STREAM] = "stream", [WAY_STAGE] = "stage"};
static const char *const chunk_methods[] = {[CHUNKS_BY_KEY] = "key", [CHUNKS_BY_CTID] = "ctid", [CHUNKS_ONE] = "one"};

const char *cast_class_name(CastClass cast)
{
    return cast_classes[cast];
}

const char *way_name(Way way)
{
    return ways[way];
}

const char *chunk_method_name(ChunkMethod method)
{
    return chunk_methods[method];
}

static Place place_of(const Entity *entity, const Sql *sql)
{
    return sql->text && sql->place.file ? sql->place : entity->place;
}

static void map_transform(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes)
{
    MappingRequest request = {.entity = plan->entity->name,
                              .place = place_of(plan->entity, &plan->entity->transform),
                              .merge = plan->gathered->merge,
                              .what = plan->gathered->merge ? "merge" : "transform",
                              .from = gathered->source,
                              .to = gathered->target,
                              .output = &plan->gathered->output,
                              .into = plan->into,
                              .staged = plan->load,
                              .same_database = gathered->same};
    mapping_build(arena, &request, &plan->mappings, mistakes);
    if (!plan->load)
        mapping_check_complete(&request, &plan->mappings, mistakes);
}

/* The server would round in silence when it assigns the value: so such a value is made one that it refuses. Texts it
 * refuses by itself. */
static void guard_load(Arena *arena, MappingList *mappings)
{
    FOR_EACH(Mapping, mapping, *mappings)
        if (mapping->loss_sql && mapping->to_type->category != 'S')
            mapping->select_sql = arena_printf(
                arena, "CASE WHEN %s THEN pg_catalog.concat('this would be lost: ', \"q\".%s)::%s ELSE %s END",
                mapping->loss_sql, quote_name(arena, mapping->name), mapping->to_type->sql_name, mapping->select_sql);
}

static void map_load(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes)
{
    MappingRequest request = {.entity = plan->entity->name,
                              .place = place_of(plan->entity, &plan->entity->load),
                              .what = "load",
                              .from = gathered->target,
                              .to = gathered->target,
                              .output = &plan->gathered->load_output,
                              .into = plan->into,
                              .same_database = true};
    mapping_build(arena, &request, &plan->load_mappings, mistakes);
    guard_load(arena, &plan->load_mappings);
    mapping_check_complete(&request, &plan->load_mappings, mistakes);
}

/* The user's rules first, then one for each column that may lose something. */
static void list_rejects(Arena *arena, EntityPlan *plan)
{
    FOR_EACH(const RejectRule, rule, plan->entity->rejects)
        *LIST_ADD(arena, rule->of_load ? &plan->load_rejects : &plan->rejects) =
            (RejectTest){.reason = rule->name, .condition = rule->sql.text};
    FOR_EACH(const Mapping, mapping, plan->mappings)
        if (mapping->loss_sql)
            *LIST_ADD(arena, &plan->rejects) = (RejectTest){.reason = arena_printf(arena, "lossy:%s", mapping->name),
                                                            .condition = mapping->loss_sql,
                                                            .column = mapping->name,
                                                            .budgeted = true};
}

static void list_triggers(Arena *arena, EntityPlan *plan)
{
    FOR_EACH(const Trigger, trigger, plan->into->triggers)
        if (trigger->enabled != 'D' && !plan->entity->hold_triggers)
            LIST_PUSH(arena, &plan->triggers, trigger->name);
}

/* Whatever could not be found or built is a mistake already: then only a part of the plan is made. */
static void plan_entity_alone(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes)
{
    if (!plan->into || !plan->transform)
        return;
    map_transform(arena, gathered, plan, mistakes);
    if (plan->load)
        map_load(arena, gathered, plan, mistakes);
    list_rejects(arena, plan);
    redaction_build(arena, plan, mistakes);
    list_triggers(arena, plan);
    writing_decide(arena, plan, mistakes);
}

static void plan_entities(Arena *arena, Plan *plan, Mistakes *mistakes)
{
    FOR_EACH(const GatheredEntity, gathered, plan->gathered->entities) {
        EntityPlan *entity = LIST_ADD(arena, &plan->entities);
        *entity =
            (EntityPlan){.entity = gathered->entity,
                         .gathered = gathered,
                         .driving = gathered->driving,
                         .into = gathered->into,
                         .transform = gathered->transform,
                         .load = gathered->entity->load.text,
                         .write = gathered->entity->write == WRITE_DEFAULT ? WRITE_INSERT : gathered->entity->write,
                         .way_reason = "",
                         .chunks_reason = ""};
        plan_entity_alone(arena, plan->gathered, entity, mistakes);
        entity->fingerprint = fingerprint_build(arena, entity);
    }
}

/* The driving key is staged beside the rows where something is to be known of them later on. */
static void keep_keys(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes)
{
    if (!plan->into || !plan->transform)
        return;
    crosswalk_decide(arena, gathered, plan, mistakes);
    bool rules = plan->load_rejects.count > 0 && plan->gathered->loading && plan->gathered->loading->shows_key;
    plan->staged_keys =
        plan->transform->shows_key && (rules || (plan->crosswalk && (plan->load || plan->way == WAY_STAGE)));
}

/* What an entity does depends on the others that fill its table. */
static void plan_tables(Arena *arena, Plan *plan, Mistakes *mistakes)
{
    FOR_EACH(EntityPlan, entity, plan->entities) {
        if (!entity->into)
            continue;
        writing_check(plan, entity, mistakes);
        way_decide(arena, plan, entity);
        undo_decide(arena, entity);
        entity->undo_marks = entity->undo == UNDO_OFF && plan->manifest->backup.wanted;
        keep_keys(arena, plan->gathered, entity, mistakes);
    }
}

static void cut_entities(Arena *arena, Plan *plan, const HoldList *holds, int jobs)
{
    FOR_EACH(EntityPlan, entity, plan->entities) {
        bool whole = entity->into && order_is_self_referencing(plan->gathered->target, holds, entity);
        chunking_decide(arena, plan->gathered, entity, jobs,
                        whole ? "the table refers to itself: one statement writes all rows, and its end checks them"
                              : NULL);
    }
}

Plan *plan_build(Arena *arena, const Manifest *manifest, const Gathered *gathered, int jobs, Mistakes *mistakes)
{
    Plan *plan = NEW(arena, Plan);
    *plan = (Plan){.manifest = manifest, .gathered = gathered};
    HoldList holds = {0};

    plan_entities(arena, plan, mistakes);
    plan_tables(arena, plan, mistakes);
    hold_build(arena, plan, &holds);
    hold_check(plan, &holds, mistakes);
    lookup_build(arena, plan, mistakes);
    order_build(arena, plan, &holds, mistakes);
    cut_entities(arena, plan, &holds, jobs);
    compat_build(arena, plan, mistakes);
    refresh_build(arena, manifest, gathered->target, &plan->refresh, mistakes);
    steps_build(arena, plan, &holds);
    carried_build(arena, plan);
    unfilled_build(arena, plan);
    warning_build(arena, plan);
    backup_decide(arena, plan);
    estimate_build(plan, jobs);
    return plan;
}

const KeyColumnList *plan_driving_key(const EntityPlan *entity)
{
    static KeyColumn place = {.name = "ctid", .type = "pg_catalog.tid"};
    static const KeyColumnList places = {.items = &place, .count = 1};
    return entity->gathered->walk_key.count > 0 ? &entity->gathered->walk_key : &places;
}

const EntityPlan *plan_entity(const Plan *plan, const char *name)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (text_equal(entity->entity->name, name))
            return entity;
    return NULL;
}

const Step *plan_step(const Plan *plan, const char *name)
{
    FOR_EACH(const Step, step, plan->steps)
        if (text_equal(step->name, name))
            return step;
    return NULL;
}
