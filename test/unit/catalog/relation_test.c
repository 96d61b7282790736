#include "catalog/catalog.h"
#include "tap.h"

/* leads (id, company, "Email", note), of which only the note may be null. */
static Relation *leads(Arena *arena)
{
    static const char *const names[] = {"id", "company", "Email", "note"};
    Relation *relation = NEW(arena, Relation);
    for (int i = 0; i < 4; i++)
        *LIST_ADD(arena, &relation->columns) = (Column){.name = names[i], .number = i + 1, .not_null = i < 3};
    return relation;
}

/* A plain unique index; the test changes what it is about. Columns end with -1. */
static Index *add_index(Arena *arena, Relation *relation, const char *name, const int *columns)
{
    Index *index = LIST_ADD(arena, &relation->indexes);
    *index = (Index){.name = name, .unique = true, .valid = true, .btree = true};
    for (; *columns >= 0; columns++)
        LIST_PUSH(arena, &index->columns, *columns);
    return index;
}
#define COLUMNS(...) ((const int[]){__VA_ARGS__, -1})

static const char *name_of(const Index *index)
{
    return index ? index->name : NULL;
}

static const char *unique_index_over(Arena *arena, const Relation *relation, const char *first, const char *second)
{
    StringList names = {0};
    LIST_PUSH(arena, &names, first);
    if (second)
        LIST_PUSH(arena, &names, second);
    return name_of(relation_unique_index(relation, &names));
}

TEST(columns_are_found_by_name_and_by_number)
{
    AUTO(Arena) *arena = arena_new();
    const Relation *relation = leads(arena);
    CHECK_NUMBER(relation_column(relation, "Email")->number, 3);
    CHECK(!relation_column(relation, "email"));
    CHECK_TEXT(relation_column_by_number(relation, 2)->name, "company");
    CHECK(!relation_column_by_number(relation, 0));
}

TEST(a_table_without_an_index_has_no_key)
{
    AUTO(Arena) *arena = arena_new();
    const Relation *relation = leads(arena);
    CHECK(!relation_primary_key(relation));
    CHECK(!relation_walk_key(relation));
    CHECK(!unique_index_over(arena, relation, "id", NULL));
}

TEST(the_primary_key_is_walked_before_a_narrower_index)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "before", COLUMNS(1));
    add_index(arena, relation, "primary", COLUMNS(2, 3))->primary = true;
    add_index(arena, relation, "after", COLUMNS(1));
    CHECK_TEXT(name_of(relation_primary_key(relation)), "primary");
    CHECK_TEXT(name_of(relation_walk_key(relation)), "primary");
}

TEST(without_a_primary_key_the_narrowest_unique_index_is_walked)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "wide", COLUMNS(1, 2));
    add_index(arena, relation, "narrow", COLUMNS(3));
    add_index(arena, relation, "as narrow", COLUMNS(1));
    CHECK_TEXT(name_of(relation_walk_key(relation)), "narrow");
}

TEST(an_index_that_may_leave_rows_out_is_not_walked)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "not unique", COLUMNS(1))->unique = false;
    add_index(arena, relation, "invalid", COLUMNS(1))->valid = false;
    add_index(arena, relation, "gist", COLUMNS(1))->btree = false;
    add_index(arena, relation, "exclusion", COLUMNS(1))->exclusion = true;
    add_index(arena, relation, "partial", COLUMNS(1))->partial = true;
    add_index(arena, relation, "expression", COLUMNS(1, 0))->has_expression = true;
    add_index(arena, relation, "nullable", COLUMNS(1, 4));
    CHECK(!relation_walk_key(relation));
}

TEST(a_unique_index_is_found_by_its_columns_in_any_order)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "by id", COLUMNS(1));
    add_index(arena, relation, "by both", COLUMNS(2, 4));
    CHECK_TEXT(unique_index_over(arena, relation, "note", "company"), "by both");
    CHECK_TEXT(unique_index_over(arena, relation, "id", NULL), "by id");
    CHECK(!unique_index_over(arena, relation, "company", NULL));
    CHECK(!unique_index_over(arena, relation, "id", "company"));
    CHECK(!unique_index_over(arena, relation, "id", "missing"));
}

TEST(the_primary_key_comes_before_other_indexes_over_the_same_columns)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "first", COLUMNS(1));
    add_index(arena, relation, "primary", COLUMNS(1))->primary = true;
    add_index(arena, relation, "last", COLUMNS(1));
    CHECK_TEXT(unique_index_over(arena, relation, "id", NULL), "primary");
}

TEST(an_index_that_cannot_settle_a_conflict_is_no_unique_index)
{
    AUTO(Arena) *arena = arena_new();
    Relation *relation = leads(arena);
    add_index(arena, relation, "not unique", COLUMNS(1))->unique = false;
    add_index(arena, relation, "invalid", COLUMNS(1))->valid = false;
    add_index(arena, relation, "deferrable", COLUMNS(1))->deferrable = true;
    add_index(arena, relation, "exclusion", COLUMNS(1))->exclusion = true;
    add_index(arena, relation, "partial", COLUMNS(1))->partial = true;
    add_index(arena, relation, "expression", COLUMNS(0))->has_expression = true;
    CHECK(!unique_index_over(arena, relation, "id", NULL));
}
