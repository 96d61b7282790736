#include "verify/coverage.h"

#include "base/text.h"
#include "ledger/number.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <string.h>

/* ---- what is said ---- */

static const struct {
    const char *what, *says; /* %s: the chunk */
} sayings[] = {
    {"pending", "%s is not done"},
    {"unbalanced", "the books of %s do not balance"},
    {"methods", "%s and others are cut in different ways"},
    {"gap", "no chunk begins where %s ends"},
    {"overlap", "no chunk ends where %s begins"},
    {"ends twice", "another chunk ends where %s does"},
    {"begins twice", "another chunk begins where %s does"},
    {"disorder", "%s ends before it begins"},
};

static const char *print_chunk(Arena *arena, const CoveredChunk *chunk)
{
    return arena_printf(arena, "chunk %" PRId64 " (%s)", chunk->id, keyset_print(arena, &chunk->keys));
}

static const char *say_open(Arena *arena, int64_t times, const char *side, const CoveredChunk *chunk)
{
    if (times == 0)
        return arena_printf(arena, "no chunk is open %s: keys are missing there", side);
    return arena_printf(arena, "%" PRId64 " chunks are open %s, one of them is %s", times, side,
                        chunk ? print_chunk(arena, chunk) : "unknown");
}

static const char *say_rejects(Arena *arena, int64_t more)
{
    return arena_printf(arena, "its chunks have counted %s %s than rehome.reject holds",
                        text_of_many(arena, more > 0 ? more : -more, "reject"), more > 0 ? "more" : "less");
}

static const char *say(Arena *arena, const char *what, int64_t times, const CoveredChunk *chunk)
{
    if (text_equal(what, "open below"))
        return say_open(arena, times, "below", chunk);
    if (text_equal(what, "open above"))
        return say_open(arena, times, "above", chunk);
    if (text_equal(what, "rejects"))
        return say_rejects(arena, times);
    for (size_t i = 0; chunk && i < sizeof sayings / sizeof *sayings; i++)
        if (text_equal(sayings[i].what, what)) {
            const char *place = strstr(sayings[i].says, "%s");
            return arena_printf(arena, "%.*s%s%s", (int)(place - sayings[i].says), sayings[i].says,
                                print_chunk(arena, chunk), place + 2);
        }
    return what;
}

char *coverage_say(Arena *arena, const char *entity, const char *what, int64_t times, const CoveredChunk *chunk)
{
    return arena_printf(arena, "entity \"%s\": %s", entity, say(arena, what, times, chunk));
}

bool coverage_refuse(Arena *arena, const char *entity, const StringList *complaints, Error *error)
{
    if (complaints->count == 0)
        return true;
    StringList others = {complaints->items + 1, complaints->count - 1, complaints->count - 1};
    error_set(error, ERROR_DIFFERENT, "%s", complaints->items[0]);
    if (others.count > 0)
        error_detail(error, "%s", string_list_join(arena, &others, "; "));
    return error_hint(
        error,
        "The chunks in the ledger do not prove that every row was read: rehome itself never leaves them so. Begin the "
        "entity anew: `rehome rollback --entity %s`, then `rehome run`.",
        entity);
}

/* ---- the ledger ---- */

/* A table with a key may be cut by ctid all the same. */
static const KeyColumnList *key_of(const EntityPlan *entity, KeySetKind kind)
{
    static KeyColumn place = {.name = "ctid", .type = "pg_catalog.tid"};
    static const KeyColumnList places = {.items = &place, .count = 1};
    return kind == KEYSET_CTID ? &places : &entity->gathered->walk_key;
}

static const char *const *bound_of(Arena *arena, const Result *result, int row, int column, size_t width)
{
    size_t count = 0;
    const char **values = NULL;
    bool is_open = result_is_null(result, row, column) ||
                   !quote_parse_array(arena, result_text(result, row, column), &values, &count) || count != width;
    return is_open ? NULL : values;
}

static CoveredChunk chunk_of(Arena *arena, const EntityPlan *entity, const Result *result, int row, int first)
{
    KeySetKind kind = ledger_kind_of_method(result_text(result, row, first + 1));
    const KeyColumnList *key = key_of(entity, kind);
    return (CoveredChunk){.id = result_number(result, row, first),
                          .keys = {.kind = kind,
                                   .key = key,
                                   .low = bound_of(arena, result, row, first + 2, key->count),
                                   .high = bound_of(arena, result, row, first + 3, key->count)}};
}

