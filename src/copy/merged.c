#include "copy/merged.h"

#include "base/text.h"
#include "copy/statement.h"
#include "pg/quote.h"
#include "plan/merge.h"

const char merged_reject_columns[] =
    "migration, entity, chunk, reason, budgeted, source, source_key, source_row, column_name, fingerprint";
const char merged_conflict_columns[] =
    "migration, entity, chunk, key, column_name, rule, candidates, winner, winner_source";

/* ---- what a row of a source is called ---- */

static void add_source_name(Text *sql, const GatheredMerge *merge)
{
    StringList names = {0};
    FOR_EACH(const GatheredEntity, source, merge->sources)
        LIST_PUSH(sql->arena, &names, quote_literal(sql->arena, source->entity->name));
    text_addf(sql, "(ARRAY[%s]::pg_catalog.text[])[s.rehome_source]", string_list_join(sql->arena, &names, ", "));
}

static void add_key_of(Text *sql, const GatheredEntity *source)
{
    const KeyColumnList *key = &source->walk_key;
    if (!source->transform->shows_key) {
        text_add(sql, "NULL::pg_catalog.jsonb");
        return;
    }
    text_add(sql, "pg_catalog.jsonb_build_object(");
    if (key->count == 0)
        text_add(sql, "'ctid', s.rehome_key_1");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%s%s, s.rehome_key_%zu", i ? ", " : "", quote_literal(sql->arena, key->items[i].name), i + 1);
    text_add(sql, ")");
}

static void add_source_key(Text *sql, const GatheredMerge *merge)
{
    text_add(sql, "CASE s.rehome_source");
    FOR_EACH(const GatheredEntity, source, merge->sources) {
        text_addf(sql, " WHEN %td THEN ", source - merge->sources.items + 1);
        add_key_of(sql, source);
    }
    text_add(sql, " END");
}

static void add_source_row(Text *sql, const EntityPlan *entity)
{
    const GatheredMerge *merge = entity->gathered->merge;
    text_add(sql, "CASE s.rehome_source");
    FOR_EACH(const GatheredEntity, source, merge->sources) {
        text_addf(sql, " WHEN %td THEN ", source - merge->sources.items + 1);
        statement_add_row(sql, &source->output, "s", &entity->hidden);
    }
    text_add(sql, " END");
}

static void add_begin(Text *sql, const EntityPlan *entity, long long migration, long long chunk)
{
    text_addf(sql, "SELECT %lld::bigint, %s::text, %lld::bigint", migration,
              quote_literal(sql->arena, entity->entity->name), chunk);
}

/* ---- rejects ---- */

/* The groups that a test takes, with the numbers of their rows. */
static void add_rejected(Text *sql, const EntityPlan *entity)
{
    const GatheredMerge *merge = entity->gathered->merge;
    const RejectTestList tests = merge_reject_tests(sql->arena, entity);
    text_add(sql, "SELECT ");
    statement_add_case(sql, &tests, 'r');
    text_add(sql, " AS reason, ");
    statement_add_case(sql, &tests, 'b');
    text_add(sql, " AS budgeted, (");
    statement_add_case(sql, &tests, 'c');
    text_add(sql, ")::pg_catalog.text AS column_name, \"q\".rehome_rows FROM (");
    merge_add_groups(sql, merge, "SELECT * FROM rehome_all",
                     arena_printf(sql->arena, "%s, pg_catalog.array_agg(s.rehome_row) AS rehome_rows",
                                  merge_flags(sql->arena, merge)),
                     true);
    text_add(sql, ") AS \"q\" WHERE ");
    FOR_EACH(const RejectTest, test, tests)
        text_addf(sql, "%s(%s\n)", test == tests.items ? "" : " OR ", test->condition);
}

static bool has_error_rule(const GatheredMerge *merge)
{
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (rule->how == MERGE_ERROR)
            return true;
    return false;
}

char *merged_rejects(Arena *arena, const EntityPlan *entity, long long migration, long long chunk)
{
    const GatheredMerge *merge = entity->gathered->merge;
    Text sql = text_new(arena);
    text_add(&sql, "WITH rehome_all AS MATERIALIZED (SELECT s.*, pg_catalog.row_number() OVER () AS rehome_row FROM (");
    merge_add_rows(&sql, merge);
    text_add(&sql, ") AS s");
    if (entity->rejects.count == 0 && !has_error_rule(merge)) { /* nothing but a missing key can set a row aside */
        text_add(&sql, " WHERE ");
        merge_add_has_key(&sql, merge, "s", false);
    }
    text_add(&sql, ") ");
    add_begin(&sql, entity, migration, chunk);
    text_add(&sql, ", r.reason, r.budgeted, ");
    add_source_name(&sql, merge);
    text_add(&sql, ", ");
    add_source_key(&sql, merge);
    text_add(&sql, ", ");
    add_source_row(&sql, entity);
    text_addf(&sql, ", r.column_name, %s::pg_catalog.text FROM (", quote_literal(arena, entity->fingerprint));
    add_rejected(&sql, entity);
    text_add(&sql,
             ") AS r CROSS JOIN LATERAL pg_catalog.unnest(r.rehome_rows) AS n (rehome_row) JOIN rehome_all AS s ON "
             "s.rehome_row = n.rehome_row ORDER BY s.rehome_row");
    return sql.chars;
}

/* ---- conflicts ---- */

static bool is_judged(const GatheredMerge *merge, const OutputColumn *column)
{
    return !merge_is_key(merge, column->name);
}

