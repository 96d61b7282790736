#include "plan/carried.h"

#include "base/text.h"
#include "plan/reason.h"
#include "plan/title.h"
#include "plan/uses.h"

/* What the list is made of. */
typedef struct Listing {
    Arena *arena;
    Plan *plan;
    const Catalog *source;
    TableUseList uses;
    ReasonBook book;
} Listing;

static void add(Listing *listing, Uncovered left)
{
    const Reason *reason = left.relation ? reason_find(&listing->book, left.relation, left.column) : NULL;
    if (reason)
        left.reason = reason->because;
    LIST_PUSH(listing->arena, &listing->plan->not_carried, left);
}

/* ---- tables and views ---- */

static bool is_carried(const Listing *listing, const Relation *relation)
{
    return uses_of(&listing->uses, relation) || uses_reach(listing->source, &listing->uses, relation);
}

static bool has_carried_partition(const Listing *listing, const Relation *relation)
{
    FOR_EACH(const Relation, partition, listing->source->relations)
        if (partition->parent == relation->oid &&
            (uses_of(&listing->uses, partition) || has_carried_partition(listing, partition)))
            return true;
    return false;
}

/* Partitions are only named where the others beside them are carried. */
static bool is_left_behind(const Listing *listing, const Relation *relation)
{
    if (relation->from_extension || is_carried(listing, relation) || has_carried_partition(listing, relation))
        return false;
    const Relation *parent = relation->parent ? catalog_relation_by_oid(listing->source, relation->parent) : NULL;
    return !parent || has_carried_partition(listing, parent);
}

static const char *kind_name(const Relation *relation)
{
    static const struct {
        char kind;
        const char *name;
    } kinds[] = {{'v', "view"}, {'m', "materialized view"}, {'f', "foreign table"}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i].kind == relation->kind)
            return kinds[i].name;
    return relation->is_partition ? "partition" : "table";
}

/* Rows of its own, which are nowhere else: a view has none. */
static bool has_rows(const Relation *relation)
{
    return relation->kind == 'r' || relation->kind == 'p' || relation->kind == 'f';
}

static void list_relations(Listing *listing)
{
    Arena *arena = listing->arena;
    FOR_EACH(const Relation, relation, listing->source->relations) {
        if (!is_left_behind(listing, relation))
            continue;
        const char *kind = kind_name(relation);
        /* of a dump only the rows that are needed were restored */
        bool restored = relation->estimated_rows > 0 || !listing->plan->gathered->source_is_scratch;
        bool counted = restored && (relation->kind == 'r' || relation->kind == 'p') && relation->estimated_rows >= 0;
        add(listing,
            (Uncovered){.relation = relation,
                   .title = title_of_relation(arena, relation),
                   .kind = counted
                               ? arena_printf(arena, "%s, %s", kind, text_of_many(arena, relation->estimated_rows, "row"))
                               : kind,
                   .wanted = has_rows(relation)});
    }
}

/* ---- columns ---- */

static bool drives(const Listing *listing, const Entity *entity, const Relation *relation)
{
    FOR_EACH(const Name, from, entity->from)
        if (catalog_relation(listing->source, from->schema, from->name) == relation)
            return true;
    return false;
}

/* Inside one database the new tables stand beside the old ones: those are old that entities drive on and no other one
 * fills. */
static bool is_old(const Listing *listing, const Relation *relation)
{
    bool driving = false;
    FOR_EACH(const Entity, entity, listing->plan->manifest->entities) {
        bool here = drives(listing, entity, relation);
        if (!here && catalog_relation(listing->source, entity->into.schema, entity->into.name) == relation)
            return false;
        driving |= here;
    }
    return driving;
}

/* Of a partition they are those of the table above it. */
static bool has_columns_of_its_own(const Listing *listing, const Relation *relation)
{
    if (relation->from_extension)
        return false;
    if (listing->plan->gathered->same)
        return is_old(listing, relation);
    return uses_of(&listing->uses, relation) ||
           (!relation->is_partition && uses_reach(listing->source, &listing->uses, relation));
}

