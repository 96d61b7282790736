#include "copy/orphan.h"

#include "tap.h"

#include "base/text.h"

/* lead (1 id, 2 company) refers to company (1 id). */
typedef struct World {
    Catalog catalog;
    Relation lead, company;
    ForeignKey key;
    EntityPlan entity;
} World;

static World *world(Arena *arena)
{
    World *world = NEW(arena, World);
    *world = (World){.lead = {.oid = 10, .name = "lead", .kind = 'r', .sql_name = "\"public\".\"lead\""},
                     .company = {.oid = 20, .name = "company", .kind = 'r', .sql_name = "\"public\".\"company\""},
                     .key = {.name = "of", .definition = "FOREIGN KEY (company) REFERENCES company(id)", .from = 10, .to = 20, .validated = true}};
    LIST_PUSH(arena, &world->key.columns, 2);
    LIST_PUSH(arena, &world->key.to_columns, 1);
    LIST_PUSH(arena, &world->lead.columns, ((Column){.name = "id", .number = 1}));
    LIST_PUSH(arena, &world->lead.columns, ((Column){.name = "company", .number = 2}));
    LIST_PUSH(arena, &world->company.columns, ((Column){.name = "id", .number = 1}));
    LIST_PUSH(arena, &world->entity.mappings, ((Mapping){.name = "id", .in_key = true}));
    LIST_PUSH(arena, &world->entity.mappings, ((Mapping){.name = "company", .updated = true}));
    world->entity.into = &world->lead;
    world->entity.write = WRITE_UPSERT;
    world->entity.meets_rows = true;
    return world;
}

static char *search(Arena *arena, World *world)
{
    world->catalog = (Catalog){0};
    LIST_PUSH(arena, &world->catalog.relations, world->lead);
    LIST_PUSH(arena, &world->catalog.relations, world->company);
    LIST_PUSH(arena, &world->catalog.foreign_keys, world->key);
    return orphan_search(arena, &world->entity, &world->catalog, "of");
}

TEST(the_first_row_without_a_parent_is_asked_for)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(search(arena, world(arena)),
               "SELECT pg_catalog.min(s.rehome_line) FROM (SELECT *, pg_catalog.row_number() OVER () AS rehome_line FROM pg_temp.staged) AS s "
               "WHERE s.\"company\" IS NOT NULL AND NOT EXISTS (SELECT FROM ONLY \"public\".\"company\" AS p WHERE p.\"id\" = s.\"company\")");
}

TEST(a_row_that_keeps_its_parent_is_not_told_by_the_staged_one)
{
    AUTO(Arena) *arena = arena_new();
    World *kept = world(arena), *skipped = world(arena);
    kept->entity.mappings.items[1].updated = false;
    skipped->entity.write = WRITE_SKIP;
    CHECK(search(arena, kept) == NULL);
    CHECK(search(arena, skipped) == NULL);
}

TEST(where_the_staged_row_does_not_say_all_nothing_is_asked)
{
    AUTO(Arena) *arena = arena_new();
    World *own = world(arena), *full = world(arena), *triggered = world(arena), *invalid = world(arena), *unmapped = world(arena);
    own->key.to = own->key.from;
    full->key.definition = "FOREIGN KEY (company) REFERENCES company(id) MATCH FULL";
    LIST_PUSH(arena, &triggered->lead.triggers, ((Trigger){.name = "t"}));
    invalid->key.validated = false;
    unmapped->entity.mappings.count = 1;
    CHECK(search(arena, own) == NULL);
    CHECK(search(arena, full) == NULL);
    CHECK(search(arena, triggered) == NULL);
    CHECK(search(arena, invalid) == NULL);
    CHECK(search(arena, unmapped) == NULL);
    CHECK(orphan_search(arena, &unmapped->entity, &unmapped->catalog, "other") == NULL);
}
