/* Unit tests, small enough to read at once. A test is a sentence:
 *
 *     TEST(an_empty_list_holds_nothing)
 *     {
 *         CHECK(list.count == 0);
 *         CHECK_TEXT(name, "expected");
 *     }
 *
 * Every file is a program; main() is here. It prints TAP, which meson reads. A test that fails goes on to its end. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct TapTest {
    const char *name;
    void (*run)(void);
    struct TapTest *next;
} TapTest;

static TapTest *tap_first;
static TapTest **tap_last = &tap_first;
static bool tap_failed;

#define TEST(sentence)                                                     \
    static void sentence(void);                                            \
    __attribute__((constructor)) static void tap_register_##sentence(void) \
    {                                                                      \
        static TapTest test = {#sentence, sentence, NULL};                 \
        *tap_last = &test;                                                 \
        tap_last = &test.next;                                             \
    }                                                                      \
    static void sentence(void)

#define CHECK(condition)               tap_check((condition), #condition, __FILE__, __LINE__)
#define CHECK_TEXT(actual, expected)   tap_check_text((actual), (expected), #actual, __FILE__, __LINE__)
#define CHECK_NUMBER(actual, expected) tap_check_number((actual), (expected), #actual, __FILE__, __LINE__)

__attribute__((unused)) static bool tap_check(bool holds, const char *condition, const char *file, int line)
{
    if (!holds) {
        printf("# %s:%d: does not hold: %s\n", file, line, condition);
        tap_failed = true;
    }
    return holds;
}

__attribute__((unused)) static bool tap_check_text(const char *actual, const char *expected, const char *what,
                                                   const char *file, int line)
{
    if (actual && expected ? strcmp(actual, expected) == 0 : actual == expected)
        return true;
    printf("# %s:%d: %s\n#   is       %s\n#   and not  %s\n", file, line, what, actual ? actual : "(NULL)",
           expected ? expected : "(NULL)");
    tap_failed = true;
    return false;
}

__attribute__((unused)) static bool tap_check_number(long long actual, long long expected, const char *what,
                                                     const char *file, int line)
{
    if (actual == expected)
        return true;
    printf("# %s:%d: %s is %lld and not %lld\n", file, line, what, actual, expected);
    tap_failed = true;
    return false;
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    int number = 0, failures = 0;
    for (TapTest *test = tap_first; test; test = test->next) {
        tap_failed = false;
        test->run();
        printf("%s %d - %s\n", tap_failed ? "not ok" : "ok", ++number, test->name);
        failures += tap_failed;
    }
    printf("1..%d\n", number);
    return failures > 0;
}
