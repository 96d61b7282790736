#include "catalog/catalog.h"

#include "base/text.h"

const char *relation_own_rows(Arena *arena, const Relation *relation)
{
    bool only = relation->kind == 'r' && relation->has_children;
    return arena_printf(arena, "%s%s", only ? "ONLY " : "", relation->sql_name);
}

const Column *relation_column(const Relation *relation, const char *name)
{
    FOR_EACH(const Column, column, relation->columns)
        if (text_equal(column->name, name))
            return column;
    return NULL;
}

const Column *relation_column_by_number(const Relation *relation, int number)
{
    FOR_EACH(const Column, column, relation->columns)
        if (column->number == number)
            return column;
    return NULL;
}

const Index *relation_primary_key(const Relation *relation)
{
    FOR_EACH(const Index, index, relation->indexes)
        if (index->primary)
            return index;
    return NULL;
}

/* Every row has exactly one place in it. */
static bool index_walks(const Relation *relation, const Index *index)
{
    if (!index->unique || !index->valid || !index->btree || index->exclusion || index->partial || index->has_expression)
        return false;
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(relation, *number);
        if (!column || !column->not_null)
            return false;
    }
    return true;
}

/* The primary key before any other, then the narrower one. */
static bool index_walks_better(const Index *index, const Index *other)
{
    if (!other || index->primary != other->primary)
        return !other || index->primary;
    return index->columns.count < other->columns.count;
}

const Index *relation_walk_key(const Relation *relation)
{
    const Index *best = NULL;
    FOR_EACH(const Index, index, relation->indexes)
        if (index_walks(relation, index) && index_walks_better(index, best))
            best = index;
    return best;
}

static bool index_covers(const Relation *relation, const Index *index, const StringList *names)
{
    if (index->columns.count != names->count)
        return false;
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(relation, *number);
        if (!column || !string_list_contains(names, column->name))
            return false;
    }
    return true;
}

const Index *relation_unique_index(const Relation *relation, const StringList *columns)
{
    const Index *found = NULL;
    FOR_EACH(const Index, index, relation->indexes) {
        bool usable = index->unique && index->valid && !index->exclusion && !index->deferrable && !index->partial &&
                      !index->has_expression;
        if (usable && index_covers(relation, index, columns) && (!found || index->primary))
            found = index;
    }
    return found;
}

bool column_is_integer(const Column *column)
{
    static const char *const names[] = {"smallint", "integer", "bigint"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal(column->type_name, names[i]))
            return true;
    return false;
}
