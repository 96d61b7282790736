#include "manifest/manifest.h"
#include "migration_folder.h"
#include "tap.h"

#define HEAD "rehome: 1\nname: m\nsource: dbname=old\ntarget: dbname=new\n"

/* The manifest of a right folder; says what is wrong with it otherwise. */
static Manifest *load(MigrationFolder *folder, ManifestOptions options)
{
    Mistakes mistakes = {.arena = folder->arena};
    options.folder = folder->path;
    Manifest *manifest = manifest_load(folder->arena, &options, &mistakes);
    FOR_EACH(Mistake, mistake, mistakes.list)
        CHECK_TEXT(mistake_print(folder->arena, mistake), NULL);
    return manifest ? manifest : NEW(folder->arena, Manifest);
}

static const Entity *entity_of(const Manifest *manifest, size_t number)
{
    static const Entity nothing;
    return CHECK(number < manifest->entities.count) ? &manifest->entities.items[number] : &nothing;
}

static const char *name_at(const NameList *names, size_t number)
{
    return CHECK(number < names->count) ? names->items[number].name : NULL;
}

TEST(a_merge_has_sources_in_order_and_rules_by_column)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml",
                 HEAD "entities:\n"
                      "  employees:\n"
                      "    merge:\n"
                      "      key: Email\n"
                      "      sources:\n"
                      "        - { from: crm.users, where: id > 7, transform: \"SELECT id, email FROM crm.users\" }\n"
                      "        - { name: directory, from: people }\n"
                      "      columns: { full_name: last, last_seen: newest(\"Updated\"), tax_id: error }\n");
    const Merge *merge = entity_of(load(&folder, (ManifestOptions){0}), 0)->merge;
    if (CHECK(merge && merge->sources.count == 2 && merge->columns.count == 3)) {
        const Entity *sources = merge->sources.items;
        CHECK_TEXT(name_at(&merge->key, 0), "email");
        CHECK_TEXT(sources[0].name, "crm.users");
        CHECK_TEXT(sources[0].where.text, "id > 7");
        CHECK_TEXT(sources[1].name, "directory");
        CHECK_TEXT(name_at(&sources[1].from, 0), "people");
        CHECK(sources[1].transform.text == NULL);
        CHECK(merge->columns.items[0].how == MERGE_LAST && merge->columns.items[1].how == MERGE_NEWEST);
        CHECK_TEXT(merge->columns.items[1].newest.name, "Updated");
        CHECK_TEXT(merge->columns.items[1].text, "newest(\"Updated\")");
    }
    CHECK(entity_of(load(&folder, (ManifestOptions){0}), 0)->from.count == 2);
    folder_close(&folder);
}

/* "migration.yaml:4:5" */
static const char *place_of(Arena *arena, Place place)
{
    return arena_printf(arena, "%s:%d:%d", place.file, place.line, place.column);
}

