#include "engine/describe_merge.h"

#include "engine/describe.h"
#include "plan/merge.h"

#include "base/text.h"

static bool describe_sources(Session *session, GatheredMerge *merge, Mistakes *mistakes, Error *error)
{
    FOR_EACH(GatheredEntity, source, merge->sources) {
        if (!source->transform)
            continue;
        if (!describe_transform(session, source, mistakes, error))
            return error_doing(error, "source \"%s\"", source->entity->name);
    }
    return true;
}

static bool all_are_described(const GatheredMerge *merge)
{
    FOR_EACH(const GatheredEntity, source, merge->sources)
        if (!source->transform)
            return false;
    return true;
}

/* ---- what the user wrote of columns ---- */

static void check_columns(const GatheredEntity *source, Mistakes *mistakes)
{
    FOR_EACH(const OutputColumn, column, source->output)
        if (merge_column(&source->output, column->name) != column)
            mistake_add(mistakes, source->transform->sql->place, "source \"%s\" gives column \"%s\" twice",
                        source->entity->name, column->name);
}

static void check_key(const GatheredMerge *merge, const GatheredEntity *source, Mistakes *mistakes)
{
    FOR_EACH(const Name, name, merge->wanted->key)
        if (!merge_column(&source->output, name->name))
            mistake_add(mistakes, source->transform->sql->place,
                        "source \"%s\" does not give column \"%s\", the key that its rows are merged by",
                        source->entity->name, name->text);
}

static void check_known(const GatheredMerge *merge, const Name *column, const char *what, Mistakes *mistakes)
{
    StringList known = {0};
    if (!column->name || merge_column(&merge->columns, column->name))
        return;
    FOR_EACH(const OutputColumn, output, merge->columns)
        LIST_PUSH(mistakes->arena, &known, output->name);
    const char *nearest = string_list_nearest(&known, column->name);
    mistake_add(mistakes, column->place, "no source of the merge gives column \"%s\"%s%s%s%s", column->text, what,
                nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

static void check_wanted(const GatheredMerge *merge, Mistakes *mistakes)
{
    FOR_EACH(const GatheredEntity, source, merge->sources) {
        check_columns(source, mistakes);
        check_key(merge, source, mistakes);
    }
    FOR_EACH(const MergeRule, rule, merge->wanted->columns) {
        check_known(merge, &rule->column, "", mistakes);
        check_known(merge, &rule->newest, ", which is to say which row is the newest", mistakes);
    }
}

/* ---- types ---- */

/* What the columns of earlier sources are, and what this source's is. */
static void add_unlike(GatheredMerge *merge, size_t number, const OutputColumn *column, const char *why,
                       Mistakes *mistakes)
{
    const GatheredEntity *source = &merge->sources.items[number];
    for (size_t i = 0; i < number; i++) {
        const GatheredEntity *earlier = &merge->sources.items[i];
        const OutputColumn *other = merge_column(&earlier->output, column->name);
        if (!other)
            continue;
        mistake_add(mistakes, source->transform->sql->place,
                    "column \"%s\" is %s in source \"%s\" and %s in \"%s\"; cast it in one of them (%s)", column->name,
                    column->type_name, source->entity->name, other->type_name, earlier->entity->name, why);
        return;
    }
}

/* The server refuses the whole: which column of which source it is. */
static bool find_unlike(Session *session, GatheredMerge *merge, const char *why, Mistakes *mistakes, Error *error)
{
    const size_t before = mistakes->list.count;
    for (size_t number = 1; number < merge->sources.count; number++)
        FOR_EACH(const OutputColumn, column, merge->sources.items[number].output) {
            OutputColumnList columns = {0};
            const char *refused = NULL, *sql = merge_union(session->arena, merge, number + 1, column->name);
            if (!describe_own_sql(session, session->source, sql, &columns, &refused, error))
                return false;
            if (refused)
                add_unlike(merge, number, column, refused, mistakes);
        }
    if (mistakes->list.count == before)
        mistake_add(mistakes, merge->wanted->place, "the sources do not fit together: %s", why);
    return true;
}

static bool describe_union(Session *session, GatheredMerge *merge, Mistakes *mistakes, Error *error)
{
    OutputColumnList columns = {0};
    const char *why = NULL, *sql = merge_union(session->arena, merge, merge->sources.count, NULL);
    if (!describe_own_sql(session, session->source, sql, &columns, &why, error))
        return false;
    if (why)
        return find_unlike(session, merge, why, mistakes, error);
    merge->columns = columns;
    return true;
}

/* ---- the merged rows ---- */

static void add_volatile(Arena *arena, const GatheredMerge *merge, Transform *transform)
{
    FOR_EACH(const GatheredEntity, source, merge->sources)
        FOR_EACH(const char *, column, source->transform->volatile_columns)
            if (!string_list_contains(&transform->volatile_columns, *column))
                LIST_PUSH(arena, &transform->volatile_columns, *column);
}

static Transform *merged_transform(Session *session, const GatheredMerge *merge, Mistakes *mistakes)
{
    static const StringList none = {0};
    static const KeyColumnList no_key = {0};
    const Catalog *source = session->gathered.source;
    Sql *sql = NEW(session->arena, Sql);
    *sql = (Sql){.text = merge_select(session->arena, merge), .place = merge->wanted->place};
    TransformRequest request = {.sql = sql,
                                .key = &no_key,
                                .driving_columns = &none,
                                .volatile_functions = &source->volatile_functions,
                                .aggregates = &source->aggregate_functions,
                                .set_returning = &source->set_returning_functions};
    Transform *transform = transform_build(session->arena, &request, mistakes);
    transform->why_one_chunk = "rows with the same key may be anywhere in its sources";
    add_volatile(session->arena, merge, transform);
    return transform;
}

static bool describe_merged(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    const char *why = NULL;
    Transform *transform = merged_transform(session, entity->merge, mistakes);
    if (!describe_own_sql(session, session->source, transform->sql->text, &entity->output, &why, error))
        return false;
    if (why)
        mistake_add(mistakes, entity->merge->wanted->place, "the rows cannot be merged: %s", why);
    else
        entity->transform = transform;
    return true;
}

bool describe_merge(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    GatheredMerge *merge = entity->merge;
    const size_t before = mistakes->list.count;
    if (!describe_sources(session, merge, mistakes, error))
        return false;
    if (!all_are_described(merge))
        return true;
    merge_list_columns(session->arena, merge);
    check_wanted(merge, mistakes);
    if (!describe_union(session, merge, mistakes, error))
        return false;
    return mistakes->list.count > before || describe_merged(session, entity, mistakes, error);
}
