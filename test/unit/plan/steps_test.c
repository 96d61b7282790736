#include "plan/steps.h"

#include "fixture.h"
#include "tap.h"

static Fixture *two_tables(Arena *arena)
{
    Fixture *fixture = fixture_new(arena);
    fixture_add_both(fixture, "leads", "id int4 !; company int4");
    fixture_add_both(fixture, "companies", "id int4 !");
    fixture_add_foreign_key(fixture, "leads", "company", "companies");
    fixture_table(&fixture->target, "leads")->columns.items[0].sequence_schema = "public";
    fixture_table(&fixture->target, "leads")->columns.items[0].sequence = "leads_id_seq";
    fixture_add_entity(fixture, "leads", "id int4; company int4");
    fixture_add_entity(fixture, "companies", "id int4");
    *LIST_ADD(arena, &fixture->manifest.expand) =
        (Sql){.text = "SELECT 1", .place = {"sql/10.sql", 1, 1}, .is_file = true};
    *LIST_ADD(arena, &fixture->manifest.expand) =
        (Sql){.text = "SELECT 2", .place = {"sql/20.sql", 1, 1}, .is_file = true};
    *LIST_ADD(arena, &fixture->manifest.seed) =
        (Sql){.text = "SELECT 3", .place = {"sql/30.sql", 1, 1}, .is_file = true};
    *LIST_ADD(arena, &fixture->manifest.seed) = (Sql){.text = "SELECT 4", .place = {"migration.yaml", 7, 9}};
    *LIST_ADD(arena, &fixture->manifest.checks) = (Check){.name = "orphans", .side = CHECK_SOURCE};
    *LIST_ADD(arena, &fixture->manifest.checks) = (Check){.name = "total", .side = CHECK_BALANCE};
    return fixture;
}

static bool needs(const Plan *plan, const char *step, const char *before)
{
    const Step *found = plan_step(plan, step);
    return found && string_list_contains(&found->needs, before);
}

TEST(every_step_stands_after_the_ones_it_needs)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(two_tables(arena));
    CHECK(plan->steps.count > 15);
    FOR_EACH(const Step, step, plan->steps)
        FOR_EACH(const char *, name, step->needs)
            CHECK(plan_step(plan, *name) && plan_step(plan, *name) < step);
}

static const struct {
    const char *step, *before;
} needed[] = {
    {"expand sql/20.sql", "expand sql/10.sql"},
    {"seed sql/30.sql", "expand sql/10.sql"},
    {"seed sql/30.sql", "expand sql/20.sql"},
    {"seed migration.yaml:7", "seed sql/30.sql"},
    {"check orphans", "expand sql/20.sql"},
    {"check orphans", "seed migration.yaml:7"},
    {"prepare leads", "seed migration.yaml:7"},
    {"prepare leads", "check orphans"},
    {"cut leads", "prepare leads"},
    {"copy leads", "cut leads"},
    {"index leads_pkey", "copy leads"},
    {"constraint leads.leads_pkey", "index leads_pkey"},
    {"analyze leads", "constraint leads.leads_pkey"},
    {"foreign key leads.leads_company_fkey", "analyze leads"},
    {"analyze companies", "foreign key leads.leads_company_fkey"},
    {"foreign key leads.leads_company_fkey", "constraint companies.companies_pkey"},
    {"validate leads.leads_company_fkey", "foreign key leads.leads_company_fkey"},
    {"sequence leads.id", "constraint leads.leads_pkey"},
    {"verify leads", "validate leads.leads_company_fkey"},
    {"verify leads", "sequence leads.id"},
    {"check after total", "verify leads"},
    {"check after total", "verify companies"},
};

TEST(a_step_needs_what_it_works_on)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(two_tables(arena));
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!needs(plan, needed[i].step, needed[i].before))
            CHECK_TEXT(needed[i].step, needed[i].before);
}

