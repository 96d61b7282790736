#include "migration_folder.h"
#include "tap.h"

/* What stands before the text under test: its first line is line 5 of the file. */
#define HEAD "rehome: 1\nname: m\nsource: dbname=old\ntarget: dbname=new\n"
/* An entity that is right; the next line continues it. */
#define LEADS    HEAD "entities:\n  leads:\n    from: leads\n"
#define ENTITIES "entities: { leads: { from: leads } }\n"

typedef struct MistakeCase {
    const char *yaml;
    const char *mistakes;
} MistakeCase;

static void check_case(const char *yaml, ManifestOptions options, const char *sql, const char *expected)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml", yaml);
    folder_write(&folder, "empty.sql", " \n");
    folder_make(&folder, "folder.sql");
    if (sql)
        folder_write(&folder, "a.sql", sql);
    CHECK_TEXT(folder_mistakes(&folder, options), expected);
    folder_close(&folder);
}

static void check_cases(const MistakeCase *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_case(cases[i].yaml, (ManifestOptions){0}, NULL, cases[i].mistakes);
}

#define CHECK_CASES(cases) check_cases((cases), sizeof(cases) / sizeof *(cases))

TEST(what_is_not_yaml_is_explained)
{
    static const MistakeCase cases[] = {
        {"", "migration.yaml: \"migration.yaml\" is empty"},
        {"# nothing\n", "migration.yaml: the file has no content, only comments"},
        {"a: b: c\n",
         "migration.yaml:1:5: not YAML: mapping values are not allowed in this context; a text that has \": \" in it "
         "must be in quotes, and the keys of a mapping begin in one column"},
        {"a: [b\n", "migration.yaml:2:1: not YAML: did not find expected ',' or ']', while parsing a flow sequence "
                    "that begins at 1:4"},
        {"a: \"b\n", "migration.yaml:2:1: not YAML: found unexpected end of stream, while scanning a quoted scalar "
                     "that begins at 1:4"},
        {"a: @b\n",
         "migration.yaml:1:4: not YAML: found character that cannot start any token; a text that begins with this "
         "character must be in quotes"},
        {"a: *b\n", "migration.yaml:1:4: not YAML: found undefined alias; a text that begins with * must be in quotes"},
        {"a:\n\tb: 1\n", "migration.yaml:2:1: a tab; YAML is indented with spaces"},
        {"a:\n  b: 1\n  \tc: 1\n", "migration.yaml:3:3: a tab; YAML is indented with spaces"},
        {"a: 1\nb: \x01\n", "migration.yaml:2:4: not YAML: control characters are not allowed"},
        {"a: é\xff\n", "migration.yaml:1:5: byte 0xFF is not UTF-8; save the file as UTF-8"},
        {"source: { dump: ${X} }\n",
         "migration.yaml:1:17: ${X} must be in quotes here: between { } or [ ] its brace means "
         "something to YAML; write \"${X}\""},
        {"expand: [ sql/a.sql,\n  ${X}/b.sql ]\n",
         "migration.yaml:2:3: ${X} must be in quotes here: between { } or [ ] its brace "
         "means something to YAML; write \"${X}\""},
        {HEAD ENTITIES "---\nb: 1\n",
         "migration.yaml:6:1: a second YAML document begins here; a migration is one document"},
        {"- rehome\n", "migration.yaml:1:1: a migration is a mapping of keys, not a list"},
        {"rehome\n", "migration.yaml:1:1: a migration is a mapping of keys, not a text"},
        {"~\n", "migration.yaml:1:1: a migration is a mapping of keys, not nothing"},
        {HEAD "entities: { leads: { from: \"a\\0b\" } }\n",
         "migration.yaml:5:28: the text has a NUL character in it; PostgreSQL has no such character"},
    };
    CHECK_CASES(cases);
}

TEST(the_keys_at_the_top_are_checked)
{
    static const MistakeCase cases[] = {
        {"{}\n", "migration.yaml:1:1: missing key \"entities\": the tables to fill, in any order\n"
                 "migration.yaml:1:1: missing key \"name\": what the ledger calls this migration\n"
                 "migration.yaml:1:1: missing key \"rehome\": the version of this file's format, 1\n"
                 "migration.yaml:1:1: missing key \"source\"; write it or give --source\n"
                 "migration.yaml:1:1: missing key \"target\"; write it or give --target"},
        {"rehome: 2\nname: m\nsource: a=b\ntarget: a=b\n" ENTITIES,
         "migration.yaml:1:9: version \"2\" of migration.yaml is not known to this rehome; it reads version 1"},
        {"rehome: 1\nname: my leads\nsource: a=b\ntarget: a=b\n" ENTITIES,
         "migration.yaml:2:7: \"my leads\" cannot be the name of a migration: no blanks, quotes and slashes, at most "
         "63 bytes"},
        {"rehome: 1\nname:\nsource: a=b\ntarget: a=b\n" ENTITIES,
         "migration.yaml:2:6: \"name\" has no value; it expects the name of the migration"},
        {"rehome: 1\nname: [m]\nsource: a=b\ntarget: a=b\n" ENTITIES,
         "migration.yaml:2:7: \"name\" expects the name of the migration, got a list"},
        {HEAD ENTITIES "jobz: 4\n",
         "migration.yaml:6:1: unknown key \"jobz\"; a migration has the keys rehome, name, source, "
         "target, params, expand, seed, backup, entities, max_rejects, dropped, unfilled, strict, flags, refresh, checks, compat, bench"},
        {HEAD ENTITIES "expnad: []\n", "migration.yaml:6:1: unknown key \"expnad\"; did you mean \"expand\"?"},
        {HEAD ENTITIES "name: n\n", "migration.yaml:6:1: \"name\" stands here a second time; the first is in line 2"},
        {HEAD ENTITIES "[a]: n\n", "migration.yaml:6:1: a key is a text, not a list"},
        {HEAD ENTITIES "cutover: { A: false }\nfeed: x\non: y\n",
         "migration.yaml:6:1: \"cutover\" is not supported by this version of rehome yet\n"
         "migration.yaml:7:1: \"feed\" is not supported by this version of rehome yet\n"
         "migration.yaml:8:1: \"on\" is not supported by this version of rehome yet"},
        {HEAD ENTITIES "backup: perhaps\n",
         "migration.yaml:6:9: \"backup\" expects true, false, or a mapping with `to` and `verify`, not \"perhaps\""},
        {HEAD ENTITIES "backup: [a]\n",
         "migration.yaml:6:9: \"backup\" expects true, false, or a mapping with `to` and `verify`, got a list"},
        {HEAD ENTITIES "backup: { to: empty.sql, verify: never }\n",
         "migration.yaml:6:15: backups cannot be kept in \"empty.sql\": it is not a folder\n"
         "migration.yaml:6:34: \"verify\" expects one of restore, read, not \"never\""},
        {HEAD ENTITIES "backup: { too: a, to: }\n",
         "migration.yaml:6:11: unknown key \"too\"; did you mean \"to\"?\n"
         "migration.yaml:6:23: \"to\" has no value; it expects a folder"},
        {HEAD ENTITIES "expand: a.sql\n", "migration.yaml:6:9: \"expand\" expects a list of SQL files, got a text"},
        {HEAD ENTITIES "seed: { a: a.sql }\n",
         "migration.yaml:6:7: \"seed\" expects a list of SQL files, got a mapping"},
        {HEAD ENTITIES "seed: [a.sql]\n", "migration.yaml:6:8: there is no file \"a.sql\""},
        {HEAD ENTITIES "expand: [a.sql, folder.sql, empty.sql]\n",
         "migration.yaml:6:10: there is no file \"a.sql\"\n"
         "migration.yaml:6:17: \"folder.sql\" is a folder, not a file\n"
         "migration.yaml:6:29: \"empty.sql\" is empty"},
        {HEAD "entities: {}\n", "migration.yaml:5:11: \"entities\" is empty; a migration fills at least one table"},
        {HEAD "entities:\n",
         "migration.yaml:5:10: \"entities\" has no value; it expects a mapping of entities by name"},
        {HEAD "entities: [leads]\n",
         "migration.yaml:5:11: \"entities\" expects a mapping of entities by name, got a list"},
    };
    CHECK_CASES(cases);
}

