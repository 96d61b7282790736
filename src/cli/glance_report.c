#include "cli/glance_report.h"

#include "base/text.h"
#include "cli/json_value.h"
#include "cli/summary.h"
#include "cli/table.h"

#include <math.h>

static bool is_sample(const GlanceReport *report)
{
    return report->percent > 0;
}

/* ---- text ---- */

static const char *part_of(Arena *arena, double part)
{
    return arena_printf(arena, "%.2g %%", part * 100);
}

static void print_fast(Arena *arena, const GlanceReport *report, FILE *out)
{
    static const TableColumn columns[] = {
        {"entity", false}, {"source rows", true}, {"target rows", true}, {"columns summed", true}, {"time", true}, {"result", false},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const Glance, glance, report->glances) {
        const char **cells = table_add_row(&table);
        cells[0] = glance->entity;
        cells[1] = glance->left_out ? "" : text_of_count(arena, glance->source_rows);
        cells[2] = glance->left_out ? "" : text_of_count(arena, glance->target_rows);
        cells[3] = glance->left_out ? "" : text_of_count(arena, (long long)glance->columns.count);
        cells[4] = text_of_duration(arena, glance->seconds);
        cells[5] = glance->state;
    }
    table_print(&table, out);
}

static void print_sample(Arena *arena, const GlanceReport *report, FILE *out)
{
    static const TableColumn columns[] = {
        {"entity", false},   {"rows compared", true}, {"missing", true}, {"extra", true},
        {"different", true}, {"at most", true},       {"time", true},    {"result", false},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const Glance, glance, report->glances) {
        const int64_t counts[] = {glance->compared, glance->missing, glance->extra, glance->different};
        const char **cells = table_add_row(&table);
        cells[0] = glance->entity;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            cells[1 + i] = glance->left_out ? "" : text_of_count(arena, counts[i]);
        cells[5] = glance->left_out ? "" : part_of(arena, glance->at_most);
        cells[6] = text_of_duration(arena, glance->seconds);
        cells[7] = glance->state;
    }
    table_print(&table, out);
}

static void print_reasons(const GlanceReport *report, FILE *out)
{
    FOR_EACH(const Glance, glance, report->glances) {
        if (glance->left_out)
            fprintf(out, "\n%s was left out: %s\n", glance->entity, glance->left_out);
        FOR_EACH(const char *, complaint, glance->complaints)
            fprintf(out, "\n%s: %s\n", glance->entity, *complaint);
    }
}

static VerificationList as_verifications(Arena *arena, const GlanceReport *report)
{
    VerificationList list = {0};
    FOR_EACH(const Glance, glance, report->glances)
        *LIST_ADD(arena, &list) = (Verification){.entity = glance->entity,
                                                 .missing = glance->missing,
                                                 .extra = glance->extra,
                                                 .different = glance->different,
                                                 .suspect = glance->suspect,
                                                 .differences = glance->differences};
    return list;
}

static const char proves_fast[] =
    "Only rows were counted and numbers added up: values may still be at the wrong rows, and columns that are no numbers\n"
    "may differ. `rehome verify` compares every row.";

void glance_print(Arena *arena, const GlanceReport *report, FILE *out)
{
    VerificationList found = as_verifications(arena, report);
    (is_sample(report) ? print_sample : print_fast)(arena, report, out);
    print_reasons(report, out);
    differences_print(arena, &found, out);
    if (is_sample(report))
        fprintf(out,
                "\n%g %% of the rows of either side were compared, chosen by --seed %d. At most: with 95 %% confidence no\n"
                "larger part of all rows differs. `rehome verify` compares every row.\n",
                report->percent, report->seed);
    else
        fprintf(out, "\n%s\n", proves_fast);
}

/* ---- JSON ---- */

static json_t *glance_json(const GlanceReport *report, const Glance *glance)
{
    json_t *object = json_pack("{s:s, s:s, s:s?, s:f}", "name", glance->entity, "state", glance->state, "left_out",
                               glance->left_out, "seconds", round(glance->seconds * 1000) / 1000);
    const struct {
        const char *name;
        int64_t value;
        bool of_sample;
    } numbers[] = {
        {"source_rows", glance->source_rows, false}, {"target_rows", glance->target_rows, false},
        {"compared", glance->compared, true},        {"missing", glance->missing, true},
        {"extra", glance->extra, true},              {"different", glance->different, true},
        {"suspect", glance->suspect, true},
    };
    for (size_t i = 0; !glance->left_out && i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].of_sample == is_sample(report))
            json_object_set_new(object, numbers[i].name, json_whole(numbers[i].value));
    if (is_sample(report) && !glance->left_out)
        json_object_set_new(object, "at_most", json_real(glance->at_most));
    if (is_sample(report))
        json_object_set_new(object, "differences", differences_json(&glance->differences));
    else
        json_object_set_new(object, "columns_summed", json_strings(&glance->columns));
    json_object_set_new(object, "complaints", json_strings(&glance->complaints));
    return object;
}

void glance_print_json(const GlanceReport *report, FILE *out)
{
    json_t *entities = json_array();
    FOR_EACH(const Glance, glance, report->glances)
        json_array_append_new(entities, glance_json(report, glance));
    json_auto_t *document = json_pack("{s:s, s:s, s:o}", "state", report->state, "method",
                                      is_sample(report) ? "sample" : "fast", "entities", entities);
    if (is_sample(report)) {
        json_object_set_new(document, "percent", json_real(report->percent));
        json_object_set_new(document, "seed", json_integer(report->seed));
        json_object_set_new(document, "confidence", json_real(0.95));
    }
    json_print(document, JSON_INDENT(2), out);
}

bool glance_judge(const GlanceReport *report, Error *error)
{
    if (text_equal(report->state, "passed"))
        return true;
    if (text_equal(report->state, "suspect"))
        return error_set(error, ERROR_DIFFERENT, "rows differ that somebody is writing");
    return error_set(error, ERROR_DIFFERENT, "verification found differences");
}
