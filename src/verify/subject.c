#include "verify/subject.h"

#include "base/json.h"
#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <jansson.h>
#include <stdlib.h>

/* ---- who fills what ---- */

static const EntityState *state_of(const EntityStateList *states, const char *name)
{
    FOR_EACH(const EntityState, state, *states)
        if (text_equal(state->name, name))
            return state;
    return NULL;
}

static bool was_found_empty(const EntityPlan *entity, const EntityState *state)
{
    bool emptied = entity->write == WRITE_REPLACE && !entity->entity->scope.text;
    return emptied || (state ? state->was_empty : entity->gathered->into_empty);
}

static Subject *subject_for(Arena *arena, SubjectList *subjects, const Relation *into)
{
    FOR_EACH(Subject, subject, *subjects)
        if (subject->into == into)
            return subject;
    Subject *subject = LIST_ADD(arena, subjects);
    subject->into = into;
    return subject;
}

static void add_filling(Arena *arena, SubjectList *subjects, const EntityPlan *entity, const EntityState *state)
{
    Filling *filling = LIST_ADD(arena, &subject_for(arena, subjects, entity->into)->fillings);
    filling->entity = entity;
    filling->mappings = mapping_to_target(entity);
    filling->found_empty = was_found_empty(entity, state);
    filling->proved = state && text_equal(state->state, "copied");
}

/* ---- what is compared ---- */

/* A row that was there keeps its value in a column that the entity does not update. */
static bool is_kept(const Filling *filling, const Mapping *mapping)
{
    WriteMode write = filling->entity->write;
    return !filling->found_empty && (write == WRITE_UPSERT || write == WRITE_SKIP) && !mapping->updated &&
           !mapping->in_key;
}

static bool is_comparable(const Filling *filling, const Mapping *mapping)
{
    return mapping_is_compared(mapping) && !is_kept(filling, mapping);
}

static bool all_can_compare(const Subject *subject, const char *column)
{
    FOR_EACH(const Filling, filling, subject->fillings)
        if (!is_comparable(filling, mapping_find(filling->mappings, column)))
            return false;
    return true;
}

/* The first entity's key, if every row of every entity has it. */
static void choose_key(Subject *subject)
{
    const StringList *key = &subject->fillings.items[0].entity->key;
    FOR_EACH(const char *, column, *key)
        if (!all_can_compare(subject, *column))
            return;
    subject->key = *key;
}

static StringList compared_columns(Arena *arena, const Subject *subject, const Filling *filling)
{
    StringList columns = {0};
    FOR_EACH(const Column, column, subject->into->columns) {
        bool wanted = subject->key.count > 0 ? is_comparable(filling, mapping_find(filling->mappings, column->name))
                                             : all_can_compare(subject, column->name);
        if (wanted && !string_list_contains(&subject->key, column->name))
            LIST_PUSH(arena, &columns, column->name);
    }
    return columns;
}

static bool same_columns(const StringList *left, const StringList *right)
{
    for (size_t i = 0; i < left->count && left->count == right->count; i++)
        if (!text_equal(left->items[i], right->items[i]))
            return false;
    return left->count == right->count;
}

static size_t variant_of(Arena *arena, Subject *subject, StringList columns)
{
    for (size_t i = 0; i < subject->compared.count; i++)
        if (same_columns(&subject->compared.items[i], &columns))
            return i;
    LIST_PUSH(arena, &subject->compared, columns);
    return subject->compared.count - 1;
}

static void choose_columns(Arena *arena, Subject *subject)
{
    FOR_EACH(Filling, filling, subject->fillings) {
        StringList columns = compared_columns(arena, subject, filling);
        filling->variant = variant_of(arena, subject, columns);
        FOR_EACH(const Mapping, mapping, *filling->mappings)
            if (mapping->to && !string_list_contains(&columns, mapping->name) &&
                !string_list_contains(&subject->key, mapping->name))
                LIST_PUSH(arena, &filling->left_out, mapping->name);
    }
}

void subject_tell_by(Arena *arena, Subject *subject, const StringList *columns)
{
    subject->key = (StringList){0};
    FOR_EACH(const char *, column, *columns)
        if (all_can_compare(subject, *column))
            LIST_PUSH(arena, &subject->key, *column);
    subject->compared.count = 0;
    FOR_EACH(Filling, filling, subject->fillings)
        filling->left_out.count = 0;
    choose_columns(arena, subject);
}

