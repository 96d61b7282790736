#include "transform/transform.h"

#include "tap.h"

/* What load's text becomes when people is replaced. */
static const char *replaced(Arena *arena, const char *text, size_t *lodgers)
{
    static const KeyColumnList no_key = {0};
    Sql *sql = NEW(arena, Sql);
    *sql = (Sql){.text = text, .place = {"sql/x.sql", 1, 1}, .is_file = true};
    LodgerList list = {0};
    SeatList seats = {0};
    Mistakes mistakes = {.arena = arena};
    LIST_PUSH(arena, &list, ((Lodger){"public", "people", true}));
    LIST_PUSH(arena, &list, ((Lodger){"hidden", "firms", false}));
    const TransformRequest request = {.sql = sql,
                                      .driving_schema = "pg_temp",
                                      .driving_name = "staged",
                                      .driving_in_search_path = true,
                                      .key = &no_key,
                                      .whole = true,
                                      .lodgers = &list};
    Transform *transform = transform_build(arena, &request, &mistakes);
    LIST_PUSH(arena, &seats, ((Seat){"\"public\".\"people\"", "SELECT * FROM p"}));
    LIST_PUSH(arena, &seats, ((Seat){"\"hidden\".\"firms\"", "SELECT * FROM f"}));
    *lodgers = transform->lodgers.count;
    CHECK(mistakes.list.count == 0 && transform->guests.count == 0);
    return transform_text(arena, transform_seat(arena, transform, &seats));
}

TEST(each_reference_to_a_lodger_is_replaced)
{
    static const struct {
        const char *text, *replaced;
    } cases[] = {
        {"SELECT s.id FROM staged s JOIN people p ON p.id = s.id", "SELECT s.id FROM staged s JOIN (SELECT * FROM p) p ON p.id = s.id"},
        {"SELECT s.id FROM staged s, ONLY public.people WHERE people.id = s.id",
         "SELECT s.id FROM staged s, (SELECT * FROM p) AS \"people\" WHERE people.id = s.id"},
        {"SELECT id, (SELECT max(f.id) FROM hidden.firms f) FROM staged", "SELECT id, (SELECT max(f.id) FROM (SELECT * FROM f) f) FROM staged"},
    };
    AUTO(Arena) *arena = arena_new();
    size_t lodgers = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_TEXT(replaced(arena, cases[i].text, &lodgers), cases[i].replaced);
        CHECK_NUMBER((long long)lodgers, 1);
    }
}

TEST(what_cannot_be_replaced_everywhere_stays_as_it_is_and_is_no_mistake)
{
    static const char *const texts[] = {
        "SELECT s.id FROM staged s JOIN firms f ON f.id = s.id",
        "SELECT s.id FROM staged s JOIN people p ON p.id = s.id AND p.ctid IS NOT NULL",
        "SELECT s.id FROM staged s, public.people WHERE public.people.id = s.id",
        "SELECT s.id FROM staged s, people a TABLESAMPLE system (1), people b",
    };
    AUTO(Arena) *arena = arena_new();
    size_t lodgers = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        CHECK_TEXT(replaced(arena, texts[i], &lodgers), texts[i]);
        CHECK_NUMBER((long long)lodgers, 0);
    }
}
