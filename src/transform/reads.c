#include "transform/reads.h"

#include "base/text.h"

static TableRead *find_read(const TableReadList *reads, const Item *item)
{
    FOR_EACH(TableRead, read, *reads)
        if (text_equal(read->schema, item->schema) && text_equal(read->name, item->name))
            return read;
    return NULL;
}

static void add_table(Arena *arena, TableReadList *reads, const Item *item)
{
    TableRead *read = find_read(reads, item);
    if (!read) {
        read = LIST_ADD(arena, reads);
        read->schema = arena_strdup(arena, item->schema);
        read->name = arena_strdup(arena, item->name);
        read->offset = (size_t)tree_number(item->body, "location");
    }
    /* Column aliases hide the names behind which the columns would be found. */
    read->everything |= item->natural || item->columns;
    read->below |= tree_flag(item->body, "inh");
}

static void add_name(Arena *arena, StringList *names, const char *name)
{
    if (!string_list_contains(names, name))
        LIST_PUSH(arena, names, arena_strdup(arena, name));
}

static void add_column(Arena *arena, const TableReadList *reads, const Item *item, const char *column, bool aside)
{
    if (item->kind != ITEM_TABLE)
        return;
    TableRead *read = find_read(reads, item);
    read->everything |= !column;
    if (column)
        add_name(arena, &read->columns, column);
    if (column && !aside)
        add_name(arena, &read->given, column);
}

/* A name alone may be a column of anything in sight, or a whole row. */
static void add_bare(Arena *arena, const TableReadList *reads, const ColumnUse *use)
{
    for (const Level *level = use->level; level; level = use->name ? level->outer : NULL)
        FOR_EACH(Item *, item, level->items) {
            add_column(arena, reads, *item, use->name, use->aside);
            if (use->name && !use->qualifier && text_equal((*item)->alias, use->name))
                add_column(arena, reads, *item, NULL, use->aside);
        }
}

void reads_find(Arena *arena, const Scope *scope, TableReadList *reads)
{
    FOR_EACH(Item *, item, scope->items)
        if ((*item)->kind == ITEM_TABLE)
            add_table(arena, reads, *item);

    FOR_EACH(ColumnUse, use, scope->columns) {
        const Item *item = use->qualifier ? scope_find(use->level, use->qualifier) : NULL;
        if (item)
            add_column(arena, reads, item, use->name, use->aside);
        else
            add_bare(arena, reads, use);
    }
}

bool reads_of_select(Arena *arena, const char *sql, TableReadList *reads)
{
    AUTO(json_t) *tree = tree_parse(sql, &(Error){0});
    json_t *select = tree_body(tree_statement(tree), "SelectStmt");
    if (!select || json_array_size(tree_field(tree, "stmts")) != 1)
        return false;
    reads_find(arena, scope_build(arena, select), reads);
    return true;
}

bool reads_of_condition(Arena *arena, const char *sql, TableReadList *reads)
{
    static const char before[] = "SELECT WHERE (";
    size_t known = reads->count;
    if (!reads_of_select(arena, arena_printf(arena, "%s%s\n)", before, sql), reads))
        return false;
    for (size_t i = known; i < reads->count; i++)
        reads->items[i].offset -= sizeof before - 1;
    return true;
}