static void choose_rows(Subject *subject)
{
    subject->scoped = true;
    bool found_empty = true;
    FOR_EACH(const Filling, filling, subject->fillings) {
        subject->scoped = subject->scoped && filling->entity->entity->scope.text;
        found_empty = found_empty && filling->found_empty;
    }
    subject->ours = subject->scoped || found_empty;
}

static HashBy hash_by(const Gathered *gathered)
{
    if (gathered->records_agree)
        return HASH_BY_ROW;
    return gathered->same || gathered->hashes_agree ? HASH_BY_ARRAY : HASH_BY_MD5;
}

void subjects_build(Arena *arena, const Plan *plan, const EntityStateList *states, SubjectList *subjects)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        add_filling(arena, subjects, entity, state_of(states, entity->entity->name));
    FOR_EACH(Subject, subject, *subjects) {
        choose_key(subject);
        choose_columns(arena, subject);
        choose_rows(subject);
        subject->buckets = 1;
        subject->hash_by = hash_by(plan->gathered);
    }
}

bool subject_is_summed(const Subject *subject)
{
    return subject->ours && subject->compared.count == 1;
}

bool subject_gives_driving_rows(const Filling *filling)
{
    const EntityPlan *entity = filling->entity;
    return entity->transform->yield == YIELD_ONE && entity->rejects.count == 0 && !entity->load &&
           !entity->gathered->merge && filling->refused.rows == 0;
}

/* ---- the rows of the source ---- */

static void set_bounds(HashedRows *rows, const Subject *subject, const char *key, bool indexed)
{
    if (subject->bounds.keys.count == 0)
        return;
    rows->bounds = &subject->bounds;
    rows->bounded = key;
    rows->indexed = indexed;
}

/* The transform gives the driving table's key as it stands, so that its index serves. */
static bool gives_driving_key(const Filling *filling, const Mapping *mapping)
{
    const KeyColumnList *driving = &filling->entity->gathered->walk_key;
    FOR_EACH(const Lineage, lineage, filling->entity->transform->lineages)
        if (text_equal(lineage->name, mapping->name))
            return driving->count == 1 && !lineage->computed && !lineage->other && !lineage->cast &&
                   lineage->columns.count == 1 && text_equal(lineage->columns.items[0], driving->items[0].name) &&
                   mapping->from_type->oid == mapping->to_type->oid;
    return false;
}

static void set_source_bounds(HashedRows *rows, const Subject *subject, const Filling *filling)
{
    if (subject->bounds.keys.count == 0)
        return;
    const Mapping *mapping = mapping_find(filling->mappings, subject->key.items[0]);
    set_bounds(rows, subject, mapping->select_sql, !filling->entity->load && gives_driving_key(filling, mapping));
}

/* A SELECT's rows without those that a reject test takes: the target is not to have them. User text may end in a
 * comment, so what follows it begins a line. */
static char *kept_of(Arena *arena, const char *select, const RejectTestList *tests)
{
    Text sql = text_new(arena);
    text_addf(&sql, "(%s\n) AS \"q\"", select);
    FOR_EACH(const RejectTest, test, *tests)
        text_addf(&sql, "%s (%s\n)", test == tests->items ? " WHERE (" : " OR", test->condition);
    if (tests->count > 0)
        text_add(&sql, ") IS NOT TRUE");
    return sql.chars;
}

/* Nor is it to have those that it has refused. */
static char *kept_rows(Arena *arena, const Filling *filling, const EntityPlan *entity, const KeySet *keys,
                       TransformShape shape)
{
    const Exception *refused = &filling->refused;
    KeySet left = *keys;
    left.except_key = refused->keys.except_key;
    left.except = refused->keys.except;
    if (refused->given.any && refused->given.shown)
        shape = TRANSFORM_WITH_KEY;
    return exception_leave_out(arena, entity, &refused->given, &entity->mappings,
                               kept_of(arena, transform_narrow(arena, entity->transform, &left, shape), &entity->rejects));
}

/* The rows that `load` gives. */
static char *kept_loaded(Arena *arena, const Filling *filling, const EntityPlan *entity)
{
    return exception_leave_out(arena, entity, &filling->refused.loaded, &entity->load_mappings,
                               kept_of(arena, entity->load, &entity->load_rejects));
}

