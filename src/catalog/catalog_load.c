#include "catalog/catalog.h"

#include "catalog/row.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* A query and what becomes of each of its rows. The functions read a row's columns in the order of the SELECT. */
typedef struct Section {
    const char *what;
    const char *sql;
    void (*add)(Catalog *catalog, Row *row);
} Section;

static bool load_section(Arena *arena, Conn *conn, const Section *section, Catalog *catalog, Error *error)
{
    AUTO(Result) *result = conn_query(conn, section->sql, NO_PARAMS, error);
    if (!result)
        return error_doing(error, "reading the %s of the %s", section->what, conn_side(conn));
    for (int number = 0; number < result_rows(result); number++)
        section->add(catalog, &(Row){.arena = arena, .result = result, .number = number});
    return true;
}

static void add_type(Catalog *catalog, Row *row)
{
    Type *type = ROW_ADD(row, &catalog->types, row_count(row));
    type->oid = row_oid(row);
    type->schema = row_text(row);
    type->name = row_text(row);
    type->sql_name = row_text(row);
    type->kind = row_char(row);
    type->category = row_char(row);
    type->element = row_oid(row);
    type->base = row_oid(row);
    type->base_typmod = (int32_t)row_number(row);
    type->not_null = row_bool(row);
    type->send_schema = row_text(row);
    type->send_name = row_text(row);
    type->has_receive = row_bool(row);
    type->has_equality = row_bool(row);
}

static void add_relation(Catalog *catalog, Row *row)
{
    Relation *relation = ROW_ADD(row, &catalog->relations, row_count(row));
    relation->oid = row_oid(row);
    relation->schema = row_text(row);
    relation->name = row_text(row);
    relation->sql_name = quote_qualified(row->arena, relation->schema, relation->name);
    relation->kind = row_char(row);
    relation->is_partition = row_bool(row);
    relation->parent = row_oid(row);
    relation->populated = row_bool(row);
    relation->has_children = row_bool(row);
    relation->row_security = row_bool(row);
    relation->heap = row_bool(row);
    relation->estimated_rows = row_number(row);
    relation->pages = row_number(row);
    relation->bytes = row_number(row);
    relation->owner = row_text(row);
    relation->may_select = row_bool(row);
    relation->may_insert = row_bool(row);
    relation->may_update = row_bool(row);
    relation->may_delete = row_bool(row);
    relation->may_truncate = row_bool(row);
    relation->is_owner = row_bool(row);
    relation->from_extension = row_bool(row);
    relation->comment = row_text(row);
    const char *inherits = row_text(row), **oids = NULL;
    size_t count = 0;
    if (inherits && quote_parse_array(row->arena, inherits, &oids, &count))
        for (size_t i = 0; i < count; i++)
            LIST_PUSH(row->arena, &relation->inherits, (ObjectId)strtoul(oids[i], NULL, 10));
}

/* The relation named by the row's first column; NULL for one that is not in this catalog: its rows are passed over. */
static Relation *relation_of(Catalog *catalog, Row *row)
{
    return (Relation *)catalog_relation_by_oid(catalog, row_oid(row));
}

static void add_column(Catalog *catalog, Row *row)
{
    Relation *relation = relation_of(catalog, row);
    if (!relation)
        return;
    Column *column = ROW_ADD(row, &relation->columns, row_siblings(row));
    column->name = row_text(row);
    column->number = (int)row_number(row);
    column->type = row_oid(row);
    column->typmod = (int32_t)row_number(row);
    column->type_name = row_text(row);
    column->not_null = row_bool(row);
    column->has_default = row_bool(row);
    column->default_sql = row_text(row);
    column->identity = row_char(row);
    column->generated = row_char(row);
    const char *collation_schema = row_text(row);
    const char *collation = row_text(row);
    column->collation = collation ? quote_qualified(row->arena, collation_schema, collation) : NULL;
    column->collation_is_c = row_bool(row);
    column->correlation = NAN;
}