/* Of keys with several rows, which columns do not have the same text in all of them: rehome_disputed_1, … */
static void add_disputed_keys(Text *sql, const GatheredMerge *merge)
{
    Text flags = text_new(sql->arena), any = text_new(sql->arena);
    FOR_EACH(const OutputColumn, column, merge->columns) {
        if (!is_judged(merge, column))
            continue;
        const char *differs = merge_differs(sql->arena, merge, column->name);
        text_addf(&flags, ", %s AS rehome_disputed_%td", differs, column - merge->columns.items + 1);
        text_separate(&any, " OR ");
        text_add(&any, differs);
    }
    text_add(sql, "SELECT ");
    merge_add_key(sql, merge, "s", "rehome_group_");
    text_addf(sql, "%s FROM rehome_all AS s WHERE (", flags.chars);
    merge_add_key(sql, merge, "s", NULL);
    text_add(sql, ") IN (SELECT ");
    merge_add_key(sql, merge, "s", NULL);
    text_add(sql, " FROM rehome_all AS s WHERE ");
    merge_add_has_key(sql, merge, "s", true);
    text_add(sql, " GROUP BY ");
    merge_add_key(sql, merge, "s", NULL);
    text_add(sql, " HAVING pg_catalog.count(*) > 1) GROUP BY ");
    merge_add_key(sql, merge, "s", NULL);
    text_addf(sql, " HAVING %s", any.chars);
}

/* All rows of these keys. */
static void add_disputed_rows(Text *sql, const GatheredMerge *merge)
{
    text_add(sql, "SELECT s.*");
    FOR_EACH(const OutputColumn, column, merge->columns)
        if (is_judged(merge, column))
            text_addf(sql, ", d.rehome_disputed_%td", column - merge->columns.items + 1);
    text_add(sql, " FROM rehome_all AS s JOIN (");
    add_disputed_keys(sql, merge);
    text_add(sql, ") AS d ON (");
    merge_add_key(sql, merge, "s", NULL);
    text_add(sql, ") = (");
    for (size_t i = 1; i <= merge->wanted->key.count; i++)
        text_addf(sql, "%sd.rehome_group_%zu", i > 1 ? ", " : "", i);
    text_add(sql, ")");
}

/* The same of the row whose value is taken; of a column with the rule `error` none is. */
static void add_winning(Text *sql, const GatheredMerge *merge, const MergeRule *rule, const char *what)
{
    if (rule->how == MERGE_ERROR) {
        text_add(sql, ", NULL::pg_catalog.text");
        return;
    }
    text_addf(sql, ", (pg_catalog.array_agg(%s ORDER BY ", what);
    merge_add_order(sql, merge, rule);
    text_add(sql, "))[1]");
}

static void add_key_json(Text *sql, const GatheredMerge *merge)
{
    text_add(sql, ", pg_catalog.jsonb_build_object(");
    FOR_EACH(const Name, name, merge->wanted->key)
        text_addf(sql, "%s%s, pg_catalog.min((s.%s)::pg_catalog.text COLLATE \"C\")",
                  name == merge->wanted->key.items ? "" : ", ", quote_literal(sql->arena, name->name),
                  quote_name(sql->arena, name->name));
    text_add(sql, ")");
}

static void add_conflicts_of(Text *sql, const EntityPlan *entity, const OutputColumn *column, long long migration,
                             long long chunk)
{
    const GatheredMerge *merge = entity->gathered->merge;
    const MergeRule rule = merge_rule(merge, column->name), first = {.how = MERGE_FIRST};
    const char *value = string_list_contains(&entity->hidden, column->name)
                            ? arena_printf(sql->arena, "'%s'::pg_catalog.text", statement_redacted)
                            : arena_printf(sql->arena, "(s.%s)::pg_catalog.text", quote_name(sql->arena, column->name));
    Text name = text_new(sql->arena);
    add_source_name(&name, merge);
    add_begin(sql, entity, migration, chunk);
    add_key_json(sql, merge);
    text_addf(sql, ", %s, %s, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('source', %s, 'key', ",
              quote_literal(sql->arena, column->name), quote_literal(sql->arena, rule.text), name.chars);
    add_source_key(sql, merge);
    text_addf(sql, ", 'value', %s) ORDER BY ", value);
    merge_add_order(sql, merge, &first);
    text_add(sql, ")");
    add_winning(sql, merge, &rule, value);
    add_winning(sql, merge, &rule, name.chars);
    text_addf(sql, " FROM rehome_disputed AS s WHERE s.rehome_disputed_%td AND s.%s IS DISTINCT FROM NULL GROUP BY ",
              column - merge->columns.items + 1, quote_name(sql->arena, column->name));
    merge_add_key(sql, merge, "s", NULL);
}

char *merged_conflicts(Arena *arena, const EntityPlan *entity, long long migration, long long chunk)
{
    const GatheredMerge *merge = entity->gathered->merge;
    Text sql = text_new(arena), conflicts = text_new(arena);
    FOR_EACH(const OutputColumn, column, merge->columns) {
        if (!is_judged(merge, column))
            continue;
        text_separate(&conflicts, " UNION ALL ");
        add_conflicts_of(&conflicts, entity, column, migration, chunk);
    }
    if (conflicts.length == 0)
        return NULL;
    text_add(&sql, "WITH rehome_all AS MATERIALIZED (");
    merge_add_rows(&sql, merge);
    text_add(&sql, "), rehome_disputed AS MATERIALIZED (");
    add_disputed_rows(&sql, merge);
    text_addf(&sql, ") %s", conflicts.chars);
    return sql.chars;
}

char *merged_count(Arena *arena, const GatheredEntity *source)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    return arena_printf(arena, "SELECT count(*) FROM (%s\n) AS \"q\"",
                        transform_narrow(arena, source->transform, &everything, TRANSFORM_PLAIN));
}
