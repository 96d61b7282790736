#include "plan/redaction.h"

#include "base/text.h"

static bool is_output(const OutputColumnList *columns, const char *name)
{
    FOR_EACH(const OutputColumn, column, *columns)
        if (text_equal(column->name, name))
            return true;
    return false;
}

static bool is_driving(const GatheredEntity *source, const char *name)
{
    if (source->driving)
        FOR_EACH(const Column, column, source->driving->columns)
            if (text_equal(column->name, name))
                return true;
    return false;
}

static bool is_column_of(const GatheredEntity *source, const char *name)
{
    return is_output(&source->output, name) || is_output(&source->load_output, name) || is_driving(source, name);
}

static bool is_column(const GatheredEntity *gathered, const char *name)
{
    if (is_column_of(gathered, name))
        return true;
    if (gathered->merge)
        FOR_EACH(const GatheredEntity, source, gathered->merge->sources)
            if (is_column_of(source, name))
                return true;
    return false;
}

static void hide(Arena *arena, StringList *hidden, const char *name)
{
    if (!string_list_contains(hidden, name))
        LIST_PUSH(arena, hidden, name);
}

/* An output and what it is made of are hidden together. */
static void hide_kin(Arena *arena, const GatheredEntity *source, const NameList *redact, StringList *hidden)
{
    if (!source->transform)
        return;
    FOR_EACH(const Lineage, lineage, source->transform->lineages) {
        bool named = false;
        FOR_EACH(const Name, name, *redact)
            named |= text_equal(name->name, lineage->name) || string_list_contains(&lineage->columns, name->name);
        if (!named)
            continue;
        hide(arena, hidden, lineage->name);
        FOR_EACH(const char *, column, lineage->columns)
            hide(arena, hidden, *column);
    }
}

void redaction_build(Arena *arena, EntityPlan *plan, Mistakes *mistakes)
{
    const NameList *redact = &plan->entity->redact;
    FOR_EACH(const Name, name, *redact) {
        if (!is_column(plan->gathered, name->name))
            mistake_add(
                mistakes, name->place,
                "\"redact\" names \"%s\", which neither the driving table nor the transform of entity \"%s\" has",
                name->name, plan->entity->name);
        hide(arena, &plan->hidden, name->name);
    }
    hide_kin(arena, plan->gathered, redact, &plan->hidden);
    if (plan->gathered->merge)
        FOR_EACH(const GatheredEntity, source, plan->gathered->merge->sources)
            hide_kin(arena, source, redact, &plan->hidden);
}
