#include "cli/rejects_report.h"

#include "base/text.h"
#include "cli/json_value.h"
#include "cli/table.h"

#include <inttypes.h>
#include <string.h>

/* ---- by entity and reason ---- */

/* Waived ones and those of rules without a budget count against none. */
static bool counts(const RejectGroup *group, const BudgetState *budget)
{
    return budget && group->waived < group->rows;
}

static const char *budget_words(Arena *arena, const RejectGroup *group, const BudgetState *budget)
{
    if (!counts(group, budget))
        return "none set";
    if (!budget->written)
        return "over";
    return arena_printf(arena, "%s: %s", budget_is_over(budget) ? "over" : "within", budget_print(arena, budget));
}

static const char *standing(Arena *arena, const RejectGroup *group, const BudgetState *budget)
{
    Text words = text_new(arena);
    if (group->waived < group->rows)
        text_add(&words, budget_words(arena, group, budget));
    if (group->parked > 0) {
        text_separate(&words, ", ");
        text_addf(&words, "%s parked", text_of_count(arena, group->parked));
    }
    if (group->waived > 0) {
        text_separate(&words, ", ");
        text_addf(&words, "%s waived", text_of_count(arena, group->waived));
    }
    return words.chars;
}

/* What the server said, unless the reason names the column or constraint already. */
static const char *reason_text(Arena *arena, const RejectGroup *group)
{
    bool told = !group->message || group->message[0] == '\0' || strchr(group->reason, ':');
    return told ? group->reason : arena_printf(arena, "%s: %s", group->reason, group->message);
}

void rejects_print(Arena *arena, const RejectGroupList *groups, const BudgetStateList *budgets, FILE *out)
{
    static const TableColumn columns[] = {
        {"rejects of", false}, {"rows", true}, {"budget", false}, {"reason", false}, {"for example", false}};
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const RejectGroup, group, *groups) {
        const char **cells = table_add_row(&table);
        cells[0] = group->entity;
        cells[1] = text_of_count(arena, group->rows);
        cells[2] = standing(arena, group, budget_of(budgets, group->entity, group->reason, group->budgeted));
        cells[3] = reason_text(arena, group);
        cells[4] = string_list_join(arena, &group->keys, ", ");
    }
    table_print(&table, out);
}

json_t *rejects_json(const RejectGroupList *groups, const BudgetStateList *budgets)
{
    json_t *array = json_array();
    FOR_EACH(const RejectGroup, group, *groups) {
        const BudgetState *budget = budget_of(budgets, group->entity, group->reason, group->budgeted);
        bool counted = counts(group, budget);
        json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:b, s:o, s:s?, s:s?, s:o}", "entity",
                                               group->entity, "reason", group->reason, "rows", json_whole(group->rows),
                                               "parked", json_whole(group->parked), "waived", json_whole(group->waived),
                                               "attempts", json_whole(group->attempts), "over_budget",
                                               counted && budget_is_over(budget), "allowed",
                                               counted ? json_whole(budget->allowed) : json_null(), "budget",
                                               counted ? budget->written : NULL, "message", group->message, "keys",
                                               json_keys(&group->keys)));
    }
    return array;
}

/* ---- tried again ---- */

void redriven_print(Arena *arena, const RedrivenList *redriven, FILE *out)
{
    static const TableColumn columns[] = {
        {"rejects of", false},    {"retried", true}, {"arrived", true}, {"filtered", true},
        {"rejected again", true}, {"left", true},    {"", false}};
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const Redriven, one, *redriven) {
        const char **cells = table_add_row(&table);
        const int64_t numbers[] = {one->tried, one->arrived, one->filtered, one->again, one->left};
        cells[0] = one->entity;
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            cells[1 + i] = text_of_count(arena, numbers[i]);
        cells[6] = one->left > 0 ? one->why_left : "";
    }
    table_print(&table, out);
}

