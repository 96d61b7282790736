#include "plan/merge.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/type_use.h"

/* A column that rows of one source are ordered by: part of a driving key, with the type that it has there. */
typedef struct OrderColumn {
    size_t position; /* in the key */
    const char *type;
    bool as_text; /* compared byte by byte */
} OrderColumn;
typedef LIST(OrderColumn) OrderColumnList;

/* ---- columns ---- */

const OutputColumn *merge_column(const OutputColumnList *columns, const char *name)
{
    FOR_EACH(const OutputColumn, column, *columns)
        if (text_equal(column->name, name))
            return column;
    return NULL;
}

void merge_list_columns(Arena *arena, GatheredMerge *merge)
{
    FOR_EACH(const GatheredEntity, source, merge->sources)
        FOR_EACH(const OutputColumn, column, source->output)
            if (!merge_column(&merge->columns, column->name))
                LIST_PUSH(arena, &merge->columns, *column);
}

Place merge_place(const GatheredMerge *merge, const char *column)
{
    FOR_EACH(const GatheredEntity, source, merge->sources)
        if (merge_column(&source->output, column))
            return source->transform->sql->place;
    return merge->wanted->place;
}

bool merge_is_key(const GatheredMerge *merge, const char *column)
{
    FOR_EACH(const Name, name, merge->wanted->key)
        if (text_equal(name->name, column))
            return true;
    return false;
}

MergeRule merge_rule(const GatheredMerge *merge, const char *column)
{
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (text_equal(rule->column.name, column))
            return *rule;
    return (MergeRule){.column = {.name = column}, .how = MERGE_FIRST, .text = "first"};
}

static TypeUse type_of(const GatheredMerge *merge, const OutputColumn *column)
{
    return type_use_of(merge->catalog, column->type, column->typmod);
}

static const char *type_sql(Arena *arena, const GatheredMerge *merge, const OutputColumn *column)
{
    TypeUse use = type_of(merge, column);
    return use.type ? type_use_sql(arena, use) : column->type_name;
}

static bool is_one_of(const GatheredMerge *merge, const char *column, const StringList *types)
{
    const OutputColumn *output = merge_column(&merge->columns, column);
    TypeUse use = output ? type_of(merge, output) : (TypeUse){0};
    return use.type && type_is_builtin(use.type) && string_list_contains(types, use.type->name);
}

/* Text is compared byte by byte: that asks no collation, which the sources may have different ones of. */
static bool is_text(const GatheredMerge *merge, const char *column)
{
    const StringList types = {(const char *[]){"text", "varchar"}, 2, 2};
    return is_one_of(merge, column, &types);
}

/* Types that min() and max() know, whose values are equal only when their texts are: no text has to be made. */
static bool is_plain(const GatheredMerge *merge, const char *column)
{
    const StringList types = {(const char *[]){"int2", "int4", "int8", "date", "timestamp", "timestamptz"}, 6, 6};
    return is_one_of(merge, column, &types);
}

/* Values that are equal are the same. */
static bool is_exact(const GatheredMerge *merge, const char *column)
{
    const StringList types = {(const char *[]){"uuid", "bool"}, 2, 2};
    return is_text(merge, column) || is_plain(merge, column) || is_one_of(merge, column, &types);
}

/* ---- the rows of the sources ---- */

static bool shows_typed_key(const GatheredEntity *source)
{
    return source->transform->shows_key && source->walk_key.count > 0;
}

/* Its driving key alone does not put its rows in one order. */
static bool needs_text(const GatheredEntity *source)
{
    Yield yield = source->transform->yield;
    return !shows_typed_key(source) || (yield != YIELD_ONE && yield != YIELD_AT_MOST_ONE);
}

static bool any_needs_text(const GatheredMerge *merge)
{
    FOR_EACH(const GatheredEntity, source, merge->sources)
        if (needs_text(source))
            return true;
    return false;
}

static size_t keys_shown(const GatheredEntity *source)
{
    return !source->transform->shows_key ? 0 : source->walk_key.count ? source->walk_key.count : 1;
}

static size_t most_keys_shown(const GatheredMerge *merge)
{
    size_t most = 0;
    FOR_EACH(const GatheredEntity, source, merge->sources)
        most = keys_shown(source) > most ? keys_shown(source) : most;
    return most;
}

static bool is_key_text(const KeyColumn *key)
{
    const StringList types = {(const char *[]){"text", "character varying", "character", "bpchar", "name"}, 5, 5};
    return key->collate_c || string_list_contains(&types, key->type);
}

