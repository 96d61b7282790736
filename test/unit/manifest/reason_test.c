#include "manifest/reason.h"

#include "migration_folder.h"
#include "tap.h"

#define HEAD "rehome: 1\nname: m\nsource: dbname=old\ntarget: dbname=new\nentities:\n  leads:\n    from: leads\n"

static const char *mistakes_of(Arena *arena, const char *yaml)
{
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml", yaml);
    const char *mistakes = folder_mistakes(&folder, (ManifestOptions){0});
    folder_close(&folder);
    return mistakes;
}

TEST(reasons_are_read_with_the_names_they_are_given_for)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    Mistakes found = {.arena = arena};
    folder_write(&folder, "migration.yaml",
                 HEAD "    dropped: { Old: gone, 'tmp_*': { because: scratch } }\n    unfilled: { seen: later }\n"
                      "dropped:\n  users.legacy_flag: >\n    never filled\n    since 2019\n"
                      "  crm.\"Us*rs\".*: a star in quotes is a star\nunfilled: { leads.owner: the product }\nstrict: yes\n");
    const Manifest *manifest = manifest_load(arena, &(ManifestOptions){.folder = folder.path}, &found);
    folder_close(&folder);
    if (!CHECK(manifest) || !CHECK(manifest->dropped.count == 2))
        return;
    const Entity *leads = &manifest->entities.items[0];
    CHECK_TEXT(leads->dropped.items[0].parts[0].text, "old");
    CHECK(!leads->dropped.items[0].parts[0].is_pattern);
    CHECK_TEXT(leads->dropped.items[1].because, "scratch");
    CHECK(leads->dropped.items[1].parts[0].is_pattern);
    CHECK_TEXT(leads->unfilled.items[0].because, "later");

    const Reason *flag = &manifest->dropped.items[0], *quoted = &manifest->dropped.items[1];
    CHECK(flag->count == 2);
    CHECK_TEXT(flag->parts[0].text, "users");
    CHECK_TEXT(flag->parts[1].text, "legacy_flag");
    CHECK_TEXT(flag->because, "never filled since 2019");
    CHECK(flag->place.line == 11 && flag->place.column == 3);
    CHECK(quoted->count == 3);
    CHECK_TEXT(quoted->parts[1].text, "Us*rs");
    CHECK(!quoted->parts[1].is_pattern);
    CHECK(quoted->parts[2].is_pattern);
    CHECK(manifest->unfilled.count == 1 && manifest->strict && manifest->strict_place.line == 16);
}

TEST(mistakes_in_reasons_are_told_with_their_places)
{
    static const struct {
        const char *yaml, *mistakes;
    } cases[] = {
        {HEAD "dropped: [a]\n",
         "migration.yaml:8:10: \"dropped\" expects a mapping of reasons by table or column, got a list"},
        {HEAD "dropped: { users: }\n", "migration.yaml:8:19: \"users\" has no value; it expects a text that says why"},
        {HEAD "dropped: { users: '' }\n", "migration.yaml:8:19: \"users\" is empty; it expects a text that says why"},
        {HEAD "dropped: { users: { becos: x } }\n",
         "migration.yaml:8:19: missing key \"because\": why it is so\n"
         "migration.yaml:8:21: unknown key \"becos\"; a reason has the keys because"},
        {HEAD "dropped: { a.b.c.d: x }\n", "migration.yaml:8:12: \"a.b.c.d\" is not the name of a table or column: users, "
                                           "users.legacy_flag, crm.users.*, tmp_*"},
        {HEAD "unfilled: { 1a: x }\n", "migration.yaml:8:13: \"1a\" is not the name of a table or column: users, "
                                       "users.legacy_flag, crm.users.*, tmp_*"},
        {HEAD "dropped: { a.: x, a-b: y, '\"a': z, '**': w }\n",
         "migration.yaml:8:12: \"a.\" is not the name of a table or column: users, users.legacy_flag, crm.users.*, tmp_*\n"
         "migration.yaml:8:19: \"a-b\" is not the name of a table or column: users, users.legacy_flag, crm.users.*, tmp_*\n"
         "migration.yaml:8:27: \"\"a\" is not the name of a table or column: users, users.legacy_flag, crm.users.*, tmp_*"},
        {HEAD "    dropped: { leads.a: x }\n", "migration.yaml:8:16: \"leads.a\" is not the name of a column: legacy_flag, "
                                               "legacy_*; the table is that of the entity"},
        {HEAD "dropped: { a: x, a: y }\n", "migration.yaml:8:18: \"a\" stands here a second time; the first is in line 8"},
        {HEAD "strict: maybe\n", "migration.yaml:8:9: \"strict\" expects true or false, not \"maybe\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        CHECK_TEXT(mistakes_of(arena, cases[i].yaml), cases[i].mistakes);
    }
}
