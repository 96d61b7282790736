#include "base/text.h"
#include "plan/mapping.h"
#include "plan/merge.h"
#include "plan/plan.h"
#include "plan/title.h"

#include <string.h>

/* What stands beside each fact of an entity. */
#define FACT "      %-9s "

static char *version_text(Arena *arena, int version)
{
    return arena_printf(arena, "%d.%d", version / 10000, version % 10000);
}

static void print_header(Text *text, const Plan *plan)
{
    const Catalog *source = plan->gathered->source, *target = plan->gathered->target;
    text_addf(text, "%s: %s (PostgreSQL %s)", plan->manifest->name, source->database,
              version_text(text->arena, source->server_version));
    if (plan->gathered->same)
        text_add(text, ", inside one database\n");
    else
        text_addf(text, " → %s (PostgreSQL %s)\n", target->database, version_text(text->arena, target->server_version));
}

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

static void print_chunks(Text *text, const EntityPlan *entity)
{
    if (entity->chunks == CHUNKS_ONE)
        text_addf(text, FACT "one: %s\n", "chunks", entity->chunks_reason);
    else
        text_addf(text, FACT "%s of up to %s, by %s: %s\n", "chunks",
                  text_of_count(text->arena, entity->estimated_chunks),
                  text_of_many(text->arena, entity->chunk_rows, "row"), chunk_method_name(entity->chunks),
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

static void print_entity(Text *text, const EntityPlan *entity, bool same)
{
    text_addf(text, "\n  %s ← %s\n",
              entity->into ? title_of_relation(text->arena, entity->into) : entity->entity->into.text,
              driving_text(text->arena, entity));
    if (!entity->into || !entity->transform)
        return;
    if (!text_equal(entity->entity->name, entity->into->name))
        text_addf(text, FACT "%s\n", "entity", entity->entity->name);
    if (entity->gathered->merge)
        print_merge(text, entity->gathered->merge);
    print_way(text, entity);
    print_chunks(text, entity);
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

/* The step's name without its kind. */
static const char *short_name(const Step *step)
{
    return step->name + strlen(step_rule(step->kind)->name) + 1;
}

/* Steps of one kind stand together: their names, what they lock, what undoes them. */
static void print_steps_of(Text *text, const Plan *plan, StepKind kind)
{
    StringList names = {0};
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == kind)
            LIST_PUSH(text->arena, &names, short_name(step));
    const StepRule *rule = step_rule(kind);
    text_addf(text, "  %-12s %3zu  %s\n", rule->name, names.count, string_list_join(text->arena, &names, ", "));
    text_addf(text, "  %-12s      locks: %s\n", "", rule->locks);
    text_addf(text, "  %-12s      back:  %s\n", "", rule->undo);
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == kind && (kind == STEP_PREPARE || kind == STEP_COMPAT || kind == STEP_REFRESH))
            text_addf(text, "  %-12s      %s: %s\n", "", short_name(step), step->reason);
}

static bool is_first_of_kind(const Plan *plan, const Step *step)
{
    for (const Step *before = plan->steps.items; before < step; before++)
        if (before->kind == step->kind)
            return false;
    return true;
}

static void print_list(Text *text, const char *title, const char *const *items, size_t count)
{
    if (count)
        text_addf(text, "\n%s\n", title);
    for (size_t i = 0; i < count; i++)
        text_addf(text, "  %s\n", items[i]);
}

static void print_totals(Text *text, const Plan *plan)
{
    int64_t rows = 0, bytes = 0, chunks = 0;
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        rows += entity->estimated_rows;
        bytes += entity->estimated_bytes;
        chunks += entity->estimated_chunks;
    }
    Arena *arena = text->arena;
    text_addf(text, "\n%zu %s, %s, %s in %s; about %s on the target, about %s\n", plan->entities.count,
              plan->entities.count == 1 ? "entity" : "entities", text_of_many(arena, rows, "row"),
              text_of_bytes(arena, bytes), text_of_many(arena, chunks, "chunk"),
              text_of_bytes(arena, plan->estimated_bytes_target), text_of_duration(arena, plan->estimated_seconds));
}

char *plan_print(Arena *arena, const Plan *plan)
{
    Text text = text_new(arena);
    print_header(&text, plan);
    FOR_EACH(const EntityPlan, entity, plan->entities)
        print_entity(&text, entity, plan->gathered->same);
    text_add(&text, "\nSteps\n");
    FOR_EACH(const Step, step, plan->steps)
        if (is_first_of_kind(plan, step))
            print_steps_of(&text, plan, step->kind);
    print_list(&text, "Not carried", plan->not_carried.items, plan->not_carried.count);
    print_list(&text, "Warnings", plan->warnings.items, plan->warnings.count);
    print_totals(&text, plan);
    return text.chars;
}
