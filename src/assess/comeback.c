#include "assess/comeback.h"

#include "assess/contents.h"
#include "copy/statement.h"

#include "base/text.h"
#include "pg/quote.h"

bool comeback_is_possible(const EntityPlan *entity)
{
    return entity->driving && entity->driving->may_select && entity->transform->shows_key && !entity->load && !entity->gathered->merge &&
           entity->transform->guests.count == 0;
}

static bool is_moment(const Type *type)
{
    return type && type->category == 'D' && (text_equal(type->name, "date") || text_starts_with(type->name, "timestamp"));
}

static bool is_number(const Type *type)
{
    return type && type->category == 'N' && !text_equal(type->name, "money") && !text_starts_with(type->name, "reg");
}

static const char *compared_as(const Type *old, const Type *new)
{
    if (is_number(old) && is_number(new))
        return "pg_catalog.numeric";
    return is_moment(old) && is_moment(new) ? old->sql_name : "pg_catalog.text";
}

static char *differs(Arena *arena, const Catalog *source, const ComebackColumn *column)
{
    int32_t typmod = -1;
    const char *type = compared_as(catalog_base_type(source, column->old->type, &typmod), column->mapping->to_type);
    return arena_printf(arena, "((%s)::%s IS DISTINCT FROM (\"d\".%s)::%s)", column->mapping->select_sql, type,
                        quote_name(arena, column->old->name), type);
}

/* The rows of the transform, each beside its driving row. */
static char *rows_with_driving(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    const KeyColumnList *key = &entity->gathered->walk_key;
    Text sql = text_new(arena);
    text_addf(&sql, "(SELECT \"q\".*%s) AS \"q\" JOIN %s%s AS \"d\" ON ", statement_from_kept(arena, entity, keys, TRANSFORM_WITH_KEY),
              entity->transform->only ? "ONLY " : "", entity->driving->sql_name);
    if (key->count == 0)
        text_add(&sql, "\"d\".ctid = \"q\".rehome_key_1::pg_catalog.tid");
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, "%s\"d\".%s = \"q\".rehome_key_%zu::%s", i ? " AND " : "", quote_name(arena, key->items[i].name), i + 1,
                  keyset_cast_name(key->items[i].type));
    return sql.chars;
}

/* Two values for each column: how many, and the key of one. */
static char *question(Arena *arena, const EntityPlan *entity, const Catalog *source, const ComebackColumnList *columns, const KeySet *keys)
{
    Text sql = text_new(arena), key = text_new(arena);
    statement_add_driving_key(&key, entity, "\"q\"");
    FOR_EACH(const ComebackColumn, column, *columns) {
        const char *condition = differs(arena, source, column);
        text_addf(&sql, "%s pg_catalog.count(*) FILTER (WHERE %s), pg_catalog.min((%s)::pg_catalog.text COLLATE \"C\") FILTER (WHERE %s)",
                  sql.length ? "," : "SELECT", condition, key.chars, condition);
    }
    text_addf(&sql, " FROM %s", rows_with_driving(arena, entity, keys));
    return sql.chars;
}

static bool count_among(Arena *arena, const EntityPlan *entity, const Catalog *source, const KeySet *keys, Conn *conn,
                        ComebackColumnList *columns, Error *error)
{
    AUTO(Result) *result = contents_ask(conn, question(arena, entity, source, columns, keys), error);
    FOR_EACH(ComebackColumn, column, *columns) {
        int at = 2 * (int)(column - columns->items);
        column->counted = column->counted && result;
        column->changed += result ? result_number(result, 0, at) : 0;
        if (result && !column->example)
            column->example = result_copy(arena, result, 0, at + 1);
    }
    return error->kind == ERROR_NONE;
}

bool comeback_count(Arena *arena, const EntityPlan *entity, const Catalog *source, const ChunkRangeList *ranges, Conn *conn,
                    ComebackColumnList *columns, Error *error)
{
    const KeySet everything = {.kind = KEYSET_EVERYTHING};
    if (columns->count == 0)
        return true;
    FOR_EACH(ComebackColumn, column, *columns)
        column->counted = true;
    if (!ranges)
        return count_among(arena, entity, source, &everything, conn, columns, error);
    FOR_EACH(const ChunkRange, range, *ranges) {
        const KeySet keys = {.kind = range->kind, .key = &entity->gathered->walk_key, .low = range->low, .high = range->high};
        if (!count_among(arena, entity, source, &keys, conn, columns, error))
            return false;
    }
    return true;
}
