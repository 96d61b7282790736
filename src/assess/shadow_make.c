#include "assess/shadow.h"

#include "assess/definition.h"
#include "ledger/number.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <string.h>

/* The shadows being made. */
typedef struct Make {
    Arena *arena;
    Shadow *shadow;
    Conn *target;
    int sequences, partitions;
} Make;

static bool script(const Make *make, const Text *sql, Error *error)
{
    return sql->length == 0 || conn_script(make->target, sql->chars, error);
}

static const char *only(const Relation *relation)
{
    return relation->kind == 'r' ? "ONLY " : "";
}

static const Catalog *catalog_of(const Make *make)
{
    return make->shadow->real->gathered->target;
}

static const char *number(const Make *make, ObjectId oid)
{
    return number_text(make->arena, oid);
}

/* ---- columns ---- */

static void add_names(Text *sql, const Relation *relation)
{
    const char *separator = "";
    FOR_EACH(const Column, column, relation->columns) {
        if (column->generated)
            continue;
        text_addf(sql, "%s%s", separator, quote_name(sql->arena, column->name));
        separator = ", ";
    }
}

static bool draws_directly(const Column *column)
{
    return text_starts_with(column->default_sql, "nextval(") || text_starts_with(column->default_sql, "pg_catalog.nextval(");
}

/* A shadow draws from a sequence of its own, which stands where the real one does. */
static void add_sequence(Make *make, Text *sql, const ShadowTable *table, const Column *column)
{
    Arena *arena = make->arena;
    const char *real = quote_qualified(arena, column->sequence_schema, column->sequence), *name;
    if (column->identity) {
        name = arena_printf(arena, "pg_catalog.pg_get_serial_sequence(%s, %s)", quote_literal(arena, table->relation->sql_name),
                            quote_literal(arena, column->name));
    } else {
        const char *own = arena_printf(arena, SHADOW_PREFIX "sequence_%d", ++make->sequences);
        name = quote_literal(arena, quote_qualified(arena, "pg_temp", own));
        text_addf(sql,
                  "CREATE TEMPORARY SEQUENCE %s MINVALUE -9223372036854775808;\n"
                  "ALTER TABLE %s ALTER COLUMN %s SET DEFAULT pg_catalog.nextval(%s::pg_catalog.regclass);\n",
                  own, table->relation->sql_name, quote_name(arena, column->name), name);
    }
    text_addf(sql, "SELECT pg_catalog.setval(%s::pg_catalog.regclass, last_value, is_called) FROM %s;\n", name, real);
}

static void add_sequences(Make *make, Text *sql, const ShadowTable *table)
{
    FOR_EACH(const Column, column, table->real->columns) {
        bool draws = column->identity || (column->has_default && draws_directly(column));
        if (column->sequence && draws)
            add_sequence(make, sql, table, column);
        else if (column->default_sql && !column->generated && strstr(column->default_sql, "nextval("))
            LIST_PUSH(make->arena, &make->shadow->notes,
                      arena_printf(make->arena, "%s: the default of %s draws numbers; those that assessing has drawn are used up",
                                   table->real->sql_name, quote_name(make->arena, column->name)));
    }
}

/* ---- tables ---- */

static void add_table(Text *sql, const char *name, const char *like, const char *partition_key)
{
    text_addf(sql, "CREATE TEMPORARY TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY)%s%s;\n", name,
              like, partition_key ? " PARTITION BY " : "", partition_key ? partition_key : "");
}

static void add_rows(Text *sql, const ShadowTable *table)
{
    text_addf(sql, "INSERT INTO %s (", table->relation->sql_name);
    add_names(sql, table->real);
    text_add(sql, ") OVERRIDING SYSTEM VALUE SELECT ");
    add_names(sql, table->real);
    text_addf(sql, " FROM %s%s;\n", only(table->real), table->real->sql_name);
}

/* Rows that are there were taken before the condition was, or are its owner's business. */
static void add_checks(Text *sql, const char *name, const Relation *real, const Relation *parent)
{
    FOR_EACH(const CheckConstraint, check, real->checks) {
        bool inherited = false;
        if (parent)
            FOR_EACH(const CheckConstraint, above, parent->checks)
                inherited = inherited || text_equal(above->name, check->name);
        if (!inherited)
            text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", name, quote_name(sql->arena, check->name), check->definition,
                      text_ends_with(check->definition, " NOT VALID") ? "" : " NOT VALID");
    }
}

/* Only what may refuse a row. */
static bool may_refuse(const Index *index)
{
    return index->valid && (index->unique || index->exclusion || index->has_expression || index->partial);
}

