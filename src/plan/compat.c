#include "plan/compat_build.h"

#include "base/text.h"
#include "pg/quote.h"

#include <stdarg.h>

void compat_note(CompatBuild *build, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    LIST_PUSH(build->arena, &build->compat->notes, arena_vprintf(build->arena, format, arguments));
    va_end(arguments);
}

static void check_given(CompatBuild *build)
{
    FOR_EACH(const CompatColumn, given, build->compat->compat->columns) {
        const char *name = given->name.name, *nearest = relation_nearest_column(build->compat->like, name);
        if (relation_column(build->compat->like, name))
            continue;
        mistake_add(build->mistakes, given->name.place, "%s has no column \"%s\"%s%s%s", build->compat->like->sql_name,
                    name, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    }
}

char *compat_mark(Arena *arena, const Plan *plan)
{
    return arena_printf(arena, "Made by rehome, migration %s: ", plan->manifest->name);
}

static const EntityPlan *find_entity(const Plan *plan, const char *name)
{
    return name ? plan_entity(plan, name) : NULL;
}

/* An object of that name that we have not made is somebody's. */
static void check_name(CompatBuild *build, const char *schema)
{
    const Name *name = &build->compat->compat->view;
    const Relation *there = catalog_relation(build->plan->gathered->target, schema, name->name);
    if (there && !(there->kind == 'v' && there->comment &&
                   text_starts_with(there->comment, compat_mark(build->arena, build->plan))))
        mistake_add(
            build->mistakes, name->place,
            "%s is there already, and rehome has not made it; give the view another name, or drop what is there",
            there->sql_name);
}

/* The source of a merge that this table drives; of any other entity it is the entity itself. NULL: none. */
static const GatheredEntity *find_source(const EntityPlan *entity, const Relation *like)
{
    const GatheredEntity *gathered = entity->gathered;
    if (!gathered->merge)
        return gathered->driving == like ? gathered : NULL;
    FOR_EACH(const GatheredEntity, source, gathered->merge->sources)
        if (source->driving == like)
            return source;
    return NULL;
}

static const char *list_driving(Arena *arena, const EntityPlan *entity)
{
    StringList names = {0};
    if (!entity->gathered->merge)
        return entity->driving ? entity->driving->sql_name : "no one table";
    FOR_EACH(const GatheredEntity, source, entity->gathered->merge->sources)
        LIST_PUSH(arena, &names, source->driving ? source->driving->sql_name : source->entity->name);
    return string_list_join(arena, &names, ", ");
}

static void check_like(CompatBuild *build)
{
    const Compat *compat = build->compat->compat;
    const EntityPlan *entity = build->compat->entity;
    if (!build->view->source)
        mistake_add(build->mistakes, compat->like.name ? compat->like.place : compat->entity_place,
                    "entity \"%s\" is filled from %s, so a view over it cannot look like %s", entity->entity->name,
                    list_driving(build->arena, entity), build->compat->like->sql_name);
}

static bool has_mistakes(const CompatBuild *build, size_t before)
{
    return build->mistakes->list.count > before;
}

static void build_view(CompatBuild *build, const GatheredCompat *gathered)
{
    Arena *arena = build->arena;
    const EntityPlan *entity = build->compat->entity;
    const Name *name = &gathered->compat->view;
    size_t before = build->mistakes->list.count;
    if (!entity || !entity->into || !entity->transform || !gathered->like)
        return;
    CompatView view = {.plan = build->plan,
                       .compat = build->compat,
                       .into = entity->into,
                       .source = find_source(entity, gathered->like)};
    const char *schema = name->schema ? name->schema : entity->into->schema;
    build->view = &view;
    build->compat->view = quote_qualified(arena, schema, name->name);
    build->load = compat_look_at_load(arena, build->plan, entity);
    check_name(build, schema);
    check_like(build);
    check_given(build);
    if (has_mistakes(build, before) || !view.source->transform)
        return;
    compat_decide_reading(build, gathered);
    compat_decide_writing(build);
    build->compat->action = compat_action(arena, &view);
    build->compat->probe = compat_probe(arena, &view);
}

void compat_build(Arena *arena, Plan *plan, Mistakes *mistakes)
{
    FOR_EACH(const GatheredCompat, gathered, plan->gathered->compats) {
        const Compat *compat = gathered->compat;
        CompatPlan *planned = LIST_ADD(arena, &plan->compats);
        *planned = (CompatPlan){.compat = compat, .like = gathered->like, .action = compat->script.text};
        planned->entity = find_entity(plan, compat->entity);
        CompatBuild build = {.arena = arena, .plan = plan, .compat = planned, .mistakes = mistakes};
        if (!compat->script.text)
            build_view(&build, gathered);
    }
}
