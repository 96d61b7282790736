#include "manifest/compat.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/sql.h"
#include "manifest/value.h"
#include "pg/quote.h"

#include <string.h>

void compat_read_entity(Reader *reader, const Key *key, const Node *value, void *field)
{
    Compat *compat = field;
    compat->entity_place = value->place;
    value_read_text(reader, key, value, &compat->entity);
}

void compat_read_columns(Reader *reader, const Key *key, const Node *value, void *field)
{
    CompatColumnList *columns = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        const Key column_key = {.name = pair->key->text, .type = "an SQL expression over the target table t"};
        char *schema = NULL, *name = NULL;
        if (!quote_parse_name(reader->arena, pair->key->text, &schema, &name) || schema) {
            mistake_add(reader->mistakes, pair->key->place, "%s is not the name of a column",
                        mask_quote(reader->arena, pair->key->text));
            continue;
        }
        CompatColumn *column = LIST_ADD(reader->arena, columns);
        *column = (CompatColumn){.name = {.text = pair->key->text, .name = name, .place = pair->key->place}};
        sql_read_expression(reader, &column_key, pair->value, &column->sql);
    }
}

void compat_read_delete(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"allow", "refuse", NULL};
    static const DeleteMode modes[] = {DELETE_ALLOW, DELETE_REFUSE};
    Compat *compat = field;
    const int word = value_word(reader, key, value, words);
    compat->delete_place = value->place;
    if (word >= 0)
        compat->delete = modes[word];
}

static const Entity *compat_entity(const EntityList *entities, const char *name)
{
    FOR_EACH(const Entity, entity, *entities)
        if (text_equal(entity->name, name))
            return entity;
    return NULL;
}

/* `audits[leads]`, before it is known which items there are. */
static bool compat_is_item(const EntityList *entities, const char *name)
{
    FOR_EACH(const Entity, entity, *entities)
        if (entity->template && text_starts_with(name, entity->name) && name[strlen(entity->name)] == '[')
            return true;
    return false;
}

static void compat_check_entity(Reader *reader, const EntityList *entities, const Compat *compat)
{
    if (!compat->entity || compat_is_item(entities, compat->entity))
        return;
    const Entity *found = compat_entity(entities, compat->entity);
    if (found && found->template)
        mistake_add(reader->mistakes, compat->entity_place,
                    "entity %s is repeated by for_each; name one of its items, as '%s[FIRST COLUMN]'",
                    mask_quote(reader->arena, compat->entity), compat->entity);
    if (found)
        return;
    StringList names = {0};
    FOR_EACH(const Entity, entity, *entities)
        LIST_PUSH(reader->arena, &names, entity->name);
    const char *shown = mask_quote(reader->arena, compat->entity);
    const char *nearest = string_list_nearest(&names, compat->entity);
    if (nearest)
        mistake_add(reader->mistakes, compat->entity_place, "no entity is called %s; did you mean \"%s\"?", shown,
                    nearest);
    else
        mistake_add(reader->mistakes, compat->entity_place, "no entity is called %s; \"from\" names one of %s", shown,
                    string_list_join(reader->arena, &names, ", "));
}

/* Either all of it is the user's script, or it is generated. */
static void compat_check(Reader *reader, const EntityList *entities, const Compat *compat, const Node *body)
{
    bool scripted = compat->script.place.file != NULL, generated = compat->entity_place.file != NULL;
    const char *shown = mask_quote(reader->arena, compat->view.text);
    compat_check_entity(reader, entities, compat);
    if (!scripted && !generated)
        mistake_add(
            reader->mistakes, body->place,
            "compat %s has neither \"from\" nor \"sql\"; name an entity whose table it reads, or a script of your own",
            shown);
    if (!scripted)
        return;
    FOR_EACH(NodePair, pair, body->pairs)
        if (!text_equal(pair->key->text, "sql"))
            mistake_add(reader->mistakes, pair->key->place,
                        "compat %s is made by a script of your own, so \"%s\" says nothing; leave it out, or \"sql\"",
                        shown, pair->key->text);
}

static const Compat *compat_find(const CompatList *compats, const Name *view)
{
    FOR_EACH(const Compat, compat, *compats)
        if (text_equal(compat->view.schema, view->schema) && text_equal(compat->view.name, view->name))
            return compat;
    return NULL;
}

static void compat_read(Reader *reader, const NodePair *pair, CompatList *compats, const EntityList *entities)
{
    const Node *body = pair->value;
    const Key key = {.name = pair->key->text, .type = "a mapping with `from: ENTITY` or `sql: FILE`"};
    char *schema = NULL, *name = NULL;
    if (!quote_parse_name(reader->arena, pair->key->text, &schema, &name)) {
        mistake_add(reader->mistakes, pair->key->place,
                    "%s is not an SQL name; names with other characters are written '\"Like This\"'",
                    mask_quote(reader->arena, pair->key->text));
        return;
    }
    Compat compat = {.view = {.text = pair->key->text, .schema = schema, .name = name, .place = pair->key->place}};
    const Compat *first = compat_find(compats, &compat.view);
    if (first)
        mistake_add(reader->mistakes, pair->key->place, "a second view is called %s; the first is in line %d",
                    mask_quote(reader->arena, compat.view.text), first->view.place.line);
    if (!value_is(reader, &key, body, NODE_MAPPING) || !section_read(reader, &section_compat, body, &compat))
        return;
    compat_check(reader, entities, &compat, body);
    LIST_PUSH(reader->arena, compats, compat);
}

void compat_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    Manifest *manifest = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs)
        compat_read(reader, pair, &manifest->compats, &manifest->entities);
}
