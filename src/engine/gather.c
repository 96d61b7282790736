#include "engine/gather.h"

#include "engine/backup.h"
#include "engine/compat.h"
#include "engine/describe.h"
#include "engine/describe_merge.h"

#include "base/text.h"
#include "ledger/crosswalk.h"
#include "pg/quote.h"
#include "transform/script.h"
#include "transform/reads.h"
#include "verify/verify.h"

#include <string.h>

static bool is_selected(const Session *session, const Entity *entity)
{
    return session->only.count == 0 || string_list_contains(&session->only, entity->name);
}

/* ---- names ---- */

/* A table that is not there: what was meant, and how to write it. */
static void miss_relation(const Catalog *catalog, const Name *name, const char *side, Mistakes *mistakes)
{
    const Relation *spelled = catalog_relation_spelled(catalog, name->text);
    const char *nearest = catalog_nearest_relation(mistakes->arena, catalog, name->text);
    if (spelled)
        mistake_add(mistakes, name->place,
                    "no table %s on the %s; there is one spelled exactly so: write '\"%s\"' with double quotes",
                    name->text, side, spelled->name);
    else if (nearest)
        mistake_add(mistakes, name->place, "no table %s on the %s; did you mean %s?", name->text, side, nearest);
    else
        mistake_add(mistakes, name->place, "no table %s on the %s", name->text, side);
}

const Relation *gather_relation(const Catalog *catalog, const Name *name, const char *side, Mistakes *mistakes)
{
    const Relation *relation = catalog_relation(catalog, name->schema, name->name);
    if (!relation)
        miss_relation(catalog, name, side, mistakes);
    return relation;
}

/* A view can be read, but only the tables below it can be written. */
static const Relation *find_target(const Catalog *catalog, const Name *name, Mistakes *mistakes)
{
    const Relation *into = gather_relation(catalog, name, "target", mistakes);
    if (!into || into->kind == 'r' || into->kind == 'p')
        return into;
    mistake_add(mistakes, name->place, "%s on the target is not a table that rows can be copied into", name->text);
    return NULL;
}

static void find_driving(const Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    const Entity *wanted = entity->entity;
    FOR_EACH(Name, name, wanted->from) {
        const Relation *relation = gather_relation(session->gathered.source, name, "source", mistakes);
        if (wanted->from.count == 1)
            entity->driving = relation;
    }
}

/* ---- the key to walk by ---- */

static bool is_text_like(const Type *type)
{
    return type && type->category == 'S';
}

static void find_walk_key(Arena *arena, const Catalog *source, GatheredEntity *entity)
{
    const Index *index = entity->driving ? relation_walk_key(entity->driving) : NULL;
    if (!index)
        return;
    FOR_EACH(int, number, index->columns) {
        const Column *column = relation_column_by_number(entity->driving, *number);
        int32_t typmod = column->typmod;
        const Type *type = catalog_type(source, column->type), *base = catalog_base_type(source, column->type, &typmod);
        KeyColumn *key = LIST_ADD(arena, &entity->walk_key);
        key->name = column->name;
        key->type = type->sql_name;
        key->collate_c = is_text_like(base) && !column->collation_is_c;
        key->integer = base->category == 'N' && (text_equal(base->name, "int2") || text_equal(base->name, "int4") ||
                                                 text_equal(base->name, "int8"));
    }
}

/* ---- transforms ---- */

/* The columns that both sides have by name, but those that the target computes itself. */
static const Sql *default_transform(Arena *arena, const GatheredEntity *entity, Mistakes *mistakes)
{
    Text columns = text_new(arena);
    FOR_EACH(const Column, column, entity->driving->columns) {
        const Column *to = relation_column(entity->into, column->name);
        if (!to || to->generated)
            continue;
        text_separate(&columns, ", ");
        text_add(&columns, quote_name(arena, column->name));
    }
    Sql *sql = NEW(arena, Sql);
    sql->place = entity->entity->place;
    if (columns.length == 0)
        mistake_add(mistakes, sql->place, "entity \"%s\" has no transform, and %s and %s have no column name in common",
                    entity->entity->name, entity->driving->sql_name, entity->into->sql_name);
    sql->text = arena_printf(arena, "SELECT %s FROM %s%s", columns.chars, entity->driving->has_children ? "ONLY " : "",
                             entity->driving->sql_name);
    return columns.length > 0 ? sql : NULL;
}

