#include "transform/tree.h"

#include "base/text.h"

#include <ctype.h>
#include <pg_query.h>
#include <string.h>

void json_t_cleanup(json_t **json)
{
    json_decref(*json);
}

static void PgQueryParseResult_cleanup(PgQueryParseResult *result)
{
    pg_query_free_parse_result(*result);
}

json_t *tree_parse(const char *sql, Error *error)
{
    AUTO(PgQueryParseResult) result = pg_query_parse(sql);
    if (result.error) {
        error_set(error, ERROR_SQL, "%s", result.error->message);
        error->position = result.error->cursorpos;
        return NULL;
    }

    json_error_t trouble;
    json_t *tree = json_loads(result.parse_tree, 0, &trouble);
    if (!tree)
        error_set(error, ERROR_SQL, "the statement is nested too deeply: %s", trouble.text);
    return tree;
}

const char *tree_kind(json_t *node)
{
    if (!json_is_object(node) || json_object_size(node) != 1)
        return NULL;
    const char *kind = json_object_iter_key(json_object_iter(node));
    return isupper((unsigned char)kind[0]) ? kind : NULL;
}

json_t *tree_body(json_t *node, const char *kind)
{
    return text_equal(tree_kind(node), kind) ? json_object_get(node, kind) : NULL;
}

json_t *tree_field(json_t *body, const char *field)
{
    return json_object_get(body, field);
}

const char *tree_text(json_t *body, const char *field)
{
    return json_string_value(json_object_get(body, field));
}

bool tree_flag(json_t *body, const char *field)
{
    return json_is_true(json_object_get(body, field));
}

int tree_number(json_t *body, const char *field)
{
    return (int)json_integer_value(json_object_get(body, field));
}

bool tree_is(json_t *body, const char *field, const char *text)
{
    return text_equal(tree_text(body, field), text);
}

const char *tree_string(json_t *node)
{
    return tree_text(tree_body(node, "String"), "sval");
}

const char *tree_last_name(json_t *list)
{
    size_t count = json_array_size(list);
    return count > 0 ? tree_string(json_array_get(list, count - 1)) : NULL;
}

int tree_ordinal(json_t *node)
{
    return tree_number(tree_field(tree_body(node, "A_Const"), "ival"), "ival");
}

json_t *tree_statement(json_t *tree)
{
    return tree_field(json_array_get(tree_field(tree, "stmts"), 0), "stmt");
}

void tree_walk(json_t *json, TreeVisit *visit, void *self)
{
    const char *kind = tree_kind(json);
    if (kind && !visit(self, kind, json_object_get(json, kind)))
        return;

    const char *field;
    json_t *value;
    size_t index;
    json_object_foreach(json, field, value) tree_walk(value, visit, self);
    json_array_foreach(json, index, value) tree_walk(value, visit, self);
}
