#include "plan/carried.h"

#include "fixture.h"
#include "tap.h"

/* "companies.legacy_code (column)" */
static const char *text_of(const Uncovered *left)
{
    static char text[200];
    AUTO(Arena) *arena = arena_new();
    snprintf(text, sizeof text, "%s", carried_text(arena, left));
    return text;
}

static bool is_left(const Plan *plan, const char *what)
{
    FOR_EACH(const Uncovered, left, plan->not_carried)
        if (text_equal(text_of(left), what))
            return true;
    return false;
}

static Fixture *leads(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; email text");
    fixture_add_columns(fixture, &fixture->source, "leads", "legacy text");
    fixture_add_table(fixture, &fixture->source, "audit_log");
    fixture_table(&fixture->source, "audit_log")->estimated_rows = 1204;
    fixture_add_entity(fixture, "leads", "id int4; email text");
    fixture_gather_all(fixture);
    TableRead *read = LIST_ADD(arena, &fixture->gathered.entities.items[0].transform->reads);
    *read = (TableRead){.name = "leads", .below = true};
    LIST_PUSH(arena, &read->columns, "id");
    LIST_PUSH(arena, &read->given, "id");
    LIST_PUSH(arena, &read->columns, "email");
    return fixture;
}

TEST(what_no_transform_reads_is_left_behind)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    *LIST_ADD(arena, &fixture->source.routines) = (Routine){"public", "touch", "integer"};
    *LIST_ADD(arena, &fixture->source.sequences) = (Sequence){.schema = "crm", .name = "numbers"};
    fixture->source.large_objects = 12;
    Plan *plan = fixture_plan(fixture);
    CHECK(plan->not_carried.count == 5);
    CHECK(is_left(plan, "audit_log (table, 1,204 rows)"));
    CHECK(is_left(plan, "leads.legacy (column)"));
    CHECK(is_left(plan, "touch(integer) (function)"));
    CHECK(is_left(plan, "crm.numbers (sequence without a column)"));
    CHECK(is_left(plan, "12 large objects"));
}

TEST(a_star_reads_every_column)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture->gathered.entities.items[0].transform->reads.items[0].everything = true;
    CHECK(!is_left(fixture_plan(fixture), "leads.legacy (column)"));
}

TEST(a_transform_that_nobody_understood_is_given_the_benefit_of_the_doubt)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture->gathered.entities.items[0].transform->parsed = false;
    CHECK(!is_left(fixture_plan(fixture), "leads.legacy (column)"));
}

TEST(partitions_of_a_carried_table_are_carried)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    ObjectId parent = fixture_table(&fixture->source, "leads")->oid;
    fixture_table(&fixture->source, "audit_log")->is_partition = true;
    fixture_table(&fixture->source, "audit_log")->parent = parent;
    CHECK(!is_left(fixture_plan(fixture), "audit_log (partition, 1,204 rows)"));
}

TEST(inside_one_database_only_columns_are_left_behind)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture->gathered.same = true;
    fixture->gathered.target = fixture->gathered.source;
    Plan *plan = fixture_plan(fixture);
    CHECK(plan->not_carried.count == 1);
    CHECK(is_left(plan, "leads.legacy (column)"));
}
