#include "ledger/crosswalk.h"

#include "ledger/number.h"

#include "base/text.h"
#include "pg/copy_stream.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <inttypes.h>

/* Up to here rows in the statement cost less than a temporary table, measured: 100 rows 1.5 ms in each statement, a
 * table 2 ms once; 1,000 rows 17 ms and 4 ms. */
static const int64_t FEW_ROWS = 200;
/* Where a session may have no temporary table. At this size each statement takes 0.2 s longer. */
static const int64_t MOST_LITERAL_ROWS = 100000;

/* ---- the tables ---- */

static Crosswalk *last_of(Arena *arena, CrosswalkList *crosswalks, const char *table)
{
    if (crosswalks->count > 0 && text_equal(crosswalks->items[crosswalks->count - 1].table, table))
        return &crosswalks->items[crosswalks->count - 1];
    Crosswalk *crosswalk = LIST_ADD(arena, crosswalks);
    *crosswalk = (Crosswalk){
        .table = arena_strdup(arena, table), .sql_name = quote_qualified(arena, "rehome", table), .exists = true};
    return crosswalk;
}

bool crosswalk_load(Arena *arena, Conn *target, CrosswalkList *crosswalks, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_crosswalks, NO_PARAMS, error);
    if (!result)
        return error_doing(error, "looking for crosswalks in the ledger");
    for (int row = 0; row < result_rows(result); row++) {
        Crosswalk *crosswalk = last_of(arena, crosswalks, result_text(result, row, 0));
        const char *name = result_copy(arena, result, row, 1);
        LIST_PUSH(arena, &crosswalk->columns,
                  ((CrosswalkColumn){.name = name,
                                     .type = result_copy(arena, result, row, 2),
                                     .is_old = text_starts_with(name, "old_"),
                                     .exists = true}));
    }
    return true;
}

static bool is_filled(const Plan *plan, const Crosswalk *crosswalk)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->crosswalk == crosswalk)
            return true;
    return false;
}

/* Another migration may be making the same table. */
static bool install_one(Arena *arena, Conn *target, const Crosswalk *crosswalk, Error *error)
{
    CrosswalkList there = {0};
    Crosswalk current = *crosswalk;
    const char *lock = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('rehome crosswalk', 0))";
    if (!conn_exec(target, lock, NO_PARAMS, NULL, error) || !crosswalk_load(arena, target, &there, error))
        return false;
    current.exists = crosswalk_find(&there, crosswalk->table) != NULL;
    const char *create = crosswalk_create(arena, &current);
    return !create || conn_script(target, create, error) || error_doing(error, "making %s", crosswalk->sql_name);
}

bool crosswalk_install(Arena *arena, Conn *target, const Plan *plan, Error *error)
{
    FOR_EACH(const Crosswalk, crosswalk, plan->gathered->crosswalks)
        if (is_filled(plan, crosswalk) && crosswalk_create(arena, crosswalk) &&
            !install_one(arena, target, crosswalk, error))
            return false;
    return true;
}

bool crosswalk_forget(Arena *arena, Conn *target, const char *migration, const char *entity, Error *error)
{
    CrosswalkList there = {0};
    if (!crosswalk_load(arena, target, &there, error))
        return false;
    const Crosswalk *crosswalk = crosswalk_find(&there, crosswalk_table(arena, entity));
    const char *sql = crosswalk ? arena_printf(arena, "DELETE FROM %s WHERE migration = $1::bigint AND entity = $2",
                                               crosswalk->sql_name)
                                : NULL;
    return !sql || conn_exec(target, sql, PARAMS(migration, entity), NULL, error);
}

/* ---- on a source of its own ---- */

static bool count_rows(Arena *arena, const CrosswalkReach *reach, const Crosswalk *crosswalk, int64_t *rows,
                       Error *error)
{
    const char *sql = arena_printf(arena, "SELECT count(*) FROM (%s LIMIT %" PRId64 ") AS c",
                                   crosswalk_select(arena, crosswalk, reach->migration), MOST_LITERAL_ROWS + 1);
    AUTO(Result) *result = conn_query(reach->target, sql, NO_PARAMS, error);
    if (result)
        *rows = result_number(result, 0, 0);
    return result != NULL;
}

