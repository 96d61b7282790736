#include "transform/transform.h"

#include "base/text.h"
#include "pg/quote.h"
#include "transform/edits.h"
#include "transform/lineage.h"
#include "transform/outputs.h"
#include "transform/reads.h"

#include <string.h>

/* A transform that is being built. */
typedef struct Build {
    Arena *arena;
    const TransformRequest *request;
    Mistakes *mistakes;
    Transform *transform;
    TransformEdits *edits;
    TokenList tokens;
    json_t *tree;
    Scope *scope;
    Functions functions;
} Build;

/* Where a byte of the text stands in the user's files. A YAML value has lost its indentation, so only its beginning is known. */
static Place place_of(const Sql *sql, size_t offset)
{
    Place place = sql->place;
    if (!sql->is_file)
        return place;
    place.line = place.line > 0 ? place.line : 1;
    place.column = place.column > 0 ? place.column : 1;
    for (size_t i = 0; i < offset && sql->text[i]; i++) {
        bool continues = ((unsigned char)sql->text[i] & 0xc0) == 0x80;
        place.column = sql->text[i] == '\n' ? 1 : place.column + !continues;
        place.line += sql->text[i] == '\n';
    }
    return place;
}

/* The byte at which a 1-based character of the text begins. */
static size_t byte_of(const char *text, int character)
{
    size_t i = 0;
    for (int seen = 1; text[i] && seen < character; seen++)
        do
            i++;
        while (((unsigned char)text[i] & 0xc0) == 0x80);
    return i;
}

/* The first reason is the one that is told. */
static void refuse(Build *build, const char *why)
{
    if (!build->transform->why_one_chunk)
        build->transform->why_one_chunk = arena_strdup(build->arena, why);
    build->transform->narrowable = false;
}

static bool mistaken(Build *build, int offset, const char *message)
{
    mistake_add(build->mistakes, place_of(build->request->sql, offset > 0 ? (size_t)offset : 0), "%s", message);
    return false;
}

/* A semicolon or a comment at the end would swallow what follows when the text is put into another statement. */
static const char *cut_end(Arena *arena, const char *sql)
{
    TokenList tokens;
    if (tokens_scan(arena, sql, &tokens))
        return arena_strndup(arena, sql, tokens_end(sql, &tokens));
    return sql;
}

/* Brackets that close more than they open would let a condition leave its place. */
static bool is_one_condition(Arena *arena, const char *sql)
{
    TokenList tokens;
    if (!tokens_scan(arena, sql, &tokens))
        return true; /* the server will say what is wrong */
    int depth = 0;
    FOR_EACH(Token, token, tokens) {
        depth += token_is(sql, token, "(") - token_is(sql, token, ")");
        if (depth < 0 || token_is(sql, token, ";"))
            return false;
    }
    return depth == 0 && tokens.count > 0;
}

static bool read_where(Build *build)
{
    const char *where = build->request->where;
    if (!where)
        return true;
    if (!is_one_condition(build->arena, where))
        return mistaken(build, 0, "`where` is not one condition");
    build->edits->where = cut_end(build->arena, where);
    return true;
}

/* Semicolons in front become blanks, so that all keeps its place; the tokens behind the end go. */
static void drop_separators(char *text, TokenList *tokens)
{
    size_t length = strlen(text);
    while (tokens->items[tokens->count - 1].start >= length)
        tokens->count--;
    for (; token_is(text, tokens->items, ";"); tokens->items++, tokens->count--)
        text[tokens->items->start] = ' ';
}

static bool read_text(Build *build)
{
    const char *sql = build->request->sql->text;
    build->edits->text = sql;
    if (!tokens_scan(build->arena, sql, &build->tokens))
        return true;
    size_t end = tokens_end(sql, &build->tokens);
    if (end == 0)
        return mistaken(build, 0, "the transform is empty: it should be one SELECT");
    char *text = arena_strndup(build->arena, sql, end);
    drop_separators(text, &build->tokens);
    build->edits->text = text;
    return true;
}

static json_t *parse(Build *build)
{
    Error error = {0};
    json_t *tree = tree_parse(build->edits->text, &error);
    build->transform->parsed = tree != NULL;
    if (!tree) {
        Place place = place_of(build->request->sql, byte_of(build->edits->text, error.position));
        refuse(build, arena_printf(build->arena, "the grammar of PostgreSQL 15 does not know its text: %s (line %d, column %d)",
                                   error.message, place.line, place.column));
    }
    return tree;
}

/* The first byte of statement number `index`. */
static int statement_start(const Build *build, size_t index)
{
    json_t *statement = json_array_get(tree_field(build->tree, "stmts"), index);
    size_t from = (size_t)tree_number(statement, "stmt_location");
    FOR_EACH(Token, token, build->tokens)
        if (token->start >= from)
            return (int)token->start;
    return 0;
}

