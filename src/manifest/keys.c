#include "manifest/keys.h"

#include "manifest/backup.h"
#include "manifest/bench.h"
#include "manifest/budget.h"
#include "manifest/check.h"
#include "manifest/compat.h"
#include "manifest/connection.h"
#include "manifest/entity.h"
#include "manifest/flag.h"
#include "manifest/for_each.h"
#include "manifest/merge.h"
#include "manifest/migration.h"
#include "manifest/param.h"
#include "manifest/reason.h"
#include "manifest/sql.h"
#include "manifest/value.h"

/* A key that DESIGN has and this version does not. */
#define LATER(key, words)              \
    {                                  \
        .name = (key), .help = (words) \
    }
#define SECTION(title, rows)                                                    \
    {                                                                           \
        .name = (title), .keys = (rows), .count = sizeof(rows) / sizeof *(rows) \
    }

#define BUDGET "a number, or a percentage such as 0.5%"

static const Key migration_keys[] = {
    {"rehome", "the version 1", NULL, "the version of this file's format, 1", true, migration_read_version, 0},
    {"name", "the name of the migration", NULL, "what the ledger calls this migration", true, migration_read_name,
     offsetof(Manifest, name)},
    {"source", "a connection string or { dump: FILE }", "--source", "the database with the old schema", false,
     connection_read_source, 0},
    {"target", "a connection string or `same`", "--target", "the database with the new schema", false,
     connection_read_target, 0},
    {"params", "a mapping of params by name", NULL, "what --param gives, and SQL uses as :'name'", false,
     param_read_all, offsetof(Manifest, params)},
    {"expand", "a list of SQL files", NULL, "additive DDL on the target, run once before anything else", false,
     migration_read_scripts, offsetof(Manifest, expand)},
    {"seed", "a list of SQL files", NULL, "rows of the new schema that come from nowhere, run once after expand", false,
     migration_read_scripts, offsetof(Manifest, seed)},
    {"backup", "true, false, or a mapping with `to` and `verify`", "false",
     "a dump of the target's tables, taken before the first write", false, backup_read, offsetof(Manifest, backup)},
    {"entities", "a mapping of entities by name", NULL, "the tables to fill, in any order", true, entity_read_all,
     offsetof(Manifest, entities)},
    {"max_rejects", BUDGET, "0", "how many rejects each entity may have, but those of its rules", false, budget_read,
     offsetof(Manifest, max_rejects)},
    {"dropped", "a mapping of reasons by table or column", NULL, "what of the old schema is left behind, and why", false,
     reason_read_all, offsetof(Manifest, dropped)},
    {"unfilled", "a mapping of reasons by column", NULL, "columns of the new schema that nothing fills, and why", false,
     reason_read_all, offsetof(Manifest, unfilled)},
    {"strict", "true or false", "false", "whether it is a mistake that something is left behind without a reason", false,
     reason_read_strict, 0},
    {"flags", "a mapping of flags, each true or false", NULL, "feature flags and their first values", false,
     flag_read_all, offsetof(Manifest, flags)},
    {"refresh", "a list of materialised views", NULL, "views of the target that are refreshed after copying", false,
     value_read_tables, offsetof(Manifest, refresh)},
    {"checks", "a mapping with source, target and balance", NULL, "queries that must hold after the data has moved",
     false, check_read_all, 0},
    {"compat", "a mapping of views by name", NULL, "views that look like the old tables, to be read and written", false,
     compat_read_all, 0},
    {"bench", "a list of benches", NULL, "queries that are measured on both sides in the end", false, bench_read_all,
     offsetof(Manifest, benches)},
    LATER("feed", "how changes of the source are found"),
    LATER("cutover", "the switch from old to new"),
    LATER("reverse", "the way back after the switch"),
    LATER("contract", "removing the old"),
    LATER("on", "what is told to others when something happens"),
};

static const Key dump_keys[] = {
    {"dump", "the file of a dump", NULL, "a dump of pg_dump, restored into a private server", true, value_read_text, 0},
};

static const Key param_keys[] = {
    {"type", "an SQL type", "text", "the type that the value must fit", false, value_read_text, offsetof(Param, type)},
    {"required", "true or false", "false", "whether the migration cannot do without it", false, value_read_flag,
     offsetof(Param, required)},
    {"default", "a value", "NULL", "the value when --param gives none", false, param_read_default, 0},
    {"help", "a text", NULL, "what it means, for whoever runs the migration", false, value_read_text,
     offsetof(Param, help)},
};

