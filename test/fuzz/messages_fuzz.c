/* Messages of a binary COPY, whose rows are summed: whatever they hold, nothing is read beyond their end, and what counts as
 * a row is one to the last byte. */
#include "fuzz.h"

#include "copy/row_sum.h"

static const WireHash hashes[] = {WIRE_NUMBER, WIRE_BYTES, WIRE_VERSIONED};
static const size_t numbers[] = {0, 1, 2};
static const RowShape keyed = {3, hashes, 1, 2, numbers, numbers + 1}, keyless = {3, hashes, 0, 3, NULL, numbers};

static void check(Arena *arena, const RowShape *shape, bool begun, const char *message, size_t length)
{
    RowSum sum = row_sum_new(arena, shape);
    sum.begun = begun;
    row_sum_take(&sum, message, length);
    HOLDS(sum.rows <= 1 && (!sum.lost || (sum.rows == 0 && sum.sum == 0)));
    if (sum.rows == 0)
        return;
    size_t bytes = 2;
    for (size_t i = 0; i < shape->columns; i++) {
        const RowField *field = &sum.fields[i];
        HOLDS(!field->bytes || (field->bytes >= message && field->bytes + field->length <= message + length));
        bytes += 4 + field->length;
    }
    HOLDS(begun ? bytes == length : bytes + 19 <= length);
    uint64_t once = sum.sum;
    row_sum_take(&sum, message + length - bytes, bytes);
    HOLDS(!sum.lost && sum.rows == 2 && sum.sum == 2 * once);
}

FUZZ(arena, text, length)
{
    char *message = malloc(length + (length == 0)); /* of just this size */
    HOLDS(message);
    memcpy(message, text, length);
    for (int begun = 0; begun < 2; begun++) {
        check(arena, &keyed, begun, message, length);
        check(arena, &keyless, begun, message, length);
    }
    free(message);
}