static const Sql *choose_transform(Arena *arena, GatheredEntity *entity, Mistakes *mistakes)
{
    if (entity->entity->transform.text)
        return &entity->entity->transform;
    entity->default_transform = true;
    if (!entity->driving && entity->entity->from.count != 1)
        mistake_add(mistakes, entity->entity->place,
                    "entity \"%s\" needs a transform: without one table in `from` there is no default",
                    entity->entity->name);
    return entity->driving && entity->into ? default_transform(arena, entity, mistakes) : NULL;
}

/* Tables that the migration fills. */
static const LodgerList *lodgers_of(const Session *session)
{
    const Catalog *target = session->gathered.target;
    LodgerList *lodgers = NEW(session->arena, LodgerList);
    if (!session->replaces_tables)
        return NULL;
    FOR_EACH(const Entity, entity, session->manifest->entities) {
        const Relation *into = catalog_relation(target, entity->into.schema, entity->into.name);
        bool known = false;
        FOR_EACH(const Lodger, lodger, *lodgers)
            known = known || (into && text_equal(lodger->schema, into->schema) && text_equal(lodger->name, into->name));
        if (into && !known)
            LIST_PUSH(session->arena, lodgers,
                      ((Lodger){into->schema, into->name, catalog_relation(target, NULL, into->name) == into}));
    }
    return lodgers;
}

static void build_transform(Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    Arena *arena = session->arena;
    const Sql *sql = choose_transform(arena, entity, mistakes);
    if (!sql || (!entity->driving && entity->entity->from.count == 1))
        return;
    const Catalog *source = session->gathered.source;
    StringList columns = {0};
    if (entity->driving)
        FOR_EACH(const Column, column, entity->driving->columns)
            LIST_PUSH(arena, &columns, column->name);
    TransformRequest request = {.sql = sql,
                                .driving_schema = entity->driving ? entity->driving->schema : NULL,
                                .driving_name = entity->driving ? entity->driving->name : NULL,
                                .driving_in_search_path =
                                    entity->driving &&
                                    catalog_relation(source, NULL, entity->driving->name) == entity->driving,
                                .where = entity->entity->where.text,
                                .key = &entity->walk_key,
                                .lodgers = session->gathered.same ? lodgers_of(session) : NULL,
                                .driving_columns = &columns,
                                .volatile_functions = &source->volatile_functions,
                                .aggregates = &source->aggregate_functions,
                                .set_returning = &source->set_returning_functions};
    size_t before = mistakes->list.count;
    Transform *transform = transform_build(arena, &request, mistakes);
    if (mistakes->list.count == before)
        entity->transform = transform;
}

/* `load` as a transform of the staged rows, for the driving key to be shown beside its output. What is wrong with it
 * the target will say, but nobody is there to say that a crosswalk was not found in it. */
static void build_loading(Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    static const KeyColumnList by_ctid = {0};
    if (!entity->entity->load.text)
        return;
    const Catalog *target = session->gathered.target;
    Mistakes found = {.arena = session->arena};
    TransformRequest request = {.sql = &entity->entity->load,
                                .driving_schema = "pg_temp",
                                .driving_name = "staged",
                                .driving_in_search_path = true,
                                .key = &by_ctid,
                                .whole = true,
                                .lodgers = lodgers_of(session),
                                .volatile_functions = &target->volatile_functions,
                                .aggregates = &target->aggregate_functions,
                                .set_returning = &target->set_returning_functions};
    entity->loading = transform_build(session->arena, &request, &found);
    entity->loading->shows_key = entity->loading->shows_key && found.list.count == 0;
    if (strstr(entity->entity->load.text, "rehome.crosswalk_"))
        FOR_EACH(const Mistake, mistake, found.list)
            LIST_PUSH(mistakes->arena, &mistakes->list, *mistake);
}

