#include "plan/order.h"

#include "plan/lookup.h"
#include "plan/mapping.h"

/* Every column of the key gets a value: else it is null, and nothing is checked. */
static bool is_filled(const Catalog *catalog, const ForeignKey *key, const EntityPlan *entity)
{
    const Relation *from = catalog_relation_by_oid(catalog, key->from);
    FOR_EACH(const int, number, key->columns) {
        const Column *column = from ? relation_column_by_number(from, *number) : NULL;
        if (column && !column->has_default && !column->generated &&
            !mapping_find(mapping_to_target(entity), column->name))
            return false;
    }
    return true;
}

/* The foreign key from the one's table to the other's that says most: one that stays before one that is held back. */
static const ForeignKey *link(const Plan *plan, const HoldList *holds, const EntityPlan *child,
                              const EntityPlan *parent)
{
    const Catalog *catalog = plan->gathered->target;
    const ForeignKey *found = NULL;
    if (!child->into || !parent->into)
        return NULL;
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys) {
        if (key->inherited || !catalog_shares_rows(catalog, child->into, key->from) ||
            !catalog_shares_rows(catalog, parent->into, key->to) || !is_filled(catalog, key, child))
            continue;
        if (!found || !hold_has_foreign_key(holds, key))
            found = key;
    }
    return found;
}

static bool link_stays(const HoldList *holds, const ForeignKey *key)
{
    return key && !hold_has_foreign_key(holds, key);
}

bool order_must_follow(const Plan *plan, const HoldList *holds, const EntityPlan *child, const EntityPlan *parent)
{
    return lookup_find(plan, child, parent) ||
           (child->into != parent->into && link_stays(holds, link(plan, holds, child, parent)));
}

bool order_is_self_referencing(const Catalog *catalog, const HoldList *holds, const EntityPlan *entity)
{
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys)
        if (catalog_shares_rows(catalog, entity->into, key->from) && key->to == key->from && !key->inherited &&
            is_filled(catalog, key, entity) && !hold_has_foreign_key(holds, key))
            return true;
    return false;
}

/* Entities and who waits for whom, while the order is being made. */
typedef struct Sorting {
    size_t count;
    bool *follows; /* [child * count + parent]: by any foreign key */
    bool *stays;   /* … by one that stays, or because it looks the other's rows up */
    bool *placed;
} Sorting;

static Sorting sorting_new(Arena *arena, const Plan *plan, const HoldList *holds)
{
    size_t count = plan->entities.count;
    Sorting sorting = {count, NEW_ARRAY(arena, bool, count *count + 1), NEW_ARRAY(arena, bool, count *count + 1),
                       NEW_ARRAY(arena, bool, count + 1)};
    for (size_t child = 0; child < count; child++)
        for (size_t parent = 0; parent < count; parent++) {
            const EntityPlan *one = &plan->entities.items[child], *other = &plan->entities.items[parent];
            const ForeignKey *key = one->into != other->into ? link(plan, holds, one, other) : NULL;
            sorting.follows[child * count + parent] = key;
            sorting.stays[child * count + parent] =
                link_stays(holds, key) || lookup_find(plan, one, other) ||
                (one->into && one->into == other->into && parent < child && !lookup_find(plan, other, one));
        }
    for (size_t i = 0; i < count * count; i++)
        sorting.follows[i] = sorting.follows[i] || sorting.stays[i];
    return sorting;
}

static bool waits(const Sorting *sorting, const bool *edges, size_t child)
{
    for (size_t parent = 0; parent < sorting->count; parent++)
        if (edges[child * sorting->count + parent] && !sorting->placed[parent])
            return true;
    return false;
}

/* The first that waits for nobody; else the first that waits for held keys only; else `count`. */
static size_t next_free(const Sorting *sorting)
{
    const bool *edges[] = {sorting->follows, sorting->stays};
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < sorting->count; i++)
            if (!sorting->placed[i] && !waits(sorting, edges[round], i))
                return i;
    return sorting->count;
}

