#include "plan/compat.h"

#include "base/text.h"
#include "manifest/keyed.h"
#include "pg/quote.h"
#include "plan/cast.h"
#include "plan/mapping.h"
#include "plan/merge.h"
#include "plan/title.h"

#include <stdarg.h>
#include <string.h>

typedef struct CompatBuild {
    Arena *arena;
    const Plan *plan;
    CompatPlan *compat;
    CompatView *view;
    const Transform *load; /* the entity's `load`, looked at like a transform over "staged"; NULL: it has none */
    Mistakes *mistakes;
} CompatBuild;

__attribute__((format(printf, 2, 3))) static void note(CompatBuild *build, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    LIST_PUSH(build->arena, &build->compat->notes, arena_vprintf(build->arena, format, arguments));
    va_end(arguments);
}

/* ---- types ---- */

static TypeUse use_by_name(const Catalog *target, const Type *type)
{
    const Type *found = catalog_type_by_name(target, type->schema, type->name);
    return found ? type_use_of(target, found->oid, -1) : (TypeUse){0};
}

/* A type of the source, on the target: of the same name there; a domain that is not there is the type below it;
 * anything else is text. */
static TypeUse use_on_target(const CompatBuild *build, ObjectId oid, int32_t typmod, const char **name)
{
    const Catalog *source = build->plan->gathered->source, *target = build->plan->gathered->target;
    const Type *type = catalog_type(source, oid);
    TypeUse use = {0}, base = type_use_of(source, oid, typmod);
    if (type && (source == target || type_is_builtin(type)))
        use = type_use_of(target, oid, typmod);
    else if (type)
        use = use_by_name(target, type);
    if (use.type)
        return use;
    *name = NULL;
    if (base.type && type_is_builtin(base.type))
        use = type_use_of(target, base.type->oid, base.typmod);
    return use.type ? use : use_by_name(target, &(Type){.schema = "pg_catalog", .name = "text"});
}

static void find_type(const CompatBuild *build, CompatOld *old)
{
    old->type_name = old->column->type_name;
    old->type = use_on_target(build, old->column->type, old->column->typmod, &old->type_name);
    if (!old->type_name)
        old->type_name = type_use_sql(build->arena, old->type);
}

/* ---- what carries an old column ---- */

static void add_all(Arena *arena, StringList *list, const StringList *more)
{
    FOR_EACH(const char *, text, *more)
        if (!string_list_contains(list, *text))
            LIST_PUSH(arena, list, *text);
}

/* What an output of `load` is made of: the staged columns it reads, each made of what the transform makes it of. */
static Lineage through_load(const CompatBuild *build, const Lineage *load)
{
    Lineage whole = {.name = load->name, .cast = load->cast, .computed = load->computed, .other = load->other};
    FOR_EACH(const char *, staged, load->columns) {
        const Lineage *inner = lineage_of(build->view->source->transform, *staged);
        whole.other |= !inner;
        if (!inner)
            continue;
        whole.cast |= inner->cast;
        whole.computed |= inner->computed;
        whole.other |= inner->other;
        whole.keyed |= inner->keyed;
        add_all(build->arena, &whole.columns, &inner->columns);
    }
    return whole;
}

/* False: nobody knows what this target column is made of. */
static bool lineage_to_target(const CompatBuild *build, const char *name, Lineage *lineage)
{
    const Transform *last = build->load ? build->load : build->view->source->transform;
    const Lineage *found = lineage_of(last, name);
    if (!found)
        return false;
    *lineage = build->load ? through_load(build, found) : *found;
    return true;
}

static TypeUse use_of_column(const CompatBuild *build, const Column *column)
{
    return type_use_of(build->plan->gathered->target, column->type, column->typmod);
}

/* A computed value reads as the old one only under its name and with its type. */
static bool reads_back(const CompatBuild *build, const CompatOld *old, const Mapping *mapping, const Lineage *lineage)
{
    if (!text_equal(lineage_column(lineage), old->column->name))
        return false;
    if (!lineage->computed)
        return true;
    TypeUse now = use_of_column(build, mapping->to);
    bool alike =
        now.type && (type_use_same(now, old->type) || (type_use_is_string(now) && type_use_is_string(old->type)));
    return alike && text_equal(mapping->name, old->column->name);
}

static int rank(const CompatOld *old, const Mapping *mapping, const Lineage *lineage)
{
    int same_name = text_equal(mapping->name, old->column->name);
    return lineage->computed ? 1 : (lineage->cast ? 2 : 4) + same_name;
}