/* ---- what the ledger remembers ---- */

/* Was the table empty when it was prepared: from then on the ledger knows. */
static bool learn_empty(Session *session, const EntityStateList *states, GatheredEntity *entity, Error *error)
{
    FOR_EACH(const EntityState, other, *states)
        if (other->prepared && text_equal(other->into_schema, entity->into->schema) &&
            text_equal(other->into_name, entity->into->name)) {
            entity->into_empty = other->was_empty;
            return true;
        }
    return describe_is_empty(session->arena, session->target, entity->into, &entity->into_empty, error);
}

/* Its own rows would be its input: chunk by chunk it would see other ones. */
static void refuse_own_table(const Session *session, const GatheredEntity *entity, Mistakes *mistakes)
{
    if (!session->gathered.same || !entity->transform || !entity->into)
        return;
    FOR_EACH(const TableRead, read, entity->transform->reads)
        if (catalog_relation(session->gathered.source, read->schema, read->name) == entity->into)
            mistake_add(mistakes, entity->transform->sql->place,
                        "entity \"%s\" reads %s, the table that it fills: leave that to `write` (upsert, skip)",
                        entity->entity->name, entity->into->sql_name);
}

/* Over several heaps neither a ctid nor a parent's key tells rows apart. */
static void forget_ambiguous_key(GatheredEntity *entity)
{
    const Relation *driving = entity->driving;
    if (!driving || !entity->transform)
        return;
    bool children = driving->has_children && !entity->transform->only;
    if (children || (driving->kind == 'p' && entity->walk_key.count == 0))
        entity->transform->shows_key = false;
}

/* What libpg_query does not understand reads nothing that we know of: then the order is as the user wrote it. */
static void add_text(Arena *arena, GatheredEntity *entity, SqlReads text, bool is_condition)
{
    const char *sql = text.sql->text;
    if (sql && (is_condition ? reads_of_condition : reads_of_select)(arena, sql, &text.reads))
        LIST_PUSH(arena, &entity->texts, text);
}

static void find_source_reads(Arena *arena, const GatheredEntity *source, GatheredEntity *entity)
{
    if (source->transform)
        add_text(arena, entity, (SqlReads){.sql = source->transform->sql, .what = "transform"}, false);
    add_text(arena, entity, (SqlReads){.sql = &source->entity->where, .what = "where"}, true);
}

static void find_reads(Arena *arena, GatheredEntity *entity)
{
    if (!entity->merge)
        find_source_reads(arena, entity, entity);
    else
        FOR_EACH(const GatheredEntity, source, entity->merge->sources)
            find_source_reads(arena, source, entity);
    add_text(arena, entity, (SqlReads){.sql = &entity->entity->load, .what = "load", .on_target = true}, false);
    FOR_EACH(const RejectRule, rule, entity->entity->rejects)
        add_text(arena, entity, (SqlReads){.sql = &rule->sql, .what = "reject rule", .on_target = rule->of_load}, true);
}

static Transform *seat_empty(Arena *arena, const Gathered *gathered, Transform *transform)
{
    SeatList seats = {0};
    if (!transform || transform->guests.count == 0)
        return transform;
    crosswalk_seat_empty(arena, &gathered->crosswalks, &seats);
    return transform_seat(arena, transform, &seats);
}

static bool has_guests(const GatheredEntity *entity)
{
    return (entity->transform && entity->transform->guests.count > 0) ||
           (entity->loading && entity->loading->guests.count > 0);
}

static void find_source(Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    find_driving(session, entity, mistakes);
    find_walk_key(session->arena, session->gathered.source, entity);
}

static void read_source(Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    build_transform(session, entity, mistakes);
    entity->transform = seat_empty(session->arena, &session->gathered, entity->transform);
    forget_ambiguous_key(entity);
    refuse_own_table(session, entity, mistakes);
}