static const char *element_of(const Mapping *mapping, HashBy by, bool of_source)
{
    if (by == HASH_BY_ROW)
        return of_source ? mapping->row_from_sql : mapping->row_to_sql;
    return of_source ? mapping->hash_from_sql : mapping->hash_to_sql;
}

/* What is hashed of these columns on one of the sides. */
static StringList elements_of(Arena *arena, const Subject *subject, const Filling *filling, const StringList *columns,
                              bool of_source)
{
    StringList elements = {0};
    FOR_EACH(const char *, column, *columns)
        LIST_PUSH(arena, &elements, element_of(mapping_find(filling->mappings, *column), subject->hash_by, of_source));
    return elements;
}

static const char *shown_driving(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    for (size_t i = 1; i <= plan_driving_key(entity)->count; i++)
        text_addf(&sql, "%s\"q\".rehome_key_%zu", i == 1 ? "ARRAY[" : ", ", i);
    text_add(&sql, "]::pg_catalog.text[] AS driving");
    return sql.chars;
}

HashedRows subject_source_rows(Arena *arena, const Subject *subject, const Filling *filling, const EntityPlan *entity,
                               const KeySet *keys, TransformShape shape)
{
    if (entity->load || !entity->transform->shows_key)
        shape = TRANSFORM_PLAIN;
    HashedRows rows = {.by = subject->hash_by,
                       .alias = "q",
                       .entity = arena_printf(arena, "%td", filling - subject->fillings.items + 1)};
    rows.from = entity->load ? kept_loaded(arena, filling, entity) : kept_rows(arena, filling, entity, keys, shape);
    rows.also = shape == TRANSFORM_WITH_KEY ? shown_driving(arena, entity) : NULL;
    rows.identity = elements_of(arena, subject, filling, &subject->key, true);
    FOR_EACH(const char *, column, subject->key)
        LIST_PUSH(arena, &rows.key,
                  arena_printf(arena, "(%s)::pg_catalog.text", mapping_find(filling->mappings, *column)->select_sql));
    LIST_PUSH(arena, &rows.compared,
              elements_of(arena, subject, filling, &subject->compared.items[filling->variant], true));
    set_source_bounds(&rows, subject, filling);
    return rows;
}

char *subject_staged_select(Arena *arena, const Filling *filling, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    FOR_EACH(const Mapping, mapping, entity->mappings)
        text_addf(&sql, "%s%s", mapping == entity->mappings.items ? "SELECT " : ", ", mapping->select_sql);
    text_addf(&sql, " FROM %s", kept_rows(arena, filling, entity, keys, TRANSFORM_PLAIN));
    return sql.chars;
}

char *subject_create_staged(Arena *arena, const EntityPlan *entity)
{
    Text sql = text_new(arena);
    FOR_EACH(const Mapping, mapping, entity->mappings)
        text_addf(&sql, "%s%s %s", mapping == entity->mappings.items ? "CREATE TEMPORARY TABLE staged (" : ", ",
                  quote_name(arena, mapping->name), mapping->stage_type);
    text_add(&sql, ")");
    return sql.chars;
}

/* ---- the rows of the target ---- */

char *subject_scopes(Arena *arena, const Subject *subject)
{
    Text sql = text_new(arena);
    FOR_EACH(const Filling, filling, subject->fillings)
        text_addf(&sql, "%s(%s\n)", filling == subject->fillings.items ? "" : " OR ",
                  filling->entity->entity->scope.text);
    return sql.chars;
}

/* A row counts for the first entity whose scope it is in. All rows are in one of them, so the last need not be asked
 * again: a scope may be a sub-select that costs much. */
static void add_entity_number(Text *sql, const Subject *subject)
{
    size_t last = subject->fillings.count;
    text_add(sql, last > 1 ? ", CASE" : ", ");
    for (size_t i = 0; i + 1 < last; i++)
        text_addf(sql, " WHEN (%s\n) THEN %zu", subject->fillings.items[i].entity->entity->scope.text, i + 1);
    text_addf(sql, last > 1 ? " ELSE %zu END AS rehome_entity" : "%zu AS rehome_entity", last);
}

