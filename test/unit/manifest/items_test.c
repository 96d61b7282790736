#include "manifest/items.h"

#include "migration_folder.h"
#include "tap.h"

#define HEAD "rehome: 1\nname: m\nsource: dbname=old\ntarget: dbname=new\nparams: { since: { default: '2020' } }\n"
/* The list stands in line 8. */
#define AUDITS "entities:\n  audits:\n    for_each: SELECT table_name, id FROM cards\n"

/* A list as a test writes it: names of columns and values, "-" for null, one row a line. */
static ItemRows list_of(Arena *arena, const Entity *entity, const char *const *columns, const char *rows)
{
    ItemRows list = {.entity = entity};
    for (; *columns; columns++)
        LIST_PUSH(arena, &list.columns, *columns);
    while (*rows != '\0') {
        const char **values = NEW_ARRAY(arena, const char *, list.columns.count);
        for (size_t i = 0; i < list.columns.count; i++) {
            const size_t length = strcspn(rows, "|\n");
            values[i] = length == 1 && *rows == '-' ? NULL : arena_strndup(arena, rows, length);
            rows += length + (rows[length] != '\0');
        }
        LIST_PUSH(arena, &list.rows, values);
    }
    return list;
}

typedef struct ItemsCase {
    const char *yaml;
    const char *columns[4];
    const char *rows;
    const char *mistakes;
} ItemsCase;

/* The filled manifest of a folder; its mistakes otherwise. */
static const Manifest *fill(Arena *arena, const char *yaml, const char *const *columns, const char *rows,
                            const char **mistakes)
{
    MigrationFolder folder = folder_open(arena);
    ManifestOptions options = {.folder = folder.path};
    Mistakes found = {.arena = arena};
    ItemRowsList lists = {0};
    folder_write(&folder, "migration.yaml", yaml);
    folder_write(&folder, "audits.sql",
                 "-- the answers\nSELECT id, :'table_name' AS source,\n       :id AS card FROM :\"table_name\";\n");
    const Manifest *manifest = manifest_load(arena, &options, &found), *filled = NULL;
    if (CHECK(manifest)) {
        CHECK(manifest_has_lists(manifest));
        FOR_EACH(const Entity, entity, manifest->entities)
            if (entity->for_each.text)
                LIST_PUSH(arena, &lists, list_of(arena, entity, columns, rows));
        filled = items_fill(arena, manifest, &lists, &found);
    }
    CHECK((filled == NULL) == (found.list.count > 0));
    Text lines = text_new(arena);
    FOR_EACH(Mistake, mistake, found.list) {
        text_separate(&lines, "\n");
        text_add(&lines, mistake_print(arena, mistake));
    }
    *mistakes = lines.chars;
    folder_close(&folder);
    return filled;
}

static const char *const both[] = {"table_name", "id", NULL};

TEST(items_stand_in_place_of_their_entity)
{
    AUTO(Arena) *arena = arena_new();
    const char *mistakes = NULL;
    const Manifest *filled =
        fill(arena,
             HEAD "entities:\n  first: { from: a }\n  audits:\n    for_each: SELECT 1\n"
                  "    from: :\"table_name\"\n    where: day > :'since'\n    transform: audits.sql\n"
                  "    key: [card_:id]\n    scope: source = :'table_name'\n"
                  "    rejects: { bad: \"id = :id\" }\n  last: { from: z }\n",
             both, "email|1\nCall's \"Audit\"|22", &mistakes);
    CHECK_TEXT(mistakes, "");
    if (!filled || !CHECK(filled->entities.count == 4))
        return;
    CHECK_TEXT(filled->entities.items[0].name, "first");
    CHECK_TEXT(filled->entities.items[3].name, "last");
    CHECK(!manifest_has_lists(filled));
    const Entity *email = &filled->entities.items[1], *call = &filled->entities.items[2];
    CHECK_TEXT(email->name, "audits[email]");
    CHECK_TEXT(email->base, "audits");
    CHECK(email->template && email->template == call->template);
    CHECK_TEXT(email->into.name, "audits");
    CHECK_TEXT(email->from.items[0].name, "email");
    CHECK_TEXT(email->where.text, "day > '2020'");
    CHECK_TEXT(email->scope.text, "source = 'email'");
    CHECK_TEXT(email->rejects.items[0].sql.text, "id = 1");
    CHECK_TEXT(call->name, "audits[Call's \"Audit\"]");
    CHECK_TEXT(call->from.items[0].name, "Call's \"Audit\"");
    CHECK_TEXT(call->key.items[0].name, "card_22");
    CHECK_TEXT(
        call->transform.text,
        "-- the answers\nSELECT id, 'Call''s \"Audit\"' AS source,\n       22 AS card FROM \"Call's \"\"Audit\"\"\"");
    CHECK_TEXT(sql_place(&call->transform, 20).file, "audits.sql");
}