static void read_sources(Session *session, GatheredEntity *entity, Mistakes *mistakes)
{
    entity->merge = NEW(session->arena, GatheredMerge);
    entity->merge->wanted = entity->entity->merge;
    entity->merge->catalog = session->gathered.source;
    FOR_EACH(const Entity, wanted, entity->entity->merge->sources) {
        GatheredEntity *source = LIST_ADD(session->arena, &entity->merge->sources);
        *source = (GatheredEntity){.entity = wanted, .into = entity->into};
        find_source(session, source, mistakes);
        read_source(session, source, mistakes);
    }
}

static bool gather_entity(Session *session, const EntityStateList *states, GatheredEntity *entity, Mistakes *mistakes,
                          Error *error)
{
    size_t before = mistakes->list.count;
    if (entity->entity->merge)
        read_sources(session, entity, mistakes);
    else
        read_source(session, entity, mistakes);
    build_loading(session, entity, mistakes);
    entity->loading = seat_empty(session->arena, &session->gathered, entity->loading);
    find_reads(session->arena, entity);
    crosswalk_check_reads(&session->gathered, session->manifest, entity, mistakes);
    if (entity->into && !learn_empty(session, states, entity, error))
        return false;
    if (entity->into && entity->merge && !describe_merge(session, entity, mistakes, error))
        return false;
    bool reads_nothing = mistakes->list.count > before && has_guests(entity);
    if (!entity->transform || !entity->into || reads_nothing)
        return true;
    return describe_entity(session, entity, mistakes, error);
}

static bool load_catalogs(Session *session, EntityStateList *states, Error *error)
{
    Arena *arena = session->arena;
    Gathered *gathered = &session->gathered;
    Catalog *target = catalog_load(arena, session->target, error);
    if (!target)
        return false;
    if (session->migration && (!ledger_patch_catalog(arena, session->target, session->migration, target, error) ||
                               !ledger_entities(arena, session->target, session->migration, states, error)))
        return false;
    gathered->target = target;
    gathered->source = gathered->same ? target : catalog_load(arena, session->source, error);
    return gathered->source != NULL;
}

static bool was_copied(const EntityStateList *states, const Entity *entity)
{
    FOR_EACH(const EntityState, state, *states)
        if (text_equal(state->name, entity->name))
            return text_equal(state->state, "copied");
    return false;
}

/* With --only, rows that were kept before are read, if they are all there. */
static bool find_crosswalks(Session *session, const EntityStateList *states, Mistakes *mistakes, Error *error)
{
    Gathered *gathered = &session->gathered;
    gathered->crosswalks = (CrosswalkList){0};
    gathered->temporary = gathered->source->may_create_temporary && !gathered->source->in_recovery;
    if (!crosswalk_load(session->arena, session->target, &gathered->crosswalks, error))
        return false;
    crosswalk_define(session->arena, gathered, &gathered->crosswalks, mistakes);
    FOR_EACH(Crosswalk, crosswalk, gathered->crosswalks)
        FOR_EACH(const Entity, entity, session->manifest->entities)
            if (crosswalk_is_of(crosswalk, entity) && !is_selected(session, entity) && !was_copied(states, entity))
                crosswalk->waits_for = entity->name;
    return true;
}

