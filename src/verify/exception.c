#include "verify/exception.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "plan/mapping.h"
#include "sql/embedded.h"

/* ---- what the ledger says ---- */

static StringList driving_key(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    FOR_EACH(const KeyColumn, column, *plan_driving_key(entity))
        LIST_PUSH(arena, &names, column->name);
    return names;
}

static bool has_driving_key(const EntityPlan *entity)
{
    return entity->driving && entity->transform->narrowable && !entity->gathered->narrow_refused;
}

/* A driving row gives one row at most, so its key tells which. */
static bool is_told_by_key(const EntityPlan *entity)
{
    const Transform *transform = entity->transform;
    return has_driving_key(entity) && transform->shows_key &&
           (transform->yield == YIELD_ONE || transform->yield == YIELD_AT_MOST_ONE);
}

static const char *array_of(Arena *arena, const StringList *names)
{
    return quote_array(arena, names->items, names->count);
}

/* What `load` gives is told by its key where there is one, for its values are known only as the target has them; of the
 * transform's rows all is known. */
static StringList told_by(Arena *arena, const EntityPlan *entity, const MappingList *mappings)
{
    StringList names = {0};
    if (mappings == &entity->load_mappings && entity->key.count > 0)
        return entity->key;
    FOR_EACH(const Mapping, mapping, *mappings)
        LIST_PUSH(arena, &names, mapping->name);
    return names;
}

/* Rows that were taken out of the target again at the end of an entity with a `load` are kept as the target had them: by
 * their columns they are known. */
static const char *loaded_columns(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    if (!entity->load)
        return NULL;
    FOR_EACH(const Mapping, mapping, entity->load_mappings)
        LIST_PUSH(arena, &names, mapping->name);
    return array_of(arena, &names);
}

typedef struct Asking {
    Arena *arena;
    Conn *target;
    const char *migration;
    const EntityPlan *entity;
    Exception *exception;
} Asking;

/* Driving rows that give nothing: the transform failed for them, or the one row that they give was refused. */
static bool load_keys(const Asking *asking, Error *error)
{
    Arena *arena = asking->arena;
    StringList names = driving_key(arena, asking->entity);
    Params values = PARAMS(asking->migration, asking->entity->entity->name, array_of(arena, &names),
                           is_told_by_key(asking->entity) ? "true" : "false", loaded_columns(arena, asking->entity));
    AUTO(Result) *result = conn_query(asking->target, sql_verify_refused_keys, values, error);
    if (!result || result_rows(result) < (int)names.count)
        return result != NULL;
    const char **arrays = NEW_ARRAY(arena, const char *, names.count);
    for (size_t i = 0; i < names.count; i++)
        arrays[i] = result_copy(arena, result, (int)i, 0);
    asking->exception->keys.except_key = plan_driving_key(asking->entity);
    asking->exception->keys.except = arrays;
    asking->exception->rows += result_number(result, 0, 1);
    return true;
}

static bool load_rows(const Asking *asking, const MappingList *mappings, RefusedRows *rows, Error *error)
{
    Arena *arena = asking->arena;
    const EntityPlan *entity = asking->entity;
    bool loaded = mappings == &entity->load_mappings;
    rows->shown = !loaded && entity->transform->shows_key;
    StringList key = rows->shown ? driving_key(arena, entity) : entity->key;
    StringList columns = told_by(arena, entity, mappings);
    Params values = PARAMS(asking->migration, entity->entity->name, array_of(arena, &key), array_of(arena, &columns),
                           rows->shown ? "true" : "false", loaded_columns(arena, entity), loaded ? "true" : "false");
    AUTO(Result) *result = conn_query(asking->target, sql_verify_refused_rows, values, error);
    if (!result)
        return false;
    rows->any = !result_is_null(result, 0, 1);
    rows->suspects = result_copy(arena, result, 0, 0);
    rows->ids = result_copy(arena, result, 0, 1);
    rows->times = result_copy(arena, result, 0, 2);
    asking->exception->rows += result_number(result, 0, 3);
    return true;
}

bool exception_load(Arena *arena, Conn *target, int64_t migration, const EntityPlan *entity, Exception *exception,
                    Error *error)
{
    Asking asking = {arena, target, number_text(arena, migration), entity, exception};
    *exception = (Exception){0};
    bool loaded = (!has_driving_key(entity) || load_keys(&asking, error)) &&
                  (is_told_by_key(entity) || load_rows(&asking, &entity->mappings, &exception->given, error)) &&
                  (!entity->load || load_rows(&asking, &entity->load_mappings, &exception->loaded, error));
    return loaded || error_doing(error, "looking for the refused rows of %s", entity->entity->name);
}