static const OrderColumn *find_order(const OrderColumnList *columns, size_t position, const char *type)
{
    FOR_EACH(const OrderColumn, column, *columns)
        if (column->position == position && text_equal(column->type, type))
            return column;
    return NULL;
}

/* By position first: so the columns of one source are in the order of its key. */
static OrderColumnList order_columns(Arena *arena, const GatheredMerge *merge)
{
    OrderColumnList columns = {0};
    for (size_t position = 0; position < most_keys_shown(merge); position++)
        FOR_EACH(const GatheredEntity, source, merge->sources) {
            if (!shows_typed_key(source) || position >= source->walk_key.count)
                continue;
            const KeyColumn *key = &source->walk_key.items[position];
            if (!find_order(&columns, position, key->type))
                LIST_PUSH(arena, &columns, ((OrderColumn){position, key->type, is_key_text(key)}));
        }
    return columns;
}

static void add_key_texts(Text *sql, const GatheredMerge *merge, const GatheredEntity *source)
{
    for (size_t i = 1; i <= most_keys_shown(merge); i++)
        text_addf(sql, i <= keys_shown(source) ? ", \"q\".rehome_key_%zu" : ", NULL::pg_catalog.text AS rehome_key_%zu",
                  i);
}

static void add_order_values(Text *sql, const GatheredMerge *merge, const GatheredEntity *source)
{
    const OrderColumnList columns = order_columns(sql->arena, merge);
    FOR_EACH(const OrderColumn, column, columns) {
        bool own = shows_typed_key(source) && column->position < source->walk_key.count &&
                   text_equal(source->walk_key.items[column->position].type, column->type);
        text_addf(sql, own ? ", \"q\".rehome_key_%zu" : ", NULL", column->position + 1);
        text_addf(sql, "::%s AS rehome_order_%td", column->type, column - columns.items + 1);
    }
}

static void add_row_text(Text *sql, const GatheredEntity *source)
{
    text_add(sql, needs_text(source) ? ", ROW(" : ", NULL");
    if (needs_text(source))
        FOR_EACH(const OutputColumn, column, source->output)
            text_addf(sql, "%s\"q\".%s%s", column == source->output.items ? "" : ", ",
                      quote_name(sql->arena, column->name),
                      column + 1 == source->output.items + source->output.count ? ")" : "");
    text_add(sql, "::pg_catalog.text AS rehome_text");
}

static void add_value_of(Text *sql, const GatheredMerge *merge, const GatheredEntity *source,
                         const OutputColumn *column)
{
    const char *name = quote_name(sql->arena, column->name);
    if (merge_column(&source->output, column->name))
        text_addf(sql, "\"q\".%s", name);
    else
        text_addf(sql, "NULL::%s AS %s", type_sql(sql->arena, merge, column), name);
}

static void add_from(Text *sql, const GatheredEntity *source, TransformShape shape)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    text_addf(sql, " FROM (%s\n) AS \"q\"", transform_narrow(sql->arena, source->transform, &everything, shape));
}

static void add_source_rows(Text *sql, const GatheredMerge *merge, const GatheredEntity *source)
{
    text_addf(sql, "SELECT %td AS rehome_source", source - merge->sources.items + 1);
    add_key_texts(sql, merge, source);
    add_order_values(sql, merge, source);
    if (any_needs_text(merge))
        add_row_text(sql, source);
    FOR_EACH(const OutputColumn, column, merge->columns) {
        text_add(sql, ", ");
        add_value_of(sql, merge, source, column);
    }
    add_from(sql, source, source->transform->shows_key ? TRANSFORM_WITH_KEY : TRANSFORM_PLAIN);
}

void merge_add_rows(Text *sql, const GatheredMerge *merge)
{
    FOR_EACH(const GatheredEntity, source, merge->sources) {
        text_add(sql, source == merge->sources.items ? "" : " UNION ALL ");
        add_source_rows(sql, merge, source);
    }
}

char *merge_union(Arena *arena, const GatheredMerge *merge, size_t count, const char *only)
{
    Text sql = text_new(arena);
    for (size_t i = 0; i < count; i++) {
        const GatheredEntity *source = &merge->sources.items[i];
        text_add(&sql, i == 0 ? "SELECT " : " UNION ALL SELECT ");
        FOR_EACH(const OutputColumn, column, merge->columns) {
            if (only && !text_equal(only, column->name))
                continue;
            text_add(&sql, only || column == merge->columns.items ? "" : ", ");
            add_value_of(&sql, merge, source, column);
        }
        add_from(&sql, source, TRANSFORM_PLAIN);
    }
    return sql.chars;
}

