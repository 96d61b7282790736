#include "verify/reach.h"

static bool all_known(const char *const *values, size_t count)
{
    for (size_t i = 0; values && i < count; i++)
        if (!values[i])
            return false;
    return values != NULL;
}

/* Either the rows' keys or their driving keys. */
static bool list_keys(Arena *arena, const KeyColumnList *names, const OddRowList *odd, bool driving, KeySet *keys)
{
    const char *const **values = NEW_ARRAY(arena, const char *const *, odd->count);
    for (size_t i = 0; i < odd->count; i++) {
        values[i] = driving ? odd->items[i].driving : odd->items[i].key;
        if (!all_known(values[i], names->count))
            return false;
    }
    *keys = (KeySet){.kind = KEYSET_LIST, .key = names, .count = odd->count, .keys = values};
    return true;
}

bool reach_target(Arena *arena, const Subject *subject, const OddRowList *odd, KeySet *keys)
{
    KeyColumnList *key = NEW(arena, KeyColumnList);
    FOR_EACH(const char *, name, subject->key)
        LIST_PUSH(arena, key, ((KeyColumn){.name = *name, .type = relation_column(subject->into, *name)->type_name}));
    return key->count > 0 && list_keys(arena, key, odd, false, keys);
}

bool reach_is_narrow(const Filling *filling)
{
    const EntityPlan *entity = filling->entity;
    return plan_driving_key(entity)->count > 0 && entity->transform->narrowable && !entity->gathered->narrow_refused;
}

bool reach_source(Arena *arena, const Filling *filling, const OddRowList *odd, KeySet *keys)
{
    return reach_is_narrow(filling) && list_keys(arena, plan_driving_key(filling->entity), odd, true, keys);
}
