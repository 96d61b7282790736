/* What the user may have meant by a name that is not there. */
#include "catalog/catalog.h"

#include "base/text.h"
#include "pg/quote.h"

#include <string.h>

/* Reads the same without double quotes (keywords aside). */
static bool name_is_folded(const char *name)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyz_";
    const char *more = "abcdefghijklmnopqrstuvwxyz_0123456789$";
    return *name && strchr(letters, *name) && strspn(name, more) == strlen(name);
}

static const char *write_name(Arena *arena, const char *name)
{
    return name_is_folded(name) ? name : quote_name(arena, name);
}

static const char *write_relation(Arena *arena, const Catalog *catalog, const Relation *relation)
{
    const char *name = write_name(arena, relation->name);
    if (catalog_relation(catalog, NULL, relation->name) == relation)
        return name;
    return arena_printf(arena, "%s.%s", write_name(arena, relation->schema), name);
}

const char *catalog_nearest_relation(Arena *arena, const Catalog *catalog, const char *name)
{
    StringList written = {0};
    StringList bare = {0};
    FOR_EACH(const Relation, relation, catalog->relations) {
        LIST_PUSH(arena, &written, write_relation(arena, catalog, relation));
        LIST_PUSH(arena, &bare, relation->name);
    }
    const char *nearest = string_list_nearest(&written, name);
    if (nearest)
        return nearest;

    /* A relation of a schema that the search path does not find. */
    nearest = string_list_nearest(&bare, name);
    for (size_t i = 0; nearest && i < bare.count; i++)
        if (bare.items[i] == nearest)
            return written.items[i];
    return NULL;
}

const char *relation_nearest_column(const Relation *relation, const char *name)
{
    AUTO(Arena) *arena = arena_new();
    StringList names = {0};
    FOR_EACH(const Column, column, relation->columns)
        LIST_PUSH(arena, &names, column->name);
    return string_list_nearest(&names, name);
}

static bool relation_is_spelled(const Relation *relation, const char *text)
{
    if (text_equal(relation->name, text))
        return !name_is_folded(relation->name);
    size_t length = strlen(relation->schema);
    bool qualified = strncmp(relation->schema, text, length) == 0 && text[length] == '.' &&
                     text_equal(relation->name, text + length + 1);
    return qualified && !(name_is_folded(relation->schema) && name_is_folded(relation->name));
}

const Relation *catalog_relation_spelled(const Catalog *catalog, const char *text)
{
    const Relation *visible = catalog_relation(catalog, NULL, text);
    if (visible && relation_is_spelled(visible, text))
        return visible;
    FOR_EACH(const Relation, relation, catalog->relations)
        if (relation_is_spelled(relation, text))
            return relation;
    return NULL;
}