static Result *ask_ledger(const Coverage *coverage, const char *sql, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_query(coverage->target, sql,
                      PARAMS(number_text(arena, coverage->migration), coverage->entity->entity->name), error);
}

static bool prove_pairs(Arena *arena, const Coverage *coverage, StringList *complaints, Error *error)
{
    AUTO(Result) *result = ask_ledger(coverage, sql_ledger_coverage, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        bool of_chunk = !result_is_null(result, row, 3);
        CoveredChunk chunk = of_chunk ? chunk_of(arena, coverage->entity, result, row, 2) : (CoveredChunk){0};
        LIST_PUSH(arena, complaints,
                  coverage_say(arena, coverage->entity->entity->name, result_text(result, row, 0),
                               result_number(result, row, 1), of_chunk ? &chunk : NULL));
    }
    return result != NULL;
}

static bool load_chunks(Arena *arena, const Coverage *coverage, CoveredChunkList *chunks, Error *error)
{
    AUTO(Result) *result = ask_ledger(coverage, sql_ledger_ranges, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        CoveredChunk *chunk = LIST_ADD(arena, chunks);
        *chunk = chunk_of(arena, coverage->entity, result, row, 0);
        chunk->driving = result_number(result, row, 4);
    }
    return result != NULL;
}

/* ---- the order of the keys ---- */

static bool has_two_ends(const CoveredChunk *chunk)
{
    return chunk->keys.low && chunk->keys.high;
}

/* The key of those with two ends; NULL: there is none. */
static const KeyColumnList *key_of_bounds(const CoveredChunkList *chunks)
{
    FOR_EACH(const CoveredChunk, chunk, *chunks)
        if (has_two_ends(chunk))
            return chunk->keys.key;
    return NULL;
}

/* The column in front gives the values its own collation, as a predicate on it would have. */
static void add_bounds(Text *sql, const EntityPlan *entity, const KeyColumnList *key, size_t first, const char *alias)
{
    text_add(sql, "(SELECT 0::pg_catalog.int8 AS rehome_number");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, ", %s", quote_name(sql->arena, key->items[i].name));
    text_addf(sql, " %s AND false UNION ALL SELECT rehome_number",
              transform_driving_from(sql->arena, entity->transform));
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, ", rehome_%zu::%s", i + 1, keyset_cast_name(key->items[i].type));
    text_add(sql, " FROM ROWS FROM (");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%spg_catalog.unnest($%zu::pg_catalog.text[])", i ? ", " : "", first + i);
    text_add(sql, ") WITH ORDINALITY AS rehome_bounds (");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "rehome_%zu, ", i + 1);
    text_addf(sql, "rehome_number)) AS %s", quote_name(sql->arena, alias));
}

static void add_params(Arena *arena, const CoveredChunkList *chunks, size_t columns, bool low, StringList *params)
{
    for (size_t i = 0; i < columns; i++) {
        StringList values = {0};
        FOR_EACH(const CoveredChunk, chunk, *chunks)
            if (has_two_ends(chunk))
                LIST_PUSH(arena, &values, low ? chunk->keys.low[i] : chunk->keys.high[i]);
        LIST_PUSH(arena, params, quote_array(arena, values.items, values.count));
    }
}

char *coverage_disorder(Arena *arena, const EntityPlan *entity, const CoveredChunkList *chunks, StringList *params)
{
    const KeyColumnList *key = key_of_bounds(chunks);
    if (!key)
        return NULL;
    add_params(arena, chunks, key->count, true, params);
    add_params(arena, chunks, key->count, false, params);
    Text sql = text_new(arena);
    text_add(&sql, "SELECT rehome_number FROM ");
    add_bounds(&sql, entity, key, 1, "l");
    text_add(&sql, " JOIN ");
    add_bounds(&sql, entity, key, 1 + key->count, "h");
    text_add(&sql, " USING (rehome_number) WHERE ((");
    keyset_order_by(&sql, key, "l");
    text_add(&sql, ") <= (");
    keyset_order_by(&sql, key, "h");
    text_add(&sql, ")) IS NOT TRUE ORDER BY 1 LIMIT 3");
    return sql.chars;
}

