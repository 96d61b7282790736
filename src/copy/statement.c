#include "copy/statement.h"

#include "base/text.h"
#include "pg/quote.h"

const char statement_reject_columns[] =
    "migration, entity, chunk, reason, budgeted, source_key, source_row, column_name";

static void add_names(Text *sql, const MappingList *mappings)
{
    FOR_EACH(Mapping, mapping, *mappings) {
        if (mapping != mappings->items)
            text_add(sql, ", ");
        text_add(sql, quote_name(sql->arena, mapping->name));
    }
}

/* User text may end in a comment, so the bracket goes on a line of its own. */
static void add_reject_tests(Text *sql, const EntityPlan *entity)
{
    FOR_EACH(RejectTest, test, entity->rejects) {
        if (test != entity->rejects.items)
            text_add(sql, " OR ");
        text_addf(sql, "(%s\n)", test->condition);
    }
}

static void add_from_kept(Text *sql, const EntityPlan *entity, const KeySet *keys)
{
    text_addf(sql, " FROM (%s\n) AS \"q\"", transform_narrow(sql->arena, entity->transform, keys, TRANSFORM_PLAIN));
    if (entity->rejects.count == 0)
        return;
    text_add(sql, " WHERE (");
    add_reject_tests(sql, entity);
    text_add(sql, ") IS NOT TRUE");
}

char *statement_select(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    FOR_EACH(Mapping, mapping, entity->mappings) {
        if (mapping != entity->mappings.items)
            text_add(&sql, ", ");
        text_addf(&sql, "%s AS %s", mapping->select_sql, quote_name(arena, mapping->name));
    }
    add_from_kept(&sql, entity, keys);
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
    text_addf(&sql, "COPY %s (", entity->way == WAY_STAGE ? "pg_temp.staged" : entity->into->sql_name);
    add_names(&sql, &entity->mappings);
    text_addf(&sql, ") FROM STDIN (FORMAT %s)", format_of(entity));
    return sql.chars;
}

char *statement_create_staged(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_add(&sql, "CREATE TEMPORARY TABLE staged (");
    FOR_EACH(Mapping, mapping, entity->mappings) {
        if (mapping != entity->mappings.items)
            text_add(&sql, ", ");
        text_addf(&sql, "%s %s", quote_name(arena, mapping->name), mapping->stage_type);
    }
    text_add(&sql, ") ON COMMIT DROP");
    return sql.chars;
}

char *statement_fill_staged(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "INSERT INTO pg_temp.staged (");
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
    return sql.chars;
}

/* An update that changes nothing is not made: it would only cost a row version, and the books call such a row
 * unchanged. Compared byte for byte, because 1.0 and 1.00 are equal but not the same, and json has no equality at all.
 */
static void add_update(Text *sql, const MappingList *mappings)
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
    if (set.length == 0)
        text_add(sql, "DO NOTHING");
    else
        text_addf(sql, "DO UPDATE SET %s WHERE ROW(%s)::record OPERATOR(pg_catalog.*<>) ROW(%s)::record", set.chars,
                  old.chars, new.chars);
}

static void add_conflict(Text *sql, const EntityPlan *entity)
{
    text_add(sql, " ON CONFLICT (");
    FOR_EACH(const char *, column, entity->key)
        text_addf(sql, "%s%s", column == entity->key.items ? "" : ", ", quote_name(sql->arena, *column));
    text_add(sql, ") ");
    if (entity->write == WRITE_SKIP)
        text_add(sql, "DO NOTHING");
    else
        add_update(sql, final_mappings(entity));
}

char *statement_insert(Arena *arena, const EntityPlan *entity, const char *select)
{
    Text sql = text_new(arena);
    text_addf(&sql, "INSERT INTO %s AS \"t\" (", entity->into->sql_name);
    add_names(&sql, final_mappings(entity));
    text_addf(&sql, ") OVERRIDING SYSTEM VALUE %s", select);
    if (entity->meets_rows)
        add_conflict(&sql, entity);
    return sql.chars;
}

