#include "plan/carried.h"

#include "fixture.h"
#include "tap.h"

/* An old table `users`, of which only id and name go on; `ref` is asked for. A table `log` that nobody reads. */
static Fixture *users(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "users", "id int4 !; name text");
    fixture_add_columns(fixture, &fixture->source, "users", "flag bool; legacy_a text; legacy_b text; ref int4");
    fixture_add_columns(fixture, &fixture->target, "users", "owner int4; made timestamptz");
    fixture_table(&fixture->target, "users")->columns.items[3].has_default = true;
    fixture_add_table(fixture, &fixture->source, "log");
    fixture_add_columns(fixture, &fixture->source, "log", "id int4");
    fixture_add_entity(fixture, "users", "id int4; name text");
    fixture_gather_all(fixture);
    TableRead *read = LIST_ADD(arena, &fixture->gathered.entities.items[0].transform->reads);
    *read = (TableRead){.name = "users", .below = true};
    LIST_PUSH(arena, &read->columns, "id");
    LIST_PUSH(arena, &read->columns, "name");
    LIST_PUSH(arena, &read->columns, "ref");
    LIST_PUSH(arena, &read->given, "id");
    LIST_PUSH(arena, &read->given, "name");
    return fixture;
}

/* "users.legacy_*", each part a pattern when it has a star. */
static Reason reason(Arena *arena, const char *text, const char *because)
{
    Reason made = {.text = text, .because = because, .place = {"migration.yaml", 20 + text[0] % 7, (int)strlen(text)}};
    char *rest = NULL;
    for (char *part = strtok_r(arena_strdup(arena, text), ".", &rest); part; part = strtok_r(NULL, ".", &rest))
        made.parts[made.count++] = (NamePart){.text = part, .is_pattern = strchr(part, '*') != NULL};
    return made;
}

static void drop(Fixture *fixture, const char *text)
{
    LIST_PUSH(fixture->arena, &fixture->manifest.dropped, reason(fixture->arena, text, text));
}

/* "name=reason" of all that is left, with a blank between. */
static const char *left(Arena *arena, const UncoveredList *list)
{
    StringList all = {0};
    FOR_EACH(const Uncovered, one, *list)
        LIST_PUSH(arena, &all, arena_printf(arena, "%s=%s", one->title, one->reason ? one->reason : ""));
    return string_list_join(arena, &all, " ");
}

static const char *mistakes(Fixture *fixture, const Plan *plan)
{
    StringList all = {0};
    plan_check_coverage(plan, &fixture->mistakes);
    FOR_EACH(const Mistake, mistake, fixture->mistakes.list)
        LIST_PUSH(fixture->arena, &all, mistake_print(fixture->arena, mistake));
    return string_list_join(fixture->arena, &all, "\n");
}

TEST(columns_are_mapped_used_or_left)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(users(arena));
    CHECK_TEXT(left(arena, &plan->not_carried), "log= users.flag= users.legacy_a= users.legacy_b=");
    CHECK_TEXT(left(arena, &plan->not_filled), "users.owner=");
    CHECK(plan->old_columns.given == 2 && plan->old_columns.used == 1 && plan->old_columns.left == 3);
    CHECK(plan->new_columns.given == 2 && plan->new_columns.used == 1 && plan->new_columns.left == 1);
}

TEST(the_nearest_reason_counts)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    drop(fixture, "users.*");
    drop(fixture, "users.legacy_a");
    drop(fixture, "public.log.*");
    LIST_PUSH(arena, &fixture->manifest.entities.items[0].dropped, reason(arena, "legacy_*", "own"));
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(left(arena, &plan->not_carried),
               "log=public.log.* users.flag=users.* users.legacy_a=own users.legacy_b=own");
    CHECK(plan->old_columns.explained == 3 && plan->old_columns.left == 0);
    CHECK_TEXT(mistakes(fixture, plan), "");
}

TEST(tables_are_named_with_and_without_schema_and_by_pattern)
{
    static const char *const names[] = {"log", "public.log", "l*g", "pub*.*o*", "*.*.*"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        AUTO(Arena) *arena = arena_new();
        Fixture *fixture = users(arena);
        drop(fixture, names[i]);
        Plan *plan = fixture_plan(fixture);
        CHECK_TEXT(plan->not_carried.items[0].reason, names[i]);
    }
}

TEST(a_name_alone_is_no_table_of_a_schema_that_is_not_searched)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    fixture_table(&fixture->source, "log")->schema = "archive";
    drop(fixture, "log");
    Plan *plan = fixture_plan(fixture);
    CHECK(plan->not_carried.items[0].reason == NULL);
    CHECK_TEXT(mistakes(fixture, plan), "migration.yaml:23:3: \"log\" under \"dropped\" names nothing that is there; did you mean archive.log?");
}

