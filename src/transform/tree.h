/* A statement as libpg_query parses it: access to its tree in jansson.
 *
 * A node of the tree is an object with one member, named after its kind: {"ColumnRef": {…}}. What stands inside is its body.
 * Fields that are 0, false or empty are left out, an empty place in a list is {}. */
#pragma once

#include "base/error.h"
#include "base/list.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

void json_t_cleanup(json_t **json);

/* The whole tree: {"version": …, "stmts": […]}. On failure the error holds the parser's message and the offset in characters. */
json_t *tree_parse(const char *sql, Error *error);

/* "ColumnRef"; NULL when it is not a node. */
const char *tree_kind(json_t *node);
/* The body of a node of this kind; NULL for any other. */
json_t *tree_body(json_t *node, const char *kind);
json_t *tree_field(json_t *body, const char *field);
const char *tree_text(json_t *body, const char *field); /* NULL when empty */
bool tree_flag(json_t *body, const char *field);
int tree_number(json_t *body, const char *field); /* 0 when left out */
bool tree_is(json_t *body, const char *field, const char *text);
/* The text of a String node; NULL for any other. */
const char *tree_string(json_t *node);
/* The text of the last element of a list of String nodes: a function's or a type's own name. NULL when there is none. */
const char *tree_last_name(json_t *list);
/* The value of an integer constant; 0 when it is something else: the N of GROUP BY N. */
int tree_ordinal(json_t *node);
json_t *tree_statement(json_t *tree); /* the node of the first statement */

/* Calls `visit` for every node below `json` (and for `json` itself), outside in; it says whether to go on inside that node. */
typedef bool TreeVisit(void *self, const char *kind, json_t *body);
void tree_walk(json_t *json, TreeVisit *visit, void *self);