/* ---- rows without them ---- */

/* A sub-select, which the server hashes: of an array it would look at every element. */
static const char *in_array(Arena *arena, const char *value, const char *array)
{
    return arena_printf(arena, "%s IN (SELECT pg_catalog.unnest(%s::pg_catalog.text[]))", value,
                        quote_literal(arena, array));
}

static const char *as_array(Arena *arena, const StringList *texts)
{
    return arena_printf(arena, "ARRAY[%s]::pg_catalog.text[]::pg_catalog.text", string_list_join(arena, texts, ", "));
}

static const char *shown_key(Arena *arena, const EntityPlan *entity)
{
    StringList texts = {0};
    for (size_t i = 1; i <= plan_driving_key(entity)->count; i++)
        LIST_PUSH(arena, &texts, arena_printf(arena, "\"q\".rehome_key_%zu", i));
    return as_array(arena, &texts);
}

/* As they come out of the SELECT; as they were sent to the target; as JSON has them. */
static const char *as_given(Arena *arena, const Mapping *mapping)
{
    return arena_printf(arena, "\"q\".%s::pg_catalog.text", quote_name(arena, mapping->name));
}

static const char *as_sent(Arena *arena, const Mapping *mapping)
{
    return arena_printf(arena, "(%s)::pg_catalog.text", mapping->select_sql);
}

static const char *as_json(Arena *arena, const Mapping *mapping)
{
    return arena_printf(arena, "pg_catalog.to_jsonb(\"q\".%s) #>> '{}'", quote_name(arena, mapping->name));
}

static const char *values_of(Arena *arena, const StringList *names, const MappingList *mappings,
                             const char *(*print)(Arena *, const Mapping *))
{
    StringList texts = {0};
    FOR_EACH(const char *, name, *names) {
        const Mapping *mapping = mapping_find(mappings, *name);
        LIST_PUSH(arena, &texts, mapping ? print(arena, mapping) : "NULL");
    }
    return as_array(arena, &texts);
}

static const char *is_suspect(Arena *arena, const EntityPlan *entity, const RefusedRows *refused,
                              const MappingList *mappings)
{
    if (refused->shown)
        return in_array(arena, shown_key(arena, entity), refused->suspects);
    if (entity->key.count == 0)
        return "true";
    return arena_printf(arena, "(%s OR %s)",
                        in_array(arena, values_of(arena, &entity->key, mappings, as_given), refused->suspects),
                        in_array(arena, values_of(arena, &entity->key, mappings, as_sent), refused->suspects));
}

/* A refused row is kept as JSON, or as the texts that were sent. */
static const char *id_of(Arena *arena, const EntityPlan *entity, const RefusedRows *refused, const MappingList *mappings)
{
    StringList names = told_by(arena, entity, mappings);
    const char *before = refused->shown ? arena_printf(arena, "%s || ", shown_key(arena, entity)) : "";
    const char *json = arena_printf(arena, "%s%s", before, values_of(arena, &names, mappings, as_json));
    const char *sent = arena_printf(arena, "%s%s", before, values_of(arena, &names, mappings, as_sent));
    return arena_printf(arena, "CASE WHEN %s THEN %s WHEN %s THEN %s END", in_array(arena, json, refused->ids), json,
                        in_array(arena, sent, refused->ids), sent);
}

char *exception_leave_out(Arena *arena, const EntityPlan *entity, const RefusedRows *refused,
                          const MappingList *mappings, char *from)
{
    if (!refused->any)
        return from;
    return arena_printf(arena,
                        "(SELECT n.* FROM (SELECT s.*, pg_catalog.row_number() OVER (PARTITION BY s.rehome_refused) AS rehome_turn "
                        "FROM (SELECT \"q\".*, CASE WHEN %s THEN %s END AS rehome_refused FROM %s) AS s) AS n "
                        "LEFT JOIN ROWS FROM (pg_catalog.unnest(%s::pg_catalog.text[]), "
                        "pg_catalog.unnest(%s::pg_catalog.int8[])) AS r (id, times) ON r.id = n.rehome_refused "
                        "WHERE r.times IS NULL OR n.rehome_turn > r.times) AS \"q\"",
                        is_suspect(arena, entity, refused, mappings), id_of(arena, entity, refused, mappings), from,
                        quote_literal(arena, refused->ids), quote_literal(arena, refused->times));
}
