#include "transform/outputs.h"

#include "base/text.h"

/* How sure PostgreSQL is of a derived name: a type's name or "case" gives way to anything better. See FigureColnameInternal() in
 * PostgreSQL's parse_target.c. */
typedef enum Strength { NAMELESS, WEAK, STRONG } Strength;

static Strength derive_name(json_t *node, const char **name);

static Strength derived(const char **name, const char *text, Strength strength)
{
    *name = text;
    return text ? strength : NAMELESS;
}

static Strength derive_indirection(json_t *body, const char **name)
{
    json_t *path = tree_field(body, "indirection");
    for (size_t i = json_array_size(path); i > 0; i--) {
        const char *field = tree_string(json_array_get(path, i - 1));
        if (field)
            return derived(name, field, STRONG);
    }
    return derive_name(tree_field(body, "arg"), name);
}

static Strength derive_cast(json_t *body, const char **name)
{
    Strength strength = derive_name(tree_field(body, "arg"), name);
    if (strength == STRONG)
        return strength;
    return derived(name, tree_last_name(tree_field(tree_field(body, "typeName"), "names")), WEAK);
}

static Strength derive_case(json_t *body, const char **name)
{
    Strength strength = derive_name(tree_field(body, "defresult"), name);
    return strength == STRONG ? strength : derived(name, "case", WEAK);
}

static Strength derive_sublink(json_t *body, const char **name)
{
    if (tree_is(body, "subLinkType", "EXISTS_SUBLINK"))
        return derived(name, "exists", STRONG);
    if (tree_is(body, "subLinkType", "ARRAY_SUBLINK"))
        return derived(name, "array", STRONG);
    if (!tree_is(body, "subLinkType", "EXPR_SUBLINK"))
        return NAMELESS;

    json_t *select = tree_body(tree_field(body, "subselect"), "SelectStmt");
    while (tree_field(select, "larg"))
        select = tree_field(select, "larg");
    json_t *target = tree_body(json_array_get(tree_field(select, "targetList"), 0), "ResTarget");
    if (tree_text(target, "name"))
        return derived(name, tree_text(target, "name"), STRONG);
    return derive_name(tree_field(target, "val"), name);
}

typedef struct FixedName {
    const char *key, *name;
} FixedName;

static const char *fixed_name(const FixedName *table, const char *key)
{
    while (table->key && !text_equal(table->key, key))
        table++;
    return table->name;
}

static Strength derive_by_op(json_t *body, const char **name)
{
    static const FixedName names[] = {
        {"SVFOP_CURRENT_DATE", "current_date"}, {"SVFOP_CURRENT_TIME", "current_time"}, {"SVFOP_CURRENT_TIME_N", "current_time"},
        {"SVFOP_CURRENT_TIMESTAMP", "current_timestamp"}, {"SVFOP_CURRENT_TIMESTAMP_N", "current_timestamp"},
        {"SVFOP_LOCALTIME", "localtime"}, {"SVFOP_LOCALTIME_N", "localtime"}, {"SVFOP_LOCALTIMESTAMP", "localtimestamp"},
        {"SVFOP_LOCALTIMESTAMP_N", "localtimestamp"}, {"SVFOP_CURRENT_ROLE", "current_role"}, {"SVFOP_CURRENT_USER", "current_user"},
        {"SVFOP_USER", "user"}, {"SVFOP_SESSION_USER", "session_user"}, {"SVFOP_CURRENT_CATALOG", "current_catalog"},
        {"SVFOP_CURRENT_SCHEMA", "current_schema"}, {"IS_XMLCONCAT", "xmlconcat"}, {"IS_XMLELEMENT", "xmlelement"},
        {"IS_XMLFOREST", "xmlforest"}, {"IS_XMLPARSE", "xmlparse"}, {"IS_XMLPI", "xmlpi"}, {"IS_XMLROOT", "xmlroot"},
        {"IS_GREATEST", "greatest"}, {"IS_LEAST", "least"}, {NULL, NULL}};
    return derived(name, fixed_name(names, tree_text(body, "op")), STRONG);
}

static Strength derive_by_kind(const char *kind, const char **name)
{
    static const FixedName names[] = {{"A_ArrayExpr", "array"},       {"RowExpr", "row"},           {"CoalesceExpr", "coalesce"},
                                      {"GroupingFunc", "grouping"},   {"XmlSerialize", "xmlserialize"}, {NULL, NULL}};
    return derived(name, fixed_name(names, kind), STRONG);
}

static Strength derive_name(json_t *node, const char **name)
{
    const char *kind = tree_kind(node);
    json_t *body = kind ? tree_field(node, kind) : NULL;
    if (text_equal(kind, "ColumnRef"))
        return derived(name, tree_last_name(tree_field(body, "fields")), STRONG);
    if (text_equal(kind, "FuncCall"))
        return derived(name, tree_last_name(tree_field(body, "funcname")), STRONG);
    if (text_equal(kind, "A_Indirection"))
        return derive_indirection(body, name);
    if (text_equal(kind, "A_Expr"))
        return derived(name, tree_is(body, "kind", "AEXPR_NULLIF") ? "nullif" : NULL, STRONG);
    if (text_equal(kind, "TypeCast"))
        return derive_cast(body, name);
    if (text_equal(kind, "CollateClause"))
        return derive_name(tree_field(body, "arg"), name);
    if (text_equal(kind, "CaseExpr"))
        return derive_case(body, name);
    if (text_equal(kind, "SubLink"))
        return derive_sublink(body, name);
    if (tree_field(body, "op"))
        return derive_by_op(body, name);
    return derive_by_kind(kind, name);
}

/* `*`, `t.*` or `(t).*` */
static bool is_star(json_t *value)
{
    json_t *path = tree_field(tree_body(value, "ColumnRef"), "fields");
    if (!path)
        path = tree_field(tree_body(value, "A_Indirection"), "indirection");
    return path && tree_body(json_array_get(path, json_array_size(path) - 1), "A_Star");
}

const char *output_name(json_t *target)
{
    const char *name = tree_text(target, "name");
    json_t *value = tree_field(target, "val");
    if (name || is_star(value))
        return name;
    return derive_name(value, &name) == NAMELESS ? "?column?" : name;
}
