#include "transform/keyset.h"

#include "base/list.h"
#include "pg/quote.h"

/* Two type names mean another, shorter type when they stand in SQL without a length: 'abc'::character is 'a'. */
const char *keyset_cast_name(const char *type)
{
    if (text_equal(type, "character"))
        return "pg_catalog.bpchar";
    return text_equal(type, "bit") ? "pg_catalog.\"bit\"" : type;
}

static void add_column(Text *sql, const char *name, const char *alias)
{
    if (alias)
        text_addf(sql, "%s.", quote_name(sql->arena, alias));
    text_add(sql, quote_name(sql->arena, name));
}

/* "id", or ("region", "id") for a composite key. `ordered`: with the collation that low, high and ORDER BY mean. */
static void add_columns(Text *sql, const KeyColumnList *key, const char *alias, bool ordered)
{
    for (size_t i = 0; i < key->count; i++) {
        if (i > 0)
            text_add(sql, ", ");
        add_column(sql, key->items[i].name, alias);
        if (ordered && key->items[i].collate_c)
            text_add(sql, " COLLATE \"C\"");
    }
}

/* '7'::bigint, or ('eu'::text, '7'::bigint) for a composite key. */
static void add_values(Text *sql, const KeyColumnList *key, const char *const *values)
{
    text_add(sql, key->count > 1 ? "(" : "");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%s%s::%s", i > 0 ? ", " : "", quote_literal(sql->arena, values[i]), keyset_cast_name(key->items[i].type));
    text_add(sql, key->count > 1 ? ")" : "");
}

static void add_row(Text *sql, const KeyColumnList *key, const char *alias, bool ordered)
{
    text_add(sql, key->count > 1 ? "(" : "");
    add_columns(sql, key, alias, ordered);
    text_add(sql, key->count > 1 ? ")" : "");
}

static void add_bound(Text *sql, const KeySet *keys, const char *alias, const char *operator, const char *const *values)
{
    if (keys->kind == KEYSET_CTID) {
        add_column(sql, "ctid", alias);
        text_addf(sql, " %s %s::tid", operator, quote_literal(sql->arena, values[0]));
        return;
    }
    add_row(sql, keys->key, alias, true);
    text_addf(sql, " %s ", operator);
    add_values(sql, keys->key, values);
}

static void add_range(Text *sql, const KeySet *keys, const char *alias)
{
    if (!keys->low && !keys->high) {
        text_add(sql, "true");
        return;
    }
    text_add(sql, "(");
    if (keys->low)
        add_bound(sql, keys, alias, ">=", keys->low);
    if (keys->low && keys->high)
        text_add(sql, " AND ");
    if (keys->high)
        add_bound(sql, keys, alias, "<", keys->high);
    text_add(sql, ")");
}

/* Equality is left to the column's own collation, so that its index serves. A list of rows is a join with VALUES: PostgreSQL would
 * spell IN (row, row, …) out as a long chain of ORs. */
static void add_list(Text *sql, const KeySet *keys, const char *alias)
{
    if (keys->count == 0) {
        text_add(sql, "false");
        return;
    }
    text_add(sql, "(");
    add_row(sql, keys->key, alias, false);
    text_add(sql, keys->key->count > 1 ? " IN (VALUES " : " IN (");
    for (size_t i = 0; i < keys->count; i++) {
        text_add(sql, i > 0 ? ", " : "");
        add_values(sql, keys->key, keys->keys[i]);
    }
    text_add(sql, "))");
}

bool keyset_is_everything(const KeySet *keys)
{
    return keys->kind == KEYSET_EVERYTHING && !keys->except_key;
}

/* A sub-select that the server hashes, whatever it expects of the rows: an anti-join becomes a loop over the whole list
 * for each row where it expects few. */
static void add_exception(Text *sql, const KeySet *keys, const char *alias)
{
    const KeyColumnList *key = keys->except_key;
    text_add(sql, "(");
    add_row(sql, key, alias, false);
    text_add(sql, " IN (SELECT * FROM ROWS FROM (");
    for (size_t i = 0; i < key->count; i++)
        text_addf(sql, "%spg_catalog.unnest(%s::%s[])", i ? ", " : "", quote_literal(sql->arena, keys->except[i]),
                  keyset_cast_name(key->items[i].type));
    text_add(sql, ") AS rehome_except)) IS NOT TRUE");
}

static void add_kind(Text *sql, const KeySet *keys, const char *alias)
{
    switch (keys->kind) {
    case KEYSET_EVERYTHING:
        text_add(sql, "true");
        break;
    case KEYSET_RANGE:
    case KEYSET_CTID:
        add_range(sql, keys, alias);
        break;
    case KEYSET_LIST:
        add_list(sql, keys, alias);
        break;
    }
}

void keyset_predicate(Text *sql, const KeySet *keys, const char *alias)
{
    if (!keys->except_key || keys->kind != KEYSET_EVERYTHING)
        add_kind(sql, keys, alias);
    if (!keys->except_key)
        return;
    text_add(sql, keys->kind != KEYSET_EVERYTHING ? " AND " : "");
    add_exception(sql, keys, alias);
}

void keyset_order_by(Text *sql, const KeyColumnList *key, const char *alias)
{
    add_columns(sql, key, alias, true);
}

static void print_row(Text *text, const KeyColumnList *key, const char *const *values)
{
    text_add(text, key->count > 1 ? "(" : "");
    for (size_t i = 0; i < key->count; i++)
        text_addf(text, "%s%s", i > 0 ? ", " : "", !values ? key->items[i].name : values[i] ? values[i] : "NULL");
    text_add(text, key->count > 1 ? ")" : "");
}

static void print_range(Text *text, const KeySet *keys)
{
    KeyColumn ctid = {.name = "ctid", .type = "tid"};
    KeyColumnList physical = {.items = &ctid, .count = 1};
    const KeyColumnList *key = keys->kind == KEYSET_CTID ? &physical : keys->key;
    print_row(text, key, NULL);
    if (keys->low) {
        text_add(text, " >= ");
        print_row(text, key, keys->low);
    }
    if (keys->high) {
        text_add(text, keys->low ? " and < " : " < ");
        print_row(text, key, keys->high);
    }
}

static void print_list(Text *text, const KeySet *keys)
{
    enum { SHOWN = 3 };
    if (keys->count == 0) {
        text_add(text, "nothing");
        return;
    }
    print_row(text, keys->key, NULL);
    for (size_t i = 0; i < keys->count && i < SHOWN; i++) {
        text_add(text, i > 0 ? ", " : " ");
        print_row(text, keys->key, keys->keys[i]);
    }
    if (keys->count > SHOWN)
        text_addf(text, " and %zu more", keys->count - SHOWN);
}

char *keyset_print(Arena *arena, const KeySet *keys)
{
    Text text = text_new(arena);
    bool open = keys->kind == KEYSET_EVERYTHING || (keys->kind != KEYSET_LIST && !keys->low && !keys->high);
    if (open)
        text_add(&text, "everything");
    else if (keys->kind == KEYSET_LIST)
        print_list(&text, keys);
    else
        print_range(&text, keys);
    return text.chars;
}
