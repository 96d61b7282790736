#include "repair/variant.h"

#include "base/text.h"
#include "tap.h"

/* A table leads (id, name, seen) with a unique index over id, and an entity that fills it from one row each. */
typedef struct Fixture {
    Relation leads;
    Index index;
    Entity written;
    GatheredEntity gathered;
    Transform transform;
    EntityPlan entity;
} Fixture;

static Fixture *fixture(Arena *arena)
{
    Fixture *made = NEW(arena, Fixture);
    made->leads = (Relation){.schema = "public", .name = "leads", .sql_name = "\"public\".\"leads\"", .kind = 'r'};
    made->written.name = "leads";
    made->transform = (Transform){.narrowable = true, .shows_key = true, .yield = YIELD_ONE};
    LIST_PUSH(arena, &made->gathered.walk_key, ((KeyColumn){.name = "old_id", .type = "bigint"}));
    const char *names[] = {"id", "name", "seen"};
    for (size_t i = 0; i < 3; i++)
        *LIST_ADD(arena, &made->leads.columns) = (Column){.name = names[i], .number = (int)i + 1, .type_name = "integer"};
    made->index = (Index){.name = "leads_pkey", .unique = true, .primary = true, .valid = true, .btree = true};
    LIST_PUSH(arena, &made->index.columns, 1);
    LIST_PUSH(arena, &made->leads.indexes, made->index);
    made->entity = (EntityPlan){.entity = &made->written,
                                .gathered = &made->gathered,
                                .into = &made->leads,
                                .transform = &made->transform,
                                .write = WRITE_INSERT,
                                .way = WAY_STREAM,
                                .hold = true};
    for (size_t i = 0; i < 3; i++)
        *LIST_ADD(arena, &made->entity.mappings) =
            (Mapping){.name = names[i], .to = &made->leads.columns.items[i], .in_key = i == 0};
    LIST_PUSH(arena, &made->entity.key, "id");
    return made;
}

TEST(rows_are_upserted_by_their_key_whatever_the_entity_does)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    Variant variant = variant_of(arena, &made->entity);
    CHECK(variant.entity.write == WRITE_UPSERT && variant.entity.meets_rows && variant.entity.way == WAY_STAGE);
    CHECK(!variant.entity.hold);
    CHECK(variant.by_key && variant.by_driving && !variant.cannot);
    CHECK(!variant.entity.mappings.items[0].updated && variant.entity.mappings.items[1].updated);
    CHECK(made->entity.write == WRITE_INSERT && !made->entity.mappings.items[1].updated);
}

TEST(what_is_not_compared_is_not_updated)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    made->entity.mappings.items[2].left_out = "verify: except";
    Variant variant = variant_of(arena, &made->entity);
    CHECK(variant.entity.mappings.items[1].updated && !variant.entity.mappings.items[2].updated);
}

TEST(without_a_usable_unique_index_rows_are_inserted)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    made->leads.indexes.items[0].deferrable = true;
    Variant variant = variant_of(arena, &made->entity);
    CHECK(variant.entity.write == WRITE_INSERT && !variant.entity.meets_rows && !variant.cannot);
}

TEST(images_are_kept_of_rows_that_are_changed)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    CHECK(!variant_of(arena, &made->entity).entity.undo_images);
    made->entity.undo = UNDO_ROWS;
    CHECK(variant_of(arena, &made->entity).entity.undo_images);
}

TEST(without_a_key_only_driving_rows_tell_what_is_missing)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    made->entity.key.count = 0;
    CHECK(!variant_of(arena, &made->entity).cannot);
    made->transform.yield = YIELD_BY_KEY;
    CHECK(variant_of(arena, &made->entity).cannot);
    made->transform.yield = YIELD_ONE;
    made->transform.narrowable = false;
    CHECK(variant_of(arena, &made->entity).cannot);
}

TEST(keys_are_lists_in_the_types_of_their_side)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    const StringList one = {(const char *[]){"7"}, 1, 1}, two = {(const char *[]){"9"}, 1, 1};
    const StringList *both[] = {&one, &two};
    KeySet target = variant_target_keys(arena, &made->entity, both, 2);
    KeySet driving = variant_driving_keys(arena, &made->entity, both, 2);
    Text sql = text_new(arena);
    keyset_predicate(&sql, &target, "t");
    text_add(&sql, " ");
    keyset_predicate(&sql, &driving, "s");
    CHECK_TEXT(sql.chars, "(\"t\".\"id\" IN ('7'::integer, '9'::integer)) (\"s\".\"old_id\" IN ('7'::bigint, '9'::bigint))");
}

