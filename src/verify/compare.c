#include "verify/compare.h"

#include "base/json.h"
#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "verify/looks.h"
#include "verify/named.h"
#include "verify/staging.h"

#include <inttypes.h>

typedef struct Comparison {
    Arena *arena;
    const Subject *subject;
    const UnitList *units;
    BucketFilter filter;
    Finding *findings;
} Comparison;

static bool count_rows(Conn *target, Finding *findings, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_verify_staged_rows, NO_PARAMS, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        Finding *finding = &findings[result_number(result, row, 0) - 1];
        finding->source_rows = result_number(result, row, 1);
        finding->target_rows = result_number(result, row, 2);
    }
    return result != NULL;
}

static bool count_differences(const Comparison *comparison, Conn *target, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_verify_odd_counts, NO_PARAMS, error);
    for (int row = 0; result && row < result_rows(result); row++) {
        Finding *finding = &comparison->findings[result_number(result, row, 0) - 1];
        const char *kind = result_text(result, row, 1);
        int64_t *count = text_equal(kind, "missing")   ? &finding->missing
                         : text_equal(kind, "extra")   ? &finding->extra
                         : text_equal(kind, "suspect") ? &finding->suspect
                                                       : &finding->different;
        *count = result_number(result, row, 2);
    }
    return result != NULL;
}

static char *print_driving_key(Arena *arena, const EntityPlan *entity, const char *const *values)
{
    json_auto_t *object = json_object();
    const KeyColumnList *key = plan_driving_key(entity);
    for (size_t i = 0; i < key->count; i++)
        json_object_set_new(object, key->items[i].name, values[i] ? json_string(values[i]) : json_null());
    return json_text(arena, object, JSON_COMPACT);
}

static void add_odd_row(const Comparison *comparison, const Result *result, int row)
{
    Arena *arena = comparison->arena;
    const Subject *subject = comparison->subject;
    size_t filling = (size_t)result_number(result, row, 0) - 1;
    const EntityPlan *entity = subject->fillings.items[filling].entity;
    OddRow odd = {.filling = filling,
                  .told.kind = result_copy(arena, result, row, 1),
                  .told.suspect = result_bool(result, row, 7),
                  .kh = result_copy(arena, result, row, 2),
                  .source_hash = result_copy(arena, result, row, 3),
                  .target_hash = result_copy(arena, result, row, 4),
                  .key = odd_row_texts(arena, result, row, 5, subject->key.count),
                  .driving = odd_row_texts(arena, result, row, 6, plan_driving_key(entity)->count)};
    odd.told.key = odd.key ? subject_print_key(arena, subject, odd.key) : NULL;
    odd.told.driving_key = odd.driving ? print_driving_key(arena, entity, odd.driving) : NULL;
    LIST_PUSH(arena, &comparison->findings[filling].odd, odd);
}

static bool list_differences(const Comparison *comparison, Conn *target, Error *error)
{
    Params most = PARAMS(arena_printf(comparison->arena, "%d", MOST_NAMED));
    AUTO(Result) *result = conn_query(target, sql_verify_odd_rows, most, error);
    for (int row = 0; result && row < result_rows(result); row++)
        add_odd_row(comparison, result, row);
    return result != NULL;
}

/* For a repair. In one statement, so that what is compared again replaces what was kept. */
static bool keep_odd(const Comparison *comparison, Desk *desk, Error *error)
{
    StringList names = {0};
    if (!desk->request->keep)
        return true;
    FOR_EACH(const Filling, filling, comparison->subject->fillings)
        LIST_PUSH(comparison->arena, &names, filling->entity->entity->name);
    Params values = PARAMS(arena_printf(comparison->arena, "%" PRId64, desk->request->migration),
                           quote_array(comparison->arena, names.items, names.count));
    return staging_exec(desk, sql_verify_keep_odd, values, error);
}

static bool find_differences(const Comparison *comparison, Desk *desk, Error *error)
{
    return staging_pair(desk, error) && looks_run(desk, comparison->subject, comparison->units, error) &&
           desk_leave_snapshot(desk, error) && count_differences(comparison, desk->target, error) &&
           list_differences(comparison, desk->target, error) && keep_odd(comparison, desk, error) &&
           named_fill(comparison->arena, desk, comparison->subject, comparison->units, comparison->findings, error);
}

static bool compare(Desk *desk, void *self, Error *error)
{
    const Comparison *comparison = self;
    for (size_t i = 0; i < comparison->subject->fillings.count; i++)
        comparison->findings[i] = (Finding){0};
    return staging_open(desk, error) && staging_fill_source(desk, comparison->units, comparison->filter, error) &&
           staging_fill_target(desk, comparison->units, comparison->filter, error) &&
           count_rows(desk->target, comparison->findings, error) && find_differences(comparison, desk, error);
}

bool compare_staged(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, Finding *findings,
                    Error *error)
{
    Comparison comparison = {arena, subject, units, {.buckets = subject->buckets}, findings};
    return find_differences(&comparison, desk, error);
}

bool compare_run(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, BucketFilter filter,
                 Finding *findings, Error *error)
{
    Comparison comparison = {arena, subject, units, filter, findings};
    return desk_try(desk, compare, &comparison, error) ||
           error_doing(error, "comparing the rows of %s", subject->into->sql_name);
}
