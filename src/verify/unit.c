#include "verify/unit.h"

#include "base/text.h"
#include "ledger/crosswalk.h"
#include "pg/copy_stream.h"
#include "pg/quote.h"
#include "plan/mapping.h"
#include "sql/embedded.h"
#include "verify/coverage.h"
#include "verify/given.h"

enum { MOST_CHARACTERS = 500 }; /* of a value that is told */

/* Where the rows of a unit can be read. */
typedef struct Reading {
    Conn *conn;
    HashedRows rows;
} Reading;

static void add_units(Arena *arena, const Subject *subject, const Filling *filling, const ChunkRangeList *ranges,
                      UnitList *units)
{
    FOR_EACH(const ChunkRange, range, *ranges)
        LIST_PUSH(arena, units,
                  ((Unit){.subject = subject,
                          .filling = filling,
                          .keys = {.kind = range->kind, .low = range->low, .high = range->high}}));
}

void units_build(Arena *arena, const Subject *subject, UnitList *units)
{
    UnitList sources = {0}, targets = {0};
    FOR_EACH(const Filling, filling, subject->fillings)
        add_units(arena, subject, filling, &filling->ranges, &sources);
    add_units(arena, subject, NULL, &subject->ranges, &targets);
    for (size_t i = 0; i < sources.count || i < targets.count; i++) {
        if (i < sources.count)
            LIST_PUSH(arena, units, sources.items[i]);
        if (i < targets.count)
            LIST_PUSH(arena, units, targets.items[i]);
    }
    FOR_EACH(Unit, unit, *units)
        unit->number = (int)(unit - units->items);
}

void units_whole(Arena *arena, const Subject *subject, UnitList *units)
{
    FOR_EACH(const Filling, filling, subject->fillings)
        LIST_PUSH(arena, units, ((Unit){.subject = subject, .filling = filling}));
    LIST_PUSH(arena, units, ((Unit){.subject = subject}));
}

/* ---- reading ---- */

static bool fill_staged(Arena *arena, const Unit *unit, const EntityPlan *entity, Desk *desk, Error *error)
{
    const char *select = subject_staged_select(arena, unit->filling, entity, &unit->keys);
    if (desk->source == desk->target)
        return conn_exec(desk->target, arena_printf(arena, "INSERT INTO pg_temp.staged %s", select), NO_PARAMS, NULL,
                         error);
    const char *format = entity->binary ? "binary" : "text";
    CopyResult copied;
    return copy_stream_relay(desk->source, arena_printf(arena, "COPY (%s) TO STDOUT (FORMAT %s)", select, format),
                             desk->target, arena_printf(arena, "COPY pg_temp.staged FROM STDIN (FORMAT %s)", format),
                             NULL, &copied, error);
}

/* With its crosswalks, which are read on the target as it is now. */
static bool bring(Arena *arena, const Unit *unit, Desk *desk, const EntityPlan **entity, Error *error)
{
    *entity = unit->filling->entity;
    if (!crosswalk_is_read(*entity))
        return true;
    if (!desk_read_target(desk, error))
        return false;
    const VerifyRequest *request = desk->request;
    CrosswalkReach reach = {request->plan->gathered, request->migration, desk->source, desk->target,
                            desk->source_snapshot};
    *entity = crosswalk_bring(arena, &reach, *entity, error);
    return *entity != NULL;
}

/* `load` runs on the target over the rows named `staged`. */
static bool open_load(Arena *arena, const Unit *unit, Desk *desk, const EntityPlan **entity, Error *error)
{
    return desk_leave_snapshot(desk, error) &&
           conn_exec(desk->target, "DROP TABLE IF EXISTS pg_temp.staged", NO_PARAMS, NULL, error) &&
           conn_exec(desk->target, subject_create_staged(arena, unit->filling->entity), NO_PARAMS, NULL, error) &&
           desk_read_target(desk, error) && conn_exec(desk->target, sql_plan_prefer_staged, NO_PARAMS, NULL, error) &&
           desk_read_source(desk, error) && bring(arena, unit, desk, entity, error) &&
           fill_staged(arena, unit, *entity, desk, error);
}

static bool reading_open(Arena *arena, const Unit *unit, Desk *desk, TransformShape shape, Reading *reading,
                         Error *error)
{
    const EntityPlan *entity = NULL;
    bool opened;
    if (!unit->filling)
        opened = desk_read_target(desk, error);
    else if (unit->filling->entity->load)
        opened = open_load(arena, unit, desk, &entity, error);
    else
        opened = desk_read_source(desk, error) && bring(arena, unit, desk, &entity, error);
    if (!opened)
        return false;
    bool on_source = unit->filling && !unit->filling->entity->load;
    reading->conn = on_source ? desk->source : desk->target;
    reading->rows = unit->filling ? subject_source_rows(arena, unit->subject, unit->filling, entity, &unit->keys, shape)
                                  : subject_target_rows(arena, unit->subject, &unit->keys);
    if (unit->given)
        given_keep(arena, unit->subject, unit->filling, unit->given, &reading->rows);
    return true;
}