static void write_design_example(MigrationFolder *folder)
{
    folder_write(folder, "migration.yaml",
                 "rehome: 1\n"
                 "name: laiki-leads\n"
                 "source: ${REHOME_SOURCE_URL}            # libpq URI\n"
                 "target: ${REHOME_TARGET_URL}\n"
                 "params:\n"
                 "  company: { type: uuid, required: true, help: the companies.id to migrate }\n"
                 "expand: [ sql/10-tables.sql ]    # additive DDL on the target\n"
                 "entities:\n"
                 "  organizations:\n"
                 "    from: companies              # the driving table\n"
                 "    where: id = :'company'\n"
                 "    transform: sql/organizations.sql\n"
                 "  leads:\n"
                 "    from: leads\n"
                 "    where: company_id = :'company'\n"
                 "    into: leads\n"
                 "    key: [id]\n"
                 "    write: upsert\n"
                 "    update: [updated_at]\n"
                 "    rejects:\n"
                 "      no_contact: email IS NULL AND phone IS NULL     # over the transform's output\n"
                 "    verify: { except: [updated_at] }\n"
                 "checks:\n"
                 "  source:  [ { name: orphans, sql: sql/orphans.sql, expect: none, severity: warn } ]\n"
                 "  target:  [ { name: leads_without_org, sql: SELECT 1 WHERE false, expect: none } ]\n"
                 "  balance: [ { name: total_value, source: sql/old_total.sql, target: sql/new_total.sql } ]\n");
    folder_make(folder, "sql");
    folder_write(folder, "sql/10-tables.sql", "\\restrict x\nCREATE TABLE a ();\n");
    folder_write(folder, "sql/organizations.sql",
                 "-- who\nSELECT id, :'company'::uuid AS company\nFROM companies;\n\n");
    folder_write(folder, "sql/orphans.sql", "SELECT 1");
    folder_write(folder, "sql/old_total.sql", "SELECT sum(value) FROM leads;");
    folder_write(folder, "sql/new_total.sql", "SELECT sum(value) FROM crm.leads;");
}

static const char company[] = "6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f";

static Manifest *load_design_example(MigrationFolder *folder)
{
    ManifestOptions options = {0};
    setenv("REHOME_SOURCE_URL", "postgresql://old/db", 1);
    setenv("REHOME_TARGET_URL", "postgresql://new/db", 1);
    write_design_example(folder);
    LIST_PUSH(folder->arena, &options.params, arena_printf(folder->arena, "company=%s", company));
    return load(folder, options);
}

TEST(a_migration_is_read_as_it_is_written)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    const Manifest *manifest = load_design_example(&folder);
    CHECK_TEXT(manifest->folder, folder.path);
    CHECK_TEXT(manifest->file, "migration.yaml");
    CHECK_TEXT(manifest->name, "laiki-leads");
    CHECK_TEXT(manifest->source_url, "postgresql://old/db");
    CHECK_TEXT(manifest->source_dump, NULL);
    CHECK_TEXT(manifest->target_url, "postgresql://new/db");
    CHECK(!manifest->same);
    CHECK_TEXT(place_of(arena, manifest->target_place), "migration.yaml:4:9");
    if (CHECK(manifest->params.count == 1)) {
        const Param *param = manifest->params.items;
        CHECK_TEXT(param->name, "company");
        CHECK_TEXT(param->type, "uuid");
        CHECK_TEXT(param->help, "the companies.id to migrate");
        CHECK_TEXT(param->value, company);
        CHECK(param->required);
    }
    if (CHECK(manifest->expand.count == 1)) {
        CHECK_TEXT(manifest->expand.items[0].text, "           \nCREATE TABLE a ();\n");
        CHECK_TEXT(place_of(arena, manifest->expand.items[0].place), "sql/10-tables.sql:1:1");
    }
    folder_close(&folder);
}

TEST(entities_come_in_the_order_of_the_file_with_their_sql)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    const Manifest *manifest = load_design_example(&folder);
    const Entity *organizations = entity_of(manifest, 0), *leads = entity_of(manifest, 1);
    CHECK_TEXT(organizations->name, "organizations");
    CHECK_TEXT(name_at(&organizations->from, 0), "companies");
    CHECK_TEXT(organizations->into.name, "organizations");
    CHECK_TEXT(place_of(arena, organizations->into.place), "migration.yaml:9:3");
    CHECK_TEXT(organizations->where.text, "id = '6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f'");
    CHECK_TEXT(place_of(arena, organizations->where.place), "migration.yaml:11:12");
    CHECK(!organizations->where.is_file && organizations->transform.is_file);
    CHECK_TEXT(organizations->transform.text,
               "-- who\nSELECT id, '6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f'::uuid AS company\nFROM companies");
    CHECK_TEXT(place_of(arena, sql_place(&organizations->transform, 7)), "sql/organizations.sql:2:1");
    CHECK(organizations->write == WRITE_DEFAULT && !organizations->has_update && organizations->key.count == 0);

    CHECK_TEXT(leads->transform.text, NULL);
    CHECK_TEXT(name_at(&leads->key, 0), "id");
    CHECK(leads->write == WRITE_UPSERT && leads->has_update);
    CHECK_TEXT(place_of(arena, leads->write_place), "migration.yaml:18:12");
    CHECK_TEXT(name_at(&leads->update, 0), "updated_at");
    CHECK_TEXT(name_at(&leads->verify_except, 0), "updated_at");
    if (CHECK(leads->rejects.count == 1)) {
        CHECK_TEXT(leads->rejects.items[0].name, "no_contact");
        CHECK_TEXT(leads->rejects.items[0].sql.text, "email IS NULL AND phone IS NULL");
    }
    CHECK(!leads->hold_triggers && !leads->keep_indexes);
    folder_close(&folder);
}

