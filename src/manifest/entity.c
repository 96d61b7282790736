#include "manifest/entity.h"

#include "base/text.h"
#include "manifest/budget.h"
#include "manifest/for_each.h"
#include "manifest/mask.h"
#include "manifest/sql.h"
#include "manifest/value.h"
#include "pg/quote.h"

#include <string.h>

static const char *const write_modes[] = {
    [WRITE_DEFAULT] = "default", [WRITE_INSERT] = "insert",   [WRITE_UPSERT] = "upsert",
    [WRITE_SKIP] = "skip",       [WRITE_REPLACE] = "replace", NULL,
};

const char *write_mode_name(WriteMode mode)
{
    return write_modes[mode];
}

void entity_read_from(Reader *reader, const Key *key, const Node *value, void *field)
{
    Entity *entity = field;
    if (value->kind == NODE_LIST) {
        value_read_tables(reader, key, value, &entity->from);
        return;
    }
    Name name = {0};
    if (value->kind == NODE_TEXT && text_equal(value->text, "none"))
        entity->from_none = true;
    else
        value_read_table(reader, key, value, &name);
    if (name.name)
        LIST_PUSH(reader->arena, &entity->from, name);
}

void entity_read_write(Reader *reader, const Key *key, const Node *value, void *field)
{
    Entity *entity = field;
    const int word = value_word(reader, key, value, write_modes + WRITE_INSERT);
    entity->write_place = value->place;
    if (word >= 0)
        entity->write = (WriteMode)(word + WRITE_INSERT);
}

void entity_read_update(Reader *reader, const Key *key, const Node *value, void *field)
{
    Entity *entity = field;
    entity->has_update = true;
    value_read_columns(reader, key, value, &entity->update);
    if (entity->write != WRITE_DEFAULT && entity->write != WRITE_UPSERT)
        mistake_add(reader->mistakes, value->place, "\"%s\" needs `write: upsert`; `write: %s` updates no row",
                    key->name, write_mode_name(entity->write));
}

/* One of two words, the second of which makes the field true. */
static void entity_read_either(Reader *reader, const Key *key, const Node *value, const char *const *words, bool *field)
{
    const int word = value_word(reader, key, value, words);
    if (word >= 0)
        *field = word == 1;
}

void entity_read_reject_of(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"transform", "load", NULL};
    RejectRule *rule = field;
    rule->of_place = value->place;
    entity_read_either(reader, key, value, words, &rule->of_load);
}

static void entity_read_reject(Reader *reader, const NodePair *pair, RejectRule *rule)
{
    const Key key = {.name = rule->name, .type = "an SQL expression over the transform's output"};
    if (pair->value->kind == NODE_MAPPING)
        section_read(reader, &section_reject, pair->value, rule);
    else
        sql_read_expression(reader, &key, pair->value, &rule->sql);
}

void entity_read_rejects(Reader *reader, const Key *key, const Node *value, void *field)
{
    RejectRuleList *rules = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        RejectRule rule = {.name = pair->key->text};
        entity_read_reject(reader, pair, &rule);
        LIST_PUSH(reader->arena, rules, rule);
    }
}

void entity_read_verify(Reader *reader, const Key *key, const Node *value, void *field)
{
    if (value_is(reader, key, value, NODE_MAPPING))
        section_read(reader, &section_verify, value, field);
}

void entity_read_triggers(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"fire", "hold", NULL};
    entity_read_either(reader, key, value, words, field);
}

void entity_read_indexes(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {"hold", "keep", NULL};
    entity_read_either(reader, key, value, words, field);
}

void entity_read_undo(Reader *reader, const Key *key, const Node *value, void *field)
{
    bool undo = true;
    value_read_flag(reader, key, value, &undo);
    *(bool *)field = !undo;
}

void entity_read_crosswalk(Reader *reader, const Key *key, const Node *value, void *field)
{
    Entity *entity = field;
    entity->crosswalk_place = value->place;
    value_read_flag(reader, key, value, &entity->crosswalk);
}

static bool entity_has_sql(const Sql *sql)
{
    return sql->place.file != NULL;
}

static void entity_check_where(Reader *reader, const Entity *entity, bool has_from)
{
    const Place place = entity->where.place;
    if (!has_from)
        mistake_add(reader->mistakes, place,
                    "\"where\" chooses rows of the driving table; name that table with \"from\"");
    else if (entity->from_none)
        mistake_add(reader->mistakes, place, "\"where\" chooses rows of the driving table, and `from: none` has none");
    else if (entity->from.count > 1)
        mistake_add(reader->mistakes, place,
                    "\"where\" chooses rows of one driving table, and \"from\" has %zu; put the condition into the "
                    "transform",
                    entity->from.count);
}