TEST(source_and_target_are_checked)
{
#define BETWEEN(source, target) "rehome: 1\nname: m\nsource: " source "\ntarget: " target "\n" ENTITIES
    static const MistakeCase cases[] = {
        {BETWEEN("same", "a=b"),
         "migration.yaml:3:9: the source cannot be the same; for one database write `target: same`"},
        {BETWEEN("old.dump", "a=b"), "migration.yaml:3:9: the source is not a connection string such as "
                                     "postgresql://host/db or `host=… dbname=…`; a dump is written { dump: FILE }"},
        {BETWEEN("mysql://me:secret@host/db", "a=b"), "migration.yaml:3:9: the source is not a connection string such "
                                                      "as postgresql://host/db or `host=… dbname=…`; a "
                                                      "dump is written { dump: FILE }"},
        {BETWEEN("{ dump: old.dump }", "a=b"),
         "migration.yaml:3:9: the dump \"old.dump\" cannot be read: No such file or directory"},
        {BETWEEN("{ dump: empty.dump }", "same"),
         "migration.yaml:3:9: the dump \"empty.dump\" cannot be read: No such file or directory\n"
         "migration.yaml:4:9: the target cannot be the same as a dump: what the dump is restored into is removed "
         "afterwards"},
        {BETWEEN("{ dmp: old.dump }", "a=b"),
         "migration.yaml:3:9: missing key \"dump\": a dump of pg_dump, restored into a private server\n"
         "migration.yaml:3:11: unknown key \"dmp\"; did you mean \"dump\"?"},
        {BETWEEN("{ dump: }", "a=b"), "migration.yaml:3:17: \"dump\" has no value; it expects the file of a dump"},
        {BETWEEN("[a=b]", "a=b"),
         "migration.yaml:3:9: \"source\" expects a connection string or { dump: FILE }, got a list"},
        {BETWEEN("a=b", "{ dump: x }"), "migration.yaml:4:9: the target cannot be a dump; it is a database"},
        {BETWEEN("a=b", "new"), "migration.yaml:4:9: the target is not a connection string such as "
                                "postgresql://host/db or `host=… dbname=…`, nor `same`"},
        {BETWEEN("a=b", "''"), "migration.yaml:4:9: \"target\" is empty; it expects a connection string or `same`"},
        {BETWEEN("${REHOME_UNSET_URL}", "a=b"),
         "migration.yaml:3:9: the environment variable REHOME_UNSET_URL is not set"},
    };
    unsetenv("REHOME_UNSET_URL");
    CHECK_CASES(cases);
}

