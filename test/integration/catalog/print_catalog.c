/* Prints the catalog of the server at REHOME_TEST_URL as one JSON document, for test/scenario/test_catalog.py.
 * With an argument, that is SQL to run in a transaction first; the catalog is then loaded inside it. */
#include "catalog/catalog.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *print_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *print_char(char code)
{
    return code ? json_stringn(&code, 1) : json_null();
}

static json_t *print_strings(const StringList *list)
{
    json_t *array = json_array();
    FOR_EACH(const char *, text, *list)
        json_array_append_new(array, json_string(*text));
    return array;
}

/* Columns by name, "" for an expression. */
static json_t *print_numbers(const Relation *relation, const NumberList *numbers)
{
    json_t *array = json_array();
    FOR_EACH(const int, number, *numbers) {
        const Column *column = relation ? relation_column_by_number(relation, *number) : NULL;
        json_array_append_new(array, json_string(column ? column->name : ""));
    }
    return array;
}

static json_t *print_type(const Catalog *catalog, const Type *type)
{
    const Type *element = catalog_type(catalog, type->element);
    int32_t typmod = -1;
    const Type *base = catalog_base_type(catalog, type->oid, &typmod);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:b, s:o, s:o, s:b, s:b, s:b}", "schema",
                     print_text(type->schema), "name", print_text(type->name), "sql_name", print_text(type->sql_name),
                     "kind", print_char(type->kind), "category", print_char(type->category), "element",
                     print_text(element ? element->sql_name : NULL), "base", print_text(base ? base->sql_name : NULL),
                     "base_typmod", typmod, "not_null", type->not_null, "send_schema", print_text(type->send_schema),
                     "send", print_text(type->send_name), "receive", type->has_receive, "equality", type->has_equality,
                     "builtin", type_is_builtin(type));
}

static json_t *print_column(const Catalog *catalog, const Column *column)
{
    const Type *type = catalog_type(catalog, column->type);
    return json_pack("{s:o, s:i, s:o, s:o, s:b, s:b, s:o, s:o, s:o, s:o, s:b, s:o, s:o, s:o}", "name",
                     print_text(column->name), "number", column->number, "type", print_text(type ? type->name : NULL),
                     "type_name", print_text(column->type_name), "not_null", column->not_null, "has_default",
                     column->has_default, "default", print_text(column->default_sql), "identity",
                     print_char(column->identity), "generated", print_char(column->generated), "collation",
                     print_text(column->collation), "collation_is_c", column->collation_is_c, "correlation",
                     isnan(column->correlation) ? json_null() : json_real(column->correlation), "sequence_schema",
                     print_text(column->sequence_schema), "sequence", print_text(column->sequence));
}

static json_t *print_index(const Relation *relation, const Index *index)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:b}", "schema", print_text(index->schema),
                  "name", print_text(index->name), "definition", print_text(index->definition), "unique", index->unique,
                  "primary", index->primary, "exclusion", index->exclusion, "valid", index->valid, "partial",
                  index->partial, "has_expression", index->has_expression, "nulls_not_distinct",
                  index->nulls_not_distinct, "btree", index->btree, "deferrable", index->deferrable);
    json_t *rest =
        json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:I}", "constraint", print_text(index->constraint),
                  "constraint_definition", print_text(index->constraint_definition), "columns",
                  print_numbers(relation, &index->columns), "inherited", index->inherited, "replica_identity",
                  index->replica_identity, "clustered", index->clustered, "views_depend",
                  index->views_depend, "bytes", (json_int_t)index->bytes);
    json_object_update_missing(object, rest);
    json_decref(rest);
    return object;
}

static json_t *print_parts(const Catalog *catalog, const Relation *relation)
{
    json_t *parts = json_pack("{s:[], s:[], s:[], s:[]}", "columns", "indexes", "checks", "triggers");
    FOR_EACH(const Column, column, relation->columns)
        json_array_append_new(json_object_get(parts, "columns"), print_column(catalog, column));
    FOR_EACH(const Index, index, relation->indexes)
        json_array_append_new(json_object_get(parts, "indexes"), print_index(relation, index));
    FOR_EACH(const CheckConstraint, check, relation->checks)
        json_array_append_new(json_object_get(parts, "checks"),
                              json_pack("{s:s, s:s}", "name", check->name, "definition", check->definition));
    FOR_EACH(const Trigger, trigger, relation->triggers)
        json_array_append_new(json_object_get(parts, "triggers"),
                              json_pack("{s:s, s:s, s:o}", "name", trigger->name, "definition", trigger->definition,
                                        "enabled", print_char(trigger->enabled)));
    return parts;
}

static json_t *print_relation(const Catalog *catalog, const Relation *relation)
{
    const Relation *parent = catalog_relation_by_oid(catalog, relation->parent);
    const Index *walk = relation_walk_key(relation);
    json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:o, s:b, s:o}", "schema",
                               print_text(relation->schema), "name", print_text(relation->name), "sql_name",
                               print_text(relation->sql_name), "kind", print_char(relation->kind), "parent",
                               print_text(parent ? parent->sql_name : NULL), "is_partition", relation->is_partition,
                               "has_children", relation->has_children, "row_security", relation->row_security, "heap",
                               relation->heap, "owner", print_text(relation->owner), "from_extension",
                               relation->from_extension, "comment", print_text(relation->comment));
    json_t *rest =
        json_pack("{s:I, s:I, s:I, s:I, s:b, s:b, s:b, s:b, s:b, s:b, s:o}", "estimated_rows",
                  (json_int_t)relation->estimated_rows, "pages", (json_int_t)relation->pages, "bytes",
                  (json_int_t)relation->bytes, "index_bytes", (json_int_t)relation->index_bytes, "may_select",
                  relation->may_select, "may_insert", relation->may_insert, "may_update", relation->may_update,
                  "may_delete", relation->may_delete, "may_truncate", relation->may_truncate, "is_owner",
                  relation->is_owner, "walk_key", print_text(walk ? walk->name : NULL));
    json_t *parts = print_parts(catalog, relation);
    json_object_update_missing(object, rest);
    json_object_update_missing(object, parts);
    json_decref(rest);
    json_decref(parts);
    return object;
}

