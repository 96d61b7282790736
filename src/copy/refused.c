#include "copy/refused.h"

#include "copy/statement.h"

#include "base/json.h"
#include "base/text.h"
#include "ledger/reject.h"
#include "pg/quote.h"

bool refused_can_ask(const EntityPlan *entity)
{
    const Transform *transform = entity->transform;
    return transform->shows_key && transform->narrowable && !entity->gathered->narrow_refused &&
           (transform->yield == YIELD_ONE || transform->yield == YIELD_AT_MOST_ONE);
}

/* ---- as JSON ---- */

static const char *key_json(Arena *arena, const EntityPlan *entity, const Refused *refused, bool driving)
{
    json_auto_t *object = json_object();
    const KeyColumnList *key = plan_driving_key(entity);
    bool shown = driving || entity->transform->shows_key;
    size_t width = shown ? key->count : statement_key_width(entity);
    for (size_t i = 0; i < width; i++)
        json_object_set_new(object, shown ? key->items[i].name : entity->key.items[i],
                            refused->key[i] ? json_string(refused->key[i]) : json_null());
    return width ? json_text(arena, object, JSON_COMPACT) : NULL;
}

static const char *texts_json(Arena *arena, const EntityPlan *entity, const Refused *refused)
{
    json_auto_t *object = json_object();
    if (!refused->texts)
        return NULL;
    for (size_t i = 0; i < entity->mappings.count; i++) {
        const char *name = entity->mappings.items[i].name;
        const char *text = string_list_contains(&entity->hidden, name) ? statement_redacted : refused->texts[i];
        json_object_set_new(object, name, text ? json_string(text) : json_null());
    }
    return json_text(arena, object, JSON_COMPACT);
}

/* ---- asking for rows ---- */

static const char *list_of(Arena *arena, const EntityPlan *entity, const RefusedList *refused, KeySet *keys)
{
    const char *const **values = NEW_ARRAY(arena, const char *const *, refused->count);
    for (size_t i = 0; i < refused->count; i++)
        values[i] = refused->items[i].key;
    *keys = (KeySet){.kind = KEYSET_LIST, .key = plan_driving_key(entity), .count = refused->count, .keys = values};
    Text sql = text_new(arena);
    keyset_predicate(&sql, keys, NULL);
    return sql.chars;
}

/* The key as texts, then the row as JSON. */
static char *transform_rows(Arena *arena, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    for (size_t i = 1; i <= statement_key_width(entity); i++)
        text_addf(&sql, "rehome_key_%zu, ", i);
    text_add(&sql, "(");
    statement_add_row(&sql, &entity->gathered->output, "\"q\"", &entity->hidden);
    text_addf(&sql, ")::pg_catalog.text FROM (%s\n) AS \"q\"",
              transform_narrow(arena, entity->transform, keys, TRANSFORM_WITH_KEY));
    return sql.chars;
}

static char *driving_rows(Arena *arena, const EntityPlan *entity, const char *predicate)
{
    Text sql = text_new(arena);
    const KeyColumnList *key = plan_driving_key(entity);
    OutputColumnList columns = {0};
    FOR_EACH(const Column, column, entity->driving->columns)
        LIST_PUSH(arena, &columns, ((OutputColumn){.name = column->name}));
    text_add(&sql, "SELECT ");
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, "d.rehome_key_%zu, ", i + 1);
    text_add(&sql, "(");
    statement_add_row(&sql, &columns, "d", &entity->hidden);
    text_add(&sql, ")::pg_catalog.text FROM (SELECT ");
    for (size_t i = 0; i < key->count; i++)
        text_addf(&sql, "(%s)::pg_catalog.text AS rehome_key_%zu, ", quote_name(arena, key->items[i].name), i + 1);
    text_addf(&sql, "* %s AND %s) AS d", transform_driving_from(arena, entity->transform), predicate);
    return sql.chars;
}

/* What cannot be asked for (a right that is missing, JSON that jsonb does not take) is done without. */
static Result *ask(Conn *conn, const char *sql, Error *error)
{
    if (!conn_exec(conn, "SAVEPOINT rehome_look", NO_PARAMS, NULL, error))
        return NULL;
    Result *rows = conn_query(conn, sql, NO_PARAMS, error);
    if (rows && conn_exec(conn, "RELEASE SAVEPOINT rehome_look", NO_PARAMS, NULL, error))
        return rows;
    result_free(rows);
    if (error->kind == ERROR_STOPPED || !conn_in_failed_transaction(conn))
        return NULL;
    error_clear(error);
    conn_script(conn, "ROLLBACK TO SAVEPOINT rehome_look; RELEASE SAVEPOINT rehome_look", error);
    return NULL;
}

static bool has_key(const Result *rows, int row, size_t width, const char *const *key)
{
    for (size_t i = 0; i < width; i++)
        if (!text_equal(result_text(rows, row, (int)i), key[i]))
            return false;
    return true;
}

/* The row of a key; NULL: there is none. They come mostly in one order, so the search begins behind the last one. */
static const char *row_of(const Result *rows, size_t width, const char *const *key, int *last)
{
    int count = rows ? result_rows(rows) : 0;
    for (int i = 0; i < count; i++) {
        int row = (*last + i) % count;
        if (!has_key(rows, row, width, key))
            continue;
        *last = row + 1;
        return result_text(rows, row, (int)width);
    }
    return NULL;
}

/* ---- the rejects ---- */

static Reject reject_of(Arena *arena, const Move *move, const Refused *refused, bool driving)
{
    const Refusal *why = &refused->why;
    return (Reject){.entity = move->entity->entity->name,
                    .chunk = move->chunk,
                    .reason = why->reason,
                    .budgeted = true,
                    .source_key = key_json(arena, move->entity, refused, driving),
                    .source_row = texts_json(arena, move->entity, refused),
                    .sqlstate = why->sqlstate,
                    .constraint = why->constraint,
                    .column = why->column,
                    .message = why->message,
                    .fingerprint = move->entity->fingerprint,
                    .attempt = move->attempt};
}

bool refused_write(Arena *arena, const Move *move, const RefusedList *refused, bool driving, Error *error)
{
    const EntityPlan *entity = move->entity;
    AUTO(Result) *given = NULL, *held = NULL;
    RejectList rejects = {0};
    KeySet keys;
    if (refused->count == 0)
        return true;
    size_t width = plan_driving_key(entity)->count;
    bool by_driving = (driving || entity->transform->shows_key) && entity->driving;
    const char *list = by_driving ? list_of(arena, entity, refused, &keys) : NULL;
    if (list && !driving && refused_can_ask(entity))
        given = ask(move->source, transform_rows(arena, entity, &keys), error);
    if (list && error->kind == ERROR_NONE)
        held = ask(move->source, driving_rows(arena, entity, list), error);
    if (error->kind != ERROR_NONE)
        return false;
    int last_given = 0, last_held = 0;
    FOR_EACH(const Refused, one, *refused) {
        Reject *reject = LIST_ADD(arena, &rejects);
        *reject = reject_of(arena, move, one, driving);
        const char *row = given ? row_of(given, width, one->key, &last_given) : NULL;
        reject->source_row = row ? row : reject->source_row;
        reject->driving_row = held ? row_of(held, width, one->key, &last_held) : NULL;
    }
    return reject_add(move->target, move->migration, &rejects, error);
}
