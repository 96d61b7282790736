/* Small catalogs, manifests and transforms made by hand, for the tests of src/plan. All of it lives in one arena. */
#pragma once

#include "base/text.h"
#include "plan/plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Fixture {
    Arena *arena;
    Manifest manifest;
    Catalog source, target;
    Gathered gathered;
    Mistakes mistakes;
    ObjectId next; /* the next object id */
} Fixture;

enum { OWN_TYPES = 20000 };

static const struct FixtureType {
    const char *name;
    ObjectId oid;
    char category;
    ObjectId array;
    const char *sql_name;
} fixture_types[] = {
    {"bool", 16, 'B', 1000, "boolean"},
    {"bytea", 17, 'U', 1001, "bytea"},
    {"char", 18, 'Z', 1002, "\"char\""},
    {"name", 19, 'S', 1003, "name"},
    {"int8", 20, 'N', 1016, "bigint"},
    {"int2", 21, 'N', 1005, "smallint"},
    {"int4", 23, 'N', 1007, "integer"},
    {"text", 25, 'S', 1009, "text"},
    {"oid", 26, 'N', 1028, "oid"},
    {"json", 114, 'U', 199, "json"},
    {"xml", 142, 'U', 143, "xml"},
    {"cidr", 650, 'I', 651, "cidr"},
    {"float4", 700, 'N', 1021, "real"},
    {"float8", 701, 'N', 1022, "double precision"},
    {"macaddr8", 774, 'U', 775, "macaddr8"},
    {"money", 790, 'N', 791, "money"},
    {"macaddr", 829, 'U', 1040, "macaddr"},
    {"inet", 869, 'I', 1041, "inet"},
    {"bpchar", 1042, 'S', 1014, "bpchar"},
    {"varchar", 1043, 'S', 1015, "character varying"},
    {"date", 1082, 'D', 1182, "date"},
    {"time", 1083, 'D', 1183, "time without time zone"},
    {"timestamp", 1114, 'D', 1115, "timestamp without time zone"},
    {"timestamptz", 1184, 'D', 1185, "timestamp with time zone"},
    {"interval", 1186, 'T', 1187, "interval"},
    {"timetz", 1266, 'D', 1270, "time with time zone"},
    {"bit", 1560, 'V', 1561, "bit"},
    {"varbit", 1562, 'V', 1563, "bit varying"},
    {"numeric", 1700, 'N', 1231, "numeric"},
    {"regclass", 2205, 'N', 2210, "regclass"},
    {"uuid", 2950, 'U', 2951, "uuid"},
    {"jsonb", 3802, 'U', 3807, "jsonb"},
};

__attribute__((unused)) static Type *fixture_add_type(Arena *arena, Catalog *catalog, Type type)
{
    type.has_receive = type.send_name;
    type.has_equality = true;
    Type *added = LIST_ADD(arena, &catalog->types);
    *added = type;
    return added;
}

static void fixture_add_builtin_types(Arena *arena, Catalog *catalog)
{
    for (size_t i = 0; i < sizeof fixture_types / sizeof fixture_types[0]; i++) {
        const struct FixtureType *type = &fixture_types[i];
        bool plain = strstr(" bool bytea char name int8 int2 int4 text oid float4 float8 bpchar varchar regclass ",
                            arena_printf(arena, " %s ", type->name));
        const char *send = arena_printf(arena, plain ? "%ssend" : "%s_send", type->name);
        fixture_add_type(arena, catalog,
                         (Type){.oid = type->oid,
                                .schema = "pg_catalog",
                                .name = type->name,
                                .sql_name = type->sql_name,
                                .kind = 'b',
                                .category = type->category,
                                .send_schema = "pg_catalog",
                                .send_name = send,
                                .base_typmod = -1});
        fixture_add_type(arena, catalog,
                         (Type){.oid = type->array,
                                .schema = "pg_catalog",
                                .name = arena_printf(arena, "_%s", type->name),
                                .sql_name = arena_printf(arena, "%s[]", type->sql_name),
                                .kind = 'b',
                                .category = 'A',
                                .element = type->oid,
                                .send_schema = "pg_catalog",
                                .send_name = "array_send",
                                .base_typmod = -1});
    }
}

