#include "engine/origin.h"

#include "base/text.h"
#include "copy/statement.h"
#include "ledger/crosswalk.h"
#include "pg/copy_stream.h"
#include "pg/quote.h"
#include "plan/mapping.h"
#include "sql/embedded.h"
#include "verify/subject.h"

#include <inttypes.h>
#include <string.h>

/* One search: the table, who fills it, and what was found so far. */
typedef struct Search {
    Arena *arena;
    const OriginRequest *request;
    const Subject *subject;
    Origins *found;
    const char *hashes; /* an array: which rows the source is asked for */
} Search;

/* ---- the rows of the target ---- */

static Subject *find_subject(Arena *arena, const OriginRequest *request)
{
    SubjectList *subjects = NEW(arena, SubjectList);
    subjects_build(arena, request->plan, &(EntityStateList){0}, subjects);
    FOR_EACH(Subject, subject, *subjects)
        if (subject->into == request->relation) {
            subject_tell_by(arena, subject, request->tell);
            return subject;
        }
    return NULL;
}

/* Driving rows that give nothing are not asked again: the transform may fail for them. */
static bool find_refused(Arena *arena, const OriginRequest *request, Subject *subject, Error *error)
{
    FOR_EACH(Filling, filling, subject->fillings)
        if (!exception_load(arena, request->target, request->migration, filling->entity, &filling->refused, error))
            return false;
    return true;
}

static void learn_entities(const Search *search)
{
    Origins *found = search->found;
    FOR_EACH(const Filling, filling, search->subject->fillings) {
        const EntityPlan *entity = filling->entity;
        LIST_PUSH(search->arena, &found->entities, entity);
        FOR_EACH(const char *, column, entity->key)
            if (!string_list_contains(&found->told, *column))
                LIST_PUSH(search->arena, &found->told, *column);
        FOR_EACH(const KeptKey, kept, entity->kept_keys)
            if (!kept->column->is_old && !string_list_contains(&found->told, kept->key))
                LIST_PUSH(search->arena, &found->told, kept->key);
    }
}

static void add_texts(Text *sql, const StringList *columns, const char *name)
{
    text_add(sql, ", ARRAY[");
    FOR_EACH(const char *, column, *columns)
        text_addf(sql, "%s\"t\".%s::pg_catalog.text", column == columns->items ? "" : ", ",
                  quote_name(sql->arena, *column));
    text_addf(sql, "]::pg_catalog.text[] AS %s", name);
}

static OutputColumnList columns_of(Arena *arena, const Relation *relation)
{
    OutputColumnList columns = {0};
    FOR_EACH(const Column, column, relation->columns)
        LIST_PUSH(arena, &columns, ((OutputColumn){.name = column->name}));
    return columns;
}

/* What one of the entities that fill the table hides, a row of the table hides. */
static StringList hidden_by_any(const Search *search)
{
    StringList hidden = {0};
    FOR_EACH(const Filling, filling, search->subject->fillings)
        FOR_EACH(const char *, column, filling->entity->hidden)
            LIST_PUSH(search->arena, &hidden, *column);
    return hidden;
}

/* The rows at these places. */
static char *offending_rows(const Search *search)
{
    const Relation *relation = search->request->relation;
    return arena_printf(search->arena,
                        "(SELECT t.*, p.rehome_part, p.rehome_place, p.rehome_group FROM %s%s AS t JOIN pg_temp.rehome_place "
                        "AS p ON t.ctid = p.rehome_place AND t.tableoid = p.rehome_part) AS \"t\"",
                        relation->kind == 'r' ? "ONLY " : "", relation->sql_name);
}

static char *select_offenders(const Search *search)
{
    Arena *arena = search->arena;
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    HashedRows rows = subject_target_rows(arena, search->subject, &everything);
    OutputColumnList columns = columns_of(arena, search->request->relation);
    StringList hidden = hidden_by_any(search);
    Text also = text_new(arena);
    text_add(&also, "\"t\".rehome_part, \"t\".rehome_place, \"t\".rehome_group");
    add_texts(&also, &search->found->told, "told");
    add_texts(&also, search->request->refers, "refers");
    text_add(&also, ", ");
    statement_add_row(&also, &columns, "\"t\"", &hidden);
    text_add(&also, " AS target_row");
    rows.from = offending_rows(search);
    rows.entity = "0";
    rows.also = also.chars;
    return arena_printf(arena,
                        "INSERT INTO pg_temp.rehome_offender (part, place, rank_group, kh, h, told, refers, target_row) "
                        "SELECT p.rehome_part, p.rehome_place, p.rehome_group, p.kh, %s, p.told, p.refers, p.target_row "
                        "FROM (%s) AS p",
                        search->subject->compared.count > 1 ? "p.h" : "ARRAY[p.h]",
                        hashed_pairs(arena, &rows, (BucketFilter){0}));
}

