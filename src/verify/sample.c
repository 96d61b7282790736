#include "verify/glance.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/copy_stream.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "verify/compare.h"
#include "verify/cutting.h"
#include "verify/reach.h"
#include "verify/staging.h"

#include <inttypes.h>

enum { PAGE_OF_KEYS = 2000 };

typedef struct Sampling {
    Arena *arena;
    const Subject *subject;
    double percent;
    int seed;
    int64_t compared;
    Finding *findings;
} Sampling;

/* ---- what can be sampled ---- */

static bool is_sampled(const Relation *relation)
{
    return relation && (relation->kind == 'r' || relation->kind == 'm' || relation->kind == 'p');
}

static const char *why_not(const Subject *subject)
{
    if (subject->key.count == 0)
        return "its rows have no key";
    FOR_EACH(const Filling, filling, subject->fillings) {
        if (filling->entity->load)
            return "its `load` works on all rows together";
        if (!reach_is_narrow(filling) || !is_sampled(filling->entity->driving))
            return "its transform cannot be asked for some rows";
    }
    return is_sampled(subject->into) ? NULL : "its target is no table";
}

static const char *sample_clause(const Sampling *sampling)
{
    return arena_printf(sampling->arena, "TABLESAMPLE BERNOULLI (%.6f) REPEATABLE (%d)", sampling->percent,
                        sampling->seed);
}

static bool create(Desk *desk, Error *error)
{
    return staging_open(desk, error) && desk_write(desk, "", error) &&
           conn_exec(desk->target, "DROP TABLE IF EXISTS pg_temp.rehome_sample", NO_PARAMS, NULL, error) &&
           conn_exec(desk->target, sql_verify_create_sample, NO_PARAMS, NULL, error) && conn_commit(desk->target, error);
}

/* ---- the source's choice ---- */

static char *choose_driving(const Sampling *sampling, const Filling *filling)
{
    Text sql = text_new(sampling->arena);
    const EntityPlan *entity = filling->entity;
    const KeyColumnList *key = plan_driving_key(entity);
    text_addf(&sql, "SELECT %td::pg_catalog.int4, ARRAY[", filling - sampling->subject->fillings.items + 1);
    FOR_EACH(const KeyColumn, column, *key)
        text_addf(&sql, "%s%s::pg_catalog.text", column == key->items ? "" : ", ",
                  quote_name(sampling->arena, column->name));
    text_addf(&sql, "] FROM %s%s %s", entity->transform->only ? "ONLY " : "", entity->driving->sql_name,
              sample_clause(sampling));
    return sql.chars;
}

static bool bring_choice(const Sampling *sampling, Desk *desk, const Filling *filling, Error *error)
{
    const char *select = choose_driving(sampling, filling);
    if (desk->request->plan->gathered->same)
        return staging_exec(desk, arena_printf(sampling->arena, "INSERT INTO pg_temp.rehome_sample (entity, driving) %s", select),
                            NO_PARAMS, error);
    CopyResult copied;
    return desk_read_source(desk, error) && desk_write(desk, "", error) &&
           copy_stream_relay(desk->source, arena_printf(sampling->arena, "COPY (%s) TO STDOUT (FORMAT binary)", select),
                             desk->target, "COPY pg_temp.rehome_sample (entity, driving) FROM STDIN (FORMAT binary)", NULL,
                             &copied, error) &&
           conn_commit(desk->target, error);
}

/* ---- pages ---- */

/* The next page of what was chosen; none: that was all. */
static bool next_page(const Sampling *sampling, Arena *arena, Desk *desk, size_t entity, int64_t *after, OddRowList *rows,
                      Error *error)
{
    const Subject *subject = sampling->subject;
    size_t driving = entity > 0 ? plan_driving_key(subject->fillings.items[entity - 1].entity)->count : 0;
    Params values = PARAMS(arena_printf(arena, "%" PRId64, *after), arena_printf(arena, "%zu", entity),
                           arena_printf(arena, "%d", PAGE_OF_KEYS));
    AUTO(Result) *page = conn_query(desk->target, sql_verify_sample_page, values, error);
    for (int row = 0; page && row < result_rows(page); row++) {
        *after = result_number(page, row, 0);
        *LIST_ADD(arena, rows) = (OddRow){.key = odd_row_texts(arena, page, row, 1, subject->key.count),
                                          .driving = odd_row_texts(arena, page, row, 2, driving)};
    }
    return page != NULL;
}

/* A unit for each page of an entity's choice; of entity 0 by the target's keys, of `filling` or of the target itself. */
typedef bool PageUnit(const Sampling *sampling, Arena *arena, const OddRowList *rows, Unit *unit, KeySet *keys);

static bool by_driving(const Sampling *sampling, Arena *arena, const OddRowList *rows, Unit *unit, KeySet *keys)
{
    (void)sampling, (void)keys;
    return reach_source(arena, unit->filling, rows, &unit->keys);
}

static bool by_given(const Sampling *sampling, Arena *arena, const OddRowList *rows, Unit *unit, KeySet *keys)
{
    unit->given = keys;
    return reach_target(arena, sampling->subject, rows, keys);
}

static bool by_key(const Sampling *sampling, Arena *arena, const OddRowList *rows, Unit *unit, KeySet *keys)
{
    (void)keys;
    return reach_target(arena, sampling->subject, rows, &unit->keys);
}

