#include "cli/assess_report.h"

#include "base/text.h"
#include "cli/json_value.h"
#include "cli/rejects_report.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "copy/statement.h"
#include "plan/title.h"

/* ---- for people ---- */

enum { ENTITY, INTO, SEEN, READ, WRITTEN, UNCHANGED, MERGED, FILTERED, REJECTED, TIME };

static int64_t rejected_in_all(const Assessment *assessment, const char *entity)
{
    int64_t rows = 0;
    FOR_EACH(const RejectGroup, group, assessment->rejects)
        rows += text_equal(group->entity, entity) ? group->rows : 0;
    return rows;
}

/* What keys take out in the end was written by chunks before. */
static Books final_books(const Assessment *assessment, const AssessedEntity *entity)
{
    Books books = entity->books;
    int64_t rejected = rejected_in_all(assessment, entity->plan->entity->name);
    books.written -= rejected - books.rejected;
    books.rejected = rejected;
    return books;
}

static const char *seen(Arena *arena, const AssessedEntity *entity)
{
    if (entity->state != ASSESS_SAMPLED)
        return assess_state_name(entity->state);
    return arena_printf(arena, "%s of %s pieces", text_of_count(arena, entity->chunks_sampled), text_of_count(arena, entity->chunks));
}

static void print_entities(Arena *arena, const Assessment *assessment, FILE *out)
{
    static const TableColumn columns[] = {
        [ENTITY] = {"entity", false},       [INTO] = {"into", false},         [SEEN] = {"looked at", false},
        [READ] = {"read", true},            [WRITTEN] = {"written", true},    [UNCHANGED] = {"unchanged", true},
        [MERGED] = {"merged", true},        [FILTERED] = {"filtered", true},  [REJECTED] = {"rejected", true},
        [TIME] = {"time", true},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const AssessedEntity, entity, assessment->entities) {
        const Books books = final_books(assessment, entity);
        const int64_t counts[] = {books.read, books.written, books.unchanged, books.merged, books.filtered, books.rejected};
        const char **cells = table_add_row(&table);
        cells[ENTITY] = entity->plan->entity->name;
        cells[INTO] = title_of_relation(arena, entity->plan->into);
        cells[SEEN] = seen(arena, entity);
        if (entity->state != ASSESS_TOLD && entity->state != ASSESS_SAMPLED)
            continue;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            cells[READ + i] = text_of_count(arena, counts[i]);
        cells[TIME] = text_of_duration(arena, entity->seconds);
    }
    table_print(&table, out);
}

static void print_failures(const Assessment *assessment, FILE *out)
{
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        if (entity->stop)
            fprintf(out, "\n%s would stop over its budget: %s by then\n", entity->plan->entity->name, entity->stop);
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        if (entity->error)
            fprintf(out, "\n%s would fail: %s\n", entity->plan->entity->name, entity->error->message);
    FOR_EACH(const AssessedStep, step, assessment->failing)
        fprintf(out, "\n%s would fail: %s\n", step->name, step->error->message);
}

static void print_warnings(const Assessment *assessment, FILE *out)
{
    const char *before = "\n";
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        FOR_EACH(const char *, warning, entity->warnings) {
            fprintf(out, "%snot foreseen: %s: %s\n", before, entity->plan->entity->name, *warning);
            before = "";
        }
    FOR_EACH(const char *, note, assessment->notes) {
        fprintf(out, "%snote: %s\n", before, *note);
        before = "";
    }
}

/* ---- columns ---- */

enum { COLUMN, FROM, NULLS, BLANKS, VALUES, LONGEST, LEAST, GREATEST, BACK, ODD };

/* What was and what is, once where they are alike. */
static const char *pair(Arena *arena, const char *before, const char *after)
{
    if (!before || !after || text_equal(before, after))
        return before ? before : after ? after : "";
    return arena_printf(arena, "%s → %s", before, after);
}

static const char *count_cell(Arena *arena, const ColumnContents *facts, int64_t count, bool estimated)
{
    if (!facts->known)
        return NULL;
    return count < 0 ? "?" : arena_printf(arena, "%s%s", estimated ? "~" : "", text_of_count(arena, count));
}