bool gather(Session *session, Mistakes *mistakes, Error *error)
{
    EntityStateList states = {0};
    memset(&session->gathered.entities, 0, sizeof session->gathered.entities);
    memset(&session->gathered.compats, 0, sizeof session->gathered.compats);
    memset(&session->gathered.awaited, 0, sizeof session->gathered.awaited);
    if (!load_catalogs(session, &states, error) ||
        !verify_hashes_agree(session->source, session->target, &session->gathered.hashes_agree, error) ||
        !verify_records_agree(session->source, session->target, &session->gathered.records_agree, error))
        return false;
    FOR_EACH(const Entity, entity, session->manifest->entities) {
        if (!is_selected(session, entity)) {
            if (!was_copied(&states, entity))
                LIST_PUSH(session->arena, &session->gathered.awaited, entity);
            continue;
        }
        GatheredEntity *gathered = LIST_ADD(session->arena, &session->gathered.entities);
        gathered->entity = entity;
        gathered->into = find_target(session->gathered.target, &entity->into, mistakes);
        if (!entity->merge)
            find_source(session, gathered, mistakes);
    }
    if (!find_crosswalks(session, &states, mistakes, error))
        return false;
    FOR_EACH(GatheredEntity, entity, session->gathered.entities)
        if (!gather_entity(session, &states, entity, mistakes, error))
            return error_doing(error, "entity \"%s\"", entity->entity->name);
    FOR_EACH(const Check, check, session->manifest->checks)
        if (!describe_check(session, check, mistakes, error))
            return error_doing(error, "check \"%s\"", check->name);
    return compat_gather(session, mistakes, error) && backup_gather(session, error);
}

/* ---- which tables a dump must give ---- */

static bool add_reads(Arena *arena, const Sql *sql, StringList *tables)
{
    static const StringList none = {0};
    static const KeyColumnList no_key = {0};
    Mistakes ignored = {.arena = arena};
    TransformRequest request = {.sql = sql,
                                .key = &no_key,
                                .driving_columns = &none,
                                .volatile_functions = &none,
                                .aggregates = &none,
                                .set_returning = &none};
    const Transform *transform = transform_build(arena, &request, &ignored);
    if (ignored.list.count > 0 || !transform->parsed)
        return false;
    FOR_EACH(const TableRead, read, transform->reads)
        if (!text_equal(read->schema, "rehome")) /* the ledger's are on the target */
            LIST_PUSH(arena, tables,
                      read->schema ? quote_qualified(arena, read->schema, read->name) : quote_name(arena, read->name));
    return true;
}

/* A condition reads tables through its sub-selects. */
static bool add_condition_reads(Arena *arena, const Sql *condition, StringList *tables)
{
    if (!condition->text)
        return true;
    Sql query = {.text = arena_printf(arena, "SELECT WHERE (%s\n)", condition->text), .place = condition->place};
    return add_reads(arena, &query, tables);
}

static bool add_source_reads(Arena *arena, const Entity *entity, StringList *tables)
{
    bool known = add_condition_reads(arena, &entity->where, tables);
    FOR_EACH(const Name, name, entity->from)
        LIST_PUSH(arena, tables,
                  name->schema ? quote_qualified(arena, name->schema, name->name) : quote_name(arena, name->name));
    return (!entity->transform.text || add_reads(arena, &entity->transform, tables)) && known;
}

/* Which tables the items of a list read is only known when the source is there to be asked. */
static bool add_entity_reads(Arena *arena, const Entity *entity, StringList *tables)
{
    bool known = true;
    if (entity->for_each.text)
        return false;
    if (!entity->merge)
        known = add_source_reads(arena, entity, tables);
    else
        FOR_EACH(const Entity, source, entity->merge->sources)
            known = add_source_reads(arena, source, tables) && known;
    FOR_EACH(const RejectRule, rule, entity->rejects)
        known = (rule->of_load || add_condition_reads(arena, &rule->sql, tables)) && known;
    return known;
}

static bool add_bench_reads(Arena *arena, const Bench *bench, StringList *tables)
{
    SqlList statements = {0};
    bool known = true;
    script_split(arena, &bench->old_sql, &statements);
    FOR_EACH(const Sql, statement, statements)
        known = add_reads(arena, statement, tables) && known;
    return known;
}

bool gather_tables_read(Arena *arena, const Manifest *manifest, StringList *tables)
{
    bool known = true;
    FOR_EACH(const Entity, entity, manifest->entities)
        known = add_entity_reads(arena, entity, tables) && known;
    FOR_EACH(const Check, check, manifest->checks)
        if (check->side != CHECK_TARGET)
            known = add_reads(arena, &check->sql, tables) && known;
    FOR_EACH(const Bench, bench, manifest->benches)
        known = add_bench_reads(arena, bench, tables) && known;
    return known;
}
