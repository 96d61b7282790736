#include "transform/lineage.h"

#include "base/text.h"
#include "manifest/keyed.h"
#include "transform/outputs.h"

typedef struct Trace {
    Arena *arena;
    const Functions *functions;
    const StringList *driving_columns;
    const Level *level;
    Lineage *lineage;
} Trace;

static void trace_value(const Trace *trace, json_t *value);
static bool trace_output(const Trace *trace, const Level *level, const char *name);

static void add_column(const Trace *trace, const char *name)
{
    Lineage *lineage = trace->lineage;
    if (!string_list_contains(&lineage->columns, name))
        LIST_PUSH(trace->arena, &lineage->columns, arena_strdup(trace->arena, name));
}

/* True when the item has a column of this name; then it has been followed. Columns that were renamed by an alias are
 * not followed. */
static bool trace_item(const Trace *trace, const Item *item, const char *name)
{
    if (item->driving && !item->columns) {
        bool has = string_list_contains(trace->driving_columns, name);
        if (has)
            add_column(trace, name);
        return has;
    }
    bool renamed = item->columns || (item->cte && item->cte->columns) || (item->cte && item->cte->recursive);
    return item->source && !renamed && trace_output(trace, item->source, name);
}

/* A name alone is a column of just one item, or of two that USING has made one. */
static bool trace_name(const Trace *trace, const ColumnUse *use)
{
    if (!use->name)
        return false;
    if (use->qualifier) {
        const Item *item = scope_find(trace->level, use->qualifier);
        return item && trace_item(trace, item, use->name);
    }
    FOR_EACH(Item *, item, trace->level->items)
        if (trace_item(trace, *item, use->name))
            return true;
    return false;
}

static bool trace_star(const Trace *trace, const ColumnUse *star, const char *name)
{
    FOR_EACH(Item *, item, trace->level->items)
        if ((!star->qualifier || scope_find(trace->level, star->qualifier) == *item) && trace_item(trace, *item, name))
            return true;
    return false;
}

/* The output of an inner level, as its outer level reads it. */
static bool trace_output(const Trace *trace, const Level *level, const char *name)
{
    Trace inner = *trace;
    inner.level = level;
    json_t *node;
    size_t index;
    json_array_foreach(tree_field(level->select, "targetList"), index, node)
    {
        json_t *target = tree_body(node, "ResTarget"), *value = tree_field(target, "val");
        const char *output = output_name(target);
        ColumnUse star = output ? (ColumnUse){0} : scope_column(level, tree_body(value, "ColumnRef"));
        if (!output && trace_star(&inner, &star, name))
            return true;
        if (!text_equal(output, name))
            continue;
        trace_value(&inner, value);
        return true;
    }
    return false;
}

static bool trace_node(void *self, const char *kind, json_t *body)
{
    const Trace *trace = self;
    if (text_equal(kind, "SelectStmt")) {
        trace->lineage->other = true;
        return false;
    }
    if (text_equal(kind, "FuncCall"))
        trace->lineage->other |= functions_is_aggregate(trace->functions, body) || functions_is_window(body) ||
                                 functions_is_set_returning(trace->functions, body);
    trace->lineage->other |= functions_is_volatile(trace->functions, kind, body);
    trace->lineage->keyed |=
        text_equal(kind, "A_Const") && text_equal(tree_text(tree_field(body, "sval"), "sval"), keyed_inner);
    if (!text_equal(kind, "ColumnRef"))
        return true;
    ColumnUse use = scope_column(trace->level, body);
    trace->lineage->other |= !trace_name(trace, &use);
    return true;
}

/* The column itself, below casts and COLLATE; any other expression is not the column as it stands. */
static void trace_value(const Trace *trace, json_t *value)
{
    for (;;) {
        json_t *cast = tree_body(value, "TypeCast"), *collate = tree_body(value, "CollateClause");
        if (!cast && !collate)
            break;
        trace->lineage->cast |= cast != NULL;
        value = tree_field(cast ? cast : collate, "arg");
    }
    trace->lineage->computed |= !tree_body(value, "ColumnRef");
    Trace walking = *trace;
    tree_walk(value, trace_node, &walking);
}

static Lineage *add_lineage(const Trace *trace, const char *name, LineageList *list)
{
    Lineage *lineage = LIST_ADD(trace->arena, list);
    *lineage = (Lineage){.name = arena_strdup(trace->arena, name)};
    return lineage;
}

static void add_star_column(Trace *trace, const ColumnUse *star, const char *name, LineageList *list)
{
    Lineage lineage = {.name = arena_strdup(trace->arena, name)};
    trace->lineage = &lineage;
    FOR_EACH(const Lineage, known, *list)
        if (text_equal(known->name, name))
            return;
    if (trace_star(trace, star, name))
        *LIST_ADD(trace->arena, list) = lineage;
}

/* `*` gives columns of the driving table, and those of sub-selects, under their own names. */
static void add_star(Trace *trace, const ColumnUse *star, LineageList *list)
{
    FOR_EACH(const char *, column, *trace->driving_columns)
        add_star_column(trace, star, *column, list);
    FOR_EACH(const Output, output, trace->level->outputs)
        if (output->name)
            add_star_column(trace, star, output->name, list);
}

void lineage_find(Arena *arena, const Scope *scope, const Functions *functions, const StringList *driving_columns,
                  LineageList *list)
{
    const Level *top = scope->levels.items[0];
    Trace trace = {.arena = arena, .functions = functions, .driving_columns = driving_columns, .level = top};
    json_t *node;
    size_t index;
    json_array_foreach(tree_field(top->select, "targetList"), index, node)
    {
        json_t *target = tree_body(node, "ResTarget"), *value = tree_field(target, "val");
        const char *name = output_name(target);
        ColumnUse star = name ? (ColumnUse){0} : scope_column(top, tree_body(value, "ColumnRef"));
        if (!name) {
            add_star(&trace, &star, list);
            continue;
        }
        trace.lineage = add_lineage(&trace, name, list);
        trace_value(&trace, value);
    }
}

const Lineage *lineage_of(const Transform *transform, const char *name)
{
    FOR_EACH(const Lineage, lineage, transform->lineages)
        if (text_equal(lineage->name, name))
            return lineage;
    return NULL;
}

const char *lineage_column(const Lineage *lineage)
{
    return lineage && !lineage->other && lineage->columns.count == 1 ? lineage->columns.items[0] : NULL;
}
