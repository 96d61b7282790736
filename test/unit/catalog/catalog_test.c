#include "catalog/catalog.h"
#include "tap.h"

static void add_relation(Arena *arena, Catalog *catalog, ObjectId oid, const char *schema, const char *name)
{
    *LIST_ADD(arena, &catalog->relations) = (Relation){.oid = oid, .schema = schema, .name = name};
}

static void add_type(Arena *arena, Catalog *catalog, Type type)
{
    *LIST_ADD(arena, &catalog->types) = type;
}

/* email over short_text over varchar(20), as a server would have them, in no particular order. */
static Catalog *shop(Arena *arena)
{
    Catalog *catalog = NEW(arena, Catalog);
    LIST_PUSH(arena, &catalog->search_path, "crm");
    LIST_PUSH(arena, &catalog->search_path, "public");
    add_relation(arena, catalog, 20003, "public", "orders");
    add_relation(arena, catalog, 20001, "public", "leads");
    add_relation(arena, catalog, 20002, "crm", "leads");
    add_relation(arena, catalog, 20004, "archive", "invoices");
    add_type(arena, catalog,
             (Type){.oid = 30002, .schema = "public", .name = "email", .kind = 'd', .base = 30001, .base_typmod = -1});
    add_type(
        arena, catalog,
        (Type){.oid = 30001, .schema = "public", .name = "short_text", .kind = 'd', .base = 1043, .base_typmod = 24});
    add_type(arena, catalog, (Type){.oid = 1043, .schema = "pg_catalog", .name = "varchar", .kind = 'b'});
    return catalog;
}

static void check_lookups(const Catalog *catalog)
{
    CHECK_NUMBER(catalog_relation(catalog, "public", "leads")->oid, 20001);
    CHECK_NUMBER(catalog_relation(catalog, NULL, "leads")->oid, 20002);
    CHECK_NUMBER(catalog_relation(catalog, NULL, "orders")->oid, 20003);
    CHECK(!catalog_relation(catalog, NULL, "invoices"));
    CHECK(!catalog_relation(catalog, "crm", "orders"));
    CHECK_TEXT(catalog_relation_by_oid(catalog, 20004)->name, "invoices");
    CHECK(!catalog_relation_by_oid(catalog, 0));
    CHECK_TEXT(catalog_type(catalog, 30001)->name, "short_text");
    CHECK(!catalog_type(catalog, 4));
    CHECK_NUMBER(catalog_type_by_name(catalog, "public", "email")->oid, 30002);
    CHECK(!catalog_type_by_name(catalog, "crm", "email"));
}

TEST(objects_are_found_by_oid_and_by_name_with_an_index)
{
    AUTO(Arena) *arena = arena_new();
    Catalog *catalog = shop(arena);
    catalog_build_index(arena, catalog);
    check_lookups(catalog);
}

TEST(objects_are_found_in_a_catalog_without_an_index)
{
    AUTO(Arena) *arena = arena_new();
    check_lookups(shop(arena));
}

TEST(an_empty_catalog_holds_nothing)
{
    AUTO(Arena) *arena = arena_new();
    Catalog *catalog = NEW(arena, Catalog);
    catalog_build_index(arena, catalog);
    CHECK(!catalog_relation(catalog, NULL, "leads"));
    CHECK(!catalog_type(catalog, 23));
}

TEST(the_base_type_lies_below_all_domains_and_brings_their_typmod)
{
    AUTO(Arena) *arena = arena_new();
    const Catalog *catalog = shop(arena);
    int32_t typmod = -1;
    CHECK_TEXT(catalog_base_type(catalog, 30002, &typmod)->name, "varchar");
    CHECK_NUMBER(typmod, 24);
}

TEST(the_typmod_of_a_type_that_is_no_domain_stays)
{
    AUTO(Arena) *arena = arena_new();
    const Catalog *catalog = shop(arena);
    int32_t typmod = 44;
    CHECK_TEXT(catalog_base_type(catalog, 1043, &typmod)->name, "varchar");
    CHECK_NUMBER(typmod, 44);
    CHECK(!catalog_base_type(catalog, 4, &typmod));
}

TEST(only_types_with_an_oid_that_never_changes_are_builtin)
{
    CHECK(type_is_builtin(&(Type){.oid = 23, .schema = "pg_catalog", .kind = 'b'}));
    CHECK(!type_is_builtin(&(Type){.oid = 83, .schema = "pg_catalog", .kind = 'c'}));
    CHECK(!type_is_builtin(&(Type){.oid = 12001, .schema = "pg_catalog", .kind = 'b'}));
    CHECK(!type_is_builtin(&(Type){.oid = 16400, .schema = "public", .kind = 'e'}));
}
