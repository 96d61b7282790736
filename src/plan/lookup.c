#include "plan/lookup.h"

#include "base/text.h"
#include "plan/crosswalk.h"

static void add_relation(Arena *arena, const Catalog *catalog, EntityPlan *entity, Lookup lookup)
{
    if (lookup.relation->kind != 'v') {
        LIST_PUSH(arena, &entity->lookups, lookup);
        return;
    }
    ObjectId view = lookup.relation->oid;
    FOR_EACH(const ViewRead, read, catalog->view_reads) {
        lookup.relation = read->view == view ? catalog_relation_by_oid(catalog, read->relation) : NULL;
        if (lookup.relation && lookup.relation->kind != 'v')
            LIST_PUSH(arena, &entity->lookups, lookup);
    }
}

static const Crosswalk *crosswalk_of(const Plan *plan, const TableRead *read)
{
    return text_equal(read->schema, "rehome") ? crosswalk_find(&plan->gathered->crosswalks, read->name) : NULL;
}

static void add_text(Arena *arena, const Plan *plan, EntityPlan *entity, const SqlReads *text)
{
    const Catalog *catalog = plan->gathered->target;
    FOR_EACH(const TableRead, read, text->reads) {
        const Crosswalk *crosswalk = crosswalk_of(plan, read);
        if (crosswalk)
            LIST_PUSH(arena, &entity->lookups, ((Lookup){.crosswalk = crosswalk, .text = text, .read = read}));
        if (crosswalk || !(text->on_target || plan->gathered->same))
            continue;
        bool is_staged = text->on_target && !read->schema && text_equal(read->name, "staged");
        const Relation *relation = is_staged ? NULL : catalog_relation(catalog, read->schema, read->name);
        if (relation)
            add_relation(arena, catalog, entity, (Lookup){.relation = relation, .text = text, .read = read});
    }
}

/* Its rows would be looked up in vain, and the proof would look them up in vain as well. */
static void refuse_awaited(const Catalog *target, const EntityPlan *reader, const Lookup *lookup, const Entity *filler,
                           Mistakes *mistakes)
{
    const Relation *into = catalog_relation(target, filler->into.schema, filler->into.name);
    if (!into || into == reader->into || !lookup->relation || !catalog_shares_rows(target, lookup->relation, into->oid))
        return;
    mistake_add(mistakes, sql_place(lookup->text->sql, lookup->read->offset),
                "entity \"%s\": its %s reads %s, and \"%s\", which fills it, is not copied yet; run that first, or both "
                "together",
                reader->entity->name, lookup->text->what, lookup->relation->sql_name, filler->name);
}

void lookup_build(Arena *arena, Plan *plan, Mistakes *mistakes)
{
    FOR_EACH(EntityPlan, entity, plan->entities) {
        FOR_EACH(const SqlReads, text, entity->gathered->texts)
            add_text(arena, plan, entity, text);
        FOR_EACH(const Lookup, lookup, entity->lookups)
            FOR_EACH(const Entity *const, filler, plan->gathered->awaited)
                refuse_awaited(plan->gathered->target, entity, lookup, *filler, mistakes);
    }
}

const Lookup *lookup_find(const Plan *plan, const EntityPlan *reader, const EntityPlan *filler)
{
    FOR_EACH(const Lookup, lookup, reader->lookups)
        if (lookup->crosswalk && lookup->crosswalk == filler->crosswalk)
            return lookup;
    if (!filler->into || reader->into == filler->into)
        return NULL;
    FOR_EACH(const Lookup, lookup, reader->lookups)
        if (lookup->relation && catalog_shares_rows(plan->gathered->target, lookup->relation, filler->into->oid))
            return lookup;
    return NULL;
}
