/* How what is written to a view gets into the new table, and what cannot. */
#include "plan/compat_build.h"

#include "base/text.h"
#include "manifest/keyed.h"
#include "pg/quote.h"
#include "plan/cast.h"
#include "plan/mapping.h"
#include "plan/merge.h"
#include "plan/title.h"

#include <string.h>

/* ---- finding a row again ---- */

static const CompatOld *old_of_carrier(const CompatView *view, int number)
{
    FOR_EACH(const CompatOld, old, view->old)
        if (old->carrier && old->carrier->number == number)
            return old;
    return NULL;
}

static bool may_serve(const Index *index)
{
    return index->unique && index->valid && !index->exclusion && !index->partial && !index->has_expression;
}

/* An output that reads nothing gives every row the same value: the name of an item of for_each. */
static bool is_constant(const CompatBuild *build, const Column *column)
{
    Lineage lineage;
    bool written = false;
    FOR_EACH(const CompatNew, new, build->view->new)
        written |= new->column == column;
    return written && !build->view->why_not_written && compat_lineage(build, column->name, &lineage) &&
           lineage.columns.count == 0 && !lineage.other;
}

/* Better: the primary key, then one without nulls. 0: it cannot serve. */
static int serves(const CompatBuild *build, const Index *index)
{
    const CompatView *view = build->view;
    int value = index->primary ? 3 : 2;
    if (!may_serve(index))
        return 0;
    FOR_EACH(const int, number, index->columns) {
        const Column *column = relation_column_by_number(view->into, *number);
        if (!old_of_carrier(view, *number) && !is_constant(build, column))
            return 0;
        if (!column->not_null)
            value = 1;
    }
    return value;
}

static void find_key(CompatBuild *build)
{
    const Index *best = NULL;
    FOR_EACH(const Index, index, build->view->into->indexes)
        if (serves(build, index) > (best ? serves(build, best) : 0))
            best = index;
    if (!best) {
        compat_note(build, "UPDATE and DELETE are refused: no unique key of %s can be read through it",
                    build->view->into->sql_name);
        return;
    }
    FOR_EACH(const int, number, best->columns)
        *LIST_ADD(build->arena, &build->view->key) =
            (CompatKey){relation_column_by_number(build->view->into, *number), old_of_carrier(build->view, *number)};
}

/* ---- writing ---- */

/* NULL: the source of a merge that does not give it. */
static const OutputColumn *given_output(const CompatBuild *build, const Mapping *mapping)
{
    const EntityPlan *entity = build->compat->entity;
    return entity->load || !entity->gathered->merge ? mapping->from
                                                    : merge_column(&build->view->source->output, mapping->name);
}

static const char *value_sql(const CompatBuild *build, const Mapping *mapping, const OutputColumn *output)
{
    const char *ignored = "", *value = arena_printf(build->arena, "\"q\".%s", quote_name(build->arena, mapping->name));
    TypeUse from = build->load ? type_use_of(build->plan->gathered->target, output->type, output->typmod)
                               : compat_use_on_target(build, output->type, output->typmod, &ignored);
    CastRequest request = {from, compat_use_of_column(build, mapping->to), value, true};
    return request.from.type && request.to.type ? cast_build(build->arena, &request).sql : value;
}

static bool is_sealed(const CompatView *view, const CompatOld *old)
{
    FOR_EACH(const CompatOld *const, sealed, view->sealed)
        if (*sealed == old)
            return true;
    return false;
}

/* What is made of these columns cannot be made in the database, so it must not change either. */
static void seal(CompatBuild *build, const Mapping *mapping, const Lineage *lineage)
{
    if (!build->view->keyed)
        build->view->keyed = mapping->name;
    FOR_EACH(const CompatOld, old, build->view->old)
        if (string_list_contains(&lineage->columns, old->column->name) && !is_sealed(build->view, old))
            LIST_PUSH(build->arena, &build->view->sealed, old);
}

