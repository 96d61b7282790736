#include "cli/bench_report.h"

#include "base/text.h"
#include "cli/json_value.h"
#include "cli/table.h"

#include <math.h>

static char *milliseconds(Arena *arena, double ms)
{
    return arena_printf(arena, ms < 10 ? "%.2f ms" : ms < 100 ? "%.1f ms" : "%.0f ms", ms);
}

void benches_print(Arena *arena, const BenchOutcomeList *benches, FILE *out)
{
    static const TableColumn columns[] = {{"bench", false},        {"old", true},         {"new", true},
                                          {"times as fast", true}, {"old queries", true}, {"new queries", true},
                                          {"runs", true},          {"state", false}};
    if (benches->count == 0)
        return;
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const BenchOutcome, bench, *benches) {
        const char **cells = table_add_row(&table);
        cells[0] = bench->name;
        cells[1] = bench->is_measured ? milliseconds(arena, bench->old_ms) : "";
        cells[2] = bench->is_measured ? milliseconds(arena, bench->new_ms) : "";
        cells[3] = bench->is_measured ? arena_printf(arena, bench->ratio < 10 ? "%.2f" : "%.0f", bench->ratio) : "";
        cells[4] = text_of_count(arena, bench->old_queries);
        cells[5] = text_of_count(arena, bench->new_queries);
        cells[6] = text_of_count(arena, bench->runs);
        cells[7] = bench->state;
    }
    fputc('\n', out);
    table_print(&table, out);
    FOR_EACH(const BenchOutcome, bench, *benches)
        if (bench->why)
            fprintf(out, "%s %s: %s\n", bench->name, bench->state, bench->why);
}

static json_t *number(const BenchOutcome *bench, double value)
{
    return bench->is_measured ? json_real(round(value * 1000) / 1000) : json_null();
}

json_t *benches_json(const BenchOutcomeList *benches)
{
    json_t *array = json_array();
    FOR_EACH(const BenchOutcome, bench, *benches)
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:s?}", "name", bench->name, "state",
                             bench->state, "why", bench->why, "old_ms", number(bench, bench->old_ms), "new_ms",
                             number(bench, bench->new_ms), "ratio", number(bench, bench->ratio), "old_queries",
                             json_whole(bench->old_queries), "new_queries", json_whole(bench->new_queries), "runs",
                             json_whole(bench->runs), "measured_at", bench->measured_at));
    return array;
}