/* First where they are, for which all of the table is read, then the rows. Nobody knows yet what values the table has,
 * and the server would rather sort them than hash them. */
static bool stage_places(const Search *search, Error *error)
{
    Conn *target = search->request->target;
    const char *create = arena_printf(search->arena, "CREATE TEMPORARY TABLE rehome_place ON COMMIT DROP AS %s",
                                      search->request->rows);
    return conn_exec(target, "SET LOCAL enable_mergejoin = off", NO_PARAMS, NULL, error) &&
           conn_exec(target, create, NO_PARAMS, NULL, error) &&
           conn_exec(target, "SET LOCAL enable_mergejoin = on", NO_PARAMS, NULL, error) &&
           conn_exec(target, "ANALYZE pg_temp.rehome_place", NO_PARAMS, NULL, error);
}

static bool stage_offenders(Search *search, Error *error)
{
    Conn *target = search->request->target;
    if (!conn_exec(target, sql_engine_drop_offenders, NO_PARAMS, NULL, error) || !stage_places(search, error) ||
        !conn_exec(target, sql_engine_create_offenders, NO_PARAMS, NULL, error) ||
        !conn_exec(target, sql_engine_create_origins, NO_PARAMS, NULL, error) ||
        !conn_exec(target, select_offenders(search), NO_PARAMS, NULL, error))
        return false;
    AUTO(Result) *result = conn_query(target, sql_engine_offender_hashes, NO_PARAMS, error);
    if (!result)
        return false;
    search->found->rows = result_number(result, 0, 0);
    search->hashes = result_copy(search->arena, result, 0, 1);
    return true;
}

/* ---- the rows of the source ---- */

static bool is_text(const Mapping *mapping)
{
    return mapping->to_type && mapping->to_type->category == 'S';
}

/* What `also` shows of the driving key, or of the mapped key where that cannot be seen. */
static void add_order(Text *sql, const EntityPlan *entity)
{
    size_t number = 0;
    if (entity->transform->shows_key)
        for (size_t i = 1; i <= entity->gathered->walk_key.count || i == 1; i++)
            text_addf(sql, "\"q\".rehome_key_%zu, ", i);
    else
        FOR_EACH(const char *, name, entity->key) {
            const Mapping *mapping = mapping_find(&entity->mappings, *name);
            text_addf(sql, "(%s)%s AS rehome_key_%zu, ", mapping->select_sql,
                      is_text(mapping) ? " COLLATE \"C\"" : "", ++number);
        }
}

static void add_ordering(Text *sql, const EntityPlan *entity)
{
    const KeyColumnList *key = &entity->gathered->walk_key;
    if (!entity->transform->shows_key)
        for (size_t i = 1; i <= entity->key.count; i++)
            text_addf(sql, "p.rehome_key_%zu, ", i);
    else if (key->count == 0)
        text_add(sql, "p.rehome_key_1::pg_catalog.tid, ");
    else
        for (size_t i = 0; i < key->count; i++)
            text_addf(sql, "p.rehome_key_%zu::%s%s, ", i + 1, keyset_cast_name(key->items[i].type),
                      key->items[i].collate_c ? " COLLATE \"C\"" : "");
    text_add(sql, "p.h");
}

/* A place in the heap says nothing where several heaps are read. */
static bool shows_driving(const EntityPlan *entity)
{
    bool physical = entity->gathered->walk_key.count == 0;
    return entity->transform->shows_key && entity->driving && entity->driving->may_select &&
           !(physical && entity->driving->has_children && !entity->transform->only);
}

static void add_driving_row(Text *sql, const EntityPlan *entity)
{
    const KeyColumnList *key = &entity->gathered->walk_key;
    if (!shows_driving(entity)) {
        text_add(sql, "NULL::pg_catalog.jsonb");
        return;
    }
    OutputColumnList columns = columns_of(sql->arena, entity->driving);
    text_add(sql, "(SELECT ");
    statement_add_row(sql, &columns, "\"d\"", &entity->hidden);
    text_addf(sql, " FROM %s%s AS \"d\" WHERE ", entity->transform->only ? "ONLY " : "", entity->driving->sql_name);
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%s\"d\".%s = p.rehome_key_%zu::%s", i ? " AND " : "", quote_name(sql->arena, key->items[i].name),
                  i + 1, keyset_cast_name(key->items[i].type));
    if (key->count == 0)
        text_add(sql, "\"d\".ctid = p.rehome_key_1::pg_catalog.tid");
    text_add(sql, ")");
}

static const char *after_from(const char *from)
{
    return from + strlen(" FROM ");
}

