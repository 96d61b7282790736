#include "engine/offenders.h"

#include "base/text.h"
#include "pg/quote.h"

#include <string.h>

static const char *only(const Relation *relation)
{
    return relation->kind == 'r' ? "ONLY " : "";
}

static bool is_known(const Index *index)
{
    return index->parts.count > 0 && index->parts.count == index->operators.count;
}

static void add_values(Text *sql, const Index *index)
{
    for (size_t i = 0; i < index->parts.count; i++)
        text_addf(sql, ", %s AS rehome_value_%zu", index->parts.items[i], i + 1);
}

static void add_table(Text *sql, const Relation *relation, const Index *index)
{
    text_addf(sql, " FROM %s%s", only(relation), relation->sql_name);
    if (index && index->predicate)
        text_addf(sql, " WHERE (%s)", index->predicate);
}

/* A sub-select of its own, because parts and predicate are written over the bare table. */
static void add_rows(Text *sql, const Relation *relation, const Index *index, const char *alias)
{
    text_add(sql, "(SELECT *, tableoid AS rehome_part, ctid AS rehome_place");
    if (index)
        add_values(sql, index);
    add_table(sql, relation, index);
    text_addf(sql, ") AS %s", alias);
}

static void add_value_list(Text *sql, const Index *index, const char *alias)
{
    for (size_t i = 1; i <= index->parts.count; i++)
        text_addf(sql, "%s%s.rehome_value_%zu", i > 1 ? ", " : "", alias, i);
}

static void add_meeting(Text *sql, const Index *index, const char *left, const char *right)
{
    for (size_t i = 1; i <= index->parts.count; i++)
        text_addf(sql, "%s%s.rehome_value_%zu %s %s.rehome_value_%zu", i > 1 ? " AND " : "", left, i,
                  index->operators.items[i - 1], right, i);
}

/* Another row with the same values is looked for once for each row, however many there are. */
static void add_distinct_nulls(Text *sql, const char *rows, const char *others, const Index *index)
{
    text_add(sql, "SELECT t.rehome_part, t.rehome_place, pg_catalog.dense_rank() OVER (ORDER BY ");
    add_value_list(sql, index, "t");
    text_addf(sql, ") AS rehome_group FROM %s WHERE EXISTS (SELECT FROM %s WHERE ", rows, others);
    add_meeting(sql, index, "v", "t");
    text_add(sql, " AND (v.rehome_place <> t.rehome_place OR v.rehome_part <> t.rehome_part))");
}

/* No join finds a NULL by hashing; sorting treats it as a value. */
static void add_equal_nulls(Text *sql, const Relation *relation, const Index *index)
{
    text_add(sql, "SELECT t.rehome_part, t.rehome_place, t.rehome_group FROM (SELECT v.rehome_part, v.rehome_place, "
                  "pg_catalog.count(*) OVER (PARTITION BY ");
    add_value_list(sql, index, "v");
    text_add(sql, ") AS rehome_times, pg_catalog.dense_rank() OVER (ORDER BY ");
    add_value_list(sql, index, "v");
    text_add(sql, ") AS rehome_group FROM ");
    add_rows(sql, relation, index, "v");
    text_add(sql, ") AS t WHERE t.rehome_times > 1");
}

static char *rows_as(Arena *arena, const Relation *relation, const Index *index, const char *alias)
{
    Text sql = text_new(arena);
    add_rows(&sql, relation, index, alias);
    return sql.chars;
}

char *offenders_of_unique(Arena *arena, const Relation *relation, const Index *index)
{
    Text sql = text_new(arena);
    if (!is_known(index))
        return NULL;
    if (index->nulls_not_distinct)
        add_equal_nulls(&sql, relation, index);
    else
        add_distinct_nulls(&sql, rows_as(arena, relation, index, "t"), rows_as(arena, relation, index, "v"), index);
    return sql.chars;
}

/* ---- by hashes ---- */

static bool can_be_hashed(const Index *index)
{
    FOR_EACH(const char *, name, index->operators)
        if (!text_equal(*name, "OPERATOR(pg_catalog.=)"))
            return false;
    return is_known(index) && !index->nulls_not_distinct;
}

/* Of a row with a NULL in it there is no other one. IS NOT NULL would look into composite values. */
static void add_rows_without_nulls(Text *sql, const Relation *relation, const Index *index)
{
    add_rows(sql, relation, index, "t");
    text_add(sql, " WHERE pg_catalog.num_nulls(");
    add_value_list(sql, index, "t");
    text_add(sql, ") = 0");
}

