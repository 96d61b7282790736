#include "base/text.h"
#include "manifest/variables.h"
#include "tap.h"

#include <stdlib.h>

static VariableList variables_of_test(Arena *arena)
{
    static const Variable all[] = {
        {.name = "company", .value = "O'Neil"},
        {.name = "path", .value = "a\\b"},
        {.name = "table", .value = "Old \"Users\""},
        {.name = "n", .value = "10"},
        {.name = "nothing"},
        {.name = "ids", .value = "{\"1\",\"2\"}", .is_array = true},
    };
    VariableList variables = {0};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        LIST_PUSH(arena, &variables, all[i]);
    return variables;
}

/* The filled text, or the mistakes when there are any. */
static const char *filled(Arena *arena, Sql sql)
{
    Mistakes mistakes = {.arena = arena};
    const VariableList variables = variables_of_test(arena);
    const char *text = variables_fill(arena, &sql, &variables, &mistakes);
    Text lines = text_new(arena);
    FOR_EACH(Mistake, mistake, mistakes.list) {
        text_separate(&lines, "\n");
        text_add(&lines, mistake_print(arena, mistake));
    }
    return mistakes.list.count > 0 ? lines.chars : text;
}

static Sql in_file(const char *text)
{
    return (Sql){.text = text, .place = {"sql/a.sql", 1, 1}, .is_file = true};
}

TEST(values_are_written_as_psql_writes_them)
{
    static const struct {
        const char *sql, *filled;
    } cases[] = {
        {"", ""},
        {"a = :'company'", "a = 'O''Neil'"},
        {"a = :'path'", "a = E'a\\\\b'"},
        {"a LIKE:'path'", "a LIKE E'a\\\\b'"},
        {"'x':'company'", "'x' 'O''Neil'"},
        {"FROM :\"table\"", "FROM \"Old \"\"Users\"\"\""},
        {"FROM crm.:\"table\"", "FROM crm.\"Old \"\"Users\"\"\""},
        {"LIMIT :n", "LIMIT 10"},
        {"LIMIT :n::int", "LIMIT 10::int"},
        {"a = :'nothing'", "a = NULL"},
        {":'company',:'n'", "'O''Neil','10'"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(filled(arena, in_file(cases[i].sql)), cases[i].filled);
}

TEST(what_is_no_variable_stays)
{
    static const char *const cases[] = {
        "a::text",    "a[1:m]",         "a[:m]",           "':n'",       "\":n\"", "E'\\':n'",
        "$$ :'n' $$", "$f$ :\"n\" $f$", "-- :'x'\n",       "/* :'x' */", "a := 1", "SELECT 'a:b', \"c:d\"",
        ":unknown",   "'{\"a\":1}'",    "a ? 'b' : 'c d'",
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(filled(arena, in_file(cases[i])), cases[i]);
}

TEST(a_wrong_variable_is_told_with_its_place)
{
    static const struct {
        const char *sql, *mistakes;
    } cases[] = {
        {"a = :'compny'", "sql/a.sql:1:5: :'compny': no such param; did you mean \"company\"?"},
        {"a\n= é :\"zzzzzz\"", "sql/a.sql:2:5: :\"zzzzzz\": no such param; declare it under params"},
        {"LIMIT :nothing",
         "sql/a.sql:1:7: :nothing: param \"nothing\" has no value; only :'nothing' may stand for a missing one (NULL)"},
        {"id = ANY (:ids)", "sql/a.sql:1:11: :ids: param \"ids\" is an array; write :'ids', as in id = ANY (:'ids')"},
        {"FROM :\"ids\"", "sql/a.sql:1:6: :\"ids\": param \"ids\" is an array; write :'ids', as in id = ANY (:'ids')"},
        {":'xxxxxx'\n  :'yyyyyy'", "sql/a.sql:1:1: :'xxxxxx': no such param; declare it under params\n"
                                   "sql/a.sql:2:3: :'yyyyyy': no such param; declare it under params"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(filled(arena, in_file(cases[i].sql)), cases[i].mistakes);
}

TEST(a_place_inside_yaml_counts_from_the_value)
{
    AUTO(Arena) *arena = arena_new();
    const Sql sql = {.text = "a\n= :'zzzzzz'", .place = {"migration.yaml", 10, 7}};
    CHECK_TEXT(filled(arena, sql), "migration.yaml:11:9: :'zzzzzz': no such param; declare it under params");
}

TEST(the_environment_is_filled_in)
{
    static const struct {
        const char *text, *filled;
    } cases[] = {
        {"plain", "plain"},
        {"${REHOME_TEST}", "value"},
        {"a-${REHOME_TEST}-${REHOME_TEST}", "a-value-value"},
        {"${REHOME_UNSET:-other}", "other"},
        {"${REHOME_UNSET:-}", ""},
        {"${REHOME_EMPTY}", ""},
        {"${REHOME_EMPTY:-other}", "other"},
        {"$${REHOME_TEST}", "${REHOME_TEST}"},
        {"$$ body $$ $1 $REHOME_TEST", "$$ body $$ $1 $REHOME_TEST"},
        {"${REHOME_UNSET}", "m.yaml:1:1: the environment variable REHOME_UNSET is not set"},
        {"${REHOME_TEST", "m.yaml:1:1: ${ is never closed by }; $${ is a plain ${"},
        {"${}", "m.yaml:1:1: ${…} holds \"\", which is not the name of an environment variable; $${ is a plain ${"},
        {"${2}", "m.yaml:1:1: ${…} holds \"2\", which is not the name of an environment variable; $${ is a plain ${"},
        {"${A-b}",
         "m.yaml:1:1: ${…} holds \"A-b\", which is not the name of an environment variable; $${ is a plain ${"},
    };
    AUTO(Arena) *arena = arena_new();
    setenv("REHOME_TEST", "value", 1);
    setenv("REHOME_EMPTY", "", 1);
    unsetenv("REHOME_UNSET");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Mistakes mistakes = {.arena = arena};
        const char *text = environment_fill(arena, cases[i].text, (Place){"m.yaml", 1, 1}, &mistakes);
        CHECK((text == NULL) == (mistakes.list.count > 0));
        CHECK_TEXT(text ? text : mistake_print(arena, mistakes.list.items), cases[i].filled);
    }
}