static void fixture_add_own_types(Arena *arena, Catalog *catalog, ObjectId first)
{
    fixture_add_type(arena, catalog,
                     (Type){.oid = first,
                            .schema = "public",
                            .name = "mood",
                            .sql_name = "public.mood",
                            .kind = 'e',
                            .category = 'E',
                            .send_schema = "pg_catalog",
                            .send_name = "enum_send",
                            .base_typmod = -1});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 1,
                            .schema = "public",
                            .name = "_mood",
                            .sql_name = "public.mood[]",
                            .kind = 'b',
                            .category = 'A',
                            .element = first,
                            .send_schema = "pg_catalog",
                            .send_name = "array_send",
                            .base_typmod = -1});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 2,
                            .schema = "public",
                            .name = "email",
                            .sql_name = "public.email",
                            .kind = 'd',
                            .category = 'S',
                            .base = 1043,
                            .base_typmod = 24});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 3,
                            .schema = "public",
                            .name = "point3",
                            .sql_name = "public.point3",
                            .kind = 'c',
                            .category = 'C',
                            .send_schema = "pg_catalog",
                            .send_name = "record_send",
                            .base_typmod = -1});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 4,
                            .schema = "public",
                            .name = "citext",
                            .sql_name = "public.citext",
                            .kind = 'b',
                            .category = 'S',
                            .send_schema = "public",
                            .send_name = "citextsend",
                            .base_typmod = -1});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 5,
                            .schema = "public",
                            .name = "colour",
                            .sql_name = "public.colour",
                            .kind = 'e',
                            .category = 'E',
                            .send_schema = "pg_catalog",
                            .send_name = "enum_send",
                            .base_typmod = -1});
    fixture_add_type(arena, catalog,
                     (Type){.oid = first + 6,
                            .schema = "public",
                            .name = "here",
                            .sql_name = "public.here",
                            .kind = 'd',
                            .category = 'N',
                            .base = 23,
                            .base_typmod = -1,
                            .not_null = true});
}

/* Two servers with PostgreSQL 15, a database each, the same types under other object ids. */
__attribute__((unused)) static Fixture *fixture_new(Arena *arena)
{
    Fixture *fixture = NEW(arena, Fixture);
    *fixture = (Fixture){.arena = arena, .next = 30000, .mistakes = {.arena = arena}};
    fixture->manifest = (Manifest){.name = "crm", .file = "migration.yaml"};
    fixture->source = (Catalog){.server_version = 150002, .database = "old", .role = "mover"};
    fixture->target = (Catalog){.server_version = 150002, .database = "new", .role = "mover"};
    LIST_PUSH(arena, &fixture->source.search_path, "public");
    LIST_PUSH(arena, &fixture->target.search_path, "public");
    fixture_add_builtin_types(arena, &fixture->source);
    fixture_add_builtin_types(arena, &fixture->target);
    fixture_add_own_types(arena, &fixture->source, OWN_TYPES);
    fixture_add_own_types(arena, &fixture->target, OWN_TYPES + 1000);
    fixture->gathered = (Gathered){.source = &fixture->source, .target = &fixture->target, .hashes_agree = true};
    return fixture;
}

/* "numeric(10,2)" -> type and typmod; own types by their name alone. */
static void fixture_parse_type(const Catalog *catalog, const char *written, ObjectId *oid, int32_t *typmod)
{
    char name[64] = "";
    int first = -1, second = -1;
    bool array = text_ends_with(written, "[]");
    sscanf(written, "%63[a-z0-9_](%d,%d", name, &first, &second);
    *typmod = -1;
    if (first >= 0 && text_equal(name, "numeric"))
        *typmod = ((first << 16) | (second & 0x7ff)) + 4;
    else if (first >= 0 && text_equal(name, "interval"))
        *typmod = (0x7fff << 16) | first;
    else if (first >= 0)
        *typmod = text_equal(name, "varchar") || text_equal(name, "bpchar") ? first + 4 : first;
    char full[66];
    snprintf(full, sizeof full, "%s%s", array ? "_" : "", name);
    *oid = 0;
    FOR_EACH(const Type, type, catalog->types)
        if (text_equal(type->name, full))
            *oid = type->oid;
}

