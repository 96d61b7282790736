#include <string.h>

#include "build_transform.h"
#include "tap.h"

static const KeySet everything = {.kind = KEYSET_EVERYTHING};

/* The transform with an easily recognised SELECT for the crosswalk of profiles. */
static Transform *seated(Arena *arena, const char *text)
{
    Built built = build(arena, text, "companies", "id", NULL);
    CHECK(built.mistakes.list.count == 0);
    SeatList seats = {0};
    LIST_PUSH(arena, &seats, ((Seat){"crosswalk_profiles", "SELECT * FROM p"}));
    return transform_seat(arena, built.transform, &seats);
}

TEST(a_select_stands_for_each_reference_to_a_crosswalk)
{
    static const struct {
        const char *text, *seated;
    } cases[] = {
        {"SELECT c.id, x.new_id FROM companies c JOIN rehome.crosswalk_profiles x ON x.old_id = c.id",
         "SELECT c.id, x.new_id FROM companies c JOIN (SELECT * FROM p) x ON x.old_id = c.id"},
        {"SELECT c.id, crosswalk_profiles.new_id FROM companies c, rehome . \"crosswalk_profiles\"",
         "SELECT c.id, crosswalk_profiles.new_id FROM companies c, (SELECT * FROM p) AS \"crosswalk_profiles\""},
        {"SELECT c.id, (SELECT new_id FROM ONLY rehome.crosswalk_profiles p WHERE p.old_id = c.id) FROM companies c",
         "SELECT c.id, (SELECT new_id FROM (SELECT * FROM p) p WHERE p.old_id = c.id) FROM companies c"},
        {"WITH x (a, b) AS (SELECT old_id, new_id FROM rehome.crosswalk_profiles AS p (o)) SELECT c.id FROM companies "
         "c, x",
         "WITH x (a, b) AS (SELECT old_id, new_id FROM (SELECT * FROM p) AS p (o)) SELECT c.id FROM companies c, x"},
        {"SELECT id, 'rehome.crosswalk_profiles' /* rehome.crosswalk_profiles */ FROM companies",
         "SELECT id, 'rehome.crosswalk_profiles' /* rehome.crosswalk_profiles */ FROM companies"},
        {"SELECT c.id FROM companies c, crosswalk_profiles x", "SELECT c.id FROM companies c, crosswalk_profiles x"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Transform *transform = seated(arena, cases[i].text);
        CHECK_TEXT(transform_text(arena, transform), cases[i].seated);
        CHECK_TEXT(transform_narrow(arena, transform, &everything, TRANSFORM_PLAIN), cases[i].seated);
    }
}

TEST(a_crosswalk_stands_beside_a_narrowed_driving_table)
{
    AUTO(Arena) *arena = arena_new();
    static const char *const low[] = {"7"};
    KeyColumnList key = key_of(arena, "id");
    KeySet keys = {.kind = KEYSET_RANGE, .key = &key, .low = low};
    Transform *transform =
        seated(arena, "SELECT x.new_id FROM rehome.crosswalk_profiles x JOIN companies c ON x.old_id = c.id");
    CHECK(transform->narrowable && transform->shows_key);
    CHECK_TEXT(transform_narrow(arena, transform, &keys, TRANSFORM_WITH_KEY),
               "SELECT \"c\".\"id\"::text AS \"rehome_key_1\", x.new_id FROM (SELECT * FROM p) x JOIN (SELECT * FROM "
               "\"public\".\"companies\" WHERE (\"id\" >= '7'::bigint)) c ON x.old_id = c.id");
}

TEST(a_later_seat_takes_the_place_of_an_earlier_one)
{
    AUTO(Arena) *arena = arena_new();
    Transform *first = seated(arena, "SELECT c.id FROM companies c, rehome.crosswalk_profiles x");
    SeatList seats = {0};
    LIST_PUSH(arena, &seats, ((Seat){"crosswalk_profiles", "SELECT 1"}));
    Transform *second = transform_seat(arena, first, &seats);
    CHECK_TEXT(transform_text(arena, second), "SELECT c.id FROM companies c, (SELECT 1) x");
    CHECK_TEXT(transform_text(arena, first), "SELECT c.id FROM companies c, (SELECT * FROM p) x");
    CHECK(second->guests.count == 1);
}

TEST(a_place_in_the_seated_text_leads_back_to_the_users)
{
    AUTO(Arena) *arena = arena_new();
    const char *text = "SELECT 'ü', x.a FROM companies c, rehome.crosswalk_profiles x WHERE zz";
    Transform *transform = seated(arena, text);
    const char *sent = transform_text(arena, transform);
    int at = (int)(strstr(sent, "zz") - sent);
    CHECK_NUMBER((long long)transform_origin(arena, transform, at), strstr(text, "zz") - text); /* ü has two bytes */
    CHECK_NUMBER((long long)transform_origin(arena, transform, 8), strstr(text, "'ü'") - text);
    CHECK_NUMBER((long long)transform_origin(arena, transform, (int)(strstr(sent, "FROM p") - sent)),
                 strstr(text, "rehome.") - text);
}

TEST(what_cannot_be_seated_is_a_mistake_with_its_place)
{
    static const struct {
        const char *text, *mistake;
    } cases[] = {
        {"SELECT rehome.crosswalk_profiles.new_id\n  FROM companies, rehome.crosswalk_profiles",
         "sql/x.sql:2:19: rehome.crosswalk_profiles is named with its schema beside its columns; give it an alias"},
        {"SELECT c.id FROM companies c, rehome.crosswalk_profiles TABLESAMPLE system (1)",
         "sql/x.sql:1:31: rehome.crosswalk_profiles stands in TABLESAMPLE"},
        {"SELECT c.id FROM JSON_TABLE(x, '$' COLUMNS (id int PATH '$')) c,\nrehome.crosswalk_profiles",
         "sql/x.sql:2:1: a crosswalk can be found in what the grammar of PostgreSQL 15 knows alone"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Built built = build(arena, cases[i].text, "companies", "id", NULL);
        if (CHECK(built.mistakes.list.count == 1))
            CHECK_TEXT(mistake_print(arena, &built.mistakes.list.items[0]), cases[i].mistake);
    }
}
