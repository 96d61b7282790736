#include "cli/rejects_report.h"
#include "cli/summary.h"

#include "base/text.h"
#include "cli/table.h"

/* The tables, column by column: what stands in an entity's row, and in the row of totals. */
static const char *into_of(Arena *arena, const EntityState *entity)
{
    if (!entity->into_schema || text_equal(entity->into_schema, "public"))
        return entity->into_name ? entity->into_name : "";
    return arena_printf(arena, "%s.%s", entity->into_schema, entity->into_name);
}

enum { ENTITY, INTO, STATE, READ, WRITTEN, UNCHANGED, MERGED, FILTERED, REJECTED, CHUNKS, TIME, VERIFIED };

static void fill_books(Arena *arena, const EntityState *books, const char **cells)
{
    const int64_t counts[] = {books->read,   books->written,  books->unchanged,
                              books->merged, books->filtered, books->rejected};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        cells[READ + i] = text_of_count(arena, counts[i]);
    cells[CHUNKS] =
        arena_printf(arena, "%s/%s", text_of_count(arena, books->chunks_done), text_of_count(arena, books->chunks));
}

static void add_books(EntityState *total, const EntityState *books)
{
    total->read += books->read;
    total->written += books->written;
    total->unchanged += books->unchanged;
    total->merged += books->merged;
    total->filtered += books->filtered;
    total->rejected += books->rejected;
    total->chunks += books->chunks;
    total->chunks_done += books->chunks_done;
}