/* ---- one row a key ---- */

void merge_add_key(Text *sql, const GatheredMerge *merge, const char *alias, const char *name)
{
    FOR_EACH(const Name, key, merge->wanted->key) {
        text_addf(sql, "%s%s.%s%s", key == merge->wanted->key.items ? "" : ", ", alias,
                  quote_name(sql->arena, key->name), is_text(merge, key->name) ? " COLLATE \"C\"" : "");
        if (name)
            text_addf(sql, " AS %s%td", name, key - merge->wanted->key.items + 1);
    }
}

void merge_add_has_key(Text *sql, const GatheredMerge *merge, const char *alias, bool has)
{
    FOR_EACH(const Name, name, merge->wanted->key)
        text_addf(sql, "%s%s.%s IS %s",
                  name == merge->wanted->key.items ? ""
                  : has                            ? " AND "
                                                   : " OR ",
                  alias, quote_name(sql->arena, name->name), has ? "NOT NULL" : "NULL");
}

void merge_add_order(Text *sql, const GatheredMerge *merge, const MergeRule *rule)
{
    const char *direction = rule->how == MERGE_LAST ? " DESC" : "";
    const OrderColumnList columns = order_columns(sql->arena, merge);
    if (rule->how == MERGE_NEWEST)
        text_addf(sql, "s.%s%s DESC NULLS LAST, ", quote_name(sql->arena, rule->newest.name),
                  is_text(merge, rule->newest.name) ? " COLLATE \"C\"" : "");
    if (rule->how == MERGE_LONGEST)
        text_addf(sql, "pg_catalog.length((s.%s)::pg_catalog.text) DESC NULLS LAST, ",
                  quote_name(sql->arena, rule->column.name));
    text_addf(sql, "s.rehome_source%s", direction);
    FOR_EACH(const OrderColumn, column, columns)
        text_addf(sql, ", s.rehome_order_%td%s%s", column - columns.items + 1, column->as_text ? " COLLATE \"C\"" : "",
                  direction);
    if (any_needs_text(merge))
        text_addf(sql, ", s.rehome_text COLLATE \"C\"%s", direction);
}

/* Rules that rank the rows in another order than theirs. */
static bool has_own_rank(const MergeRule *rule)
{
    return rule->how == MERGE_NEWEST || rule->how == MERGE_LONGEST;
}

static void add_rank(Text *sql, const GatheredMerge *merge, const MergeRule *rule, const char *name, bool alone)
{
    text_add(sql, ", pg_catalog.row_number() OVER (PARTITION BY ");
    merge_add_key(sql, merge, "s", NULL);
    text_addf(sql, "%s ORDER BY ", alone ? ", s.rehome_alone" : "");
    merge_add_order(sql, merge, rule);
    text_addf(sql, ") AS %s", name);
}

static char *rank_of(Arena *arena, const GatheredMerge *merge, const MergeRule *rule)
{
    FOR_EACH(const MergeRule, own, merge->wanted->columns)
        if (has_own_rank(own) && text_equal(own->column.name, rule->column.name))
            return arena_printf(arena, "rehome_rank_%td", own - merge->wanted->columns.items + 1);
    return arena_strdup(arena, "rehome_rank");
}

static void add_ranked(Text *sql, const GatheredMerge *merge, const char *rows, bool alone)
{
    const MergeRule first = {.how = MERGE_FIRST};
    text_add(sql, "SELECT s.*");
    add_rank(sql, merge, &first, "rehome_rank", alone);
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (has_own_rank(rule))
            add_rank(sql, merge, rule, rank_of(sql->arena, merge, rule), alone);
    text_add(sql, " FROM (");
    if (alone) {
        text_add(sql, "SELECT s.*, CASE WHEN ");
        merge_add_has_key(sql, merge, "s", false);
        text_addf(sql, " THEN s.rehome_row END AS rehome_alone FROM (%s) AS s) AS s", rows);
        return;
    }
    text_addf(sql, "%s) AS s WHERE ", rows);
    merge_add_has_key(sql, merge, "s", true);
}

/* Of a composite value with a null in it IS NOT NULL is false; IS DISTINCT FROM NULL asks for the value itself. An
 * array of arrays would be one array, so arrays go as text. A cast brings back the length that aggregates do not tell
 * of. */
