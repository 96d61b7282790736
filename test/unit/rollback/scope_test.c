#include "rollback/scope.h"

#include "base/text.h"
#include "tap.h"

static RollbackOptions of_entities(Arena *arena, const char *one, const char *other)
{
    RollbackOptions options = {0};
    LIST_PUSH(arena, &options.entities, one);
    if (other)
        LIST_PUSH(arena, &options.entities, other);
    return options;
}

TEST(a_scope_is_read_as_it_was_written)
{
    AUTO(Arena) *arena = arena_new();
    RollbackOptions written = of_entities(arena, "leads", "audits[\"a\"]"), read = {.force = true};
    written.to = ROLLBACK_TO_BACKFILL;
    written.run = 7;
    written.from_backup = true;
    rollback_scope_read(arena, rollback_scope_json(arena, &written), &read);
    CHECK(read.to == ROLLBACK_TO_BACKFILL && read.run == 7 && read.from_backup && read.force);
    CHECK_TEXT(string_list_join(arena, &read.entities, ","), "leads,audits[\"a\"]");
    CHECK(!rollback_is_whole(&read) && rollback_is_whole(&(RollbackOptions){.force = true}));
}

TEST(a_scope_is_told_to_people)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions entities = of_entities(arena, "leads", "people");
    CHECK_TEXT(rollback_scope_text(arena, &(RollbackOptions){0}), "everything");
    CHECK_TEXT(rollback_scope_text(arena, &(RollbackOptions){.from_backup = true}),
               "everything, tables from their backup");
    CHECK_TEXT(rollback_scope_text(arena, &(RollbackOptions){.run = 3}), "what run 3 moved");
    CHECK_TEXT(rollback_scope_text(arena, &entities), "leads, people");
}

TEST(a_list_stands_for_all_its_items)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions options = of_entities(arena, "audits", NULL);
    CHECK(rollback_is_named(&options.entities, "audits") && rollback_is_named(&options.entities, "audits[chat]"));
    CHECK(!rollback_is_named(&options.entities, "audits_old") && !rollback_is_named(&options.entities, NULL));
}

/* One entry alone, of a table `t` that two entities fill. */
static bool is_wanted(Arena *arena, RollbackEntry entry, const RollbackOptions *options, bool keeps_objects)
{
    RollbackEntryList all = {0};
    LIST_PUSH(arena, &all, ((RollbackEntry){.kind = "empty", .relation = "t", .entity = "leads"}));
    LIST_PUSH(arena, &all, ((RollbackEntry){.kind = "empty", .relation = "t", .entity = "people"}));
    LIST_PUSH(arena, &all, entry);
    return rollback_is_wanted(&all, &all.items[2], options, keeps_objects);
}

TEST(notes_and_marks_are_nothing_to_undo)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions whole = {0};
    CHECK(!is_wanted(arena, (RollbackEntry){.kind = "note"}, &whole, false));
    CHECK(!is_wanted(arena, (RollbackEntry){.kind = "mark", .entity = "leads"}, &whole, false));
    CHECK(is_wanted(arena, (RollbackEntry){.kind = "rows", .entity = "leads"}, &whole, false));
}

TEST(what_scripts_made_goes_only_with_everything)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions whole = {0}, expand = {.to = ROLLBACK_TO_EXPAND};
    const RollbackEntry made = {.kind = "object", .step = "expand sql/10-tables.sql"};
    CHECK(is_wanted(arena, made, &whole, false));
    CHECK(!is_wanted(arena, made, &whole, true) && !is_wanted(arena, made, &expand, false));
}

TEST(a_sequence_goes_with_all_entities_of_its_table)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions both = of_entities(arena, "leads", "people"), one = of_entities(arena, "leads", NULL);
    const RollbackEntry sequence = {.kind = "sequence", .relation = "t_id_seq", .images = "t"};
    CHECK(is_wanted(arena, sequence, &both, false) && !is_wanted(arena, sequence, &one, false));
}

TEST(a_run_takes_what_it_did)
{
    AUTO(Arena) *arena = arena_new();
    const RollbackOptions run = {.run = 2};
    CHECK(is_wanted(arena, (RollbackEntry){.kind = "rows", .entity = "leads", .run = 2}, &run, false));
    CHECK(!is_wanted(arena, (RollbackEntry){.kind = "rows", .entity = "leads", .run = 1}, &run, false));
}