TEST(checks_stand_on_their_side)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    const Manifest *manifest = load_design_example(&folder);
    if (CHECK(manifest->checks.count == 3)) {
        const Check *check = manifest->checks.items;
        CHECK(check->side == CHECK_SOURCE && check->expect == EXPECT_NONE && check->severity == SEVERITY_WARN);
        CHECK_TEXT(check->name, "orphans");
        check++;
        CHECK(check->side == CHECK_TARGET && check->expect == EXPECT_NONE && check->severity == SEVERITY_ERROR);
        CHECK_TEXT(check->sql.text, "SELECT 1 WHERE false");
        check++;
        CHECK(check->side == CHECK_BALANCE && check->expect == EXPECT_EQUAL);
        CHECK_TEXT(check->sql.text, "SELECT sum(value) FROM leads");
        CHECK_TEXT(check->target_sql.text, "SELECT sum(value) FROM crm.leads");
    }
    folder_close(&folder);
}

TEST(every_key_of_an_entity_is_read)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml",
                 HEAD
                 "entities:\n"
                 "  first:\n"
                 "    from: [a, Crm.B, '\"C d\"']\n"
                 "    into: '\"New\".\"Artist\"'\n"
                 "    transform: |\n"
                 "      SELECT 1 AS x; -- done\n"
                 "    load: SELECT * FROM staged;\n"
                 "    write: replace\n"
                 "    scope: kind = 'a'\n"
                 "    triggers: hold\n"
                 "    indexes: keep\n"
                 "    rejects: { short: { when: length(x) < 3 } }\n"
                 "    verify: { except: [] }\n"
                 "  '\"Second\"': { from: none, transform: \"SELECT 'a#b' AS x\", key: [A, '\"A\"'], update: [] }\n");
    const Manifest *manifest = load(&folder, (ManifestOptions){0});
    const Entity *first = entity_of(manifest, 0), *second = entity_of(manifest, 1);
    CHECK_NUMBER((long long)first->from.count, 3);
    CHECK_TEXT(name_at(&first->from, 1), "b");
    CHECK_TEXT(first->from.items[1].schema, "crm");
    CHECK_TEXT(first->from.items[1].text, "Crm.B");
    CHECK_TEXT(name_at(&first->from, 2), "C d");
    CHECK_TEXT(first->into.schema, "New");
    CHECK_TEXT(first->into.name, "Artist");
    CHECK_TEXT(first->transform.text, "SELECT 1 AS x");
    CHECK_TEXT(place_of(arena, first->transform.place), "migration.yaml:10:7");
    CHECK_TEXT(first->load.text, "SELECT * FROM staged");
    CHECK(first->write == WRITE_REPLACE && first->hold_triggers && first->keep_indexes && !first->from_none);
    CHECK_TEXT(first->scope.text, "kind = 'a'");
    CHECK_TEXT(first->rejects.items[0].sql.text, "length(x) < 3");
    CHECK_TEXT(second->name, "\"Second\"");
    CHECK_TEXT(second->into.name, "Second");
    CHECK_TEXT(second->transform.text, "SELECT 'a#b' AS x");
    CHECK(second->from_none && second->from.count == 0 && second->has_update && second->update.count == 0);
    CHECK_TEXT(name_at(&second->key, 0), "a");
    CHECK_TEXT(name_at(&second->key, 1), "A");
    folder_close(&folder);
}