static void add_hash(Text *sql, const Index *index)
{
    text_add(sql, "pg_catalog.hash_record_extended(ROW(");
    add_value_list(sql, index, "t");
    text_add(sql, "), 0)");
}

char *offenders_doubled_hashes(Arena *arena, const Relation *relation, const Index *index)
{
    Text sql = text_new(arena);
    if (!can_be_hashed(index))
        return NULL;
    text_add(&sql, "SELECT h.rehome_hash FROM (SELECT ");
    add_hash(&sql, index);
    text_add(&sql, " AS rehome_hash FROM ");
    add_rows_without_nulls(&sql, relation, index);
    text_add(&sql, ") AS h GROUP BY h.rehome_hash HAVING pg_catalog.count(*) > 1");
    return sql.chars;
}

char *offenders_of_hashes(Arena *arena, const Relation *relation, const Index *index)
{
    Text sql = text_new(arena);
    text_add(&sql, "WITH c AS MATERIALIZED (SELECT t.rehome_part, t.rehome_place, ");
    add_value_list(&sql, index, "t");
    text_add(&sql, " FROM ");
    add_rows_without_nulls(&sql, relation, index);
    text_add(&sql, " AND ");
    add_hash(&sql, index);
    text_add(&sql, " IN (SELECT d.rehome_hash FROM pg_temp.rehome_doubled AS d)) ");
    add_distinct_nulls(&sql, "c AS t", "c AS v", index);
    return sql.chars;
}

/* ---- pairs ---- */

char *offenders_pairs(Arena *arena, const Relation *relation, const Index *index)
{
    Text sql = text_new(arena);
    if (!is_known(index))
        return NULL;
    text_add(&sql, "SELECT a.rehome_part AS part, a.rehome_place AS place, b.rehome_part AS other_part, "
                   "b.rehome_place AS other_place FROM ");
    add_rows(&sql, relation, index, "a");
    text_add(&sql, " JOIN ");
    add_rows(&sql, relation, index, "b");
    text_add(&sql, " ON ");
    add_meeting(&sql, index, "a", "b");
    text_add(&sql, " AND a.rehome_place <> b.rehome_place");
    return sql.chars;
}

char *offenders_of_exclusion(Arena *arena, const Relation *relation)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT t.rehome_part, t.rehome_place, 1::bigint AS rehome_group FROM ");
    add_rows(&sql, relation, NULL, "t");
    text_add(&sql, " WHERE t.rehome_place IN (SELECT p.place FROM pg_temp.rehome_pair AS p)");
    return sql.chars;
}

StringList offenders_columns(Arena *arena, const Relation *relation, const NumberList *numbers)
{
    StringList names = {0};
    FOR_EACH(const int, number, *numbers) {
        const Column *column = relation_column_by_number(relation, *number);
        if (column)
            LIST_PUSH(arena, &names, column->name);
    }
    return names;
}

/* "=" of the search path is what types of the users' own have; pg_catalog's is always found first. */
static void add_parent(Text *sql, const Catalog *target, const ForeignKey *key, const StringList *columns)
{
    const Relation *to = catalog_relation_by_oid(target, key->to);
    StringList parents = offenders_columns(sql->arena, to, &key->to_columns);
    text_addf(sql, "NOT EXISTS (SELECT FROM %s%s AS p WHERE ", only(to), to->sql_name);
    for (size_t i = 0; i < columns->count && i < parents.count; i++)
        text_addf(sql, "%sp.%s = t.%s", i ? " AND " : "", quote_name(sql->arena, parents.items[i]),
                  quote_name(sql->arena, columns->items[i]));
    text_add(sql, ")");
}

char *offenders_of_foreign_key(Arena *arena, const Catalog *target, const ForeignKey *key)
{
    const Relation *from = catalog_relation_by_oid(target, key->from);
    StringList columns = offenders_columns(arena, from, &key->columns);
    bool full = strstr(key->definition, " MATCH FULL") != NULL;
    Text sql = text_new(arena);
    text_add(&sql, "SELECT t.rehome_part, t.rehome_place, NULL::bigint AS rehome_group FROM ");
    add_rows(&sql, from, NULL, "t");
    text_add(&sql, " WHERE (");
    for (size_t i = 0; i < columns.count; i++)
        text_addf(&sql, "%st.%s IS NOT NULL", i == 0 ? "" : full ? " OR " : " AND ", quote_name(arena, columns.items[i]));
    text_add(&sql, ") AND ");
    add_parent(&sql, target, key, &columns);
    return sql.chars;
}
