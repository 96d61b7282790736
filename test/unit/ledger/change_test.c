#include "ledger/change.h"

#include "tap.h"

#include <string.h>

static const struct {
    const char *name;
    WriteMode write;
    bool was_empty;
    Change change;
    ChangeRemedy remedy;
} cases[] = {
    {"nothing was moved yet", WRITE_INSERT, false, {.chunks = 9}, CHANGE_CUT_ANEW},
    {"the table holds our rows alone",
     WRITE_UPSERT,
     true,
     {.done = 2, .chunks = 9, .written = 70, .rows = 70},
     CHANGE_EMPTY},
    {"somebody else wrote there",
     WRITE_UPSERT,
     true,
     {.done = 2, .chunks = 9, .written = 70, .rows = 71},
     CHANGE_REFUSE},
    {"another entity has filled it and stays as it was",
     WRITE_INSERT,
     true,
     {.done = 2, .chunks = 9, .written = 70, .rows = 70, .others = 1},
     CHANGE_REFUSE},
    {"the migration was done once",
     WRITE_UPSERT,
     true,
     {.done = 9, .chunks = 9, .written = 70, .rows = 70, .finished = true},
     CHANGE_REFUSE},
    {"a delete would reach other tables",
     WRITE_UPSERT,
     true,
     {.done = 2, .chunks = 9, .written = 70, .rows = 70, .touches_others = true},
     CHANGE_REFUSE},
    {"an upsert into a table with rows",
     WRITE_UPSERT,
     false,
     {.done = 2, .chunks = 9, .written = 70, .rows = 500},
     CHANGE_AGAIN},
    {"an insert into a table with rows",
     WRITE_INSERT,
     false,
     {.done = 2, .chunks = 9, .written = 70, .rows = 500},
     CHANGE_REFUSE},
    {"skip would keep the old version's rows",
     WRITE_SKIP,
     false,
     {.done = 2, .chunks = 9, .written = 70, .rows = 500},
     CHANGE_REFUSE},
};

TEST(a_changed_entity_begins_anew_only_where_that_is_safe)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        GatheredEntity gathered = {.into_empty = cases[i].was_empty};
        EntityPlan entity = {.gathered = &gathered, .write = cases[i].write};
        if (change_remedy(&entity, &cases[i].change) != cases[i].remedy)
            CHECK_TEXT(cases[i].name, "another remedy");
    }
    CHECK(true);
}

static void add_foreign_key(Arena *arena, Plan *plan, const Relation *from, const Relation *to, const char *name)
{
    ForeignKey *key = NEW(arena, ForeignKey);
    *key = (ForeignKey){.name = name, .from = from->oid, .to = to->oid};
    *LIST_ADD(arena, &plan->steps) =
        (Step){.kind = STEP_FOREIGN_KEY, .name = name, .relation = from, .foreign_key = key};
}

TEST(tables_are_emptied_together_once_their_foreign_keys_are_gone)
{
    AUTO(Arena) *arena = arena_new();
    const Relation parent = {.oid = 1, .sql_name = "\"a\".\"parent\""}, child = {.oid = 2, .sql_name = "\"a\".\"child\""},
                   other = {.oid = 3, .sql_name = "\"a\".\"other\""};
    const Relation *const tables[] = {&parent, &child};
    Plan plan = {0};
    add_foreign_key(arena, &plan, &child, &parent, "child_parent");
    add_foreign_key(arena, &plan, &other, &parent, "other_parent");
    add_foreign_key(arena, &plan, &other, &other, "other_other");
    const char *sql = change_emptying(arena, &plan, tables, 2);
    CHECK(strstr(sql, "ALTER TABLE \"a\".\"child\" DROP CONSTRAINT \"child_parent\"") != NULL);
    CHECK(strstr(sql, "ALTER TABLE \"a\".\"other\" DROP CONSTRAINT \"other_parent\"") != NULL);
    CHECK(strstr(sql, "other_other") == NULL);
    CHECK_TEXT(strstr(sql, "WITH"), "WITH rehome_1 AS (DELETE FROM \"a\".\"parent\") DELETE FROM \"a\".\"child\"");
    sql = change_emptying(arena, &plan, tables + 1, 1);
    CHECK(strstr(sql, "child_parent") != NULL && strstr(sql, "other_parent") == NULL);
    CHECK_TEXT(strstr(sql, "DELETE"), "DELETE FROM \"a\".\"child\"");
}
