#include "verify/subject.h"

#include "base/text.h"
#include "tap.h"

/* A table crm.leads (id, name, phone) and entities that fill it. */
typedef struct Fixture {
    Arena *arena;
    Relation leads;
    GatheredEntity gathered;
    Gathered servers;
    Plan plan;
    SubjectList subjects;
} Fixture;

static Fixture *fixture(Arena *arena)
{
    Fixture *made = NEW(arena, Fixture);
    made->arena = arena;
    made->leads =
        (Relation){.schema = "crm", .name = "leads", .sql_name = "\"crm\".\"leads\"", .kind = 'r', .heap = true};
    made->gathered.into_empty = true;
    made->servers.hashes_agree = true;
    made->plan.gathered = &made->servers;
    const char *names[] = {"id", "name", "phone"};
    for (size_t i = 0; i < 3; i++)
        *LIST_ADD(arena, &made->leads.columns) = (Column){.name = names[i], .number = (int)i + 1};
    return made;
}

static void map(Fixture *made, EntityPlan *entity, const char *name)
{
    *LIST_ADD(made->arena, &entity->mappings) = (Mapping){.name = name,
                                                          .to = &made->leads.columns.items[0],
                                                          .select_sql = arena_printf(made->arena, "\"q\".%s", name),
                                                          .hash_from_sql = arena_printf(made->arena, "from_%s", name),
                                                          .hash_to_sql = arena_printf(made->arena, "to_%s", name),
                                                          .in_key = text_equal(name, "id")};
}

static EntityPlan *entity(Fixture *made, const char *name, const char *scope, bool phone)
{
    Entity *written = NEW(made->arena, Entity);
    written->name = name;
    written->scope.text = scope;
    EntityPlan *planned = LIST_ADD(made->arena, &made->plan.entities);
    *planned =
        (EntityPlan){.entity = written, .gathered = &made->gathered, .into = &made->leads, .write = WRITE_UPSERT};
    LIST_PUSH(made->arena, &planned->key, "id");
    map(made, planned, "id");
    map(made, planned, "name");
    if (phone)
        map(made, planned, "phone");
    return planned;
}

static const Subject *build(Fixture *made, const EntityStateList *states)
{
    subjects_build(made->arena, &made->plan, states, &made->subjects);
    return made->subjects.items;
}

TEST(a_table_that_was_empty_is_proved_by_sums)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "leads", NULL, true);
    const Subject *subject = build(made, &(EntityStateList){0});
    CHECK(subject->ours && subject_is_summed(subject));
    CHECK_TEXT(string_list_join(arena, &subject->key, ","), "id");
    CHECK_TEXT(string_list_join(arena, &subject->compared.items[0], ","), "name,phone");
}

TEST(rows_of_others_are_not_expected_to_be_ours)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "leads", NULL, true);
    EntityState state = {.name = "leads", .was_empty = false};
    for (size_t i = 0; i < 3; i++)
        made->plan.entities.items[0].mappings.items[i].updated = true;
    const Subject *subject = build(made, &(EntityStateList){&state, 1, 1});
    CHECK(!subject->ours && !subject_is_summed(subject));
    HashedRows rows = subject_target_rows(arena, subject, &(KeySet){0});
    CHECK(strstr(subject_insert_target(arena, subject, &rows, (BucketFilter){1, NULL}), " INNER JOIN ") != NULL);
}

TEST(a_column_that_is_not_updated_is_left_out_where_rows_were_there_before)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "leads", NULL, true)->mappings.items[1].updated = true;
    EntityState state = {.name = "leads", .was_empty = false};
    const Subject *subject = build(made, &(EntityStateList){&state, 1, 1});
    CHECK_TEXT(string_list_join(arena, &subject->compared.items[0], ","), "name");
    CHECK_TEXT(string_list_join(arena, &subject->fillings.items[0].left_out, ","), "phone");
}

TEST(entities_that_share_a_table_are_verified_together)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "old", "origin = 1", true);
    entity(made, "new", "origin = 2", true);
    const Subject *subject = build(made, &(EntityStateList){0});
    CHECK_NUMBER((long long)made->subjects.count, 1);
    CHECK(subject->scoped && subject_is_summed(subject));
    CHECK_TEXT(subject_target_rows(arena, subject, &(KeySet){0}).from,
               "(SELECT *, CASE WHEN (origin = 1\n) THEN 1 ELSE 2 END AS rehome_entity FROM "
               "\"crm\".\"leads\" "
               "WHERE ((origin = 1\n) OR (origin = 2\n)) AND true) AS \"t\"");
}