static const Column *find_carrier(CompatBuild *build, const CompatOld *old)
{
    const Column *best = NULL;
    int best_rank = 0;
    bool computed = false;
    FOR_EACH(const Mapping, mapping, *mapping_to_target(build->compat->entity)) {
        Lineage lineage;
        if (!mapping->to || !lineage_to_target(build, mapping->name, &lineage) ||
            !reads_back(build, old, mapping, &lineage) || rank(old, mapping, &lineage) <= best_rank)
            continue;
        best = mapping->to;
        best_rank = rank(old, mapping, &lineage);
        computed = lineage.computed;
    }
    if (computed)
        note(build, "%s reads as the transform has made it", old->column->name);
    return best;
}

/* ---- reading ---- */

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(name, names[i]))
            return true;
    return false;
}

/* The copy has read a time without a zone as UTC; the sessions that use the view have zones of their own. */
static const char *in_utc(Arena *arena, TypeUse from, TypeUse to, const char *value)
{
    static const char *const local[] = {"timestamp", "date", "time"};
    if (!type_is_builtin(from.type) || !type_is_builtin(to.type))
        return NULL;
    if (text_equal(from.type->name, "timestamptz") && is_among(to.type->name, local, 3))
        return arena_printf(arena, "(%s AT TIME ZONE 'UTC')", value);
    if (text_equal(to.type->name, "timestamptz") && is_among(from.type->name, local, 2))
        return arena_printf(arena, "(%s::pg_catalog.timestamp AT TIME ZONE 'UTC')", value);
    return NULL;
}

/* NULL: there is no cast back. */
static const char *cast_back(const CompatBuild *build, const CompatOld *old, const char *value)
{
    Arena *arena = build->arena;
    CastRequest request = {use_of_column(build, old->carrier), old->type, value, true};
    if (!request.from.type || !request.to.type)
        return NULL;
    Cast cast = cast_build(arena, &request);
    if (cast.class == CAST_IMPOSSIBLE)
        return NULL;
    const char *utc = in_utc(arena, request.from, request.to, value);
    const char *plain = arena_printf(arena, "(%s)::%s", value, type_use_bare_sql(arena, request.to));
    return arena_printf(arena, "%s::%s", utc ? utc : text_equal(cast.sql, plain) ? value : cast.sql, old->type_name);
}

static void read_nothing(CompatBuild *build, CompatOld *old, const char *why)
{
    old->carrier = NULL;
    old->read_sql = arena_printf(build->arena, "NULL::%s", old->type_name);
    note(build, "%s is NULL, and what is written to it is lost: %s", old->column->name, why);
}

static void read_carrier(CompatBuild *build, CompatOld *old)
{
    const char *value = arena_printf(build->arena, "t.%s", quote_name(build->arena, old->carrier->name));
    old->same = text_equal(old->carrier->type_name, old->type_name);
    old->read_sql = old->same ? value : cast_back(build, old, value);
    if (!old->read_sql)
        read_nothing(build, old,
                     arena_printf(build->arena,
                                  "there is no cast from %s, the type of %s, to %s; say under `columns` how it is read",
                                  old->carrier->type_name, old->carrier->name, old->type_name));
}

/* `login` or `t.login`. */
static const Column *plain_column(const CompatBuild *build, const CompatColumn *given)
{
    char *table = NULL, *name = NULL;
    if (!given->sql.text || !quote_parse_name(build->arena, given->sql.text, &table, &name) ||
        (table && !text_equal(table, "t")))
        return NULL;
    return relation_column(build->view->into, name);
}

static void read_given(CompatBuild *build, CompatOld *old)
{
    old->carrier = plain_column(build, old->given);
    if (old->carrier) {
        old->direct =
            !mapping_find(mapping_to_target(build->compat->entity), old->carrier->name) && !old->carrier->generated;
        read_carrier(build, old);
    } else {
        old->read_sql = arena_printf(build->arena, "(%s)::%s", old->given->sql.text, old->type_name);
    }
}

static const CompatColumn *find_given(const CompatBuild *build, const char *name)
{
    FOR_EACH(const CompatColumn, given, build->compat->compat->columns)
        if (text_equal(given->name.name, name))
            return given;
    return NULL;
}

