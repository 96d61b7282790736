#include "plan/steps.h"

#include "base/text.h"
#include "plan/mapping.h"
#include "plan/order.h"
#include "plan/refresh.h"
#include "plan/title.h"
#include "plan/way.h"
#include "plan/writing.h"

/* What building the list needs all the time. */
typedef struct StepBuilder {
    Arena *arena;
    Plan *plan;
    const HoldList *holds;
} StepBuilder;

static const char *unique_name(const StepBuilder *builder, const char *name)
{
    const char *unique = name;
    for (int number = 2; plan_step(builder->plan, unique); number++)
        unique = arena_printf(builder->arena, "%s (%d)", name, number);
    return unique;
}

/* Lists move when they grow: the step is only good until the next one is added. */
static Step *add_step(const StepBuilder *builder, StepKind kind, const char *what, const char *reason)
{
    const char *name = unique_name(builder, arena_printf(builder->arena, "%s %s", step_rule(kind)->name, what));
    Step *step = LIST_ADD(builder->arena, &builder->plan->steps);
    *step = (Step){.kind = kind, .name = name, .reason = reason};
    return step;
}

static void need(const StepBuilder *builder, Step *step, const char *name)
{
    if (!string_list_contains(&step->needs, name))
        LIST_PUSH(builder->arena, &step->needs, name);
}

static void need_kind(const StepBuilder *builder, Step *step, StepKind kind)
{
    FOR_EACH(const Step, other, builder->plan->steps)
        if (other != step && other->kind == kind)
            need(builder, step, other->name);
}

/* Steps of this kind that work on this table; for COPY and CUT the table they fill. */
static void need_table(const StepBuilder *builder, Step *step, StepKind kind, const Relation *relation)
{
    FOR_EACH(const Step, other, builder->plan->steps)
        if (other != step && other->kind == kind && other->relation == relation)
            need(builder, step, other->name);
}

static int64_t table_weight(const Plan *plan, const Relation *relation)
{
    int64_t bytes = 0;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation)
            bytes += entity->estimated_bytes;
    return bytes;
}

/* One after the other, in the order of the file. */
static void add_scripts(const StepBuilder *builder, StepKind kind, const char *reason)
{
    const char *before = NULL;
    FOR_EACH(const Sql, sql, *step_scripts(builder->plan->manifest, kind)) {
        Step *step = add_step(builder, kind, step_script_title(builder->arena, sql), reason);
        if (kind == STEP_SEED)
            need_kind(builder, step, STEP_EXPAND);
        step->sql = sql;
        if (before)
            need(builder, step, before);
        before = step->name;
    }
}

static void need_scripts(const StepBuilder *builder, Step *step)
{
    need_kind(builder, step, STEP_EXPAND);
    need_kind(builder, step, STEP_SEED);
}

static void add_checks_before(const StepBuilder *builder)
{
    FOR_EACH(const Check, check, builder->plan->manifest->checks) {
        if (check->side != CHECK_SOURCE)
            continue;
        Step *step = add_step(builder, STEP_CHECK, check->name,
                              check->severity == SEVERITY_ERROR ? "nothing is written when it fails" : "it warns");
        step->check = check;
        need_scripts(builder, step);
    }
}

static const char *counted(Arena *arena, size_t count, const char *one, const char *many)
{
    return count ? arena_printf(arena, "%zu %s", count, count == 1 ? one : many) : NULL;
}

/* "1 index and 2 foreign keys"; NULL: nothing. */
static const char *held_things(Arena *arena, const Hold *hold)
{
    const char *indexes = counted(arena, hold->indexes.count, "index", "indexes");
    const char *keys = counted(arena, hold->foreign_keys.count, "foreign key", "foreign keys");
    return indexes && keys ? arena_printf(arena, "%s and %s", indexes, keys) : indexes ? indexes : keys;
}

static const char *prepare_reason(const StepBuilder *builder, const Hold *hold)
{
    const char *held = held_things(builder->arena, hold);
    if (held)
        return arena_printf(builder->arena, "holds back %s: %s", held, hold->reason);
    return arena_printf(builder->arena, "nothing is held back: %s",
                        hold->held ? "it has no index and no foreign key that may go" : hold->reason);
}

static bool is_prepared(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == STEP_PREPARE && step->relation == relation)
            return true;
    return false;
}

static bool waits_for_child(const StepBuilder *builder, const Hold *hold)
{
    FOR_EACH(const Hold, child, *builder->holds)
        if (hold_goes_before(child, hold) && !is_prepared(builder->plan, child->relation))
            return true;
    return false;
}

