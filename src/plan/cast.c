#include "plan/cast.h"

#include "base/text.h"
#include "plan/sql_template.h"

#define AS_TEXT "($v)::pg_catalog.text"
#define BY_CAST "($v)::$b"

/* How a cast is done, before it is written for one column: `value` and `loss` are templates over $v. */
typedef struct Manner {
    CastClass class;
    const char *value;
    const char *loss;
    const char *note;
    bool as_text; /* the target parses what arrives */
} Manner;

static Manner manner_impossible(void)
{
    return (Manner){.class = CAST_IMPOSSIBLE, .value = AS_TEXT, .note = "there is no cast", .as_text = true};
}

/* Text that another type has to take. */
static Manner manner_of_parsing(const CastRequest *request)
{
    const char *loss = cast_parse_loss(request->to, request->from.catalog->server_version);
    Manner manner = {.class = CAST_LOSSY,
                     .value = AS_TEXT "::$b",
                     .loss = loss,
                     .note = "each value must read as the target's type"};
    if (!loss)
        manner.as_text = true;
    return manner;
}

static Manner manner_of_strings(const CastRequest *request)
{
    Manner manner = {.class = CAST_LOSSLESS, .value = BY_CAST};
    if (!type_is_builtin(request->to.type))
        return (Manner){.class = CAST_LOSSLESS, .value = AS_TEXT, .as_text = true};
    if (text_equal(request->to.type->name, "name"))
        return (Manner){CAST_LOSSY, BY_CAST, "pg_catalog.octet_length(" AS_TEXT ") > 63", "may be longer than 63 bytes",
                        false};
    if (type_is_builtin(request->from.type) && text_equal(request->from.type->name, "bpchar"))
        manner.note = "trailing blanks are not kept";
    return manner;
}

static bool both_made_alike(const Type *from, const Type *to)
{
    return !type_is_builtin(from) && !type_is_builtin(to) && from->kind == to->kind && !from->element == !to->element;
}

/* One of the two is a type that users or extensions made. */
static Manner manner_of_user_types(const CastRequest *request)
{
    TypeUse from = request->from, to = request->to;
    if (type_use_same(from, to))
        return (Manner){.class = CAST_SAME, .value = AS_TEXT, .as_text = true};
    bool by_text = type_use_is_string(from) || both_made_alike(from.type, to.type);
    if (!by_text)
        return manner_impossible();
    if (type_is_builtin(to.type))
        return manner_of_parsing(request);
    return (Manner){.class = CAST_LOSSY,
                    .value = AS_TEXT,
                    .as_text = true,
                    .note = to.type->kind == 'e' ? "each value must be a label of the target's type"
                                                 : "by way of text: each value must read as the target's type"};
}

static Manner manner_of_values(const CastRequest *request)
{
    TypeUse from = request->from, to = request->to;
    bool builtin = type_is_builtin(from.type) && type_is_builtin(to.type);
    if (builtin && type_use_same(from, to))
        return (Manner){.class = CAST_SAME, .value = "$v"};
    if (type_use_is_string(to) && !(type_use_same(from, to)))
        return manner_of_strings(request);
    if (!builtin)
        return manner_of_user_types(request);
    const CastRule *rule = cast_rule(from, to);
    if (rule)
        return (Manner){rule->class, rule->value ? rule->value : BY_CAST, rule->loss, rule->note, false};
    if (type_use_is_string(from))
        return manner_of_parsing(request);
    return manner_impossible();
}

static char *fill(Arena *arena, const char *sql, TypeUse to, const char *value)
{
    SqlMarks marks = {.value = value, .type = type_use_sql(arena, to), .bare = type_use_bare_sql(arena, to)};
    return sql_template_fill(arena, sql, &marks);
}