/* Adds a table; relations move while others are added, so ask for them again with fixture_table(). */
__attribute__((unused)) static ObjectId fixture_add_table(Fixture *fixture, Catalog *catalog, const char *name)
{
    Relation *relation = LIST_ADD(fixture->arena, &catalog->relations);
    *relation = (Relation){.oid = fixture->next++,
                           .schema = "public",
                           .name = name,
                           .sql_name = arena_printf(fixture->arena, "\"public\".\"%s\"", name),
                           .kind = 'r',
                           .heap = true,
                           .populated = true,
                           .estimated_rows = 1000,
                           .pages = 10,
                           .bytes = 81920,
                           .may_select = true,
                           .may_insert = true,
                           .may_update = true,
                           .may_delete = true,
                           .may_truncate = true,
                           .is_owner = true};
    return relation->oid;
}

static Relation *fixture_table(Catalog *catalog, const char *name)
{
    FOR_EACH(Relation, relation, catalog->relations)
        if (text_equal(relation->name, name))
            return relation;
    return NULL;
}

/* Adds "id int4 !, email varchar(20)": a blank between name and type, `!` for NOT NULL. */
__attribute__((unused)) static void fixture_add_columns(Fixture *fixture, Catalog *catalog, const char *table,
                                                        const char *columns)
{
    Relation *relation = fixture_table(catalog, table);
    char *copy = arena_strdup(fixture->arena, columns);
    for (char *rest = NULL, *part = strtok_r(copy, ";", &rest); part; part = strtok_r(NULL, ";", &rest)) {
        char *name = NULL, *type = NULL, not_null = ' ';
        sscanf(part, " %ms %ms %c", &name, &type, &not_null);
        Column *column = LIST_ADD(fixture->arena, &relation->columns);
        *column = (Column){.name = arena_strdup(fixture->arena, name),
                           .number = (int)relation->columns.count,
                           .type_name = arena_strdup(fixture->arena, type),
                           .not_null = not_null == '!',
                           .correlation = NAN};
        fixture_parse_type(catalog, type, &column->type, &column->typmod);
        free(name);
        free(type);
    }
}

/* A unique index over the first `columns` columns. */
__attribute__((unused)) static Index *fixture_add_key(Fixture *fixture, Catalog *catalog, const char *table,
                                                      const char *name, int columns)
{
    Relation *relation = fixture_table(catalog, table);
    Index *index = LIST_ADD(fixture->arena, &relation->indexes);
    *index = (Index){.schema = "public",
                     .name = name,
                     .unique = true,
                     .primary = true,
                     .valid = true,
                     .btree = true,
                     .constraint = name,
                     .constraint_definition = "PRIMARY KEY (id)",
                     .definition = arena_printf(fixture->arena, "CREATE UNIQUE INDEX %s ON public.%s USING btree (id)",
                                                name, table)};
    for (int i = 1; i <= columns; i++)
        LIST_PUSH(fixture->arena, &index->columns, i);
    return index;
}

/* From a column of one table to the first column of another. */
__attribute__((unused)) static ForeignKey *fixture_add_foreign_key(Fixture *fixture, const char *from,
                                                                   const char *column, const char *to)
{
    const Relation *child = fixture_table(&fixture->target, from), *parent = fixture_table(&fixture->target, to);
    ForeignKey *key = LIST_ADD(fixture->arena, &fixture->target.foreign_keys);
    *key = (ForeignKey){.name = arena_printf(fixture->arena, "%s_%s_fkey", from, column),
                        .from = child->oid,
                        .to = parent->oid,
                        .validated = true,
                        .definition = arena_printf(fixture->arena, "FOREIGN KEY (%s) REFERENCES %s(id)", column, to)};
    LIST_PUSH(fixture->arena, &key->columns, relation_column(child, column)->number);
    LIST_PUSH(fixture->arena, &key->to_columns, 1);
    return key;
}

/* An entity that copies a table into one of the same name, giving the columns "id int4; email text". It is added to the
 * manifest and gathered when fixture_plan() is called, so until then all of it can be changed. */