/* 'active' of 'active'::old_status, a type that the target does not have; NULL: it is not a constant. */
static const char *constant_of(Arena *arena, const char *sql)
{
    const char *end = sql;
    if (*sql != '\'')
        return NULL;
    for (end++; *end && !(end[0] == '\'' && end[1] != '\''); end++)
        end += *end == '\'';
    bool cast = text_starts_with(end, "'::") && strcspn(end + 1, "'|+-*/<>=~!@#%^&") == strlen(end + 1);
    return cast ? arena_strndup(arena, sql, (size_t)(end - sql) + 1) : NULL;
}

/* A row that is inserted without it gets what the new table would give it, else what the old one did. */
static const char *find_default(const CompatBuild *build, const GatheredCompat *gathered, const CompatOld *old)
{
    const Column *carrier = old->carrier, *column = old->column;
    if (carrier && (carrier->has_default || carrier->identity))
        return carrier->identity ? NULL : carrier->default_sql;
    if (build->plan->gathered->same && column->identity && column->sequence)
        return arena_printf(
            build->arena, "pg_catalog.nextval(%s)",
            quote_literal(build->arena, quote_qualified(build->arena, column->sequence_schema, column->sequence)));
    if (!column->has_default || column->generated || !column->default_sql)
        return NULL;
    return string_list_contains(&gathered->defaults, column->name) ? column->default_sql
                                                                   : constant_of(build->arena, column->default_sql);
}

static void read_columns(CompatBuild *build, const GatheredCompat *gathered)
{
    FOR_EACH(const Column, column, build->compat->like->columns) {
        CompatOld *old = LIST_ADD(build->arena, &build->view->old);
        *old = (CompatOld){.column = column, .given = find_given(build, column->name)};
        find_type(build, old);
        if (!old->given)
            old->carrier = find_carrier(build, old);
        if (old->given)
            read_given(build, old);
        else if (old->carrier)
            read_carrier(build, old);
        else
            read_nothing(build, old, "nothing carries it");
        old->default_sql = find_default(build, gathered, old);
    }
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
    return written && !build->view->why_not_written && lineage_to_target(build, column->name, &lineage) &&
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
        note(build, "UPDATE and DELETE are refused: no unique key of %s can be read through it",
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
                               : use_on_target(build, output->type, output->typmod, &ignored);
    CastRequest request = {from, use_of_column(build, mapping->to), value, true};
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
        if (lineage_to_target(build, mapping->name, &lineage) && lineage.keyed) {
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

/* `load` is looked at like a transform whose driving table is called staged. */
static const Transform *look_at_load(const CompatBuild *build, const EntityPlan *entity)
{
    static const KeyColumnList no_key = {0};
    static const StringList none = {0};
    Mistakes ignored = {.arena = build->arena};
    StringList *columns = NEW(build->arena, StringList);
    FOR_EACH(const Mapping, mapping, entity->mappings)
        LIST_PUSH(build->arena, columns, mapping->name);
    TransformRequest request = {.sql = &entity->entity->load,
                                .driving_schema = "pg_temp",
                                .driving_name = "staged",
                                .driving_in_search_path = true,
                                .key = &no_key,
                                .driving_columns = columns,
                                .volatile_functions = &none,
                                .aggregates = &build->plan->gathered->target->aggregate_functions,
                                .set_returning = &build->plan->gathered->target->set_returning_functions};
    return entity->load ? transform_build(build->arena, &request, &ignored) : NULL;
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
    CompatBuild looking = {.arena = arena, .plan = view->plan};
    return transform_over(arena, look_at_load(&looking, entity), staged(arena, view, rows));
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
        if (!old || !lineage_to_target(build, mapping->name, &lineage) ||
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
        note(build, "it shows the rows of all sources: say under `where` which are those of %s",
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
        note(build, "INSERT and UPDATE are refused: the transform cannot be run for one row: %s",
             view->why_not_written);
    else if (view->keyed)
        note(build, "INSERT is refused: %s needs the key of rehome.token(), which the database does not have",
             view->keyed);
    else if (view->source->transform->yield != YIELD_ONE)
        note(build, "a row that the transform leaves out, or makes more than one of, is refused when it is written");
    if (build->compat->entity->gathered->merge && build->compat->entity->entity->rejects.count > 0)
        note(build, "the rules under `rejects` are about merged rows: what is written through the view is not held "
                    "against them");
}

static void decide_writing(CompatBuild *build)
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

/* ---- one view ---- */

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
    build->load = look_at_load(build, entity);
    check_name(build, schema);
    check_like(build);
    check_given(build);
    if (has_mistakes(build, before) || !view.source->transform)
        return;
    read_columns(build, gathered);
    decide_writing(build);
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
