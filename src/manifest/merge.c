#include "manifest/merge.h"

#include "base/text.h"
#include "manifest/entity.h"
#include "manifest/mask.h"
#include "manifest/value.h"
#include "pg/quote.h"

#include <string.h>

static const char *const hows[] = {[MERGE_FIRST] = "first",     [MERGE_LAST] = "last",   [MERGE_NEWEST] = "newest",
                                   [MERGE_LONGEST] = "longest", [MERGE_ERROR] = "error", NULL};

const char *merge_how_name(MergeHow how)
{
    return hows[how];
}

void merge_read(Reader *reader, const Key *key, const Node *value, void *field)
{
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    Merge *merge = NEW(reader->arena, Merge);
    merge->place = value->place;
    section_read(reader, &section_merge, value, merge);
    *(const Merge **)field = merge;
}

static bool read_column(Reader *reader, const Node *node, const char *text, Name *name)
{
    char *schema = NULL, *bare = NULL;
    bool read = quote_parse_name(reader->arena, text, &schema, &bare) && !schema;
    *name = (Name){.text = text, .name = bare, .place = node->place};
    if (!read)
        mistake_add(reader->mistakes, node->place,
                    "%s is not a column; names with other characters are written '\"Like This\"'",
                    mask_quote(reader->arena, text));
    return read;
}

void merge_read_key(Reader *reader, const Key *key, const Node *value, void *field)
{
    NameList *names = field;
    if (value->kind != NODE_TEXT || node_is_nothing(value)) {
        value_read_key(reader, key, value, names);
        return;
    }
    Name name;
    const char *text = value_text(reader, key, value);
    if (text && read_column(reader, value, text, &name))
        LIST_PUSH(reader->arena, names, name);
}

/* ---- sources ---- */

static bool has_source(const EntityList *sources, const char *name)
{
    FOR_EACH(const Entity, source, *sources)
        if (text_equal(source->name, name))
            return true;
    return false;
}

static void name_source(Reader *reader, const EntityList *others, Entity *source)
{
    if (!source->name && source->from.count == 1)
        source->name = source->from.items[0].text;
    if (!source->name && reader->variables.is_open) /* its table is still to come */
        return;
    if (!source->name)
        mistake_add(reader->mistakes, source->place, "a source needs a \"name\" unless it has one table in \"from\"");
    else if (has_source(others, source->name))
        mistake_add(reader->mistakes, source->place, "two sources are called %s; give this one another \"name\"",
                    mask_quote(reader->arena, source->name));
}

static void read_source(Reader *reader, const Node *node, EntityList *sources)
{
    const size_t before = reader->mistakes->list.count;
    Entity source = {.place = node->place};
    if (!section_read(reader, &section_source, node, &source) || reader->mistakes->list.count > before)
        return;
    name_source(reader, sources, &source);
    if (source.name)
        entity_check_reading(reader, &source, "source", node->place, true);
    LIST_PUSH(reader->arena, sources, source);
}

void merge_read_sources(Reader *reader, const Key *key, const Node *value, void *field)
{
    EntityList *sources = field;
    if (!value_is(reader, key, value, NODE_LIST))
        return;
    for (size_t i = 0; i < value->items.count; i++)
        read_source(reader, value->items.items[i], sources);
    if (value->items.count == 0)
        mistake_add(reader->mistakes, value->place, "\"%s\" is an empty list; a merge has at least one source",
                    key->name);
}

/* ---- rules ---- */

static void add_unknown_rule(Reader *reader, const Node *pair_value, const char *column, const char *text)
{
    StringList known = {0};
    for (size_t i = 0; hows[i]; i++)
        LIST_PUSH(reader->arena, &known, hows[i]);
    const char *word = arena_strndup(reader->arena, text, strcspn(text, " (")),
               *near = string_list_nearest(&known, word);
    const char *shown = near && text_equal(near, hows[MERGE_NEWEST]) ? "newest(COLUMN)" : near;
    mistake_add(reader->mistakes, pair_value->place,
                "\"%s\" expects one of first, last, newest(COLUMN), longest, error, not %s%s%s%s", column,
                mask_quote(reader->arena, text), shown ? "; did you mean \"" : "", shown ? shown : "",
                shown ? "\"?" : "");
}

/* newest(updated_at), with the column in it. */
static bool read_newest(Reader *reader, const Node *value, const char *text, MergeRule *rule)
{
    const size_t length = strlen(text), word = strlen("newest(");
    rule->how = MERGE_NEWEST;
    return read_column(reader, value, arena_strndup(reader->arena, text + word, length - word - 1), &rule->newest);
}

static bool read_rule(Reader *reader, const NodePair *pair, MergeRule *rule)
{
    const Key key = {.name = pair->key->text, .type = "one of first, last, newest(COLUMN), longest, error"};
    if (!read_column(reader, pair->key, pair->key->text, &rule->column))
        return false;
    rule->text = value_text(reader, &key, pair->value);
    if (!rule->text)
        return false;
    if (text_starts_with(rule->text, "newest(") && text_ends_with(rule->text, ")"))
        return read_newest(reader, pair->value, rule->text, rule);
    for (size_t i = 0; hows[i]; i++)
        if (i != MERGE_NEWEST && text_equal(hows[i], rule->text)) {
            rule->how = (MergeHow)i;
            return true;
        }
    add_unknown_rule(reader, pair->value, key.name, rule->text);
    return false;
}

static bool is_named(const NameList *names, const Name *name)
{
    FOR_EACH(const Name, other, *names)
        if (text_equal(other->name, name->name))
            return true;
    return false;
}

static bool has_rule(const Merge *merge, const Name *column)
{
    FOR_EACH(const MergeRule, rule, merge->columns)
        if (text_equal(rule->column.name, column->name))
            return true;
    return false;
}

void merge_read_columns(Reader *reader, const Key *key, const Node *value, void *field)
{
    Merge *merge = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(const NodePair, pair, pairs) {
        MergeRule rule = {0};
        if (!read_rule(reader, pair, &rule))
            continue;
        if (is_named(&merge->key, &rule.column))
            mistake_add(reader->mistakes, pair->key->place,
                        "\"%s\" is in the key of the merge: its rows have one value, so there is nothing to choose",
                        rule.column.name);
        else if (has_rule(merge, &rule.column))
            mistake_add(reader->mistakes, pair->key->place, "column \"%s\" has two rules", rule.column.name);
        else
            LIST_PUSH(reader->arena, &merge->columns, rule);
    }
}