static void add_index(Text *sql, const char *table, const Index *index)
{
    if (index->constraint && (index->deferrable || index->exclusion))
        text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s %s;\n", table, quote_name(sql->arena, index->constraint),
                  index->constraint_definition);
    else
        text_addf(sql, "%s;\n", index->definition);
}

static const Index *index_named(const IndexList *indexes, const char *name)
{
    FOR_EACH(const Index, index, *indexes)
        if (text_equal(index->name, name))
            return index;
    return NULL;
}

/* In their order: a row that two of them refuse is refused by the first. */
static bool add_indexes(const Make *make, Text *sql, const ShadowTable *table, Error *error)
{
    AUTO(Result) *order = conn_query(make->target, sql_assess_index_order, PARAMS(number(make, table->real->oid)), error);
    for (int row = 0; order && row < result_rows(order); row++) {
        const Index *real = index_named(&table->real->indexes, result_text(order, row, 0));
        if (!real || !may_refuse(real) || shadow_holds_index(make->shadow, real))
            continue;
        add_index(sql, table->relation->sql_name, &table->relation->indexes.items[real - table->real->indexes.items]);
    }
    return order != NULL;
}

/* ---- partitions ---- */

static bool make_partitions(Make *make, const char *name, const Relation *real, Error *error);

/* A partition refuses under the names of its own indexes, so they are built before those of the whole adopt them. */
static bool make_partition(Make *make, const char *whole, const Relation *above, const Result *parts, int row, Error *error)
{
    const Relation *real = catalog_relation_by_oid(catalog_of(make), (ObjectId)result_number(parts, row, 0));
    const char *own = arena_printf(make->arena, SHADOW_PREFIX "part_%04d", ++make->partitions), *name = quote_qualified(make->arena, "pg_temp", own);
    const char *kind = result_text(parts, row, 1);
    if (!real || !(text_equal(kind, "r") || text_equal(kind, "p")))
        return error_set(error, ERROR_STATE, "a partition of %s is no table of this server", above->sql_name);
    LIST_PUSH(make->arena, &make->shadow->relations, ((ShadowName){real->name, own}));
    Text sql = text_new(make->arena);
    text_addf(&sql, "CREATE TEMPORARY TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING GENERATED)%s%s;\n", name, real->sql_name,
              text_equal(kind, "p") ? " PARTITION BY " : "", text_equal(kind, "p") ? result_text(parts, row, 3) : "");
    text_addf(&sql, "ALTER TABLE %s ATTACH PARTITION %s %s;\n", whole, name, result_text(parts, row, 2));
    if (!script(make, &sql, error))
        return false;
    if (text_equal(kind, "p") && !make_partitions(make, name, real, error))
        return false;
    Text rest = text_new(make->arena);
    AUTO(Result) *order = conn_query(make->target, sql_assess_index_order, PARAMS(number(make, real->oid)), error);
    for (int i = 0; order && i < result_rows(order); i++) {
        const Index *index = index_named(&real->indexes, result_text(order, i, 0));
        if (index && may_refuse(index))
            text_addf(&rest, "%s;\n", definition_of_index(make->arena, index, index->name, name));
    }
    add_checks(&rest, name, real, above);
    return order && script(make, &rest, error);
}

static bool make_partitions(Make *make, const char *name, const Relation *real, Error *error)
{
    AUTO(Result) *parts = conn_query(make->target, sql_assess_partitions, PARAMS(number(make, real->oid)), error);
    for (int row = 0; parts && row < result_rows(parts); row++)
        if (!make_partition(make, name, real, parts, row, error))
            return false;
    return parts != NULL;
}

static bool partition_key(const Make *make, const Relation *real, const char **key, Error *error)
{
    *key = NULL;
    if (real->kind != 'p')
        return true;
    AUTO(Result) *result = conn_query(make->target, "SELECT pg_catalog.pg_get_partkeydef($1::oid)", PARAMS(number(make, real->oid)), error);
    if (result)
        *key = result_copy(make->arena, result, 0, 0);
    return result != NULL;
}

/* Of a table that is a partition itself. The name comes after all others: PostgreSQL looks at it last. */
static bool add_bounds(const Make *make, Text *sql, const ShadowTable *table, Error *error)
{
    if (!table->real->is_partition)
        return true;
    AUTO(Result) *result =
        conn_query(make->target, "SELECT pg_catalog.pg_get_partition_constraintdef($1::oid)", PARAMS(number(make, table->real->oid)), error);
    if (result && !result_is_null(result, 0, 0))
        text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT \"" SHADOW_BOUNDS "\" CHECK (%s) NOT VALID;\n", table->relation->sql_name,
                  result_text(result, 0, 0));
    return result != NULL;
}

