#include "plan/hold.h"

#include "plan/mapping.h"
#include "plan/writing.h"

static Hold *find(HoldList *holds, const Relation *relation)
{
    FOR_EACH(Hold, hold, *holds)
        if (hold->relation == relation)
            return hold;
    return NULL;
}

const Hold *hold_of(const HoldList *holds, const Relation *relation)
{
    FOR_EACH(const Hold, hold, *holds)
        if (hold->relation == relation)
            return hold;
    return NULL;
}

bool hold_has_foreign_key(const HoldList *holds, const ForeignKey *key)
{
    FOR_EACH(const Hold, hold, *holds)
        FOR_EACH(const ForeignKey *, held, hold->foreign_keys)
            if (*held == key)
                return true;
    return false;
}

/* Why this entity forbids holding anything back of its table; NULL: it does not. */
static const char *objection(const EntityPlan *entity)
{
    if (entity->entity->keep_indexes)
        return "indexes: keep";
    if (entity->write == WRITE_SKIP)
        return "rows that are there are kept, so it needs its keys";
    if (!entity->gathered->into_empty && !writing_empties(entity))
        return "the table is not empty";
    if (!entity->into->is_owner)
        return "the role does not own the table";
    if (entity->into->kind != 'r' && entity->into->kind != 'p')
        return "it is not a plain table";
    if (entity->into->is_partition)
        return "it is a partition";
    return NULL;
}

static void hold_table(Arena *arena, const Plan *plan, HoldList *holds, const EntityPlan *first)
{
    Hold *hold = LIST_ADD(arena, holds);
    *hold = (Hold){.relation = first->into, .held = true, .reason = "the table is empty and ours"};
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        const char *why = entity->into == first->into ? objection(entity) : NULL;
        hold->emptied = hold->emptied || (entity->into == first->into && writing_empties(entity));
        if (why && hold->held) {
            hold->held = false;
            hold->reason = why;
        }
    }
    if (hold->held && hold->emptied)
        hold->reason = "the table is emptied first and then ours";
}

/* Where to: a table that is ours too, so that locking it harms nobody. */
static void hold_foreign_keys(Arena *arena, const Catalog *catalog, Hold *hold)
{
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys) {
        const Relation *to = catalog_relation_by_oid(catalog, key->to);
        if (hold->held && key->from == hold->relation->oid && !key->inherited && to && to->is_owner)
            LIST_PUSH(arena, &hold->foreign_keys, key);
    }
}

static bool index_backs(const Index *index, const ForeignKey *key)
{
    if (!index->unique || index->columns.count != key->to_columns.count)
        return false;
    FOR_EACH(const int, number, key->to_columns) {
        bool found = false;
        FOR_EACH(const int, column, index->columns)
            found = found || *column == *number;
        if (!found)
            return false;
    }
    return true;
}

/* By a foreign key that stays. */
static bool is_referenced(const Catalog *catalog, const HoldList *holds, const Hold *hold, const Index *index)
{
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys)
        if (key->to == hold->relation->oid && !key->inherited && index_backs(index, key) &&
            !hold_has_foreign_key(holds, key))
            return true;
    return false;
}

static bool is_conflict_index(const Plan *plan, const Relation *relation, const Index *index)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation && entity->meets_rows && relation_unique_index(relation, &entity->key) == index)
            return true;
    return false;
}

static void hold_indexes(Arena *arena, const Plan *plan, const HoldList *holds, Hold *hold)
{
    if (!hold->held || hold->relation->kind == 'p')
        return;
    FOR_EACH(const Index, index, hold->relation->indexes) {
        bool stays =
            !index->valid || index->inherited || index->replica_identity || index->clustered || index->views_depend;
        if (!stays && !is_referenced(plan->gathered->target, holds, hold, index) &&
            !is_conflict_index(plan, hold->relation, index))
            LIST_PUSH(arena, &hold->indexes, index);
    }
}

static const char *why_indexes_stay(const Hold *hold)
{
    return hold->relation->kind == 'p'          ? "a partitioned table keeps its indexes"
           : hold->relation->indexes.count == 0 ? "the table has none"
                                                : "each is needed while the table is filled";
}

void hold_build(Arena *arena, Plan *plan, HoldList *holds)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into && !find(holds, entity->into))
            hold_table(arena, plan, holds, entity);
    FOR_EACH(Hold, hold, *holds)
        hold_foreign_keys(arena, plan->gathered->target, hold);
    FOR_EACH(Hold, hold, *holds)
        hold_indexes(arena, plan, holds, hold);
    FOR_EACH(EntityPlan, entity, plan->entities) {
        const Hold *hold = entity->into ? hold_of(holds, entity->into) : NULL;
        entity->hold = hold && hold->held;
        entity->holds_indexes = entity->hold && hold->indexes.count > 0;
        entity->hold_reason = !hold                                    ? NULL
                              : entity->hold && !entity->holds_indexes ? why_indexes_stay(hold)
                                                                       : hold->reason;
    }
}

bool hold_goes_before(const Hold *child, const Hold *parent)
{
    if (child == parent)
        return false;
    FOR_EACH(const ForeignKey *, key, child->foreign_keys) {
        bool needed = parent->emptied;
        FOR_EACH(const Index *, index, parent->indexes)
            needed = needed || index_backs(*index, *key);
        if (needed && (*key)->to == parent->relation->oid)
            return true;
    }
    return false;
}

void hold_check(const Plan *plan, const HoldList *holds, Mistakes *mistakes)
{
    const Catalog *target = plan->gathered->target;
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (!entity->into || !writing_empties(entity))
            continue;
        FOR_EACH(const ForeignKey, key, target->foreign_keys) {
            const Relation *from = catalog_relation_by_oid(target, key->from);
            if (from && key->to == entity->into->oid && key->from != key->to && !key->inherited &&
                !hold_has_foreign_key(holds, key))
                mistake_add(mistakes, entity->entity->place,
                            "entity \"%s\": replace cannot TRUNCATE %s while foreign key \"%s\" of %s points to it; "
                            "give a \"scope\" to delete by",
                            entity->entity->name, entity->into->sql_name, key->name, from->sql_name);
        }
    }
}