/* `entity` is the filling's, with its crosswalks. */
static char *select_origins(const Search *search, const Filling *filling, const EntityPlan *entity, const KeySet *keys)
{
    Arena *arena = search->arena;
    KeySet asked = *keys;
    asked.except_key = filling->refused.keys.except_key;
    asked.except = filling->refused.keys.except;
    bool shown = entity->transform->shows_key;
    HashedRows rows = subject_source_rows(arena, search->subject, filling, entity, &asked, TRANSFORM_PLAIN);
    Text also = text_new(arena), sql = text_new(arena);
    add_order(&also, entity);
    if (shown)
        statement_add_driving_key(&also, entity, "\"q\"");
    else
        text_add(&also, "NULL::pg_catalog.jsonb");
    text_add(&also, " AS source_key, ");
    statement_add_row(&also, &entity->gathered->output, "\"q\"", &entity->hidden);
    text_add(&also, " AS source_row");
    rows.also = also.chars;
    rows.from = after_from(
        statement_from_kept(arena, entity, &asked, shown ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN));
    text_add(&sql, "SELECT p.entity, pg_catalog.row_number() OVER (ORDER BY ");
    add_ordering(&sql, entity);
    text_add(&sql, "), p.kh, p.h, p.source_key, p.source_row, ");
    add_driving_row(&sql, entity);
    text_addf(&sql, " FROM (%s) AS p WHERE p.kh IN (SELECT pg_catalog.unnest(%s::pg_catalog.int8[]))",
              hashed_pairs(arena, &rows, (BucketFilter){0}), quote_literal(arena, search->hashes));
    return sql.chars;
}

static const char origin_columns[] = "entity, turn, kh, h, source_key, source_row, driving_row";

static bool ask_source(const Search *search, const Filling *filling, const KeySet *keys, Error *error)
{
    const OriginRequest *request = search->request;
    Arena *arena = search->arena;
    CrosswalkReach reach = {request->plan->gathered, request->migration, request->source, request->target,
                            request->snapshot};
    const EntityPlan *entity = crosswalk_bring(arena, &reach, filling->entity, error);
    if (!entity)
        return false;
    const char *select = select_origins(search, filling, entity, keys);
    if (request->source == request->target)
        return conn_exec(request->target,
                         arena_printf(arena, "INSERT INTO pg_temp.rehome_origin (%s) %s", origin_columns, select),
                         NO_PARAMS, NULL, error);
    CopyResult copied;
    return copy_stream_relay(request->source, arena_printf(arena, "COPY (%s) TO STDOUT", select), request->target,
                             arena_printf(arena, "COPY pg_temp.rehome_origin (%s) FROM STDIN", origin_columns), NULL,
                             &copied, error);
}

static bool ask_sources(const Search *search, const KeySet *keys, Error *error)
{
    FOR_EACH(const Filling, filling, search->subject->fillings)
        if (!filling->entity->load && !ask_source(search, filling, keys, error))
            return error_doing(error, "looking for the rows of \"%s\" on the source", filling->entity->entity->name);
    return true;
}

/* ---- what belongs together ---- */

static bool forget_rejected(const Search *search, Error *error)
{
    Arena *arena = search->arena;
    StringList names = {0};
    FOR_EACH(const EntityPlan *, entity, search->found->entities)
        LIST_PUSH(arena, &names, (*entity)->entity->name);
    return conn_exec(search->request->target, sql_engine_forget_rejected_origins,
                     PARAMS(arena_printf(arena, "%" PRId64, search->request->migration),
                            quote_array(arena, names.items, names.count)),
                     NULL, error);
}

static const char *numbers_of_variant(const Search *search, size_t variant)
{
    Text numbers = text_new(search->arena);
    FOR_EACH(const Filling, filling, search->subject->fillings)
        if (filling->variant == variant)
            text_addf(&numbers, "%s%td", numbers.length ? "," : "{", filling - search->subject->fillings.items + 1);
    text_add(&numbers, "}");
    return numbers.chars;
}

/* Of two entities that fill different columns the one with more of them is asked first: its rows are told more surely. */
static bool match(const Search *search, Error *error)
{
    const Subject *subject = search->subject;
    size_t most = subject->into->columns.count;
    for (size_t columns = most + 1; columns > 0; columns--)
        for (size_t variant = 0; variant < subject->compared.count; variant++) {
            if (subject->compared.items[variant].count != columns - 1)
                continue;
            Params params =
                PARAMS(arena_printf(search->arena, "%zu", variant + 1), numbers_of_variant(search, variant));
            if (!conn_exec(search->request->target, sql_engine_match_origins, params, NULL, error))
                return false;
        }
    return true;
}

