#include "assess/profile.h"

#include "assess/comeback.h"
#include "assess/shadow.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"

#include <string.h>

const char *comeback_name(Comeback comeback)
{
    static const char *const names[] = {
        [COMEBACK_BY_TYPE] = "by type", [COMEBACK_COUNTED] = "counted", [COMEBACK_UNKNOWN] = "unknown"};
    return names[comeback];
}

/* ---- which rows ---- */

#define MARK SHADOW_PREFIX "mark"

/* The subtransaction of a row is younger than those of all rows before it. */
bool profile_mark(Arena *arena, Conn *target, const char **mark, Error *error)
{
    if (!conn_script(target, "CREATE TEMPORARY TABLE IF NOT EXISTS " MARK " (); SAVEPOINT rehome_mark", error))
        return false;
    AUTO(Result) *result = conn_query(target, "INSERT INTO pg_temp." MARK " DEFAULT VALUES RETURNING xmin", NO_PARAMS, error);
    if (!result)
        return false;
    *mark = result_copy(arena, result, 0, 0);
    return conn_exec(target, "RELEASE SAVEPOINT rehome_mark", NO_PARAMS, NULL, error);
}

static char *rows_after(Arena *arena, const ProfileRequest *request)
{
    return arena_printf(arena,
                        "%s AS t WHERE pg_catalog.age(t.xmin) < pg_catalog.age('%s'::pg_catalog.xid)"
                        " AND pg_catalog.age(t.xmin) > pg_catalog.age('%s'::pg_catalog.xid)",
                        request->entity->into->sql_name, request->first, request->last);
}

/* Driving rows, without those that `where` leaves out; NULL: there is no one driving table. */
static char *rows_before(Arena *arena, const ProfileRequest *request)
{
    const EntityPlan *entity = request->entity;
    const char *from = entity->driving && entity->driving->may_select ? transform_driving_from(arena, entity->transform) : NULL;
    if (!from)
        return NULL;
    Text sql = text_new(arena);
    text_add(&sql, from + strlen("FROM "));
    for (size_t i = 0; request->ranges && i < request->ranges->count; i++) {
        const ChunkRange *range = &request->ranges->items[i];
        const KeySet keys = {.kind = range->kind, .key = &entity->gathered->walk_key, .low = range->low, .high = range->high};
        text_add(&sql, i == 0 ? "\n AND (" : " OR ");
        keyset_predicate(&sql, &keys, NULL);
        text_add(&sql, i + 1 == request->ranges->count ? ")" : "");
    }
    return sql.chars;
}

/* ---- where a column comes from ---- */

static const char *driving_column(const EntityPlan *entity, const char *output, bool *computed, bool *cast)
{
    const Lineage *lineage = lineage_of(entity->transform, output);
    const char *column = lineage_column(lineage);
    if (!column || entity->gathered->merge)
        return NULL;
    *computed |= lineage->computed;
    *cast |= lineage->cast;
    return column;
}

/* What `load` gives under this name may come from a staged column, and that from a driving one. */
static const char *origin_of(const EntityPlan *entity, const char *output, bool *computed, bool *cast)
{
    if (!entity->load)
        return driving_column(entity, output, computed, cast);
    const Lineage *lineage = entity->gathered->loading ? lineage_of(entity->gathered->loading, output) : NULL;
    const char *staged = lineage_column(lineage);
    if (!staged)
        return NULL;
    *computed |= lineage->computed;
    *cast |= lineage->cast;
    return driving_column(entity, staged, computed, cast);
}

static const Column *old_column(const EntityPlan *entity, const Profile *profile)
{
    return profile->from && entity->driving ? relation_column(entity->driving, profile->from) : NULL;
}

static void list_columns(Arena *arena, const EntityPlan *entity, ProfileList *profiles)
{
    FOR_EACH(const Mapping, mapping, *mapping_to_target(entity)) {
        Profile *profile = LIST_ADD(arena, profiles);
        bool cast = false;
        *profile = (Profile){.column = mapping->name, .cast = mapping->cast, .comeback = COMEBACK_UNKNOWN};
        profile->from = origin_of(entity, mapping->name, &profile->computed, &cast);
        profile->hidden = string_list_contains(&entity->hidden, profile->column) ||
                          (profile->from && string_list_contains(&entity->hidden, profile->from));
        if (profile->from && !profile->computed && !cast && mapping->cast <= CAST_LOSSLESS)
            profile->comeback = COMEBACK_BY_TYPE;
    }
}