static bool make_table(Make *make, const ShadowTable *table, Error *error)
{
    const char *key = NULL;
    const char *name = table->relation->sql_name;
    Text first = text_new(make->arena), rest = text_new(make->arena);
    if (!partition_key(make, table->real, &key, error))
        return false;
    add_table(&first, name, table->real->sql_name, key);
    add_sequences(make, &first, table);
    if (!script(make, &first, error) || (key && !make_partitions(make, name, table->real, error)))
        return false;
    if (table->has_rows)
        add_rows(&rest, table);
    add_checks(&rest, name, table->real, NULL);
    return add_bounds(make, &rest, table, error) && add_indexes(make, &rest, table, error) && script(make, &rest, error);
}

/* ---- tables that nobody fills ---- */

static bool is_of_shadows(const Make *make, const ForeignKey *key)
{
    const ShadowTable *child = shadow_of(make->shadow, catalog_relation_by_oid(catalog_of(make), key->from));
    return child && !child->is_parent && !key->inherited;
}

static char *columns_of(const Make *make, const Relation *real, const NumberList *numbers)
{
    Text sql = text_new(make->arena);
    FOR_EACH(const int, one, *numbers) {
        const Column *column = relation_column_by_number(real, *one);
        text_separate(&sql, ", ");
        text_add(&sql, column ? quote_name(make->arena, column->name) : "");
    }
    return sql.chars;
}

static bool make_parent(Make *make, const ShadowTable *table, Error *error)
{
    Text sql = text_new(make->arena), columns = text_new(make->arena), indexes = text_new(make->arena);
    StringList known = {0}, lists = {0};
    FOR_EACH(const ForeignKey, key, catalog_of(make)->foreign_keys) {
        if (key->to != table->real->oid || !is_of_shadows(make, key))
            continue;
        const char *list = columns_of(make, table->real, &key->to_columns);
        if (!string_list_contains(&lists, list))
            text_addf(&indexes, "CREATE UNIQUE INDEX ON %s (%s);\n", table->relation->sql_name, list);
        LIST_PUSH(make->arena, &lists, list);
        FOR_EACH(const int, one, key->to_columns) {
            const Column *column = relation_column_by_number(table->real, *one);
            if (!column || string_list_contains(&known, column->name))
                continue;
            LIST_PUSH(make->arena, &known, column->name);
            text_separate(&columns, ", ");
            text_add(&columns, quote_name(make->arena, column->name));
        }
    }
    text_addf(&sql, "CREATE TEMPORARY TABLE %s AS SELECT %s FROM %s%s;\n%s", table->relation->sql_name, columns.chars, only(table->real),
              table->real->sql_name, indexes.chars);
    return known.count == 0 || script(make, &sql, error);
}

/* ---- foreign keys ---- */

static bool add_foreign_key(const Make *make, Text *sql, const ShadowTable *table, const char *name)
{
    const ForeignKeyList *all = &catalog_of(make)->foreign_keys;
    FOR_EACH(const ForeignKey, key, *all) {
        if (key->from != table->real->oid || !text_equal(key->name, name) || key->inherited ||
            shadow_holds_foreign_key(make->shadow, key))
            continue;
        const ForeignKey *shadow = &make->shadow->plan->gathered->target->foreign_keys.items[key - all->items];
        text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", table->relation->sql_name, quote_name(make->arena, name),
                  shadow->definition, table->real->kind == 'r' ? " NOT VALID" : "");
    }
    return true;
}

static bool make_foreign_keys(const Make *make, const ShadowTable *table, Error *error)
{
    Text sql = text_new(make->arena);
    AUTO(Result) *order = conn_query(make->target, sql_assess_foreign_key_order, PARAMS(number(make, table->real->oid)), error);
    for (int row = 0; order && row < result_rows(order); row++)
        add_foreign_key(make, &sql, table, result_text(order, row, 0));
    return order && script(make, &sql, error);
}

bool shadow_make(Arena *arena, Shadow *shadow, Conn *target, Error *error)
{
    Make make = {.arena = arena, .shadow = shadow, .target = target};
    FOR_EACH(const ShadowTable, table, shadow->tables)
        if (!(table->is_parent ? make_parent : make_table)(&make, table, error))
            return error_doing(error, "making a temporary table like %s", table->real->sql_name);
    FOR_EACH(const ShadowTable, table, shadow->tables)
        if (!table->is_parent && !make_foreign_keys(&make, table, error))
            return error_doing(error, "making the foreign keys of a table like %s", table->real->sql_name);
    return true;
}