static void add_index(Catalog *catalog, Row *row)
{
    Relation *relation = relation_of(catalog, row);
    if (!relation)
        return;
    Index *index = ROW_ADD(row, &relation->indexes, row_siblings(row));
    index->schema = row_text(row);
    index->name = row_text(row);
    index->definition = row_text(row);
    index->unique = row_bool(row);
    index->primary = row_bool(row);
    index->exclusion = row_bool(row);
    index->valid = row_bool(row);
    index->partial = row_bool(row);
    index->has_expression = row_bool(row);
    index->nulls_not_distinct = row_bool(row);
    index->btree = row_bool(row);
    index->constraint = row_text(row);
    index->constraint_definition = row_text(row);
    index->deferrable = row_bool(row);
    row_numbers(row, &index->columns);
    index->inherited = row_bool(row);
    index->replica_identity = row_bool(row);
    index->clustered = row_bool(row);
    index->views_depend = row_bool(row);
    index->bytes = row_number(row);
    index->tablespace = row_text(row);
    index->comment = row_text(row);
    index->constraint_comment = row_text(row);
    index->statistics = row_text(row);
    row_texts(row, &index->parts);
    row_texts(row, &index->operators);
    index->predicate = row_text(row);
    relation->index_bytes += index->bytes;
}

static void add_foreign_key(Catalog *catalog, Row *row)
{
    ForeignKey *key = ROW_ADD(row, &catalog->foreign_keys, row_count(row));
    key->name = row_text(row);
    key->definition = row_text(row);
    key->from = row_oid(row);
    key->to = row_oid(row);
    row_numbers(row, &key->columns);
    row_numbers(row, &key->to_columns);
    key->deferrable = row_bool(row);
    key->deferred = row_bool(row);
    key->validated = row_bool(row);
    key->inherited = row_bool(row);
    key->comment = row_text(row);
}

static void add_check(Catalog *catalog, Row *row)
{
    Relation *relation = relation_of(catalog, row);
    if (!relation)
        return;
    CheckConstraint *check = ROW_ADD(row, &relation->checks, row_siblings(row));
    check->name = row_text(row);
    check->definition = row_text(row);
}

static void add_trigger(Catalog *catalog, Row *row)
{
    Relation *relation = relation_of(catalog, row);
    if (!relation)
        return;
    Trigger *trigger = ROW_ADD(row, &relation->triggers, row_siblings(row));
    trigger->name = row_text(row);
    trigger->definition = row_text(row);
    trigger->enabled = row_char(row);
}

static void add_sequence(Catalog *catalog, Row *row)
{
    Sequence *sequence = ROW_ADD(row, &catalog->sequences, row_count(row));
    sequence->schema = row_text(row);
    sequence->name = row_text(row);
    sequence->owner_relation = row_oid(row);
    sequence->owner_column = row_text(row);
    sequence->from_extension = row_bool(row);

    const Relation *owner = catalog_relation_by_oid(catalog, sequence->owner_relation);
    Column *column = owner ? (Column *)relation_column(owner, sequence->owner_column) : NULL;
    if (column) {
        column->sequence_schema = sequence->schema;
        column->sequence = sequence->name;
    }
}

static void add_view_read(Catalog *catalog, Row *row)
{
    ViewRead *read = ROW_ADD(row, &catalog->view_reads, row_count(row));
    read->view = row_oid(row);
    read->relation = row_oid(row);
}

static void add_routine(Catalog *catalog, Row *row)
{
    Routine *routine = ROW_ADD(row, &catalog->routines, row_count(row));
    routine->schema = row_text(row);
    routine->name = row_text(row);
    routine->arguments = row_text(row);
}

static void add_function(Catalog *catalog, Row *row)
{
    const char *name = row_text(row);
    StringList *lists[] = {&catalog->volatile_functions, &catalog->aggregate_functions,
                           &catalog->set_returning_functions};
    for (size_t i = 0; i < COUNT(lists); i++)
        if (row_bool(row))
            LIST_PUSH(row->arena, lists[i], name);
}

static void add_correlation(Catalog *catalog, Row *row)
{
    const char *schema = row_peek(row);
    const char *name = row_peek(row);
    const Relation *relation = catalog_relation(catalog, schema, name);
    Column *column = relation ? (Column *)relation_column(relation, row_peek(row)) : NULL;
    if (column)
        column->correlation = row_real(row);
}

