#include "copy/statement.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <string.h>

const char statement_reject_columns[] =
    "migration, entity, chunk, reason, budgeted, source_key, source_row, column_name, fingerprint";

static void add_names(Text *sql, const MappingList *mappings)
{
    FOR_EACH(Mapping, mapping, *mappings) {
        if (mapping != mappings->items)
            text_add(sql, ", ");
        text_add(sql, quote_name(sql->arena, mapping->name));
    }
}

/* User text may end in a comment, so the bracket goes on a line of its own. */
static void add_reject_tests(Text *sql, const RejectTestList *tests)
{
    FOR_EACH(RejectTest, test, *tests)
        text_addf(sql, "%s(%s\n)", test == tests->items ? "" : " OR ", test->condition);
}

static void add_kept(Text *sql, const RejectTestList *tests)
{
    if (tests->count == 0)
        return;
    text_add(sql, " WHERE (");
    add_reject_tests(sql, tests);
    text_add(sql, ") IS NOT TRUE");
}

char *statement_from_kept(Arena *arena, const EntityPlan *entity, const KeySet *keys, TransformShape shape)
{
    Text sql = text_new(arena);
    text_addf(&sql, " FROM (%s\n) AS \"q\"", transform_narrow(arena, entity->transform, keys, shape));
    add_kept(&sql, &entity->rejects);
    return sql.chars;
}

/* How many columns the driving key is shown in: a ctid is one. */
static size_t key_width(const EntityPlan *entity)
{
    size_t count = entity->gathered->walk_key.count;
    return count ? count : 1;
}

/* rehome_key_1 text, rehome_key_2 text, */
static void add_staged_keys(Text *sql, const EntityPlan *entity, const char *after)
{
    for (size_t i = 1; entity->staged_keys && i <= key_width(entity); i++)
        text_addf(sql, "rehome_key_%zu%s", i, after);
}

static const char *staged_table(const EntityPlan *entity)
{
    return entity->staged_keys ? "pg_temp.staged_keyed" : "pg_temp.staged";
}

static void add_selected(Text *sql, const EntityPlan *entity)
{
    FOR_EACH(Mapping, mapping, entity->mappings)
        text_addf(sql, "%s%s AS %s", mapping == entity->mappings.items ? "" : ", ", mapping->select_sql,
                  quote_name(sql->arena, mapping->name));
}

char *statement_select(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    add_staged_keys(&sql, entity, ", ");
    add_selected(&sql, entity);
    TransformShape shape = entity->staged_keys ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN;
    text_add(&sql, statement_from_kept(arena, entity, keys, shape));
    return sql.chars;
}

static bool maps_key(const EntityPlan *entity)
{
    FOR_EACH(const char *, name, entity->key)
        if (!mapping_find(&entity->mappings, *name))
            return false;
    return !entity->load;
}

size_t statement_key_width(const EntityPlan *entity)
{
    if (entity->transform->shows_key)
        return key_width(entity);
    return maps_key(entity) ? entity->key.count : 0;
}

char *statement_select_keyed(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    bool shown = entity->transform->shows_key;
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    for (size_t i = 0; i < statement_key_width(entity); i++)
        if (shown)
            text_addf(&sql, "rehome_key_%zu, ", i + 1);
        else
            text_addf(&sql, "(%s)::pg_catalog.text AS rehome_key_%zu, ",
                      mapping_find(&entity->mappings, entity->key.items[i])->select_sql, i + 1);
    add_selected(&sql, entity);
    text_add(&sql, statement_from_kept(arena, entity, keys, shown ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN));
    return sql.chars;
}

static const char *format_of(const EntityPlan *entity)
{
    return entity->binary ? "binary" : "text";
}

char *statement_copy_out(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    return arena_printf(arena, "COPY (%s) TO STDOUT (FORMAT %s)", statement_select(arena, entity, keys),
                        format_of(entity));
}

