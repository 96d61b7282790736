#include "plan/print_entity.h"

#include "base/text.h"
#include "plan/mapping.h"
#include "plan/merge.h"
#include "plan/title.h"

#include <string.h>

/* What stands beside each fact of an entity. */
#define FACT "      %-9s "

static char *driving_text(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    FOR_EACH(const Name, from, entity->entity->from)
        LIST_PUSH(arena, &names, from->text);
    if (!names.count)
        return arena_strdup(arena, "no driving table");
    if (!entity->driving)
        return string_list_join(arena, &names, ", ");
    return arena_printf(arena, "%s (%s%s, %s)", names.items[0], entity->driving->estimated_rows < 0 ? "about " : "",
                        text_of_many(arena, entity->estimated_rows, "row"),
                        text_of_bytes(arena, entity->estimated_bytes));
}

static void print_way(Text *text, const EntityPlan *entity)
{
    const char *format = entity->way == WAY_INSIDE ? "" : entity->binary ? ", binary" : ", text";
    text_addf(text, FACT "%s%s: %s\n", "way", way_name(entity->way), format, entity->way_reason);
    if (entity->format_reason)
        text_addf(text, FACT "%s\n", "", entity->format_reason);
}

static char *chunks_text(Arena *arena, const EntityPlan *entity)
{
    if (entity->chunks == CHUNKS_ONE)
        return arena_printf(arena, "one: %s", entity->chunks_reason);
    return arena_printf(arena, "%s of up to %s, by %s: %s", text_of_count(arena, entity->estimated_chunks),
                        text_of_many(arena, entity->chunk_rows, "row"), chunk_method_name(entity->chunks),
                        entity->chunks_reason);
}

static size_t count_updated(const MappingList *mappings)
{
    size_t count = 0;
    FOR_EACH(const Mapping, mapping, *mappings)
        count += mapping->updated;
    return count;
}

static void print_write(Text *text, const EntityPlan *entity)
{
    text_addf(text, FACT "%s", "write", write_mode_name(entity->write));
    if (entity->key.count)
        text_addf(text, ", key (%s)", string_list_join(text->arena, &entity->key, ", "));
    if (entity->write == WRITE_UPSERT)
        text_addf(text, ", updates %zu of %zu columns", count_updated(mapping_to_target(entity)),
                  mapping_to_target(entity)->count);
    text_addf(text, "\n" FACT "%s: %s\n", "indexes", entity->holds_indexes ? "held back" : "stay", entity->hold_reason);
    if (entity->undo_reason)
        text_addf(text, FACT "%s\n", "undo", entity->undo_reason);
}

static void print_counts(Text *text, const MappingList *mappings)
{
    size_t counts[CAST_IMPOSSIBLE + 1] = {0};
    FOR_EACH(const Mapping, mapping, *mappings)
        counts[mapping->cast]++;
    text_addf(text, FACT "%zu", "columns", mappings->count);
    for (CastClass cast = CAST_SAME; cast <= CAST_IMPOSSIBLE; cast++)
        if (counts[cast])
            text_addf(text, "%s %zu %s", cast == CAST_SAME || counts[CAST_SAME] == 0 ? ":" : ",", counts[cast],
                      cast_class_name(cast));
    text_add(text, "\n");
}

static const char *from_name(const Mapping *mapping)
{
    return mapping->from->type_name ? mapping->from->type_name
           : mapping->from_type     ? mapping->from_type->sql_name
                                    : "?";
}

/* Only those that are not the same. */
static void print_casts(Text *text, const MappingList *mappings)
{
    static const char signs[] = {[CAST_SAME] = ' ', [CAST_LOSSLESS] = '~', [CAST_LOSSY] = '!', [CAST_IMPOSSIBLE] = '-'};
    int width = 0;
    FOR_EACH(const Mapping, mapping, *mappings)
        if (mapping->cast != CAST_SAME && (int)strlen(mapping->name) > width)
            width = (int)strlen(mapping->name);
    FOR_EACH(const Mapping, mapping, *mappings) {
        if (mapping->cast == CAST_SAME)
            continue;
        text_addf(text, FACT "%c %-*s  %s → %s, %s", "", signs[mapping->cast], width, mapping->name, from_name(mapping),
                  mapping->to ? mapping->to->type_name : "text", cast_class_name(mapping->cast));
        text_addf(text, "%s%s\n", mapping->cast_note ? ": " : "", mapping->cast_note ? mapping->cast_note : "");
    }
}

static void print_left_out(Text *text, const MappingList *mappings)
{
    FOR_EACH(const Mapping, mapping, *mappings)
        if (mapping->left_out)
            text_addf(text, FACT "not compared: %s (%s)\n", "verify", mapping->name, mapping->left_out);
}

static void print_merge(Text *text, const GatheredMerge *merge)
{
    StringList key = {0}, rules = {0};
    FOR_EACH(const Name, name, merge->wanted->key)
        LIST_PUSH(text->arena, &key, name->name);
    FOR_EACH(const MergeRule, rule, merge->wanted->columns)
        LIST_PUSH(text->arena, &rules, arena_printf(text->arena, "%s: %s", rule->column.name, rule->text));
    text_addf(text, FACT "by (%s)\n", "merge", string_list_join(text->arena, &key, ", "));
    FOR_EACH(const GatheredEntity, source, merge->sources)
        text_addf(text, FACT "%td. %s\n", "", source - merge->sources.items + 1, source->entity->name);
    if (rules.count)
        text_addf(text, FACT "%s\n", "", string_list_join(text->arena, &rules, ", "));
}

