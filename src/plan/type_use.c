#include "plan/type_use.h"

#include "base/text.h"
#include "plan/sql_template.h"

#include <string.h>

/* How the number in a typmod is to be read. */
typedef enum TypmodForm { FORM_LENGTH, FORM_PRECISION, FORM_NUMERIC, FORM_INTERVAL } TypmodForm;

/* All that a typmod does, by type. */
typedef struct TypmodRule {
    const char *type;
    TypmodForm form;
    bool (*fits)(TypeUse from, TypeUse to);
    bool shapes;
    const char *loss;
    const char *note;
} TypmodRule;

static bool is_one_of(const char *name, const char *words)
{
    size_t length = strlen(name);
    for (const char *word = words; (word = strstr(word, name)); word += length)
        if ((word == words || word[-1] == ' ') && (word[length] == ' ' || word[length] == '\0'))
            return true;
    return false;
}

static int precision_of(int32_t typmod)
{
    return ((typmod - 4) >> 16) & 0xffff;
}

/* Eleven bits with a sign: since PostgreSQL 15 a scale may be negative. */
static int scale_of(int32_t typmod)
{
    return (((typmod - 4) & 0x7ff) ^ 1024) - 1024;
}

static bool fits_length(TypeUse from, TypeUse to)
{
    return is_one_of(from.type->name, "varchar bpchar") && from.typmod >= 0 && from.typmod <= to.typmod;
}

static bool fits_numeric(TypeUse from, TypeUse to)
{
    static const struct {
        const char *type;
        int digits;
    } integers[] = {{"int2", 5}, {"int4", 10}, {"int8", 19}, {"bool", 1}};
    int whole = precision_of(to.typmod) - scale_of(to.typmod);
    for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
        if (text_equal(from.type->name, integers[i].type))
            return scale_of(to.typmod) >= 0 && whole >= integers[i].digits;
    return text_equal(from.type->name, "numeric") && from.typmod >= 0 && scale_of(to.typmod) >= scale_of(from.typmod) &&
           whole >= precision_of(from.typmod) - scale_of(from.typmod);
}

static bool fits_precision(TypeUse from, TypeUse to)
{
    if (text_equal(from.type->name, "date"))
        return true;
    return is_one_of(from.type->name, "timestamp timestamptz time timetz") &&
           (from.typmod < 0 ? 6 : from.typmod) <= to.typmod;
}

static bool fits_equal(TypeUse from, TypeUse to)
{
    return text_equal(from.type->name, to.type->name) && from.typmod == to.typmod;
}

static bool fits_bits(TypeUse from, TypeUse to)
{
    return is_one_of(from.type->name, "bit varbit") && from.typmod >= 0 && from.typmod <= to.typmod;
}

#define MORE_PRECISE   "($v)::$t <> ($v)"
#define PRECISION_NOTE "digits of a second beyond $n would be lost"

static const TypmodRule typmod_rules[] = {
    {"varchar", FORM_LENGTH, fits_length, false, "pg_catalog.char_length($v) > $n", "may be longer than $n characters"},
    {"bpchar", FORM_LENGTH, fits_length, true,
     "pg_catalog.char_length(pg_catalog.rtrim(($v)::pg_catalog.text, ' ')) > $n", "may be longer than $n characters"},
    {"numeric", FORM_NUMERIC, fits_numeric, true,
     "($v) <> 'NaN'::pg_catalog.numeric AND (pg_catalog.abs($v) >= $l OR pg_catalog.round($v, $s) <> ($v))",
     "may have more digits than numeric($n,$s) keeps"},
    {"timestamp", FORM_PRECISION, fits_precision, true, MORE_PRECISE, PRECISION_NOTE},
    {"timestamptz", FORM_PRECISION, fits_precision, true, MORE_PRECISE, PRECISION_NOTE},
    {"time", FORM_PRECISION, fits_precision, true, MORE_PRECISE, PRECISION_NOTE},
    {"timetz", FORM_PRECISION, fits_precision, true, MORE_PRECISE, PRECISION_NOTE},
    {"interval", FORM_INTERVAL, fits_equal, true, MORE_PRECISE, "the target's interval keeps fewer fields or digits"},
    {"bit", FORM_PRECISION, fits_equal, true, "pg_catalog.length($v) <> $n", "may not have exactly $n bits"},
    {"varbit", FORM_PRECISION, fits_bits, false, "pg_catalog.length($v) > $n", "may have more than $n bits"},
};

static const TypmodRule *rule_of(TypeUse use)
{
    if (use.typmod < 0 || !type_is_builtin(use.type))
        return NULL;
    for (size_t i = 0; i < sizeof typmod_rules / sizeof typmod_rules[0]; i++)
        if (text_equal(typmod_rules[i].type, use.type->name))
            return &typmod_rules[i];
    return NULL;
}

TypeUse type_use_of(const Catalog *catalog, ObjectId type, int32_t typmod)
{
    TypeUse use = {catalog, NULL, typmod};
    use.type = catalog_base_type(catalog, type, &use.typmod);
    return use;
}