/* ---- both sides ---- */

static const Type *base_type(const Catalog *catalog, const Column *column)
{
    int32_t typmod = -1;
    return catalog_base_type(catalog, column->type, &typmod);
}

static bool load_after(Arena *arena, const ProfileRequest *request, ProfileList *profiles, Error *error)
{
    const Relation *into = request->entity->into;
    ContentsColumnList columns = {0};
    FOR_EACH(Profile, profile, *profiles) {
        const Column *column = relation_column(into, profile->column);
        if (column)
            LIST_PUSH(arena, &columns, ((ContentsColumn){column->name, base_type(request->target, column), profile->hidden, &profile->after}));
    }
    const ContentsRequest asked = {request->to, into, rows_after(arena, request), true};
    return contents_load(arena, &asked, &columns, error);
}

/* Several columns may come from the same one. */
static bool load_before(Arena *arena, const ProfileRequest *request, ProfileList *profiles, Error *error)
{
    const ContentsRequest asked = {request->from, request->entity->driving, rows_before(arena, request), false};
    ContentsColumnList columns = {0};
    if (!asked.rows)
        return true;
    FOR_EACH(Profile, profile, *profiles) {
        const Column *column = old_column(request->entity, profile);
        if (column)
            LIST_PUSH(arena, &columns, ((ContentsColumn){column->name, base_type(request->source, column), profile->hidden, &profile->before}));
    }
    return contents_load(arena, &asked, &columns, error);
}

static bool count_lost(Arena *arena, const ProfileRequest *request, ProfileList *profiles, Error *error)
{
    ComebackColumnList columns = {0};
    const EntityPlan *entity = request->entity;
    if (!comeback_is_possible(entity))
        return true;
    FOR_EACH(const Profile, profile, *profiles) {
        const Column *old = old_column(entity, profile);
        if (old && profile->comeback == COMEBACK_UNKNOWN)
            LIST_PUSH(arena, &columns, ((ComebackColumn){.mapping = mapping_find(&entity->mappings, profile->column), .old = old}));
    }
    if (!comeback_count(arena, entity, request->source, request->ranges, request->from, &columns, error))
        return false;
    FOR_EACH(const ComebackColumn, column, columns)
        FOR_EACH(Profile, profile, *profiles)
            if (text_equal(profile->column, column->mapping->name) && column->counted) {
                profile->comeback = COMEBACK_COUNTED;
                profile->changed = column->changed;
                profile->example = column->example;
            }
    return true;
}

/* ---- what is odd ---- */

__attribute__((format(printf, 3, 4))) static void note(Arena *arena, Profile *profile, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    LIST_PUSH(arena, &profile->odd, arena_vprintf(arena, format, arguments));
    va_end(arguments);
}

static bool has_fewer_values(const ColumnContents *before, const ColumnContents *after)
{
    return !before->estimated && !after->estimated && after->distinct >= 0 && after->distinct < before->distinct &&
           after->rows >= before->rows;
}

void profile_judge(Arena *arena, Profile *profile)
{
    const ColumnContents *before = &profile->before, *after = &profile->after;
    bool empty = after->known && after->rows > 0 && after->nulls == after->rows;
    if (empty && !(before->known && before->nulls == before->rows))
        note(arena, profile, "nothing but nulls");
    if (profile->comeback == COMEBACK_COUNTED && profile->changed > 0)
        note(arena, profile, "%s of old values cannot be had back", text_of_count(arena, profile->changed));
    if (!before->known || !after->known || empty)
        return;
    if (after->nulls > before->nulls)
        note(arena, profile, "%s nulls more", text_of_count(arena, after->nulls - before->nulls));
    if (after->blanks > before->blanks)
        note(arena, profile, "%s blanks more", text_of_count(arena, after->blanks - before->blanks));
    if (after->distinct == 1 && before->distinct > 1)
        note(arena, profile, "one value for all");
    else if (has_fewer_values(before, after))
        note(arena, profile, "%s values where there were %s", text_of_count(arena, after->distinct), text_of_count(arena, before->distinct));
}

bool profile_load(Arena *arena, const ProfileRequest *request, ProfileList *profiles, Error *error)
{
    list_columns(arena, request->entity, profiles);
    if (!load_before(arena, request, profiles, error) || !load_after(arena, request, profiles, error) ||
        !count_lost(arena, request, profiles, error))
        return false;
    FOR_EACH(Profile, profile, *profiles)
        profile_judge(arena, profile);
    return true;
}
