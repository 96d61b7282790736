#include "transform/scope.h"

#include "base/text.h"

static void read_select(Scope *scope, Level *level, Cte *visible);

/* What reading an expression needs to know. */
typedef struct Reader {
    Scope *scope;
    Level *level;
    Cte *visible;
    bool aside; /* where it reads, nothing is given on */
} Reader;

static Level *add_level(Scope *scope, LevelPlace place, Level *outer, json_t *select)
{
    Level *level = NEW(scope->arena, Level);
    *level = (Level){.place = place, .outer = outer, .select = select};
    LIST_PUSH(scope->arena, &scope->levels, level);
    return level;
}

ColumnUse scope_column(const Level *level, json_t *column_ref)
{
    json_t *fields = tree_field(column_ref, "fields");
    size_t count = json_array_size(fields);
    return (ColumnUse){
        .level = level,
        .schema = count > 2 ? tree_string(json_array_get(fields, count - 3)) : NULL,
        .qualifier = count > 1 ? tree_string(json_array_get(fields, count - 2)) : NULL,
        .name = tree_string(json_array_get(fields, count - 1)),
    };
}

static bool read_node(void *self, const char *kind, json_t *body)
{
    Reader *reader = self;
    if (text_equal(kind, "SelectStmt")) {
        Level *level = add_level(reader->scope, LEVEL_EXPRESSION, reader->level, body);
        level->aside = reader->aside;
        read_select(reader->scope, level, reader->visible);
        return false;
    }
    if (text_equal(kind, "ColumnRef")) {
        ColumnUse *use = LIST_ADD(reader->scope->arena, &reader->scope->columns);
        *use = scope_column(reader->level, body);
        use->aside = reader->aside;
    }
    return true;
}

/* What the joins around an item do to it. */
typedef struct Around {
    bool nullable, hidden, merged, natural;
} Around;

static Item *add_item(Reader *reader, ItemKind kind, json_t *body, Around around)
{
    json_t *alias = tree_field(body, "alias");
    Item *item = NEW(reader->scope->arena, Item);
    *item = (Item){
        .kind = kind,
        .level = reader->level,
        .body = body,
        .alias = tree_text(alias, "aliasname"),
        .has_alias = alias != NULL,
        .columns = tree_field(alias, "colnames"),
        .nullable = around.nullable,
        .hidden = around.hidden,
        .merged = around.merged,
        .natural = around.natural,
    };
    LIST_PUSH(reader->scope->arena, &reader->scope->items, item);
    LIST_PUSH(reader->scope->arena, &reader->level->items, item);
    return item;
}

static Item *read_table(Reader *reader, json_t *body, Around around)
{
    Item *item = add_item(reader, ITEM_TABLE, body, around);
    item->schema = tree_text(body, "schemaname");
    item->name = tree_text(body, "relname");
    if (!item->alias)
        item->alias = item->name;

    Cte *cte = item->schema ? NULL : reader->visible;
    while (cte && !text_equal(cte->name, item->name))
        cte = cte->next;
    if (cte) {
        item->kind = ITEM_CTE;
        item->cte = cte;
        item->source = cte->level;
        cte->use = item;
        cte->uses++;
    }
    return item;
}

static void read_subselect(Reader *reader, json_t *body, Around around)
{
    Item *item = add_item(reader, ITEM_SUBSELECT, body, around);
    json_t *select = tree_body(tree_field(body, "subquery"), "SelectStmt");
    Level *outer = tree_flag(body, "lateral") ? reader->level : reader->level->outer;
    item->source = add_level(reader->scope, LEVEL_FROM, outer, select);
    item->source->item = item;
    item->source->aside = reader->level->aside;
    read_select(reader->scope, item->source, reader->visible);
}

static void read_sample(Reader *reader, json_t *body, Around around)
{
    json_t *table = tree_body(tree_field(body, "relation"), "RangeVar");
    if (table)
        read_table(reader, table, around)->sampled = true;
    tree_walk(tree_field(body, "args"), read_node, reader);
    tree_walk(tree_field(body, "repeatable"), read_node, reader);
}

/* A function without an alias goes by its own name. */
static const char *function_name(json_t *range_function)
{
    json_t *first = tree_body(json_array_get(tree_field(range_function, "functions"), 0), "List");
    json_t *call = tree_body(json_array_get(tree_field(first, "items"), 0), "FuncCall");
    return tree_last_name(tree_field(call, "funcname"));
}

static void read_other(Reader *reader, json_t *body, Around around)
{
    Item *item = add_item(reader, ITEM_OTHER, body, around);
    if (!item->alias)
        item->alias = function_name(body);
    tree_walk(body, read_node, reader);
}

static void read_from(Reader *reader, json_t *node, Around around);

