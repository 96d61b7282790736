#include "plan/lookup.h"

#include "base/text.h"
#include "plan/crosswalk.h"

/* A view may be replaced by one that reads itself; the server then refuses to read it, and we must not go round. */
enum { DEEPEST_VIEW = 32 };

static void add_relation(Arena *arena, const Catalog *catalog, EntityPlan *entity, Lookup lookup, int depth)
{
    if (lookup.relation->kind != 'v') {
        LIST_PUSH(arena, &entity->lookups, lookup);
        return;
    }
    FOR_EACH(const ViewRead, read, catalog->view_reads) {
        const Relation *below = catalog_relation_by_oid(catalog, read->relation);
        if (read->view == lookup.relation->oid && below && depth < DEEPEST_VIEW)
            add_relation(arena, catalog, entity, (Lookup){.relation = below, .text = lookup.text, .read = lookup.read},
                         depth + 1);
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
            add_relation(arena, catalog, entity, (Lookup){.relation = relation, .text = text, .read = read}, 0);
    }
}

void lookup_build(Arena *arena, Plan *plan)
{
    FOR_EACH(EntityPlan, entity, plan->entities)
        FOR_EACH(const SqlReads, text, entity->gathered->texts)
            add_text(arena, plan, entity, text);
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
