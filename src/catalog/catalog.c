#include "catalog/catalog.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* What an object is looked up by, and the object. */
typedef struct Entry {
    ObjectId oid;
    const char *schema, *name;
    const void *object;
} Entry;

struct CatalogIndex {
    Entry *relations_by_oid, *relations_by_name;
    Entry *types_by_oid, *types_by_name;
};

typedef int (*Compare)(const void *left, const void *right);

static int compare_oids(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    return (a->oid > b->oid) - (a->oid < b->oid);
}

static int compare_names(const void *left, const void *right)
{
    const Entry *a = left, *b = right;
    int schemas = strcmp(a->schema, b->schema);
    return schemas ? schemas : strcmp(a->name, b->name);
}

static Entry *sort_relations(Arena *arena, const Catalog *catalog, Compare compare)
{
    Entry *entries = NEW_ARRAY(arena, Entry, catalog->relations.count);
    Entry *entry = entries;
    FOR_EACH(const Relation, relation, catalog->relations)
        *entry++ = (Entry){relation->oid, relation->schema, relation->name, relation};
    qsort(entries, catalog->relations.count, sizeof *entries, compare);
    return entries;
}

static Entry *sort_types(Arena *arena, const Catalog *catalog, Compare compare)
{
    Entry *entries = NEW_ARRAY(arena, Entry, catalog->types.count);
    Entry *entry = entries;
    FOR_EACH(const Type, type, catalog->types)
        *entry++ = (Entry){type->oid, type->schema, type->name, type};
    qsort(entries, catalog->types.count, sizeof *entries, compare);
    return entries;
}

void catalog_build_index(Arena *arena, Catalog *catalog)
{
    catalog->index = NEW(arena, struct CatalogIndex);
    catalog->index->relations_by_oid = sort_relations(arena, catalog, compare_oids);
    catalog->index->relations_by_name = sort_relations(arena, catalog, compare_names);
    catalog->index->types_by_oid = sort_types(arena, catalog, compare_oids);
    catalog->index->types_by_name = sort_types(arena, catalog, compare_names);
}

static const void *find(const Entry *entries, size_t count, Entry like, Compare compare)
{
    const Entry *entry = bsearch(&like, entries, count, sizeof *entries, compare);
    return entry ? entry->object : NULL;
}

static const Relation *relation_by_name(const Catalog *catalog, const char *schema, const char *name)
{
    if (catalog->index)
        return find(catalog->index->relations_by_name, catalog->relations.count,
                    (Entry){.schema = schema, .name = name}, compare_names);
    FOR_EACH(const Relation, relation, catalog->relations)
        if (text_equal(relation->schema, schema) && text_equal(relation->name, name))
            return relation;
    return NULL;
}

const Relation *catalog_relation(const Catalog *catalog, const char *schema, const char *name)
{
    if (schema)
        return relation_by_name(catalog, schema, name);
    FOR_EACH(const char *, visible, catalog->search_path) {
        const Relation *relation = relation_by_name(catalog, *visible, name);
        if (relation)
            return relation;
    }
    return NULL;
}

const Relation *catalog_relation_by_oid(const Catalog *catalog, ObjectId oid)
{
    if (catalog->index)
        return find(catalog->index->relations_by_oid, catalog->relations.count, (Entry){.oid = oid}, compare_oids);
    FOR_EACH(const Relation, relation, catalog->relations)
        if (relation->oid == oid)
            return relation;
    return NULL;
}

static bool is_below(const Catalog *catalog, const Relation *relation, ObjectId ancestor)
{
    while (relation && relation->oid != ancestor)
        relation = relation->parent ? catalog_relation_by_oid(catalog, relation->parent) : NULL;
    return relation;
}

bool catalog_shares_rows(const Catalog *catalog, const Relation *relation, ObjectId other)
{
    return is_below(catalog, relation, other) ||
           is_below(catalog, catalog_relation_by_oid(catalog, other), relation->oid);
}

const Type *catalog_type(const Catalog *catalog, ObjectId oid)
{
    if (catalog->index)
        return find(catalog->index->types_by_oid, catalog->types.count, (Entry){.oid = oid}, compare_oids);
    FOR_EACH(const Type, type, catalog->types)
        if (type->oid == oid)
            return type;
    return NULL;
}

const Type *catalog_type_by_name(const Catalog *catalog, const char *schema, const char *name)
{
    if (catalog->index)
        return find(catalog->index->types_by_name, catalog->types.count, (Entry){.schema = schema, .name = name},
                    compare_names);
    FOR_EACH(const Type, type, catalog->types)
        if (text_equal(type->schema, schema) && text_equal(type->name, name))
            return type;
    return NULL;
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
    return type->oid < FIRST_UNPINNED_OID && text_equal(type->schema, "pg_catalog") && type->kind != 'c';
}
