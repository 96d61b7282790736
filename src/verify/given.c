#include "verify/given.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

/* Types of the target that the source may not have go as text; of others an index may serve. */
static bool goes_by_value(const Mapping *mapping)
{
    return mapping->to_type && type_is_builtin(mapping->to_type) && mapping->to->type == mapping->to_type->oid;
}

static void add_given_key(Text *sql, const Mapping *const *columns, size_t count, const char *const *values)
{
    text_add(sql, count > 1 ? "(" : "");
    for (size_t i = 0; i < count; i++)
        text_addf(sql, "%s%s::%s", i > 0 ? ", " : "", quote_literal(sql->arena, values[i]),
                  goes_by_value(columns[i]) ? keyset_cast_name(columns[i]->to->type_name) : "pg_catalog.text");
    text_add(sql, count > 1 ? ")" : "");
}

void given_keep(Arena *arena, const Subject *subject, const Filling *filling, const KeySet *given,
                       HashedRows *rows)
{
    Text sql = text_new(arena);
    size_t count = subject->key.count;
    const Mapping **columns = NEW_ARRAY(arena, const Mapping *, count);
    text_addf(&sql, "(SELECT \"q\".* FROM %s) AS \"q\" WHERE (", rows->from);
    for (size_t i = 0; i < count; i++) {
        columns[i] = mapping_find(filling->mappings, subject->key.items[i]);
        text_addf(&sql, goes_by_value(columns[i]) ? "%s%s" : "%s(%s)::pg_catalog.text", i > 0 ? ", " : "",
                  columns[i]->select_sql);
    }
    text_add(&sql, count > 1 ? ") IN (VALUES " : ") IN (");
    for (size_t i = 0; i < given->count; i++) {
        text_add(&sql, i > 0 ? ", " : "");
        add_given_key(&sql, columns, count, given->keys[i]);
    }
    text_add(&sql, ")");
    rows->from = sql.chars;
}