static bool is_one_select(Build *build)
{
    if (json_array_size(tree_field(build->tree, "stmts")) > 1)
        return mistaken(build, statement_start(build, 1), "a second statement; a transform is one SELECT");
    json_t *select = tree_body(tree_statement(build->tree), "SelectStmt");
    if (!select)
        return mistaken(build, statement_start(build, 0), "not a SELECT; a transform only reads");

    build->scope = scope_build(build->arena, select);
    if (build->scope->into)
        return mistaken(build, tree_number(build->scope->into, "location"), "SELECT INTO creates a table; a transform only reads");
    if (build->scope->modifying)
        return mistaken(build, tree_number(build->scope->modifying, "location"), "this WITH query changes data; a transform only reads");
    return true;
}

static void look_around(Build *build)
{
    Transform *transform = build->transform;
    reads_find(build->arena, build->scope, &transform->reads);
    outputs_find(build->scope, &build->functions);
    FOR_EACH(Output, output, build->scope->levels.items[0]->outputs)
        if (output->is_volatile && output->name && !string_list_contains(&transform->volatile_columns, output->name))
            LIST_PUSH(build->arena, &transform->volatile_columns, arena_strdup(build->arena, output->name));
}

/* The first reference to the driving table; NULL when there is none. */
static const Item *find_driving(const Build *build)
{
    FOR_EACH(Item *, item, build->scope->items)
        if ((*item)->driving)
            return *item;
    return NULL;
}

static bool is_only(const Build *build)
{
    bool only = true;
    FOR_EACH(Item *, item, build->scope->items)
        only &= !(*item)->driving || !tree_flag((*item)->body, "inh");
    return only;
}

/* Whether `table.name` only stands there as the name of a WITH query. */
static bool hidden_by_with(const Build *build)
{
    bool hidden = false;
    FOR_EACH(Item *, item, build->scope->items)
        hidden |= (*item)->kind == ITEM_CTE && text_equal((*item)->name, build->request->driving_name);
    return hidden;
}

static bool find_references(Build *build, size_t *count)
{
    const TransformRequest *request = build->request;
    *count = scope_mark_driving(build->scope, request->driving_schema, request->driving_name, request->driving_in_search_path);
    if (*count > 0)
        return true;
    return mistaken(build, 0,
                    arena_printf(build->arena, "the transform does not read its driving table %s%s", build->edits->table,
                                 hidden_by_with(build) ? ": a WITH query has the same name" : ""));
}

static void judge(Build *build, const Item *driving)
{
    Transform *transform = build->transform;
    bool physical = !build->request->key || build->request->key->count == 0;
    Judgement judgement = judge_item(build->scope, driving, build->request, &build->functions);
    if (judgement.why_not)
        refuse(build, judgement.why_not);
    transform->yield = judgement.yield;

    bool shown = judgement.trace.visible && judgement.can_add_column;
    bool would_show = physical && !build->request->whole && edits_would_show(build->scope, driving, build->request);
    if (shown && !would_show)
        edits_find_key(build->arena, build->scope, &build->tokens, &judgement.trace, build->edits);
    build->edits->shows_ctid = physical;
}

static bool edit_references(Build *build)
{
    const char *why = edits_find_references(build->arena, build->scope, &build->tokens, build->request, build->edits);
    if (!why && !edits_verify(build->arena, build->tree, build->edits, false))
        why = "the driving table stands where no sub-select can be put";
    if (why) {
        refuse(build, why);
        build->edits->references.count = 0;
    }
    return !why;
}

static void find_edits(Build *build)
{
    Transform *transform = build->transform;
    size_t references;
    if (!find_references(build, &references))
        return;
    transform->only = is_only(build);
    transform->narrowable = true;
    if (references > 1)
        refuse(build, "it reads the driving table more than once");
    else
        judge(build, find_driving(build));

    if (references == 1 && build->request->driving_columns)
        lineage_find(build->arena, build->scope, &build->functions, build->request->driving_columns, &transform->lineages);
    transform->where_applied = edit_references(build);
    if (build->edits->key_columns && !edits_verify(build->arena, build->tree, build->edits, true))
        build->edits->key_columns = NULL;
    transform->shows_key = build->edits->key_columns != NULL;
    if (transform->yield == YIELD_BY_KEY && !transform->shows_key)
        transform->yield = YIELD_UNKNOWN;
}

static bool has_driving(const Build *build)
{
    return build->request->driving_schema != NULL;
}

/* A condition that is left out would move rows that nobody asked for. */
static void require_where(Build *build)
{
    if (!build->request->where || build->transform->where_applied)
        return;
    const char *why = has_driving(build) ? build->transform->why_one_chunk : "there is no one driving table";
    if (why)
        mistaken(build, 0, arena_printf(build->arena, "`where` cannot be applied: %s", why));
}

/* A text that is not understood may read one too, but nobody can seat it. */
static void find_guests(Build *build)
{
    size_t offset = 0;
    const char *why = edits_find_guests(build->arena, build->scope, &build->tokens, build->edits, &offset);
    if (!why && build->edits->guests.count > 0 && !edits_verify(build->arena, build->tree, build->edits, false))
        why = "a crosswalk stands where no sub-select can be put";
    if (why)
        mistaken(build, (int)offset, why);
    FOR_EACH(const Guest, guest, build->edits->guests)
        if (!string_list_contains(&build->transform->guests, guest->name))
            LIST_PUSH(build->arena, &build->transform->guests, guest->name);
}