static const Section objects[] = {
    {"types", sql_catalog_types, add_type},
    {"tables and views", sql_catalog_relations, add_relation},
};

/* Each of these looks up the relation it belongs to, some a column of it as well. */
static const Section details[] = {
    {"columns", sql_catalog_columns, add_column},
    {"indexes", sql_catalog_indexes, add_index},
    {"foreign keys", sql_catalog_foreign_keys, add_foreign_key},
    {"check constraints", sql_catalog_checks, add_check},
    {"triggers", sql_catalog_triggers, add_trigger},
    {"sequences", sql_catalog_sequences, add_sequence},
    {"tables that views read", sql_catalog_view_reads, add_view_read},
    {"functions and procedures", sql_catalog_routines, add_routine},
    {"kinds of functions", sql_catalog_functions, add_function},
    {"statistics", sql_catalog_correlations, add_correlation},
};

static bool load_sections(Arena *arena, Conn *conn, const Section *sections, size_t count, Catalog *catalog,
                          Error *error)
{
    for (const Section *section = sections; section < sections + count; section++)
        if (!load_section(arena, conn, section, catalog, error))
            return false;
    return true;
}

/* A whole can do no more than its part, and a domain promises what the domain below it does. True when that was news.
 */
static bool learn_from_part(Type *whole, const Type *part)
{
    Type before = *whole;
    if (!part->send_name)
        whole->send_schema = whole->send_name = NULL;
    whole->has_receive &= part->has_receive;
    whole->has_equality &= part->has_equality;
    whole->not_null |= whole->kind == 'd' && part->not_null;
    return whole->send_name != before.send_name || whole->has_receive != before.has_receive ||
           whole->has_equality != before.has_equality || whole->not_null != before.not_null;
}

static bool learn_from_parts(Catalog *catalog, const Result *parts)
{
    bool news = false;
    for (int i = 0; i < result_rows(parts); i++) {
        Type *whole = (Type *)catalog_type(catalog, (ObjectId)result_number(parts, i, 0));
        const Type *part = catalog_type(catalog, (ObjectId)result_number(parts, i, 1));
        if (whole && part && learn_from_part(whole, part))
            news = true;
    }
    return news;
}

/* A row with a json column cannot be compared, nor an array of such rows: news travels up until there is none. */
static bool load_type_parts(Conn *conn, Catalog *catalog, Error *error)
{
    AUTO(Result) *parts = conn_query(conn, sql_catalog_type_parts, NO_PARAMS, error);
    if (!parts)
        return error_doing(error, "reading what the types of the %s are made of", conn_side(conn));
    while (learn_from_parts(catalog, parts))
        continue;
    return true;
}

/* What only some roles may ask for has its own statement: PostgreSQL checks rights before it looks at any CASE. */
static bool load_permitted(Arena *arena, Conn *conn, Catalog *catalog, bool may_identify, bool may_count, Error *error)
{
    catalog->large_objects = -1;
    if (may_identify) {
        AUTO(Result) *result = conn_query(conn, sql_catalog_system_identifier, NO_PARAMS, error);
        if (!result)
            return error_doing(error, "reading the system identifier of the %s", conn_side(conn));
        catalog->system_identifier = result_copy(arena, result, 0, 0);
    }
    if (may_count) {
        AUTO(Result) *result = conn_query(conn, sql_catalog_large_objects, NO_PARAMS, error);
        if (!result)
            return error_doing(error, "counting the large objects of the %s", conn_side(conn));
        catalog->large_objects = result_number(result, 0, 0);
    }
    return true;
}

static bool load_server(Arena *arena, Conn *conn, Catalog *catalog, Error *error)
{
    AUTO(Result) *result = conn_query(conn, sql_catalog_server, NO_PARAMS, error);
    if (!result)
        return error_doing(error, "asking the %s what it is", conn_side(conn));

    Row row = {.arena = arena, .result = result};
    catalog->server_version = conn_version(conn);
    catalog->database = row_text(&row);
    catalog->role = row_text(&row);
    catalog->encoding = row_text(&row);
    catalog->collation = row_text(&row);
    catalog->in_recovery = row_bool(&row);
    catalog->superuser = row_bool(&row);
    catalog->may_create_schema = row_bool(&row);
    bool may_identify = row_bool(&row);
    bool may_count = row_bool(&row);
    catalog->may_create_temporary = row_bool(&row);
    return load_permitted(arena, conn, catalog, may_identify, may_count, error);
}

