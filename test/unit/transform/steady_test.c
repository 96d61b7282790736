/* Which SQL gives the same for the same rows. */
#include "transform/steady.h"

#include "tap.h"

static void holds(const char *const *texts, bool is_condition, bool expected)
{
    AUTO(Arena) *arena = arena_new();
    StringList volatiles = {0}, routines = {0};
    LIST_PUSH(arena, &volatiles, "random");
    LIST_PUSH(arena, &routines, "label");
    const Functions functions = {.volatiles = &volatiles};
    for (; *texts; texts++)
        if (!CHECK(steady_is(arena, *texts, is_condition, &functions, &routines) == expected))
            printf("# %s\n", *texts);
}

TEST(what_reads_nothing_but_rows_is_steady)
{
    holds((const char *const[]){"SELECT id, trim(name) AS name FROM users",
                                "SELECT id, created_at AT TIME ZONE 'UTC' FROM users WHERE kind = 'known'",
                                "SELECT id, \"user\", random, age, nowhere FROM users",
                                "SELECT age(born, died) FROM users",
                                "SELECT id, '(now())' AS said /* now() */ FROM users", NULL},
          false, true);
}

TEST(the_clock_chance_and_the_session_are_not)
{
    holds((const char *const[]){"SELECT now() FROM users", "SELECT pg_catalog.NOW ( ) FROM users",
                                "SELECT \"now\"() FROM users", "SELECT id FROM users WHERE day < CURRENT_DATE",
                                "SELECT id FROM users WHERE day < 'today'", "SELECT 'today'::date FROM users",
                                "SELECT id, age(born) FROM users", "SELECT id, random() FROM users",
                                "SELECT id, user FROM users", "SELECT CURRENT_USER FROM users",
                                "SELECT current_setting('timezone') FROM users",
                                "SELECT (SELECT max(x) FROM (SELECT now() AS x) q) FROM users",
                                "SELECT id FROM users TABLESAMPLE system (1)", NULL},
          false, false);
}

TEST(a_function_of_a_users_may_read_anything)
{
    holds((const char *const[]){"SELECT id, label(id) FROM users", "SELECT id, public.label(id) FROM users",
                                "SELECT u.label FROM users u", "SELECT label FROM users", NULL},
          false, false);
    holds((const char *const[]){"SELECT id AS label FROM users", NULL}, false, true);
}

TEST(conditions_are_read_as_such)
{
    holds((const char *const[]){"name IS NULL", "EXISTS (SELECT FROM odd WHERE odd.id = q.id)", "a = 1 -- why", NULL},
          true, true);
    holds((const char *const[]){"born > now()", "label(q) = 1", "a = 1) OR (", NULL}, true, false);
}

TEST(what_is_not_understood_is_not_steady)
{
    holds((const char *const[]){"SELECT 'not closed", "SELEKT 1", NULL}, false, false);
}