TEST(what_is_not_there_is_told_with_what_was_meant)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    drop(fixture, "users.legacy_c");
    drop(fixture, "user");
    drop(fixture, "old_*");
    LIST_PUSH(arena, &fixture->manifest.unfilled, reason(arena, "users.ownr", "x"));
    CHECK_TEXT(mistakes(fixture, fixture_plan(fixture)),
               "migration.yaml:25:14: \"users.legacy_c\" under \"dropped\": \"public\".\"users\" has no such column; did you mean users.legacy_a?\n"
               "migration.yaml:25:4: \"user\" under \"dropped\" names nothing that is there; did you mean users?\n"
               "migration.yaml:26:5: \"old_*\" under \"dropped\" names nothing that is there\n"
               "migration.yaml:25:10: \"users.ownr\" under \"unfilled\": \"public\".\"users\" has no such column; did you mean users.owner?");
}

TEST(what_is_carried_over_all_the_same_is_a_warning)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    drop(fixture, "users.name");
    drop(fixture, "users.ref"); /* it is used, and its value is dropped */
    drop(fixture, "users.*a*");
    LIST_PUSH(arena, &fixture->manifest.unfilled, reason(arena, "users.made", "x"));
    Plan *plan = fixture_plan(fixture);
    if (CHECK(plan->warnings.count == 2)) {
        CHECK(strstr(plan->warnings.items[0], "\"users.name\" is under \"dropped\", and it is carried over all the same"));
        CHECK(strstr(plan->warnings.items[1], "\"users.made\" is under \"unfilled\", and it has a source or a default"));
    }
}

TEST(strict_makes_a_mistake_of_each_table_that_has_something_left)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    *LIST_ADD(arena, &fixture->source.routines) = (Routine){"public", "touch", "integer"};
    fixture->manifest.strict = true;
    fixture->manifest.strict_place = (Place){"migration.yaml", 9, 9};
    drop(fixture, "users.legacy_*");
    CHECK_TEXT(mistakes(fixture, fixture_plan(fixture)),
               "migration.yaml:9:9: nothing carries over log (table, 1,000 rows); say why under \"dropped\" (this is \"strict\")\n"
               "migration.yaml:9:9: nothing carries over users.flag; say why under \"dropped\" (this is \"strict\")\n"
               "migration.yaml:9:9: nothing fills users.owner; say why under \"unfilled\" (this is \"strict\")");
}

TEST(columns_that_a_table_inherits_go_with_the_table_above_it)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    ObjectId parent = fixture_table(&fixture->source, "users")->oid;
    fixture_add_table(fixture, &fixture->source, "staff");
    fixture_add_columns(fixture, &fixture->source, "staff", "id int4; name text; flag bool; desk int4");
    LIST_PUSH(arena, &fixture_table(&fixture->source, "staff")->inherits, parent);
    fixture_add_table(fixture, &fixture->source, "guests");
    drop(fixture, "users.legacy_*");
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(left(arena, &plan->not_carried),
               "log= guests= users.flag= users.legacy_a=users.legacy_* users.legacy_b=users.legacy_* staff.flag= staff.desk=");
    fixture->gathered.entities.items[0].transform->reads.items[0].below = false;
    plan = fixture_plan(fixture);
    CHECK_TEXT(left(arena, &plan->not_carried),
               "log= staff= guests= users.flag= users.legacy_a=users.legacy_* users.legacy_b=users.legacy_*");
}

TEST(a_column_of_an_entity_that_is_not_selected_is_read_all_the_same)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    Entity *other = fixture_add_entity(fixture, "flags", "SELECT u.flag FROM users AS u JOIN log ON log.id = u.id");
    other->into.name = "users";
    Plan *plan = fixture_plan(fixture);
    CHECK_TEXT(left(arena, &plan->not_carried), "users.legacy_a= users.legacy_b=");
    CHECK(plan->not_filled.count == 0); /* what the other one gives is not known */
}

TEST(the_short_list_stays_short)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = users(arena);
    LIST_PUSH(arena, &fixture->manifest.dropped, reason(arena, "users.legacy_*", "never filled"));
    Plan *plan = fixture_plan(fixture);
    const char *expected = "\nNot carried\n"
                           "  log (table, 1,000 rows)\n"
                           "  users.flag (column)\n"
                           "\nNot filled\n"
                           "  users.owner (column)\n"
                           "\nLeft behind for a reason\n"
                           "  users (2 columns): never filled\n"
                           "\nColumns\n"
                           "  old: 2 mapped, 1 used in conditions, 2 left for a reason, 1 not carried\n"
                           "  new: 2 mapped, 1 by default, 0 empty for a reason, 1 not filled\n";
    CHECK(strstr(plan_print(arena, plan, false), expected) != NULL);
    CHECK(strstr(plan_print(arena, plan, true), "\n  users.legacy_a (column): never filled\n  users.legacy_b (column): never filled\n"));
    fixture->manifest.dropped = (ReasonList){0};
    plan = fixture_plan(fixture);
    CHECK(strstr(plan_print(arena, plan, false), "\n  users: 3 columns: flag, legacy_a, legacy_b\n"));
}