/* A partitioned table is as big as its partitions. */
static void sum_partitions(Catalog *catalog)
{
    FOR_EACH(const Relation, leaf, catalog->relations) {
        if (leaf->kind == 'p')
            continue;
        for (ObjectId parent = leaf->parent; parent;) {
            Relation *whole = (Relation *)catalog_relation_by_oid(catalog, parent);
            if (!whole)
                break;
            whole->pages += leaf->pages;
            whole->bytes += leaf->bytes;
            whole->index_bytes += leaf->index_bytes;
            if (leaf->estimated_rows >= 0)
                whole->estimated_rows = (whole->estimated_rows < 0 ? 0 : whole->estimated_rows) + leaf->estimated_rows;
            parent = whole->parent;
        }
    }
}

/* A definition is printed as it is now, and not as the snapshot sees it: of what somebody has dropped meanwhile there is
 * none. */
static bool is_torn(const Catalog *catalog)
{
    bool torn = false;
    FOR_EACH(const Relation, relation, catalog->relations) {
        FOR_EACH(const Index, index, relation->indexes)
            torn |= !index->definition || (index->constraint && !index->constraint_definition);
        FOR_EACH(const CheckConstraint, check, relation->checks)
            torn |= !check->definition;
        FOR_EACH(const Trigger, trigger, relation->triggers)
            torn |= !trigger->definition;
    }
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys)
        torn |= !key->definition;
    return torn;
}

/* Under the SQLSTATE that the server gives when it notices itself. */
static bool refuse_torn(const Conn *conn, const Catalog *catalog, Error *error)
{
    if (!is_torn(catalog))
        return true;
    error_set(error, ERROR_TRANSIENT, "something was dropped on the %s while its catalog was read", conn_side(conn));
    strcpy(error->sqlstate, "XX000");
    return error_hint(error, "Try again.");
}

static bool load_catalog(Arena *arena, Conn *conn, Catalog *catalog, Error *error)
{
    if (!load_server(arena, conn, catalog, error) ||
        !load_sections(arena, conn, objects, COUNT(objects), catalog, error))
        return false;
    catalog_build_index(arena, catalog);
    if (!load_type_parts(conn, catalog, error) || !load_sections(arena, conn, details, COUNT(details), catalog, error))
        return false;
    sum_partitions(catalog);
    return refuse_torn(conn, catalog, error);
}

static bool set_search_path(Conn *conn, const char *setting, Error *error)
{
    return conn_exec(conn, sql_catalog_search_path, PARAMS(setting), NULL, error);
}

/* PostgreSQL leaves schemas out of the definitions it prints when the search path finds them: so it must not find any.
 */
static bool load_without_search_path(Arena *arena, Conn *conn, Catalog *catalog, Error *error)
{
    AUTO(Result) *session = conn_query(conn, sql_catalog_session, NO_PARAMS, error);
    if (!session)
        return error_doing(error, "asking the %s for its search path", conn_side(conn));
    catalog->search_path = result_list(arena, session, 0, 0);
    return set_search_path(conn, "", error) && load_catalog(arena, conn, catalog, error) &&
           set_search_path(conn, result_text(session, 0, 1), error);
}

Catalog *catalog_load(Arena *arena, Conn *conn, Error *error)
{
    Catalog *catalog = NEW(arena, Catalog);
    if (conn_in_transaction(conn))
        return load_without_search_path(arena, conn, catalog, error) ? catalog : NULL;

    if (!conn_begin(conn, "ISOLATION LEVEL REPEATABLE READ, READ ONLY", error))
        return NULL;
    bool loaded = load_without_search_path(arena, conn, catalog, error);
    conn_rollback(conn);
    return loaded ? catalog : NULL;
}
