#include "cli/dry_run_report.h"

#include "base/text.h"
#include "cli/json_value.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "plan/title.h"

/* ---- for people ---- */

static void print_list(const char *title, const StringList *lines, FILE *out)
{
    if (lines->count > 0)
        fprintf(out, "%s:\n", title);
    FOR_EACH(const char *, line, *lines)
        fprintf(out, "  %s\n", *line);
    if (lines->count > 0)
        fputc('\n', out);
}

enum { ENTITY, INTO, STATE, READ, WRITTEN, UNCHANGED, MERGED, FILTERED, REJECTED, CHUNKS, ROWS, TIME };

static void fill_books(Arena *arena, const Books *books, const char **cells)
{
    const int64_t counts[] = {books->read,   books->written,  books->unchanged,
                              books->merged, books->filtered, books->rejected};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cells[READ + i] = text_of_count(arena, counts[i]);
}

static void print_entities(Arena *arena, const DryRun *report, FILE *out)
{
    static const TableColumn columns[] = {
        [ENTITY] = {"entity", false},    [INTO] = {"into", false},           [STATE] = {"first chunk", false},
        [READ] = {"read", true},         [WRITTEN] = {"written", true},      [UNCHANGED] = {"unchanged", true},
        [MERGED] = {"merged", true},     [FILTERED] = {"filtered", true},    [REJECTED] = {"rejected", true},
        [CHUNKS] = {"all chunks", true}, [ROWS] = {"all rows, about", true}, [TIME] = {"time", true},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const DryEntity, entity, report->entities) {
        const char **cells = table_add_row(&table);
        cells[ENTITY] = entity->plan->entity->name;
        cells[INTO] = title_of_relation(arena, entity->plan->into);
        cells[STATE] = dry_state_name(entity->state);
        if (entity->has_books)
            fill_books(arena, &entity->books, cells);
        cells[CHUNKS] = text_of_count(arena, entity->chunks);
        cells[ROWS] = text_of_count(arena, entity->plan->estimated_rows);
        cells[TIME] = text_of_duration(arena, entity->seconds);
    }
    table_print(&table, out);
}

static void print_rejects(Arena *arena, const DryRun *report, FILE *out)
{
    static const TableColumn columns[] = {
        {"rejects of", false}, {"rows", true}, {"budget", false}, {"reason", false}, {"for example", false}};
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const DryEntity, entity, report->entities)
        FOR_EACH(const DryReject, reject, entity->rejects) {
            const char **cells = table_add_row(&table);
            cells[0] = entity->plan->entity->name;
            cells[1] = text_of_count(arena, reject->rows);
            cells[2] = reject->over_budget ? "over" : "none set";
            cells[3] = reject->reason;
            cells[4] = string_list_join(arena, &reject->keys, ", ");
        }
    if (table.rows.count == 0)
        return;
    fputc('\n', out);
    table_print(&table, out);
}

static void print_remarks(const DryRun *report, FILE *out)
{
    FOR_EACH(const DryEntity, entity, report->entities) {
        if (entity->error)
            fprintf(out, "\n%s %s: %s\n", entity->plan->entity->name,
                    entity->state == DRY_FAILED ? "would fail" : "cannot be told", entity->error->message);
        FOR_EACH(const char *, note, entity->notes)
            fprintf(out, "%s%s: %s\n", entity->error ? "" : "\n", entity->plan->entity->name, *note);
    }
}

void dry_run_print(Arena *arena, const Plan *plan, const DryRun *report, FILE *out)
{
    fprintf(out, "%s: a dry run; everything was rolled back\n\n", plan->manifest->name);
    print_list("expand, to be run once", &report->expand, out);
    print_list("seed, to be run once", &report->seed, out);
    print_entities(arena, report, out);
    print_rejects(arena, report, out);
    print_remarks(report, out);
    checks_print(&report->checks, out);
    if (report->notes.count > 0)
        fputc('\n', out);
    FOR_EACH(const char *, note, report->notes)
        fprintf(out, "note: %s\n", *note);
    fprintf(out, "\nNothing was written on either side. What was locked on the target is free again, after %s.\n",
            text_of_duration(arena, report->seconds));
}

/* ---- as JSON ---- */

static json_t *books_json(const Books *books)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "driving", json_whole(books->driving), "read",
                     json_whole(books->read), "written", json_whole(books->written), "unchanged",
                     json_whole(books->unchanged), "merged", json_whole(books->merged), "filtered",
                     json_whole(books->filtered), "rejected", json_whole(books->rejected));
}

static json_t *rejects_json(const DryEntity *entity)
{
    json_t *array = json_array();
    FOR_EACH(const DryReject, reject, entity->rejects)
        json_array_append_new(array, json_pack("{s:s, s:o, s:b, s:o}", "reason", reject->reason, "rows",
                                               json_whole(reject->rows), "over_budget", reject->over_budget, "keys",
                                               json_keys(&reject->keys)));
    return array;
}

static json_t *error_json(const Error *error)
{
    if (!error)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s}", "sqlstate", error->sqlstate, "message", error->message, "detail",
                     error->detail, "hint", error->hint);
}

static json_t *entity_json(const DryEntity *entity)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:s?, s:{s:o, s:o}, s:o, s:o, s:o, s:o}", "name",
                     entity->plan->entity->name, "into", entity->plan->into->name, "into_schema",
                     entity->plan->into->schema, "state", dry_state_name(entity->state), "books",
                     entity->has_books ? books_json(&entity->books) : json_null(), "keys", entity->keys, "chunks",
                     "total", json_whole(entity->chunks), "done", json_whole(entity->chunks_done), "estimated_rows",
                     json_whole(entity->plan->estimated_rows), "rejects", rejects_json(entity), "notes",
                     json_strings(&entity->notes), "error", error_json(entity->error));
}

json_t *dry_run_json(const Plan *plan, const DryRun *report)
{
    json_t *entities = json_array();
    FOR_EACH(const DryEntity, entity, report->entities)
        json_array_append_new(entities, entity_json(entity));
    return json_pack("{s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:f}", "dry_run", true, "migration", plan->manifest->name,
                     "expand", json_strings(&report->expand), "seed", json_strings(&report->seed), "checks",
                     checks_json(&report->checks), "entities", entities, "notes", json_strings(&report->notes),
                     "seconds", report->seconds);
}
