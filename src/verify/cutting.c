#include "verify/cutting.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "verify/bounds.h"
#include "verify/exception.h"
#include "verify/range.h"

#include <inttypes.h>

static void note(const Desk *desk, const char *message)
{
    if (desk->request->events)
        events_emit(desk->request->events, &(Event){.kind = EVENT_NOTE, .message = message});
}

/* ---- which rows ---- */

/* Others who fill the table make its rows nobody's in particular. */
static bool look_for_others(Arena *arena, Desk *desk, Subject *subject, Error *error)
{
    if (!subject->ours || subject->scoped || desk->request->migration == 0)
        return true;
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, desk->request->plan->entities)
        LIST_PUSH(arena, &names, entity->entity->name);
    const char *migration = arena_printf(arena, "%" PRId64, desk->request->migration);
    AUTO(Result) *result = conn_query(desk->target, sql_verify_others,
                                      PARAMS(migration, subject->into->schema, subject->into->name,
                                             quote_array(arena, names.items, names.count)),
                                      error);
    if (result && result_bool(result, 0, 0))
        subject->ours = false;
    return result != NULL;
}

static bool leave_refused_out(Arena *arena, Desk *desk, Filling *filling, Error *error)
{
    const VerifyRequest *request = desk->request;
    if (request->migration == 0)
        return true;
    if (!desk_leave_snapshot(desk, error) ||
        !exception_load(arena, desk->target, request->migration, filling->entity, &filling->refused,
                        error))
        return false;
    if (filling->refused.rows > 0)
        note(desk,
             arena_printf(arena, "%s: %s left out that the target refused", filling->entity->entity->name,
                          text_of_many(arena, filling->refused.rows, "row")));
    return true;
}

/* ---- in which parts ---- */

static bool count_blocks(Arena *arena, Conn *conn, const Relation *relation, int64_t *blocks, Error *error)
{
    AUTO(Result) *result =
        conn_query(conn, sql_verify_blocks, PARAMS(arena_printf(arena, "%u", relation->oid)), error);
    if (result)
        *blocks = result_number(result, 0, 0);
    return result != NULL;
}

static bool cut(Arena *arena, Desk *desk, Conn *conn, const Relation *relation, ChunkRangeList *ranges, Error *error)
{
    int64_t blocks;
    if (!count_blocks(arena, conn, relation, &blocks, error))
        return false;
    ranges_cut(arena, blocks, desk->request->jobs, ranges);
    return true;
}

/* The transform can be narrowed to blocks of its driving table where that is one heap. */
static bool cut_source(Arena *arena, Desk *desk, Filling *filling, Error *error)
{
    const EntityPlan *entity = filling->entity;
    const Relation *driving = entity->driving;
    if (!desk_read_source(desk, error))
        return false;
    Conn *source = desk->source;
    bool together = filling->refused.given.any && !filling->refused.given.shown; /* of rows alike some are left out */
    if (driving && !together && entity->transform->narrowable && (!driving->has_children || entity->transform->only) &&
        range_is_possible(driving, conn_version(source)))
        return cut(arena, desk, source, driving, &filling->ranges, error);
    LIST_PUSH(arena, &filling->ranges, ((ChunkRange){.kind = KEYSET_EVERYTHING}));
    return true;
}

/* The target's rows are read ONLY from a table with children. */
static bool cut_target(Arena *arena, Desk *desk, Subject *subject, Error *error)
{
    Conn *target = desk->target;
    if (range_is_possible(subject->into, conn_version(target)))
        return cut(arena, desk, target, subject->into, &subject->ranges, error);
    LIST_PUSH(arena, &subject->ranges, ((ChunkRange){.kind = KEYSET_EVERYTHING}));
    return true;
}

/* Ranges of the key cost a sample, and may be smaller, because what differs is then read by them and by nothing else. */
static bool choose_buckets(Arena *arena, Desk *desk, Subject *subject, int64_t rows, Error *error)
{
    enum { LEAST = 8, MORE = 8 };
    subject->buckets = hashed_buckets(rows);
    if (subject->buckets < LEAST || !bounds_are_possible(subject))
        return true;
    subject->buckets = hashed_buckets(rows * MORE);
    int64_t blocks;
    if (!desk_read_target(desk, error) || !count_blocks(arena, desk->target, subject->into, &blocks, error))
        return false;
    AUTO(Result) *sample =
        conn_query(desk->target, bounds_sample(arena, subject, rows, blocks, subject->buckets), NO_PARAMS, error);
    for (int row = 0; sample && row < result_rows(sample); row++)
        LIST_PUSH(arena, &subject->bounds.keys, result_copy(arena, sample, row, 1));
    if (sample && result_rows(sample) > 0) {
        subject->buckets = result_rows(sample) + 1;
        subject->bounds.type = relation_column(subject->into, subject->key.items[0])->type_name;
    }
    return sample != NULL;
}

/* ---- all of it ---- */

static bool cut_anew(Arena *arena, Desk *desk, Subject *subject, Error *error)
{
    int64_t rows = 0;
    if (!desk_read_target(desk, error) || !cut_target(arena, desk, subject, error))
        return false;
    FOR_EACH(Filling, filling, subject->fillings) {
        rows += filling->entity->estimated_rows > 0 ? filling->entity->estimated_rows : 0;
        if (!cut_source(arena, desk, filling, error))
            return false;
    }
    return choose_buckets(arena, desk, subject, rows, error);
}

static bool look_at_moves(Arena *arena, Desk *desk, const Subject *subject, PassMoves *moves, Error *error)
{
    StringList names = {0};
    FOR_EACH(const Filling, filling, subject->fillings)
        LIST_PUSH(arena, &names, filling->entity->entity->name);
    return desk_leave_snapshot(desk, error) &&
           pass_moved_last(arena, desk->target, desk->request->migration, &names, moves, error);
}

bool cutting_fill(Arena *arena, Desk *desk, Passbook *book, size_t number, Subject *subject, Error *error)
{
    PassMoves moves = {"", ""};
    if (desk->request->migration != 0 && !look_at_moves(arena, desk, subject, &moves, error))
        return false;
    return passbook_recall(arena, book, number, subject, &moves) || cut_anew(arena, desk, subject, error);
}

static bool know_rows(Arena *arena, Desk *desk, Subject *subject, Error *error)
{
    if (!look_for_others(arena, desk, subject, error))
        return false;
    FOR_EACH(Filling, filling, subject->fillings)
        if (!leave_refused_out(arena, desk, filling, error))
            return false;
    return true;
}

bool cutting_gather(Arena *arena, Desk *desk, SubjectList *subjects, Error *error)
{
    const VerifyRequest *request = desk->request;
    EntityStateList states = {0};
    if (!desk_leave_snapshot(desk, error) ||
        (request->migration != 0 && !ledger_entities(arena, desk->target, request->migration, &states, error)))
        return false;
    subjects_build(arena, request->plan, &states, subjects);
    FOR_EACH(Subject, subject, *subjects)
        if (!know_rows(arena, desk, subject, error))
            return false;
    return true;
}
