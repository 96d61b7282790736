#include "manifest/param.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/param_type.h"
#include "manifest/value.h"

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

static const char *param_option_value(Arena *arena, const ManifestOptions *options, const char *name)
{
    FOR_EACH(const char *, option, options->params)
        if (text_equal(param_option_name(arena, *option), name))
            return strchr(*option, '=') + 1;
    return NULL;
}

void param_read_default(Reader *reader, const Key *key, const Node *value, void *field)
{
    Param *param = field;
    param->value_place = value->place;
    value_read_literal(reader, key, value, &param->value);
}

static void param_check_value(Reader *reader, const Param *param)
{
    const char *wrong = param->value ? param_type_mismatch(param->type, param->value) : NULL;
    if (wrong)
        mistake_add(reader->mistakes, param->value_place, "the value of param \"%s\" does not fit %s: %s", param->name,
                    param->type, wrong);
    if (param->required && !param->value)
        mistake_add(reader->mistakes, param->place, "param \"%s\" is required; give it with --param %s=…", param->name,
                    param->name);
}

static void param_read(Reader *reader, const NodePair *pair, Param *param)
{
    const Key key = {.name = param->name, .type = "a mapping such as { type: uuid, required: true }"};
    if (!value_is(reader, &key, pair->value, NODE_MAPPING) || !section_read(reader, &section_param, pair->value, param))
        return;
    const char *given = param_option_value(reader->arena, reader->options, param->name);
    if (given) {
        param->value = given;
        param->value_place = option_place;
    }
    param_check_value(reader, param);
}

/* A required param that is missing gets some value, so that its uses are not reported as well. */
static void param_declare(Reader *reader, const Param *param)
{
    const char *value = !param->value && param->required ? param->name : param->value;
    LIST_PUSH(reader->arena, &reader->variables, ((Variable){.name = param->name, .value = value}));
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
        bool declared = false;
        FOR_EACH(Param, param, *params)
            declared |= text_equal(param->name, name);
        if (!name)
            mistake_add(reader->mistakes, option_place, "%s is not of the form name=value",
                        mask_quote(reader->arena, *option));
        else if (!declared)
            param_add_undeclared(reader, name, params);
        else if (string_list_contains(&seen, name))
            mistake_add(reader->mistakes, option_place, "param \"%s\" is given twice", name);
        LIST_PUSH(reader->arena, &seen, name);
    }
}