TEST(what_is_wrong_with_a_list_is_told_at_its_place)
{
    static const ItemsCase cases[] = {
        {AUDITS "    from: a\n",
         {"table_name"},
         "",
         "migration.yaml:8:15: the query of for_each gives no row, so there is nothing to move; where that may be, "
         "write for_each: { sql: …, empty: allow }"},
        {"entities:\n  audits:\n    for_each: { sql: SELECT 1, empty: allow }\n    from: a\n", {"table_name"}, "", ""},
        {AUDITS "    from: a\n",
         {"table_name"},
         "a\n-",
         "migration.yaml:8:15: the query of for_each gives a row whose \"table_name\" is null: the first column names "
         "the item"},
        {AUDITS "    from: a\n",
         {"table_name", "id"},
         "|1",
         "migration.yaml:8:15: the query of for_each gives a row whose \"table_name\" is empty: the first column names "
         "the item"},
        {AUDITS "    from: a\n",
         {"table_name", "id"},
         "a|1\na|2",
         "migration.yaml:8:15: the query of for_each gives two rows whose \"table_name\" is \"a\": the first column "
         "names the item"},
        {AUDITS "    from: a\n",
         {"table_name"},
         "a,b",
         "migration.yaml:8:15: \"a,b\" cannot be the name of an item: no commas and control characters"},
        {AUDITS "    from: a\n",
         {"table_name", "table_name"},
         "a|b",
         "migration.yaml:8:15: the query of for_each gives column \"table_name\" twice"},
        {AUDITS "    from: a\n",
         {"since"},
         "a",
         "migration.yaml:8:15: the query of for_each gives column \"since\", and a param is called so too: give it "
         "another name (AS)"},
        {AUDITS "    from: :\"tablename\"\n",
         {"table_name", "id"},
         "a|1\nb|2",
         "migration.yaml:9:11: :\"tablename\": no such param, and no such column of for_each; did you mean "
         "\"table_name\"?"},
        {AUDITS "    from: a\n    where: :'zzzzzzzz'\n",
         {"table_name", "id"},
         "a|1\nb|2",
         "migration.yaml:10:12: :'zzzzzzzz': no such param, and no such column of for_each; its query gives "
         "table_name, id"},
        {AUDITS "    from: a\n    where: b > :id\n",
         {"table_name", "id"},
         "a|-",
         "migration.yaml:10:16: :id: the column \"id\" has no value; only :'id' may stand for a missing one (NULL)"},
        {AUDITS "    from: t_:id\n",
         {"table_name", "id"},
         "a|a b",
         "migration.yaml:9:11: \"t_:id\" is not an SQL name; names with other characters are written '\"Like This\"'"},
        {AUDITS "    from: a\n  audits[x]: { from: b, into: b }\n",
         {"table_name"},
         "x",
         "migration.yaml:10:3: entity \"audits[x]\" is called like an item of for_each"},
        {"entities:\n  a b:\n    for_each: SELECT 1\n    from: a\n    into: :\"x\"\n", {"x"}, "c", ""},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *mistakes = NULL;
        fill(arena, arena_printf(arena, HEAD "%s", cases[i].yaml), cases[i].columns, cases[i].rows, &mistakes);
        CHECK_TEXT(mistakes, cases[i].mistakes);
    }
}
