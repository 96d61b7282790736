#include "plan/crosswalk.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <string.h>

#define PREFIX "crosswalk_"
enum { LONGEST_NAME = 63 };
static const char TEXT[] = "\"pg_catalog\".\"text\"";

char *crosswalk_title(Arena *arena, const char *entity)
{
    return arena_strndup(arena, entity, strcspn(entity, "["));
}

char *crosswalk_table(Arena *arena, const char *entity)
{
    return arena_printf(arena, PREFIX "%s", crosswalk_title(arena, entity));
}

const Crosswalk *crosswalk_find(const CrosswalkList *crosswalks, const char *table)
{
    FOR_EACH(const Crosswalk, crosswalk, *crosswalks)
        if (text_equal(crosswalk->table, table))
            return crosswalk;
    return NULL;
}

bool crosswalk_is_of(const Crosswalk *crosswalk, const Entity *entity)
{
    size_t length = strcspn(entity->name, "[");
    const char *title = crosswalk->table + strlen(PREFIX);
    return entity->crosswalk && strlen(title) == length && strncmp(title, entity->name, length) == 0;
}

/* ---- what it is made of ---- */

static const CrosswalkColumn *find_column(const Crosswalk *crosswalk, const char *name)
{
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        if (text_equal(column->name, name))
            return column;
    return NULL;
}

/* Between two servers only the types that PostgreSQL brings mean the same. */
static const char *shared_type(Arena *arena, const Gathered *gathered, const Catalog *catalog, const Column *column)
{
    int32_t typmod = column->typmod;
    const Type *type = catalog_base_type(catalog, column->type, &typmod);
    bool known = type && (gathered->same || (type_is_builtin(type) && type->kind != 'p'));
    return known ? quote_qualified(arena, type->schema, type->name) : TEXT;
}

static void add_column(Arena *arena, Crosswalk *crosswalk, const Entity *entity, CrosswalkColumn column,
                       Mistakes *mistakes)
{
    CrosswalkColumn *there = (CrosswalkColumn *)find_column(crosswalk, column.name);
    if (!there)
        LIST_PUSH(arena, &crosswalk->columns, column);
    else if (!text_equal(there->type, column.type) && !there->exists)
        there->type = TEXT;
    else if (!text_equal(there->type, column.type) && !text_equal(there->type, TEXT))
        mistake_add(
            mistakes, entity->crosswalk_place,
            "entity \"%s\": %s has \"%s\" as %s from an earlier migration, and it is %s here; drop that table when "
            "nobody needs its rows any more, or give the entity another name",
            entity->name, crosswalk->sql_name, column.name, there->type, column.type);
}

static void add_old(Arena *arena, const Gathered *gathered, const GatheredEntity *entity, Crosswalk *crosswalk,
                    Mistakes *mistakes)
{
    FOR_EACH(const KeyColumn, key, entity->walk_key) {
        const Column *column = relation_column(entity->driving, key->name);
        add_column(arena, crosswalk, entity->entity,
                   (CrosswalkColumn){.name = arena_printf(arena, "old_%s", key->name),
                                     .type = shared_type(arena, gathered, gathered->source, column),
                                     .is_old = true},
                   mistakes);
    }
}

static void add_new_column(Arena *arena, const Gathered *gathered, const GatheredEntity *entity, const Column *column,
                           Crosswalk *crosswalk, Mistakes *mistakes)
{
    if (column)
        add_column(arena, crosswalk, entity->entity,
                   (CrosswalkColumn){.name = arena_printf(arena, "new_%s", column->name),
                                     .type = shared_type(arena, gathered, gathered->target, column)},
                   mistakes);
}

static void add_new(Arena *arena, const Gathered *gathered, const GatheredEntity *entity, Crosswalk *crosswalk,
                    Mistakes *mistakes)
{
    const Index *index = entity->entity->key.count ? NULL : relation_walk_key(entity->into);
    FOR_EACH(const Name, name, entity->entity->key)
        add_new_column(arena, gathered, entity, relation_column(entity->into, name->name), crosswalk, mistakes);
    if (index)
        FOR_EACH(const int, number, index->columns)
            add_new_column(arena, gathered, entity, relation_column_by_number(entity->into, *number), crosswalk,
                           mistakes);
}