TEST(entities_are_checked)
{
    static const MistakeCase cases[] = {
        {LEADS "    form: x\n", "migration.yaml:8:5: unknown key \"form\"; did you mean \"from\"?"},
        {LEADS "    colour: x\n",
         "migration.yaml:8:5: unknown key \"colour\"; an entity has the keys from, where, transform, load, "
         "into, key, write, update, rejects, max_rejects, budgets, redact, verify, triggers, indexes, undo, scope, for_each, merge, dropped, unfilled, crosswalk"},
        {LEADS "  leads:\n    from: b\n",
         "migration.yaml:8:3: \"leads\" stands here a second time; the first is in line 6"},
        {LEADS "  people:\n",
         "migration.yaml:8:10: \"people\" has no value; it expects a mapping with `from: TABLE` and other keys"},
        {LEADS "  people: users\n",
         "migration.yaml:8:11: \"people\" expects a mapping with `from: TABLE` and other keys, got a text"},
        {LEADS "  order-items: { from: a }\n",
         "migration.yaml:8:3: entity \"order-items\" is not an SQL name; name the target table with \"into\""},
        {LEADS "  'a,b': { from: a, into: b }\n",
         "migration.yaml:8:3: \"a,b\" cannot be the name of an entity: no commas and control characters"},
        {LEADS "  b: { into: c }\n",
         "migration.yaml:8:6: entity \"b\" has no \"from\"; name its driving table, or write `from: none`"},
        {LEADS "  b: { where: a > 1 }\n",
         "migration.yaml:8:15: \"where\" chooses rows of the driving table; name that table with \"from\""},
        {LEADS "  b: { from: none, where: a > 1, transform: SELECT 1 AS a }\n",
         "migration.yaml:8:27: \"where\" chooses rows of the driving table, and `from: none` has none"},
        {LEADS "  b: { from: [a, c], where: a > 1, transform: SELECT 1 AS a }\n",
         "migration.yaml:8:29: \"where\" chooses rows of one driving table, and \"from\" has 2; put the condition into "
         "the "
         "transform"},
        {LEADS "  b: { from: none }\n",
         "migration.yaml:8:6: entity \"b\" needs a \"transform\": only from one table can columns be taken by name"},
        {LEADS "  b: { from: [a, c] }\n",
         "migration.yaml:8:6: entity \"b\" needs a \"transform\": only from one table can columns be taken by name"},
        {LEADS "  b: { from: { a: c } }\n",
         "migration.yaml:8:14: \"from\" expects a table, a list of tables, or `none`, got a mapping"},
        {LEADS "  b: { from: [a, A] }\n", "migration.yaml:8:18: \"A\" stands twice in \"from\""},
        {LEADS "  b: { from: [] }\n",
         "migration.yaml:8:14: \"from\" is an empty list; it expects a table, a list of tables, or `none`"},
        {LEADS "  b: { from: [[a]] }\n", "migration.yaml:8:15: \"from[1]\" expects a table, got a list"},
        {LEADS "  b: { from: old-leads }\n",
         "migration.yaml:8:14: \"old-leads\" is not an SQL name; names with other characters "
         "are written '\"Like This\"'"},
        {LEADS "    into: a.b.c\n",
         "migration.yaml:8:11: \"a.b.c\" is not an SQL name; names with other characters are written "
         "'\"Like This\"'"},
        {LEADS "    into: postgresql://me:secret@host/db\n",
         "migration.yaml:8:11: \"postgresql://…\" is not an SQL name; names with other characters are written '\"Like "
         "This\"'"},
        {LEADS "    key: id\n",
         "migration.yaml:8:10: \"key\" expects a list of columns, got a text; put it between [ and ]"},
        {LEADS "    key: { id: 1 }\n", "migration.yaml:8:10: \"key\" expects a list of columns, got a mapping"},
        {LEADS "    key: [id, id]\n", "migration.yaml:8:15: \"id\" stands twice in \"key\""},
        {LEADS "    key: []\n", "migration.yaml:8:10: \"key\" is an empty list; it expects a list of columns"},
        {LEADS "    key: [leads.id]\n",
         "migration.yaml:8:11: \"leads.id\" is not a column; a column has no dot in its name"},
        {LEADS "    key: [id, ]\n    update: [a, ~]\n",
         "migration.yaml:9:17: \"update[2]\" has no value; it expects a column"},
        {LEADS "    write: upsrt\n", "migration.yaml:8:12: \"write\" expects one of insert, upsert, skip, replace, not "
                                     "\"upsrt\"; did you mean \"upsert\"?"},
        {LEADS "    write: merge-it\n",
         "migration.yaml:8:12: \"write\" expects one of insert, upsert, skip, replace, not \"merge-it\""},
        {LEADS "    write: default\n",
         "migration.yaml:8:12: \"write\" expects one of insert, upsert, skip, replace, not \"default\""},
        {LEADS "    update: [a]\n    write: skip\n",
         "migration.yaml:8:13: \"update\" needs `write: upsert`; `write: skip` updates no row"},
        {LEADS "    triggers: held\n",
         "migration.yaml:8:15: \"triggers\" expects hold or fire, not \"held\"; did you mean \"hold\"?"},
        {LEADS "    indexes: drop\n", "migration.yaml:8:14: \"indexes\" expects hold or keep, not \"drop\""},
        {LEADS "    verify: [a]\n", "migration.yaml:8:13: \"verify\" expects a mapping with `except`, got a list"},
        {LEADS "    verify: { exept: [a] }\n", "migration.yaml:8:15: unknown key \"exept\"; did you mean \"except\"?"},
        {LEADS "  b: { from: b, transform: SELECT id, v FROM b }\n",
         "migration.yaml:8:39: unknown key \"v FROM b\"; an entity has the keys from, where, transform, load, into, "
         "key, "
         "write, update, rejects, max_rejects, budgets, redact, verify, triggers, indexes, undo, scope, for_each, merge, dropped, unfilled, crosswalk; SQL with commas inside { } must be in "
         "quotes"},
        {LEADS "    v FROM b: x\n", "migration.yaml:8:5: unknown key \"v FROM b\"; an entity has the keys from, where, "
                                    "transform, load, into, key, "
                                    "write, update, rejects, max_rejects, budgets, redact, verify, triggers, indexes, undo, scope, for_each, merge, dropped, unfilled, crosswalk"},
        {LEADS "    rejects: [a]\n", "migration.yaml:8:14: \"rejects\" expects a mapping of rules by name, got a list"},
        {LEADS "    rejects: { a: [b] }\n",
         "migration.yaml:8:19: \"a\" expects an SQL expression over the transform's output, got a list"},
        {LEADS "    rejects: { a: { max: 5, when: b > 1 } }\n",
         "migration.yaml:8:21: unknown key \"max\"; a reject rule has the keys when, of, budget"},
        {LEADS "    rejects: { a: { when: b > 1, of: source } }\n",
         "migration.yaml:8:38: \"of\" expects transform or load, not \"source\""},
        {LEADS "    rejects: { a: { when: b > 1, of: load } }\n",
         "migration.yaml:8:38: entity \"leads\" has no \"load\" whose output rule \"a\" could look at"},
        {LEADS "    rejects: { a: {} }\n", "migration.yaml:8:19: missing key \"when\": the rows to set aside"},
        {LEADS "    rejects: { a: { when: b > 1, budget: many } }\n",
         "migration.yaml:8:42: \"budget\" expects a number, or a percentage such as 0.5%, not \"many\""},
        {LEADS "    max_rejects: 101%\n",
         "migration.yaml:8:18: \"max_rejects\" expects a number, or a percentage such as 0.5%, not \"101%\""},
        {LEADS "    max_rejects: -1\n",
         "migration.yaml:8:18: \"max_rejects\" expects a number, or a percentage such as 0.5%, not \"-1\""},
        {LEADS "    max_rejects: 1.5\n",
         "migration.yaml:8:18: \"max_rejects\" expects a number, or a percentage such as 0.5%, not \"1.5\""},
        {LEADS "    budgets: 7\n",
         "migration.yaml:8:14: \"budgets\" expects a mapping of budgets by reason, got a text"},
        {LEADS "    budgets: { \"uniqe:a_b\": 1, check: .5% }\n",
         "migration.yaml:8:16: no row is rejected for \"uniqe:a_b\"; did you mean \"unique:a_b\"?\n"
         "migration.yaml:8:39: \"check\" expects a number, or a percentage such as 0.5%, not \".5%\""},
        {LEADS "    rejects: { dear: { when: b > 1, budget: 1 } }\n    budgets: { dear: 2, cheep: 1 }\n",
         "migration.yaml:9:16: rule \"dear\" has a \"budget\" of its own already\n"
         "migration.yaml:9:25: no row is rejected for \"cheep\"; did you mean \"check\"?"},
        {LEADS "    budgets: { xyzzyx: 1 }\n",
         "migration.yaml:8:16: no row is rejected for \"xyzzyx\": it is neither a rule of entity \"leads\" nor begins with "
         "one of lossy, no_key, conflict, not_null, check, unique, foreign_key, exclusion, too_long, out_of_range, "
         "invalid_text, invalid_enum, encoding, invalid_time, refused"},
        {HEAD "max_rejects: x\nentities: { leads: { from: leads } }\n",
         "migration.yaml:5:14: \"max_rejects\" expects a number, or a percentage such as 0.5%, not \"x\""},
        {LEADS "    crosswalk: maybe\n", "migration.yaml:8:16: \"crosswalk\" expects true or false, not \"maybe\""},
    };
    CHECK_CASES(cases);
}

