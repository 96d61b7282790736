/* What is told at the end: tables, advice, complaints, JSON. */
#include "base/text.h"
#include "cli/advice.h"
#include "cli/back.h"
#include "cli/complaint.h"
#include "cli/events_json.h"
#include "cli/summary.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "tap.h"

static const char *table_text(Arena *arena, const Table *table)
{
    char buffer[4096] = "";
    FILE *out = fmemopen(buffer, sizeof buffer, "w");
    table_print(table, out);
    fclose(out);
    return arena_strdup(arena, buffer);
}

TEST(columns_are_as_wide_as_their_widest_cell)
{
    static const TableColumn columns[] = {{"name", false}, {"rows", true}};
    AUTO(Arena) *arena = arena_new();
    Table table = table_new(arena, columns, 2);
    table_add_row(&table)[0] = "πελάτες";
    const char **cells = table_add_row(&table);
    cells[0] = "a";
    cells[1] = "1,234";
    CHECK_TEXT(table_text(arena, &table), "name      rows\n-------  -----\nπελάτες       \na        1,234\n");
}

TEST(a_cell_is_cut_between_characters)
{
    AUTO(Arena) *arena = arena_new();
    Text text = text_new(arena);
    terminal_add_cell(&text, "Ευρετήριο", 4, false);
    CHECK_TEXT(text.chars, "Ευρ.");
}

TEST(every_state_has_a_next_step_and_a_way_back)
{
    static const struct {
        const char *phase, *state, *next;
        bool over_budget;
    } cases[] = {
        {NULL, "not started", "rehome plan", false},
        {"expand", "failed", "rehome run", false},
        {"backfill", "running", "rehome status --watch", false},
        {"backfill", "stopped", "rehome run", false},
        {"verify", "failed", "rehome verify", false},
        {"done", "done", "rehome verify", false},
        {"done", "done", "rehome rejects", true},
        {"backfill", "failed", "rehome run", true},
        {"backfill", "pending", "rehome run", false},
        {"rollback", "running", "rehome rollback", false},
        {"rolled back", "done", "rehome run", false},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Advice advice = advice_for(cases[i].phase, cases[i].state, cases[i].over_budget, "rehome rollback");
        CHECK_TEXT(advice.next, cases[i].next);
        CHECK(advice.reason[0] && advice.back[0]);
    }
}

TEST(the_way_back_names_tables_and_counts)
{
    AUTO(Arena) *arena = arena_new();
    BackPartList parts = {0};
    CHECK_TEXT(back_text(arena, &parts), "there is nothing to undo; the source's rows are untouched");
    LIST_PUSH(arena, &parts, ((BackPart){"empty", "\"public\".\"orders\"", 0, 0, 3}));
    LIST_PUSH(arena, &parts, ((BackPart){"rows", "\"crm\".\"people\"", 1200, 1, 2}));
    LIST_PUSH(arena, &parts, ((BackPart){"replaced", "\"public\".\"rates\"", 0, 7, 1}));
    for (int i = 0; i < 7; i++)
        LIST_PUSH(arena, &parts, ((BackPart){"object", "table public.t", 0, 0, 1}));
    CHECK_TEXT(back_text(arena, &parts),
               "rehome rollback  (empties orders; undoes 1,200 new rows and 1 changed row of crm.people; puts back 7 rows of rates; "
               "drops table public.t, table public.t, table public.t, table public.t, table public.t and 2 more; the source's rows are "
               "untouched)");
}

TEST(mistakes_are_counted_those_without_room_too)
{
    CHECK_NUMBER(complaint_count("migration.yaml:4:5: one"), 1);
    CHECK_NUMBER(complaint_count("a\nb\nc"), 3);
    CHECK_NUMBER(complaint_count("a\nb\nand 12 more"), 14);
}

TEST(an_event_tells_what_it_has_and_no_more)
{
    json_auto_t *line =
        event_json(&(Event){.kind = EVENT_STEP_DONE, .step = "index a", .sqlstate = "", .seconds = 1.5});
    CHECK_TEXT(json_string_value(json_object_get(line, "event")), "step.done");
    CHECK_TEXT(json_string_value(json_object_get(line, "step")), "index a");
    CHECK(json_object_get(line, "at") && json_object_get(line, "seconds"));
    CHECK(!json_object_get(line, "sqlstate") && !json_object_get(line, "chunk") && !json_object_get(line, "read"));
}

TEST(the_books_of_a_chunk_are_told_whole)
{
    json_auto_t *line =
        event_json(&(Event){.kind = EVENT_CHUNK_DONE, .entity = "leads", .chunk = 3, .read = 5, .written = 5});
    static const char *const books[] = {"read", "written", "unchanged", "merged", "filtered", "rejected"};
    for (size_t i = 0; i < sizeof books / sizeof *books; i++)
        CHECK(json_is_integer(json_object_get(line, books[i])));
}

TEST(keys_of_differing_rows_are_json_in_json)
{
    AUTO(Arena) *arena = arena_new();
    VerificationList list = {0};
    Verification *verification = LIST_ADD(arena, &list);
    *verification = (Verification){.entity = "leads", .state = "failed", .missing = 2};
    LIST_PUSH(arena, &verification->examples, "{\"id\": 7}");
    LIST_PUSH(arena, &verification->examples, "no json");
    json_auto_t *array = verifications_json(&list);
    const json_t *examples = json_object_get(json_array_get(array, 0), "examples");
    CHECK(json_is_object(json_array_get(examples, 0)));
    CHECK_TEXT(json_string_value(json_array_get(examples, 1)), "no json");
}

TEST(a_summary_of_nothing_is_still_a_document)
{
    Summary summary = {
        .state = {.name = "shop", .state = "not started", .balanced = true}, .next = "rehome plan", .back = "-"};
    json_auto_t *document = summary_json(&summary);
    CHECK_TEXT(json_string_value(json_object_get(document, "migration")), "shop");
    CHECK(json_is_null(json_object_get(document, "phase")));
    CHECK(json_is_true(json_object_get(document, "balanced")));
    CHECK(json_is_array(json_object_get(document, "entities")));
}