static void add_winner(Text *sql, const GatheredMerge *merge, const OutputColumn *column)
{
    const char *name = quote_name(sql->arena, column->name);
    const MergeRule rule = merge_rule(merge, column->name);
    const char *rank = rank_of(sql->arena, merge, &rule), *last = rule.how == MERGE_LAST ? "max" : "min";
    TypeUse use = type_of(merge, column);
    bool is_array = use.type && use.type->category == 'A';
    text_addf(
        sql,
        "(pg_catalog.array_agg(s.%s%s))[pg_catalog.array_position(pg_catalog.array_agg(s.%s), pg_catalog.%s(s.%s) "
        "FILTER (WHERE s.%s IS DISTINCT FROM NULL))]",
        name, is_array ? "::pg_catalog.text" : "", rank, last, rank, name);
    if (is_array || column->typmod >= 0)
        text_addf(sql, "::%s", type_sql(sql->arena, merge, column));
}

static void add_merged_value(Text *sql, const GatheredMerge *merge, const OutputColumn *column)
{
    const char *name = quote_name(sql->arena, column->name);
    if (!merge_is_key(merge, column->name) || !is_exact(merge, column->name))
        add_winner(sql, merge, column);
    else if (is_text(merge, column->name))
        text_addf(sql, "(s.%s COLLATE \"C\") COLLATE pg_catalog.\"default\"", name);
    else
        text_addf(sql, "s.%s", name);
    text_addf(sql, " AS %s", name);
}

void merge_add_groups(Text *sql, const GatheredMerge *merge, const char *rows, const char *more, bool alone)
{
    text_add(sql, "SELECT ");
    FOR_EACH(const OutputColumn, column, merge->columns) {
        text_add(sql, column == merge->columns.items ? "" : ", ");
        add_merged_value(sql, merge, column);
    }
    text_addf(sql, "%s FROM (", more);
    add_ranked(sql, merge, rows, alone);
    text_add(sql, ") AS s GROUP BY ");
    merge_add_key(sql, merge, "s", NULL);
    text_add(sql, alone ? ", s.rehome_alone" : "");
}

char *merge_differs(Arena *arena, const GatheredMerge *merge, const char *column)
{
    const char *name = quote_name(arena, column);
    const char *value = is_plain(merge, column) ? arena_printf(arena, "s.%s", name)
                                                : arena_printf(arena, "(s.%s)::pg_catalog.text COLLATE \"C\"", name);
    return arena_printf(arena, "pg_catalog.min(%s) <> pg_catalog.max(%s)", value, value);
}

char *merge_select(Arena *arena, const GatheredMerge *merge)
{
    Text sql = text_new(arena), rows = text_new(arena);
    bool first = true;
    merge_add_rows(&rows, merge);
    merge_add_groups(&sql, merge, rows.chars, "", false);
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (rule->how == MERGE_ERROR) {
            text_addf(&sql, "%s(%s) IS NOT TRUE", first ? " HAVING " : " AND ",
                      merge_differs(arena, merge, rule->column.name));
            first = false;
        }
    return sql.chars;
}

/* ---- what is set aside ---- */

char *merge_flags(Arena *arena, const GatheredMerge *merge)
{
    Text sql = text_new(arena);
    text_add(&sql, ", pg_catalog.bool_or(");
    merge_add_has_key(&sql, merge, "s", false);
    text_add(&sql, ") AS rehome_no_key");
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (rule->how == MERGE_ERROR)
            text_addf(&sql, ", %s AS rehome_conflict_%td", merge_differs(arena, merge, rule->column.name),
                      rule - merge->wanted->columns.items + 1);
    return sql.chars;
}

static void add_own_tests(Arena *arena, const GatheredMerge *merge, RejectTestList *tests)
{
    LIST_PUSH(arena, tests,
              ((RejectTest){.reason = MERGE_NO_KEY, .condition = "\"q\".rehome_no_key", .budgeted = true}));
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        if (rule->how == MERGE_ERROR)
            LIST_PUSH(arena, tests,
                      ((RejectTest){.reason = arena_printf(arena, MERGE_CONFLICT "%s", rule->column.name),
                                    .condition = arena_printf(arena, "\"q\".rehome_conflict_%td",
                                                              rule - merge->wanted->columns.items + 1),
                                    .column = rule->column.name,
                                    .budgeted = true}));
}

RejectTestList merge_reject_tests(Arena *arena, const EntityPlan *entity)
{
    RejectTestList tests = {0};
    FOR_EACH(const RejectTest, test, entity->rejects)
        if (!test->budgeted)
            LIST_PUSH(arena, &tests, *test);
    add_own_tests(arena, entity->gathered->merge, &tests);
    FOR_EACH(const RejectTest, test, entity->rejects)
        if (test->budgeted)
            LIST_PUSH(arena, &tests, *test);
    return tests;
}
