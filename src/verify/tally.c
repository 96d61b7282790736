#include "verify/tally.h"

#include "base/text.h"

#include <stdio.h>

Tally tally_new(Arena *arena, const Subject *subject)
{
    return (Tally){.source = buckets_new(arena, subject->buckets),
                   .target = buckets_new(arena, subject->buckets),
                   .source_rows = NEW_ARRAY(arena, int64_t, subject->fillings.count),
                   .driving = NEW_ARRAY(arena, DrivingCount, subject->fillings.count)};
}

void tally_add_source(Tally *tally, size_t filling, const Result *sums)
{
    tally->source_rows[filling] += buckets_add(&tally->source, sums);
}

void tally_add_target(Tally *tally, const Result *sums)
{
    tally->target_rows += buckets_add(&tally->target, sums);
}

void tally_note_seen(Tally *tally, size_t filling, const char *seen)
{
    DrivingCount *driving = &tally->driving[filling];
    if (!driving->is_any)
        snprintf(driving->seen, sizeof driving->seen, "%s", seen ? seen : "");
    else if (!text_equal(driving->seen, seen))
        *driving->seen = '\0';
    driving->is_any = true;
}
