#include "plan/refresh.h"

#include "base/text.h"
#include "plan/title.h"

/* ---- what is read ---- */

bool refresh_reads(const Catalog *target, const Relation *view, ObjectId table)
{
    FOR_EACH(const ViewRead, read, target->view_reads) {
        const Relation *below = read->view == view->oid ? catalog_relation_by_oid(target, read->relation) : NULL;
        if (below && catalog_shares_rows(target, below, table))
            return true;
    }
    return false;
}

/* Whether another entity fills it too makes no difference, so a table is named once. */
static void list_filled(Arena *arena, const Plan *plan, const Relation *view, StringList *titles)
{
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (!entity->into || !refresh_reads(plan->gathered->target, view, entity->into->oid))
            continue;
        const char *title = title_of_relation(arena, entity->into);
        if (!string_list_contains(titles, title))
            LIST_PUSH(arena, titles, title);
    }
}

bool refresh_is_due(const Plan *plan, const Relation *view)
{
    const Catalog *target = plan->gathered->target;
    bool others = false;
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into && refresh_reads(target, view, entity->into->oid))
            return true;
    FOR_EACH(const Entity, entity, plan->manifest->entities) {
        const Relation *into = catalog_relation(target, entity->into.schema, entity->into.name);
        others |= into && refresh_reads(target, view, into->oid);
    }
    return !others;
}

/* ---- names ---- */

static const char *kind_of(const Relation *relation)
{
    return relation->kind == 'v' ? "a view" : relation->kind == 'f' ? "a foreign table" : "a table";
}

static const char *nearest_view(Arena *arena, const Catalog *target, const char *name)
{
    Catalog views = *target;
    views.index = NULL;
    views.relations = (RelationList){0};
    FOR_EACH(const Relation, relation, target->relations)
        if (relation->kind == 'm')
            LIST_PUSH(arena, &views.relations, *relation);
    return catalog_nearest_relation(arena, &views, name);
}

static void refuse(const Catalog *target, const Name *name, const Relation *found, Mistakes *mistakes)
{
    Arena *arena = mistakes->arena;
    const Relation *spelled = found ? NULL : catalog_relation_spelled(target, name->text);
    const char *nearest = nearest_view(arena, target, name->text);
    const char *what =
        found ? arena_printf(arena, "%s on the target is %s, not a materialised view", name->text, kind_of(found))
              : arena_printf(arena, "no materialised view %s on the target", name->text);
    if (spelled)
        mistake_add(mistakes, name->place, "%s; there is one spelled exactly so: write '\"%s\"' with double quotes",
                    what, spelled->name);
    else if (nearest)
        mistake_add(mistakes, name->place, "%s; did you mean %s?", what, nearest);
    else
        mistake_add(mistakes, name->place, "%s", what);
}

static bool contains(const MaterialisedViewList *views, const Relation *view)
{
    FOR_EACH(const Relation *const, other, *views)
        if (*other == view)
            return true;
    return false;
}

static void find_all(Arena *arena, const Manifest *manifest, const Catalog *target, MaterialisedViewList *views,
                     Mistakes *mistakes)
{
    FOR_EACH(const Name, name, manifest->refresh) {
        const Relation *found = catalog_relation(target, name->schema, name->name);
        if (!found || found->kind != 'm')
            refuse(target, name, found, mistakes);
        else if (contains(views, found))
            mistake_add(mistakes, name->place, "%s stands here a second time", name->text);
        else
            LIST_PUSH(arena, views, found);
    }
}

/* ---- order ---- */

static bool waits(const Catalog *target, const MaterialisedViewList *views, const MaterialisedViewList *ordered,
                  const Relation *view)
{
    FOR_EACH(const Relation *const, other, *views)
        if (*other != view && !contains(ordered, *other) && refresh_reads(target, view, (*other)->oid))
            return true;
    return false;
}

/* The first in the manifest that waits for no other; of views in a circle, which cannot be read, the first one. */
static const Relation *next(const Catalog *target, const MaterialisedViewList *views,
                            const MaterialisedViewList *ordered)
{
    const Relation *left = NULL;
    FOR_EACH(const Relation *const, view, *views) {
        if (contains(ordered, *view))
            continue;
        if (!waits(target, views, ordered, *view))
            return *view;
        left = left ? left : *view;
    }
    return left;
}

void refresh_build(Arena *arena, const Manifest *manifest, const Catalog *target, MaterialisedViewList *views,
                   Mistakes *mistakes)
{
    MaterialisedViewList found = {0};
    find_all(arena, manifest, target, &found, mistakes);
    for (const Relation *view; (view = next(target, &found, views));)
        LIST_PUSH(arena, views, view);
}

/* ---- how ---- */

bool refresh_is_concurrent(const Relation *view)
{
    FOR_EACH(const Index, index, view->indexes)
        if (view->populated && index->unique && index->valid && !index->partial && !index->has_expression)
            return true;
    return false;
}

char *refresh_sql(Arena *arena, const Relation *view)
{
    return arena_printf(arena, "REFRESH MATERIALIZED VIEW %s%s", refresh_is_concurrent(view) ? "CONCURRENTLY " : "",
                        view->sql_name);
}

static const char *how(const Relation *view)
{
    if (refresh_is_concurrent(view))
        return "CONCURRENTLY: it can be read meanwhile";
    return view->populated ? "it cannot be read meanwhile, because no unique index tells its rows apart"
                           : "it is filled for the first time";
}

char *refresh_reason(Arena *arena, const Plan *plan, const Relation *view)
{
    StringList filled = {0};
    list_filled(arena, plan, view, &filled);
    if (filled.count == 0)
        return arena_strdup(arena, how(view));
    return arena_printf(arena, "it reads %s; %s", string_list_join(arena, &filled, ", "), how(view));
}