bool type_use_is_array(TypeUse use)
{
    return use.type->category == 'A' && use.type->element != 0;
}

TypeUse type_use_element(TypeUse use)
{
    return type_use_of(use.catalog, use.type->element, use.typmod);
}

bool type_use_is_string(TypeUse use)
{
    return use.type->category == 'S' && !(type_is_builtin(use.type) && text_equal(use.type->name, "char"));
}

bool type_use_names_object(TypeUse use)
{
    return type_is_builtin(use.type) &&
           (text_starts_with(use.type->name, "reg") || text_starts_with(use.type->name, "_reg"));
}

bool type_use_same(TypeUse left, TypeUse right)
{
    return text_equal(left.type->name, right.type->name) && text_equal(left.type->schema, right.type->schema);
}

bool type_use_has_wire_form(TypeUse use)
{
    return type_is_builtin(use.type) && strchr("brm", use.type->kind) && use.type->send_name && use.type->has_receive &&
           !type_use_names_object(use) && !is_one_of(use.type->name, "xml _xml aclitem _aclitem oidvector int2vector tsquery _tsquery");
}

static SqlMarks marks_of(Arena *arena, TypeUse use)
{
    const TypmodRule *rule = rule_of(use);
    SqlMarks marks = {.bare = type_use_bare_sql(arena, use), .type = type_use_sql(arena, use)};
    if (!rule)
        return marks;
    if (rule->form == FORM_NUMERIC) {
        marks.n = arena_printf(arena, "%d", precision_of(use.typmod));
        marks.scale = arena_printf(arena, "%d", scale_of(use.typmod));
        marks.limit = arena_printf(arena, "1e%d::pg_catalog.numeric", precision_of(use.typmod) - scale_of(use.typmod));
    } else {
        marks.n = arena_printf(arena, "%d", rule->form == FORM_LENGTH ? use.typmod - 4 : use.typmod);
    }
    return marks;
}

/* "(10,2)" */
static const char *typmod_sql(Arena *arena, TypeUse use)
{
    const TypmodRule *rule = rule_of(use);
    if (!rule)
        return "";
    if (rule->form == FORM_NUMERIC)
        return arena_printf(arena, "(%d,%d)", precision_of(use.typmod), scale_of(use.typmod));
    if (rule->form == FORM_INTERVAL)
        return arena_printf(arena, "(%d,%d)", (use.typmod >> 16) & 0x7fff, use.typmod & 0xffff);
    return arena_printf(arena, "(%d)", rule->form == FORM_LENGTH ? use.typmod - 4 : use.typmod);
}

char *type_use_sql(Arena *arena, TypeUse use)
{
    TypeUse element = type_use_is_array(use) ? type_use_element(use) : use;
    if (!element.type)
        return arena_strdup(arena, use.type->sql_name);
    const char *suffix = type_use_is_array(use) ? "[]" : "";
    if (!type_is_builtin(element.type))
        return arena_printf(arena, "%s%s", element.type->sql_name, suffix);
    return arena_printf(arena, "pg_catalog.%s%s%s", element.type->name, typmod_sql(arena, element), suffix);
}

char *type_use_bare_sql(Arena *arena, TypeUse use)
{
    use.typmod = -1;
    return type_use_sql(arena, use);
}

char *type_use_print(Arena *arena, TypeUse use)
{
    if (type_use_is_array(use) && type_use_element(use).type)
        return arena_printf(arena, "%s[]", type_use_print(arena, type_use_element(use)));
    return arena_printf(arena, "%s%s", use.type->sql_name, typmod_sql(arena, use));
}

bool type_use_fits(TypeUse from, TypeUse to)
{
    if (to.typmod < 0 || (type_use_same(from, to) && from.typmod == to.typmod))
        return true;
    const TypmodRule *rule = rule_of(to);
    return rule && rule->fits(from, to);
}

char *type_use_loss(Arena *arena, TypeUse to, const char *value)
{
    const TypmodRule *rule = rule_of(to);
    if (!rule)
        return NULL;
    SqlMarks marks = marks_of(arena, to);
    marks.value = value;
    return sql_template_fill(arena, rule->loss, &marks);
}

char *type_use_text_loss(Arena *arena, TypeUse to, const char *value)
{
    const TypmodRule *rule = rule_of(to);
    if (!rule || !is_one_of(rule->type, "timestamp timestamptz time timetz interval"))
        return NULL;
    int digits = rule->form == FORM_INTERVAL ? to.typmod & 0xffff : to.typmod;
    return arena_printf(arena, "(%s)::pg_catalog.text ~ '[.][0-9]{%d}[0-9]*[1-9]'", value, digits);
}

char *type_use_loss_note(Arena *arena, TypeUse to)
{
    const TypmodRule *rule = rule_of(to);
    if (!rule)
        return NULL;
    SqlMarks marks = marks_of(arena, to);
    return sql_template_fill(arena, rule->note, &marks);
}

bool type_use_shapes(TypeUse to)
{
    const TypmodRule *rule = rule_of(to);
    return rule && rule->shapes;
}