/* The one entity whose driving rows cannot be asked for; 0: there is none, or more than one. */
static size_t only_silent(const Search *search)
{
    size_t number = 0, count = 0;
    FOR_EACH(const Filling, filling, search->subject->fillings)
        if (filling->entity->load) {
            number = (size_t)(filling - search->subject->fillings.items) + 1;
            count++;
        }
    return count == 1 ? number : 0;
}

static bool adopt(const Search *search, Error *error)
{
    size_t number = only_silent(search);
    if (number == 0)
        return true;
    return conn_exec(search->request->target, sql_engine_adopt_offenders,
                     PARAMS(arena_printf(search->arena, "%zu", number)), NULL, error);
}

static bool count_strangers(const Search *search, Error *error)
{
    AUTO(Result) *result = conn_query(search->request->target, sql_engine_count_strangers, NO_PARAMS, error);
    if (result)
        search->found->strangers = result_number(result, 0, 0);
    return result != NULL;
}

/* Looks among the driving rows of these keys. */
static bool look_among(const Search *search, const KeySet *keys, Error *error)
{
    return ask_sources(search, keys, error) && forget_rejected(search, error) && match(search, error) &&
           adopt(search, error) && count_strangers(search, error);
}

/* ---- a guess ---- */

enum { MOST_GUESSED = 20000 };

/* Most tables keep the key of the old one. A text may not be the same text over there. */
static bool may_keep_key(const Search *search)
{
    const EntityPlan *entity = search->subject->fillings.items[0].entity;
    if (search->subject->fillings.count > 1 || entity->load || entity->gathered->merge || !entity->transform->narrowable ||
        entity->gathered->narrow_refused || search->found->rows > MOST_GUESSED)
        return false;
    FOR_EACH(const KeyColumn, column, entity->gathered->walk_key) {
        const Mapping *mapping = mapping_find(&entity->mappings, column->name);
        if (!mapping || !mapping->in_key || !text_equal(mapping->to->type_name, column->type) || is_text(mapping) ||
            !text_equal(mapping->to_type->schema, "pg_catalog"))
            return false;
    }
    return entity->gathered->walk_key.count > 0;
}

static char *select_guesses(const Search *search)
{
    Text sql = text_new(search->arena);
    FOR_EACH(const KeyColumn, column, search->subject->fillings.items[0].entity->gathered->walk_key)
        FOR_EACH(const char *, name, search->found->told)
            if (text_equal(*name, column->name))
                text_addf(&sql, "%stold[%td]", sql.length ? ", " : "SELECT DISTINCT ", name - search->found->told.items + 1);
    text_add(&sql, " FROM pg_temp.rehome_offender");
    return sql.chars;
}

/* The driving rows with the keys that the refused rows have. What they give is compared as everything else, so a wrong
 * guess finds nothing; then all driving rows are looked at. */
static bool look_by_guess(const Search *search, Error *error)
{
    const KeyColumnList *key = &search->subject->fillings.items[0].entity->gathered->walk_key;
    AUTO(Result) *guesses = conn_query(search->request->target, select_guesses(search), NO_PARAMS, error);
    if (!guesses)
        return false;
    size_t count = (size_t)result_rows(guesses);
    const char *const **list = NEW_ARRAY(search->arena, const char *const *, count);
    for (size_t row = 0; row < count; row++) {
        const char **values = NEW_ARRAY(search->arena, const char *, key->count);
        for (size_t i = 0; i < key->count; i++)
            values[i] = result_text(guesses, (int)row, (int)i);
        list[row] = values;
    }
    KeySet keys = {.kind = KEYSET_LIST, .key = key, .keys = list, .count = count};
    return look_among(search, &keys, error);
}

static bool look(const Search *search, Error *error)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    if (may_keep_key(search)) {
        if (!look_by_guess(search, error) || search->found->strangers == 0)
            return error->kind == ERROR_NONE;
        if (!conn_exec(search->request->target, sql_engine_forget_matches, NO_PARAMS, NULL, error) ||
            !conn_exec(search->request->target, "TRUNCATE pg_temp.rehome_origin", NO_PARAMS, NULL, error))
            return false;
    }
    return look_among(search, &everything, error);
}

bool origin_find(Arena *arena, const OriginRequest *request, Origins *found, Error *error)
{
    Subject *subject = find_subject(arena, request);
    Search search = {.arena = arena, .request = request, .subject = subject, .found = found};
    *found = (Origins){0};
    if (!subject)
        return error_set(error, ERROR_STATE, "no entity of this plan fills %s", request->relation->sql_name);
    if (!find_refused(arena, request, subject, error))
        return false;
    learn_entities(&search);
    return stage_offenders(&search, error) && (found->rows == 0 || look(&search, error));
}
