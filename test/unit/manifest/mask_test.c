#include "manifest/mask.h"
#include "tap.h"

TEST(no_message_shows_a_password)
{
    static const struct {
        const char *text, *shown;
    } cases[] = {
        {"leads", "\"leads\""},
        {"", "\"\""},
        {"postgresql://me:secret@host/db", "\"postgresql://…\""},
        {"host=x PASSWORD=secret user=me", "\"host=x PASSWORD…\""},
        {"sslpassword='a b'", "\"sslpassword…\""},
        {"postgres:/me:secret@host/db", "\"postgres:…\""},
        {"me@example.org", "\"…\""},
        {"two\nlines", "\"two lines\""},
        {"123456789 123456789 123456789 123456789 123456789 123456789 1",
         "\"123456789 123456789 123456789 123456789 123456789 123456789 …\""},
        {"123456789 123456789 123456789 123456789 123456789 123456789é",
         "\"123456789 123456789 123456789 123456789 123456789 123456789…\""},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(mask_quote(arena, cases[i].text), cases[i].shown);
}
