#include "copy/crossing.h"

#include "copy/statement.h"

#include "base/text.h"
#include "pg/copy_stream.h"
#include "pg/quote.h"
#include "plan/mapping.h"

static bool is_staged(const EntityPlan *entity)
{
    return entity->staged_keys;
}

/* Where the rows are once more, rejected ones left out. */
static char *kept_rows(Arena *arena, const Move *move)
{
    const EntityPlan *entity = move->entity;
    if (!is_staged(entity))
        return statement_from_kept(arena, entity, move->keys, TRANSFORM_WITH_KEY);
    return entity->load ? statement_from_loaded(arena, entity)
                        : arena_strdup(arena, " FROM pg_temp.staged_keyed AS \"q\"");
}

static const char *new_value(Arena *arena, const EntityPlan *entity, const char *key)
{
    bool as_staged = is_staged(entity) && !entity->load;
    return as_staged ? arena_printf(arena, "\"q\".%s", quote_name(arena, key))
                     : mapping_find(mapping_to_target(entity), key)->select_sql;
}

static char *select_keys(Arena *arena, const Move *move)
{
    const EntityPlan *entity = move->entity;
    const char *alias = is_staged(entity) && entity->load ? "rehome_staged" : "\"q\"";
    size_t old = 0;
    Text sql = text_new(arena);
    text_addf(&sql, "SELECT %lld::bigint, %s::text, %s::text", (long long)move->migration,
              quote_literal(arena, entity->entity->name), quote_literal(arena, entity->driving->name));
    FOR_EACH(const KeptKey, kept, entity->kept_keys)
        if (kept->column->is_old)
            text_addf(&sql, ", %s.rehome_key_%zu::%s", alias, ++old, kept->column->type);
        else
            text_addf(&sql, ", (%s)::%s", new_value(arena, entity, kept->key), kept->column->type);
    text_add(&sql, kept_rows(arena, move));
    return sql.chars;
}

static char *columns(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    text_add(&sql, "migration, entity, source");
    FOR_EACH(const KeptKey, kept, entity->kept_keys)
        text_addf(&sql, ", %s", quote_name(arena, kept->column->name));
    return sql.chars;
}

char *crossing_insert(Arena *arena, const Move *move)
{
    return arena_printf(arena, "INSERT INTO %s (%s) %s", move->entity->crosswalk->sql_name,
                        columns(arena, move->entity), select_keys(arena, move));
}

char *crossing_copy_out(Arena *arena, const Move *move)
{
    return arena_printf(arena, "COPY (%s) TO STDOUT", select_keys(arena, move));
}

char *crossing_copy_in(Arena *arena, const Move *move)
{
    return arena_printf(arena, "COPY %s (%s) FROM STDIN", move->entity->crosswalk->sql_name,
                        columns(arena, move->entity));
}

bool crossing_move(Arena *arena, const Move *move, Error *error)
{
    CopyResult copied;
    const EntityPlan *entity = move->entity;
    if (!entity->crosswalk)
        return true;
    bool within = is_staged(entity) || move->source == move->target;
    bool moved = within ? conn_exec(move->target, crossing_insert(arena, move), NO_PARAMS, NULL, error)
                        : copy_stream_relay(move->source, crossing_copy_out(arena, move), move->target,
                                            crossing_copy_in(arena, move), NULL, &copied, error);
    return moved || error_doing(error, "keeping old and new keys in %s", entity->crosswalk->sql_name);
}
