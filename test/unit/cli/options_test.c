#include "cli/options.h"

#include "base/text.h"
#include "tap.h"

enum { MOST_ARGUMENTS = 12 };

/* `words` as a command line; blanks separate. */
static bool parse(Arena *arena, const char *words, CommandLine *line, Error *error)
{
    char *arguments[MOST_ARGUMENTS] = {"rehome"};
    int count = 1;
    for (char *word = strtok(arena_strdup(arena, words), " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    *error = (Error){0};
    return options_parse(arena, count, arguments, line, error);
}

TEST(options_stand_before_and_after_the_command)
{
    AUTO(Arena) *arena = arena_new();
    CommandLine line;
    Error error;
    CHECK(parse(arena, "-C there run --jobs 3 --only=a,b --only c -qv", &line, &error));
    CHECK(line.command == &command_run);
    CHECK_TEXT(line.options.manifest.folder, "there");
    CHECK_NUMBER(line.options.jobs, 3);
    CHECK_TEXT(string_list_join(arena, &line.options.only, "+"), "a+b+c");
    CHECK(line.options.quiet && line.options.verbose);
}

TEST(every_way_to_write_a_value_is_the_same)
{
    static const char *const ways[] = {"run --jobs 7", "run --jobs=7", "run -j 7", "run -j7", "--jobs 7 run"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        CommandLine line;
        Error error;
        CHECK(parse(arena, ways[i], &line, &error));
        CHECK_NUMBER(line.options.jobs, 7);
    }
}

TEST(nothing_is_an_option_after_two_dashes)
{
    AUTO(Arena) *arena = arena_new();
    CommandLine line;
    Error error;
    CHECK(parse(arena, "help -- --jobs", &line, &error));
    CHECK_NUMBER((long long)line.options.words.count, 1);
    CHECK_TEXT(line.options.words.items[0], "--jobs");
}

TEST(what_is_wrong_is_said_with_what_was_meant)
{
    static const struct {
        const char *words, *message;
    } cases[] = {
        {"rnu", "unknown command \"rnu\"; did you mean \"run\"?"},
        {"xyzzy", "unknown command \"xyzzy\""},
        {"run --jbos 3", "unknown option --jbos; did you mean --jobs?"},
        {"run --jbos=3", "unknown option --jbos; did you mean --jobs?"},
        {"run --xyzzy", "unknown option --xyzzy"},
        {"run -Z", "unknown option -Z"},
        {"plan --watch", "rehome plan has no --watch"},
        {"plan extra", "rehome plan does not know what to do with \"extra\""},
        {"run --jobs", "--jobs wants a value: --jobs N"},
        {"run --source=", "--source wants a value: --source URL"},
        {"run --jobs 0", "--jobs wants a number from 1 to 1000 and not \"0\""},
        {"run --jobs 3x", "--jobs wants a number from 1 to 1000 and not \"3x\""},
        {"run --only a,,b", "--only has an empty name in it"},
        {"run --param x", "--param wants NAME=VALUE and not \"x\""},
        {"run --json=yes", "--json takes no value"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CommandLine line;
        Error error;
        CHECK(!parse(arena, cases[i].words, &line, &error));
        CHECK(error.kind == ERROR_INPUT);
        CHECK_TEXT(error.message, cases[i].message);
        CHECK(error.hint[0] != '\0');
    }
}

TEST(a_parameter_may_hold_what_it_likes)
{
    AUTO(Arena) *arena = arena_new();
    CommandLine line;
    Error error;
    CHECK(parse(arena, "run --param=x=a=b,c --param y=", &line, &error));
    CHECK_TEXT(string_list_join(arena, &line.options.manifest.params, "|"), "x=a=b,c|y=");
}

TEST(help_needs_no_other_option_to_fit)
{
    AUTO(Arena) *arena = arena_new();
    CommandLine line;
    Error error;
    CHECK(parse(arena, "plan --watch --help", &line, &error));
    CHECK(line.options.help);
}

TEST(every_command_and_option_can_be_explained)
{
    for (const Command *const *command = commands; *command; command++)
        CHECK((*command)->summary && (*command)->run);
    for (size_t i = 0; i < option_rule_count; i++) {
        CHECK(option_rules[i].help[0] != '\0');
        CHECK((option_rules[i].kind == OPTION_SWITCH) == (option_rules[i].argument == NULL));
    }
}
