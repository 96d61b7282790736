#include "catalog/catalog.h"

#include <stdlib.h>
#include <string.h>

/* Pointers into the catalog's lists, sorted by what they are looked up by. */
struct CatalogIndex {
    const Relation **relations_by_oid, **relations_by_name;
    const Type **types_by_oid, **types_by_name;
};

typedef int (*Compare)(const void *left, const void *right);

static int compare_oids(ObjectId left, ObjectId right)
{
    return (left > right) - (left < right);
}

static int compare_names(const char *left_schema, const char *left_name, const char *right_schema, const char *right_name)
{
    int schemas = strcmp(left_schema, right_schema);
    return schemas ? schemas : strcmp(left_name, right_name);
}

static int compare_relation_oids(const void *left, const void *right)
{
    return compare_oids((*(const Relation *const *)left)->oid, (*(const Relation *const *)right)->oid);
}

static int compare_type_oids(const void *left, const void *right)
{
    return compare_oids((*(const Type *const *)left)->oid, (*(const Type *const *)right)->oid);
}

static int compare_relation_names(const void *left, const void *right)
{
    const Relation *a = *(const Relation *const *)left;
    const Relation *b = *(const Relation *const *)right;
    return compare_names(a->schema, a->name, b->schema, b->name);
}

static int compare_type_names(const void *left, const void *right)
{
    const Type *a = *(const Type *const *)left;
    const Type *b = *(const Type *const *)right;
    return compare_names(a->schema, a->name, b->schema, b->name);
}

static const Relation **sort_relations(Arena *arena, const Catalog *catalog, Compare compare)
{
    const Relation **sorted = NEW_ARRAY(arena, const Relation *, catalog->relations.count);
    for (size_t i = 0; i < catalog->relations.count; i++)
        sorted[i] = &catalog->relations.items[i];
    qsort(sorted, catalog->relations.count, sizeof *sorted, compare);
    return sorted;
}

static const Type **sort_types(Arena *arena, const Catalog *catalog, Compare compare)
{
    const Type **sorted = NEW_ARRAY(arena, const Type *, catalog->types.count);
    for (size_t i = 0; i < catalog->types.count; i++)
        sorted[i] = &catalog->types.items[i];
    qsort(sorted, catalog->types.count, sizeof *sorted, compare);
    return sorted;
}

void catalog_build_index(Arena *arena, Catalog *catalog)
{
    catalog->index = NEW(arena, struct CatalogIndex);
    catalog->index->relations_by_oid = sort_relations(arena, catalog, compare_relation_oids);
    catalog->index->relations_by_name = sort_relations(arena, catalog, compare_relation_names);
    catalog->index->types_by_oid = sort_types(arena, catalog, compare_type_oids);
    catalog->index->types_by_name = sort_types(arena, catalog, compare_type_names);
}

static const Relation *find_relation(const Catalog *catalog, const Relation *like, Compare compare)
{
    if (catalog->index) {
        const Relation **sorted =
            compare == compare_relation_oids ? catalog->index->relations_by_oid : catalog->index->relations_by_name;
        const Relation **found = bsearch(&like, sorted, catalog->relations.count, sizeof *sorted, compare);
        return found ? *found : NULL;
    }
    FOR_EACH(const Relation, relation, catalog->relations)
        if (compare(&like, &relation) == 0)
            return relation;
    return NULL;
}

static const Type *find_type(const Catalog *catalog, const Type *like, Compare compare)
{
    if (catalog->index) {
        const Type **sorted = compare == compare_type_oids ? catalog->index->types_by_oid : catalog->index->types_by_name;
        const Type **found = bsearch(&like, sorted, catalog->types.count, sizeof *sorted, compare);
        return found ? *found : NULL;
    }
    FOR_EACH(const Type, type, catalog->types)
        if (compare(&like, &type) == 0)
            return type;
    return NULL;
}

const Relation *catalog_relation(const Catalog *catalog, const char *schema, const char *name)
{
    if (schema)
        return find_relation(catalog, &(Relation){.schema = schema, .name = name}, compare_relation_names);
    FOR_EACH(const char *, visible, catalog->search_path) {
        const Relation *relation = catalog_relation(catalog, *visible, name);
        if (relation)
            return relation;
    }
    return NULL;
}

const Relation *catalog_relation_by_oid(const Catalog *catalog, ObjectId oid)
{
    return find_relation(catalog, &(Relation){.oid = oid}, compare_relation_oids);
}

const Type *catalog_type(const Catalog *catalog, ObjectId oid)
{
    return find_type(catalog, &(Type){.oid = oid}, compare_type_oids);
}

const Type *catalog_type_by_name(const Catalog *catalog, const char *schema, const char *name)
{
    return find_type(catalog, &(Type){.schema = schema, .name = name}, compare_type_names);
}

const Type *catalog_base_type(const Catalog *catalog, ObjectId oid, int32_t *typmod)
{
    const Type *type = catalog_type(catalog, oid);
    while (type && type->kind == 'd') {
        if (type->base_typmod != -1)
            *typmod = type->base_typmod;
        type = catalog_type(catalog, type->base);
    }
    return type;
}

/* The oids below this one are written down in PostgreSQL's sources; those above are given out by each initdb. */
enum { FIRST_UNPINNED_OID = 10000 };

bool type_is_builtin(const Type *type)
{
    return type->oid < FIRST_UNPINNED_OID && strcmp(type->schema, "pg_catalog") == 0 && type->kind != 'c';
}
