/* Rows that are relayed one by one: what is written is read again, where the server says that it failed, and which rows
 * are then tried, with a target that is made up out of the text. */
#include "fuzz.h"

#include "base/text.h"
#include "copy/splitter.h"
#include "pg/copy_rows.h"

enum { MOST = 200, TRIES = 20000 };

/* ---- pages ---- */

static void check_row(Arena *arena, RowFormat format, bool sends_key, const StringList *lines)
{
    enum { KEY = 2, MOST_COLUMNS = 20 };
    const char *values[MOST_COLUMNS];
    size_t lengths[MOST_COLUMNS], columns = lines->count < MOST_COLUMNS ? lines->count : MOST_COLUMNS, count = 0;
    if (columns <= KEY)
        return;
    for (size_t i = 0; i < columns; i++) {
        values[i] = text_equal(lines->items[i], "NULL") ? NULL : lines->items[i];
        lengths[i] = values[i] ? strlen(values[i]) : 0;
    }
    RowPage page = row_page_new(arena, format, KEY, sends_key);
    for (int i = 0; i < 3; i++)
        row_page_add(&page, columns, values, lengths);
    const char **key = row_page_key(arena, &page, 1);
    HOLDS(text_equal(key[0], values[0]) && text_equal(key[1], values[1]));
    if (format != ROW_TEXT)
        return;
    const char **texts = row_page_texts(arena, &page, 1, &count);
    size_t first = sends_key ? 0 : KEY;
    HOLDS(count == columns - first);
    for (size_t i = 0; i < count; i++)
        HOLDS(text_equal(texts[i], values[first + i]));
}

/* ---- tries ---- */

typedef struct Target {
    const char *bad; /* a character for each row: b is refused */
    bool names;
    int arrived[MOST], refused[MOST];
} Target;

static void try_rows(Splitter *splitter, Target *target)
{
    size_t from = splitter->at, end = splitter->end, bad = from;
    while (bad < end && target->bad[bad] != 'b')
        bad++;
    for (size_t i = from; bad == end && i < end; i++)
        target->arrived[i]++;
    SplitterVerdict verdict =
        bad == end ? splitter_passed(splitter) : splitter_failed(splitter, target->names ? bad - from + 1 : 0);
    if (verdict == SPLITTER_REFUSES)
        target->refused[splitter->at - 1]++;
}

static void check_split(const char *rows, bool names)
{
    Target target = {.bad = rows, .names = names};
    size_t count = strnlen(rows, MOST), tries = 0;
    Splitter splitter = splitter_new();
    for (splitter_begin(&splitter, count); splitter_next(&splitter); tries++) {
        HOLDS(splitter.end <= count && tries < TRIES);
        try_rows(&splitter, &target);
    }
    for (size_t i = 0; i < count; i++)
        HOLDS(target.refused[i] == (rows[i] == 'b') && target.arrived[i] == (rows[i] != 'b'));
}

FUZZ(arena, text, length)
{
    const StringList lines = fuzz_lines(arena, text);
    for (int kind = 0; kind < 4; kind++)
        check_row(arena, kind & 1 ? ROW_TEXT : ROW_BINARY, kind & 2, &lines);
    CopyPlace place = copy_place_parse(text, "leads");
    HOLDS(place.line >= 0 && strlen(place.column) < sizeof place.column);
    check_split(text, false);
    check_split(text, true);
}