TEST(entities_that_fill_different_columns_are_compared_each_by_its_own)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "old", NULL, true);
    entity(made, "new", NULL, false);
    const Subject *subject = build(made, &(EntityStateList){0});
    CHECK_NUMBER((long long)subject->compared.count, 2);
    CHECK(subject->ours && !subject_is_summed(subject));
    HashedRows rows = subject_target_rows(arena, subject, &(KeySet){0});
    char *insert = subject_insert_target(arena, subject, &rows, (BucketFilter){1, NULL});
    CHECK(strstr(insert, "p.h[('{1,2}'::pg_catalog.int4[])[coalesce(s.entity, p.entity)]]") != NULL);
    CHECK(strstr(insert, " LEFT JOIN ") != NULL);
}

TEST(without_a_key_only_columns_that_all_fill_are_compared)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "old", NULL, true)->key.count = 0;
    entity(made, "new", NULL, false)->key.count = 0;
    const Subject *subject = build(made, &(EntityStateList){0});
    CHECK_NUMBER((long long)subject->compared.count, 1);
    CHECK_TEXT(string_list_join(arena, &subject->compared.items[0], ","), "id,name");
    CHECK_TEXT(string_list_join(arena, &subject->fillings.items[0].left_out, ","), "phone");
}

TEST(a_key_that_cannot_be_told_again_tells_nothing_apart)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "leads", NULL, true)->mappings.items[0].left_out = "its expression is volatile";
    const Subject *subject = build(made, &(EntityStateList){0});
    CHECK_NUMBER((long long)subject->key.count, 0);
    CHECK_TEXT(string_list_join(arena, &subject->fillings.items[0].left_out, ","), "id");
}

TEST(a_parents_children_are_not_its_rows)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    made->leads.has_children = true;
    entity(made, "leads", NULL, true);
    KeySet blocks = {.kind = KEYSET_CTID, .low = (const char *[]){"(7,0)"}};
    CHECK(strstr(subject_target_rows(arena, build(made, &(EntityStateList){0}), &blocks).from,
                 "FROM ONLY \"crm\".\"leads\" WHERE ") != NULL);
}

TEST(a_key_is_printed_as_json_with_its_numbers)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    Type int8 = {.name = "int8"}, text = {.name = "text"};
    EntityPlan *leads = entity(made, "leads", NULL, true);
    leads->mappings.items[0].to_type = &int8;
    leads->mappings.items[1].to_type = &text;
    LIST_PUSH(arena, &leads->key, "name");
    const char *values[] = {"17", "say \"é\""};
    CHECK_TEXT(subject_print_key(arena, build(made, &(EntityStateList){0}), values),
               "{\"id\":17,\"name\":\"say \\\"é\\\"\"}");
}

TEST(only_one_row_for_each_driving_row_counts_these)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    EntityPlan *planned = entity(made, "leads", NULL, true);
    Transform transform = {.yield = YIELD_ONE};
    planned->transform = &transform;
    Filling filling = {.entity = planned};
    CHECK(subject_gives_driving_rows(&filling));
    filling.refused.rows = 1;
    CHECK(!subject_gives_driving_rows(&filling));
    filling.refused.rows = 0;
    *LIST_ADD(arena, &planned->rejects) = (RejectTest){.reason = "no_phone"};
    CHECK(!subject_gives_driving_rows(&filling));
    planned->rejects.count = 0;
    planned->load = "SELECT * FROM staged";
    CHECK(!subject_gives_driving_rows(&filling));
    planned->load = NULL;
    transform.yield = YIELD_AT_MOST_ONE;
    CHECK(!subject_gives_driving_rows(&filling));
}

TEST(chunks_are_proved_of_what_was_copied)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *made = fixture(arena);
    entity(made, "leads", NULL, true);
    entity(made, "people", NULL, true);
    entity(made, "new", NULL, true);
    EntityState states[] = {{.name = "leads", .state = "copied"}, {.name = "people", .state = "copying"}};
    const Subject *subject = build(made, &(EntityStateList){states, 2, 2});
    CHECK(subject->fillings.items[0].proved && !subject->fillings.items[1].proved && !subject->fillings.items[2].proved);
}
