#include "base/arena.h"
#include "tap.h"

#include <stdalign.h>
#include <stdint.h>

TEST(memory_comes_zeroed_and_aligned)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t size = 1; size < 5000; size += 7) {
        unsigned char *memory = arena_alloc(arena, size);
        CHECK((uintptr_t)memory % alignof(max_align_t) == 0);
        CHECK(memory[0] == 0 && memory[size - 1] == 0);
        memset(memory, 0xAA, size);
    }
}

TEST(a_large_piece_does_not_end_the_block_that_is_being_filled)
{
    AUTO(Arena) *arena = arena_new();
    const char *first = arena_alloc(arena, 16);
    const char *second = arena_alloc(arena, 16);
    memset(arena_alloc(arena, 100000), 1, 100000);
    const char *third = arena_alloc(arena, 16);
    CHECK(third - second == second - first);
}

TEST(copies_are_terminated_and_null_stays_null)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(arena_strdup(arena, "chunk"), "chunk");
    CHECK_TEXT(arena_strndup(arena, "chunk", 2), "ch");
    CHECK_TEXT(arena_strndup(arena, "ch", 200), "ch");
    CHECK(arena_strdup(arena, NULL) == NULL);
    CHECK_TEXT(arena_printf(arena, "%s-%d", "a", 7), "a-7");
}