/* A sub-select, so that scopes see the table's bare columns. */
static char *target_from(Arena *arena, const Subject *subject, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "(SELECT *");
    if (subject->scoped)
        add_entity_number(&sql, subject);
    bool only = subject->into->kind == 'r' && subject->into->has_children;
    text_addf(&sql, " FROM %s%s WHERE ", only ? "ONLY " : "", subject->into->sql_name);
    if (subject->scoped)
        text_addf(&sql, "(%s) AND ", subject_scopes(arena, subject));
    keyset_predicate(&sql, keys, NULL);
    text_add(&sql, ") AS \"t\"");
    return sql.chars;
}

static const Filling *first_of_variant(const Subject *subject, size_t variant)
{
    const Filling *filling = subject->fillings.items;
    while (filling->variant != variant)
        filling++;
    return filling;
}

HashedRows subject_target_rows(Arena *arena, const Subject *subject, const KeySet *keys)
{
    HashedRows rows = {.by = subject->hash_by, .alias = "t", .entity = subject->scoped ? "\"t\".rehome_entity" : "1"};
    rows.from = target_from(arena, subject, keys);
    rows.identity = elements_of(arena, subject, &subject->fillings.items[0], &subject->key, false);
    FOR_EACH(const char *, column, subject->key)
        LIST_PUSH(arena, &rows.key, arena_printf(arena, "\"t\".%s::pg_catalog.text", quote_name(arena, *column)));
    for (size_t variant = 0; variant < subject->compared.count; variant++)
        LIST_PUSH(
            arena, &rows.compared,
            elements_of(arena, subject, first_of_variant(subject, variant), &subject->compared.items[variant], false));
    if (subject->bounds.keys.count > 0)
        set_bounds(&rows, subject, arena_printf(arena, "\"t\".%s", quote_name(arena, subject->key.items[0])), true);
    return rows;
}

/* The hash over the columns that the row's entity fills, by the entity's number. */
static char *hash_of_entity(Arena *arena, const Subject *subject)
{
    if (subject->compared.count == 1)
        return "p.h";
    Text sql = text_new(arena);
    FOR_EACH(const Filling, filling, subject->fillings)
        text_addf(&sql, "%s%zu", filling == subject->fillings.items ? "p.h[('{" : ",", filling->variant + 1);
    text_add(&sql, "}'::pg_catalog.int4[])[coalesce(s.entity, p.entity)]]");
    return sql.chars;
}

/* Where others have rows too, only those that the source has are looked at. */
char *subject_insert_target(Arena *arena, const Subject *subject, const HashedRows *rows, BucketFilter filter)
{
    Text sql = text_new(arena);
    text_addf(&sql,
              "INSERT INTO pg_temp.rehome_target (entity, kh, h, key) SELECT p.entity, p.kh, %s, p.key FROM (%s) AS p",
              hash_of_entity(arena, subject), hashed_pairs(arena, rows, filter));
    if (!subject_is_summed(subject))
        text_addf(&sql,
                  " %s JOIN (SELECT kh, pg_catalog.min(entity) AS entity FROM pg_temp.rehome_source GROUP BY kh) AS s "
                  "USING (kh)",
                  subject->ours ? "LEFT" : "INNER");
    return sql.chars;
}

const MappingList *subject_mappings(const Subject *subject, const char *column)
{
    FOR_EACH(const Filling, filling, subject->fillings)
        if (string_list_contains(&subject->compared.items[filling->variant], column))
            return filling->mappings;
    return subject->fillings.items[0].mappings;
}

/* ---- keys for people ---- */

static bool is_integer(const Subject *subject, const char *column)
{
    Mapping *mapping = mapping_find(subject->fillings.items[0].mappings, column);
    const char *name = mapping->to_type ? mapping->to_type->name : NULL;
    return text_equal(name, "int8") || text_equal(name, "int4") || text_equal(name, "int2");
}

static json_t *json_of(const char *value, bool number)
{
    if (!value)
        return json_null();
    return number ? json_integer(strtoll(value, NULL, 10)) : json_string(value);
}

char *subject_print_key(Arena *arena, const Subject *subject, const char *const *values)
{
    json_auto_t *object = json_object();
    for (size_t i = 0; i < subject->key.count; i++)
        json_object_set_new(object, subject->key.items[i],
                            json_of(values[i], is_integer(subject, subject->key.items[i])));
    return json_text(arena, object, JSON_COMPACT);
}
