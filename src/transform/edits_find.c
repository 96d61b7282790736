#include "transform/edits.h"

#include "base/text.h"
#include "pg/quote.h"

static const char *const SYSTEM_COLUMNS[] = {"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax", NULL};

static bool is_system_column(const char *name)
{
    for (const char *const *column = SYSTEM_COLUMNS; name && *column; column++)
        if (text_equal(*column, name))
            return true;
    return false;
}

/* The tokens of a reference: [ONLY] [(] a.b.c [)] [*]. */
static Reference find_extent(Arena *arena, const char *sql, const TokenList *tokens, const Item *item)
{
    size_t first = tokens_at(tokens, (size_t)tree_number(item->body, "location"));
    size_t count = tokens->count, last = first;
    const Token *token = tokens->items;
    while (last + 2 < count && token_is(sql, &token[last + 1], "."))
        last += 2;

    bool only = !tree_flag(item->body, "inh");
    bool bracket = only && first >= 2 && last + 1 < count && token_is(sql, &token[first - 1], "(");
    if (bracket) {
        first--;
        last++;
    }
    if (only && first >= 1 && token_is(sql, &token[first - 1], "only"))
        first--;
    if (!only && last + 1 < count && token_is(sql, &token[last + 1], "*"))
        last++;
    if (last >= count)
        return (Reference){0};
    return (Reference){
        .start = token[first].start,
        .end = token[last].end,
        .only = only,
        .alias = item->has_alias ? "" : arena_printf(arena, " AS %s", quote_name(arena, item->name)),
    };
}

/* The item whose system column a name alone means: a table of the nearest level that has one. */
static const Item *bare_system_item(const ColumnUse *use)
{
    for (const Level *level = use->level; level; level = level->outer)
        FOR_EACH(Item *, item, level->items)
            if ((*item)->kind == ITEM_TABLE)
                return *item;
    return NULL;
}

static bool names_item(const Item *item, const ColumnUse *use)
{
    if (use->qualifier)
        return scope_find(use->level, use->qualifier) == item;
    return bare_system_item(use) == item;
}

/* `*`, `t.*`, or `t` as a whole row. */
static bool shows_whole(const Item *item, const TransformRequest *request, const ColumnUse *use)
{
    if (!use->name && !use->qualifier)
        return use->level == item->level;
    if (!use->name) /* the qualifier may be that of a join around it */
        return scope_find(use->level, use->qualifier) == item || (item->hidden && !scope_find(use->level, use->qualifier));
    bool is_column = request->driving_columns && string_list_contains(request->driving_columns, use->name);
    return !use->qualifier && !is_column && scope_find(use->level, use->name) == item;
}

bool edits_would_show(const Scope *scope, const Item *driving, const TransformRequest *request)
{
    bool shown = false;
    FOR_EACH(ColumnUse, use, scope->columns)
        shown |= shows_whole(driving, request, use);
    return shown;
}

static void find_system_columns(Arena *arena, const Scope *scope, const Item *item, StringList *columns)
{
    FOR_EACH(ColumnUse, use, scope->columns)
        if (is_system_column(use->name) && names_item(item, use) && !string_list_contains(columns, use->name))
            LIST_PUSH(arena, columns, arena_strdup(arena, use->name));
}

/* crm.leads.id cannot be written any more when crm.leads has become a sub-select. */
static bool is_named_with_schema(const Scope *scope, const Item *item)
{
    bool found = false;
    FOR_EACH(ColumnUse, use, scope->columns)
        found |= use->schema && !item->has_alias && text_equal(use->qualifier, item->name);
    return found;
}

static const char *why_not_editable(const Scope *scope, const Item *item, const TransformRequest *request,
                                    const TransformEdits *edits)
{
    if (item->sampled)
        return "TABLESAMPLE draws from the whole table";
    if (is_named_with_schema(scope, item))
        return "columns of the driving table are written with its schema; give it an alias";
    if (edits->system_columns.count > 0 && edits_would_show(scope, item, request))
        return "it names system columns of the driving table (tableoid, ctid, xmin, …) beside `*` or its whole row";
    return NULL;
}

const char *edits_find_references(Arena *arena, const Scope *scope, const TokenList *tokens, const TransformRequest *request,
                                  TransformEdits *edits)
{
    FOR_EACH(Item *, item, scope->items)
        if ((*item)->driving)
            find_system_columns(arena, scope, *item, &edits->system_columns);

    const char *why = NULL;
    FOR_EACH(Item *, item, scope->items) {
        if (!(*item)->driving)
            continue;
        if (!why)
            why = why_not_editable(scope, *item, request, edits);
        *LIST_ADD(arena, &edits->references) = find_extent(arena, edits->text, tokens, *item);
    }
    return why;
}

