#include "transform/judge.h"

#include "base/text.h"
#include "transform/outputs.h"
#include "transform/shape.h"

/* The way of the driving table's rows to the top level. */
typedef struct Way {
    const Scope *scope;
    const TransformRequest *request;
    const Functions *functions;
    Judgement judgement;
} Way;

static void refuse(Way *way, const char *why)
{
    if (!way->judgement.why_not)
        way->judgement.why_not = why;
}

/* From here on nobody knows how many rows one driving row gives. */
static void lose(Way *way)
{
    way->judgement.yield = YIELD_UNKNOWN;
    way->judgement.trace.visible = false;
}

static void yield_at_least(Way *way, Yield yield)
{
    if (way->judgement.yield < yield)
        way->judgement.yield = yield;
}

/* The name under which the item's own level sees driving column number `i`. */
static const char *aliased(const Item *item, const StringList *columns, const char *name)
{
    if (!item->columns)
        return name;
    for (size_t i = 0; columns && i < columns->count; i++) {
        const char *alias = tree_string(json_array_get(item->columns, i));
        if (text_equal(columns->items[i], name))
            return alias ? alias : name;
    }
    return NULL;
}

static KeyTrace trace_begin(const Way *way, const Item *driving)
{
    const KeyColumnList *key = way->request->key;
    KeyTrace trace = {.visible = !driving->hidden, .alias = driving->alias};
    if (!key || key->count == 0) {
        LIST_PUSH(way->scope->arena, &trace.names, "ctid");
        return trace;
    }
    FOR_EACH(KeyColumn, column, *key) {
        const char *name = aliased(driving, way->request->driving_columns, column->name);
        trace.visible &= name != NULL;
        LIST_PUSH(way->scope->arena, &trace.names, name);
    }
    return trace;
}

static bool is_key_column(const KeyTrace *trace, const Item *item, json_t *value, const char *name)
{
    json_t *column_ref = tree_body(value, "ColumnRef");
    if (!column_ref || !name)
        return false;
    ColumnUse use = scope_column(item->level, column_ref);
    bool from_here = use.qualifier ? text_equal(use.qualifier, trace->alias) && !use.schema : !item->merged;
    return from_here && text_equal(use.name, name);
}

/* GROUP BY 2 means the second output column. */
static json_t *grouped_value(const Level *level, json_t *node)
{
    int ordinal = tree_ordinal(node);
    if (ordinal <= 0)
        return node;
    json_t *target = json_array_get(tree_field(level->select, "targetList"), (size_t)ordinal - 1);
    return tree_field(tree_body(target, "ResTarget"), "val");
}

/* Every key column is grouped by: no group has rows of two keys. */
static bool keeps_key_apart(const KeyTrace *trace, const Item *item)
{
    json_t *clause = tree_field(item->level->select, "groupClause"), *node;
    bool apart = trace->visible;
    FOR_EACH(const char *, name, trace->names) {
        bool found = false;
        size_t index;
        json_array_foreach(clause, index, node) found |= is_key_column(trace, item, grouped_value(item->level, node), *name);
        apart &= found;
    }
    return apart;
}

static void judge_grouping(Way *way, const Item *item, const LevelShape *shape)
{
    if (!shape->grouped && !shape->aggregated)
        return;
    bool apart = shape->grouped && !shape->grouping_sets && keeps_key_apart(&way->judgement.trace, item);
    if (apart) {
        yield_at_least(way, YIELD_BY_KEY);
        return;
    }
    refuse(way, shape->grouping_sets ? "it groups rows of several keys (GROUPING SETS, CUBE, ROLLUP)"
                : shape->grouped     ? "its GROUP BY does not name the whole key of the driving table"
                                     : "it aggregates over rows of several keys");
    lose(way);
}

static void judge_level(Way *way, const Item *item)
{
    LevelShape shape = shape_of(way->scope, item->level, way->functions);
    if (shape.joined || shape.set_returning)
        yield_at_least(way, YIELD_BY_KEY);
    if (shape.filtered || shape.limited || shape.distinct_on || item->sampled)
        yield_at_least(way, YIELD_AT_MOST_ONE);
    judge_grouping(way, item, &shape);

    if (shape.distinct || shape.distinct_on)
        refuse(way, "DISTINCT compares rows of several keys");
    if (shape.distinct)
        lose(way);
    if (shape.limited)
        refuse(way, "LIMIT or OFFSET counts over the rows of all keys");
    if (shape.windowed)
        refuse(way, "a window function looks at rows of several keys");
    if (shape.locked)
        refuse(way, "it locks rows (FOR UPDATE or FOR SHARE)");
}