/* Tables whose foreign keys have to be gone first come first; of a circle the first one drops them for the others. */
static const Hold *next_to_prepare(const StepBuilder *builder)
{
    const Hold *first = NULL;
    FOR_EACH(const Hold, hold, *builder->holds) {
        if (is_prepared(builder->plan, hold->relation))
            continue;
        if (!waits_for_child(builder, hold))
            return hold;
        if (!first)
            first = hold;
    }
    return first;
}

static void add_prepare(const StepBuilder *builder, const Hold *hold)
{
    Step *step = add_step(builder, STEP_PREPARE, title_of_relation(builder->arena, hold->relation),
                          prepare_reason(builder, hold));
    step->relation = hold->relation;
    step->weight = table_weight(builder->plan, hold->relation);
    need_scripts(builder, step);
    need_kind(builder, step, STEP_CHECK);
    FOR_EACH(const Hold, other, *builder->holds)
        if (hold_goes_before(other, hold) || hold_goes_before(hold, other))
            need_table(builder, step, STEP_PREPARE, other->relation);
}

/* COPY of an entity needs the rows that its foreign keys point to and those it looks up, and the entities before it
 * whose rows it may meet. */
static void need_parents(const StepBuilder *builder, Step *step, const EntityPlan *entity)
{
    FOR_EACH(const EntityPlan, other, builder->plan->entities) {
        bool meets = other < entity && way_may_meet(other, entity) && (entity->meets_rows || other->meets_rows);
        if (other >= entity || !(meets || order_must_follow(builder->plan, builder->holds, entity, other)))
            continue;
        FOR_EACH(const Step, copy, builder->plan->steps)
            if (copy->kind == STEP_COPY && copy->entity == other)
                need(builder, step, copy->name);
    }
}

/* A driving table that is filled here has no keys to be cut at before. */
static void need_driving_rows(const StepBuilder *builder, Step *step, const EntityPlan *entity)
{
    if (!builder->plan->gathered->same || !entity->driving)
        return;
    FOR_EACH(const EntityPlan, other, builder->plan->entities)
        if (other->into && other < entity && other->into != entity->into &&
            catalog_shares_rows(builder->plan->gathered->target, entity->driving, other->into->oid))
            need_table(builder, step, STEP_COPY, other->into);
}

/* Dropping a foreign key locks the table it points to as well: that is over before the table is filled. */
static void need_children_prepared(const StepBuilder *builder, Step *step, const Relation *relation)
{
    FOR_EACH(const Hold, child, *builder->holds)
        FOR_EACH(const ForeignKey *, key, child->foreign_keys)
            if ((*key)->to == relation->oid)
                need_table(builder, step, STEP_PREPARE, child->relation);
}

static bool holds_triggers(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation && entity->entity->hold_triggers)
            return true;
    return false;
}

/* NULL when there is nothing to make ready. */
static const char *add_ready(const StepBuilder *builder, const EntityPlan *entity)
{
    bool triggers = holds_triggers(builder->plan, entity->into) && entity->into->triggers.count > 0;
    if (entity->write != WRITE_REPLACE && !triggers)
        return NULL;
    const char *replace = writing_empties(entity)          ? "TRUNCATE, because it replaces what is there"
                          : entity->write == WRITE_REPLACE ? "DELETE of its scope, because it replaces what is there"
                                                           : "its table's triggers are kept quiet";
    Step *ready = add_step(builder, STEP_READY, entity->entity->name, replace);
    ready->entity = entity;
    ready->relation = entity->into;
    ready->weight = entity->estimated_bytes;
    need_table(builder, ready, STEP_PREPARE, entity->into);
    need_children_prepared(builder, ready, entity->into);
    return ready->name;
}

static void add_copy(const StepBuilder *builder, const EntityPlan *entity)
{
    const char *ready = add_ready(builder, entity);
    Step *cut = add_step(builder, STEP_CUT, entity->entity->name, entity->chunks_reason);
    cut->entity = entity;
    cut->relation = entity->into;
    cut->weight = entity->estimated_bytes;
    need_table(builder, cut, STEP_PREPARE, entity->into);
    need_children_prepared(builder, cut, entity->into);
    need_driving_rows(builder, cut, entity);
    if (ready)
        need(builder, cut, ready);
    const char *cut_name = cut->name;

    Step *copy = add_step(builder, STEP_COPY, entity->entity->name, entity->way_reason);
    copy->entity = entity;
    copy->relation = entity->into;
    copy->weight = entity->estimated_bytes;
    need(builder, copy, cut_name);
    need_parents(builder, copy, entity);
}