static Crosswalk *table_for(Arena *arena, const Entity *entity, CrosswalkList *crosswalks, Mistakes *mistakes)
{
    const char *table = crosswalk_table(arena, entity->name);
    Crosswalk *crosswalk = (Crosswalk *)crosswalk_find(crosswalks, table);
    if (crosswalk)
        return crosswalk;
    if (strlen(table) > LONGEST_NAME)
        mistake_add(
            mistakes, entity->crosswalk_place,
            "entity \"%s\": the name of its table rehome.%s is longer than %d bytes; give the entity a shorter one",
            entity->name, table, LONGEST_NAME);
    crosswalk = LIST_ADD(arena, crosswalks);
    *crosswalk = (Crosswalk){.table = table, .sql_name = quote_qualified(arena, "rehome", table)};
    return crosswalk;
}

void crosswalk_define(Arena *arena, const Gathered *gathered, CrosswalkList *crosswalks, Mistakes *mistakes)
{
    FOR_EACH(const GatheredEntity, entity, gathered->entities) {
        if (!entity->entity->crosswalk || !entity->into)
            continue;
        Crosswalk *crosswalk = table_for(arena, entity->entity, crosswalks, mistakes);
        if (entity->driving)
            add_old(arena, gathered, entity, crosswalk, mistakes);
        add_new(arena, gathered, entity, crosswalk, mistakes);
    }
}

/* ---- who reads it ---- */

void crosswalk_seat_empty(Arena *arena, const CrosswalkList *crosswalks, SeatList *seats)
{
    FOR_EACH(const Crosswalk, crosswalk, *crosswalks) {
        Text sql = text_new(arena);
        text_addf(&sql, "SELECT NULL::%s AS entity, NULL::%s AS source", TEXT, TEXT);
        FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
            text_addf(&sql, ", NULL::%s AS %s", column->type, quote_name(arena, column->name));
        text_add(&sql, " WHERE false");
        LIST_PUSH(arena, seats, ((Seat){crosswalk->table, sql.chars}));
    }
}

static bool is_read_of_crosswalk(const TableRead *read)
{
    return text_equal(read->schema, "rehome") && text_starts_with(read->name, PREFIX);
}

/* An entity that the table is called after, with or without crosswalk. */
static const Entity *entity_of_table(Arena *arena, const Manifest *manifest, const char *table)
{
    FOR_EACH(const Entity, entity, manifest->entities)
        if (text_equal(crosswalk_table(arena, entity->name), table))
            return entity;
    return NULL;
}

static const char *nearest_table(Arena *arena, const Manifest *manifest, const char *table)
{
    StringList tables = {0};
    FOR_EACH(const Entity, entity, manifest->entities)
        if (entity->crosswalk)
            LIST_PUSH(arena, &tables, crosswalk_table(arena, entity->name));
    const char *nearest = string_list_nearest(&tables, table);
    return nearest ? arena_printf(arena, "; did you mean rehome.%s?", nearest) : "";
}

/* The rows it would find are another entity's, and all of them are there: else this says what is wrong. */
static const char *why_not_readable(Arena *arena, const Gathered *gathered, const Manifest *manifest,
                                    const GatheredEntity *reader, const TableRead *read)
{
    const Crosswalk *crosswalk = crosswalk_find(&gathered->crosswalks, read->name);
    const Entity *entity = entity_of_table(arena, manifest, read->name);
    if (!entity)
        return arena_printf(arena, "no entity keeps rehome.%s%s", read->name,
                            nearest_table(arena, manifest, read->name));
    if (!entity->crosswalk)
        return arena_printf(arena, "entity \"%s\" keeps no crosswalk; say `crosswalk: true` there", entity->name);
    if (text_equal(crosswalk_title(arena, reader->entity->name), crosswalk_title(arena, entity->name)))
        return arena_printf(
            arena,
            "it reads rehome.%s, its own crosswalk, whose rows come with it; compute the other row's new key in "
            "the same way as its own, for example by rehome.uuid()",
            read->name);
    if (!crosswalk || crosswalk->waits_for)
        return arena_printf(arena, "it reads rehome.%s, and \"%s\" is not copied yet; run that first, or both together",
                            read->name, crosswalk ? crosswalk->waits_for : entity->name);
    return NULL;
}