/* The first characters of a value. */
static const char *value_cell(Arena *arena, const Profile *profile, const ColumnContents *facts, const char *value)
{
    enum { MOST = 24 };
    if (!facts->known || facts->nulls == facts->rows)
        return NULL;
    if (profile->hidden)
        return statement_redacted;
    size_t length = 0;
    for (const char *at = value ? value : ""; *at; at++) {
        length += ((unsigned char)*at & 0xC0) != 0x80;
        if (length > MOST)
            return arena_printf(arena, "%.*s…", (int)(at - value), value);
    }
    return value;
}

static const char *back_cell(Arena *arena, const Profile *profile)
{
    if (profile->comeback != COMEBACK_COUNTED)
        return profile->comeback == COMEBACK_BY_TYPE ? "yes" : "";
    if (profile->changed == 0)
        return "yes";
    return arena_printf(arena, "not %s", text_of_count(arena, profile->changed));
}

static void fill_column(Arena *arena, const Profile *profile, const char **cells)
{
    const ColumnContents *before = &profile->before, *after = &profile->after;
    cells[COLUMN] = profile->column;
    cells[FROM] = !profile->from ? "" : profile->computed ? arena_printf(arena, "(%s)", profile->from) : profile->from;
    cells[NULLS] = pair(arena, count_cell(arena, before, before->nulls, false), count_cell(arena, after, after->nulls, false));
    cells[BLANKS] = pair(arena, count_cell(arena, before, before->blanks, false), count_cell(arena, after, after->blanks, false));
    cells[VALUES] = pair(arena, count_cell(arena, before, before->distinct, before->estimated),
                         count_cell(arena, after, after->distinct, after->estimated));
    cells[LONGEST] = pair(arena, count_cell(arena, before, before->longest, false), count_cell(arena, after, after->longest, false));
    cells[LEAST] = pair(arena, value_cell(arena, profile, before, before->least), value_cell(arena, profile, after, after->least));
    cells[GREATEST] = pair(arena, value_cell(arena, profile, before, before->greatest), value_cell(arena, profile, after, after->greatest));
    cells[BACK] = back_cell(arena, profile);
    cells[ODD] = string_list_join(arena, &profile->odd, ", ");
}

static void print_columns(Arena *arena, const Assessment *assessment, bool all, FILE *out)
{
    static const TableColumn columns[] = {[COLUMN] = {"column", false},   [FROM] = {"from", false},     [NULLS] = {"nulls", true},
                                          [BLANKS] = {"blanks", true},    [VALUES] = {"values", true},  [LONGEST] = {"longest", true},
                                          [LEAST] = {"least", false},     [GREATEST] = {"greatest", false},
                                          [BACK] = {"comes back", false}, [ODD] = {"", false}};
    size_t hidden = 0;
    FOR_EACH(const AssessedEntity, entity, assessment->entities) {
        Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
        FOR_EACH(const Profile, profile, entity->columns) {
            if (all || profile->odd.count > 0)
                fill_column(arena, profile, table_add_row(&table));
            else
                hidden++;
        }
        if (table.rows.count == 0)
            continue;
        fprintf(out, "\n%s, before → after:\n", entity->plan->entity->name);
        table_print(&table, out);
    }
    if (hidden > 0)
        fprintf(out, "\nAbout %s nothing is odd; -v shows them, too.\n",
                hidden == 1 ? "one column" : arena_printf(arena, "%zu columns", hidden));
}

static void print_verdict(Arena *arena, const Assessment *assessment, FILE *out)
{
    fprintf(out, "\nA run would end with status %d%s", assessment->predicted_status,
            assessment->predicted_status == 0 && assessment->rejects.count ? ": its rejects are within their budgets" : "");
    if (assessment->run_seconds > 0)
        fprintf(out, ", after about %s", text_of_duration(arena, assessment->run_seconds));
    fprintf(out, ".\nNothing was written on either side; assessing took %s.\n", text_of_duration(arena, assessment->seconds));
}

void assess_print(Arena *arena, const Plan *plan, const Assessment *assessment, bool verbose, FILE *out)
{
    fprintf(out, "%s: what a run would meet%s\n\n", plan->manifest->name,
            assessment->sample < 100 ? arena_printf(arena, ", in a sample of %d%%: there are at least so many", assessment->sample) : "");
    print_entities(arena, assessment, out);
    if (assessment->rejects.count > 0) {
        fputc('\n', out);
        rejects_print(arena, &assessment->rejects, &assessment->budgets, out);
    }
    print_failures(assessment, out);
    print_columns(arena, assessment, verbose, out);
    checks_print(&assessment->checks, out);
    print_warnings(assessment, out);
    print_verdict(arena, assessment, out);
}