json_t *redriven_json(const RedrivenList *redriven)
{
    json_t *array = json_array();
    FOR_EACH(const Redriven, one, *redriven)
        json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s?, s:b}", "entity", one->entity,
                                               "retried", json_whole(one->tried), "arrived", json_whole(one->arrived),
                                               "filtered", json_whole(one->filtered), "rejected_again",
                                               json_whole(one->again), "left", json_whole(one->left), "why_left",
                                               one->left > 0 ? one->why_left : NULL, "mended", one->mended));
    return array;
}

/* ---- one ---- */

static void print_line(const char *name, const char *value, FILE *out)
{
    if (value && value[0])
        fprintf(out, "  %-12s %s\n", name, value);
}

/* A JSON value over several lines stands under its name. */
static void print_value(const char *name, const char *value, FILE *out)
{
    if (!value)
        return;
    fprintf(out, "  %-12s ", name);
    for (const char *c = value; *c; c++) {
        fputc(*c, out);
        if (*c == '\n')
            fprintf(out, "  %-12s ", "");
    }
    fputc('\n', out);
}

void reject_print(const Reject *reject, FILE *out)
{
    fprintf(out, "#%" PRId64 " of %s: %s\n", reject->id, reject->entity, reject->reason);
    print_line("key", reject->source_key, out);
    print_line("source", reject->source, out);
    print_line("sqlstate", reject->sqlstate, out);
    print_line("constraint", reject->constraint, out);
    print_line("column", reject->column, out);
    print_line("message", reject->message, out);
    print_line("parked under", reject->parked, out);
    fprintf(out, "  %-12s %" PRId64 ", %s\n", "attempt", reject->attempt, reject->created_at);
    if (reject->waived_at)
        fprintf(out, "  %-12s %s by %s: %s\n", "waived", reject->waived_at, reject->waived_by,
                reject->waived_because ? reject->waived_because : "");
    print_value("row", reject->pretty_row, out);
    print_value("driving row", reject->pretty_driving_row, out);
}

/* ---- all ---- */

static const char *const csv_columns =
    "id,entity,chunk,reason,budgeted,source,source_key,source_row,driving_row,parked,"
    "sqlstate,constraint,column,message,attempt,fingerprint,waived_by,waived_at,"
    "waived_because,created_at\n";

/* As PostgreSQL's COPY … CSV reads it: nothing between commas is NULL. */
static void csv_text(const char *text, char after, FILE *out)
{
    if (text) {
        fputc('"', out);
        for (const char *c = text; *c; c++) {
            if (*c == '"')
                fputc('"', out);
            fputc(*c, out);
        }
        fputc('"', out);
    }
    fputc(after, out);
}

static void csv_row(const Reject *r, FILE *out)
{
    fprintf(out, "%" PRId64 ",", r->id);
    csv_text(r->entity, ',', out);
    fprintf(out, "%" PRId64 ",", r->chunk);
    csv_text(r->reason, ',', out);
    fputs(r->budgeted ? "true," : "false,", out);
    const char *const before[] = {r->source,   r->source_key, r->source_row, r->driving_row, r->parked,
                                  r->sqlstate, r->constraint, r->column,     r->message};
    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        csv_text(before[i], ',', out);
    fprintf(out, "%" PRId64 ",", r->attempt);
    const char *const after[] = {r->fingerprint, r->waived_by, r->waived_at, r->waived_because};
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        csv_text(after[i], ',', out);
    csv_text(r->created_at, '\n', out);
}

void rejects_export_begin(RejectsFormat format, FILE *out)
{
    fputs(format == REJECTS_CSV ? csv_columns : "[", out);
}

/* Documents come as text from the server: a number in them passes through nothing of ours. */
void rejects_export(RejectsFormat format, const RejectList *rejects, bool first, FILE *out)
{
    FOR_EACH(const Reject, reject, *rejects) {
        if (format == REJECTS_CSV)
            csv_row(reject, out);
        else
            fprintf(out, "%s\n%s", first && reject == rejects->items ? "" : ",", reject->document);
    }
}

void rejects_export_end(RejectsFormat format, FILE *out)
{
    if (format == REJECTS_JSON)
        fputs("\n]\n", out);
}
