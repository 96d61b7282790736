#include "migration_folder.h"
#include "tap.h"

#define HEAD "rehome: 1\nname: m\nsource: dbname=old\ntarget: dbname=new\nentities: { leads: { from: leads } }\nbench:\n"

TEST(a_bench_has_queries_of_both_sides_and_what_is_wanted)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    Mistakes mistakes = {.arena = arena};
    folder_write(&folder, "migration.yaml",
                 HEAD "  - { name: employee lookup, old: old.sql, new: SELECT 2, runs: 7, at_least: 2.5, at_most: 2s }\n"
                      "  - { name: plain, old: SELECT 1, new: SELECT 2 }\n");
    folder_write(&folder, "old.sql", "SELECT 1;\nSELECT 2;\n");
    const Manifest *manifest = manifest_load(arena, &(ManifestOptions){.folder = folder.path}, &mistakes);
    folder_close(&folder);
    CHECK(mistakes.list.count == 0);
    CHECK(manifest && manifest->benches.count == 2);
    if (!manifest || manifest->benches.count != 2)
        return;
    const Bench *first = &manifest->benches.items[0], *second = &manifest->benches.items[1];
    CHECK_TEXT(first->name, "employee lookup");
    CHECK_TEXT(first->old_sql.text, "SELECT 1;\nSELECT 2");
    CHECK_TEXT(first->new_sql.text, "SELECT 2");
    CHECK_NUMBER(first->runs, 7);
    CHECK(first->at_least == 2.5 && first->at_most_ms == 2000);
    CHECK_NUMBER(second->runs, 5);
    CHECK(second->at_least == 0 && second->at_most_ms == 0);
}

static const struct {
    const char *yaml, *mistakes;
} cases[] = {
    {HEAD "  name: x\n", "migration.yaml:7:3: \"bench\" expects a list of benches, got a mapping"},
    {HEAD "  - { name: x, old: SELECT 1 }\n",
     "migration.yaml:7:5: missing key \"new\": the queries on the target that do the same"},
    {HEAD "  - { name: x, old: SELECT 1, new: none.sql }\n", "migration.yaml:7:36: there is no file \"none.sql\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, runs: 0 }\n",
     "migration.yaml:7:52: \"runs\" expects a number from 1 to 1000, not \"0\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, runs: 2.0 }\n",
     "migration.yaml:7:52: \"runs\" expects a number from 1 to 1000, not \"2.0\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, at_least: 10x }\n",
     "migration.yaml:7:56: \"at_least\" expects a number above 0, not \"10x\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, at_least: -1 }\n",
     "migration.yaml:7:56: \"at_least\" expects a number above 0, not \"-1\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, at_most: 10 }\n",
     "migration.yaml:7:55: \"at_most\" expects a duration such as 500ms, 2s or 1min, not \"10\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, at_most: 1.2.3s }\n",
     "migration.yaml:7:55: \"at_most\" expects a duration such as 500ms, 2s or 1min, not \"1.2.3s\""},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1, at_moost: 1s }\n",
     "migration.yaml:7:46: unknown key \"at_moost\"; did you mean \"at_most\"?"},
    {HEAD "  - { name: x, old: SELECT 1, new: SELECT 1 }\n  - { name: x, old: SELECT 1, new: SELECT 1 }\n",
     "migration.yaml:8:5: a second bench is called \"x\"; the first is in line 7"},
};

TEST(mistakes_are_told_with_their_place)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        MigrationFolder folder = folder_open(arena);
        folder_write(&folder, "migration.yaml", cases[i].yaml);
        CHECK_TEXT(folder_mistakes(&folder, (ManifestOptions){0}), cases[i].mistakes);
        folder_close(&folder);
    }
}