TEST(budgets_are_numbers_and_percentages)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml",
                 HEAD "max_rejects: 0.5%\n"
                      "entities:\n"
                      "  a:\n"
                      "    from: a\n"
                      "    rejects: { dear: { when: b > 1, budget: 10 }, cheap: b < 1 }\n"
                      "    max_rejects: 0\n"
                      "    budgets: { cheap: 100%, unique: 3, 'lossy:price': 1% }\n");
    const Manifest *manifest = load(&folder, (ManifestOptions){0});
    const Entity *a = entity_of(manifest, 0);
    CHECK_TEXT(manifest->max_rejects, "0.5%");
    CHECK_TEXT(a->max_rejects, "0");
    CHECK_TEXT(a->rejects.items[0].budget, "10");
    CHECK(a->rejects.items[1].budget == NULL);
    CHECK_NUMBER((long long)a->budgets.count, 3);
    CHECK_TEXT(a->budgets.items[2].reason, "lossy:price");
    CHECK_TEXT(a->budgets.items[2].most, "1%");
    folder_close(&folder);
}

TEST(checks_may_expect_some_rows_or_a_value)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml",
                 HEAD "entities: { a: { from: a } }\n"
                      "checks:\n"
                      "  target:\n"
                      "    - { name: a, sql: SELECT 1, expect: some }\n"
                      "    - { name: b, sql: SELECT 1, expect: 42 }\n"
                      "    - { name: c, sql: SELECT 1, expect: 'none' }\n"
                      "    - { name: d, sql: SELECT 1, expect: '' }\n");
    const Manifest *manifest = load(&folder, (ManifestOptions){0});
    if (CHECK(manifest->checks.count == 4)) {
        const Check *checks = manifest->checks.items;
        CHECK(checks[0].expect == EXPECT_SOME && checks[0].value == NULL);
        CHECK(checks[1].expect == EXPECT_VALUE && checks[2].expect == EXPECT_VALUE && checks[3].expect == EXPECT_VALUE);
        CHECK_TEXT(checks[1].value, "42");
        CHECK_TEXT(checks[2].value, "none");
        CHECK_TEXT(checks[3].value, "");
    }
    folder_close(&folder);
}

TEST(variables_are_filled_in_wherever_sql_stands)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    ManifestOptions options = {0};
    folder_write(&folder, "migration.yaml",
                 "checks:\n"
                 "  balance: [ { name: b, source: \"SELECT :'v'\", target: \"SELECT :\\\"v\\\"\" } ]\n"
                 "entities:\n"
                 "  a:\n"
                 "    from: a\n"
                 "    where: x = :'v'\n"
                 "    transform: SELECT :n AS n, x::text, y[1:2]\n"
                 "    load: SELECT :'default' FROM staged\n"
                 "    scope: x = :'missing'\n"
                 "    rejects: { r: \":'v' = ''\" }\n"
                 "expand: [ \"CREATE TABLE :\\\"v\\\" ();\" ]\n"
                 "seed: [ \"INSERT INTO y VALUES (:n);\", \"INSERT INTO y VALUES (1);\" ]\n"
                 "params: { v: {}, n: { type: int }, default: { default: '${REHOME_TEST}' }, missing: {} }\n" HEAD);
    setenv("REHOME_TEST", "from the environment", 1);
    LIST_PUSH(arena, &options.params, "v=it's=1");
    LIST_PUSH(arena, &options.params, "n=7");
    const Manifest *manifest = load(&folder, options);
    const Entity *a = entity_of(manifest, 0);
    CHECK_TEXT(a->where.text, "x = 'it''s=1'");
    CHECK_TEXT(a->transform.text, "SELECT 7 AS n, x::text, y[1:2]");
    CHECK_TEXT(a->load.text, "SELECT 'from the environment' FROM staged");
    CHECK_TEXT(a->scope.text, "x = NULL");
    CHECK_TEXT(a->rejects.items[0].sql.text, "'it''s=1' = ''");
    CHECK_TEXT(manifest->expand.items[0].text, "CREATE TABLE \"it's=1\" ();");
    if (CHECK(manifest->seed.count == 2)) {
        CHECK_TEXT(manifest->seed.items[0].text, "INSERT INTO y VALUES (7);");
        CHECK(manifest->seed.items[0].is_filled);
        CHECK(!manifest->seed.items[1].is_filled);
    }
    CHECK_TEXT(manifest->checks.items[0].sql.text, "SELECT 'it''s=1'");
    CHECK_TEXT(manifest->checks.items[0].target_sql.text, "SELECT \"it's=1\"");
    folder_close(&folder);
}