bool steps_build_index_first(const Index *index)
{
    return !index->constraint || (index->unique && index->btree && !index->exclusion);
}

static void add_index(const StepBuilder *builder, const Hold *hold, const Index *index)
{
    Step *step = add_step(builder, STEP_INDEX, title_of_name(builder->arena, index->schema, index->name),
                          index->constraint ? "it was held back: a constraint stands on it" : "it was held back");
    step->relation = hold->relation;
    step->index = index;
    step->weight = table_weight(builder->plan, hold->relation) + index->primary;
    need_table(builder, step, STEP_COPY, hold->relation);
}

/* It locks the table against everybody, so all indexes are built by then, and one comes after the other. */
static void add_constraint(const StepBuilder *builder, const Hold *hold, const Index *index)
{
    const char *title = title_of_relation(builder->arena, hold->relation);
    Step *step = add_step(builder, STEP_CONSTRAINT, arena_printf(builder->arena, "%s.%s", title, index->constraint),
                          steps_build_index_first(index) ? "it was held back: over the index that is there again"
                                                         : "it was held back: with its index");
    step->relation = hold->relation;
    step->index = index;
    step->weight = table_weight(builder->plan, hold->relation);
    need_table(builder, step, STEP_COPY, hold->relation);
    need_table(builder, step, STEP_INDEX, hold->relation);
    need_table(builder, step, STEP_CONSTRAINT, hold->relation);
}

static void add_indexes(const StepBuilder *builder, const Hold *hold)
{
    FOR_EACH(const Index *, index, hold->indexes)
        if (steps_build_index_first(*index))
            add_index(builder, hold, *index);
    FOR_EACH(const Index *, index, hold->indexes)
        if ((*index)->constraint)
            add_constraint(builder, hold, *index);
}

static const Relation *pointed_to(const StepBuilder *builder, const ForeignKey *key)
{
    return catalog_relation_by_oid(builder->plan->gathered->target, key->to);
}

/* Steps of this kind whose foreign key is from or to one of the two tables: their locks would meet. */
static void need_foreign_keys(const StepBuilder *builder, Step *step, StepKind kind, const Relation *relation)
{
    FOR_EACH(const Step, other, builder->plan->steps)
        if (other != step && other->kind == kind &&
            (other->relation == relation || pointed_to(builder, other->foreign_key) == relation))
            need(builder, step, other->name);
}

/* After the indexes: it would wait for those that are being built, and it looks at their expressions too. After the
 * foreign keys that point to the table: adding those would wait for it, and validating them, which takes long, can go
 * on beside it. */
static void add_analyze(const StepBuilder *builder, const Hold *hold)
{
    if (hold->relation->kind != 'r' && hold->relation->kind != 'p')
        return;
    Step *step = add_step(builder, STEP_ANALYZE, title_of_relation(builder->arena, hold->relation),
                          "the planner has to know the new rows");
    step->relation = hold->relation;
    step->weight = table_weight(builder->plan, hold->relation);
    need_table(builder, step, STEP_COPY, hold->relation);
    need_table(builder, step, STEP_INDEX, hold->relation);
    need_table(builder, step, STEP_CONSTRAINT, hold->relation);
    need_foreign_keys(builder, step, STEP_FOREIGN_KEY, hold->relation);
}