char *statement_count(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT count(*)");
    add_from_kept(&sql, entity, keys);
    return sql.chars;
}

/* ---- rejects ---- */

static void add_case(Text *sql, const EntityPlan *entity, char what)
{
    text_add(sql, "CASE");
    FOR_EACH(RejectTest, test, entity->rejects) {
        const char *value = what == 'r'   ? quote_literal(sql->arena, test->reason)
                            : what == 'b' ? (test->budgeted ? "true" : "false")
                                          : quote_literal(sql->arena, test->column);
        text_addf(sql, " WHEN (%s\n) THEN %s", test->condition, value);
    }
    text_add(sql, " END");
}

/* The driving key where it can be shown, else the mapped key, else nothing. */
static void add_key(Text *sql, const EntityPlan *entity)
{
    const KeyColumnList *key = &entity->gathered->walk_key;
    bool shown = entity->transform->shows_key;
    if (!shown && (entity->key.count == 0 || entity->load)) {
        text_add(sql, "NULL::jsonb");
        return;
    }
    text_add(sql, "pg_catalog.jsonb_build_object(");
    if (!shown)
        FOR_EACH(const char *, name, entity->key)
            text_addf(sql, "%s%s, (\"q\".%s)::text", name == entity->key.items ? "" : ", ",
                      quote_literal(sql->arena, *name), quote_name(sql->arena, *name));
    else if (key->count == 0)
        text_add(sql, "'ctid', \"q\".rehome_key_1");
    else
        for (size_t i = 0; i < key->count; i++)
            text_addf(sql, "%s%s, \"q\".rehome_key_%zu", i ? ", " : "", quote_literal(sql->arena, key->items[i].name),
                      i + 1);
    text_add(sql, ")");
}

/* jsonb cannot hold \u0000, json can: then the whole row is kept as one string. */
static void add_row(Text *sql, const EntityPlan *entity)
{
    text_add(sql, "(SELECT CASE WHEN pg_catalog.strpos(j, '\\u0000') > 0 THEN pg_catalog.to_jsonb(j) ELSE j::jsonb END"
                  " FROM (SELECT pg_catalog.row_to_json(r)::text AS j FROM (SELECT ");
    FOR_EACH(OutputColumn, column, entity->gathered->output) {
        const char *name = quote_name(sql->arena, column->name);
        text_addf(sql, "%s\"q\".%s AS %s", column == entity->gathered->output.items ? "" : ", ", name, name);
    }
    text_add(sql, ") AS r) AS t)");
}

char *statement_rejects(Arena *arena, const EntityPlan *entity, const KeySet *keys, long long migration,
                        long long chunk)
{
    TransformShape shape = entity->transform->shows_key ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN;
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT %lld::bigint, %s::text, %lld::bigint, ", migration,
              quote_literal(arena, entity->entity->name), chunk);
    add_case(&sql, entity, 'r');
    text_add(&sql, ", ");
    add_case(&sql, entity, 'b');
    text_add(&sql, ", ");
    add_key(&sql, entity);
    text_add(&sql, ", ");
    add_row(&sql, entity);
    text_add(&sql, ", (");
    add_case(&sql, entity, 'c');
    text_addf(&sql, ")::text FROM (%s\n) AS \"q\" WHERE ", transform_narrow(arena, entity->transform, keys, shape));
    add_reject_tests(&sql, entity);
    return sql.chars;
}

char *statement_contributing(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT count(*) FROM (SELECT DISTINCT ");
    size_t count = entity->gathered->walk_key.count ? entity->gathered->walk_key.count : 1;
    for (size_t i = 1; i <= count; i++)
        text_addf(&sql, "%srehome_key_%zu", i > 1 ? ", " : "", i);
    text_addf(&sql, " FROM (%s\n) AS \"q\") AS d",
              transform_narrow(arena, entity->transform, keys, TRANSFORM_WITH_KEY));
    return sql.chars;
}