static const char *why_not_here(const GatheredEntity *entity, const SqlReads *text)
{
    if (text->sql == &entity->entity->load || (entity->transform && text->sql == entity->transform->sql))
        return NULL;
    return entity->merge ? "a source of a merge cannot read a crosswalk; join it in `load`"
                         : "a crosswalk can be read in `transform` and `load` alone";
}

static void check_text(const Gathered *gathered, const Manifest *manifest, const GatheredEntity *entity,
                       const SqlReads *text, Mistakes *mistakes)
{
    FOR_EACH(const TableRead, read, text->reads) {
        if (!is_read_of_crosswalk(read))
            continue;
        const char *why = why_not_here(entity, text);
        if (!why)
            why = why_not_readable(mistakes->arena, gathered, manifest, entity, read);
        if (why)
            mistake_add(mistakes, sql_place(text->sql, read->offset), "entity \"%s\": %s", entity->entity->name, why);
    }
}

void crosswalk_check_reads(const Gathered *gathered, const Manifest *manifest, const GatheredEntity *entity,
                           Mistakes *mistakes)
{
    FOR_EACH(const SqlReads, text, entity->texts)
        check_text(gathered, manifest, entity, text, mistakes);
}

/* ---- what an entity puts into it ---- */

static const char *why_no_old_key(Arena *arena, const EntityPlan *plan)
{
    if (plan->gathered->merge)
        return "the rows of a merge come from several driving tables";
    if (!plan->driving)
        return "it has no one driving table whose keys could be kept";
    if (plan->gathered->walk_key.count == 0)
        return arena_printf(arena,
                            "%s has no primary key or other unique key that is NOT NULL: there are no old keys to keep",
                            plan->driving->sql_name);
    if (!plan->transform->shows_key)
        return arena_printf(
            arena,
            "the key of %s cannot be shown beside the rows of its transform%s%s; aggregates, DISTINCT and set "
            "operations hide it",
            plan->driving->sql_name, plan->transform->why_one_chunk ? ": " : "",
            plan->transform->why_one_chunk ? plan->transform->why_one_chunk : "");
    if (plan->load && !plan->gathered->loading->shows_key)
        return "one row of its load does not come from one staged row: the driving key cannot be shown beside it";
    return NULL;
}

static const char *why_no_new_key(Arena *arena, const EntityPlan *plan)
{
    const char *what = plan->load ? "load" : "transform";
    if (plan->key.count == 0)
        return arena_printf(arena,
                            "the %s does not give the key of %s: let it make the new key, for example by rehome.uuid()",
                            what, plan->into->sql_name);
    FOR_EACH(const char *, name, plan->key) {
        bool loaded = plan->load && string_list_contains(&plan->gathered->loading->volatile_columns, *name);
        if (loaded || string_list_contains(&plan->transform->volatile_columns, *name))
            return arena_printf(arena,
                                "\"%s\", its new key, is another one each time it is asked for; use rehome.uuid() or "
                                "rehome.nanoid(), which give the same row the same key",
                                *name);
    }
    return NULL;
}

static void add_value(Arena *arena, EntityPlan *plan, const Crosswalk *crosswalk, const char *prefix, const char *key)
{
    const CrosswalkColumn *column = find_column(crosswalk, arena_printf(arena, "%s_%s", prefix, key));
    if (column)
        LIST_PUSH(arena, &plan->kept_keys, ((KeptKey){.column = column, .key = key}));
}

