#include "verify/compare.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

typedef struct Comparison {
    Arena *arena;
    const Subject *subject;
    const UnitList *units;
    BucketFilter filter;
    Finding *findings;
} Comparison;

/* One connection sorts and joins what may be a whole table. */
static bool create_tables(Desk *desk, Error *error)
{
    return desk_leave_snapshot(desk, error) &&
           conn_exec(desk->target, "SET work_mem = '64MB'", NO_PARAMS, NULL, error) &&
           conn_exec(desk->target, "DROP TABLE IF EXISTS pg_temp.rehome_source, pg_temp.rehome_target", NO_PARAMS, NULL,
                     error) &&
           conn_exec(desk->target, sql_verify_create_source, NO_PARAMS, NULL, error) &&
           conn_exec(desk->target, sql_verify_create_target, NO_PARAMS, NULL, error);
}

static bool stage_units(const Comparison *comparison, Desk *desk, bool of_target, Error *error)
{
    FOR_EACH(const Unit, unit, *comparison->units)
        if ((unit->filling == NULL) == of_target && !unit_stage(unit, desk, comparison->filter, error))
            return false;
    return true;
}

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

/* `keys`: an array of arrays, each in its text form. */
static void add_examples(const Comparison *comparison, const char *keys, StringList *examples)
{
    const char **literals;
    size_t count;
    if (comparison->subject->key.count == 0 || !quote_parse_array(comparison->arena, keys, &literals, &count))
        return;
    for (size_t i = 0; i < count && examples->count < MOST_EXAMPLES; i++) {
        const char **values;
        size_t columns;
        if (quote_parse_array(comparison->arena, literals[i], &values, &columns) &&
            columns == comparison->subject->key.count)
            LIST_PUSH(comparison->arena, examples, subject_print_key(comparison->arena, comparison->subject, values));
    }
}

static void add_difference(const Comparison *comparison, const Result *result, int row)
{
    Finding *finding = &comparison->findings[result_number(result, row, 0) - 1];
    const char *what = result_text(result, row, 1);
    int64_t rows = result_number(result, row, 2);
    if (text_equal(what, "missing"))
        finding->missing = rows;
    else if (text_equal(what, "extra"))
        finding->extra = rows;
    else
        finding->different = rows;
    add_examples(comparison, result_text(result, row, 3), &finding->examples);
}

static bool find_differences(const Comparison *comparison, Conn *target, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_verify_differences, NO_PARAMS, error);
    for (int row = 0; result && row < result_rows(result); row++)
        add_difference(comparison, result, row);
    return result != NULL;
}

/* After the sources, because what is taken of the target may depend on them: so in a snapshot that is younger than the
 * staged rows, one for all units. */
static bool stage_target(const Comparison *comparison, Desk *desk, Error *error)
{
    return desk_leave_snapshot(desk, error) && conn_begin(desk->target, "ISOLATION LEVEL REPEATABLE READ", error) &&
           stage_units(comparison, desk, true, error) && conn_commit(desk->target, error);
}

static bool compare(Desk *desk, void *self, Error *error)
{
    const Comparison *comparison = self;
    for (size_t i = 0; i < comparison->subject->fillings.count; i++)
        comparison->findings[i] = (Finding){0};
    return create_tables(desk, error) && stage_units(comparison, desk, false, error) &&
           stage_target(comparison, desk, error) && count_rows(desk->target, comparison->findings, error) &&
           find_differences(comparison, desk->target, error);
}

bool compare_run(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, BucketFilter filter,
                 Finding *findings, Error *error)
{
    Comparison comparison = {arena, subject, units, filter, findings};
    return desk_try(desk, compare, &comparison, error) ||
           error_doing(error, "comparing the rows of %s", subject->into->sql_name);
}