/* ---- as JSON ---- */

static json_t *error_json(const Error *error)
{
    if (!error)
        return json_null();
    return json_pack("{s:s, s:s, s:s, s:s}", "sqlstate", error->sqlstate, "message", error->message, "detail", error->detail, "hint",
                     error->hint);
}

static json_t *books_json(const Books *books)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "driving", json_whole(books->driving), "read", json_whole(books->read),
                     "written", json_whole(books->written), "unchanged", json_whole(books->unchanged), "merged", json_whole(books->merged),
                     "filtered", json_whole(books->filtered), "rejected", json_whole(books->rejected));
}

static json_t *facts_json(const ColumnContents *facts, bool hidden)
{
    if (!facts->known)
        return json_null();
    bool tells = !hidden || facts->nulls == facts->rows;
    return json_pack("{s:o, s:o, s:o, s:o, s:b, s:o, s:s?, s:s?}", "rows", json_whole(facts->rows), "nulls", json_whole(facts->nulls),
                     "blanks", json_whole(facts->blanks), "distinct", facts->distinct < 0 ? json_null() : json_whole(facts->distinct),
                     "estimated", facts->estimated, "longest", json_whole(facts->longest), "min",
                     tells ? facts->least : statement_redacted, "max", tells ? facts->greatest : statement_redacted);
}

static json_t *columns_json(const AssessedEntity *entity)
{
    json_t *array = json_array();
    FOR_EACH(const Profile, profile, entity->columns)
        json_array_append_new(
            array, json_pack("{s:s, s:s?, s:b, s:s, s:b, s:o, s:o, s:s, s:o, s:o, s:o}", "name", profile->column, "from", profile->from,
                             "computed", profile->computed, "cast", cast_class_name(profile->cast), "redacted", profile->hidden, "before",
                             facts_json(&profile->before, profile->hidden), "after", facts_json(&profile->after, profile->hidden),
                             "comes_back", comeback_name(profile->comeback), "changed",
                             profile->comeback == COMEBACK_COUNTED ? json_whole(profile->changed) : json_null(), "example",
                             json_key(profile->example), "odd", json_strings(&profile->odd)));
    return array;
}

static json_t *entity_json(const Assessment *assessment, const AssessedEntity *entity)
{
    const Books books = final_books(assessment, entity);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:{s:o, s:o}, s:s?, s:o, s:o, s:o, s:f}", "name", entity->plan->entity->name, "into",
                     entity->plan->into->name, "into_schema", entity->plan->into->schema, "state", assess_state_name(entity->state),
                     "books", books_json(&books), "chunks", "total", json_whole(entity->chunks), "looked_at",
                     json_whole(entity->chunks_sampled), "stops", entity->stop, "warnings", json_strings(&entity->warnings), "columns", columns_json(entity), "error", error_json(entity->error),
                     "seconds", entity->seconds);
}

static json_t *failing_json(const Assessment *assessment)
{
    json_t *array = json_array();
    FOR_EACH(const AssessedStep, step, assessment->failing)
        json_array_append_new(array, json_pack("{s:s, s:o}", "name", step->name, "error", error_json(step->error)));
    return array;
}

json_t *assess_json(const Plan *plan, const Assessment *assessment)
{
    json_t *entities = json_array();
    FOR_EACH(const AssessedEntity, entity, assessment->entities)
        json_array_append_new(entities, entity_json(assessment, entity));
    return json_pack("{s:b, s:s, s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:f, s:f}", "assess", true, "migration", plan->manifest->name,
                     "sample", assessment->sample, "entities", entities, "rejects",
                     rejects_json(&assessment->rejects, &assessment->budgets), "over_budget", json_whole(assessment->over_budget),
                     "failing_steps", failing_json(assessment), "checks", checks_json(&assessment->checks), "notes",
                     json_strings(&assessment->notes), "predicted_status", assessment->predicted_status, "seconds", assessment->seconds,
                     "run_seconds", assessment->run_seconds);
}