/* Which of two values of a merge stays: the one that is there may come from any other source. */
static void decide_merging(const CompatBuild *build, CompatNew *new)
{
    const GatheredMerge *merge = build->compat->entity->gathered->merge;
    if (!merge)
        return;
    MergeHow how = merge_rule(merge, new->column->name).how;
    bool first = build->view->source == merge->sources.items;
    bool last = build->view->source == merge->sources.items + merge->sources.count - 1;
    new->wins = how == MERGE_NEWEST || (how == MERGE_FIRST && first) || (how == MERGE_LAST && last);
    new->longest = how == MERGE_LONGEST;
    new->agrees = how == MERGE_ERROR;
}

static void write_columns(CompatBuild *build)
{
    FOR_EACH(const Mapping, mapping, *mapping_to_target(build->compat->entity)) {
        Lineage lineage;
        const OutputColumn *output = given_output(build, mapping);
        if (!mapping->to || !output)
            continue;
        if (compat_lineage(build, mapping->name, &lineage) && lineage.keyed) {
            seal(build, mapping, &lineage);
            continue;
        }
        CompatNew *new = LIST_ADD(build->arena, &build->view->new);
        *new = (CompatNew){.column = mapping->to,
                           .sql = value_sql(build, mapping, output),
                           .comparable = mapping->to_type && mapping->to_type->has_equality};
        decide_merging(build, new);
    }
}

const Transform *compat_look_at_load(Arena *arena, const Plan *plan, const EntityPlan *entity)
{
    static const KeyColumnList no_key = {0};
    static const StringList none = {0};
    Mistakes ignored = {.arena = arena};
    StringList *columns = NEW(arena, StringList);
    FOR_EACH(const Mapping, mapping, entity->mappings)
        LIST_PUSH(arena, columns, mapping->name);
    TransformRequest request = {.sql = &entity->entity->load,
                                .driving_schema = "pg_temp",
                                .driving_name = "staged",
                                .driving_in_search_path = true,
                                .key = &no_key,
                                .driving_columns = columns,
                                .volatile_functions = &none,
                                .aggregates = &plan->gathered->target->aggregate_functions,
                                .set_returning = &plan->gathered->target->set_returning_functions};
    return entity->load ? transform_build(arena, &request, &ignored) : NULL;
}

/* What the transform's own rules set aside never comes to `load`. */
static char *staged(Arena *arena, const CompatView *view, const char *rows)
{
    const EntityPlan *entity = view->compat->entity;
    const bool merged = entity->gathered->merge;
    Text sql = text_new(arena);
    text_add(&sql, "SELECT ");
    FOR_EACH(const Mapping, mapping, entity->mappings) {
        const char *name = quote_name(arena, mapping->name);
        bool given = !merged || merge_column(&view->source->output, mapping->name);
        text_addf(&sql, "%s%s%s::%s AS %s", mapping == entity->mappings.items ? "" : ", ", given ? "\"q\"." : "",
                  given ? name : "NULL", mapping->stage_type, name);
    }
    text_addf(&sql, " FROM (%s) AS \"q\" WHERE true", rows);
    FOR_EACH(const RejectRule, rule, entity->entity->rejects)
        if (!rule->of_load && !merged)
            text_addf(&sql, " AND (%s) IS NOT TRUE", rule->sql.text);
    return sql.chars;
}

static char *one_row(Arena *arena, const CompatView *view, const char *row)
{
    Text sql = text_new(arena);
    FOR_EACH(const CompatOld, old, view->old) {
        const char *name = quote_name(arena, old->column->name);
        text_add(&sql, old == view->old.items ? "SELECT " : ", ");
        if (row)
            text_addf(&sql, "%s.%s AS %s", row, name, name);
        else
            text_addf(&sql, "NULL::%s AS %s", old->type_name, name);
    }
    return sql.chars;
}

char *compat_transformed(Arena *arena, const CompatView *view, const char *row)
{
    const EntityPlan *entity = view->compat->entity;
    char *rows = transform_over(arena, view->source->transform, one_row(arena, view, row));
    if (!rows || !entity->load)
        return rows;
    return transform_over(arena, compat_look_at_load(arena, view->plan, entity), staged(arena, view, rows));
}

