#include "plan/fingerprint.h"

/* FNV-1a, 64 bits. */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* With its final zero, so that "ab","c" is not "a","bc"; a text that is not given differs from an empty one. */
static uint64_t add_text(uint64_t hash, const char *text)
{
    if (!text)
        return (hash ^ 0xff) * FNV_PRIME;
    do
        hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
    while (*text++);
    return hash;
}

static uint64_t add_count(uint64_t hash, size_t count)
{
    for (; count; count >>= 8)
        hash = (hash ^ (count & 0xff)) * FNV_PRIME;
    return (hash ^ 0xfe) * FNV_PRIME;
}

static uint64_t add_mappings(uint64_t hash, const MappingList *mappings)
{
    hash = add_count(hash, mappings->count);
    FOR_EACH(const Mapping, mapping, *mappings) {
        hash = add_text(hash, mapping->name);
        hash = add_text(hash, mapping->from->type_name);
        hash = add_text(hash, mapping->to ? mapping->to->type_name : NULL);
    }
    return hash;
}

static uint64_t add_names(uint64_t hash, const NameList *names)
{
    hash = add_count(hash, names->count);
    FOR_EACH(const Name, name, *names) {
        hash = add_text(hash, name->schema);
        hash = add_text(hash, name->name);
    }
    return hash;
}

static char *print(Arena *arena, uint64_t hash)
{
    return arena_printf(arena, "%016llx", (unsigned long long)hash);
}

char *fingerprint_bench(Arena *arena, const Bench *bench)
{
    uint64_t hash = add_text(FNV_BASIS, bench->old_sql.text);
    hash = add_text(hash, bench->new_sql.text);
    hash = add_count(hash, (size_t)bench->runs);
    hash = add_text(hash, arena_printf(arena, "%.17g", bench->at_least));
    hash = add_text(hash, arena_printf(arena, "%.17g", bench->at_most_ms));
    return print(arena, hash);
}

static uint64_t add_source(uint64_t hash, const GatheredEntity *source)
{
    hash = add_text(hash, source->entity->name);
    hash = add_names(hash, &source->entity->from);
    hash = add_text(hash, source->entity->where.text);
    return add_text(hash, source->transform ? source->transform->sql->text : NULL);
}

/* What the user said; not the SELECT that is made of it. */
static uint64_t add_merge(uint64_t hash, const GatheredMerge *merge)
{
    hash = add_names(hash, &merge->wanted->key);
    FOR_EACH(const GatheredEntity, source, merge->sources)
        hash = add_source(hash, source);
    FOR_EACH(const MergeRule, rule, merge->wanted->columns) {
        hash = add_text(hash, rule->column.name);
        hash = add_text(hash, rule->text);
    }
    return hash;
}

char *fingerprint_build(Arena *arena, const EntityPlan *plan)
{
    const Entity *entity = plan->entity;
    uint64_t hash = FNV_BASIS;
    if (plan->gathered->merge)
        hash = add_merge(hash, plan->gathered->merge);
    else
        hash = add_text(hash, plan->transform ? plan->transform->sql->text : NULL);
    hash = add_text(hash, entity->where.text);
    hash = add_text(hash, entity->load.text);
    hash = add_text(hash, entity->scope.text);
    hash = add_text(hash, plan->into ? plan->into->sql_name : NULL);
    hash =
        add_text(hash, write_mode_name(entity->write)); /* as written: what is decided depends on the target's state */
    hash = add_names(hash, &entity->from);
    hash = add_names(hash, &entity->update);
    hash = add_names(hash, &entity->key);
    FOR_EACH(const RejectRule, rule, entity->rejects) {
        hash = add_text(hash, rule->name);
        hash = add_text(hash, rule->sql.text);
        if (rule->of_load)
            hash = add_text(hash, "load");
    }
    if (entity->crosswalk)
        hash = add_text(hash, "crosswalk");
    hash = add_mappings(hash, &plan->mappings);
    hash = add_mappings(hash, &plan->load_mappings);
    return print(arena, hash);
}
