#include "plan/uses.h"

#include "base/text.h"
#include "transform/reads.h"

/* Where what is found is written down. */
typedef struct Search {
    Arena *arena;
    const Plan *plan;
    const Catalog *source;
    TableUseList *uses;
} Search;

const TableUse *uses_of(const TableUseList *uses, const Relation *relation)
{
    FOR_EACH(const TableUse, use, *uses)
        if (use->relation == relation)
            return use;
    return NULL;
}

static TableUse *use_for(const Search *search, const Relation *relation)
{
    TableUse *use = (TableUse *)uses_of(search->uses, relation);
    if (use)
        return use;
    use = LIST_ADD(search->arena, search->uses);
    use->relation = relation;
    return use;
}

static void add_names(Arena *arena, const StringList *from, StringList *to)
{
    FOR_EACH(const char *, name, *from)
        if (!string_list_contains(to, *name))
            LIST_PUSH(arena, to, *name);
}

/* `asked`: nothing that stands there is given on. */
static void add_reads(const Search *search, const TableReadList *reads, bool asked)
{
    FOR_EACH(const TableRead, read, *reads) {
        const Relation *relation = catalog_relation(search->source, read->schema, read->name);
        if (!relation)
            continue;
        TableUse *use = use_for(search, relation);
        use->everything |= read->everything;
        use->below |= read->below;
        add_names(search->arena, &read->columns, &use->columns);
        if (!asked)
            add_names(search->arena, &read->given, &use->given);
    }
}

/* ---- the texts of an entity ---- */

static const Relation *driving_of(const Search *search, const Name *from)
{
    return catalog_relation(search->source, from->schema, from->name);
}

static void add_driving(const Search *search, const Entity *entity, bool everything)
{
    FOR_EACH(const Name, from, entity->from) {
        const Relation *relation = driving_of(search, from);
        if (!relation)
            continue;
        TableUse *use = use_for(search, relation);
        use->everything |= everything;
        use->below |= everything;
    }
}

static void add_select(const Search *search, const char *sql, const Entity *entity)
{
    TableReadList reads = {0};
    if (!sql)
        return;
    bool understood = reads_of_select(search->arena, sql, &reads);
    add_reads(search, &reads, false);
    if (!understood)
        add_driving(search, entity, true);
}

static void add_condition(const Search *search, const Sql *sql)
{
    TableReadList reads = {0};
    if (sql->text && reads_of_condition(search->arena, sql->text, &reads))
        add_reads(search, &reads, true);
}

static void add_where(const Search *search, const Entity *entity)
{
    const Relation *driving = entity->from.count == 1 ? driving_of(search, &entity->from.items[0]) : NULL;
    TableReadList reads = {0};
    if (!driving || !entity->where.text)
        return;
    const char *sql =
        arena_printf(search->arena, "SELECT FROM %s WHERE (%s\n)", driving->sql_name, entity->where.text);
    if (reads_of_select(search->arena, sql, &reads))
        add_reads(search, &reads, true);
    else
        add_driving(search, entity, true);
}

/* The columns that both sides have by name. */
static void add_default(const Search *search, const Entity *entity, const Name *into)
{
    const Relation *to = catalog_relation(search->plan->gathered->target, into->schema, into->name);
    const Relation *driving = entity->from.count == 1 ? driving_of(search, &entity->from.items[0]) : NULL;
    if (!to || !driving)
        return;
    TableUse *use = use_for(search, driving);
    FOR_EACH(const Column, column, driving->columns) {
        const Column *same = relation_column(to, column->name);
        const char *name = column->name;
        const StringList one = {.items = &name, .count = 1};
        if (!same || same->generated)
            continue;
        add_names(search->arena, &one, &use->columns);
        add_names(search->arena, &one, &use->given);
    }
}

/* ---- entities ---- */

static void add_gathered(const Search *search, const GatheredEntity *source)
{
    bool understood = source->transform && source->transform->parsed;
    if (understood)
        add_reads(search, &source->transform->reads, false);
    add_driving(search, source->entity, !understood);
    add_where(search, source->entity);
}

/* The ledger keeps the key of each driving row. */
static void add_kept_key(const Search *search, const GatheredEntity *source)
{
    if (!source->driving)
        return;
    TableUse *use = use_for(search, source->driving);
    FOR_EACH(const KeyColumn, key, source->walk_key) {
        const StringList one = {.items = (const char *[]){key->name}, .count = 1};
        add_names(search->arena, &one, &use->columns);
        add_names(search->arena, &one, &use->given);
    }
}