static json_t *print_foreign_key(const Catalog *catalog, const ForeignKey *key)
{
    const Relation *from = catalog_relation_by_oid(catalog, key->from);
    const Relation *to = catalog_relation_by_oid(catalog, key->to);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b}", "name", key->name, "definition",
                     key->definition, "from", print_text(from ? from->sql_name : NULL), "to",
                     print_text(to ? to->sql_name : NULL), "columns", print_numbers(from, &key->columns), "to_columns",
                     print_numbers(to, &key->to_columns), "deferrable", key->deferrable, "deferred", key->deferred,
                     "validated", key->validated, "inherited", key->inherited);
}

static json_t *print_server(const Catalog *catalog)
{
    return json_pack("{s:i, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:o, s:o, s:I, s:o, s:o, s:o}", "server_version",
                     catalog->server_version, "database", print_text(catalog->database), "role",
                     print_text(catalog->role), "encoding", print_text(catalog->encoding), "collation",
                     print_text(catalog->collation), "in_recovery", catalog->in_recovery, "superuser",
                     catalog->superuser, "may_create_schema", catalog->may_create_schema, "system_identifier",
                     print_text(catalog->system_identifier), "search_path", print_strings(&catalog->search_path),
                     "large_objects", (json_int_t)catalog->large_objects, "volatile_functions",
                     print_strings(&catalog->volatile_functions), "aggregate_functions",
                     print_strings(&catalog->aggregate_functions), "set_returning_functions",
                     print_strings(&catalog->set_returning_functions));
}

static json_t *print_catalog(const Catalog *catalog)
{
    json_t *document = json_pack("{s:o, s:{}, s:{}, s:[], s:[], s:[]}", "server", print_server(catalog), "relations",
                                 "types", "foreign_keys", "sequences", "routines");
    FOR_EACH(const Relation, relation, catalog->relations)
        json_object_set_new(json_object_get(document, "relations"), relation->sql_name,
                            print_relation(catalog, relation));
    FOR_EACH(const Type, type, catalog->types)
        json_object_set_new(json_object_get(document, "types"), type->sql_name, print_type(catalog, type));
    FOR_EACH(const ForeignKey, key, catalog->foreign_keys)
        json_array_append_new(json_object_get(document, "foreign_keys"), print_foreign_key(catalog, key));
    FOR_EACH(const Sequence, sequence, catalog->sequences) {
        const Relation *owner = catalog_relation_by_oid(catalog, sequence->owner_relation);
        json_array_append_new(json_object_get(document, "sequences"),
                              json_pack("{s:s, s:s, s:o, s:o, s:b}", "schema", sequence->schema, "name", sequence->name,
                                        "owner_relation", print_text(owner ? owner->sql_name : NULL), "owner_column",
                                        print_text(sequence->owner_column), "from_extension",
                                        sequence->from_extension));
    }
    FOR_EACH(const Routine, routine, catalog->routines)
        json_array_append_new(json_object_get(document, "routines"),
                              json_pack("{s:s, s:s, s:s}", "schema", routine->schema, "name", routine->name,
                                        "arguments", routine->arguments));
    return document;
}

/* NULL SQL: without a transaction. */
static Catalog *load(Arena *arena, Conn *conn, const char *sql, Error *error)
{
    if (sql && (!conn_begin(conn, "", error) || !conn_script(conn, sql, error)))
        return NULL;
    return catalog_load(arena, conn, error);
}

/* The session as catalog_load() left it. */
static json_t *print_session(Conn *conn, Error *error)
{
    AUTO(Result) *result = conn_query(conn, "SELECT pg_catalog.current_setting('search_path')", NO_PARAMS, error);
    return json_pack("{s:o, s:b}", "search_path", print_text(result ? result_text(result, 0, 0) : NULL),
                     "in_transaction", conn_in_transaction(conn));
}

static json_t *print_loaded(Arena *arena, const char *url, const char *sql, Error *error)
{
    AUTO(Conn) *conn = conn_open(&(ConnOptions){.url = url, .side = "source", .application = "print_catalog"}, error);
    const Catalog *catalog = conn ? load(arena, conn, sql, error) : NULL;
    if (!catalog)
        return NULL;
    json_t *document = print_catalog(catalog);
    json_object_set_new(document, "session", print_session(conn, error));
    return document;
}

int main(int count, char **arguments)
{
    AUTO(Arena) *arena = arena_new();
    Error error = {0};
    json_t *document = print_loaded(arena, getenv("REHOME_TEST_URL"), count > 1 ? arguments[1] : NULL, &error);
    if (!document) {
        fprintf(stderr, "%s %s %s\n", error.sqlstate, error.message, error.detail);
        return 1;
    }
    json_dumpf(document, stdout, JSON_INDENT(1));
    json_decref(document);
    return 0;
}
