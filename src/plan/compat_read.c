/* What each column of the old table is in the new one. */
#include "plan/compat_build.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/cast.h"
#include "plan/mapping.h"

#include <string.h>

/* ---- types ---- */

static TypeUse use_by_name(const Catalog *target, const Type *type)
{
    const Type *found = catalog_type_by_name(target, type->schema, type->name);
    return found ? type_use_of(target, found->oid, -1) : (TypeUse){0};
}

/* A type of the source, on the target: of the same name there; a domain that is not there is the type below it;
 * anything else is text. */
TypeUse compat_use_on_target(const CompatBuild *build, ObjectId oid, int32_t typmod, const char **name)
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
    old->type = compat_use_on_target(build, old->column->type, old->column->typmod, &old->type_name);
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

bool compat_lineage(const CompatBuild *build, const char *name, Lineage *lineage)
{
    const Transform *last = build->load ? build->load : build->view->source->transform;
    const Lineage *found = lineage_of(last, name);
    if (!found)
        return false;
    *lineage = build->load ? through_load(build, found) : *found;
    return true;
}

TypeUse compat_use_of_column(const CompatBuild *build, const Column *column)
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
    TypeUse now = compat_use_of_column(build, mapping->to);
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
        if (!mapping->to || !compat_lineage(build, mapping->name, &lineage) ||
            !reads_back(build, old, mapping, &lineage) || rank(old, mapping, &lineage) <= best_rank)
            continue;
        best = mapping->to;
        best_rank = rank(old, mapping, &lineage);
        computed = lineage.computed;
    }
    if (computed)
        compat_note(build, "%s reads as the transform has made it", old->column->name);
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
    CastRequest request = {compat_use_of_column(build, old->carrier), old->type, value, true};
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
    compat_note(build, "%s is NULL, and what is written to it is lost: %s", old->column->name, why);
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

void compat_decide_reading(CompatBuild *build, const GatheredCompat *gathered)
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
