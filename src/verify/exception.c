#include "verify/exception.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "plan/mapping.h"

/* Refused rows have an SQLSTATE; those that rules take are left out by the same rules. */
#define OF_ENTITY " FROM rehome.reject WHERE migration = $1::bigint AND entity = $2 AND sqlstate IS NOT NULL"

static bool has_driving_key(const EntityPlan *entity)
{
    return entity->driving && entity->transform->narrowable;
}

/* A driving row gives one row at most, so its key tells which. */
static bool is_told_by_key(const EntityPlan *entity)
{
    const Transform *transform = entity->transform;
    return has_driving_key(entity) && transform->shows_key &&
           (transform->yield == YIELD_ONE || transform->yield == YIELD_AT_MOST_ONE);
}

static Result *ask(Conn *target, int64_t migration, const EntityPlan *entity, const char *sql, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Result *result =
        conn_query(target, sql, PARAMS(number_text(arena, migration), entity->entity->name), error);
    if (!result)
        error_doing(error, "looking for the refused rows of %s", entity->entity->name);
    return result;
}

/* ---- by the driving key ---- */

static bool load_keys(Arena *arena, Conn *target, int64_t migration, Filling *filling, Error *error)
{
    const EntityPlan *entity = filling->entity;
    const KeyColumnList *key = plan_driving_key(entity);
    Text sql = text_new(arena);
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, "%spg_catalog.array_agg(source_key ->> %s)::text", i ? ", " : "SELECT ",
                  quote_literal(arena, key->items[i].name));
    text_add(&sql, OF_ENTITY);
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, " AND source_key ->> %s IS NOT NULL", quote_literal(arena, key->items[i].name));
    if (!is_told_by_key(entity))
        text_add(&sql, " AND source_row IS NULL"); /* the transform itself failed */
    AUTO(Result) *result = ask(target, migration, entity, sql.chars, error);
    if (!result || result_is_null(result, 0, 0))
        return result != NULL;
    const char **arrays = NEW_ARRAY(arena, const char *, key->count);
    for (size_t i = 0; i < key->count; i++)
        arrays[i] = result_copy(arena, result, 0, (int)i);
    filling->refused.except_key = key;
    filling->refused.except = arrays;
    return true;
}

/* ---- by key and values ---- */

static StringList told_by(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    bool mapped = entity->key.count > 0;
    FOR_EACH(const char *, name, entity->key)
        mapped = mapped && mapping_find(&entity->mappings, *name);
    FOR_EACH(const Mapping, mapping, entity->mappings)
        if (!mapped || string_list_contains(&entity->key, mapping->name))
            LIST_PUSH(arena, &names, mapping->name);
    return names;
}

/* The row as one text: what is in the ledger, or what the transform gives. */
static char *identity(Arena *arena, const EntityPlan *entity, bool in_ledger)
{
    const KeyColumnList *key = plan_driving_key(entity);
    const StringList names = told_by(arena, entity);
    Text sql = text_new(arena);
    text_add(&sql, "ROW(");
    for (size_t i = 0; entity->transform->shows_key && i < key->count; i++)
        if (in_ledger)
            text_addf(&sql, "source_key ->> %s, ", quote_literal(arena, key->items[i].name));
        else
            text_addf(&sql, "\"q\".rehome_key_%zu, ", i + 1);
    FOR_EACH(const char *, name, names) {
        text_add(&sql, name == names.items ? "" : ", ");
        if (in_ledger)
            text_addf(&sql, "source_row ->> %s", quote_literal(arena, *name));
        else
            text_addf(&sql, "(%s)::pg_catalog.text", mapping_find(&entity->mappings, *name)->select_sql);
    }
    text_add(&sql, ")::pg_catalog.text");
    return sql.chars;
}

static bool load_rows(Arena *arena, Conn *target, int64_t migration, Filling *filling, Error *error)
{
    const EntityPlan *entity = filling->entity;
    const char *sql = arena_printf(arena, "SELECT pg_catalog.array_agg(%s)::text" OF_ENTITY " AND source_row IS NOT NULL",
                                   identity(arena, entity, true));
    AUTO(Result) *result = ask(target, migration, entity, sql, error);
    if (!result || result_is_null(result, 0, 0))
        return result != NULL;
    filling->without = arena_printf(arena,
                                    "NOT EXISTS (SELECT FROM pg_catalog.unnest(%s::pg_catalog.text[]) AS rehome_refused"
                                    " (told) WHERE rehome_refused.told = %s)",
                                    quote_literal(arena, result_text(result, 0, 0)), identity(arena, entity, false));
    return true;
}

bool exception_load(Arena *arena, Conn *target, int64_t migration, Filling *filling, Error *error)
{
    const EntityPlan *entity = filling->entity;
    return (!has_driving_key(entity) || load_keys(arena, target, migration, filling, error)) &&
           (is_told_by_key(entity) || load_rows(arena, target, migration, filling, error));
}
