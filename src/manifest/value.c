#include "manifest/value.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/variables.h"
#include "pg/quote.h"

bool value_is(Reader *reader, const Key *key, const Node *value, NodeKind kind)
{
    if (value->kind == kind && !node_is_nothing(value))
        return true;
    if (node_is_nothing(value))
        mistake_add(reader->mistakes, value->place, "\"%s\" has no value; it expects %s", key->name, key->type);
    else
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, got %s", key->name, key->type,
                    node_kind_name(value));
    return false;
}

const char *value_text(Reader *reader, const Key *key, const Node *value)
{
    if (!value_is(reader, key, value, NODE_TEXT))
        return NULL;
    const char *text = environment_fill(reader->arena, value->text, value->place, reader->mistakes);
    if (!text || *text != '\0')
        return text;
    mistake_add(reader->mistakes, value->place, "\"%s\" is empty; it expects %s", key->name, key->type);
    return NULL;
}

int value_word(Reader *reader, const Key *key, const Node *value, const char *const *words)
{
    const char *text = value_text(reader, key, value);
    if (!text)
        return -1;
    StringList known = {0};
    for (int i = 0; words[i]; i++) {
        if (text_equal(words[i], text))
            return i;
        LIST_PUSH(reader->arena, &known, words[i]);
    }
    const char *shown = mask_quote(reader->arena, value->text);
    const char *nearest = string_list_nearest(&known, text);
    if (nearest)
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, not %s; did you mean \"%s\"?", key->name,
                    key->type, shown, nearest);
    else
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, not %s", key->name, key->type, shown);
    return -1;
}

void value_read_text(Reader *reader, const Key *key, const Node *value, void *field)
{
    const char *text = value_text(reader, key, value);
    if (text)
        *(const char **)field = text;
}

void value_read_literal(Reader *reader, const Key *key, const Node *value, void *field)
{
    if (!value_is(reader, key, value, NODE_TEXT))
        return;
    const char *text = environment_fill(reader->arena, value->text, value->place, reader->mistakes);
    if (text)
        *(const char **)field = text;
}

void value_read_flag(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on", NULL};
    const int word = value_word(reader, key, value, words);
    if (word >= 0)
        *(bool *)field = word % 2 == 1;
}

/* A name with its variables filled in; NULL after a mistake, and while some are still to come. */
static const char *value_filled(Reader *reader, const Node *value, const char *text)
{
    const Sql sql = {.text = text, .place = value->text_place};
    const char *filled = variables_fill(reader->arena, &sql, &reader->variables, reader->mistakes);
    return filled && reader->variables.is_open && variables_stand_in(filled) ? NULL : filled;
}

static bool value_name(Reader *reader, const Key *key, const Node *value, Name *name)
{
    const char *written = value_text(reader, key, value);
    const char *text = written ? value_filled(reader, value, written) : NULL;
    char *schema = NULL, *bare = NULL;
    if (!text)
        return false;
    if (!quote_parse_name(reader->arena, text, &schema, &bare)) {
        mistake_add(reader->mistakes, value->place,
                    "%s is not an SQL name; names with other characters are written '\"Like This\"'",
                    mask_quote(reader->arena, value->text));
        return false;
    }
    *name = (Name){.text = text, .schema = schema, .name = bare, .place = value->place};
    return true;
}

void value_read_table(Reader *reader, const Key *key, const Node *value, void *field)
{
    value_name(reader, key, value, field);
}

static const Name *value_find_name(const NameList *names, const Name *name)
{
    FOR_EACH(Name, other, *names)
        if (text_equal(other->schema, name->schema) && text_equal(other->name, name->name))
            return other;
    return NULL;
}

static void value_add_name(Reader *reader, const Key *key, Name name, bool qualified, NameList *names)
{
    const char *shown = mask_quote(reader->arena, name.text);
    if (name.schema && !qualified)
        mistake_add(reader->mistakes, name.place, "%s is not a column; a column has no dot in its name", shown);
    else if (value_find_name(names, &name))
        mistake_add(reader->mistakes, name.place, "%s stands twice in \"%s\"", shown, key->name);
    else
        LIST_PUSH(reader->arena, names, name);
}

static bool value_read_names(Reader *reader, const Key *key, const Node *value, bool qualified, NameList *names)
{
    if (value->kind == NODE_TEXT && !node_is_nothing(value)) {
        mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, got a text; put it between [ and ]", key->name,
                    key->type);
        return false;
    }
    if (!value_is(reader, key, value, NODE_LIST))
        return false;
    for (size_t i = 0; i < value->items.count; i++) {
        const Key item_key = {
            .name = arena_printf(reader->arena, "%s[%zu]", key->name, i + 1),
            .type = qualified ? "a table" : "a column",
        };
        Name name = {0};
        if (value_name(reader, &item_key, value->items.items[i], &name))
            value_add_name(reader, key, name, qualified, names);
    }
    return true;
}

static void value_read_some(Reader *reader, const Key *key, const Node *value, bool qualified, NameList *names)
{
    if (value_read_names(reader, key, value, qualified, names) && value->items.count == 0)
        mistake_add(reader->mistakes, value->place, "\"%s\" is an empty list; it expects %s", key->name, key->type);
}

void value_read_tables(Reader *reader, const Key *key, const Node *value, void *field)
{
    value_read_some(reader, key, value, true, field);
}

void value_read_columns(Reader *reader, const Key *key, const Node *value, void *field)
{
    value_read_names(reader, key, value, false, field);
}

void value_read_key(Reader *reader, const Key *key, const Node *value, void *field)
{
    value_read_some(reader, key, value, false, field);
}
