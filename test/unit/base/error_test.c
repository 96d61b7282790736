#include "base/error.h"
#include "base/text.h"
#include "tap.h"

TEST(every_kind_has_a_name_and_an_exit_status)
{
    static const struct {
        ErrorKind kind;
        int exit_status;
    } cases[] = {{ERROR_NONE, 0}, {ERROR_INPUT, 2},     {ERROR_TRANSIENT, 1}, {ERROR_STATE, 1},
                 {ERROR_DATA, 1}, {ERROR_DIFFERENT, 4}, {ERROR_REJECTS, 3},   {ERROR_STOPPED, 130}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_NUMBER(error_policy(cases[i].kind)->exit_status, cases[i].exit_status);
    for (ErrorKind kind = ERROR_NONE; kind <= ERROR_BUG; kind++) {
        CHECK(error_policy(kind)->name != NULL);
        CHECK(error_policy(kind)->retry == (kind == ERROR_TRANSIENT));
    }
}

TEST(setting_an_error_forgets_the_one_before)
{
    Error error = {0};
    error_set(&error, ERROR_DATA, "first");
    error_detail(&error, "detail");
    CHECK(!error_set(&error, ERROR_SQL, "second after %s", error.message));
    CHECK_TEXT(error.message, "second after first");
    CHECK_TEXT(error.detail, "");
    CHECK(error.kind == ERROR_SQL);
}

TEST(callers_put_what_they_were_doing_before_the_message)
{
    Error error = {0};
    error_set(&error, ERROR_DATA, "value too long");
    error_doing(&error, "chunk %d", 17);
    error_doing(&error, "copying entity \"%s\"", "leads");
    CHECK_TEXT(error.message, "copying entity \"leads\": chunk 17: value too long");
    error_clear(&error);
    CHECK(error.kind == ERROR_NONE && error.message[0] == '\0');
}

TEST(a_long_message_is_cut_between_characters)
{
    AUTO(Arena) *arena = arena_new();
    Text text = text_new(arena);
    for (int i = 0; i < 2000; i++)
        text_add(&text, i == 0 ? "x" : "é");
    Error error = {0};
    error_set(&error, ERROR_DATA, "%s", text.chars);
    size_t length = strlen(error.message);
    CHECK(length < sizeof error.message && length > sizeof error.message - 4);
    CHECK(text_ends_with(error.message, "é…"));
    error_doing(&error, "reading");
    CHECK(text_starts_with(error.message, "reading: xé"));
    CHECK(text_ends_with(error.message, "…"));
}

TEST(nobody_has_to_listen_to_an_error)
{
    CHECK(!error_set(NULL, ERROR_DATA, "unheard"));
    CHECK(!error_doing(NULL, "unheard"));
}