Result *unit_sums(const Unit *unit, Desk *desk, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Reading reading;
    if (unit->counts)
        return desk_read_source(desk, error)
                   ? conn_query(desk->source, coverage_count(arena, unit->filling->entity), NO_PARAMS, error)
                   : NULL;
    if (!reading_open(arena, unit, desk, TRANSFORM_PLAIN, &reading, error))
        return NULL;
    return conn_query(reading.conn, hashed_sums(arena, &reading.rows, unit->subject->buckets), NO_PARAMS, error);
}

const char *unit_rows_from(Arena *arena, const Unit *unit, Desk *desk, Conn **conn, Error *error)
{
    Reading reading;
    if (!reading_open(arena, unit, desk, TRANSFORM_PLAIN, &reading, error))
        return NULL;
    *conn = reading.conn;
    return reading.rows.from;
}

/* ---- staging ---- */

static bool stage_source(Arena *arena, const Reading *reading, Desk *desk, BucketFilter filter, Error *error)
{
    const char *columns = reading->rows.also ? "entity, kh, h, key, driving" : "entity, kh, h, key";
    const char *pairs = hashed_pairs(arena, &reading->rows, filter);
    if (reading->conn == desk->target)
        return quiet_count(&desk->office->quiet, desk->target, error) &&
               conn_exec(desk->target, arena_printf(arena, "INSERT INTO pg_temp.rehome_source (%s) %s", columns, pairs),
                         NO_PARAMS, NULL, error);
    CopyResult copied;
    return desk_write(desk, "", error) &&
           copy_stream_relay(reading->conn, arena_printf(arena, "COPY (%s) TO STDOUT (FORMAT binary)", pairs),
                             desk->target,
                             arena_printf(arena, "COPY pg_temp.rehome_source (%s) FROM STDIN (FORMAT binary)", columns),
                             NULL, &copied, error);
}

bool unit_stage(const Unit *unit, Desk *desk, BucketFilter filter, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Reading reading;
    if (!reading_open(arena, unit, desk, TRANSFORM_WITH_KEY, &reading, error))
        return false;
    if (unit->filling)
        return stage_source(arena, &reading, desk, filter, error) && conn_commit(desk->target, error);
    return conn_exec(desk->target, subject_insert_target(arena, unit->subject, &reading.rows, filter), NO_PARAMS, NULL,
                     error);
}

/* ---- some rows by name ---- */

static void add_details(Arena *arena, const Unit *unit, const StringList *columns, Text *sql)
{
    const MappingList *mappings = unit->filling ? unit->filling->mappings : NULL;
    Text digests = text_new(arena);
    text_add(sql, "ARRAY[");
    FOR_EACH(const char *, name, *columns) {
        const char *comma = name == columns->items ? "" : ", ";
        const Mapping *mapping = mapping_find(mappings ? mappings : subject_mappings(unit->subject, *name), *name);
        const char *value =
            unit->filling ? mapping->select_sql : arena_printf(arena, "\"t\".%s", quote_name(arena, *name));
        text_addf(sql, "%spg_catalog.left((%s)::pg_catalog.text, %d)", comma, value, MOST_CHARACTERS);
        text_addf(&digests, "%spg_catalog.md5(%s)", comma,
                  unit->filling ? mapping->hash_from_sql : mapping->hash_to_sql);
    }
    text_addf(sql, "]::pg_catalog.text[] AS texts, ARRAY[%s]::pg_catalog.text[] AS digests", digests.chars);
}

Result *unit_rows(const Unit *unit, Desk *desk, const char *hashes, const StringList *columns, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Reading reading;
    if (!reading_open(arena, unit, desk, TRANSFORM_PLAIN, &reading, error))
        return NULL;
    Text also = text_new(arena);
    add_details(arena, unit, columns, &also);
    reading.rows.also = also.chars;
    const char *sql = arena_printf(arena,
                                   "SELECT p.kh, p.h, p.texts, p.digests FROM (%s) AS p "
                                   "WHERE p.kh IN (SELECT pg_catalog.unnest(%s::pg_catalog.int8[]))",
                                   hashed_pairs(arena, &reading.rows, (BucketFilter){0}), quote_literal(arena, hashes));
    return conn_query(reading.conn, sql, NO_PARAMS, error);
}