char *statement_copy_in(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_addf(&sql, "COPY %s (", entity->way == WAY_STAGE ? staged_table(entity) : entity->into->sql_name);
    add_staged_keys(&sql, entity, ", ");
    add_names(&sql, &entity->mappings);
    text_addf(&sql, ") FROM STDIN (FORMAT %s)", format_of(entity));
    return sql.chars;
}

char *statement_create_staged(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_add(&sql, "CREATE TEMPORARY TABLE IF NOT EXISTS staged (");
    FOR_EACH(Mapping, mapping, entity->mappings) {
        if (mapping != entity->mappings.items)
            text_add(&sql, ", ");
        text_addf(&sql, "%s %s", quote_name(arena, mapping->name), mapping->stage_type);
    }
    text_add(&sql, ") ON COMMIT DROP");
    if (entity->staged_keys) {
        text_add(&sql, "; CREATE TEMPORARY TABLE IF NOT EXISTS staged_keyed (");
        for (size_t i = 1; i <= key_width(entity); i++)
            text_addf(&sql, "%srehome_key_%zu pg_catalog.text", i > 1 ? ", " : "", i);
        text_add(&sql, ") INHERITS (pg_temp.staged) ON COMMIT DROP");
    }
    return sql.chars;
}

char *statement_fill_staged(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_addf(&sql, "INSERT INTO %s (", staged_table(entity));
    add_staged_keys(&sql, entity, ", ");
    add_names(&sql, &entity->mappings);
    text_addf(&sql, ") %s", statement_select(arena, entity, keys));
    return sql.chars;
}

static const MappingList *final_mappings(const EntityPlan *entity)
{
    return entity->load ? &entity->load_mappings : &entity->mappings;
}

char *statement_staged_rows(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    if (!entity->load) {
        add_names(&sql, &entity->mappings);
        text_add(&sql, " FROM pg_temp.staged");
        return sql.chars;
    }
    FOR_EACH(Mapping, mapping, entity->load_mappings)
        text_addf(&sql, "%s%s", mapping == entity->load_mappings.items ? "" : ", ", mapping->select_sql);
    text_addf(&sql, " FROM (%s\n) AS \"q\"", entity->load);
    add_kept(&sql, &entity->load_rejects);
    return sql.chars;
}

/* An update that changes nothing is not made: it would only cost a row version, and the books call such a row
 * unchanged. Compared byte for byte, because 1.0 and 1.00 are equal but not the same, and json has no equality at all.
 */
static void add_update(Text *sql, const MappingList *mappings, const char *counting)
{
    Text set = text_new(sql->arena), old = text_new(sql->arena), new = text_new(sql->arena);
    FOR_EACH(Mapping, mapping, *mappings) {
        if (!mapping->updated)
            continue;
        const char *name = quote_name(sql->arena, mapping->name);
        text_separate(&set, ", ");
        text_addf(&set, "%s = excluded.%s", name, name);
        text_separate(&old, ", ");
        text_addf(&old, "\"t\".%s", name);
        text_separate(&new, ", ");
        text_addf(&new, "excluded.%s", name);
    }
    if (set.length == 0) {
        text_add(sql, "DO NOTHING");
        return;
    }
    const char *changes = arena_printf(
        sql->arena, "ROW(%s)::record OPERATOR(pg_catalog.*<>) ROW(%s)::record", old.chars, new.chars);
    text_addf(sql, "DO UPDATE SET %s WHERE ", set.chars);
    const char *place = counting ? strstr(counting, "%s") : NULL;
    if (place)
        text_add_n(sql, counting, (size_t)(place - counting));
    text_add(sql, changes);
    if (place)
        text_add(sql, place + 2);
}

static void add_conflict(Text *sql, const EntityPlan *entity, const char *counting)
{
    text_add(sql, " ON CONFLICT (");
    FOR_EACH(const char *, column, entity->key)
        text_addf(sql, "%s%s", column == entity->key.items ? "" : ", ", quote_name(sql->arena, *column));
    text_add(sql, ") ");
    if (entity->write == WRITE_SKIP)
        text_add(sql, "DO NOTHING");
    else
        add_update(sql, final_mappings(entity), counting);
}