/* PostgreSQL itself can write: nothing is computed, nothing is left out, nothing is added. */
static bool is_updatable(CompatBuild *build)
{
    const EntityPlan *entity = build->compat->entity;
    if (entity->load || entity->gathered->merge || entity->entity->where.text || entity->rejects.count > 0 ||
        entity->transform->yield != YIELD_ONE)
        return false;
    FOR_EACH(const Mapping, mapping, entity->mappings) {
        Lineage lineage;
        const CompatOld *old = mapping->to ? old_of_carrier(build->view, mapping->to->number) : NULL;
        if (!old || !compat_lineage(build, mapping->name, &lineage) ||
            !text_equal(lineage_column(&lineage), old->column->name) || lineage.computed || lineage.cast)
            return false;
    }
    FOR_EACH(const CompatOld, old, build->view->old)
        if (!old->same || old_of_carrier(build->view, old->carrier->number) != old)
            return false;
    return true;
}

/* An INSERT may meet a row that another source has made, and that the view does not show: they become one. */
static void find_merged_by(CompatBuild *build)
{
    const GatheredMerge *merge = build->compat->entity->gathered->merge;
    if (!merge)
        return;
    if (!build->compat->compat->where.text) {
        compat_note(build, "it shows the rows of all sources: say under `where` which are those of %s",
                    title_of_relation(build->arena, build->compat->like));
        return;
    }
    FOR_EACH(const Name, key, merge->wanted->key) {
        bool found = false;
        FOR_EACH(const CompatNew, new, build->view->new)
            found |= text_equal(new->column->name, key->name);
        if (found)
            LIST_PUSH(build->arena, &build->view->merged_by, key->name);
    }
    if (build->view->merged_by.count < merge->wanted->key.count)
        build->view->merged_by.count = 0;
}

/* The key of rehome.token() and its like is needed where it is none of the outputs that are left out. */
static bool needs_key_anyway(const CompatView *view)
{
    const Entity *entity = view->compat->entity->entity;
    bool used = strstr(view->source->transform->sql->text, keyed_inner) ||
                (entity->load.text && strstr(entity->load.text, keyed_inner));
    return used && !view->keyed;
}

static const char *why_not_written(CompatBuild *build)
{
    const Transform *transform = build->view->source->transform;
    if (needs_key_anyway(build->view))
        return "it needs the key of rehome.token(), which the database does not have";
    if (build->view->new.count == 0)
        return "it gives nothing that could be written";
    if (compat_transformed(build->arena, build->view, "NEW"))
        return NULL;
    return transform->why_one_chunk ? transform->why_one_chunk : "`load` cannot be run for one row";
}

static void note_writing(CompatBuild *build)
{
    const CompatView *view = build->view;
    if (view->why_not_written)
        compat_note(build, "INSERT and UPDATE are refused: the transform cannot be run for one row: %s",
                    view->why_not_written);
    else if (view->keyed)
        compat_note(build, "INSERT is refused: %s needs the key of rehome.token(), which the database does not have",
                    view->keyed);
    else if (view->source->transform->yield != YIELD_ONE)
        compat_note(build,
                    "a row that the transform leaves out, or makes more than one of, is refused when it is written");
    if (build->compat->entity->gathered->merge && build->compat->entity->entity->rejects.count > 0)
        compat_note(build,
                    "the rules under `rejects` are about merged rows: what is written through the view is not held "
                    "against them");
}

void compat_decide_writing(CompatBuild *build)
{
    CompatView *view = build->view;
    DeleteMode delete = build->compat->compat->delete;
    view->refuse_delete =
        delete == DELETE_REFUSE || (delete == DELETE_DEFAULT && build->compat->entity->gathered->merge);
    build->compat->updatable = is_updatable(build);
    if (build->compat->updatable)
        return;
    write_columns(build);
    find_merged_by(build);
    view->why_not_written = why_not_written(build);
    note_writing(build);
    find_key(build);
}
