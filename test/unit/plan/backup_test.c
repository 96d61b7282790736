#include "plan/backup.h"

#include "fixture.h"
#include "tap.h"

static Fixture *leads(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; name text");
    fixture_add_entity(fixture, "leads", "id int4; name text");
    fixture_table(&fixture->target, "leads")->bytes = 120 * 1024 * 1024;
    fixture->manifest.backup.wanted = true;
    fixture_gather_all(fixture);
    fixture->gathered.backup.folder = "/var/backups";
    return fixture;
}

static const char *printed(Arena *arena, Fixture *fixture)
{
    return backup_print(arena, &fixture_plan(fixture)->backup);
}

TEST(tables_that_are_there_are_backed_up)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(printed(arena, leads(arena)), "1 table, about 120.0 MB, into /var/backups: leads");
}

TEST(without_the_key_nothing_is)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture->manifest.backup.wanted = false;
    CHECK_TEXT(printed(arena, fixture), NULL);
}

TEST(what_scripts_make_or_a_backup_holds_is_not)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = leads(arena), *covered = leads(arena);
    LIST_PUSH(arena, &made->gathered.backup.made, "\"public\".\"leads\"");
    LIST_PUSH(arena, &covered->gathered.backup.covered, "\"public\".\"leads\"");
    CHECK_TEXT(printed(arena, made), NULL);
    CHECK_TEXT(printed(arena, covered), NULL);
}

TEST(what_scripts_write_to_is_backed_up_too)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture_add_both(fixture, "roles", "id int4 !");
    LIST_PUSH(arena, &fixture->gathered.backup.touched, "\"public\".\"roles\"");
    CHECK_TEXT(printed(arena, fixture), "2 tables, about 120.1 MB, into /var/backups: leads, roles");
}

TEST(what_was_written_to_before_is_too_late_and_said)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    LIST_PUSH(arena, &fixture->gathered.backup.written, "\"public\".\"leads\"");
    const Plan *plan = fixture_plan(fixture);
    CHECK(plan->backup.tables.count == 0);
    CHECK(plan->warnings.count > 0 && strstr(plan->warnings.items[plan->warnings.count - 1],
                                             "is in no backup, and none is taken of it now") != NULL);
}

TEST(what_undo_false_leaves_out_is_marked_for_the_backup)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = leads(arena);
    fixture->manifest.entities.items[0].no_undo = true;
    CHECK(plan_entity(fixture_plan(fixture), "leads")->undo_marks);
    fixture->manifest.backup.wanted = false;
    CHECK(!plan_entity(fixture_plan(fixture), "leads")->undo_marks);
}
