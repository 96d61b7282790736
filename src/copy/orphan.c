#include "copy/orphan.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <string.h>

static const ForeignKey *find_key(const EntityPlan *entity, const Catalog *target, const char *constraint)
{
    FOR_EACH(const ForeignKey, key, target->foreign_keys)
        if (key->from == entity->into->oid && text_equal(key->name, constraint))
            return key;
    return NULL;
}

/* A parent may come with the same rows, a null may be refused or not, triggers may write something else. */
static bool is_plain(const EntityPlan *entity, const ForeignKey *key)
{
    return key->validated && key->from != key->to && !strstr(key->definition, " MATCH FULL") &&
           entity->into->triggers.count == 0 && entity->into->kind == 'r' && entity->write != WRITE_SKIP;
}

/* A row that is there keeps what an upsert does not write. */
static const char *staged_column(const EntityPlan *entity, int number)
{
    const Column *column = relation_column_by_number(entity->into, number);
    const Mapping *mapping = column ? mapping_find(&entity->mappings, column->name) : NULL;
    bool written = mapping && (!entity->meets_rows || mapping->updated || mapping->in_key);
    return written ? column->name : NULL;
}

char *orphan_search(Arena *arena, const EntityPlan *entity, const Catalog *target, const char *constraint)
{
    const ForeignKey *key = find_key(entity, target, constraint);
    const Relation *parent = key ? catalog_relation_by_oid(target, key->to) : NULL;
    if (!parent || !is_plain(entity, key) || key->columns.count != key->to_columns.count)
        return NULL;
    Text sql = text_new(arena), same = text_new(arena);
    text_add(&sql, "SELECT pg_catalog.min(s.rehome_line) FROM (SELECT *, pg_catalog.row_number() OVER () AS rehome_line "
                   "FROM pg_temp.staged) AS s WHERE ");
    for (size_t i = 0; i < key->columns.count; i++) {
        const char *name = staged_column(entity, key->columns.items[i]);
        const Column *to = relation_column_by_number(parent, key->to_columns.items[i]);
        if (!name || !to)
            return NULL;
        text_addf(&sql, "s.%s IS NOT NULL AND ", quote_name(arena, name));
        text_addf(&same, "%sp.%s = s.%s", i ? " AND " : "", quote_name(arena, to->name), quote_name(arena, name));
    }
    text_addf(&sql, "NOT EXISTS (SELECT FROM %s%s AS p WHERE %s)", parent->kind == 'r' ? "ONLY " : "", parent->sql_name,
              same.chars);
    return sql.chars;
}