static const char *temporary_name(Arena *arena, const Crosswalk *crosswalk)
{
    return quote_qualified(arena, "pg_temp", crosswalk->table);
}

static bool has_temporary(Arena *arena, Conn *source, const Crosswalk *crosswalk, bool *has, Error *error)
{
    AUTO(Result) *result = conn_query(source, "SELECT pg_catalog.to_regclass($1) IS NOT NULL",
                                      PARAMS(temporary_name(arena, crosswalk)), error);
    if (result)
        *has = result_bool(result, 0, 0);
    return result != NULL;
}

static bool make_temporary(Arena *arena, const CrosswalkReach *reach, const Crosswalk *crosswalk, Error *error)
{
    const char *name = temporary_name(arena, crosswalk);
    Text create = text_new(arena);
    CopyResult copied;
    text_addf(&create, "CREATE TEMPORARY TABLE %s (entity text, source text", quote_name(arena, crosswalk->table));
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        text_addf(&create, ", %s %s", quote_name(arena, column->name), column->type);
    text_add(&create, ") ON COMMIT DROP");
    const char *columns = crosswalk_columns(arena, crosswalk);
    return conn_exec(reach->source, create.chars, NO_PARAMS, NULL, error) &&
           copy_stream_relay(
               reach->target,
               arena_printf(arena, "COPY (%s) TO STDOUT", crosswalk_select(arena, crosswalk, reach->migration)),
               reach->source, arena_printf(arena, "COPY %s (%s) FROM STDIN", name, columns), NULL, &copied, error) &&
           conn_exec(reach->source, arena_printf(arena, "ANALYZE %s", name), NO_PARAMS, NULL, error);
}

/* A transaction that only reads cannot have a table made; one that has begun to write can be told not to go on. Rows of
 * its own are seen although the snapshot is older than they are, those of another transaction would not be. */
static bool make_all(Arena *arena, const CrosswalkReach *reach, const CrosswalkList *wanted, Error *error)
{
    if (!snapshot_import_to_write(reach->snapshot, reach->source, error))
        return false;
    FOR_EACH(const Crosswalk, crosswalk, *wanted)
        if (!make_temporary(arena, reach, crosswalk, error))
            return error_doing(error, "taking %s to the source", crosswalk->sql_name);
    return conn_exec(reach->source, "SET TRANSACTION READ ONLY", NO_PARAMS, NULL, error);
}

/* The tables that the session has had so far are gone with the transaction, so those are made again. */
static bool ensure_temporary(Arena *arena, const CrosswalkReach *reach, const CrosswalkList *wanted, Error *error)
{
    CrosswalkList all = {0};
    bool missing = false;
    FOR_EACH(const Crosswalk, crosswalk, reach->gathered->crosswalks) {
        bool has = false;
        if (!has_temporary(arena, reach->source, crosswalk, &has, error))
            return false;
        bool wants = crosswalk_find(wanted, crosswalk->table) != NULL;
        missing = missing || (wants && !has);
        if (wants || has)
            LIST_PUSH(arena, &all, *crosswalk);
    }
    return !missing || make_all(arena, reach, &all, error);
}

/* SELECT … FROM ROWS FROM (unnest('{…}'::bigint[]), …): arrays are read faster than as many rows of VALUES. */
static char *literal_select(Arena *arena, const CrosswalkReach *reach, const Crosswalk *crosswalk, Error *error)
{
    Text ask = text_new(arena), sql = text_new(arena);
    text_addf(&ask, "SELECT pg_catalog.array_agg(entity)::text, pg_catalog.array_agg(source)::text");
    FOR_EACH(const CrosswalkColumn, column, crosswalk->columns)
        text_addf(&ask, ", pg_catalog.array_agg(%s)::text", quote_name(arena, column->name));
    text_addf(&ask, " FROM (%s) AS c", crosswalk_select(arena, crosswalk, reach->migration));
    AUTO(Result) *rows = conn_query(reach->target, ask.chars, NO_PARAMS, error);
    if (!rows)
        return NULL;
    Text names = text_new(arena);
    text_add(&names, "entity, source");
    for (int i = 0; i < 2 + (int)crosswalk->columns.count; i++) {
        const CrosswalkColumn *column = i < 2 ? NULL : &crosswalk->columns.items[i - 2];
        const char *values = result_is_null(rows, 0, i) ? "{}" : result_text(rows, 0, i);
        text_addf(&sql, "%spg_catalog.unnest(%s::%s[])", i ? ", " : "SELECT * FROM ROWS FROM (",
                  quote_literal(arena, values), column ? column->type : "pg_catalog.text");
        if (column)
            text_addf(&names, ", %s", quote_name(arena, column->name));
    }
    text_addf(&sql, ") AS c(%s)", names.chars);
    return sql.chars;
}