char *statement_insert_counting(Arena *arena, const EntityPlan *entity, const char *select, const char *counting)
{
    Text sql = text_new(arena);
    text_addf(&sql, "INSERT INTO %s AS \"t\" (", entity->into->sql_name);
    add_names(&sql, final_mappings(entity));
    text_addf(&sql, ") OVERRIDING SYSTEM VALUE %s", select);
    if (entity->meets_rows)
        add_conflict(&sql, entity, counting);
    return sql.chars;
}

char *statement_insert(Arena *arena, const EntityPlan *entity, const char *select)
{
    return statement_insert_counting(arena, entity, select, NULL);
}

char *statement_count(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    return arena_printf(arena, "SELECT count(*)%s", statement_from_kept(arena, entity, keys, TRANSFORM_PLAIN));
}

/* ---- rejects ---- */

void statement_add_case(Text *sql, const RejectTestList *tests, char what)
{
    text_add(sql, "CASE");
    FOR_EACH(RejectTest, test, *tests) {
        const char *value = what == 'r'   ? quote_literal(sql->arena, test->reason)
                            : what == 'b' ? (test->budgeted ? "true" : "false")
                                          : quote_literal(sql->arena, test->column);
        text_addf(sql, " WHEN (%s\n) THEN %s", test->condition, value);
    }
    text_add(sql, " END");
}

void statement_add_driving_key(Text *sql, const EntityPlan *entity, const char *alias)
{
    const KeyColumnList *key = &entity->gathered->walk_key;
    text_add(sql, "pg_catalog.jsonb_build_object(");
    if (key->count == 0)
        text_addf(sql, "'ctid', %s.rehome_key_1", alias);
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%s%s, %s.rehome_key_%zu", i ? ", " : "", quote_literal(sql->arena, key->items[i].name), alias,
                  i + 1);
    text_add(sql, ")");
}

static void add_mapped_key(Text *sql, const EntityPlan *entity)
{
    text_add(sql, "pg_catalog.jsonb_build_object(");
    FOR_EACH(const char *, name, entity->key)
        text_addf(sql, "%s%s, (\"q\".%s)::text", name == entity->key.items ? "" : ", ",
                  quote_literal(sql->arena, *name), quote_name(sql->arena, *name));
    text_add(sql, ")");
}

const char statement_redacted[] = "(redacted)";

/* jsonb cannot hold \u0000, json can: then the whole row is kept as one string. r.* because a column may be called r.
 */
void statement_add_row(Text *sql, const OutputColumnList *columns, const char *alias, const StringList *hidden)
{
    text_add(sql, "(SELECT CASE WHEN pg_catalog.strpos(j, '\\u0000') > 0 THEN pg_catalog.to_jsonb(j) ELSE j::jsonb END"
                  " FROM (SELECT pg_catalog.row_to_json(r.*)::text AS j FROM (SELECT ");
    FOR_EACH(OutputColumn, column, *columns) {
        const char *name = quote_name(sql->arena, column->name);
        text_add(sql, column == columns->items ? "" : ", ");
        if (string_list_contains(hidden, column->name))
            text_addf(sql, "'%s'::pg_catalog.text AS %s", statement_redacted, name);
        else
            text_addf(sql, "%s.%s AS %s", alias, name, name);
    }
    text_add(sql, ") AS r) AS t)");
}

/* The output that is tested, the key shown beside it, and the SELECT that gives both. */
typedef struct Tested {
    const RejectTestList *tests;
    const OutputColumnList *output;
    const char *key, *from;
} Tested;

static char *select_rejects(Arena *arena, const EntityPlan *entity, const Tested *tested, long long migration,
                            long long chunk)
{
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT %lld::bigint, %s::text, %lld::bigint, ", migration,
              quote_literal(arena, entity->entity->name), chunk);
    statement_add_case(&sql, tested->tests, 'r');
    text_add(&sql, ", ");
    statement_add_case(&sql, tested->tests, 'b');
    text_addf(&sql, ", %s, ", tested->key);
    statement_add_row(&sql, tested->output, "\"q\"", &entity->hidden);
    text_add(&sql, ", (");
    statement_add_case(&sql, tested->tests, 'c');
    text_addf(&sql, ")::text, %s::text FROM %s WHERE ", quote_literal(arena, entity->fingerprint), tested->from);
    add_reject_tests(&sql, tested->tests);
    return sql.chars;
}