/* Everything that has to be done with a table before a foreign key from or to it can be looked at. */
static void need_whole_table(const StepBuilder *builder, Step *step, const Relation *relation)
{
    static const StepKind kinds[] = {STEP_COPY, STEP_INDEX, STEP_CONSTRAINT, STEP_ANALYZE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        need_table(builder, step, kinds[i], relation);
}

enum { NOT_VALID_ON_PARTITIONED = 180000 };

bool steps_validate_later(const Catalog *target, const Relation *from, const ForeignKey *key)
{
    return key->validated && (from->kind != 'p' || target->server_version >= NOT_VALID_ON_PARTITIONED);
}

static char *foreign_key_title(const StepBuilder *builder, const Hold *hold, const ForeignKey *key)
{
    return arena_printf(builder->arena, "%s.%s", title_of_relation(builder->arena, hold->relation), key->name);
}

static void add_foreign_key(const StepBuilder *builder, const Hold *hold, const ForeignKey *key)
{
    bool later = steps_validate_later(builder->plan->gathered->target, hold->relation, key);
    Step *step = add_step(builder, STEP_FOREIGN_KEY, foreign_key_title(builder, hold, key),
                          later             ? "it was held back; NOT VALID first"
                          : !key->validated ? "it was held back; it was NOT VALID and stays so"
                                            : "it was held back; a partitioned table checks it at once");
    step->relation = hold->relation;
    step->foreign_key = key;
    step->weight = table_weight(builder->plan, hold->relation);
    need_whole_table(builder, step, hold->relation);
    need_whole_table(builder, step, pointed_to(builder, key));
    need_foreign_keys(builder, step, STEP_FOREIGN_KEY, hold->relation);
    need_foreign_keys(builder, step, STEP_FOREIGN_KEY, pointed_to(builder, key));
}

/* What is taken out of a table because its parent is missing is a missing parent to others. In a circle of tables the
 * first one comes first. */
static void need_parents_validated(const StepBuilder *builder, Step *step, const Hold *hold)
{
    FOR_EACH(const ForeignKey *, key, hold->foreign_keys)
        if (pointed_to(builder, *key) != hold->relation)
            need_table(builder, step, STEP_VALIDATE, pointed_to(builder, *key));
}

static void add_validate(const StepBuilder *builder, const Hold *hold, const ForeignKey *key)
{
    if (!steps_validate_later(builder->plan->gathered->target, hold->relation, key))
        return;
    Step *step = add_step(builder, STEP_VALIDATE, foreign_key_title(builder, hold, key),
                          "every row is checked, while others may write");
    step->relation = hold->relation;
    step->foreign_key = key;
    step->weight = table_weight(builder->plan, hold->relation);
    need_foreign_keys(builder, step, STEP_FOREIGN_KEY, hold->relation);
    need_table(builder, step, STEP_VALIDATE, hold->relation);
    need_parents_validated(builder, step, hold);
}

static void add_triggers(const StepBuilder *builder, const Hold *hold)
{
    static const StepKind before[] = {STEP_COPY, STEP_INDEX, STEP_CONSTRAINT, STEP_FOREIGN_KEY, STEP_VALIDATE};
    FOR_EACH(const Trigger, trigger, hold->relation->triggers) {
        if (trigger->enabled == 'D' || !holds_triggers(builder->plan, hold->relation))
            continue;
        const char *title =
            arena_printf(builder->arena, "%s.%s", title_of_relation(builder->arena, hold->relation), trigger->name);
        Step *step = add_step(builder, STEP_TRIGGER, title, "it was kept quiet while the rows came");
        step->relation = hold->relation;
        step->trigger = trigger;
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
            need_table(builder, step, before[i], hold->relation);
    }
}

static bool is_mapped(const Plan *plan, const Relation *relation, const Column *column)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation && mapping_find(mapping_to_target(entity), column->name))
            return true;
    return false;
}

static void add_sequences(const StepBuilder *builder, const Hold *hold)
{
    FOR_EACH(const Column, column, hold->relation->columns) {
        if (!column->sequence || !is_mapped(builder->plan, hold->relation, column))
            continue;
        const char *title =
            arena_printf(builder->arena, "%s.%s", title_of_relation(builder->arena, hold->relation), column->name);
        Step *step = add_step(builder, STEP_SEQUENCE, title, "its column was filled from outside");
        step->relation = hold->relation;
        step->column = column;
        need_table(builder, step, STEP_COPY, hold->relation);
        need_table(builder, step, STEP_INDEX, hold->relation);
        need_table(builder, step, STEP_CONSTRAINT, hold->relation);
    }
}

/* What a function in the view reads is not known, so it comes after all copies. After indexes, statistics and keys of the tables that
 * are known: it is quicker then, and nobody waits for its lock. */
static void add_refresh(const StepBuilder *builder, const Relation *view)
{
    const Catalog *target = builder->plan->gathered->target;
    Step *step = add_step(builder, STEP_REFRESH, title_of_relation(builder->arena, view),
                          refresh_reason(builder->arena, builder->plan, view));
    step->relation = view;
    need_scripts(builder, step);
    need_kind(builder, step, STEP_COPY);
    FOR_EACH(const Hold, hold, *builder->holds)
        if (refresh_reads(target, view, hold->relation->oid))
            need_whole_table(builder, step, hold->relation);
    FOR_EACH(const Relation *const, other, builder->plan->refresh)
        if (*other != view && refresh_reads(target, view, (*other)->oid))
            need_table(builder, step, STEP_REFRESH, *other);
}