static const struct {
    const char *step, *sql;
} actions[] = {
    {"copy leads", NULL},
    {"index leads_pkey",
     "SET LOCAL maintenance_work_mem = '512MB';\nCREATE UNIQUE INDEX leads_pkey ON public.leads USING btree (id);\n"},
    {"constraint leads.leads_pkey",
     "ALTER TABLE \"public\".\"leads\" ADD CONSTRAINT \"leads_pkey\" PRIMARY KEY USING INDEX \"leads_pkey\";\n"},
    {"foreign key leads.leads_company_fkey",
     "ALTER TABLE \"public\".\"leads\" ADD CONSTRAINT \"leads_company_fkey\" FOREIGN KEY "
     "(company) REFERENCES companies(id) NOT VALID;\n"},
    {"validate leads.leads_company_fkey",
     "ALTER TABLE \"public\".\"leads\" VALIDATE CONSTRAINT \"leads_company_fkey\";\n"},
    {"analyze leads", "ANALYZE \"public\".\"leads\";\n"},
};

TEST(a_step_that_is_only_sql_has_its_sql)
{
    AUTO(Arena) *arena = arena_new();
    Plan *plan = fixture_plan(two_tables(arena));
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        CHECK_TEXT(step_action(arena, plan, plan_step(plan, actions[i].step)), actions[i].sql);
}

TEST(a_sequence_follows_numbers_alone)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    static const struct {
        ObjectId type;
        bool follows;
    } cases[] = {{23, true}, {1700, true}, {701, true}, {25, false}, {790, false}};
    Plan *plan = fixture_plan(fixture);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_table(&fixture->target, "leads")->columns.items[0].type = cases[i].type;
        const char *sql = step_action(arena, plan, plan_step(plan, "sequence leads.id"));
        CHECK((sql && strstr(sql, "m.value::pg_catalog.int8")) == cases[i].follows);
    }
}

TEST(replace_empties_the_table_or_its_scope)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    fixture->manifest.entities.items[0].write = WRITE_REPLACE;
    fixture->manifest.entities.items[1].write = WRITE_REPLACE;
    fixture->manifest.entities.items[1].scope = (Sql){.text = "id > 7 -- ours"};
    Plan *plan = fixture_plan(fixture);
    CHECK(strstr(step_action(arena, plan, plan_step(plan, "ready leads")),
                 "TRUNCATE TABLE ONLY \"public\".\"leads\";\n") != NULL);
    CHECK(strstr(step_action(arena, plan, plan_step(plan, "ready companies")),
                 "DELETE FROM \"public\".\"companies\" WHERE (id > 7 -- ours\n);\n") != NULL);
}

TEST(an_index_comes_back_with_its_statistics_targets)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    Index *index = fixture_add_key(fixture, &fixture->target, "leads", "leads_lower", 1);
    index->primary = index->unique = false;
    index->constraint = NULL;
    index->statistics = "2 500 10 0";
    Plan *plan = fixture_plan(fixture);
    CHECK(text_ends_with(step_action(arena, plan, plan_step(plan, "index leads_lower")),
                         "ALTER INDEX \"public\".\"leads_lower\" ALTER COLUMN 2 SET STATISTICS 500;\n"
                         "ALTER INDEX \"public\".\"leads_lower\" ALTER COLUMN 10 SET STATISTICS 0;\n"));
}

TEST(a_constraint_that_is_no_btree_comes_back_as_a_whole)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = two_tables(arena);
    Index *index = LIST_ADD(arena, &fixture_table(&fixture->target, "leads")->indexes);
    *index = (Index){.schema = "public",
                     .name = "leads_span",
                     .valid = true,
                     .exclusion = true,
                     .constraint = "leads_span",
                     .constraint_definition = "EXCLUDE USING gist (company WITH =)"};
    Plan *plan = fixture_plan(fixture);
    CHECK(plan_step(plan, "index leads_span") == NULL);
    CHECK(needs(plan, "constraint leads.leads_span", "index leads_pkey"));
    CHECK(strstr(step_action(arena, plan, plan_step(plan, "constraint leads.leads_span")),
                 "ADD CONSTRAINT \"leads_span\" EXCLUDE USING gist (company WITH =);") != NULL);
}

TEST(every_kind_of_step_says_what_it_locks_and_what_undoes_it)
{
    for (StepKind kind = STEP_EXPAND; kind <= STEP_CHECK_AFTER; kind++)
        CHECK(step_rule(kind)->name && step_rule(kind)->locks && step_rule(kind)->undo);
}
