#include "copy/images.h"

#include "tap.h"

#include <string.h>

typedef struct Made {
    Relation into;
    EntityPlan plan;
} Made;

static const Column columns[] = {{.name = "id", .type_name = "bigint"}, {.name = "email", .type_name = "text"}};

/* An upsert into a table with rows. */
static Made *leads(Arena *arena)
{
    Made *made = NEW(arena, Made);
    made->into = (Relation){.schema = "public", .name = "leads", .sql_name = "\"public\".\"leads\"", .kind = 'r'};
    made->plan = (EntityPlan){.into = &made->into, .write = WRITE_UPSERT, .meets_rows = true, .undo = UNDO_ROWS, .undo_images = true};
    for (size_t i = 0; i < 2; i++) {
        LIST_PUSH(arena, &made->into.columns, columns[i]);
        *LIST_ADD(arena, &made->plan.mappings) = (Mapping){.name = columns[i].name, .to = &columns[i], .updated = i > 0};
    }
    LIST_PUSH(arena, &made->plan.key, "id");
    LIST_PUSH(arena, &made->plan.undo_key, "id");
    return made;
}

static const UndoRows rows = {.select = "SELECT s", .count = 7};

TEST(a_row_that_is_changed_is_noted_by_its_image)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    CHECK(images_note(&made->plan) && images_pack(&made->plan, &rows));
    const char *keep = images_keep(arena, &made->plan, rows.select, 5);
    CHECK(strstr(keep, "SELECT 5, 0, \"t\".xmin, ") && strstr(keep, "*<>") && strstr(keep, "FOR NO KEY UPDATE OF \"t\""));
    CHECK(strstr(images_write(arena, &made->plan, &rows, 5), "WHERE NOT EXISTS"));
}

TEST(what_load_or_a_trigger_gives_is_not_known_before_so_each_row_is_noted)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    made->plan.load = "SELECT * FROM staged";
    CHECK(images_keep_all(&made->plan) && !images_note(&made->plan) && !images_pack(&made->plan, &rows));
    made->plan.load = NULL;
    LIST_PUSH(arena, &made->into.triggers, ((Trigger){.enabled = 'O', .definition = "CREATE TRIGGER t BEFORE UPDATE ON leads"}));
    CHECK(images_keep_all(&made->plan));
    const char *keep = images_keep(arena, &made->plan, rows.select, 5);
    CHECK(strstr(keep, "SELECT 5, NULL::bigint, ") && !strstr(keep, "*<>"));
    CHECK(strstr(images_write(arena, &made->plan, &rows, 5), "RETURNING 0::bigint AS rehome_hash") != NULL);
}

TEST(new_rows_are_written_without_changing_others)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    const char *write = images_write_new(arena, &made->plan, &rows, 5);
    CHECK(strstr(write, "THEN NOT pg_catalog.nextval") && strstr(write, "INSERT INTO rehome.inserted_keys") && !strstr(write, "NOT EXISTS"));
    const char *change = images_change(arena, &made->plan, &rows, 5);
    CHECK(strstr(change, "WITH rehome_kept AS (INSERT INTO") && strstr(change, "IN (SELECT \"id\" FROM rehome_kept)"));
}

TEST(keys_are_not_packed_where_there_are_too_many_or_nobody_knows)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    const UndoRows unknown = {.select = "SELECT s"}, many = {.select = "SELECT s", .count = IMAGES_MOST_PACKED + 1};
    CHECK(!images_pack(&made->plan, &unknown) && !images_pack(&made->plan, &many));
    CHECK(strstr(images_write_new(arena, &made->plan, &unknown, 5), "rehome_hash, \"id\") SELECT 5, rehome_hash") != NULL);
    LIST_PUSH(arena, &made->plan.undo_key, "email");
    CHECK(!images_pack(&made->plan, &rows));
}

TEST(a_view_shows_no_transaction_so_a_hash_is_taken)
{
    AUTO(Arena) *arena = arena_new();
    Made *made = leads(arena);
    made->into.kind = 'v';
    made->plan.undo_images = false;
    CHECK(!images_note(&made->plan) && !images_pack(&made->plan, &rows));
    CHECK(strstr(images_write(arena, &made->plan, &rows, 5), "hashtextextended") != NULL);
}