/* It can be reached from itself. */
static bool on_circle(Arena *arena, const Sorting *sorting, const bool *edges, size_t start)
{
    bool *reached = NEW_ARRAY(arena, bool, sorting->count);
    bool grown = true;
    for (size_t parent = 0; parent < sorting->count; parent++)
        reached[parent] = edges[start * sorting->count + parent];
    while (grown && !reached[start]) {
        grown = false;
        for (size_t i = 0; i < sorting->count * sorting->count; i++) {
            size_t child = i / sorting->count, parent = i % sorting->count;
            if (edges[i] && reached[child] && !reached[parent])
                grown = reached[parent] = true;
        }
    }
    return reached[start];
}

static const EntityPlan *blocking_parent(const Plan *plan, const Sorting *sorting, size_t child)
{
    for (size_t parent = 0; parent < sorting->count; parent++)
        if (sorting->stays[child * sorting->count + parent] && !sorting->placed[parent] &&
            plan->entities.items[parent].into != plan->entities.items[child].into)
            return &plan->entities.items[parent];
    return NULL;
}

static void refuse_circle(const Plan *plan, const HoldList *holds, const EntityPlan *child, const EntityPlan *parent,
                          Mistakes *mistakes)
{
    const Lookup *lookup = lookup_find(plan, child, parent);
    const ForeignKey *key = link(plan, holds, child, parent);
    if (lookup)
        mistake_add(
            mistakes, sql_place(lookup->text->sql, lookup->read->offset),
            "entity \"%s\": its %s reads %s, which entity \"%s\" fills, and that one has to wait for \"%s\" in turn; "
            "look rows up in one direction only",
            child->entity->name, lookup->text->what, lookup->relation->sql_name, parent->entity->name,
            child->entity->name);
    else if (key)
        mistake_add(
            mistakes, child->entity->place,
            "entity \"%s\": %s and %s need each other's rows first (foreign key \"%s\"), and the key stays because %s; "
            "let the tables be empty, or drop the key in an expand file",
            child->entity->name, child->into->sql_name, parent->into->sql_name, key->name, child->hold_reason);
}

/* Nobody is free: takes the first on a circle, and says what the user can do. */
static size_t break_circle(Arena *arena, const Plan *plan, const HoldList *holds, const Sorting *sorting,
                           Mistakes *mistakes)
{
    size_t next = 0;
    while (next < sorting->count && (sorting->placed[next] || !on_circle(arena, sorting, sorting->stays, next) ||
                                     !blocking_parent(plan, sorting, next)))
        next++;
    if (next == sorting->count)
        for (next = 0; sorting->placed[next];)
            next++;
    const EntityPlan *child = &plan->entities.items[next], *parent = blocking_parent(plan, sorting, next);
    if (parent)
        refuse_circle(plan, holds, child, parent, mistakes);
    return next;
}

static void explain_circles(Arena *arena, Plan *plan, const HoldList *holds, const Sorting *sorting)
{
    for (size_t i = 0; i < sorting->count; i++) {
        EntityPlan *entity = &plan->entities.items[i];
        const ForeignKey *self = entity->into ? link(plan, holds, entity, entity) : NULL;
        if (self && !link_stays(holds, self))
            entity->cycle =
                arena_printf(arena, "refers to itself: its foreign key \"%s\" comes back after the copy", self->name);
        else if (self)
            entity->cycle = arena_printf(
                arena, "refers to itself (\"%s\"): one statement writes all its rows, and its end checks them",
                self->name);
        else if (on_circle(arena, sorting, sorting->follows, i))
            entity->cycle = "its foreign keys lead back to it: those held back come back after the copy";
    }
}

void order_build(Arena *arena, Plan *plan, const HoldList *holds, Mistakes *mistakes)
{
    Sorting sorting = sorting_new(arena, plan, holds);
    explain_circles(arena, plan, holds, &sorting);
    EntityPlanList ordered = {0};
    while (ordered.count < sorting.count) {
        size_t next = next_free(&sorting);
        if (next == sorting.count)
            next = break_circle(arena, plan, holds, &sorting, mistakes);
        sorting.placed[next] = true;
        LIST_PUSH(arena, &ordered, plan->entities.items[next]);
    }
    plan->entities = ordered;
}