/* What the manner tests, and then what the typmod would do: only to a value that passed the first. */
static const char *loss_of(Arena *arena, const Manner *manner, const CastRequest *request)
{
    const char *lost = manner->loss ? fill(arena, manner->loss, request->to, request->value) : NULL;
    const char *cut = NULL;
    if (manner->as_text)
        cut = type_use_text_loss(arena, request->to, request->value);
    else if (!type_use_fits(request->from, request->to))
        cut = type_use_loss(arena, request->to, fill(arena, manner->value, request->to, request->value));
    if (!lost && !cut)
        return NULL;
    const char *both = lost && cut ? arena_printf(arena, "CASE WHEN %s THEN true ELSE %s END", lost, cut)
                       : lost      ? lost
                                   : cut;
    return arena_printf(arena, "%s IS NOT NULL AND (%s)", request->value, both);
}

/* The elements' manner, for all of them at once. */
static Manner manner_of_arrays(Arena *arena, const CastRequest *request)
{
    CastRequest element = {type_use_element(request->from), type_use_element(request->to), "e.v",
                           request->same_database};
    if (!element.from.type || !element.to.type)
        return manner_impossible();
    Manner manner = manner_of_values(&element);
    const char *loss = loss_of(arena, &manner, &element);
    if (loss)
        manner.loss = arena_printf(arena, "EXISTS (SELECT 1 FROM pg_catalog.unnest($v) AS e (v) WHERE %s)", loss);
    if (!type_use_fits(element.from, element.to)) {
        manner.class = CAST_LOSSY;
        manner.note = type_use_loss_note(arena, element.to);
    }
    if (!text_equal(manner.value, "$v") && !text_equal(manner.value, BY_CAST))
        manner.value = manner.as_text ? AS_TEXT : AS_TEXT "::$b";
    return manner;
}

/* The user's type itself, where both sides are in one database. */
static const char *value_in_one_database(Arena *arena, const CastRequest *request, const char *text)
{
    if (request->from.type->oid == request->to.type->oid)
        return request->value;
    return arena_printf(arena, "(%s)::%s", text, type_use_bare_sql(arena, request->to));
}

/* As the target column will hold it. Types that are not PostgreSQL's are compared as text, so their own form is what
 * counts. */
static const char *arriving(Arena *arena, const CastRequest *request, const Manner *manner, const Cast *cast)
{
    if (type_is_builtin(request->to.type)) {
        bool shaped = type_use_shapes(type_use_is_array(request->to) ? type_use_element(request->to) : request->to);
        const char *value = manner->as_text ? fill(arena, AS_TEXT "::$b", request->to, request->value) : cast->sql;
        return shaped ? arena_printf(arena, "(%s)::%s", value, type_use_sql(arena, request->to)) : value;
    }
    bool keeps_form = manner->class <= CAST_LOSSLESS || request->to.type->kind == 'e' || request->same_database;
    return keeps_form ? cast->sql : NULL;
}

static bool is_xml(TypeUse use)
{
    return type_is_builtin(use.type) && text_equal(use.type->name, "xml");
}

Cast cast_build(Arena *arena, const CastRequest *request)
{
    TypeUse from = request->from, to = request->to;
    bool arrays = type_use_is_array(from) && type_use_is_array(to);
    Manner manner = arrays ? manner_of_arrays(arena, request) : manner_of_values(request);
    Cast cast = {.class = manner.class, .note = manner.note};
    cast.loss = arrays && manner.loss ? arena_printf(arena, "%s IS NOT NULL AND %s", request->value,
                                                     fill(arena, manner.loss, to, request->value))
                : arrays              ? NULL
                                      : loss_of(arena, &manner, request);
    if (!arrays && cast.class < CAST_LOSSY && !type_use_fits(from, to)) {
        cast.class = CAST_LOSSY;
        cast.note = type_use_loss_note(arena, to);
    }
    cast.sql = fill(arena, manner.value, to, request->value);
    if (manner.as_text)
        cast.sql = request->same_database
                       ? value_in_one_database(arena, request, fill(arena, AS_TEXT, to, request->value))
                       : fill(arena, AS_TEXT, to, request->value);
    else if (!request->same_database && is_xml(from) && is_xml(to)) /* its output function would rewrite the declaration */
        cast.sql = fill(arena, AS_TEXT, to, request->value);
    cast.arrives = cast.class == CAST_IMPOSSIBLE ? NULL : arriving(arena, request, &manner, &cast);
    cast.binary = to.type->kind == 'e' || (!manner.as_text && type_use_has_wire_form(to));
    return cast;
}
