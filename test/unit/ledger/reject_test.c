#include "ledger/reject.h"

#include "base/text.h"
#include "tap.h"

static RejectFilter parsed(Arena *arena, const char *word)
{
    RejectFilter filter = {0};
    Error error = {0};
    CHECK(reject_key_parse(arena, word, &filter, &error));
    return filter;
}

TEST(a_key_is_written_as_a_value_as_pairs_as_an_object_or_as_an_id)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(parsed(arena, "17").values.items[0], "17");
    CHECK_NUMBER((long long)parsed(arena, "17").keys.count, 0);
    CHECK_TEXT(parsed(arena, "region=eu,id=7").keys.items[0], "{\"region\":\"eu\",\"id\":\"7\"}");
    CHECK_TEXT(parsed(arena, "{\"id\": 7, \"region\": \"eu\"}").keys.items[0], "{\"id\":\"7\",\"region\":\"eu\"}");
    CHECK_TEXT(parsed(arena, "#12").ids.items[0], "12");
}

TEST(a_value_may_look_like_a_pair)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(parsed(arena, "a=b").values.items[0], "a=b");
    CHECK_NUMBER((long long)parsed(arena, "a=b").keys.count, 1);
    CHECK_NUMBER((long long)parsed(arena, "a=b,c").keys.count, 0);
    CHECK_NUMBER((long long)parsed(arena, "=b").keys.count, 0);
    CHECK_TEXT(parsed(arena, "url=a=b").keys.items[0], "{\"url\":\"a=b\"}");
}

TEST(what_begins_like_an_object_or_an_id_must_be_one)
{
    static const char *const words[] = {"{\"id\": 7", "{}x", "#", "#a", "#1a", "#1234567890123456789"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        RejectFilter filter = {0};
        Error error = {0};
        CHECK(!reject_key_parse(arena, words[i], &filter, &error));
        CHECK_NUMBER(error.kind, ERROR_INPUT);
        CHECK(error.hint[0]);
    }
}

TEST(pages_grow_while_rejects_are_small_and_shrink_when_they_are_not)
{
    AUTO(Arena) *arena = arena_new();
    RejectList none = {0}, small = {0}, big = {0};
    char *document = arena_alloc(arena, (1 << 20) + 1);
    memset(document, 'x', 1 << 20);
    document[1 << 20] = '\0';
    LIST_PUSH(arena, &small, ((Reject){.document = "{}"}));
    LIST_PUSH(arena, &big, ((Reject){.document = document}));
    int64_t limit = reject_next_limit(0, &none);
    CHECK_NUMBER(limit, 4);
    for (int i = 0; i < 20; i++)
        limit = reject_next_limit(limit, &small);
    CHECK_NUMBER(limit, 1000);
    CHECK_NUMBER(reject_next_limit(limit, &big), 500);
    for (int i = 0; i < 20; i++)
        limit = reject_next_limit(limit, &big);
    CHECK_NUMBER(limit, 1);
}