TEST(an_entity_with_a_list_is_checked_but_for_its_variables)
{
    static const MistakeCase cases[] = {
        {LEADS "    for_each: a\n",
         "migration.yaml:8:15: \"a\" is neither SQL nor the name of a file that ends in .sql"},
        {LEADS "    for_each: { sql: SELECT 1, emty: allow }\n",
         "migration.yaml:8:32: unknown key \"emty\"; did you mean \"empty\"?"},
        {LEADS "    for_each: { sql: SELECT 1, empty: yes }\n",
         "migration.yaml:8:39: \"empty\" expects refuse or allow, not \"yes\""},
        {LEADS "    for_each: { empty: allow }\n", "migration.yaml:8:15: missing key \"sql\": the query"},
        {LEADS "    for_each: SELECT :'a' AS b\n", "migration.yaml:8:22: :'a': no such param; declare it under params"},
        {LEADS "    for_each: SELECT 1 AS b\n    where: a = :'b' AND :\"c\" = :d\n    into: :\"b\"\n    key: [':\"b\"', "
               "\":b\"]\n",
         ""},
        {LEADS "    for_each: SELECT 1 AS b\n    transform: a.sql\n    colour: red\n    key: [1a]\n",
         "migration.yaml:9:16: there is no file \"a.sql\"\n"
         "migration.yaml:10:5: unknown key \"colour\"; an entity has the keys from, where, transform, load, into, key, "
         "write, update, rejects, max_rejects, budgets, redact, verify, triggers, indexes, undo, scope, for_each, merge, dropped, unfilled, crosswalk\n"
         "migration.yaml:11:11: \"1a\" is not an SQL name; names with other characters are written '\"Like This\"'"},
        {LEADS "  b:\n    from: b\n    where: :'c' = 1\n",
         "migration.yaml:10:12: :'c': no such param; declare it under params"},
        {LEADS "    for_each: SELECT 1 AS c\n  b:\n    from: :\"c\"\n",
         "migration.yaml:10:11: :\"c\": no such param; declare it under params"},
    };
    CHECK_CASES(cases);
}

/* An entity with a merge of one source that is right; the next line continues the merge. */
#define MERGED HEAD "entities:\n  employees:\n    merge:\n      key: email\n      sources: [ { from: users } ]\n"

