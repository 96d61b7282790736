#include "plan/print_entity.h"

#include "base/text.h"
#include "plan/backup.h"
#include "plan/print_left.h"
#include "plan/undo.h"

#include <string.h>

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

/* The step's name without its kind. */
static const char *short_name(const Step *step)
{
    return step->name + strlen(step_rule(step->kind)->name) + 1;
}

static bool is_same_item(const Step *step, const Step *other)
{
    return other->kind == step->kind && step->entity && other->entity && step->entity->entity->base &&
           text_equal(step->entity->entity->base, other->entity->entity->base);
}

/* Its list was named at its first item. */
static bool is_later_item(const Plan *plan, const Step *step)
{
    for (const Step *before = plan->steps.items; before < step; before++)
        if (is_same_item(step, before))
            return true;
    return false;
}

/* The items of a list have one name: `audits[…] × 12`. */
static const char *step_names(Arena *arena, const Plan *plan, const Step *step)
{
    size_t items = 0;
    FOR_EACH(const Step, other, plan->steps)
        items += is_same_item(step, other);
    return items > 1 ? arena_printf(arena, "%s[…] × %zu", step->entity->entity->base, items) : short_name(step);
}

/* Steps of one kind stand together: their names, what they lock, what undoes them. */
static void print_steps_of(Text *text, const Plan *plan, StepKind kind)
{
    StringList names = {0};
    size_t count = 0;
    FOR_EACH(const Step, step, plan->steps) {
        if (step->kind != kind)
            continue;
        count++;
        if (!is_later_item(plan, step))
            LIST_PUSH(text->arena, &names, step_names(text->arena, plan, step));
    }
    const StepRule *rule = step_rule(kind);
    text_addf(text, "  %-12s %3zu  %s\n", rule->name, count, string_list_join(text->arena, &names, ", "));
    text_addf(text, "  %-12s      locks: %s\n", "", rule->locks);
    StringList ways = undo_ways_back(text->arena, plan, kind);
    FOR_EACH(const char *, way, ways)
        text_addf(text, "  %-12s      %s  %s\n", "", way == ways.items ? "back:" : "     ", *way);
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

char *plan_print(Arena *arena, const Plan *plan, bool all)
{
    Text text = text_new(arena);
    print_header(&text, plan);
    print_entities(&text, plan);
    if (plan->backup.tables.count > 0)
        text_addf(&text, "\nBackup before the first write\n  %s\n", backup_print(arena, &plan->backup));
    text_add(&text, "\nSteps\n");
    FOR_EACH(const Step, step, plan->steps)
        if (is_first_of_kind(plan, step))
            print_steps_of(&text, plan, step->kind);
    print_left(&text, plan, all);
    print_list(&text, "Warnings", plan->warnings.items, plan->warnings.count);
    print_totals(&text, plan);
    return text.chars;
}