static void list_column(Listing *listing, const Relation *relation, const Column *column)
{
    ColumnCount *count = &listing->plan->old_columns;
    ColumnUsed used = uses_column(listing->source, &listing->uses, relation, column->name);
    if (used != COLUMN_UNUSED) {
        count->given += used == COLUMN_GIVEN;
        count->used += used == COLUMN_USED;
        return;
    }
    const char *title =
        arena_printf(listing->arena, "%s.%s", title_of_relation(listing->arena, relation), column->name);
    bool explained = reason_find(&listing->book, relation, column) != NULL;
    count->explained += explained;
    count->left += !explained;
    add(listing, (Uncovered){.relation = relation,
                        .column = column,
                             .title = title,
                        .kind = "column",
                        .wanted = true});
}

/* What is computed from others is not lost with it. */
static void list_columns(Listing *listing)
{
    FOR_EACH(const Relation, relation, listing->source->relations)
        if (has_columns_of_its_own(listing, relation))
            FOR_EACH(const Column, column, relation->columns)
                if (!column->generated)
                    list_column(listing, relation, column);
}

/* ---- the rest ---- */

static void add_named(Listing *listing, const char *schema, const char *name, const char *title, const char *kind)
{
    const Reason *reason = reason_find_named(&listing->book, schema, name);
    add(listing,
        (Uncovered){.title = title, .kind = kind, .reason = reason ? reason->because : NULL});
}

static void list_other_objects(Listing *listing)
{
    Arena *arena = listing->arena;
    const Catalog *source = listing->source;
    FOR_EACH(const Routine, routine, source->routines)
        add_named(listing, routine->schema, routine->name,
                  arena_printf(arena, "%s(%s)", title_of_name(arena, routine->schema, routine->name),
                               routine->arguments),
                  "function");
    FOR_EACH(const Sequence, sequence, source->sequences)
        if (!sequence->owner_relation && !sequence->from_extension)
            add_named(listing, sequence->schema, sequence->name,
                      title_of_name(arena, sequence->schema, sequence->name), "sequence without a column");
    if (source->large_objects > 0)
        add(listing, (Uncovered){.title = arena_printf(arena, "%s large objects",
                                                  text_of_count(arena, source->large_objects))});
}

/* ---- reasons for what is carried over after all ---- */

static bool is_moved(void *self, const Relation *relation, const Column *column)
{
    const Listing *listing = self;
    if (!column)
        return is_carried(listing, relation);
    return column->generated ||
           uses_column(listing->source, &listing->uses, relation, column->name) == COLUMN_GIVEN;
}

static void warn_of_reasons(Listing *listing)
{
    ReasonList vain = {0};
    reason_find_vain(listing->arena, &listing->book, is_moved, listing, &vain);
    FOR_EACH(const Reason, reason, vain)
        LIST_PUSH(listing->arena, &listing->plan->warnings,
                  arena_printf(listing->arena, "%s:%d:%d: \"%s\" is under \"dropped\", and it is carried over all the same",
                               reason->place.file, reason->place.line, reason->place.column, reason->text));
}

void carried_build(Arena *arena, Plan *plan)
{
    Listing listing = {.arena = arena, .plan = plan, .source = plan->gathered->source, .book = reason_of_old(arena, plan)};
    uses_find(arena, plan, &listing.uses);
    if (!plan->gathered->same)
        list_relations(&listing);
    list_columns(&listing);
    if (!plan->gathered->same)
        list_other_objects(&listing);
    warn_of_reasons(&listing);
}

char *carried_text(Arena *arena, const Uncovered *left)
{
    return left->kind ? arena_printf(arena, "%s (%s)", left->title, left->kind) : arena_strdup(arena, left->title);
}
