#include "transform/functions.h"

#include "base/text.h"

/* A name that ends in * stands for all that begin so. */
static const char *const AGGREGATES[] = {
    "any_value",  "array_agg",  "avg",     "bit_and", "bit_or",      "bit_xor",    "bool_and",         "bool_or",
    "corr",       "count",      "covar_*", "cume_dist", "dense_rank", "every",     "json_agg*",        "json_arrayagg",
    "json_object_agg*", "json_objectagg", "jsonb_agg*", "jsonb_object_agg*", "max", "min", "mode",     "percent_rank",
    "percentile_*", "range_agg", "range_intersect_agg", "rank", "regr_*", "stddev*", "string_agg", "sum", "var_*", "variance",
    "xmlagg",     NULL};

static const char *const SET_RETURNING[] = {
    "generate_series", "generate_subscripts", "json_array_elements*", "json_each*", "json_object_keys", "json_populate_recordset",
    "json_to_recordset", "jsonb_array_elements*", "jsonb_each*", "jsonb_object_keys", "jsonb_path_query", "jsonb_path_query_tz",
    "jsonb_populate_recordset", "jsonb_to_recordset", "regexp_matches", "regexp_split_to_table", "string_to_table", "ts_debug", "ts_parse",
    "ts_stat", "unnest", "_pg_expandarray", "aclexplode", NULL};

static const char *const VOLATILES[] = {
    "currval", "gen_random_bytes", "gen_random_uuid", "gen_salt", "lastval", "nextval", "random", "random_normal", "setval",
    "uuid_generate_v1*", "uuid_generate_v4", "uuidv4", "uuidv7", NULL};

/* Stable within a transaction, and another value in the next one. */
static const char *const TIME[] = {
    "clock_timestamp", "now", "pg_current_snapshot", "pg_current_xact_id*", "statement_timestamp", "timeofday", "transaction_timestamp",
    "txid_current*", NULL};

/* Constants that a cast turns into the current time. */
static const char *const MOMENTS[] = {"now", "today", "tomorrow", "yesterday", NULL};
static const char *const TIME_TYPES[] = {"date", "time", "timetz", "timestamp", "timestamptz", NULL};

static bool matches(const char *pattern, const char *name)
{
    for (; *pattern && *pattern != '*'; pattern++, name++)
        if (*pattern != *name)
            return false;
    return *pattern == '*' || *name == '\0';
}

static bool among(const char *const *patterns, const char *name)
{
    for (; name && *patterns; patterns++)
        if (matches(*patterns, name))
            return true;
    return false;
}

static bool known(const StringList *catalog, const char *const *own, const char *name)
{
    return catalog ? name && string_list_contains(catalog, name) : among(own, name);
}

static const char *call_name(json_t *call)
{
    return tree_last_name(tree_field(call, "funcname"));
}

bool functions_is_window(json_t *call)
{
    return tree_field(call, "over") != NULL;
}

bool functions_is_aggregate(const Functions *functions, json_t *call)
{
    static const char *const marks[] = {"agg_star", "agg_distinct", "agg_within_group", "agg_filter", "agg_order"};
    if (functions_is_window(call))
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (tree_field(call, marks[i]))
            return true;
    return known(functions->aggregates, AGGREGATES, call_name(call));
}

bool functions_is_set_returning(const Functions *functions, json_t *call)
{
    return known(functions->set_returning, SET_RETURNING, call_name(call));
}

static bool call_is_volatile(const Functions *functions, json_t *call)
{
    const char *name = call_name(call);
    bool age_until_today = text_equal(name, "age") && json_array_size(tree_field(call, "args")) == 1;
    return age_until_today || among(TIME, name) || known(functions->volatiles, VOLATILES, name);
}

static bool is_time_value(json_t *value)
{
    const char *op = tree_text(value, "op");
    return op && (text_starts_with(op, "SVFOP_CURRENT_DATE") || text_starts_with(op, "SVFOP_CURRENT_TIME") ||
                  text_starts_with(op, "SVFOP_LOCALTIME"));
}

bool functions_is_moment(const char *text)
{
    return among(MOMENTS, text);
}

static bool is_moment(json_t *cast)
{
    const char *text = tree_text(tree_field(tree_body(tree_field(cast, "arg"), "A_Const"), "sval"), "sval");
    return functions_is_moment(text) && among(TIME_TYPES, tree_last_name(tree_field(tree_field(cast, "typeName"), "names")));
}

bool functions_is_volatile(const Functions *functions, const char *kind, json_t *body)
{
    if (text_equal(kind, "FuncCall"))
        return call_is_volatile(functions, body);
    if (text_equal(kind, "SQLValueFunction"))
        return is_time_value(body);
    return text_equal(kind, "TypeCast") && is_moment(body);
}

typedef struct Search {
    const Functions *functions;
    bool found;
} Search;

static bool search_node(void *self, const char *kind, json_t *body)
{
    Search *search = self;
    search->found |= functions_is_volatile(search->functions, kind, body);
    return !search->found;
}

bool functions_has_volatile(const Functions *functions, json_t *json)
{
    Search search = {functions, false};
    tree_walk(json, search_node, &search);
    return search.found;
}