static bool refuse_size(const Crosswalk *crosswalk, Error *error)
{
    error_set(
        error, ERROR_INPUT,
        "%s has more than %" PRId64
        " rows, and the source gives rehome no temporary table to take them to (it is a standby, or the role lacks "
        "TEMPORARY on the database)",
        crosswalk->sql_name, MOST_LITERAL_ROWS);
    return error_hint(error,
                      "Join it in `load`, which runs on the target; or GRANT TEMPORARY ON DATABASE to the role.");
}

static bool seat_on_source(Arena *arena, const CrosswalkReach *reach, const Transform *transform, SeatList *seats,
                           Error *error)
{
    CrosswalkList tables = {0};
    bool temporary = reach->gathered->temporary && reach->snapshot;
    FOR_EACH(const char *, guest, transform->guests) {
        const Crosswalk *crosswalk = crosswalk_find(&reach->gathered->crosswalks, *guest);
        int64_t rows = 0;
        const char *select;
        if (!crosswalk || !count_rows(arena, reach, crosswalk, &rows, error))
            return crosswalk == NULL; /* the empty seat that it has stays */
        if (temporary && rows > FEW_ROWS) {
            LIST_PUSH(arena, &tables, *crosswalk);
            select = arena_printf(arena, "SELECT * FROM %s", temporary_name(arena, crosswalk));
        } else if (rows > MOST_LITERAL_ROWS) {
            return refuse_size(crosswalk, error);
        } else if (!(select = literal_select(arena, reach, crosswalk, error))) {
            return false;
        }
        LIST_PUSH(arena, seats, ((Seat){*guest, select}));
    }
    return tables.count == 0 || ensure_temporary(arena, reach, &tables, error);
}

/* ---- in their seats ---- */

static void seat_on_target(Arena *arena, const CrosswalkReach *reach, const Transform *transform, SeatList *seats)
{
    FOR_EACH(const char *, guest, transform->guests) {
        const Crosswalk *crosswalk = crosswalk_find(&reach->gathered->crosswalks, *guest);
        if (crosswalk)
            LIST_PUSH(arena, seats, ((Seat){*guest, crosswalk_select(arena, crosswalk, reach->migration)}));
    }
}

static bool is_loading(const EntityPlan *entity)
{
    return entity->load && entity->gathered->loading && entity->gathered->loading->guests.count > 0;
}

bool crosswalk_is_read(const EntityPlan *entity)
{
    return entity->transform->guests.count > 0 || is_loading(entity);
}

const EntityPlan *crosswalk_bring(Arena *arena, const CrosswalkReach *reach, const EntityPlan *entity, Error *error)
{
    if (!crosswalk_is_read(entity))
        return entity;
    EntityPlan *brought = NEW(arena, EntityPlan);
    GatheredEntity *gathered = NEW(arena, GatheredEntity);
    SeatList seats = {0}, load_seats = {0};
    *brought = *entity;
    *gathered = *entity->gathered;
    brought->gathered = gathered;
    if (reach->source == reach->target)
        seat_on_target(arena, reach, entity->transform, &seats);
    else if (!seat_on_source(arena, reach, entity->transform, &seats, error))
        return NULL;
    brought->transform = gathered->transform = transform_seat(arena, entity->transform, &seats);
    if (is_loading(entity)) {
        seat_on_target(arena, reach, entity->gathered->loading, &load_seats);
        gathered->loading = transform_seat(arena, entity->gathered->loading, &load_seats);
        brought->load = transform_text(arena, gathered->loading);
    }
    return brought;
}