/* The number counts those chunks alone that have two ends. */
static const CoveredChunk *chunk_number(const CoveredChunkList *chunks, int64_t number)
{
    FOR_EACH(const CoveredChunk, chunk, *chunks)
        if (has_two_ends(chunk) && --number == 0)
            return chunk;
    return NULL;
}

static bool prove_order(Arena *arena, const Coverage *coverage, StringList *complaints, Error *error)
{
    CoveredChunkList chunks = {0};
    StringList params = {0};
    if (!load_chunks(arena, coverage, &chunks, error))
        return false;
    const char *sql = coverage_disorder(arena, coverage->entity, &chunks, &params);
    if (!sql)
        return true;
    AUTO(Result) *result = conn_query(coverage->source, sql, (Params){params.items, (int)params.count}, error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, complaints,
                  coverage_say(arena, coverage->entity->entity->name, "disorder", 1,
                               chunk_number(&chunks, result_number(result, row, 0))));
    return result != NULL;
}

bool coverage_prove(Arena *arena, const Coverage *coverage, StringList *complaints, Error *error)
{
    return (prove_pairs(arena, coverage, complaints, error) && prove_order(arena, coverage, complaints, error)) ||
           error_doing(error, "proving that the chunks of entity \"%s\" are all of it", coverage->entity->entity->name);
}

/* ---- driving rows ---- */

static void add_count(Text *sql, const Transform *transform)
{
    const KeySet everything = {.kind = KEYSET_EVERYTHING};
    const char *count = transform_driving_count(sql->arena, transform, &everything);
    if (count)
        text_addf(sql, "%s(%s)", sql->length > 0 ? " + " : "SELECT ", count);
}

char *coverage_count(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    if (!entity->gathered->merge)
        add_count(&sql, entity->transform);
    else
        FOR_EACH(const GatheredEntity, source, entity->gathered->merge->sources)
            add_count(&sql, source->transform);
    return sql.length > 0 ? sql.chars : NULL;
}

static bool load_driven(Arena *arena, const Coverage *coverage, int64_t *driven, const char **seen, Error *error)
{
    AUTO(Result) *result = ask_ledger(coverage, sql_ledger_driven, error);
    *driven = result ? result_number(result, 0, 0) : 0;
    *seen = result ? result_copy(arena, result, 0, 1) : NULL;
    return result != NULL;
}

/* Which chunks have read another number than there is in their ranges. */
static bool locate(Arena *arena, const Coverage *coverage, StringList *found, Error *error)
{
    enum { MOST = 3 };
    CoveredChunkList chunks = {0};
    if (!load_chunks(arena, coverage, &chunks, error))
        return false;
    for (size_t i = 0; i < chunks.count && chunks.count > 1 && found->count < MOST; i++) {
        const CoveredChunk *chunk = &chunks.items[i];
        AUTO(Result) *count =
            conn_query(coverage->source, transform_driving_count(arena, coverage->entity->transform, &chunk->keys),
                       NO_PARAMS, error);
        if (!count)
            return false;
        if (result_number(count, 0, 0) != chunk->driving)
            LIST_PUSH(arena, found,
                      arena_printf(arena, "%s has read %" PRId64 " of %" PRId64, print_chunk(arena, chunk),
                                   chunk->driving, result_number(count, 0, 0)));
    }
    return true;
}

bool coverage_compare(Arena *arena, const Coverage *coverage, int64_t counted, const char *seen, StringList *complaints,
                      StringList *notes, Error *error)
{
    int64_t driven = 0;
    const char *chunks_saw = NULL;
    StringList where = {0};
    if (!load_driven(arena, coverage, &driven, &chunks_saw, error) ||
        (driven != counted && !locate(arena, coverage, &where, error)))
        return error_doing(error, "comparing the driving rows of entity \"%s\"", coverage->entity->entity->name);
    if (driven == counted)
        return true;
    bool same = seen && chunks_saw && text_equal(seen, chunks_saw);
    const char *sentence = arena_printf(
        arena, "entity \"%s\": its chunks have read %" PRId64 " driving rows, and there %s %" PRId64 "%s%s%s",
        coverage->entity->entity->name, driven, counted == 1 ? "is" : "are", counted,
        same ? "" : " now, so the source was changed since", where.count > 0 ? ": " : "",
        string_list_join(arena, &where, "; "));
    LIST_PUSH(arena, same ? complaints : notes, sentence);
    return true;
}