__attribute__((unused)) static Entity *fixture_add_entity(Fixture *fixture, const char *name, const char *output)
{
    Entity *entity = LIST_ADD(fixture->arena, &fixture->manifest.entities);
    *entity = (Entity){.name = name,
                       .place = {"migration.yaml", 10, 3},
                       .transform = {.text = output, .place = {"sql/x.sql", 1, 1}, .is_file = true}};
    entity->into = (Name){.text = name, .name = name, .place = entity->place};
    *LIST_ADD(fixture->arena, &entity->from) = (Name){.text = name, .name = name, .place = entity->place};
    return entity;
}

static void fixture_read_output(Fixture *fixture, const Catalog *catalog, const char *columns, OutputColumnList *output)
{
    char *copy = arena_strdup(fixture->arena, columns);
    for (char *rest = NULL, *part = strtok_r(copy, ";", &rest); part; part = strtok_r(NULL, ";", &rest)) {
        char *name = NULL, *type = NULL;
        sscanf(part, " %ms %ms", &name, &type);
        OutputColumn *column = LIST_ADD(fixture->arena, output);
        *column =
            (OutputColumn){.name = arena_strdup(fixture->arena, name), .type_name = arena_strdup(fixture->arena, type)};
        fixture_parse_type(catalog, type, &column->type, &column->typmod);
        free(name);
        free(type);
    }
}

static void fixture_gather(Fixture *fixture, const Entity *entity)
{
    GatheredEntity *gathered = LIST_ADD(fixture->arena, &fixture->gathered.entities);
    Transform *transform = NEW(fixture->arena, Transform);
    *transform = (Transform){.sql = &entity->transform, .parsed = true, .narrowable = true, .yield = YIELD_ONE};
    *gathered = (GatheredEntity){.entity = entity,
                                 .transform = transform,
                                 .into_empty = true,
                                 .driving = entity->from.count == 1
                                                ? catalog_relation(&fixture->source, NULL, entity->from.items[0].name)
                                                : NULL,
                                 .into = catalog_relation(&fixture->target, NULL, entity->into.name)};
    fixture_read_output(fixture, &fixture->source, entity->transform.text, &gathered->output);
    if (entity->load.text)
        fixture_read_output(fixture, &fixture->target, entity->load.text, &gathered->load_output);
    const Index *walk = gathered->driving ? relation_walk_key(gathered->driving) : NULL;
    if (walk)
        *LIST_ADD(fixture->arena, &gathered->walk_key) =
            (KeyColumn){.name = gathered->driving->columns.items[0].name, .type = "integer", .integer = true};
}

/* Gathers what is not gathered yet: tests that change what was gathered call it before. */
__attribute__((unused)) static void fixture_gather_all(Fixture *fixture)
{
    FOR_EACH(const Entity, entity, fixture->manifest.entities)
        fixture_gather(fixture, entity);
}

__attribute__((unused)) static Plan *fixture_plan(Fixture *fixture)
{
    if (fixture->gathered.entities.count == 0)
        fixture_gather_all(fixture);
    return plan_build(fixture->arena, &fixture->manifest, &fixture->gathered, 4, &fixture->mistakes);
}

/* The first mistake as text; "" when there is none. */
__attribute__((unused)) static const char *fixture_mistake(const Fixture *fixture)
{
    return fixture->mistakes.list.count ? mistake_print(fixture->arena, &fixture->mistakes.list.items[0]) : "";
}

/* A table with the same columns on both sides, with `id` as its primary key there. */
__attribute__((unused)) static void fixture_add_both(Fixture *fixture, const char *table, const char *columns)
{
    fixture_add_table(fixture, &fixture->source, table);
    fixture_add_table(fixture, &fixture->target, table);
    fixture_add_columns(fixture, &fixture->source, table, columns);
    fixture_add_columns(fixture, &fixture->target, table, columns);
    const char *key = arena_printf(fixture->arena, "%s_pkey", table);
    fixture_add_key(fixture, &fixture->source, table, key, 1);
    fixture_add_key(fixture, &fixture->target, table, key, 1);
}
