#include "transform/shape.h"

#include "base/text.h"

typedef struct Look {
    const Scope *scope;
    const Functions *functions;
    const Level *level; /* whose shape it is */
    const Level *here;  /* where we are: `level`, or a sub-select inside it */
    LevelShape *shape;
    bool plain_column; /* a column outside of every aggregate: the level cannot be one single group */
    bool perhaps;      /* an aggregate in a sub-select whose columns may all be of `level`: then it belongs to `level` */
} Look;

static bool is_own_column(const Look *look, const ColumnUse *use)
{
    const Item *item = use->qualifier ? scope_find(look->here, use->qualifier) : NULL;
    return item && item->level == look->level;
}

typedef struct Arguments {
    const Look *look;
    size_t columns, foreign;
} Arguments;

static bool look_at_argument(void *self, const char *kind, json_t *body)
{
    Arguments *arguments = self;
    if (text_equal(kind, "ColumnRef")) {
        ColumnUse use = scope_column(arguments->look->here, body);
        arguments->columns++;
        arguments->foreign += use.qualifier && !is_own_column(arguments->look, &use);
    }
    return true;
}

/* Inside a sub-select. An aggregate there belongs to the level that its columns are of: (SELECT sum(o.price)) sums up all orders o. */
static bool look_deeper(void *self, const char *kind, json_t *body)
{
    Look *look = self;
    if (text_equal(kind, "SelectStmt")) {
        const Level *inner = scope_level_of(look->scope, body), *outer = look->here;
        if (!inner || inner == outer)
            return true;
        look->here = inner;
        tree_walk(body, look_deeper, look);
        look->here = outer;
        return false;
    }
    if (text_equal(kind, "FuncCall") && functions_is_aggregate(look->functions, body)) {
        Arguments arguments = {.look = look};
        tree_walk(body, look_at_argument, &arguments);
        look->perhaps |= arguments.columns > 0 && arguments.foreign == 0;
        return false;
    }
    if (text_equal(kind, "ColumnRef")) {
        ColumnUse use = scope_column(look->here, body);
        look->plain_column |= is_own_column(look, &use);
    }
    return true;
}

static bool look_at_node(void *self, const char *kind, json_t *body)
{
    Look *look = self;
    if (text_equal(kind, "SubLink")) {
        tree_walk(tree_field(body, "testexpr"), look_at_node, look);
        tree_walk(tree_field(body, "subselect"), look_deeper, look);
        return false;
    }
    if (text_equal(kind, "ColumnRef"))
        look->plain_column = true;
    if (!text_equal(kind, "FuncCall"))
        return true;

    look->shape->windowed |= functions_is_window(body);
    look->shape->set_returning |= functions_is_set_returning(look->functions, body);
    bool aggregate = functions_is_aggregate(look->functions, body);
    look->shape->aggregated |= aggregate;
    return !aggregate;
}

static bool has_grouping_set(json_t *clause)
{
    bool found = false;
    json_t *node;
    size_t index;
    json_array_foreach(clause, index, node) found |= tree_body(node, "GroupingSet") != NULL;
    return found;
}

LevelShape shape_of(const Scope *scope, const Level *level, const Functions *functions)
{
    json_t *select = level->select;
    json_t *distinct = tree_field(select, "distinctClause");
    LevelShape shape = {
        .grouped = tree_field(select, "groupClause") != NULL,
        .aggregated = tree_field(select, "havingClause") != NULL,
        .grouping_sets = has_grouping_set(tree_field(select, "groupClause")),
        .distinct = distinct && !tree_kind(json_array_get(distinct, 0)),
        .distinct_on = distinct && tree_kind(json_array_get(distinct, 0)),
        .limited = tree_field(select, "limitCount") || tree_field(select, "limitOffset"),
        .filtered = tree_field(select, "whereClause") || tree_field(select, "havingClause"),
        .locked = tree_field(select, "lockingClause") != NULL,
        .joined = level->items.count > 1,
    };
    Look look = {scope, functions, level, level, &shape, false, false};
    tree_walk(tree_field(select, "targetList"), look_at_node, &look);
    bool plain_column = look.plain_column; /* in ORDER BY a name may be that of an output column */
    tree_walk(tree_field(select, "sortClause"), look_at_node, &look);
    shape.aggregated |= look.perhaps && !plain_column;
    return shape;
}
