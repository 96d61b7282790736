#include "cli/rollback_report.h"

#include "base/text.h"
#include "cli/summary.h"

/* The entries of one kind and relation are one line. */
typedef struct Line {
    const RollbackEntry *first;
    int64_t entries, inserted, updated;
} Line;
typedef LIST(Line) LineList;

static LineList lines_of(Arena *arena, const RollbackPlan *plan)
{
    LineList lines = {0};
    FOR_EACH(const RollbackEntry, entry, plan->entries) {
        if (text_equal(entry->kind, "columns"))
            continue;
        Line *line = NULL;
        FOR_EACH(Line, other, lines)
            if (text_equal(other->first->kind, entry->kind) && text_equal(other->first->relation, entry->relation))
                line = other;
        if (!line) {
            line = LIST_ADD(arena, &lines);
            *line = (Line){.first = entry};
        }
        line->entries++;
        line->inserted += entry->inserted;
        line->updated += entry->updated;
    }
    return lines;
}

static const char *describe_rows(Arena *arena, const Line *line)
{
    const char *deleted = arena_printf(arena, "%s deleted", text_of_many(arena, line->inserted, "row"));
    const char *restored = arena_printf(arena, "%s restored", text_of_many(arena, line->updated, "row"));
    return line->updated == 0    ? deleted
           : line->inserted == 0 ? restored
                                 : arena_printf(arena, "%s, %s", deleted, restored);
}

static const char *describe(Arena *arena, const Line *line)
{
    const RollbackEntry *first = line->first;
    if (text_equal(first->kind, "object"))
        return first->action;
    if (text_equal(first->kind, "backup"))
        return arena_printf(arena, "put back %s", first->action);
    const char *what = text_equal(first->kind, "empty")      ? "emptied of what was written to it: it had no row"
                       : text_equal(first->kind, "rows")     ? describe_rows(arena, line)
                       : text_equal(first->kind, "replaced") ? arena_printf(arena, "%s put back", text_of_many(arena, line->updated, "replaced row"))
                       : text_equal(first->kind, "sequence") ? "set to where it was"
                                                             : first->action;
    return arena_printf(arena, "%s: %s", first->relation, what);
}

void rollback_print_plan(Arena *arena, const char *migration, const RollbackPlan *plan, const RollbackOptions *options, FILE *out)
{
    const LineList lines = lines_of(arena, plan);
    fprintf(out, "%s: rollback of %s%s\n", migration, plan->scope, plan->unfinished ? ", which was begun before" : "");
    FOR_EACH(const Line, line, lines)
        fprintf(out, "  %s\n", describe(arena, line));
    if (lines.count == 0)
        fputs("  nothing of it is left to undo but the ledger\n", out);
    if (plan->cannot.count > 0)
        fputs("\nCannot be undone\n", out);
    FOR_EACH(const char *, text, plan->cannot)
        fprintf(out, "  %s\n", *text);
    if (plan->keeps_objects)
        fputs("\nWhat the expand and seed files made stays: the migration is there with other parameters, too.\n", out);
    fputs(options->force ? "\nRows that somebody else has changed since are overwritten, too (--force).\n"
                         : "\nRows that somebody else has changed since are left alone and listed.\n",
          out);
}

static void print_left(Arena *arena, const RollbackReport *report, FILE *out)
{
    if (report->left == 0)
        return;
    fprintf(out, "\nleft alone: %s\n", text_of_count(arena, report->left));
    FOR_EACH(const RollbackLeft, left, report->lefts)
        fprintf(out, "  %s%s%s: %s\n", left->relation, left->key || left->count > 1 ? " " : "",
                left->key ? left->key : left->count > 1 ? text_of_many(arena, left->count, "row") : "", left->why);
}

void rollback_print_report(Arena *arena, const RollbackReport *report, FILE *out)
{
    fprintf(out, "\nrolled back: %s deleted, %s restored; took %s\n", text_of_many(arena, report->deleted, "row"), text_of_many(arena, report->restored, "row"),
            text_of_duration(arena, report->seconds));
    if (report->forgotten)
        fputs("the ledger of the migration is gone\n", out);
    print_left(arena, report, out);
}

static json_t *plan_json(Arena *arena, const RollbackPlan *plan)
{
    json_t *array = json_array();
    const LineList lines = lines_of(arena, plan);
    FOR_EACH(const Line, line, lines)
        json_array_append_new(array, json_pack("{s:s, s:s, s:s?, s:I, s:I, s:s?}", "kind", line->first->kind, "relation", line->first->relation,
                                               "entity", line->first->entity, "inserted", (json_int_t)line->inserted, "updated",
                                               (json_int_t)line->updated, "action", line->first->action));
    return array;
}

static json_t *left_json(const RollbackReport *report)
{
    json_t *array = json_array();
    FOR_EACH(const RollbackLeft, left, report->lefts)
        json_array_append_new(array, json_pack("{s:s, s:s?, s:s, s:I}", "relation", left->relation, "key", left->key, "why", left->why,
                                               "count", (json_int_t)left->count));
    return array;
}

void rollback_print_json(const RollbackPlan *plan, const RollbackReport *report, const Error *error, FILE *out)
{
    AUTO(Arena) *arena = arena_new();
    json_t *cannot = json_array();
    FOR_EACH(const char *, text, plan->cannot)
        json_array_append_new(cannot, json_string(*text));
    json_auto_t *document = json_pack("{s:s, s:o, s:o, s:b}", "scope", plan->scope, "undoes", plan_json(arena, plan), "cannot", cannot,
                                      "done", report && (error->kind == ERROR_NONE || error->kind == ERROR_DIFFERENT));
    if (report) {
        json_object_set_new(document, "deleted", json_integer(report->deleted));
        json_object_set_new(document, "restored", json_integer(report->restored));
        json_object_set_new(document, "left", json_integer(report->left));
        json_object_set_new(document, "left_rows", left_json(report));
        json_object_set_new(document, "seconds", json_real(report->seconds));
    }
    json_object_set_new(document, "exit_status", json_integer(error_policy(error->kind)->exit_status));
    json_print(document, JSON_INDENT(2), out);
}