static void judge_reference(Way *way, const Item *item)
{
    if (item->sampled)
        refuse(way, "TABLESAMPLE draws from the whole table");
    if (item->nullable) {
        refuse(way, "the driving table is on the side of an outer join that may be missing");
        lose(way);
    }
    if (item->hidden)
        way->judgement.trace.visible = false;
}

/* What a column is called after renaming by a column list; a list behind a `*` cannot be told. */
static const char *renamed(json_t *columns, size_t index, bool after_star, const char *name)
{
    if (!columns)
        return name;
    const char *alias = tree_string(json_array_get(columns, index));
    return after_star ? NULL : alias ? alias : name;
}

static bool star_shows(const Item *item, const KeyTrace *trace, json_t *value, const char *name)
{
    ColumnUse use = scope_column(item->level, tree_body(value, "ColumnRef"));
    bool shows = use.qualifier ? text_equal(use.qualifier, trace->alias) : item->level->items.count == 1;
    return shows && !text_equal(name, "ctid");
}

/* How many output columns bear this name. */
static size_t count_outputs(json_t *targets, const char *name)
{
    size_t count = 0, index;
    json_t *node;
    json_array_foreach(targets, index, node) count += text_equal(output_name(tree_body(node, "ResTarget")), name);
    return count;
}

/* What the level around calls a key column that this level gives; NULL when it does not, or gives two columns of that name. */
static const char *name_outside(const Item *item, const KeyTrace *trace, const char *name, json_t *columns)
{
    json_t *targets = tree_field(item->level->select, "targetList"), *node;
    size_t index;
    bool after_star = false;
    json_array_foreach(targets, index, node)
    {
        json_t *target = tree_body(node, "ResTarget"), *value = tree_field(target, "val");
        const char *given = output_name(target);
        if (!given && star_shows(item, trace, value, name))
            return columns || count_outputs(targets, name) > 0 ? NULL : name;
        if (given && is_key_column(trace, item, value, name))
            return count_outputs(targets, given) == 1 ? renamed(columns, index, after_star, given) : NULL;
        after_star |= !given;
    }
    return NULL;
}

static void trace_outwards(Way *way, const Item *inner, const Item *outer)
{
    KeyTrace *inside = &way->judgement.trace;
    KeyTrace outside = {.visible = inside->visible, .alias = outer->alias};
    json_t *columns = outer->columns ? outer->columns : outer->cte ? outer->cte->columns : NULL;
    FOR_EACH(const char *, name, inside->names) {
        const char *given = inside->visible ? name_outside(inner, inside, *name, columns) : NULL;
        outside.visible &= given != NULL;
        LIST_PUSH(way->scope->arena, &outside.names, given);
    }
    *inside = outside;
}

static const Item *stop(Way *way, const char *why)
{
    refuse(way, why);
    lose(way);
    return NULL;
}

/* The item as which the rows of a level appear in the level around it; NULL at the top and where they cannot be followed. */
static const Item *step_outwards(Way *way, const Level *level)
{
    Arena *arena = way->scope->arena;
    switch (level->place) {
    case LEVEL_TOP:
        return NULL;
    case LEVEL_FROM:
        return level->item;
    case LEVEL_ARM:
        return stop(way, "the driving table stands in a UNION, INTERSECT or EXCEPT");
    case LEVEL_EXPRESSION:
        return stop(way, "the driving table stands in a sub-select inside an expression");
    case LEVEL_CTE:
        break;
    }
    if (level->cte->recursive)
        return stop(way, "the driving table stands in a WITH RECURSIVE");
    if (level->cte->uses != 1)
        return stop(way, arena_printf(arena, "the query \"%s\" of WITH is read %s", level->cte->name,
                                      level->cte->uses == 0 ? "nowhere" : "more than once"));
    return level->cte->use;
}

static bool can_add_column(const Scope *scope, const Functions *functions)
{
    const Level *top = scope->levels.items[0];
    return !shape_of(scope, top, functions).distinct && json_array_size(tree_field(top->select, "targetList")) > 0;
}

Judgement judge_item(const Scope *scope, const Item *driving, const TransformRequest *request, const Functions *functions)
{
    Way way = {.scope = scope, .request = request, .functions = functions};
    way.judgement.trace = trace_begin(&way, driving);
    for (const Item *item = driving, *outer; item; item = outer) {
        judge_reference(&way, item);
        judge_level(&way, item);
        outer = step_outwards(&way, item->level);
        if (outer)
            trace_outwards(&way, item, outer);
    }

    way.judgement.can_add_column = can_add_column(scope, functions);
    bool shown = way.judgement.trace.visible && way.judgement.can_add_column;
    if (way.judgement.yield == YIELD_BY_KEY && !shown)
        way.judgement.yield = YIELD_UNKNOWN;
    return way.judgement;
}
