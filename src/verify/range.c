#include "verify/range.h"

#include <inttypes.h>

/* A part is what a killed verification loses: a gigabyte of a table at most. */
enum { PARTS_PER_JOB = 10, LEAST_BLOCKS = 2048, MOST_BLOCKS = 131072 };

bool range_is_possible(const Relation *relation, int server_version)
{
    return server_version >= 140000 && relation->heap && (relation->kind == 'r' || relation->kind == 'm');
}

static const char *const *tid(Arena *arena, int64_t block)
{
    const char **value = NEW_ARRAY(arena, const char *, 1);
    *value = arena_printf(arena, "(%" PRId64 ",0)", block);
    return value;
}

/* Open at both ends. */
void ranges_cut(Arena *arena, int64_t blocks, int jobs, ChunkRangeList *ranges)
{
    int64_t step = blocks / (PARTS_PER_JOB * (jobs > 0 ? jobs : 1)) + 1;
    step = step > LEAST_BLOCKS ? step : LEAST_BLOCKS;
    step = step < MOST_BLOCKS ? step : MOST_BLOCKS;
    ChunkRange range = {.kind = blocks > step ? KEYSET_CTID : KEYSET_EVERYTHING, .columns = 1};
    for (int64_t block = step; block < blocks; block += step) {
        range.high = tid(arena, block);
        LIST_PUSH(arena, ranges, range);
        range.low = range.high;
    }
    range.high = NULL;
    LIST_PUSH(arena, ranges, range);
}
