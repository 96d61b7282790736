#include "transform/steady.h"

#include "base/text.h"

#include <jansson.h>

static const char *const SESSION[] = {"current_database", "current_query",    "current_schemas", "current_setting",
                                      "inet_client_addr", "inet_client_port", "pg_backend_pid"};

typedef struct Search {
    const Functions *functions;
    const StringList *routines;
    bool steady;
} Search;

static bool reads_session(const char *name)
{
    for (size_t i = 0; i < sizeof SESSION / sizeof *SESSION; i++)
        if (text_equal(SESSION[i], name))
            return true;
    return false;
}

/* As `label(u)` or, of a row, as `u.label`. */
static bool is_routine(const Search *search, json_t *name)
{
    const char *last = tree_last_name(name);
    return last && string_list_contains(search->routines, last);
}

static bool node_is_steady(const Search *search, const char *kind, json_t *body)
{
    if (functions_is_volatile(search->functions, kind, body) || text_equal(kind, "SQLValueFunction") ||
        text_equal(kind, "RangeTableSample"))
        return false;
    if (text_equal(kind, "FuncCall"))
        return !is_routine(search, tree_field(body, "funcname")) &&
               !reads_session(tree_last_name(tree_field(body, "funcname")));
    if (text_equal(kind, "ColumnRef"))
        return !is_routine(search, tree_field(body, "fields"));
    return !text_equal(kind, "A_Const") || !functions_is_moment(tree_text(tree_field(body, "sval"), "sval"));
}

static bool search_node(void *self, const char *kind, json_t *body)
{
    Search *search = self;
    search->steady &= node_is_steady(search, kind, body);
    return search->steady;
}

bool steady_is(Arena *arena, const char *sql, bool is_condition, const Functions *functions, const StringList *routines)
{
    AUTO(json_t) *tree = tree_parse(is_condition ? arena_printf(arena, "SELECT WHERE (%s\n)", sql) : sql, &(Error){0});
    Search search = {functions, routines, tree != NULL};
    tree_walk(tree, search_node, &search);
    return search.steady;
}