static void add_planned(const Search *search, const EntityPlan *entity)
{
    const GatheredEntity *gathered = entity->gathered;
    const GatheredEntityList alone = {.items = (GatheredEntity *)gathered, .count = 1};
    const GatheredEntityList *sources = gathered->merge ? &gathered->merge->sources : &alone;
    FOR_EACH(const GatheredEntity, source, *sources) {
        add_gathered(search, source);
        if (entity->entity->crosswalk)
            add_kept_key(search, source);
    }
    FOR_EACH(const SqlReads, text, gathered->texts)
        if (!text->on_target || search->plan->gathered->same)
            add_reads(search, &text->reads, !text_equal(text->what, "transform") && !text_equal(text->what, "load"));
}

static void add_unselected_source(const Search *search, const Entity *source, const Name *into)
{
    add_driving(search, source, false);
    add_where(search, source);
    if (source->transform.text)
        add_select(search, source->transform.text, source);
    else
        add_default(search, source, into);
}

static void add_unselected(const Search *search, const Entity *entity)
{
    const EntityList alone = {.items = (Entity *)entity, .count = 1};
    const EntityList *sources = entity->merge ? &entity->merge->sources : &alone;
    FOR_EACH(const Entity, source, *sources)
        add_unselected_source(search, source, &entity->into);
    if (entity->crosswalk)
        add_driving(search, entity, true); /* its key is not looked for */
    if (search->plan->gathered->same)
        add_select(search, entity->load.text, entity);
    FOR_EACH(const RejectRule, rule, entity->rejects)
        if (!rule->of_load || search->plan->gathered->same)
            add_condition(search, &rule->sql);
}

static void add_entity(const Search *search, const Entity *entity)
{
    const EntityPlan *plan = plan_entity(search->plan, entity->name);
    TableReadList listed = {0};
    if (plan)
        add_planned(search, plan);
    else
        add_unselected(search, entity);
    if (entity->listed.text && reads_of_select(search->arena, entity->listed.text, &listed))
        add_reads(search, &listed, true);
}

static void add_below_views(const Search *search)
{
    const size_t count = search->uses->count;
    for (size_t i = 0; i < count; i++)
        FOR_EACH(const ViewRead, read, search->source->view_reads) {
            const Relation *relation = catalog_relation_by_oid(search->source, read->relation);
            if (read->view != search->uses->items[i].relation->oid || !relation)
                continue;
            TableUse *use = use_for(search, relation);
            use->everything = use->below = true;
        }
}

void uses_find(Arena *arena, const Plan *plan, TableUseList *uses)
{
    const Search search = {arena, plan, plan->gathered->source, uses};
    FOR_EACH(const Entity, entity, plan->manifest->entities)
        add_entity(&search, entity);
    add_below_views(&search);
}

/* ---- answers ---- */

/* The tables whose rows are this one's, too: by being a partition, or by inheritance. */
static size_t parent_count(const Relation *relation)
{
    return relation->inherits.count + (relation->parent ? 1 : 0);
}

static const Relation *parent_at(const Catalog *catalog, const Relation *relation, size_t number)
{
    bool inherited = number < relation->inherits.count;
    return catalog_relation_by_oid(catalog, inherited ? relation->inherits.items[number] : relation->parent);
}

bool uses_reach(const Catalog *catalog, const TableUseList *uses, const Relation *relation)
{
    for (size_t i = 0; i < parent_count(relation); i++) {
        const Relation *parent = parent_at(catalog, relation, i);
        const TableUse *use = parent ? uses_of(uses, parent) : NULL;
        if (parent && ((use && use->below) || uses_reach(catalog, uses, parent)))
            return true;
    }
    return false;
}

static ColumnUsed column_of(const TableUse *use, const char *column)
{
    if (!use || !(use->everything || string_list_contains(&use->columns, column)))
        return COLUMN_UNUSED;
    return use->everything || string_list_contains(&use->given, column) ? COLUMN_GIVEN : COLUMN_USED;
}

static ColumnUsed column_above(const Catalog *catalog, const TableUseList *uses, const Relation *relation,
                               const char *column)
{
    ColumnUsed most = COLUMN_UNUSED;
    for (size_t i = 0; i < parent_count(relation); i++) {
        const Relation *parent = parent_at(catalog, relation, i);
        if (!parent || !relation_column(parent, column))
            continue;
        const TableUse *use = uses_of(uses, parent);
        ColumnUsed here = use && use->below ? column_of(use, column) : COLUMN_UNUSED;
        ColumnUsed above = column_above(catalog, uses, parent, column);
        most = here > most ? here : most;
        most = above > most ? above : most;
    }
    return most;
}

ColumnUsed uses_column(const Catalog *catalog, const TableUseList *uses, const Relation *relation, const char *column)
{
    ColumnUsed here = column_of(uses_of(uses, relation), column), above = column_above(catalog, uses, relation, column);
    return here > above ? here : above;
}