static bool stage_pages(const Sampling *sampling, Desk *desk, const Filling *filling, size_t entity, PageUnit *fill,
                        Error *error)
{
    int64_t after = 0;
    bool more = true;
    while (more) {
        AUTO(Arena) *arena = arena_new();
        OddRowList rows = {0};
        KeySet keys = {0};
        Unit unit = {.subject = sampling->subject, .filling = filling};
        if ((filling && !desk_leave_snapshot(desk, error)) ||
            !next_page(sampling, arena, desk, entity, &after, &rows, error))
            return false;
        more = rows.count > 0;
        BucketFilter all = {.buckets = sampling->subject->buckets};
        if (more && fill(sampling, arena, &rows, &unit, &keys) && !unit_stage(&unit, desk, all, error))
            return false;
    }
    return true;
}

/* ---- the target's choice ---- */

/* Where others have rows too, only those that the source has are looked at. */
static bool choose_target(const Sampling *sampling, Desk *desk, Error *error)
{
    const Subject *subject = sampling->subject;
    if (!subject->ours)
        return true;
    Text sql = text_new(sampling->arena);
    text_add(&sql, "INSERT INTO pg_temp.rehome_sample (key) SELECT ARRAY[");
    FOR_EACH(const char *, column, subject->key)
        text_addf(&sql, "%s%s::pg_catalog.text", column == subject->key.items ? "" : ", ",
                  quote_name(sampling->arena, *column));
    bool only = subject->into->kind == 'r' && subject->into->has_children;
    text_addf(&sql, "] FROM %s%s %s WHERE %s", only ? "ONLY " : "", subject->into->sql_name, sample_clause(sampling),
              subject->scoped ? subject_scopes(sampling->arena, subject) : "true");
    return staging_exec(desk, sql.chars, NO_PARAMS, error) &&
           staging_exec(desk, sql_verify_sample_twice, NO_PARAMS, error);
}

static bool stage_target(Sampling *sampling, Desk *desk, Error *error)
{
    if (!staging_exec(desk, sql_verify_sample_keys, NO_PARAMS, error))
        return false;
    AUTO(Result) *count = conn_query(desk->target, "SELECT pg_catalog.count(*) FROM pg_temp.rehome_sample", NO_PARAMS, error);
    sampling->compared = count ? result_number(count, 0, 0) : 0;
    return count && desk_write(desk, "ISOLATION LEVEL REPEATABLE READ", error) &&
           stage_pages(sampling, desk, NULL, 0, by_key, error) && conn_commit(desk->target, error);
}

/* ---- all of it ---- */

static bool stage_source(const Sampling *sampling, Desk *desk, Error *error)
{
    FOR_EACH(const Filling, filling, sampling->subject->fillings) {
        size_t entity = (size_t)(filling - sampling->subject->fillings.items) + 1;
        if (!bring_choice(sampling, desk, filling, error) ||
            !stage_pages(sampling, desk, filling, entity, by_driving, error))
            return false;
    }
    if (!choose_target(sampling, desk, error))
        return false;
    FOR_EACH(const Filling, filling, sampling->subject->fillings)
        if (!stage_pages(sampling, desk, filling, 0, by_given, error))
            return false;
    return true;
}

static bool sample(Desk *desk, void *self, Error *error)
{
    Sampling *sampling = self;
    UnitList units = {0};
    units_whole(sampling->arena, sampling->subject, &units);
    for (size_t i = 0; i < sampling->subject->fillings.count; i++)
        sampling->findings[i] = (Finding){0};
    return create(desk, error) && stage_source(sampling, desk, error) && stage_target(sampling, desk, error) &&
           compare_staged(sampling->arena, desk, sampling->subject, &units, sampling->findings, error);
}

static void conclude(const Sampling *sampling, const Finding *finding, Glance *glance)
{
    glance->compared = sampling->compared;
    glance->missing = finding->missing;
    glance->extra = finding->extra;
    glance->different = finding->different;
    glance->suspect = finding->suspect;
    int64_t odd = finding->missing + finding->extra + finding->different;
    glance->at_most = glance_bound(sampling->compared, odd + finding->suspect);
    glance->state = odd > 0 ? "failed" : finding->suspect > 0 ? "suspect" : "passed";
    FOR_EACH(const OddRow, row, finding->odd)
        LIST_PUSH(sampling->arena, &glance->differences, row->told);
}

static bool look_at(Arena *arena, Desk *desk, const Subject *subject, double percent, int seed, GlanceList *found,
                    Error *error)
{
    Sampling sampling = {arena, subject, percent, seed, 0, NEW_ARRAY(arena, Finding, subject->fillings.count)};
    const char *left_out = why_not(subject);
    double started = clock_now();
    if (!left_out && !desk_try(desk, sample, &sampling, error))
        return error_doing(error, "comparing a sample of %s", subject->into->sql_name);
    FOR_EACH(const Filling, filling, subject->fillings) {
        Glance *glance = LIST_ADD(arena, found);
        *glance = (Glance){.entity = filling->entity->entity->name, .state = "left out", .left_out = left_out};
        if (!left_out)
            conclude(&sampling, &sampling.findings[filling - subject->fillings.items], glance);
        glance->seconds = clock_now() - started;
    }
    return true;
}

bool glance_sample(Arena *arena, const VerifyRequest *request, double percent, int seed, GlanceList *found, Error *error)
{
    AUTO(Snapshot) *target_snapshot = snapshot_new(&request->target, NULL);
    Office *office = NEW(arena, Office);
    *office = (Office){.request = request, .target_snapshot = target_snapshot};
    AUTO(Desk) *desk = desk_new(arena, office);
    SubjectList subjects = {0};
    if (!desk_read_target(desk, error) || !desk_read_source(desk, error) ||
        !quiet_begin(arena, &office->quiet, desk->source, desk->target, error) ||
        !cutting_gather(arena, desk, &subjects, error))
        return error_doing(error, "preparing a sample");
    FOR_EACH(const Subject, subject, subjects)
        if (!look_at(arena, desk, subject, percent, seed, found, error))
            return false;
    return true;
}