void entity_check_reading(Reader *reader, const Entity *entity, const char *what, Place body, bool has_from)
{
    const char *shown = mask_quote(reader->arena, entity->name);
    if (entity_has_sql(&entity->where))
        entity_check_where(reader, entity, has_from);
    else if (!has_from)
        mistake_add(reader->mistakes, body, "%s %s has no \"from\"; name its driving table, or write `from: none`", what,
                    shown);
    FOR_EACH(const RejectRule, rule, entity->rejects)
        if (rule->of_load && !entity_has_sql(&entity->load))
            mistake_add(reader->mistakes, rule->of_place,
                        "entity %s has no \"load\" whose output rule %s could look at", shown,
                        mask_quote(reader->arena, rule->name));
    if ((entity->from_none || entity->from.count > 1) && !entity_has_sql(&entity->transform))
        mistake_add(reader->mistakes, body,
                    "%s %s needs a \"transform\": only from one table can columns be taken by name", what, shown);
}

/* With a merge its sources say what is read; `from` then names all their tables. */
static void entity_check_merge(Reader *reader, const Node *body, Entity *entity)
{
    static const char *const of_sources[] = {"from", "where", "transform"};
    FOR_EACH(const NodePair, pair, body->pairs)
        for (size_t i = 0; i < sizeof of_sources / sizeof *of_sources; i++)
            if (pair->key->kind == NODE_TEXT && text_equal(pair->key->text, of_sources[i]))
                mistake_add(reader->mistakes, pair->key->place,
                            "\"%s\" says what one source of a merge reads; put it into `sources`", of_sources[i]);
    entity->from = (NameList){0};
    FOR_EACH(const Entity, source, entity->merge->sources)
        FOR_EACH(const Name, name, source->from)
            LIST_PUSH(reader->arena, &entity->from, *name);
}

bool entity_is_name(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == ',')
            return false;
    return true;
}

/* The target table, which is called like the entity unless `into` says otherwise. */
static void entity_set_into(Reader *reader, Entity *entity, bool has_into)
{
    char *schema = NULL, *name = NULL;
    if (!entity_is_name(entity->name))
        mistake_add(reader->mistakes, entity->place,
                    "%s cannot be the name of an entity: no commas and control characters",
                    mask_quote(reader->arena, entity->name));
    else if (has_into)
        return;
    else if (!quote_parse_name(reader->arena, entity->name, &schema, &name))
        mistake_add(reader->mistakes, entity->place,
                    "entity %s is not an SQL name; name the target table with \"into\"",
                    mask_quote(reader->arena, entity->name));
    else
        entity->into = (Name){.text = entity->name, .schema = schema, .name = name, .place = entity->place};
}

static bool entity_has_key(const Node *body, const char *name)
{
    FOR_EACH(NodePair, pair, body->pairs)
        if (pair->key->kind == NODE_TEXT && text_equal(pair->key->text, name))
            return true;
    return false;
}

void entity_read_item(Reader *reader, const NodePair *pair, Entity *item)
{
    const Node *body = pair->value;
    if (!section_read(reader, &section_entity, body, item))
        return;
    entity_set_into(reader, item, entity_has_key(body, "into"));
    budget_check(reader, item);
    if (item->merge)
        entity_check_merge(reader, body, item);
    else if (!entity_has_key(body, "merge"))
        entity_check_reading(reader, item, "entity", body->place, entity_has_key(body, "from"));
}

/* What its items are read from, when their variables are known. */
static const EntityTemplate *entity_template(const Reader *reader, const NodePair *pair)
{
    EntityTemplate *template = NEW(reader->arena, EntityTemplate);
    ManifestOptions *options = NEW(reader->arena, ManifestOptions);
    *options = *reader->options;
    *template = (EntityTemplate){.reader = *reader, .pair = *pair};
    template->reader.options = options;
    template->reader.mistakes = NULL;
    return template;
}

static void entity_read(Reader *reader, const NodePair *pair, Entity *entity)
{
    const Node *body = pair->value;
    const Key key = {.name = entity->name, .type = "a mapping with `from: TABLE` and other keys"};
    if (!value_is(reader, &key, body, NODE_MAPPING))
        return;
    if (entity_has_key(body, "for_each"))
        entity->template = entity_template(reader, pair);
    reader->variables.is_open = entity->template != NULL;
    entity_read_item(reader, pair, entity);
    reader->variables.is_open = false;
}

void entity_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    EntityList *entities = field;
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        Entity entity = {.name = pair->key->text, .base = pair->key->text, .place = pair->key->place};
        entity_read(reader, pair, &entity);
        LIST_PUSH(reader->arena, entities, entity);
    }
    if (value->pairs.count == 0)
        mistake_add(reader->mistakes, value->place, "\"%s\" is empty; a migration fills at least one table", key->name);
}