/* Nobody has asked for them in the text: where they cannot be replaced they stay as they are. */
static void find_lodgers(Build *build)
{
    size_t before = build->edits->guests.count;
    if (!build->request->lodgers)
        return;
    build->transform->lodgers = edits_find_lodgers(build->arena, build->scope, &build->tokens, build->request->lodgers, build->edits);
    if (build->edits->guests.count == before || edits_verify(build->arena, build->tree, build->edits, false))
        return;
    build->edits->guests.count = before;
    build->transform->lodgers = (StringList){0};
}

static void begin(Build *build)
{
    const TransformRequest *request = build->request;
    build->transform = NEW(build->arena, Transform);
    build->edits = NEW(build->arena, TransformEdits);
    *build->transform = (Transform){.sql = request->sql, .yield = YIELD_UNKNOWN, .where_applied = !request->where, .edits = build->edits};
    build->functions = (Functions){request->aggregates, request->set_returning, request->volatile_functions};
    if (has_driving(build)) {
        build->edits->table = quote_qualified(build->arena, request->driving_schema, request->driving_name);
        build->edits->name = quote_name(build->arena, request->driving_name);
    } else {
        refuse(build, "it has no one driving table to be cut by");
    }
}

Transform *transform_build(Arena *arena, const TransformRequest *request, Mistakes *mistakes)
{
    Build build = {.arena = arena, .request = request, .mistakes = mistakes};
    begin(&build);
    if (!read_text(&build) || !read_where(&build))
        return build.transform;

    AUTO(json_t) *tree = parse(&build);
    build.tree = tree;
    const char *unseen = tree ? NULL : strstr(build.edits->text, "rehome.crosswalk_");
    if (unseen)
        mistaken(&build, (int)(unseen - build.edits->text),
                 "a crosswalk can be found in what the grammar of PostgreSQL 15 knows alone");
    if (tree && is_one_select(&build)) {
        look_around(&build);
        find_guests(&build);
        if (has_driving(&build))
            find_edits(&build);
        find_lodgers(&build);
    }
    require_where(&build);
    return build.transform;
}

Transform *transform_seat(Arena *arena, const Transform *transform, const SeatList *seats)
{
    Transform *seated = NEW(arena, Transform);
    *seated = *transform;
    seated->edits = NEW(arena, TransformEdits);
    *seated->edits = *transform->edits;
    seated->edits->seats = (SeatList){0};
    FOR_EACH(const Seat, seat, *seats)
        LIST_PUSH(arena, &seated->edits->seats, *seat);
    FOR_EACH(const Seat, seat, transform->edits->seats)
        LIST_PUSH(arena, &seated->edits->seats, *seat);
    return seated;
}

char *transform_text(Arena *arena, const Transform *transform)
{
    return edits_seat(arena, transform->edits);
}

size_t transform_origin(Arena *arena, const Transform *transform, int character)
{
    return edits_origin(arena, transform->edits, byte_of(transform_text(arena, transform), character));
}

char *transform_narrow(Arena *arena, const Transform *transform, const KeySet *keys, TransformShape shape)
{
    bool with_key = shape == TRANSFORM_WITH_KEY;
    bool narrows = !keyset_is_everything(keys);
    bool possible = (transform->narrowable || !narrows) && (transform->shows_key || !with_key) &&
                    (transform->where_applied || !transform->edits->where);
    return possible ? edits_apply(arena, transform->edits, keys, with_key) : NULL;
}

static void add_driving_from(Text *sql, const Transform *transform, const KeySet *keys)
{
    text_addf(sql, "FROM %s%s", transform->only ? "ONLY " : "", transform->edits->table);
    edits_add_where(sql, transform->edits, keys);
}

char *transform_driving_count(Arena *arena, const Transform *transform, const KeySet *keys)
{
    if (!transform->edits->table)
        return NULL;
    Text sql = text_new(arena);
    text_add(&sql, "SELECT count(*) ");
    add_driving_from(&sql, transform, keys);
    return sql.chars;
}

char *transform_driving_from(Arena *arena, const Transform *transform)
{
    if (!transform->edits->table)
        return NULL;
    Text sql = text_new(arena);
    add_driving_from(&sql, transform, &(KeySet){.kind = KEYSET_EVERYTHING});
    if (!transform->edits->where)
        text_add(&sql, " WHERE true");
    return sql.chars;
}

char *transform_over(Arena *arena, const Transform *transform, const char *rows)
{
    const TransformEdits *edits = transform->edits;
    bool possible = transform->narrowable && transform->where_applied && edits->references.count == 1 && edits->system_columns.count == 0;
    return possible ? edits_apply_rows(arena, edits, rows) : NULL;
}
