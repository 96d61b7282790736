#include "catalog/catalog.h"
#include "tap.h"

/* The search path finds public and not crm. */
static Catalog *shop(Arena *arena)
{
    static const char *const names[][2] = {{"public", "orders"},     {"public", "Artist"}, {"public", "order-items"},
                                           {"crm", "opportunities"}, {"crm", "Leads"},     {"Old", "stock"}};
    Catalog *catalog = NEW(arena, Catalog);
    LIST_PUSH(arena, &catalog->search_path, "public");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        *LIST_ADD(arena, &catalog->relations) = (Relation){.schema = names[i][0], .name = names[i][1]};
    return catalog;
}

TEST(the_nearest_relation_is_written_as_sql_needs_it)
{
    static const struct {
        const char *typed, *nearest;
    } cases[] = {
        {"ordres", "orders"},          {"artists", "\"Artist\""},       {"opportunity", "crm.opportunities"},
        {"crm.leds", "crm.\"Leads\""}, {"old.stocks", "\"Old\".stock"}, {"nothing_like_it", NULL},
    };
    AUTO(Arena) *arena = arena_new();
    const Catalog *catalog = shop(arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(catalog_nearest_relation(arena, catalog, cases[i].typed), cases[i].nearest);
}

TEST(the_nearest_column_is_named_as_it_is)
{
    AUTO(Arena) *arena = arena_new();
    Relation relation = {0};
    *LIST_ADD(arena, &relation.columns) = (Column){.name = "company_id"};
    *LIST_ADD(arena, &relation.columns) = (Column){.name = "createdAt"};
    CHECK_TEXT(relation_nearest_column(&relation, "created_at"), "createdAt");
    CHECK_TEXT(relation_nearest_column(&relation, "compani_id"), "company_id");
    CHECK(!relation_nearest_column(&relation, "price"));
}

TEST(a_name_that_lacks_only_its_quotes_is_recognised)
{
    static const struct {
        const char *typed, *name;
    } cases[] = {
        {"Artist", "Artist"},
        {"order-items", "order-items"},
        {"crm.Leads", "Leads"},
        {"Leads", "Leads"}, /* quoted it would still need its schema, but this is what was meant */
        {"Old.stock", "stock"},
        {"artist", NULL},            /* another spelling */
        {"opportunities", NULL},     /* quotes would not help: it is the schema that is missing */
        {"crm.opportunities", NULL}, /* found without quotes */
    };
    AUTO(Arena) *arena = arena_new();
    const Catalog *catalog = shop(arena);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const Relation *relation = catalog_relation_spelled(catalog, cases[i].typed);
        CHECK_TEXT(relation ? relation->name : NULL, cases[i].name);
    }
}