void crosswalk_decide(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes)
{
    if (!plan->entity->crosswalk)
        return;
    const Crosswalk *crosswalk = crosswalk_find(&gathered->crosswalks, crosswalk_table(arena, plan->entity->name));
    const char *why = why_no_old_key(arena, plan);
    if (!why)
        why = why_no_new_key(arena, plan);
    if (why)
        mistake_add(mistakes, plan->entity->crosswalk_place, "entity \"%s\" can keep no crosswalk: %s",
                    plan->entity->name, why);
    if (why || !crosswalk)
        return;
    plan->crosswalk = crosswalk;
    FOR_EACH(const KeyColumn, key, plan->gathered->walk_key)
        add_value(arena, plan, crosswalk, "old", key->name);
    FOR_EACH(const char *, key, plan->key)
        add_value(arena, plan, crosswalk, "new", *key);
}

/* ---- its SQL ---- */

static const char *side_columns(Arena *arena, const Crosswalk *crosswalk, bool old)
{
    StringList names = {0};
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        if (column->is_old == old)
            LIST_PUSH(arena, &names, quote_name(arena, column->name));
    return string_list_join(arena, &names, ", ");
}

static void add_comments(Text *sql, const Crosswalk *crosswalk)
{
    const char *title = crosswalk->table + strlen(PREFIX), *table = crosswalk->sql_name;
    text_addf(sql, "COMMENT ON TABLE %s IS %s;\n", table,
              quote_literal(sql->arena,
                            arena_printf(sql->arena,
                                         "Old key and new key of every row that entity \"%s\" gave, rejected ones "
                                         "left out. May be read by anybody, and dropped when nobody needs it.",
                                         title)));
    text_addf(sql, "COMMENT ON COLUMN %s.migration IS 'rehome.migration.id.';\n", table);
    text_addf(sql, "COMMENT ON COLUMN %s.entity IS 'The entity; those of one for_each share this table.';\n", table);
    text_addf(sql, "COMMENT ON COLUMN %s.source IS 'The driving table, whose key the old one is.';\n", table);
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        text_addf(sql, "COMMENT ON COLUMN %s.%s IS 'Key of the %s.';\n", table, quote_name(sql->arena, column->name),
                  column->is_old ? "driving row" : "target row");
}

static void create_table(Text *sql, const Crosswalk *crosswalk)
{
    text_addf(sql, "CREATE TABLE %s (migration bigint NOT NULL, entity text NOT NULL, source text NOT NULL",
              crosswalk->sql_name);
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        text_addf(sql, ", %s %s", quote_name(sql->arena, column->name), column->type);
    text_addf(sql, ");\nCREATE INDEX ON %s (%s, migration);\nCREATE INDEX ON %s (%s, migration);\n",
              crosswalk->sql_name, side_columns(sql->arena, crosswalk, true), crosswalk->sql_name,
              side_columns(sql->arena, crosswalk, false));
    add_comments(sql, crosswalk);
}

char *crosswalk_create(Arena *arena, const Crosswalk *crosswalk)
{
    Text sql = text_new(arena);
    if (!crosswalk->exists) {
        create_table(&sql, crosswalk);
        return sql.chars;
    }
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        if (!column->exists)
            text_addf(&sql, "ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s;\n", crosswalk->sql_name,
                      quote_name(arena, column->name), column->type);
    return sql.length ? sql.chars : NULL;
}

char *crosswalk_columns(Arena *arena, const Crosswalk *crosswalk)
{
    return arena_printf(arena, "entity, source, %s, %s", side_columns(arena, crosswalk, true),
                        side_columns(arena, crosswalk, false));
}

char *crosswalk_select(Arena *arena, const Crosswalk *crosswalk, long long migration)
{
    return arena_printf(arena, "SELECT %s FROM %s WHERE migration = %lld", crosswalk_columns(arena, crosswalk),
                        crosswalk->sql_name, migration);
}