static void add_verify(const StepBuilder *builder, const Hold *hold)
{
    static const StepKind before[] = {STEP_COPY,        STEP_INDEX,    STEP_CONSTRAINT, STEP_ANALYZE,
                                      STEP_FOREIGN_KEY, STEP_VALIDATE, STEP_TRIGGER,    STEP_SEQUENCE};
    Step *step = add_step(builder, STEP_VERIFY, title_of_relation(builder->arena, hold->relation),
                          "both sides are read and compared");
    step->relation = hold->relation;
    step->weight = table_weight(builder->plan, hold->relation);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
        need_table(builder, step, before[i], hold->relation);
}

/* One after the other: a script may read the views before it. What a view groups by has to be a key again by then. */
static void add_compats(const StepBuilder *builder)
{
    static const StepKind before[] = {STEP_EXPAND, STEP_SEED, STEP_COPY, STEP_INDEX, STEP_CONSTRAINT, STEP_TRIGGER, STEP_COMPAT};
    FOR_EACH(const CompatPlan, compat, builder->plan->compats) {
        Step *step = add_step(builder, STEP_COMPAT, compat->compat->view.text,
                              !compat->entity    ? "the manifest's script"
                              : compat->updatable ? "every column is one of the target table: PostgreSQL itself writes through it"
                                                  : "a trigger sends what is written to it through the transform");
        step->compat = compat;
        step->relation = compat->entity ? compat->entity->into : NULL;
        for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
            if (step->relation && before[i] != STEP_COMPAT && before[i] > STEP_SEED)
                need_table(builder, step, before[i], step->relation);
            else
                need_kind(builder, step, before[i]);
    }
}

static void add_checks_after(const StepBuilder *builder)
{
    FOR_EACH(const Check, check, builder->plan->manifest->checks) {
        if (check->side == CHECK_SOURCE)
            continue;
        Step *step = add_step(builder, STEP_CHECK_AFTER, check->name,
                              check->side == CHECK_BALANCE ? "both sides must agree" : "the manifest's check");
        step->check = check;
        need_scripts(builder, step);
        need_kind(builder, step, STEP_COMPAT);
        need_kind(builder, step, STEP_REFRESH);
        need_kind(builder, step, STEP_VERIFY);
    }
}

static bool is_analyzed(const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == STEP_ANALYZE && step->relation == relation)
            return true;
    return false;
}

/* Children first, against the order of copying: a table is analysed when the keys that point to it are there. */
static void add_foreign_keys(const StepBuilder *builder)
{
    const EntityPlanList *entities = &builder->plan->entities;
    for (size_t i = entities->count; i > 0; i--) {
        const Hold *hold = entities->items[i - 1].into ? hold_of(builder->holds, entities->items[i - 1].into) : NULL;
        if (!hold || is_analyzed(builder->plan, hold->relation))
            continue;
        add_analyze(builder, hold);
        FOR_EACH(const ForeignKey *, key, hold->foreign_keys)
            add_foreign_key(builder, hold, *key);
    }
    FOR_EACH(const Hold, hold, *builder->holds)
        FOR_EACH(const ForeignKey *, key, hold->foreign_keys)
            add_validate(builder, hold, *key);
}

void steps_build(Arena *arena, Plan *plan, const HoldList *holds)
{
    StepBuilder builder = {arena, plan, holds};
    add_scripts(&builder, STEP_EXPAND, "the manifest's expand");
    add_scripts(&builder, STEP_SEED, "the manifest's seed");
    add_checks_before(&builder);
    for (const Hold *hold; (hold = next_to_prepare(&builder));)
        add_prepare(&builder, hold);
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into)
            add_copy(&builder, entity);
    FOR_EACH(const Hold, hold, *holds)
        add_indexes(&builder, hold);
    add_foreign_keys(&builder);
    FOR_EACH(const Hold, hold, *holds)
        add_triggers(&builder, hold);
    FOR_EACH(const Hold, hold, *holds)
        add_sequences(&builder, hold);
    add_compats(&builder);
    FOR_EACH(const Relation *const, view, plan->refresh)
        if (refresh_is_due(plan, *view))
            add_refresh(&builder, *view);
    FOR_EACH(const Hold, hold, *holds)
        add_verify(&builder, hold);
    add_checks_after(&builder);
}