TEST(the_keys_of_a_merge_are_checked)
{
    static const MistakeCase cases[] = {
        {MERGED, ""},
        {MERGED "      columns: { name: last, \"Seen\": newest(updated_at), a: first, b: longest, c: error }\n", ""},
        {HEAD "entities: { e: { merge: email } }\n", "migration.yaml:5:25: \"merge\" expects a mapping with `key` and "
                                                     "`sources`, got a text"},
        {HEAD "entities: { e: { merge: {} } }\n",
         "migration.yaml:5:25: missing key \"key\": what makes two rows one\n"
         "migration.yaml:5:25: missing key \"sources\": what is read, earlier ones first"},
        {HEAD "entities: { e: { merge: { key: [], sources: [] } } }\n",
         "migration.yaml:5:32: \"key\" is an empty list; it expects a column or a list of columns\n"
         "migration.yaml:5:45: \"sources\" is an empty list; a merge has at least one source"},
        {HEAD "entities: { e: { merge: { key: a b, sources: [ users ] } } }\n",
         "migration.yaml:5:32: \"a b\" is not a column; names with other characters are written '\"Like This\"'\n"
         "migration.yaml:5:48: a source of a merge is a mapping of keys, not a text"},
        {HEAD "entities: { e: { merge: { key: a, source: [] } } }\n",
         "migration.yaml:5:25: missing key \"sources\": what is read, earlier ones first\n"
         "migration.yaml:5:35: unknown key \"source\"; did you mean \"sources\"?"},
        {HEAD "entities: { e: { merge: { key: a, sources: [ { transform: SELECT 1 }, { from: none }, { from: [x, y], name: n } ] } "
              "} }\n",
         "migration.yaml:5:46: missing key \"from\": the driving table\n"
         "migration.yaml:5:71: a source needs a \"name\" unless it has one table in \"from\"\n"
         "migration.yaml:5:87: source \"n\" needs a \"transform\": only from one table can columns be taken by name"},
        {HEAD "entities: { e: { merge: { key: a, sources: [ { from: users }, { from: users } ] } } }\n",
         "migration.yaml:5:63: two sources are called \"users\"; give this one another \"name\""},
        {HEAD "entities: { e: { from: users, where: x, transform: SELECT 1, merge: { key: a, sources: [ { from: users } ] } } }\n",
         "migration.yaml:5:18: \"from\" says what one source of a merge reads; put it into `sources`\n"
         "migration.yaml:5:31: \"where\" says what one source of a merge reads; put it into `sources`\n"
         "migration.yaml:5:41: \"transform\" says what one source of a merge reads; put it into `sources`"},
        {MERGED "      columns: { a: frist, b: newst(c), c: newest, d: max, e: newest(x y), x.y: first }\n",
         "migration.yaml:10:21: \"a\" expects one of first, last, newest(COLUMN), longest, error, not \"frist\"; did you mean "
         "\"first\"?\n"
         "migration.yaml:10:31: \"b\" expects one of first, last, newest(COLUMN), longest, error, not \"newst(c)\"; did you mean "
         "\"newest(COLUMN)\"?\n"
         "migration.yaml:10:44: \"c\" expects one of first, last, newest(COLUMN), longest, error, not \"newest\"; did you mean "
         "\"newest(COLUMN)\"?\n"
         "migration.yaml:10:55: \"d\" expects one of first, last, newest(COLUMN), longest, error, not \"max\"\n"
         "migration.yaml:10:63: \"x y\" is not a column; names with other characters are written '\"Like This\"'\n"
         "migration.yaml:10:76: \"x.y\" is not a column; names with other characters are written '\"Like This\"'"},
        {MERGED "      columns: { email: last, name: first, NAME: last }\n",
         "migration.yaml:10:18: \"email\" is in the key of the merge: its rows have one value, so there is nothing to choose\n"
         "migration.yaml:10:44: column \"name\" has two rules"},
    };
    CHECK_CASES(cases);
}

TEST(sql_in_the_yaml_is_checked)
{
    static const MistakeCase cases[] = {
        {LEADS "    where:\n",
         "migration.yaml:8:11: \"where\" has no value; it expects an SQL expression over the driving table"},
        {LEADS "    where: ''\n",
         "migration.yaml:8:12: \"where\" is empty; it expects an SQL expression over the driving table"},
        {LEADS "    where: \"-- all\"\n", "migration.yaml:8:13: there is no SQL here, only blanks and comments"},
        {LEADS "    where: a = :'compny'\n", "migration.yaml:8:16: :'compny': no such param; declare it under params"},
        {LEADS "    where: \"a = :'compny'\"\n",
         "migration.yaml:8:17: :'compny': no such param; declare it under params"},
        {LEADS "    where: |\n      a = 1 AND\n      b = :'compny'\n",
         "migration.yaml:10:11: :'compny': no such param; declare it under params"},
        {LEADS "    where: name = 'open\n", "migration.yaml:8:19: the quote that begins here is never closed"},
        {LEADS "    where: a #>> '{b}' = 'c'\n", "migration.yaml:8:12: YAML takes everything from the # on for a "
                                                 "comment; put the SQL in quotes, or a blank behind the #"},
        {LEADS "    where: empty.sql\n",
         "migration.yaml:8:12: \"where\" expects an SQL expression over the driving table, not the name of a file"},
        {LEADS "    transform: no.sql\n", "migration.yaml:8:16: there is no file \"no.sql\""},
        {LEADS "    transform: leads\n",
         "migration.yaml:8:16: \"leads\" is neither SQL nor the name of a file that ends in .sql"},
        {LEADS "    transform: [a.sql]\n",
         "migration.yaml:8:16: \"transform\" expects a SELECT or an SQL file, got a list"},
        {LEADS "    load: folder.sql\n", "migration.yaml:8:11: \"folder.sql\" is a folder, not a file"},
        {LEADS "    transform: |\n      SELECT 1\n      \\gexec\n",
         "migration.yaml:10:7: psql's \\gexec does not work here: the SQL goes straight to the server"},
        {LEADS "    scope: a = ${REHOME_UNSET_URL}\n",
         "migration.yaml:8:12: the environment variable REHOME_UNSET_URL is not set"},
    };
    CHECK_CASES(cases);
}