/* The value of the one param of this type, given as `params`, which NULL ends. */
static const char *array_of(Arena *arena, const char *declared, const char *const *params)
{
    MigrationFolder folder = folder_open(arena);
    ManifestOptions options = {0};
    for (; *params; params++)
        LIST_PUSH(arena, &options.params, *params);
    folder_write(&folder, "migration.yaml",
                 arena_printf(arena,
                              HEAD "params: { p: %s }\nentities: { a: { from: a, where: \"id = ANY (:'p')\" } }\n",
                              declared));
    const Manifest *manifest = load(&folder, options);
    folder_close(&folder);
    CHECK(manifest->params.items[0].is_array);
    return entity_of(manifest, 0)->where.text;
}

TEST(a_param_of_an_array_type_is_an_array_literal)
{
    static const struct {
        const char *declared, *params[3], *where;
    } cases[] = {
        {"{ type: 'int[]' }", {"p=1"}, "id = ANY ('{\"1\"}')"},
        {"{ type: 'int[]' }", {"p=2,1", "p= 3 , 1"}, "id = ANY ('{\"2\",\"1\",\"3\",\"1\"}')"},
        {"{ type: 'int []' }", {"p="}, "id = ANY ('{}')"},
        {"{ type: 'int[2]' }", {NULL}, "id = ANY (NULL)"},
        {"{ type: 'int[]', default: [1, 2] }", {NULL}, "id = ANY ('{\"1\",\"2\"}')"},
        {"{ type: 'int[]', default: '1, 2' }", {NULL}, "id = ANY ('{\"1\",\"2\"}')"},
        {"{ type: 'int[]', default: [1, 2] }", {"p=3"}, "id = ANY ('{\"3\"}')"},
        {"{ type: 'int[]', default: '1, 2' }", {"p="}, "id = ANY ('{}')"},
        {"{ type: 'text[]' }", {"p=O'Neil,\"a,b\",\"\""}, "id = ANY ('{\"O''Neil\",\"a,b\",\"\"}')"},
        {"{ type: 'text[]' }", {"p=\"say \"\"x\"\" \",a b,é"}, "id = ANY (E'{\"say \\\\\"x\\\\\" \",\"a b\",\"é\"}')"},
        {"{ type: 'text[]' }", {"p=NULL,{}"}, "id = ANY ('{\"NULL\",\"{}\"}')"},
        {"{ type: 'numeric(10,2)[]' }", {"p=1.5"}, "id = ANY ('{\"1.5\"}')"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(array_of(arena, cases[i].declared, cases[i].params), cases[i].where);
}

TEST(the_command_line_comes_before_the_manifest)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    ManifestOptions options = {.source = "dump:old.dump", .target = "service=new"};
    folder_write(&folder, "old.dump", "PGDMP");
    folder_write(&folder, "migration.yaml",
                 "rehome: 1\nname: m\nsource: ${REHOME_UNSET_URL}\nparams: { a: { default: b } }\n"
                 "entities: { a: { from: a } }\n");
    unsetenv("REHOME_UNSET_URL");
    LIST_PUSH(arena, &options.params, "a=");
    const Manifest *manifest = load(&folder, options);
    CHECK_TEXT(manifest->source_url, NULL);
    CHECK_TEXT(manifest->source_dump, file_join(arena, folder.path, "old.dump"));
    CHECK_TEXT(manifest->target_url, "service=new");
    CHECK_TEXT(manifest->source_place.file, "--source");
    CHECK_TEXT(manifest->params.items[0].value, "");
    CHECK_TEXT(manifest->params.items[0].value_place.file, "--param");
    folder_close(&folder);
}

TEST(a_source_may_be_a_dump_and_a_target_the_same)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "old dump", "PGDMP");
    folder_write(&folder, "migration.yaml",
                 "rehome: 1\nname: m\nsource: { dump: \"${REHOME_DUMP}\" }\ntarget: a=b\n"
                 "entities: { a: { from: a } }\n");
    setenv("REHOME_DUMP", "old dump", 1);
    CHECK_TEXT(load(&folder, (ManifestOptions){0})->source_dump, file_join(arena, folder.path, "old dump"));
    folder_write(&folder, "migration.yaml",
                 "rehome: 1\nname: m\nsource: a=b\ntarget: same\n"
                 "entities: { a: { from: a } }\n");
    const Manifest *manifest = load(&folder, (ManifestOptions){0});
    CHECK(manifest->same && manifest->target_url == NULL);
    CHECK_TEXT(manifest->source_url, "a=b");
    folder_close(&folder);
}