static bool is_guest(const Item *item)
{
    return item->kind == ITEM_TABLE && text_equal(item->schema, "rehome") && text_starts_with(item->name, "crosswalk_");
}

const char *edits_find_guests(Arena *arena, const Scope *scope, const TokenList *tokens, TransformEdits *edits,
                              size_t *offset)
{
    const char *why = NULL;
    FOR_EACH(Item *, item, scope->items) {
        if (!is_guest(*item))
            continue;
        Reference reference = find_extent(arena, edits->text, tokens, *item);
        const char *what = (*item)->sampled ? "stands in TABLESAMPLE"
                           : is_named_with_schema(scope, *item)
                               ? "is named with its schema beside its columns; give it an alias"
                           : reference.end == 0 ? "cannot be found in the text"
                                                : NULL;
        if (what && !why) {
            why = arena_printf(arena, "rehome.%s %s", (*item)->name, what);
            *offset = (size_t)tree_number((*item)->body, "location");
        }
        *LIST_ADD(arena, &edits->guests) = (Guest){reference, arena_strdup(arena, (*item)->name)};
    }
    return why;
}

static bool is_lodger(const Item *item, const Lodger *lodger)
{
    return item->kind == ITEM_TABLE && !item->driving && text_equal(item->name, lodger->name) &&
           (item->schema ? text_equal(item->schema, lodger->schema) : lodger->in_search_path);
}

static bool can_be_replaced(Arena *arena, const Scope *scope, const Item *item, const Reference *reference)
{
    StringList system_columns = {0};
    find_system_columns(arena, scope, item, &system_columns);
    return !item->sampled && !is_named_with_schema(scope, item) && reference->end > 0 && system_columns.count == 0;
}

StringList edits_find_lodgers(Arena *arena, const Scope *scope, const TokenList *tokens, const LodgerList *lodgers, TransformEdits *edits)
{
    StringList names = {0};
    FOR_EACH(const Lodger, lodger, *lodgers) {
        const char *name = quote_qualified(arena, lodger->schema, lodger->name);
        size_t before = edits->guests.count;
        bool possible = true;
        FOR_EACH(Item *, item, scope->items) {
            if (!is_lodger(*item, lodger))
                continue;
            Reference reference = find_extent(arena, edits->text, tokens, *item);
            possible = possible && can_be_replaced(arena, scope, *item, &reference);
            *LIST_ADD(arena, &edits->guests) = (Guest){reference, name};
        }
        if (!possible)
            edits->guests.count = before;
        else if (edits->guests.count > before)
            LIST_PUSH(arena, &names, name);
    }
    return names;
}

static void add_ordinal(Arena *arena, const TokenList *tokens, json_t *node, TransformEdits *edits)
{
    json_t *sorted = tree_field(tree_body(node, "SortBy"), "node");
    json_t *constant = sorted ? sorted : node;
    int number = tree_ordinal(constant);
    size_t token = tokens_at(tokens, (size_t)tree_number(tree_body(constant, "A_Const"), "location"));
    if (number > 0 && token < tokens->count)
        *LIST_ADD(arena, &edits->ordinals) = (Ordinal){tokens->items[token].start, tokens->items[token].end, number};
}

static void find_ordinals(Arena *arena, const TokenList *tokens, json_t *select, TransformEdits *edits)
{
    static const char *const clauses[] = {"groupClause", "sortClause", "distinctClause"};
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        json_t *node;
        size_t index;
        json_array_foreach(tree_field(select, clauses[i]), index, node) add_ordinal(arena, tokens, node, edits);
    }
}

void edits_find_key(Arena *arena, const Scope *scope, const TokenList *tokens, const KeyTrace *trace, TransformEdits *edits)
{
    json_t *select = scope->levels.items[0]->select;
    json_t *first = tree_body(json_array_get(tree_field(select, "targetList"), 0), "ResTarget");
    int location = first ? tree_number(first, "location") : -1;
    if (location <= 0)
        return;

    Text columns = text_new(arena);
    for (size_t i = 0; i < trace->names.count; i++)
        text_addf(&columns, "%s.%s::text AS \"rehome_key_%zu\", ", quote_name(arena, trace->alias),
                  quote_name(arena, trace->names.items[i]), i + 1);
    edits->first_output = (size_t)location;
    edits->key_columns = columns.chars;
    edits->key_count = trace->names.count;
    find_ordinals(arena, tokens, select, edits);
}
