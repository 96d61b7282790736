#include "manifest/param.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/param_array.h"
#include "manifest/param_type.h"
#include "manifest/value.h"
#include "pg/quote.h"

#include <ctype.h>
#include <string.h>

static const Place option_place = {.file = "--param"};

static bool param_is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_')
        return false;
    while (isalnum((unsigned char)*text) || *text == '_')
        text++;
    return *text == '\0';
}

/* The name in a "name=value"; NULL when it has no such form. */
static const char *param_option_name(Arena *arena, const char *option)
{
    const char *equals = strchr(option, '=');
    return equals && equals > option ? arena_strndup(arena, option, (size_t)(equals - option)) : NULL;
}

static void param_does_not_fit(Reader *reader, const Param *param, const char *type, const char *why)
{
    mistake_add(reader->mistakes, param->value_place, "the value of param \"%s\" does not fit %s: %s", param->name,
                type, why);
}

/* ---- arrays ---- */

static void param_split(Reader *reader, Param *param, const char *text)
{
    const char *wrong = param_array_split(reader->arena, text, &param->elements);
    if (wrong)
        param_does_not_fit(reader, param, param->type, wrong);
}

static void param_read_default_elements(Reader *reader, const Node *list, Param *param)
{
    const Key key = {.name = "default", .type = "a list of values"};
    param->has_elements = true;
    FOR_EACH(const Node *, item, list->items) {
        const char *element = NULL;
        value_read_literal(reader, &key, *item, &element);
        if (element)
            LIST_PUSH(reader->arena, &param->elements, element);
    }
}

static void param_check_elements(Reader *reader, Param *param)
{
    const char *type = param_array_element_type(reader->arena, param->type);
    if (param_array_element_type(reader->arena, type))
        mistake_add(reader->mistakes, param->place, "param \"%s\": an array of one dimension is written %s[]",
                    param->name, param_array_element_type(reader->arena, type));
    FOR_EACH(const char *, element, param->elements) {
        const char *wrong = param_type_mismatch(type, *element);
        if (wrong)
            param_does_not_fit(reader, param, type,
                               arena_printf(reader->arena, "%s: %s", mask_quote(reader->arena, *element), wrong));
    }
}

/* The text or list of the default, or what all of --param give together; an empty one is as good as none where one is
 * required. */
static void param_take_elements(Reader *reader, Param *param)
{
    if (param->value)
        param_split(reader, param, param->value);
    param->has_elements |= param->value != NULL;
    param->value = NULL;
    if (!param->has_elements || (param->required && param->elements.count == 0))
        return;
    param_check_elements(reader, param);
    param->value = quote_array(reader->arena, param->elements.items, param->elements.count);
}

static void param_take_option(Reader *reader, Param *param, const char *given)
{
    if (param->value_place.file != option_place.file)
        param->elements.count = 0;
    param->value_place = option_place;
    param->has_elements = param->is_array;
    param->value = param->is_array ? NULL : given;
    if (param->is_array)
        param_split(reader, param, given);
}

/* ---- all ---- */

void param_read_default(Reader *reader, const Key *key, const Node *value, void *field)
{
    Param *param = field;
    param->value_place = value->place;
    if (value->kind == NODE_LIST && param_array_element_type(reader->arena, param->type))
        param_read_default_elements(reader, value, param);
    else
        value_read_literal(reader, key, value, &param->value);
}

static void param_check_value(Reader *reader, const Param *param, bool is_told)
{
    const char *wrong = param->value && !param->is_array ? param_type_mismatch(param->type, param->value) : NULL;
    if (wrong)
        param_does_not_fit(reader, param, param->type, wrong);
    if (param->required && !param->value && !is_told)
        mistake_add(reader->mistakes, param->place, "param \"%s\" is required; give it with --param %s=…", param->name,
                    param->name);
}

static void param_read(Reader *reader, const NodePair *pair, Param *param)
{
    const Key key = {.name = param->name, .type = "a mapping such as { type: uuid, required: true }"};
    const size_t before = reader->mistakes->list.count;
    if (!value_is(reader, &key, pair->value, NODE_MAPPING) || !section_read(reader, &section_param, pair->value, param))
        return;
    param->is_array = param_array_element_type(reader->arena, param->type);
    FOR_EACH(const char *, option, reader->options->params)
        if (text_equal(param_option_name(reader->arena, *option), param->name))
            param_take_option(reader, param, strchr(*option, '=') + 1);
    if (param->is_array)
        param_take_elements(reader, param);
    param_check_value(reader, param, reader->mistakes->list.count > before);
}

/* A required param that is missing gets some value, so that its uses are not reported as well. */
static void param_declare(Reader *reader, const Param *param)
{
    const char *value = !param->value && param->required ? param->name : param->value;
    LIST_PUSH(reader->arena, &reader->variables,
              ((Variable){.name = param->name, .value = value, .is_array = param->is_array}));
}

void param_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    ParamList *params = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        const char *name = pair->key->text;
        Param param = {.name = name, .type = "text", .place = pair->key->place};
        if (param_is_name(name))
            param_read(reader, pair, &param);
        else
            mistake_add(reader->mistakes, pair->key->place,
                        "%s cannot be the name of a param: letters, digits and _ only",
                        mask_quote(reader->arena, name));
        param_declare(reader, &param);
        LIST_PUSH(reader->arena, params, param);
    }
}

static const Param *param_find(const ParamList *params, const char *name)
{
    FOR_EACH(Param, param, *params)
        if (text_equal(param->name, name))
            return param;
    return NULL;
}

static void param_add_undeclared(Reader *reader, const char *name, const ParamList *params)
{
    StringList known = {0};
    FOR_EACH(Param, param, *params)
        LIST_PUSH(reader->arena, &known, param->name);
    const char *nearest = string_list_nearest(&known, name);
    const char *shown = mask_quote(reader->arena, name);
    if (nearest)
        mistake_add(reader->mistakes, option_place, "the migration has no param %s; did you mean \"%s\"?", shown,
                    nearest);
    else if (known.count > 0)
        mistake_add(reader->mistakes, option_place, "the migration has no param %s; it has %s", shown,
                    string_list_join(reader->arena, &known, ", "));
    else
        mistake_add(reader->mistakes, option_place, "the migration has no param %s; it declares none", shown);
}

void param_check_options(Reader *reader, const ParamList *params)
{
    StringList seen = {0};
    FOR_EACH(const char *, option, reader->options->params) {
        const char *name = param_option_name(reader->arena, *option);
        const Param *param = param_find(params, name);
        if (!name)
            mistake_add(reader->mistakes, option_place, "%s is not of the form name=value",
                        mask_quote(reader->arena, *option));
        else if (!param)
            param_add_undeclared(reader, name, params);
        else if (!param->is_array && string_list_contains(&seen, name))
            mistake_add(reader->mistakes, option_place,
                        "param \"%s\" is given twice; only one of an array type, such as %s[], takes several values",
                        name, param->type);
        LIST_PUSH(reader->arena, &seen, name);
    }
}