TEST(anchors_byte_order_marks_and_windows_lines_are_fine)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml",
                 "\xEF\xBB\xBF---\r\nrehome: 1\r\nname: m\r\nsource: a=b\r\ntarget: a=b\r\nentities:\r\n"
                 "  a: { from: x, key: &key [id] }\r\n  b: { from: y, key: *key, where: \"a\\r\\n\" }\r\n...\r\n");
    const Manifest *manifest = load(&folder, (ManifestOptions){0});
    CHECK_TEXT(name_at(&entity_of(manifest, 1)->key, 0), "id");
    CHECK_TEXT(entity_of(manifest, 1)->where.text, "a");
    folder_close(&folder);
}

TEST(write_modes_have_the_names_of_the_manifest)
{
    CHECK_TEXT(write_mode_name(WRITE_DEFAULT), "default");
    CHECK_TEXT(write_mode_name(WRITE_INSERT), "insert");
    CHECK_TEXT(write_mode_name(WRITE_REPLACE), "replace");
}

TEST(a_backup_is_taken_when_asked_for)
{
    static const struct {
        const char *text;
        bool wanted, counts_only;
        const char *folder; /* in the manifest's */
    } cases[] = {{"", false, false, NULL},
                 {"backup: true\n", true, false, NULL},
                 {"backup: no\n", false, false, NULL},
                 {"backup: { to: kept, verify: read }\n", true, true, "kept"},
                 {"backup: { verify: restore }\n", true, false, NULL}};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        MigrationFolder folder = folder_open(arena);
        folder_write(&folder, "migration.yaml", arena_printf(arena, HEAD "%sentities: { a: { from: a } }\n", cases[i].text));
        const Backup backup = load(&folder, (ManifestOptions){0})->backup;
        CHECK(backup.wanted == cases[i].wanted && backup.counts_only == cases[i].counts_only);
        CHECK_TEXT(backup.folder, cases[i].folder ? file_join(arena, folder.path, cases[i].folder) : NULL);
        folder_close(&folder);
    }
}
