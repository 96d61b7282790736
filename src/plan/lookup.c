#include "plan/lookup.h"

#include "base/text.h"

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
            add_relation(arena, catalog, entity, (Lookup){below, lookup.text, lookup.read}, depth + 1);
    }
}

static void add_text(Arena *arena, const Catalog *catalog, EntityPlan *entity, const SqlReads *text)
{
    FOR_EACH(const TableRead, read, text->reads) {
        bool is_staged = text->on_target && !read->schema && text_equal(read->name, "staged");
        const Relation *relation = is_staged ? NULL : catalog_relation(catalog, read->schema, read->name);
        if (relation)
            add_relation(arena, catalog, entity, (Lookup){relation, text, read}, 0);
    }
}

void lookup_build(Arena *arena, Plan *plan)
{
    FOR_EACH(EntityPlan, entity, plan->entities)
        FOR_EACH(const SqlReads, text, entity->gathered->texts)
            if (text->on_target || plan->gathered->same)
                add_text(arena, plan->gathered->target, entity, text);
}

const Lookup *lookup_find(const Plan *plan, const EntityPlan *reader, const EntityPlan *filler)
{
    if (!filler->into || reader->into == filler->into)
        return NULL;
    FOR_EACH(const Lookup, lookup, reader->lookups)
        if (catalog_shares_rows(plan->gathered->target, lookup->relation, filler->into->oid))
            return lookup;
    return NULL;
}