TEST(sql_in_files_is_checked_at_its_own_lines)
{
    static const struct {
        const char *sql, *mistakes;
    } cases[] = {
        {"SELECT 1;\n-- done\n", ""},
        {"\xEF\xBB\xBFSELECT :'x'", "a.sql:1:8: :'x': no such param; declare it under params"},
        {"SELECT\n  a,\n  :'x'\nFROM b", "a.sql:3:3: :'x': no such param; declare it under params"},
        {"SELECT\n  'a\nFROM b", "a.sql:2:3: the quote that begins here is never closed"},
        {"SELECT 1 /* a\nFROM b", "a.sql:1:10: the comment that begins here is never closed"},
        {"SELECT 1\n  \\crosstabview\n",
         "a.sql:2:3: psql's \\crosstabview does not work here: the SQL goes straight to the server"},
        {"\\restrict abc\nSELECT 1\n",
         "a.sql:1:1: psql's \\restrict does not work here: the SQL goes straight to the server"},
        {"SELECT 'a\n\\b', $$\n\\c$$ \\d\n", ""},
        {"-- nothing\n;\n", "a.sql:1:1: there is no SQL here, only blanks and comments"},
        {"SELECT 'é\xe9'", "a.sql:1:10: byte 0xE9 is not UTF-8; save the file as UTF-8"},
        {"\n", "migration.yaml:8:16: \"a.sql\" is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(LEADS "    transform: a.sql\n", (ManifestOptions){0}, cases[i].sql, cases[i].mistakes);
}

TEST(a_script_may_have_the_restrict_lines_of_pg_dump_and_no_other_command)
{
    static const struct {
        const char *sql, *mistakes;
    } cases[] = {
        {"\\restrict abc\nCREATE TABLE a ();\n\\unrestrict abc\n", ""},
        {"CREATE TABLE a ();\n\\connect b\n",
         "a.sql:2:1: psql's \\connect does not work here: the SQL goes straight to the server"},
        {"COPY a FROM stdin;\n1\n\\.\n",
         "a.sql:3:1: psql's \\. does not work here: the SQL goes straight to the server"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(HEAD "expand: [a.sql]\n" ENTITIES, (ManifestOptions){0}, cases[i].sql, cases[i].mistakes);
}

TEST(a_file_that_two_entities_use_tells_its_mistakes_once)
{
    check_case(LEADS "    transform: a.sql\n  b: { from: b, transform: a.sql }\n", (ManifestOptions){0}, "SELECT 'a",
               "a.sql:1:8: the quote that begins here is never closed");
}

TEST(a_file_with_a_nul_byte_is_no_text)
{
    static const char yaml[] = "rehome: 1\nname: \0m\n";
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write_bytes(&folder, "migration.yaml", yaml, sizeof yaml - 1);
    CHECK_TEXT(folder_mistakes(&folder, (ManifestOptions){0}),
               "migration.yaml:2:7: a NUL byte: this is not a text file");
    folder_close(&folder);
}

TEST(an_empty_dump_is_a_mistake)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    folder_write(&folder, "migration.yaml", BETWEEN("{ dump: old.dump }", "a=b"));
    folder_write(&folder, "old.dump", "");
    CHECK_TEXT(folder_mistakes(&folder, (ManifestOptions){0}),
               "migration.yaml:3:9: the dump \"old.dump\" cannot be read: the file is empty");
    folder_close(&folder);
}

TEST(a_folder_without_a_migration_is_told)
{
    AUTO(Arena) *arena = arena_new();
    MigrationFolder folder = folder_open(arena);
    ManifestOptions file = {.folder = folder_made(&folder, "file")}, missing = {.folder = "/nowhere/at/all"};
    CHECK(text_starts_with(folder_mistakes(&folder, (ManifestOptions){0}),
                           "migration.yaml: there is no such file in \"/"));
    CHECK_TEXT(folder_mistakes(&folder, missing),
               "migration.yaml: \"/nowhere/at/all\", the migration's folder, does not exist; -C names another");
    folder_write(&folder, "file", "x");
    CHECK(text_ends_with(folder_mistakes(&folder, file), "the migration's folder, is not a folder; -C names another"));
    folder_make(&folder, "migration.yaml");
    CHECK_TEXT(folder_mistakes(&folder, (ManifestOptions){0}),
               "migration.yaml: \"migration.yaml\" is a folder, not a file");
    folder_close(&folder);
}

TEST(params_are_checked)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "params: [a]\n",
         "migration.yaml:6:9: \"params\" expects a mapping of params by name, got a list"},
        {HEAD ENTITIES "params:\n  company: uuid\n",
         "migration.yaml:7:12: \"company\" expects a mapping such as { type: uuid, required: true }, got a text"},
        {HEAD ENTITIES "params:\n  my-company: {}\n",
         "migration.yaml:7:3: \"my-company\" cannot be the name of a param: letters, digits and _ only"},
        {HEAD ENTITIES "params:\n  company: { tipe: uuid }\n",
         "migration.yaml:7:14: unknown key \"tipe\"; did you mean \"type\"?"},
        {HEAD ENTITIES "params:\n  company: { type: uuid, required: true }\n",
         "migration.yaml:7:3: param \"company\" is required; give it with --param company=…"},
        {HEAD ENTITIES "params:\n  company: { required: maybe }\n",
         "migration.yaml:7:24: \"required\" expects true or false, not \"maybe\""},
        {HEAD ENTITIES "params:\n  company: { type: uuid, default: me@example.org }\n",
         "migration.yaml:7:35: the value of param \"company\" does not fit uuid: a uuid looks like "
         "6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f"},
        {HEAD "params:\n  a: {}\n  b: { default: 1 }\nentities: { c: { from: c, where: \"d > :a\", scope: \"d = "
              ":'bb'\" } }\n",
         "migration.yaml:8:39: :a: param \"a\" has no value; only :'a' may stand for a missing one (NULL)\n"
         "migration.yaml:8:56: :'bb': no such param; did you mean \"b\"?"},
        {HEAD "params:\n  a: { required: true }\nentities: { c: { from: c, where: \"d > :a\" } }\n",
         "migration.yaml:6:3: param \"a\" is required; give it with --param a=…"},
    };
    CHECK_CASES(cases);
}

TEST(params_of_array_types_are_checked)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "params:\n  ids: { type: 'int[]', default: [1, x, 2] }\n",
         "migration.yaml:7:34: the value of param \"ids\" does not fit int: \"x\": it is not a whole number from "
         "-2147483648 to 2147483647"},
        {HEAD ENTITIES "params:\n  ids: { type: 'int[]', default: [1, [2]] }\n",
         "migration.yaml:7:38: \"default\" expects a list of values, got a list"},
        {HEAD ENTITIES "params:\n  ids: { type: int, default: [1, 2] }\n",
         "migration.yaml:7:30: \"default\" expects a value, got a list"},
        {HEAD ENTITIES "params:\n  ids: { type: 'int[]', default: '1,,2' }\n",
         "migration.yaml:7:34: the value of param \"ids\" does not fit int[]: an element between two commas is empty; "
         "an "
         "empty text is written \"\""},
        {HEAD ENTITIES "params:\n  ids: { type: 'int[]', required: true, default: [] }\n",
         "migration.yaml:7:3: param \"ids\" is required; give it with --param ids=…"},
        {HEAD ENTITIES "params:\n  ids: { type: 'int[][]', default: [1] }\n",
         "migration.yaml:7:3: param \"ids\": an array of one dimension is written int[]"},
        {HEAD "params:\n  ids: { type: 'int[]', default: [1] }\nentities: { c: { from: c, where: \"id = :ids\" } }\n",
         "migration.yaml:7:40: :ids: param \"ids\" is an array; write :'ids', as in id = ANY (:'ids')"},
    };
    CHECK_CASES(cases);
}

