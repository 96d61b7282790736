/* What was read when, out of the ledger and into a document. */
#include "report/timeline.h"

#include "ledger/number.h"
#include "report/cell.h"
#include "sql/embedded.h"

#include <math.h>
#include <stdlib.h>

static bool load_span(Arena *arena, Conn *target, int64_t migration, Timeline *timeline, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_report_timeline_span, PARAMS(number_text(arena, migration)), error);
    if (!result || result_rows(result) == 0)
        return result != NULL;
    timeline->began = result_copy(arena, result, 0, 0);
    timeline->ended = result_copy(arena, result, 0, 1);
    timeline->from = strtod(result_text(result, 0, 2), NULL);
    timeline->to = strtod(result_text(result, 0, 3), NULL);
    return true;
}

static void load_lane(Arena *arena, const Result *result, int row, TimelineLane *lane)
{
    const StringList pieces = result_list(arena, result, row, 2);
    lane->entity = result_copy(arena, result, row, 0);
    lane->rows = result_number(result, row, 1);
    lane->entities = result_number(result, row, 3);
    for (size_t i = 0; i < pieces.count && i < TIMELINE_PIECES; i++)
        lane->pieces[i] = strtod(pieces.items[i], NULL);
}

bool timeline_load(Arena *arena, Conn *target, int64_t migration, Timeline *timeline, Error *error)
{
    *timeline = (Timeline){0};
    if (!load_span(arena, target, migration, timeline, error) || !timeline->began)
        return error->kind == ERROR_NONE;
    Params values =
        PARAMS(number_text(arena, migration), number_text(arena, TIMELINE_MOST), number_text(arena, TIMELINE_PIECES),
               arena_printf(arena, "%.6f", timeline->from), arena_printf(arena, "%.6f", timeline->to));
    AUTO(Result) *result = conn_query(target, sql_report_timeline, values, error);
    for (int row = 0; result && row < result_rows(result); row++)
        load_lane(arena, result, row, LIST_ADD(arena, &timeline->lanes));
    return result != NULL;
}

json_t *timeline_json(const Timeline *timeline)
{
    if (!timeline->began)
        return json_null();
    json_t *lanes = json_array();
    FOR_EACH(const TimelineLane, lane, timeline->lanes) {
        json_t *pieces = json_array();
        for (size_t i = 0; i < TIMELINE_PIECES; i++)
            json_array_append_new(pieces, json_real(round(lane->pieces[i] * 10) / 10));
        json_array_append_new(lanes,
                              json_pack("{s:s?, s:I, s:I, s:o}", "entity", lane->entity, "entities",
                                        (json_int_t)lane->entities, "rows", (json_int_t)lane->rows, "pieces", pieces));
    }
    return json_pack("{s:o, s:o, s:o}", "began_at", cell_json(CELL_TIME, timeline->began, NULL), "ended_at",
                     cell_json(CELL_TIME, timeline->ended, NULL), "lanes", lanes);
}
