#include "verify/named.h"

#include "base/text.h"
#include "pg/quote.h"
#include "verify/reach.h"

#include <string.h>

/* One side of one filling's odd rows. */
typedef struct Side {
    Arena *arena;
    Desk *desk;
    const Subject *subject;
    const UnitList *units;
    const Filling *filling; /* of the source; NULL: the target */
    StringList columns;
    OddRowList odd; /* that are to be found there */
} Side;

static bool is_named(const OddRow *odd)
{
    return text_equal(odd->told.kind, "different");
}

static const char *hashes_of(Arena *arena, const OddRowList *odd)
{
    StringList hashes = {0};
    FOR_EACH(const OddRow, row, *odd)
        LIST_PUSH(arena, &hashes, row->kh);
    return quote_array(arena, hashes.items, hashes.count);
}

/* ---- which rows to read ---- */

static bool find_keys(const Side *side, KeySet *keys)
{
    return side->filling ? reach_source(side->arena, side->filling, &side->odd, keys)
                         : reach_target(side->arena, side->subject, &side->odd, keys);
}

static UnitList units_of(const Side *side)
{
    UnitList units = {0};
    Unit unit = {.subject = side->subject, .filling = side->filling};
    if (find_keys(side, &unit.keys)) {
        LIST_PUSH(side->arena, &units, unit);
        return units;
    }
    FOR_EACH(const Unit, read, *side->units)
        if (read->filling == side->filling)
            LIST_PUSH(side->arena, &units, *read);
    return units;
}

/* ---- a row as it was read ---- */

typedef struct Seen {
    const char *kh, *hash;
    const char **texts, **digests;
} Seen;
typedef LIST(Seen) SeenList;

/* Of a row with several hashes that one which counts for the filling. */
static const char *hash_for(Arena *arena, const char *hash, size_t variant)
{
    const char **hashes = NULL;
    size_t count = 0;
    if (*hash != '{')
        return hash;
    return quote_parse_array(arena, hash, &hashes, &count) && variant < count ? hashes[variant] : "";
}

static bool read_side(const Side *side, SeenList *seen, Error *error)
{
    const UnitList units = units_of(side);
    const char *hashes = hashes_of(side->arena, &side->odd);
    FOR_EACH(const Unit, unit, units) {
        AUTO(Result) *result = unit_rows(unit, side->desk, hashes, &side->columns, error);
        if (!result)
            return false;
        for (int row = 0; row < result_rows(result); row++) {
            Seen *one = LIST_ADD(side->arena, seen);
            size_t texts = 0, digests = 0;
            one->kh = result_copy(side->arena, result, row, 0);
            one->hash = result_copy(side->arena, result, row, 1);
            quote_parse_array(side->arena, result_text(result, row, 2), &one->texts, &texts);
            quote_parse_array(side->arena, result_text(result, row, 3), &one->digests, &digests);
        }
    }
    return true;
}

/* By both hashes; the row may have changed since, and then the key's says enough. */
static const Seen *find(Arena *arena, const SeenList *seen, const char *kh, const char *hash, size_t variant)
{
    const Seen *other = NULL;
    FOR_EACH(const Seen, one, *seen) {
        if (!text_equal(one->kh, kh))
            continue;
        if (text_equal(hash_for(arena, one->hash, variant), hash))
            return one;
        other = one;
    }
    return other;
}

/* ---- both sides beside each other ---- */

static size_t place_of(const StringList *columns, const char *name)
{
    size_t place = 0;
    while (place < columns->count && !text_equal(columns->items[place], name))
        place++;
    return place;
}

static void compare_columns(Arena *arena, const Filling *filling, const StringList *given, const StringList *held,
                            const Seen *source, const Seen *target, OddRow *odd)
{
    for (size_t i = 0; i < given->count; i++) {
        size_t j = place_of(held, given->items[i]);
        if (text_equal(source->digests[i], target->digests[j]))
            continue;
        bool hidden = string_list_contains(&filling->entity->hidden, given->items[i]);
        *LIST_ADD(arena, &odd->told.columns) = (DifferentColumn){.name = given->items[i],
                                                                 .source = hidden ? "(redacted)" : source->texts[i],
                                                                 .target = hidden ? "(redacted)" : target->texts[j]};
    }
}

static OddRowList different_rows(Arena *arena, const OddRowList *all)
{
    OddRowList different = {0};
    FOR_EACH(const OddRow, odd, *all)
        if (is_named(odd))
            LIST_PUSH(arena, &different, *odd);
    return different;
}

static StringList all_columns(Arena *arena, const Subject *subject)
{
    StringList columns = {0};
    for (size_t i = 0; i < subject->compared.count; i++)
        FOR_EACH(const char *, name, subject->compared.items[i])
            if (!string_list_contains(&columns, *name))
                LIST_PUSH(arena, &columns, *name);
    return columns;
}

static bool name_columns(Side *source, Side *target, Finding *finding, Error *error)
{
    SeenList given = {0}, held = {0};
    const Filling *filling = source->filling;
    source->odd = target->odd = different_rows(source->arena, &finding->odd);
    source->columns = source->subject->compared.items[filling->variant];
    if (source->odd.count == 0 || source->columns.count == 0)
        return true;
    if (!read_side(source, &given, error) || !read_side(target, &held, error))
        return false;
    FOR_EACH(OddRow, odd, finding->odd) {
        const Seen *left = find(source->arena, &given, odd->kh, odd->source_hash, 0);
        const Seen *right = find(source->arena, &held, odd->kh, odd->target_hash, filling->variant);
        if (is_named(odd) && left && right)
            compare_columns(source->arena, filling, &source->columns, &target->columns, left, right, odd);
    }
    return true;
}

bool named_fill(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, Finding *findings,
                Error *error)
{
    Side target = {.arena = arena, .desk = desk, .subject = subject, .units = units};
    target.columns = all_columns(arena, subject);
    for (size_t i = 0; i < subject->fillings.count; i++) {
        Side source = {.arena = arena, .desk = desk, .subject = subject, .units = units};
        source.filling = &subject->fillings.items[i];
        if (!name_columns(&source, &target, &findings[i], error))
            return false;
    }
    return true;
}
