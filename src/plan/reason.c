#include "plan/reason.h"

#include "base/text.h"
#include "plan/title.h"

/* `*` stands for any characters. */
static bool matches_pattern(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool matches(const NamePart *part, const char *name)
{
    return part->is_pattern ? matches_pattern(part->text, name) : text_equal(part->text, name);
}

static bool is_everything(const NamePart *part)
{
    return part->is_pattern && text_equal(part->text, "*");
}

static bool has_pattern(const Reason *reason)
{
    for (size_t i = 0; i < reason->count; i++)
        if (reason->parts[i].is_pattern)
            return true;
    return false;
}

/* ---- the book ---- */

static void add(Arena *arena, ReasonBook *book, const ReasonList *reasons, bool patterns)
{
    FOR_EACH(const Reason, reason, *reasons)
        if (has_pattern(reason) == patterns)
            LIST_PUSH(arena, &book->reasons, ((BoundReason){.reason = reason}));
}

static void bind(Arena *arena, ReasonBook *book, const ReasonList *reasons, const NameList *tables, bool patterns)
{
    FOR_EACH(const Reason, reason, *reasons) {
        if (has_pattern(reason) != patterns)
            continue;
        BoundReason bound = {.reason = reason, .bound = true};
        FOR_EACH(const Name, name, *tables) {
            const Relation *relation = catalog_relation(book->catalog, name->schema, name->name);
            if (relation)
                LIST_PUSH(arena, &bound.tables, relation);
        }
        LIST_PUSH(arena, &book->reasons, bound);
    }
}

ReasonBook reason_of_old(Arena *arena, const Plan *plan)
{
    ReasonBook book = {.catalog = plan->gathered->source};
    for (int patterns = 0; patterns < 2; patterns++)
        FOR_EACH(const Entity, entity, plan->manifest->entities)
            bind(arena, &book, &entity->dropped, &entity->from, patterns);
    for (int patterns = 0; patterns < 2; patterns++)
        add(arena, &book, &plan->manifest->dropped, patterns);
    return book;
}

ReasonBook reason_of_new(Arena *arena, const Plan *plan)
{
    ReasonBook book = {.catalog = plan->gathered->target};
    for (int patterns = 0; patterns < 2; patterns++)
        FOR_EACH(const Entity, entity, plan->manifest->entities) {
            const NameList into = {.items = (Name *)&entity->into, .count = 1};
            bind(arena, &book, &entity->unfilled, &into, patterns);
        }
    for (int patterns = 0; patterns < 2; patterns++)
        add(arena, &book, &plan->manifest->unfilled, patterns);
    return book;
}

/* ---- what is meant ---- */

/* The name without its schema is enough. */
static bool is_visible(const Catalog *catalog, const char *schema)
{
    return string_list_contains(&catalog->search_path, schema);
}

/* [schema.]name */
static bool is_named(const Catalog *catalog, const Reason *reason, size_t count, const char *schema, const char *name)
{
    if (count == 1)
        return is_visible(catalog, schema) && matches(&reason->parts[0], name);
    return count == 2 && matches(&reason->parts[0], schema) && matches(&reason->parts[1], name);
}

static bool is_of(const ReasonBook *book, const BoundReason *bound, const Relation *relation, const Column *column)
{
    const Reason *reason = bound->reason;
    const NamePart *last = &reason->parts[reason->count - 1];
    if (bound->bound) {
        FOR_EACH(const Relation *, table, bound->tables)
            if (*table == relation)
                return column && matches(last, column->name);
        return false;
    }
    bool of_column = column ? matches(last, column->name) : is_everything(last);
    if (of_column && is_named(book->catalog, reason, reason->count - 1, relation->schema, relation->name))
        return true;
    return !column && is_named(book->catalog, reason, reason->count, relation->schema, relation->name);
}

const Reason *reason_find(const ReasonBook *book, const Relation *relation, const Column *column)
{
    FOR_EACH(const BoundReason, bound, book->reasons)
        if (is_of(book, bound, relation, column))
            return bound->reason;
    return NULL;
}

const Reason *reason_find_named(const ReasonBook *book, const char *schema, const char *name)
{
    FOR_EACH(const BoundReason, bound, book->reasons)
        if (!bound->bound && is_named(book->catalog, bound->reason, bound->reason->count, schema, name))
            return bound->reason;
    return NULL;
}

/* ---- reasons that are of no use ---- */

/* What a reason names, counted. */
typedef struct Named {
    int all, moved;
} Named;

static void count(const ReasonBook *book, const BoundReason *bound, const Relation *relation, const Column *column,
                  ReasonIsMoved *is_moved, void *self, Named *named)
{
    if (!is_of(book, bound, relation, column))
        return;
    named->all++;
    named->moved += is_moved && is_moved(self, relation, column);
}

static void count_relations(const ReasonBook *book, const BoundReason *bound, ReasonIsMoved *is_moved, void *self,
                            Named *named)
{
    FOR_EACH(const Relation, relation, book->catalog->relations) {
        count(book, bound, relation, NULL, is_moved, self, named);
        FOR_EACH(const Column, column, relation->columns)
            count(book, bound, relation, column, is_moved, self, named);
    }
}

static void count_others(const ReasonBook *book, const BoundReason *bound, Named *named)
{
    const Reason *reason = bound->reason;
    if (bound->bound)
        return;
    FOR_EACH(const Routine, routine, book->catalog->routines)
        named->all += is_named(book->catalog, reason, reason->count, routine->schema, routine->name);
    FOR_EACH(const Sequence, sequence, book->catalog->sequences)
        named->all += is_named(book->catalog, reason, reason->count, sequence->schema, sequence->name);
}

static bool is_same_place(const Reason *left, const Reason *right)
{
    return left->place.line == right->place.line && left->place.column == right->place.column &&
           text_equal(left->place.file, right->place.file);
}

/* The items of a list have it from one line: it is enough that one of them needs it. */
static Named count_named(const ReasonBook *book, const Reason *reason, ReasonIsMoved *is_moved, void *self)
{
    Named named = {0};
    FOR_EACH(const BoundReason, bound, book->reasons) {
        if (!is_same_place(bound->reason, reason))
            continue;
        count_relations(book, bound, is_moved, self, &named);
        count_others(book, bound, &named);
    }
    return named;
}

static bool is_first(const ReasonBook *book, const BoundReason *bound)
{
    for (const BoundReason *before = book->reasons.items; before < bound; before++)
        if (is_same_place(before->reason, bound->reason))
            return false;
    return true;
}

void reason_find_vain(Arena *arena, const ReasonBook *book, ReasonIsMoved *is_moved, void *self, ReasonList *vain)
{
    FOR_EACH(const BoundReason, bound, book->reasons) {
        if (!is_first(book, bound))
            continue;
        Named named = count_named(book, bound->reason, is_moved, self);
        if (named.all > 0 && named.moved == named.all)
            LIST_PUSH(arena, vain, *bound->reason);
    }
}

/* ---- reasons that name nothing ---- */

/* The table that a name of a column begins with; NULL: it is not there, or the name is a pattern. */
static const Relation *table_of(const ReasonBook *book, const BoundReason *bound)
{
    const Reason *reason = bound->reason;
    if (bound->bound)
        return bound->tables.count == 1 ? bound->tables.items[0] : NULL;
    FOR_EACH(const Relation, relation, book->catalog->relations)
        if (reason->count > 1 && is_named(book->catalog, reason, reason->count - 1, relation->schema, relation->name))
            return relation;
    return NULL;
}

static void miss_column(const BoundReason *bound, const Relation *table, const char *key, Mistakes *mistakes)
{
    const Reason *reason = bound->reason;
    const NamePart *last = &reason->parts[reason->count - 1];
    const char *nearest = last->is_pattern ? NULL : relation_nearest_column(table, last->text);
    const char *before = bound->bound ? "" : arena_printf(mistakes->arena, "%s.", title_of_relation(mistakes->arena, table));
    if (nearest)
        mistake_add(mistakes, reason->place, "\"%s\" under \"%s\": %s has no such column; did you mean %s%s?",
                    reason->text, key, table->sql_name, before, nearest);
    else
        mistake_add(mistakes, reason->place, "\"%s\" under \"%s\": %s has no such column", reason->text, key,
                    table->sql_name);
}

static void miss(const ReasonBook *book, const BoundReason *bound, const char *key, Mistakes *mistakes)
{
    const Relation *table = table_of(book, bound);
    const Reason *reason = bound->reason;
    if (table) {
        miss_column(bound, table, key, mistakes);
        return;
    }
    const char *nearest =
        bound->bound || has_pattern(reason) ? NULL : catalog_nearest_relation(mistakes->arena, book->catalog, reason->text);
    mistake_add(mistakes, reason->place, "\"%s\" under \"%s\" names nothing that is there%s%s%s", reason->text, key,
                nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
}

void reason_check(const ReasonBook *book, const char *key, Mistakes *mistakes)
{
    FOR_EACH(const BoundReason, bound, book->reasons)
        if (is_first(book, bound) && count_named(book, bound->reason, NULL, NULL).all == 0)
            miss(book, bound, key, mistakes);
}
