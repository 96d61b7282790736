#include "manifest/keys.h"

#include "base/text.h"
#include "manifest/mask.h"

#include <string.h>

NodePairList mapping_pairs(Reader *reader, const Node *mapping)
{
    NodePairList pairs = {0};
    FOR_EACH(NodePair, pair, mapping->pairs) {
        if (pair->key->kind != NODE_TEXT || pair->key->text[0] == '\0') {
            mistake_add(reader->mistakes, pair->key->place, "a key is a text, not %s", node_kind_name(pair->key));
            continue;
        }
        const NodePair *first = NULL;
        FOR_EACH(NodePair, earlier, pairs)
            if (text_equal(earlier->key->text, pair->key->text))
                first = earlier;
        if (first)
            mistake_add(reader->mistakes, pair->key->place, "%s stands here a second time; the first is in line %d",
                        mask_quote(reader->arena, pair->key->text), first->key->place.line);
        else
            LIST_PUSH(reader->arena, &pairs, *pair);
    }
    return pairs;
}

static const Key *section_find(const Section *section, const char *name)
{
    for (const Key *key = section->keys; key < section->keys + section->count; key++)
        if (text_equal(key->name, name))
            return key;
    return NULL;
}

static void section_add_unknown(Reader *reader, const Section *section, const Node *mapping, const Node *name)
{
    StringList known = {0};
    for (const Key *key = section->keys; key < section->keys + section->count; key++)
        if (key->read)
            LIST_PUSH(reader->arena, &known, key->name);
    const char *shown = mask_quote(reader->arena, name->text);
    const char *nearest = string_list_nearest(&known, name->text);
    bool may_be_sql = mapping->is_flow && strchr(name->text, ' ');
    const char *hint = may_be_sql ? "; SQL with commas inside { } must be in quotes" : "";
    if (nearest)
        mistake_add(reader->mistakes, name->place, "unknown key %s; did you mean \"%s\"?%s", shown, nearest, hint);
    else
        mistake_add(reader->mistakes, name->place, "unknown key %s; %s has the keys %s%s", shown, section->name,
                    string_list_join(reader->arena, &known, ", "), hint);
}

/* Looks at the names alone; true when a key of a later version is among them. */
static bool section_check_names(Reader *reader, const Section *section, const Node *mapping, const NodePairList *pairs)
{
    bool has_later = false;
    FOR_EACH(NodePair, pair, *pairs) {
        const Key *key = section_find(section, pair->key->text);
        if (!key) {
            section_add_unknown(reader, section, mapping, pair->key);
        } else if (!key->read) {
            has_later = true;
            mistake_add(reader->mistakes, pair->key->place, "\"%s\" is not supported by this version of rehome yet",
                        key->name);
        }
    }
    return has_later;
}

static const Node *section_value(const NodePairList *pairs, const char *name)
{
    FOR_EACH(NodePair, pair, *pairs)
        if (text_equal(pair->key->text, name))
            return pair->value;
    return NULL;
}

bool section_read(Reader *reader, const Section *section, const Node *mapping, void *record)
{
    if (mapping->kind != NODE_MAPPING) {
        mistake_add(reader->mistakes, mapping->place, "%s is a mapping of keys, not %s", section->name,
                    node_kind_name(mapping));
        return false;
    }
    const NodePairList pairs = mapping_pairs(reader, mapping);
    if (section_check_names(reader, section, mapping, &pairs) && section->is_void_with_later)
        return false;
    for (const Key *key = section->keys; key < section->keys + section->count; key++) {
        const Node *value = section_value(&pairs, key->name);
        if (value && key->read)
            key->read(reader, key, value, (char *)record + key->offset);
        else if (!value && key->required)
            mistake_add(reader->mistakes, mapping->place, "missing key \"%s\": %s", key->name, key->help);
    }
    return true;
}