/* The driving key where it can be shown, else the mapped key, else nothing. */
char *statement_rejects(Arena *arena, const EntityPlan *entity, const KeySet *keys, long long migration,
                        long long chunk)
{
    bool shown = entity->transform->shows_key;
    Text key = text_new(arena);
    if (shown)
        statement_add_driving_key(&key, entity, "\"q\"");
    else if (entity->key.count == 0 || entity->load)
        text_add(&key, "NULL::jsonb");
    else
        add_mapped_key(&key, entity);
    const char *rows = transform_narrow(arena, entity->transform, keys, shown ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN);
    Tested tested = {&entity->rejects, &entity->gathered->output, key.chars,
                     arena_printf(arena, "(%s\n) AS \"q\"", rows)};
    return select_rejects(arena, entity, &tested, migration, chunk);
}

/* The place of the staged row leads to its driving key: the rules' bare names must not meet staged columns. */
static char *loaded_with_key(Arena *arena, const EntityPlan *entity)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    Text sql = text_new(arena);
    text_addf(&sql, "(%s\n) AS \"q\" JOIN (SELECT ctid AS rehome_place",
              transform_narrow(arena, entity->gathered->loading, &everything, TRANSFORM_WITH_KEY));
    for (size_t i = 1; i <= key_width(entity); i++)
        text_addf(&sql, ", rehome_key_%zu", i);
    text_add(&sql, " FROM pg_temp.staged_keyed) AS rehome_staged"
                   " ON rehome_staged.rehome_place = \"q\".rehome_key_1::pg_catalog.tid");
    return sql.chars;
}

char *statement_from_loaded(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_addf(&sql, " FROM %s", loaded_with_key(arena, entity));
    add_kept(&sql, &entity->load_rejects);
    return sql.chars;
}

char *statement_reject_loaded(Arena *arena, const EntityPlan *entity, long long migration, long long chunk)
{
    Text key = text_new(arena);
    Tested tested = {.tests = &entity->load_rejects, .output = &entity->gathered->load_output};
    if (entity->staged_keys)
        statement_add_driving_key(&key, entity, "rehome_staged");
    else if (entity->key.count > 0)
        add_mapped_key(&key, entity);
    else
        text_add(&key, "NULL::jsonb");
    tested.key = key.chars;
    tested.from =
        entity->staged_keys ? loaded_with_key(arena, entity) : arena_printf(arena, "(%s\n) AS \"q\"", entity->load);
    return arena_printf(arena, "INSERT INTO rehome.reject (%s) %s", statement_reject_columns,
                        select_rejects(arena, entity, &tested, migration, chunk));
}

char *statement_contributing(Arena *arena, const GatheredEntity *source, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT count(*) FROM (SELECT DISTINCT ");
    size_t count = source->walk_key.count ? source->walk_key.count : 1;
    for (size_t i = 1; i <= count; i++)
        text_addf(&sql, "%srehome_key_%zu", i > 1 ? ", " : "", i);
    text_addf(&sql, " FROM (%s\n) AS \"q\") AS d",
              transform_narrow(arena, source->transform, keys, TRANSFORM_WITH_KEY));
    return sql.chars;
}

char *statement_rows_by_key(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text columns = text_new(arena);
    for (size_t i = 1; i <= key_width(entity); i++)
        text_addf(&columns, "%srehome_key_%zu", i > 1 ? ", " : "", i);
    return arena_printf(arena, "SELECT %s, count(*) FROM (%s\n) AS \"q\" GROUP BY %s", columns.chars,
                        transform_narrow(arena, entity->transform, keys, TRANSFORM_WITH_KEY), columns.chars);
}