static void print_rejects(Text *text, const EntityPlan *entity)
{
    StringList names = {0};
    const RejectTestList tests =
        entity->gathered->merge ? merge_reject_tests(text->arena, entity) : entity->rejects;
    FOR_EACH(const RejectTest, test, tests)
        LIST_PUSH(text->arena, &names, test->reason);
    FOR_EACH(const RejectTest, test, entity->load_rejects)
        LIST_PUSH(text->arena, &names, arena_printf(text->arena, "%s (of load)", test->reason));
    if (names.count)
        text_addf(text, FACT "%s\n", "rejects", string_list_join(text->arena, &names, ", "));
}

/* What is on the source for a moment is listed, too. */
static void print_crosswalks(Text *text, const EntityPlan *entity, bool same)
{
    bool loads = entity->load && entity->gathered->loading;
    if (entity->crosswalk)
        text_addf(text, FACT "keeps old and new keys in rehome.%s\n", "crosswalk", entity->crosswalk->table);
    FOR_EACH(const char *, guest, entity->transform->guests)
        text_addf(
            text, FACT "reads rehome.%s%s\n", "crosswalk", *guest,
            same ? "" : ": on the source a temporary table of each session, unless it is small; nothing is left there");
    for (size_t i = 0; loads && i < entity->gathered->loading->guests.count; i++)
        text_addf(text, FACT "load reads rehome.%s\n", "crosswalk", entity->gathered->loading->guests.items[i]);
}

/* What is the same for most items of a list: everything but names, sizes and chunks. */
static void print_facts(Text *text, const EntityPlan *entity, bool same)
{
    print_write(text, entity);
    print_counts(text, &entity->mappings);
    print_casts(text, &entity->mappings);
    if (entity->load) {
        text_addf(text, FACT "%s over the staged rows\n", "load",
                  text_of_many(text->arena, (long long)entity->load_mappings.count, "column"));
        print_casts(text, &entity->load_mappings);
    }
    print_rejects(text, entity);
    print_crosswalks(text, entity, same);
    print_left_out(text, mapping_to_target(entity));
    if (entity->triggers.count)
        text_addf(text, FACT "%s\n", "triggers", string_list_join(text->arena, &entity->triggers, ", "));
    if (entity->cycle)
        text_addf(text, FACT "%s\n", "cycle", entity->cycle);
}

/* ---- entities, and items of a list that are alike ---- */

typedef struct Printed {
    const EntityPlan *entity;
    const char *way, *facts; /* NULL: too much is wrong with it */
} Printed;

static bool are_alike(const Printed *one, const Printed *other)
{
    return one->facts && other->facts && one->entity->entity->base && one->entity->into == other->entity->into &&
           text_equal(one->entity->entity->base, other->entity->entity->base) && text_equal(one->way, other->way) &&
           text_equal(one->facts, other->facts);
}

static void print_title(Text *text, const EntityPlan *entity, const char *from)
{
    text_addf(text, "\n  %s ← %s\n",
              entity->into ? title_of_relation(text->arena, entity->into) : entity->entity->into.text, from);
}

static void print_single(Text *text, const Printed *printed)
{
    const EntityPlan *entity = printed->entity;
    print_title(text, entity, driving_text(text->arena, entity));
    if (!printed->facts)
        return;
    if (!text_equal(entity->entity->name, entity->into->name))
        text_addf(text, FACT "%s\n", "entity", entity->entity->name);
    if (entity->gathered->merge)
        print_merge(text, entity->gathered->merge);
    text_addf(text, "%s" FACT "%s\n%s", printed->way, "chunks", chunks_text(text->arena, entity), printed->facts);
}

static void print_items(Text *text, const Printed *first, const Printed *end, size_t count)
{
    const char *items = arena_printf(text->arena, "%zu items of %s", count, first->entity->entity->base);
    print_title(text, first->entity, items);
    for (const Printed *item = first; item < end; item++)
        if (are_alike(first, item))
            text_addf(text, FACT "%s ← %s, chunks: %s\n", "entity", item->entity->entity->name,
                      driving_text(text->arena, item->entity), chunks_text(text->arena, item->entity));
    text_addf(text, "%s%s", first->way, first->facts);
}

static size_t count_alike(const Printed *from, const Printed *end, const Printed *entity)
{
    size_t count = 0;
    for (const Printed *other = from; other < end; other++)
        count += are_alike(entity, other);
    return count;
}

void print_entities(Text *text, const Plan *plan)
{
    LIST(Printed) printed = {0};
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        Text way = text_new(text->arena), facts = text_new(text->arena);
        LIST_PUSH(text->arena, &printed, ((Printed){.entity = entity}));
        if (!entity->into || !entity->transform)
            continue;
        print_way(&way, entity);
        print_facts(&facts, entity, plan->gathered->same);
        printed.items[printed.count - 1].way = way.chars;
        printed.items[printed.count - 1].facts = facts.chars;
    }
    const Printed *end = printed.items + printed.count;
    for (const Printed *one = printed.items; one < end; one++) {
        size_t count = count_alike(one, end, one);
        if (count_alike(printed.items, one, one) > 0)
            continue; /* it stands at the first of them */
        if (count > 1)
            print_items(text, one, end, count);
        else
            print_single(text, one);
    }
}
