#include "copy/row_sum.h"

#include "tap.h"

/* Rows as PostgreSQL 15 sends them, and what the hashes that it computes of them sum up to: of (id int4, name text, amount numeric, flag
 * bool, note jsonb, day date, u uuid, small int2, big int8), with `id` as the key and without a key. */
#define HEADER "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
#define SEVEN                                                                                                            \
    "\000\011\000\000\000\004\000\000\000\007"                                                                           \
    "\000\000\000Ba text that is longer than one round of the hash function, with \303\251"                              \
    "\000\000\000\014\000\002\000\000\000\000\000\002\000\001\023\210\000\000\000\001\001"                              \
    "\000\000\000\021\001{\"a\": [1, null]}\000\000\000\004\377\364\235\173"                                             \
    "\000\000\000\020\001\043Eg\211\253\315\357\001\043Eg\211\253\315\357\000\000\000\002\377\376"                       \
    "\000\000\000\010\001\043Eg\211\253\315\357"
#define MINUS_EIGHT                                                                                                      \
    "\000\011\000\000\000\004\377\377\377\370\000\000\000\000\377\377\377\377\000\000\000\001\000"                       \
    "\000\000\000\002\0017\000\000\000\004\000\000\042y\377\377\377\377\377\377\377\377\377\377\377\377"
#define NINE                                                                                                             \
    "\000\011\000\000\000\004\000\000\000\011\000\000\000\011exactly 8"                                                  \
    "\000\000\000\010\000\000\000\000\000\000\000\000\377\377\377\377\377\377\377\377"                                   \
    "\000\000\000\004\177\377\377\377\377\377\377\377\000\000\000\002\177\377"                                           \
    "\000\000\000\010\377\377\377\377\377\377\377\377"
#define TRAILER "\377\377"
#define TAKE(sum, message) row_sum_take(sum, message, sizeof(message) - 1)

static const WireHash hashes[] = {WIRE_NUMBER, WIRE_BYTES, WIRE_BYTES,  WIRE_NUMBER, WIRE_VERSIONED,
                                  WIRE_NUMBER, WIRE_BYTES, WIRE_NUMBER, WIRE_BYTES};
static const size_t numbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
static const RowShape keyed = {9, hashes, 1, 8, numbers, numbers + 1}, keyless = {9, hashes, 0, 9, NULL, numbers},
                      only_key = {9, hashes, 1, 0, numbers, NULL};

static uint64_t sum_of(const RowShape *shape)
{
    AUTO(Arena) *arena = arena_new();
    RowSum sum = row_sum_new(arena, shape);
    TAKE(&sum, HEADER SEVEN);
    TAKE(&sum, MINUS_EIGHT);
    TAKE(&sum, NINE);
    TAKE(&sum, TRAILER);
    CHECK(!sum.lost && sum.rows == 3);
    return sum.sum;
}

TEST(rows_sum_up_as_in_the_server)
{
    CHECK(sum_of(&keyed) == UINT64_C(16584114560895148132));
    CHECK(sum_of(&keyless) == UINT64_C(4597420853564045256));
    CHECK(sum_of(&only_key) == UINT64_C(10516624916686156104));
}

TEST(no_rows_sum_up_to_nothing)
{
    AUTO(Arena) *arena = arena_new();
    RowSum sum = row_sum_new(arena, &keyed);
    TAKE(&sum, HEADER TRAILER);
    CHECK(!sum.lost && sum.rows == 0 && sum.sum == 0);
}

static bool is_lost(const char *message, size_t length)
{
    AUTO(Arena) *arena = arena_new();
    RowSum sum = row_sum_new(arena, &keyed);
    row_sum_take(&sum, message, length);
    return sum.lost;
}

TEST(what_is_no_row_of_this_shape_loses_the_sum)
{
    CHECK(is_lost(SEVEN, sizeof SEVEN - 1)); /* no header */
    for (size_t length = 1; length < sizeof(HEADER SEVEN) - 1; length++)
        CHECK(is_lost(HEADER SEVEN, length) == (length != sizeof HEADER - 1));
    CHECK(is_lost(HEADER SEVEN "x", sizeof(HEADER SEVEN "x") - 1));
    CHECK(is_lost(HEADER "\0\1\0\0\0\1x", sizeof(HEADER "\0\1\0\0\0\1x") - 1)); /* another number of columns */
    CHECK(is_lost(HEADER TRAILER "x", sizeof(HEADER TRAILER "x") - 1));
}

TEST(a_sum_that_is_lost_stays_so)
{
    AUTO(Arena) *arena = arena_new();
    RowSum sum = row_sum_new(arena, &keyed);
    TAKE(&sum, "x");
    TAKE(&sum, HEADER SEVEN);
    CHECK(sum.lost);
}

TEST(a_value_of_another_width_loses_the_sum)
{
    static const WireHash one[] = {WIRE_NUMBER}, versioned[] = {WIRE_VERSIONED}, unknown[] = {WIRE_UNKNOWN};
    static const WireHash *const kinds[] = {one, one, versioned, unknown};
    static const char *const values[] = {"\0\1\0\0\0\5abcde", "\0\1\0\0\0\0", "\0\1\0\0\0\0", "\0\1\0\0\0\1x"};
    static const size_t lengths[] = {11, 6, 6, 7};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        AUTO(Arena) *arena = arena_new();
        RowShape shape = {1, kinds[i], 1, 0, numbers, NULL};
        RowSum sum = row_sum_new(arena, &shape);
        TAKE(&sum, HEADER);
        row_sum_take(&sum, values[i], lengths[i]);
        CHECK(sum.lost);
    }
}