TEST(an_array_on_the_command_line_is_checked_too)
{
    static const struct {
        const char *param, *mistakes;
    } cases[] = {
        {"ids=1,2", ""},
        {"ids=1,two",
         "--param: the value of param \"ids\" does not fit int: \"two\": it is not a whole number from -2147483648 to "
         "2147483647"},
        {"ids=1,", "--param: the value of param \"ids\" does not fit int[]: nothing comes behind its last comma"},
        {"ids=\"1", "--param: the value of param \"ids\" does not fit int[]: a double quote is never closed"},
        {"ids=\"1\"2",
         "--param: the value of param \"ids\" does not fit int[]: behind a closing double quote comes a comma"},
        {"ids=", "migration.yaml:6:11: param \"ids\" is required; give it with --param ids=…"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        ManifestOptions options = {0};
        LIST_PUSH(arena, &options.params, cases[i].param);
        check_case(HEAD ENTITIES "params: { ids: { type: 'int[]', required: true } }\n", options, NULL,
                   cases[i].mistakes);
    }
}

TEST(the_command_line_is_checked_too)
{
    static const struct {
        const char *source, *target, *param, *second, *mistakes;
    } cases[] = {
        {NULL, NULL, "company=12", NULL, ""},
        {NULL, NULL, "compny=12", NULL, "--param: the migration has no param \"compny\"; did you mean \"company\"?"},
        {NULL, NULL, "zzzzzzz=12", NULL, "--param: the migration has no param \"zzzzzzz\"; it has company"},
        {NULL, NULL, "company", NULL, "--param: \"company\" is not of the form name=value"},
        {NULL, NULL, "=12", NULL, "--param: \"=12\" is not of the form name=value"},
        {NULL, NULL, "company=1", "company=2",
         "--param: param \"company\" is given twice; only one of an array type, such as int[], takes several values"},
        {NULL, NULL, "company=me@example.org", NULL,
         "--param: the value of param \"company\" does not fit int: it is not a whole number from -2147483648 to "
         "2147483647"},
        {"same", NULL, NULL, NULL, "--source: the source cannot be the same; for one database write `target: same`"},
        {"dump:no.dump", NULL, NULL, NULL, "--source: the dump \"no.dump\" cannot be read: No such file or directory"},
        {"dump:", NULL, NULL, NULL, "--source: the dump \"\" cannot be read: it has no file name"},
        {"dump:migration.yaml", NULL, NULL, NULL, ""},
        {"old", NULL, NULL, NULL,
         "--source: the source is not a connection string such as postgresql://host/db or `host=… dbname=…`; a dump is "
         "written { dump: FILE }"},
        {NULL, "dump:x", NULL, NULL, "--target: the target cannot be a dump; it is a database"},
        {NULL, "same", NULL, NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        ManifestOptions options = {.source = cases[i].source, .target = cases[i].target};
        if (cases[i].param)
            LIST_PUSH(arena, &options.params, cases[i].param);
        if (cases[i].second)
            LIST_PUSH(arena, &options.params, cases[i].second);
        check_case(HEAD ENTITIES "params: { company: { type: int } }\n", options, NULL, cases[i].mistakes);
    }
}

TEST(a_param_cannot_be_given_to_a_migration_without_params)
{
    AUTO(Arena) *arena = arena_new();
    ManifestOptions options = {0};
    LIST_PUSH(arena, &options.params, "a=b");
    check_case(HEAD ENTITIES, options, NULL, "--param: the migration has no param \"a\"; it declares none");
}

TEST(checks_are_checked)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "checks: [a]\n",
         "migration.yaml:6:9: \"checks\" expects a mapping with source, target and balance, got a list"},
        {HEAD ENTITIES "checks: { sources: [] }\n",
         "migration.yaml:6:11: unknown key \"sources\"; did you mean \"source\"?"},
        {HEAD ENTITIES "checks: { source: { a: b } }\n",
         "migration.yaml:6:19: \"source\" expects a list of checks, got a mapping"},
        {HEAD ENTITIES "checks: { source: [a] }\n", "migration.yaml:6:20: a check is a mapping of keys, not a text"},
        {HEAD ENTITIES "checks: { source: [{ expect: 0 }] }\n",
         "migration.yaml:6:20: missing key \"name\": what the report calls this check\n"
         "migration.yaml:6:20: missing key \"sql\": the query"},
        {HEAD ENTITIES "checks: { target: [{ name: a, sql: SELECT 1, severity: warning }] }\n",
         "migration.yaml:6:56: \"severity\" expects error or warn, not \"warning\"; did you mean \"warn\"?"},
        {HEAD ENTITIES "checks: { target: [{ name: a, sql: SELECT 1, expect: }] }\n",
         "migration.yaml:6:54: \"expect\" has no value; it expects none, some or a value"},
        {HEAD ENTITIES "checks: { target: [{ name: a, sql: SELECT 1 }, { name: a, sql: SELECT 2 }] }\n",
         "migration.yaml:6:48: a second check is called \"a\"; the first is in line 6"},
        {HEAD ENTITIES "checks: { balance: [{ name: a, source: SELECT 1 }] }\n",
         "migration.yaml:6:21: missing key \"target\": the query on the target"},
        {HEAD ENTITIES "checks: { balance: [{ name: a, source: SELECT 1, target: no.sql, expect: 1 }] }\n",
         "migration.yaml:6:58: there is no file \"no.sql\"\n"
         "migration.yaml:6:66: unknown key \"expect\"; a balance check has the keys name, source, target, severity"},
    };
    CHECK_CASES(cases);
}

