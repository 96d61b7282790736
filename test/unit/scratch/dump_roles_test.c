#include "scratch/dump_roles.h"
#include "tap.h"

static char *roles_of(Arena *arena, const char *statement)
{
    StringList roles = {0};
    dump_roles_collect(arena, statement, &roles);
    return string_list_join(arena, &roles, ",");
}

TEST(owners_grantees_and_those_of_policies_are_found)
{
    static const char *const cases[][2] = {
        {"ALTER TABLE public.leads OWNER TO crm", "crm"},
        {"ALTER FUNCTION f(a text, b int) OWNER TO \"Crm Owner\"", "Crm Owner"},
        {"GRANT SELECT(id, \"to\") ON TABLE public.leads TO Reader, \"Writer \"\"x\"\"\" WITH GRANT OPTION",
         "reader,Writer \"x\""},
        {"GRANT ALL ON SCHEMA a TO GROUP staff", "staff"},
        {"REVOKE ALL ON TABLE t FROM old_one, PUBLIC", "old_one"},
        {"CREATE POLICY p ON public.leads FOR SELECT TO authenticated, anon USING ((a = 'TO x') AND (b TO c))",
         "authenticated,anon"},
        {"ALTER DEFAULT PRIVILEGES FOR ROLE admin IN SCHEMA s GRANT SELECT ON TABLES TO viewer", "admin,viewer"},
        {"ALTER DEFAULT PRIVILEGES FOR ROLE admin REVOKE ALL ON FUNCTIONS FROM PUBLIC", "admin"},
        {"CREATE SCHEMA s AUTHORIZATION boss", "boss"},
        {"CREATE USER MAPPING FOR mapped SERVER s", "mapped"},
        {"SET SESSION AUTHORIZATION 'quoted'", ""},
        {"SET SESSION AUTHORIZATION plain", "plain"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(roles_of(arena, cases[i][0]), cases[i][1]);
}

TEST(what_names_no_role_gives_none)
{
    static const char *const cases[] = {
        "ALTER TABLE a RENAME TO b",
        "GRANT SELECT ON t TO pg_read_all_data",
        "GRANT SELECT ON t TO CURRENT_USER",
        "CREATE TABLE t (a text DEFAULT 'OWNER TO nobody')",
        "INSERT INTO t VALUES ('GRANT a TO b')",
        "ALTER TABLE t OWNER TO",
        "GRANT",
        "",
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(roles_of(arena, cases[i]), "");
}
