#include "base/digest.h"
#include "tap.h"

TEST(a_digest_is_what_sha256sum_prints)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(digest_sha256(arena, "", 0), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK_TEXT(digest_sha256(arena, "abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(bytes_are_written_with_two_digits_each)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(digest_hex(arena, (const uint8_t[]){0, 10, 255}, 3), "000aff");
}