static void read_join(Reader *reader, json_t *body, Around around)
{
    json_t *shared = tree_field(body, "usingClause"), *name;
    around.hidden |= tree_field(body, "alias") != NULL;
    around.natural |= tree_flag(body, "isNatural");
    around.merged |= around.natural || shared;

    bool full = tree_is(body, "jointype", "JOIN_FULL");
    Around left = around, right = around;
    left.nullable |= full || tree_is(body, "jointype", "JOIN_RIGHT");
    right.nullable |= full || tree_is(body, "jointype", "JOIN_LEFT");
    read_from(reader, tree_field(body, "larg"), left);
    read_from(reader, tree_field(body, "rarg"), right);

    size_t index;
    json_array_foreach(shared, index, name)
        *LIST_ADD(reader->scope->arena, &reader->scope->columns) = (ColumnUse){.level = reader->level, .name = tree_string(name), .aside = true};
    Reader condition = {reader->scope, reader->level, reader->visible, true};
    tree_walk(tree_field(body, "quals"), read_node, &condition);
}

static void read_from(Reader *reader, json_t *node, Around around)
{
    const char *kind = tree_kind(node);
    json_t *body = kind ? tree_field(node, kind) : NULL;
    if (text_equal(kind, "JoinExpr"))
        read_join(reader, body, around);
    else if (text_equal(kind, "RangeVar"))
        read_table(reader, body, around);
    else if (text_equal(kind, "RangeSubselect"))
        read_subselect(reader, body, around);
    else if (text_equal(kind, "RangeTableSample"))
        read_sample(reader, body, around);
    else if (kind)
        read_other(reader, body, around);
}

static Cte *add_cte(Scope *scope, json_t *body, bool recursive, Cte *next)
{
    Cte *cte = NEW(scope->arena, Cte);
    *cte = (Cte){
        .name = tree_text(body, "ctename"),
        .columns = tree_field(body, "aliascolnames"),
        .recursive = recursive,
        .next = next,
    };
    return cte;
}

static void read_cte(Scope *scope, const Level *level, json_t *body, Cte *cte, Cte *visible)
{
    json_t *select = tree_body(tree_field(body, "ctequery"), "SelectStmt");
    if (!select) {
        scope->modifying = body;
        return;
    }
    cte->level = add_level(scope, LEVEL_CTE, level->outer, select);
    cte->level->cte = cte;
    cte->level->aside = level->aside;
    read_select(scope, cte->level, visible);
}

/* Returns what is visible behind it: a query of WITH sees those before it, of WITH RECURSIVE all of them. */
static Cte *read_with(Scope *scope, Level *level, Cte *visible)
{
    json_t *with = tree_field(level->select, "withClause");
    json_t *queries = tree_field(with, "ctes"), *node;
    bool recursive = tree_flag(with, "recursive");
    size_t index;

    LIST(Cte *) added = {0};
    Cte *all = visible;
    json_array_foreach(queries, index, node) {
        all = add_cte(scope, tree_body(node, "CommonTableExpr"), recursive, all);
        LIST_PUSH(scope->arena, &added, all);
    }
    json_array_foreach(queries, index, node) {
        Cte *cte = added.items[index];
        read_cte(scope, level, tree_body(node, "CommonTableExpr"), cte, recursive ? all : cte->next);
    }
    return all;
}

static void read_select(Scope *scope, Level *level, Cte *visible)
{
    static const char *const given[] = {"targetList", "valuesLists"};
    static const char *const asked[] = {"whereClause",  "groupClause",    "havingClause", "windowClause",
                                        "sortClause",   "distinctClause", "limitOffset",  "limitCount"};
    json_t *select = level->select, *node;
    Reader reader = {scope, level, read_with(scope, level, visible), level->aside};
    json_t *into = tree_field(tree_field(select, "intoClause"), "rel");
    if (into)
        scope->into = into;

    if (tree_field(select, "larg")) {
        level->left = add_level(scope, LEVEL_ARM, level, tree_field(select, "larg"));
        level->left->aside = level->aside;
        read_select(scope, level->left, reader.visible);
        level->right = add_level(scope, LEVEL_ARM, level, tree_field(select, "rarg"));
        level->right->aside = level->aside;
        read_select(scope, level->right, reader.visible);
    }
    size_t index;
    json_array_foreach(tree_field(select, "fromClause"), index, node) read_from(&reader, node, (Around){0});
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        tree_walk(tree_field(select, given[i]), read_node, &reader);
    reader.aside = true;
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        tree_walk(tree_field(select, asked[i]), read_node, &reader);
}

Scope *scope_build(Arena *arena, json_t *select)
{
    Scope *scope = NEW(arena, Scope);
    scope->arena = arena;
    read_select(scope, add_level(scope, LEVEL_TOP, NULL, select), NULL);
    return scope;
}

size_t scope_mark_driving(Scope *scope, const char *schema, const char *name, bool in_search_path)
{
    size_t count = 0;
    FOR_EACH(Item *, item, scope->items) {
        bool same_schema = (*item)->schema ? text_equal((*item)->schema, schema) : in_search_path;
        (*item)->driving = (*item)->kind == ITEM_TABLE && same_schema && text_equal((*item)->name, name);
        count += (*item)->driving;
    }
    return count;
}

const Item *scope_find(const Level *level, const char *qualifier)
{
    for (; level; level = level->outer)
        FOR_EACH(Item *, item, level->items)
            if (!(*item)->hidden && text_equal((*item)->alias, qualifier))
                return *item;
    return NULL;
}

Level *scope_level_of(const Scope *scope, json_t *select)
{
    FOR_EACH(Level *, level, scope->levels)
        if ((*level)->select == select)
            return *level;
    return NULL;
}
