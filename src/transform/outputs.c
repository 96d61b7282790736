#include "transform/outputs.h"

#include "base/text.h"

/* What a volatile expression is looked for with. */
typedef struct Search {
    const Scope *scope;
    const Functions *functions;
    const Level *level;
    bool found;
} Search;

static void add_output(const Scope *scope, OutputList *outputs, const char *name, bool is_volatile)
{
    *LIST_ADD(scope->arena, outputs) = (Output){name, is_volatile};
}

/* The columns of an item as its level sees them. */
static OutputList item_outputs(const Search *search, const Item *item)
{
    OutputList outputs = {0};
    json_t *columns = item->columns ? item->columns : item->cte ? item->cte->columns : NULL;
    if (item->source) {
        for (size_t i = 0; i < item->source->outputs.count; i++) {
            Output output = item->source->outputs.items[i];
            const char *renamed = tree_string(json_array_get(columns, i));
            add_output(search->scope, &outputs, renamed ? renamed : output.name, output.is_volatile);
        }
        return outputs;
    }
    bool is_volatile = item->kind == ITEM_OTHER && functions_has_volatile(search->functions, item->body);
    for (size_t i = 0; is_volatile && i < json_array_size(columns); i++)
        add_output(search->scope, &outputs, tree_string(json_array_get(columns, i)), true);
    add_output(search->scope, &outputs, is_volatile && !columns ? item->alias : NULL, is_volatile);
    return outputs;
}

static bool item_is_volatile(const Search *search, const Item *item, const char *name)
{
    bool found = false;
    OutputList outputs = item_outputs(search, item);
    FOR_EACH(Output, output, outputs)
        found |= output->is_volatile && (!name || !output->name || text_equal(output->name, name));
    return found;
}

/* A qualifier that names nothing here is that of a join: any item may be meant. */
static bool column_is_volatile(const Search *search, const ColumnUse *column)
{
    const Item *named = column->qualifier ? scope_find(search->level, column->qualifier) : NULL;
    if (named)
        return item_is_volatile(search, named, column->name);
    bool found = false;
    for (const Level *level = search->level; level; level = level->outer)
        FOR_EACH(Item *, item, level->items) {
            bool whole_row = !column->qualifier && text_equal((*item)->alias, column->name);
            found |= item_is_volatile(search, *item, whole_row ? NULL : column->name);
        }
    return found;
}

static bool level_is_volatile(const Level *level)
{
    bool found = false;
    FOR_EACH(Output, output, level->outputs)
        found |= output->is_volatile;
    return found;
}

static bool search_node(void *self, const char *kind, json_t *body)
{
    Search *search = self;
    if (text_equal(kind, "SelectStmt")) {
        const Level *level = scope_level_of(search->scope, body);
        search->found |= functions_has_volatile(search->functions, body) || (level && level_is_volatile(level));
        return false;
    }
    if (text_equal(kind, "ColumnRef")) {
        ColumnUse column = scope_column(search->level, body);
        search->found |= column_is_volatile(search, &column);
    }
    search->found |= functions_is_volatile(search->functions, kind, body);
    return !search->found;
}

static bool value_is_volatile(const Search *search, json_t *value)
{
    Search inner = *search;
    inner.found = false;
    tree_walk(value, search_node, &inner);
    return inner.found;
}

/* The columns that `*` or `t.*` stands for. */
static void add_star(const Search *search, OutputList *outputs, json_t *value)
{
    ColumnUse column = scope_column(search->level, tree_body(value, "ColumnRef"));
    const Item *named = column.qualifier ? scope_find(search->level, column.qualifier) : NULL;
    FOR_EACH(Item *, item, search->level->items) {
        if (column.qualifier && *item != named)
            continue;
        OutputList shown = item_outputs(search, *item);
        FOR_EACH(Output, output, shown)
            add_output(search->scope, outputs, output->name, output->is_volatile);
    }
}

static OutputList select_outputs(const Search *search)
{
    OutputList outputs = {0};
    json_t *node;
    size_t index;
    json_array_foreach(tree_field(search->level->select, "targetList"), index, node)
    {
        json_t *target = tree_body(node, "ResTarget");
        const char *name = output_name(target);
        if (name)
            add_output(search->scope, &outputs, name, value_is_volatile(search, tree_field(target, "val")));
        else
            add_star(search, &outputs, tree_field(target, "val"));
    }
    return outputs;
}

static OutputList values_outputs(const Search *search)
{
    OutputList outputs = {0};
    json_t *row, *value;
    size_t line, index;
    json_array_foreach(tree_field(search->level->select, "valuesLists"), line, row)
    {
        json_array_foreach(tree_field(tree_body(row, "List"), "items"), index, value)
        {
            if (index == outputs.count)
                add_output(search->scope, &outputs, arena_printf(search->scope->arena, "column%zu", index + 1), false);
            outputs.items[index].is_volatile |= value_is_volatile(search, value);
        }
    }
    return outputs;
}

static bool has_star(const OutputList *outputs)
{
    bool found = false;
    FOR_EACH(Output, output, *outputs)
        found |= !output->name;
    return found;
}

/* Both sides put their values into the columns of the left one: by position, or by name where a `*` hides the position. */
static OutputList set_outputs(const Search *search)
{
    const OutputList *left = &search->level->left->outputs, *right = &search->level->right->outputs;
    OutputList outputs = {0};
    FOR_EACH(Output, output, *left)
        add_output(search->scope, &outputs, output->name, output->is_volatile);

    bool by_position = !has_star(left) && !has_star(right);
    for (size_t i = 0; i < right->count; i++) {
        if (!right->items[i].is_volatile)
            continue;
        if (by_position && i < outputs.count)
            outputs.items[i].is_volatile = true;
        else
            add_output(search->scope, &outputs, right->items[i].name, true);
    }
    return outputs;
}

static OutputList level_outputs(const Search *search)
{
    if (search->level->left)
        return set_outputs(search);
    return tree_field(search->level->select, "valuesLists") ? values_outputs(search) : select_outputs(search);
}

static size_t count_volatile(const OutputList *outputs)
{
    size_t count = 0;
    FOR_EACH(Output, output, *outputs)
        count += output->is_volatile;
    return count;
}

/* A recursive query reads its own output: repeated until nothing new turns up. */
void outputs_find(Scope *scope, const Functions *functions)
{
    bool changed = true;
    for (size_t round = 0; changed && round <= scope->levels.count; round++) {
        changed = false;
        for (size_t i = scope->levels.count; i > 0; i--) {
            Level *level = scope->levels.items[i - 1];
            Search search = {scope, functions, level, false};
            OutputList outputs = level_outputs(&search);
            changed |= outputs.count != level->outputs.count || count_volatile(&outputs) != count_volatile(&level->outputs);
            level->outputs = outputs;
        }
    }
}
