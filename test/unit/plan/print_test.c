#include "plan/plan.h"

#include "fixture.h"
#include "tap.h"

#include <jansson.h>

static Plan *plan_of(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "companies", "id int4 !; name text");
    fixture_add_both(fixture, "leads", "id int4 !; company int4; price numeric(10,2); created timestamptz");
    fixture_add_foreign_key(fixture, "leads", "company", "companies");
    fixture_table(&fixture->source, "leads")->estimated_rows = 1204331;
    fixture_table(&fixture->source, "leads")->bytes = 851443712;
    *LIST_ADD(arena, &fixture->manifest.expand) =
        (Sql){.text = "SELECT 1", .place = {"sql/10-tables.sql", 1, 1}, .is_file = true};
    fixture_add_entity(fixture, "leads", "id int4; company int4; price numeric; created date");
    *LIST_ADD(arena, &fixture->manifest.entities.items[0].rejects) =
        (RejectRule){.name = "no_price", .sql = {.text = "price = 'secret'"}};
    fixture_add_entity(fixture, "companies", "id int4; name text");
    return fixture_plan(fixture);
}

TEST(a_plan_reads_like_a_plan)
{
    AUTO(Arena) *arena = arena_new();
    const char *expected =
        "crm: old (PostgreSQL 15.2) → new (PostgreSQL 15.2)\n"
        "\n"
        "  companies ← companies (1,000 rows, 80.0 kB)\n"
        "      way       stream, binary: the table is empty: there is nothing to conflict with\n"
        "      chunks    1 of up to 65,536 rows, by key: ranges of the driving table's key\n"
        "      write     upsert, key (id), updates 1 of 2 columns\n"
        "      indexes   held back: the table is empty and ours\n"
        "      undo      the table was empty: nothing is recorded\n"
        "      columns   2: 2 same\n"
        "\n"
        "  leads ← leads (1,204,331 rows, 812.0 MB)\n"
        "      way       stream, binary: the table is empty: there is nothing to conflict with\n"
        "      chunks    26 of up to 47,527 rows, by key: ranges of the driving table's key\n"
        "      write     upsert, key (id), updates 3 of 4 columns\n"
        "      indexes   held back: the table is empty and ours\n"
        "      undo      the table was empty: nothing is recorded\n"
        "      columns   4: 2 same, 1 lossless, 1 lossy\n"
        "                ! price    numeric → numeric(10,2), lossy: may have more digits than numeric(10,2) keeps\n"
        "                ~ created  date → timestamptz, lossless: the day begins at midnight UTC\n"
        "      rejects   no_price, lossy:price\n"
        "\n";
    const char *printed = plan_print(arena, plan_of(arena), false);
    CHECK_TEXT(arena_strndup(arena, printed, strlen(expected)), expected);
    CHECK(strstr(printed, "\nSteps\n") != NULL);
    CHECK(strstr(printed, "secret") == NULL);
}

TEST(what_stays_is_not_told_as_held_back_and_one_row_is_no_rows)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "events", "id int4 !");
    fixture_table(&fixture->target, "events")->kind = 'p';
    fixture_table(&fixture->source, "events")->estimated_rows = 1;
    fixture_add_entity(fixture, "events", "id int4");
    Plan *plan = fixture_plan(fixture);
    const char *printed = plan_print(arena, plan, false);
    CHECK(plan_entity(plan, "events")->hold);
    CHECK(strstr(printed, "indexes   stay: a partitioned table keeps its indexes\n") != NULL);
    CHECK(strstr(printed, "← events (1 row, ") != NULL);
    CHECK(strstr(printed, "\n1 entity, 1 row, 80.0 kB in 1 chunk;") != NULL);
}

TEST(items_of_a_list_stand_together_where_they_are_alike)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    const char *const tables[] = {"calls", "chats", "mails"};
    fixture_add_table(fixture, &fixture->target, "audits");
    for (size_t i = 0; i < 3; i++) {
        fixture_add_both(fixture, tables[i], "id int4 !");
        fixture_add_entity(fixture, tables[i], "id int4");
        Entity *entity = &fixture->manifest.entities.items[i];
        entity->base = "audits";
        entity->template = (const EntityTemplate *)fixture; /* the same list */
        entity->name = arena_printf(arena, "audits[%s]", tables[i]);
        entity->into.name = "calls";
    }
    *LIST_ADD(arena, &fixture->manifest.entities.items[1].rejects) = (RejectRule){.name = "late", .sql = {.text = "id = 0"}};
    const char *printed = plan_print(arena, fixture_plan(fixture), false);
    CHECK(strstr(printed, "← 2 items of audits\n      entity    audits[calls] ← calls (1,000 rows, 80.0 kB), chunks: 1 of"));
    CHECK(strstr(printed, "\n      entity    audits[mails] ← mails (1,000 rows"));
    CHECK(strstr(printed, "← chats (1,000 rows, 80.0 kB)\n      entity    audits[chats]\n"));
    CHECK(strstr(printed, "  copy           3  audits[…] × 3\n"));
}

TEST(the_json_holds_the_same)
{
    AUTO(Arena) *arena = arena_new();
    json_t *json = json_loads(plan_print_json(arena, plan_of(arena)), 0, NULL);
    CHECK_TEXT(json_string_value(json_object_get(json, "migration")), "crm");
    json_t *leads = json_array_get(json_object_get(json, "entities"), 1);
    CHECK_TEXT(json_string_value(json_object_get(leads, "name")), "leads");
    CHECK_TEXT(json_string_value(json_object_get(leads, "way")), "stream");
    CHECK(json_array_size(json_object_get(leads, "columns")) == 4);
    CHECK(json_array_size(json_object_get(leads, "rejects")) == 2);
    CHECK(json_array_size(json_object_get(json, "steps")) > 10);
    CHECK(json_integer_value(json_object_get(json_object_get(json, "estimate"), "rows")) == 1205331);
    json_decref(json);
}

TEST(the_fingerprint_changes_with_what_is_written)
{
    AUTO(Arena) *arena = arena_new();
    Plan *one = plan_of(arena), *same = plan_of(arena);
    CHECK_TEXT(plan_entity(one, "leads")->fingerprint, plan_entity(same, "leads")->fingerprint);
    CHECK(strcmp(plan_entity(one, "leads")->fingerprint, plan_entity(one, "companies")->fingerprint) != 0);
    CHECK(strlen(plan_entity(one, "leads")->fingerprint) == 16);
}
