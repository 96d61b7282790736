#include "manifest/items.h"

#include "base/text.h"
#include "manifest/entity.h"
#include "manifest/for_each.h"
#include "manifest/mask.h"

bool manifest_has_lists(const Manifest *manifest)
{
    FOR_EACH(const Entity, entity, manifest->entities)
        if (entity->for_each.text)
            return true;
    return false;
}

static const Entity *items_find(const EntityList *entities, const char *name)
{
    FOR_EACH(const Entity, entity, *entities)
        if (text_equal(entity->name, name))
            return entity;
    return NULL;
}

/* What is wrong with the list as a whole. */
static void items_check_list(const ItemRows *list, const Manifest *manifest, Mistakes *mistakes)
{
    const Place place = list->entity->for_each.place;
    if (list->rows.count == 0 && !list->entity->may_be_empty)
        mistake_add(mistakes, place,
                    "the query of for_each gives no row, so there is nothing to move; where that may be, write "
                    "for_each: { sql: …, empty: allow }");
    FOR_EACH(const char *, column, list->columns) {
        const StringList before = {.items = list->columns.items, .count = (size_t)(column - list->columns.items)};
        if (string_list_contains(&before, *column))
            mistake_add(mistakes, place, "the query of for_each gives column \"%s\" twice", *column);
        FOR_EACH(const Param, param, manifest->params)
            if (text_equal(param->name, *column))
                mistake_add(mistakes, place,
                            "the query of for_each gives column \"%s\", and a param is called so too: give it another "
                            "name (AS)",
                            *column);
    }
}

/* NULL after a mistake. */
static const char *items_name(Arena *arena, const ItemRows *list, const char *value, const EntityList *before,
                              Mistakes *mistakes)
{
    const Place place = list->entity->for_each.place;
    const char *column = list->columns.items[0];
    if (!value || *value == '\0') {
        mistake_add(mistakes, place,
                    "the query of for_each gives a row whose \"%s\" is %s: the first column names the item", column,
                    value ? "empty" : "null");
        return NULL;
    }
    const char *name = arena_printf(arena, "%s[%s]", list->entity->name, value);
    if (!entity_is_name(name))
        mistake_add(mistakes, place, "%s cannot be the name of an item: no commas and control characters",
                    mask_quote(arena, value));
    else if (items_find(before, name))
        mistake_add(mistakes, place,
                    "the query of for_each gives two rows whose \"%s\" is %s: the first column names the item", column,
                    mask_quote(arena, value));
    else
        return name;
    return NULL;
}

static void items_read(Arena *arena, const ItemRows *list, const char *const *values, const char *name,
                       EntityList *items, Mistakes *mistakes)
{
    const EntityTemplate *template = list->entity->template;
    Reader reader = template->reader;
    reader.arena = arena;
    reader.mistakes = mistakes;
    reader.variables = (VariableList){0};
    FOR_EACH(const Variable, variable, template->reader.variables)
        LIST_PUSH(arena, &reader.variables, *variable);
    for (size_t i = 0; i < list->columns.count; i++)
        LIST_PUSH(arena, &reader.variables,
                  ((Variable){.name = list->columns.items[i], .value = values[i], .is_column = true}));
    Entity item = {.name = list->entity->name, .base = list->entity->base, .place = list->entity->place};
    entity_read_item(&reader, &template->pair, &item);
    item.name = name;
    item.listed = item.for_each;
    item.for_each = (Sql){0};
    item.template = template;
    LIST_PUSH(arena, items, item);
}

/* What is wrong with one item is most often wrong with all of them, and told once. */
static void items_read_list(Arena *arena, const ItemRows *list, EntityList *items, Mistakes *mistakes)
{
    const size_t before = mistakes->list.count;
    FOR_EACH(const char *const *, values, list->rows) {
        const char *name = items_name(arena, list, (*values)[0], items, mistakes);
        if (name)
            items_read(arena, list, *values, name, items, mistakes);
        if (mistakes->list.count > before)
            return;
    }
}

static const ItemRows *items_of(const ItemRowsList *lists, const Entity *entity)
{
    FOR_EACH(const ItemRows, list, *lists)
        if (list->entity == entity)
            return list;
    return NULL;
}

const Manifest *items_fill(Arena *arena, const Manifest *manifest, const ItemRowsList *lists, Mistakes *mistakes)
{
    const size_t before = mistakes->list.count;
    Manifest *filled = NEW(arena, Manifest);
    *filled = *manifest;
    filled->entities = (EntityList){0};
    FOR_EACH(const Entity, entity, manifest->entities) {
        const ItemRows *list = items_of(lists, entity);
        if (list) {
            items_check_list(list, manifest, mistakes);
            items_read_list(arena, list, &filled->entities, mistakes);
        } else if (items_find(&filled->entities, entity->name)) {
            mistake_add(mistakes, entity->place, "entity \"%s\" is called like an item of for_each", entity->name);
        } else {
            LIST_PUSH(arena, &filled->entities, *entity);
        }
    }
    return mistakes->list.count == before ? filled : NULL;
}