static void print_entities(Arena *arena, const Summary *summary, FILE *out)
{
    static const TableColumn columns[] = {
        [ENTITY] = {"entity", false}, [INTO] = {"into", false},        [STATE] = {"state", false},
        [READ] = {"read", true},      [WRITTEN] = {"written", true},   [UNCHANGED] = {"unchanged", true},
        [MERGED] = {"merged", true},  [FILTERED] = {"filtered", true}, [REJECTED] = {"rejected", true},
        [CHUNKS] = {"chunks", true},  [TIME] = {"time", true},         [VERIFIED] = {"verified", false},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    EntityState total = {0};
    FOR_EACH(EntitySummary, entity, summary->entities) {
        const char **cells = table_add_row(&table);
        cells[ENTITY] = entity->state.name;
        cells[INTO] = into_of(arena, &entity->state);
        cells[STATE] = entity->state.state;
        fill_books(arena, &entity->state, cells);
        cells[TIME] = entity->seconds > 0 ? text_of_duration(arena, entity->seconds) : "";
        cells[VERIFIED] = entity->verified;
        add_books(&total, &entity->state);
    }
    if (summary->entities.count > 1) {
        table_add_line(&table);
        const char **cells = table_add_row(&table);
        cells[ENTITY] = "total";
        fill_books(arena, &total, cells);
    }
    table_print(&table, out);
}

static void print_rejects(Arena *arena, const Summary *summary, FILE *out)
{
    if (summary->rejects.count == 0)
        return;
    fputc('\n', out);
    rejects_print(arena, &summary->rejects, &summary->budgets, out);
    fputs("`rehome rejects` says more; the rows are in rehome.reject on the target.\n", out);
}

static void print_conflicts(Arena *arena, const Summary *summary, FILE *out)
{
    bool any = false;
    FOR_EACH(const EntitySummary, entity, summary->entities) {
        if (entity->conflicts > 0)
            fprintf(out, "\nsources of %s disagree on %s: %s", entity->state.name,
                    text_of_many(arena, entity->conflicts, "key"), entity->disputed);
        any |= entity->conflicts > 0;
    }
    if (any)
        fputs("\nAll values, and which one won, are in rehome.conflict on the target.\n", out);
}

static void print_failed(const Summary *summary, FILE *out)
{
    if (summary->failed.count > 0)
        fputs("\nfailed:\n", out);
    FOR_EACH(FailedStep, step, summary->failed)
        fprintf(out, "  %s: %s%s%s%s\n", step->name, step->error ? step->error : "",
                step->sqlstate ? " (SQLSTATE " : "", step->sqlstate ? step->sqlstate : "", step->sqlstate ? ")" : "");
}

static const char *held_by(Arena *arena, const WorkerState *worker)
{
    if (!worker->alive)
        return "gone: what it held is free again";
    if (worker->chunk)
        return arena_printf(arena, "%s, chunk %lld", worker->entity, (long long)worker->chunk);
    return worker->step ? worker->step : worker->number ? "nothing" : "prepares or proves";
}

static void print_workers(Arena *arena, const Summary *summary, FILE *out)
{
    static const TableColumn columns[] = {{"worker", false}, {"holds", false}, {"for", true}, {"waits for", false}};
    if (summary->workers.count == 0)
        return;
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(const WorkerSummary, worker, summary->workers) {
        const WorkerState *state = &worker->state;
        const char **cells = table_add_row(&table);
        cells[0] = state->number ? arena_printf(arena, "%s, pid %lld, #%lld", state->host, (long long)state->pid, (long long)state->number)
                                 : arena_printf(arena, "%s, pid %lld", state->host, (long long)state->pid);
        cells[1] = held_by(arena, state);
        cells[2] = state->alive && state->seconds > 0 ? text_of_duration(arena, state->seconds) : "";
        cells[3] = worker->waits_for ? worker->waits_for : "";
    }
    fputc('\n', out);
    table_print(&table, out);
}

void checks_print(const CheckOutcomeList *checks, FILE *out)
{
    if (checks->count > 0)
        fputs("\nchecks:\n", out);
    FOR_EACH(CheckOutcome, check, *checks)
        fprintf(out, "  %s %s (%s)%s%s\n", check->state, check->name, check->side,
                check->value && check->value[0] ? ": " : "", check->value ? check->value : "");
}

void oddities_print(const OddityList *oddities, FILE *out)
{
    if (oddities->count > 0)
        fputs("\nbeside the rows:\n", out);
    FOR_EACH(const Oddity, oddity, *oddities)
        fprintf(out, "  %s: %s%s\n", oddity->relation, oddity->what, oddity_is_error(oddity) ? "" : " (warning)");
}

/* ---- verification ---- */

enum { MOST_TOLD = 10 };

static void print_value(const char *value, FILE *out)
{
    if (value)
        fprintf(out, "'%s'", value);
    else
        fputs("NULL", out);
}

static void print_difference(const Difference *difference, FILE *out)
{
    fprintf(out, "  %-9s  %s%s", difference->kind, difference->key ? difference->key : "",
            difference->suspect ? " (suspect)" : "");
    FOR_EACH(const DifferentColumn, column, difference->columns) {
        fprintf(out, "%s%s ", column == difference->columns.items ? "  " : ", ", column->name);
        print_value(column->source, out);
        fputs(" -> ", out);
        print_value(column->target, out);
    }
    fputc('\n', out);
}

void differences_print(Arena *arena, const VerificationList *verifications, FILE *out)
{
    FOR_EACH(Verification, verification, *verifications) {
        int64_t all = verification->missing + verification->extra + verification->different + verification->suspect;
        if (verification->differences.count == 0)
            continue;
        fprintf(out, "\n%s differs in %s (what the source gives -> what the target holds):\n", verification->entity,
                text_of_many(arena, all, "row"));
        for (size_t i = 0; i < verification->differences.count && i < MOST_TOLD; i++)
            print_difference(&verification->differences.items[i], out);
        if (all > MOST_TOLD)
            fprintf(out, "  and %s; %s in rehome.difference on the target\n", text_of_many(arena, all - MOST_TOLD, "more row"),
                    (size_t)all > verification->differences.count ? "the first 1,000 are" : "all are");
    }
}

static void print_complaints(const VerificationList *verifications, FILE *out)
{
    const char *before = "\n";
    FOR_EACH(Verification, verification, *verifications)
        FOR_EACH(const char *, complaint, verification->complaints) {
            fprintf(out, "%s%s\n", before, *complaint);
            before = "";
        }
}

static void print_left_out(Arena *arena, const VerificationList *verifications, FILE *out)
{
    FOR_EACH(Verification, verification, *verifications)
        if (verification->left_out.count > 0)
            fprintf(out, "\nnot compared in %s: %s\n", verification->entity,
                    string_list_join(arena, &verification->left_out, ", "));
}

void verifications_print(Arena *arena, const VerificationList *verifications, FILE *out)
{
    static const TableColumn columns[] = {
        {"entity", false}, {"source rows", true}, {"target rows", true}, {"missing", true},
        {"extra", true},   {"different", true},   {"time", true},        {"verified", false},
    };
    Table table = table_new(arena, columns, sizeof columns / sizeof *columns);
    FOR_EACH(Verification, verification, *verifications) {
        const int64_t counts[] = {verification->source_rows, verification->target_rows, verification->missing,
                                  verification->extra, verification->different};
        const char **cells = table_add_row(&table);
        cells[0] = verification->entity;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            cells[1 + i] = text_of_count(arena, counts[i]);
        cells[6] = text_of_duration(arena, verification->seconds);
        cells[7] = verification->state;
    }
    table_print(&table, out);
    differences_print(arena, verifications, out);
    print_complaints(verifications, out);
    print_left_out(arena, verifications, out);
}

/* ---- the whole ---- */

static void print_heading(const Summary *summary, FILE *out)
{
    const MigrationState *state = &summary->state;
    bool is_over = !state->phase || text_equal(state->phase, state->state);
    fprintf(out, "%s: %s%s%s", state->name, is_over ? "" : state->phase, is_over ? "" : " ", state->state);
    if (state->steps > 0)
        fprintf(out, ", %lld of %lld steps", (long long)state->steps_done, (long long)state->steps);
    fputs(state->balanced ? "\n\n" : ", THE BOOKS DO NOT BALANCE\n\n", out);
}

void summary_print(Arena *arena, const Summary *summary, FILE *out)
{
    print_heading(summary, out);
    print_entities(arena, summary, out);
    print_workers(arena, summary, out);
    print_rejects(arena, summary, out);
    print_conflicts(arena, summary, out);
    print_failed(summary, out);
    differences_print(arena, &summary->verifications, out);
    print_complaints(&summary->verifications, out);
    print_left_out(arena, &summary->verifications, out);
    checks_print(&summary->checks, out);
    oddities_print(&summary->oddities, out);
    benches_print(arena, &summary->benches, out);
    fprintf(out, "\nnext: %s  (%s)\nback: %s\n", summary->next, summary->next_reason, summary->back);
}