static const Key entity_keys[] = {
    {"from", "a table, a list of tables, or `none`", NULL, "the driving table, which is walked in chunks", false,
     entity_read_from, 0},
    {"where", "an SQL expression over the driving table", "all rows", "which rows of the driving table are read", false,
     sql_read_expression, offsetof(Entity, where)},
    {"transform", "a SELECT or an SQL file", "the columns that both sides have by name",
     "the rows of the target table, on the source", false, sql_read_statement, offsetof(Entity, transform)},
    {"load", "a SELECT or an SQL file", NULL, "a second SELECT, on the target, over the rows named staged", false,
     sql_read_statement, offsetof(Entity, load)},
    {"into", "a table", "the entity's name", "the target table", false, value_read_table, offsetof(Entity, into)},
    {"key", "a list of columns", "the target's primary key", "what makes a row of the target the same row", false,
     value_read_key, offsetof(Entity, key)},
    {"write", "one of insert, upsert, skip, replace", "upsert where the target has a unique key, else insert",
     "what happens to rows that are there already", false, entity_read_write, 0},
    {"update", "a list of columns", "every mapped column but the key", "what an upsert changes in a row that is there",
     false, entity_read_update, 0},
    {"rejects", "a mapping of rules by name", NULL, "rows for which a rule is true are set aside", false,
     entity_read_rejects, offsetof(Entity, rejects)},
    {"max_rejects", BUDGET, "that of the migration", "how many rejects it may have, but those of its rules", false,
     budget_read, offsetof(Entity, max_rejects)},
    {"budgets", "a mapping of budgets by reason", NULL, "how many rejects of one reason it may have", false,
     budget_read_by_reason, offsetof(Entity, budgets)},
    {"redact", "a list of columns", NULL, "columns whose values never enter a reject", false, value_read_columns,
     offsetof(Entity, redact)},
    {"verify", "a mapping with `except`", NULL, "what verification compares", false, entity_read_verify,
     offsetof(Entity, verify_except)},
    {"triggers", "hold or fire", "fire", "whether triggers of the target are kept quiet", false, entity_read_triggers,
     offsetof(Entity, hold_triggers)},
    {"indexes", "hold or keep", "hold", "whether a fresh table is loaded without its indexes", false,
     entity_read_indexes, offsetof(Entity, keep_indexes)},
    {"undo", "true or false", "true", "whether what `rehome rollback` needs is recorded", false, entity_read_undo,
     offsetof(Entity, no_undo)},
    {"scope", "an SQL expression over the target table", "the whole table",
     "which rows of the target are this entity's own", false, sql_read_expression, offsetof(Entity, scope)},
    {"for_each", "a SELECT, an SQL file or { sql: …, empty: allow }", "once",
     "a query on the source: the entity is repeated for each of its rows, whose columns are variables", false,
     for_each_read, 0},
    {"merge", "a mapping with `key` and `sources`", NULL, "the rows of several sources, those of one key made one",
     false, merge_read, offsetof(Entity, merge)},
    {"dropped", "a mapping of reasons by column", NULL, "columns of its driving table that are left behind, and why",
     false, reason_read_columns, offsetof(Entity, dropped)},
    {"unfilled", "a mapping of reasons by column", NULL, "columns of its target table that nothing fills, and why",
     false, reason_read_columns, offsetof(Entity, unfilled)},
    {"crosswalk", "true or false", "false", "keeps old key and new key of every row together", false,
     entity_read_crosswalk, 0},
};

static const Key for_each_keys[] = {
    {"sql", "a SELECT or an SQL file", NULL, "the query", true, sql_read_statement, offsetof(Entity, for_each)},
    {"empty", "refuse or allow", "refuse", "whether the query may give no row", false, for_each_read_empty,
     offsetof(Entity, may_be_empty)},
};

static const Key merge_keys[] = {
    {"key", "a column or a list of columns", NULL, "what makes two rows one", true, merge_read_key,
     offsetof(Merge, key)},
    {"sources", "a list of sources", NULL, "what is read, earlier ones first", true, merge_read_sources,
     offsetof(Merge, sources)},
    {"columns", "a mapping of rules by column", "the first value that is not null",
     "which of several values a column gets", false, merge_read_columns, 0},
};

static const Key source_keys[] = {
    {"name", "a name", "the table's name", "what ledger and messages call this source", false, value_read_text,
     offsetof(Entity, name)},
    {"from", "a table, a list of tables, or `none`", NULL, "the driving table", true, entity_read_from, 0},
    {"where", "an SQL expression over the driving table", "all rows", "which rows of the driving table are read", false,
     sql_read_expression, offsetof(Entity, where)},
    {"transform", "a SELECT or an SQL file", "the columns that source and target have by name", "its rows", false,
     sql_read_statement, offsetof(Entity, transform)},
};

static const Key reject_keys[] = {
    {"when", "an SQL expression over the output of the transform or of load", NULL, "the rows to set aside", true,
     sql_read_expression, offsetof(RejectRule, sql)},
    {"of", "transform or load", "transform", "whose output the rule looks at", false, entity_read_reject_of, 0},
    {"budget", BUDGET, "any number", "how many rows it may set aside", false, budget_read,
     offsetof(RejectRule, budget)},
};

