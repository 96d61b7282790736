#include "repair/variant.h"

#include "plan/mapping.h"

static bool load_is_narrow(const EntityPlan *entity)
{
    return !entity->load || (entity->gathered->loading && entity->gathered->loading->narrowable);
}

static bool can_be_narrowed(const EntityPlan *entity)
{
    return !entity->gathered->merge && plan_driving_key(entity)->count > 0 && entity->transform->narrowable &&
           !entity->gathered->narrow_refused && load_is_narrow(entity);
}

static bool gives_one(const EntityPlan *entity)
{
    Yield yield = entity->transform->yield;
    return (yield == YIELD_ONE || yield == YIELD_AT_MOST_ONE) && !entity->load;
}

static MappingList updating_compared(Arena *arena, const MappingList *all)
{
    MappingList mappings = {0};
    FOR_EACH(const Mapping, mapping, *all) {
        Mapping *changed = LIST_ADD(arena, &mappings);
        *changed = *mapping;
        changed->updated = !mapping->in_key && !mapping->left_out && mapping->to && mapping->to->identity != 'a';
    }
    return mappings;
}

Variant variant_of(Arena *arena, const EntityPlan *entity)
{
    Variant variant = {.entity = *entity, .by_key = entity->key.count > 0};
    EntityPlan *written = &variant.entity;
    MappingList *to_target = entity->load ? &written->load_mappings : &written->mappings;
    bool upsert = variant.by_key && relation_unique_index(entity->into, &entity->key);
    variant.by_driving = can_be_narrowed(entity);
    if (!variant.by_key && !(variant.by_driving && gives_one(entity) && entity->gathered->walk_key.count > 0))
        variant.cannot = "its rows have no key, and its transform cannot be run for one driving row alone";
    written->way = WAY_STAGE;
    written->hold = written->holds_indexes = false;
    written->meets_rows = upsert;
    written->write = upsert ? WRITE_UPSERT : WRITE_INSERT;
    written->undo_images = upsert && entity->undo == UNDO_ROWS;
    *to_target = updating_compared(arena, to_target);
    return variant;
}

static KeySet key_list(Arena *arena, const KeyColumnList *names, const StringList *const *keys, size_t count)
{
    const char *const **values = NEW_ARRAY(arena, const char *const *, count);
    for (size_t i = 0; i < count; i++)
        values[i] = keys[i]->items;
    return (KeySet){.kind = KEYSET_LIST, .key = names, .count = count, .keys = values};
}

KeySet variant_target_keys(Arena *arena, const EntityPlan *entity, const StringList *const *keys, size_t count)
{
    KeyColumnList *names = NEW(arena, KeyColumnList);
    FOR_EACH(const char *, name, entity->key)
        LIST_PUSH(arena, names,
                  ((KeyColumn){.name = *name, .type = relation_column(entity->into, *name)->type_name}));
    return key_list(arena, names, keys, count);
}

KeySet variant_driving_keys(Arena *arena, const EntityPlan *entity, const StringList *const *keys, size_t count)
{
    return key_list(arena, plan_driving_key(entity), keys, count);
}