TEST(flags_are_checked)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "flags: [A]\n",
         "migration.yaml:6:8: \"flags\" expects a mapping of flags, each true or false, got a list"},
        {HEAD ENTITIES "flags: { A: maybe }\n",
         "migration.yaml:6:13: \"A\" expects true or false, its first value, not \"maybe\""},
        {HEAD ENTITIES "flags: { A: , B: off }\n",
         "migration.yaml:6:13: \"A\" has no value; it expects true or false, its first value"},
        {HEAD ENTITIES "flags: { \"A B\": on, C: no }\n",
         "migration.yaml:6:10: \"A B\" cannot be the name of a flag: no blanks, at most 63 bytes"},
        {HEAD ENTITIES "flags: { A: on, A: off }\n",
         "migration.yaml:6:17: \"A\" stands here a second time; the first is in line 6"},
    };
    CHECK_CASES(cases);
}

static void check_key(const char *key, bool without_key, const char *expected)
{
    if (key)
        setenv("REHOME_TOKEN_KEY", key, 1);
    else
        unsetenv("REHOME_TOKEN_KEY");
    check_case(
        LEADS
        "    where: :n = 1 AND rehome.token('a', b) > ''\n    transform: a.sql\nparams: { n: { default: 12345678 } }\n",
        (ManifestOptions){.without_key = without_key}, "SELECT 1,\n rehome.uuid('a', b)", expected);
    unsetenv("REHOME_TOKEN_KEY");
}

TEST(a_keyed_function_needs_a_key_which_is_told_once)
{
    static const char none[] = "migration.yaml:8:23: this needs the key of rehome.token(), rehome.uuid() and "
                               "rehome.nanoid(): set the environment variable "
                               "REHOME_TOKEN_KEY, and keep it as long as the tokens are to stay the same";
    check_key(NULL, false, none);
    check_key("", false, none);
    check_key("secret", false, "migration.yaml:8:23: REHOME_TOKEN_KEY has only 6 bytes; a key has at least 16");
    check_key("sixteen bytes...", false, "");
    check_key(NULL, true, "");
}

TEST(a_wrong_call_of_a_keyed_function_is_a_mistake_wherever_it_stands)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "expand: [ SELECT rehome.token(1) ]\n",
         "migration.yaml:6:18: rehome.token() takes a scope and a value, as in rehome.token('email', email); here is "
         "one "
         "argument"},
        {LEADS "    rejects: { a: rehome.tokn() }\n",
         "migration.yaml:8:26: there is no function rehome.tokn(); did you mean rehome.token()?"},
    };
    CHECK_CASES(cases);
}

TEST(all_mistakes_are_told_in_one_go_and_in_order)
{
    check_case("rehome: 1\nsorce: dbname=old\ntarget: same\nentities:\n  leads: { form: leads, key: id }\nname: a b\n",
               (ManifestOptions){0}, NULL,
               "migration.yaml:1:1: missing key \"source\"; write it or give --source\n"
               "migration.yaml:2:1: unknown key \"sorce\"; did you mean \"source\"?\n"
               "migration.yaml:5:10: entity \"leads\" has no \"from\"; name its driving table, or write `from: none`\n"
               "migration.yaml:5:12: unknown key \"form\"; did you mean \"from\"?\n"
               "migration.yaml:5:30: \"key\" expects a list of columns, got a text; put it between [ and ]\n"
               "migration.yaml:6:7: \"a b\" cannot be the name of a migration: no blanks, quotes and slashes, at most "
               "63 bytes");
}

TEST(what_is_wrong_with_a_compat_view_is_told_at_its_place)
{
    static const MistakeCase cases[] = {
        {HEAD ENTITIES "compat: leads\n", "migration.yaml:6:9: \"compat\" expects a mapping of views by name, got a text"},
        {HEAD ENTITIES "compat:\n  v: leads\n",
         "migration.yaml:7:6: \"v\" expects a mapping with `from: ENTITY` or `sql: FILE`, got a text"},
        {HEAD ENTITIES "compat:\n  v: {}\n",
         "migration.yaml:7:6: compat \"v\" has neither \"from\" nor \"sql\"; name an entity whose table it reads, or a script of your own"},
        {HEAD ENTITIES "compat:\n  v: { from: leeds }\n", "migration.yaml:7:14: no entity is called \"leeds\"; did you mean \"leads\"?"},
        {HEAD ENTITIES "compat:\n  v: { from: people }\n",
         "migration.yaml:7:14: no entity is called \"people\"; \"from\" names one of leads"},
        {HEAD ENTITIES "compat:\n  'a b': { from: leads }\n",
         "migration.yaml:7:3: \"a b\" is not an SQL name; names with other characters are written '\"Like This\"'"},
        {HEAD ENTITIES "compat:\n  v: { from: leads }\n  V: { from: leads }\n",
         "migration.yaml:8:3: a second view is called \"V\"; the first is in line 7"},
        {HEAD ENTITIES "compat:\n  v: { from: leads, delete: no }\n",
         "migration.yaml:7:29: \"delete\" expects allow or refuse, not \"no\""},
        {HEAD ENTITIES "compat:\n  v: { from: leads, columns: { a.b: c } }\n", "migration.yaml:7:32: \"a.b\" is not the name of a column"},
        {HEAD ENTITIES "compat:\n  v: { sql: SELECT 1, where: a }\n",
         "migration.yaml:7:23: compat \"v\" is made by a script of your own, so \"where\" says nothing; leave it out, or \"sql\""},
    };
    CHECK_CASES(cases);
}

TEST(a_source_that_nobody_asks_may_be_anything)
{
    static const ManifestOptions without = {.without_source = true};
    static const char *const sources[] = {"${REHOME_NOT_SET}", "{ dump: gone.dump }", "anything", "{ pile: x }"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        check_case(arena_printf(arena, "rehome: 1\nname: m\nsource: %s\ntarget: dbname=new\n" ENTITIES, sources[i]), without, NULL, "");
    check_case("rehome: 1\nname: m\nsource: ${REHOME_NOT_SET}\ntarget: same\n" ENTITIES, without, NULL,
               "migration.yaml:3:9: the environment variable REHOME_NOT_SET is not set");
    check_case("rehome: 1\nname: m\ntarget: dbname=new\n" ENTITIES, without, NULL,
               "migration.yaml:1:1: missing key \"source\"; write it or give --source");
}