static const Key reason_keys[] = {
    {"because", "a text that says why", NULL, "why it is so", true, value_read_text, offsetof(Reason, because)},
};

static const Key verify_keys[] = {
    {"except", "a list of columns", NULL, "columns that are not compared", false, value_read_columns, 0},
};

static const Key checks_keys[] = {
    {"source", "a list of checks", NULL, "queries on the source", false, check_read_source, 0},
    {"target", "a list of checks", NULL, "queries on the target", false, check_read_target, 0},
    {"balance", "a list of checks", NULL, "queries that give the same on both sides", false, check_read_balance, 0},
};

static const Key check_keys[] = {
    {"name", "a name", NULL, "what the report calls this check", true, value_read_text, offsetof(Check, name)},
    {"sql", "a SELECT or an SQL file", NULL, "the query", true, sql_read_statement, offsetof(Check, sql)},
    {"expect", "none, some or a value", "none", "what the query must give", false, check_read_expect, 0},
    {"severity", "error or warn", "error", "whether the migration fails with it", false, check_read_severity,
     offsetof(Check, severity)},
};

static const Key balance_keys[] = {
    {"name", "a name", NULL, "what the report calls this check", true, value_read_text, offsetof(Check, name)},
    {"source", "a SELECT or an SQL file", NULL, "the query on the source", true, sql_read_statement,
     offsetof(Check, sql)},
    {"target", "a SELECT or an SQL file", NULL, "the query on the target", true, sql_read_statement,
     offsetof(Check, target_sql)},
    {"severity", "error or warn", "error", "whether the migration fails with it", false, check_read_severity,
     offsetof(Check, severity)},
};

static const Key bench_keys[] = {
    {"name", "a name", NULL, "what the report calls this bench", true, value_read_text, offsetof(Bench, name)},
    {"old", "SQL or an SQL file", NULL, "the queries on the source", true, sql_read_statement,
     offsetof(Bench, old_sql)},
    {"new", "SQL or an SQL file", NULL, "the queries on the target that do the same", true, sql_read_statement,
     offsetof(Bench, new_sql)},
    {"runs", "a number from 1 to 1000", "5", "how often each side is measured", false, bench_read_runs,
     offsetof(Bench, runs)},
    {"at_least", "a number above 0", NULL, "how many times as fast as the old the new has to be", false,
     bench_read_ratio, offsetof(Bench, at_least)},
    {"at_most", "a duration such as 500ms, 2s or 1min", NULL, "how long the new may take", false, bench_read_duration,
     offsetof(Bench, at_most_ms)},
};

static const Key compat_keys[] = {
    {"from", "an entity", NULL, "whose target table the view reads and writes", false, compat_read_entity, 0},
    {"like", "a table of the source", "the entity's driving table", "the old table that the view looks like", false,
     value_read_table, offsetof(Compat, like)},
    {"where", "an SQL expression over the target table t", "all rows", "which rows the view shows", false,
     sql_read_expression, offsetof(Compat, where)},
    {"columns", "a mapping of SQL expressions by column", "the way back through the transform",
     "how columns of the old table are read", false, compat_read_columns, offsetof(Compat, columns)},
    {"delete", "allow or refuse", "allow", "what becomes of a DELETE", false, compat_read_delete, 0},
    {"sql", "an SQL file", NULL, "a script of your own that makes the view", false, sql_read_script,
     offsetof(Compat, script)},
};

static const Key backup_keys[] = {
    {"to", "a folder", "the state folder of whoever runs it", "where the backup is kept", false, backup_read_folder, 0},
    {"verify", "one of restore, read", "restore", "how it is proved that the backup can be restored", false,
     backup_read_verify, 0},
};

const Section section_migration = SECTION("a migration", migration_keys);
const Section section_dump = SECTION("a dump", dump_keys);
const Section section_param = SECTION("a param", param_keys);
const Section section_entity = {
    .name = "an entity",
    .keys = entity_keys,
    .count = sizeof entity_keys / sizeof *entity_keys,
    .is_void_with_later = true,
};
const Section section_for_each = SECTION("for_each", for_each_keys);
const Section section_merge = SECTION("a merge", merge_keys);
const Section section_source = SECTION("a source of a merge", source_keys);
const Section section_reject = SECTION("a reject rule", reject_keys);
const Section section_reason = SECTION("a reason", reason_keys);
const Section section_verify = SECTION("verify", verify_keys);
const Section section_checks = SECTION("checks", checks_keys);
const Section section_check = SECTION("a check", check_keys);
const Section section_balance = SECTION("a balance check", balance_keys);
const Section section_bench = SECTION("a bench", bench_keys);
const Section section_compat = SECTION("a compat view", compat_keys);
const Section section_backup = SECTION("a backup", backup_keys);
