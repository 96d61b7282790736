#include "pg/row_page.h"

#include "base/list.h"

#include <stdint.h>
#include <string.h>

enum { FIRST_BYTES = 64 * 1024, FIRST_ROWS = 256 };

static const char binary_header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
static const char binary_trailer[] = "\377\377";

RowPage row_page_new(Arena *arena, RowFormat format, size_t key_columns, bool sends_key)
{
    return (RowPage){.arena = arena, .format = format, .key_columns = key_columns, .sends_key = sends_key};
}

void row_page_clear(RowPage *page)
{
    page->length = page->count = 0;
}

/* ---- adding ---- */

static char *room_for(RowPage *page, size_t length)
{
    if (page->length + length > page->capacity) {
        size_t capacity = page->capacity ? page->capacity * 2 : FIRST_BYTES;
        while (capacity < page->length + length)
            capacity *= 2;
        char *bytes = arena_alloc(page->arena, capacity);
        if (page->length)
            memcpy(bytes, page->bytes, page->length);
        page->bytes = bytes;
        page->capacity = capacity;
    }
    return page->bytes + page->length;
}

static void add_bytes(RowPage *page, const char *bytes, size_t length)
{
    memcpy(room_for(page, length), bytes, length);
    page->length += length;
}

static void add_number(RowPage *page, uint32_t number, size_t width)
{
    char *to = room_for(page, width);
    for (size_t i = 0; i < width; i++)
        to[i] = (char)(unsigned char)(number >> (8 * (width - 1 - i)));
    page->length += width;
}

static RowPlace *new_row(RowPage *page)
{
    if (page->count == page->rows_capacity) {
        size_t capacity = page->rows_capacity ? page->rows_capacity * 2 : FIRST_ROWS;
        RowPlace *rows = NEW_ARRAY(page->arena, RowPlace, capacity);
        if (page->count)
            memcpy(rows, page->rows, page->count * sizeof *rows);
        page->rows = rows;
        page->rows_capacity = capacity;
    }
    return &page->rows[page->count++];
}

/* 1 and a terminated text, or 0 for null. */
static void add_key(RowPage *page, const char *value, size_t length)
{
    add_bytes(page, value ? "\1" : "", 1);
    if (!value)
        return;
    add_bytes(page, value, length);
    add_bytes(page, "", 1);
}

/* What COPY's text format writes behind a backslash; 0: the character stands as it is. */
static char escape_of(char c)
{
    switch (c) {
    case '\\':
        return '\\';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

static void add_text(RowPage *page, const char *value, size_t length)
{
    if (!value) {
        add_bytes(page, "\\N", 2);
        return;
    }
    char *to = room_for(page, 2 * length), *begin = to;
    for (size_t i = 0; i < length; i++) {
        char escape = escape_of(value[i]);
        if (escape)
            *to++ = '\\';
        *to++ = escape ? escape : value[i];
    }
    page->length += (size_t)(to - begin);
}

static void add_binary(RowPage *page, const char *value, size_t length)
{
    add_number(page, value ? (uint32_t)length : UINT32_MAX, 4);
    if (value)
        add_bytes(page, value, length);
}

void row_page_add(RowPage *page, size_t columns, const char *const *values, const size_t *lengths)
{
    RowPlace *row = new_row(page);
    size_t first = page->sends_key ? 0 : page->key_columns;
    row->key = page->length;
    for (size_t i = 0; i < page->key_columns; i++)
        add_key(page, values[i], lengths[i]);
    row->start = page->length;
    if (page->format == ROW_BINARY)
        add_number(page, (uint32_t)(columns - first), 2);
    for (size_t i = first; i < columns; i++) {
        if (page->format == ROW_BINARY) {
            add_binary(page, values[i], lengths[i]);
            continue;
        }
        if (i > first)
            add_bytes(page, "\t", 1);
        add_text(page, values[i], lengths[i]);
    }
    if (page->format == ROW_TEXT)
        add_bytes(page, "\n", 1);
    row->end = page->length;
}

/* ---- reading ---- */

const char **row_page_key(Arena *arena, const RowPage *page, size_t row)
{
    const char **key = NEW_ARRAY(arena, const char *, page->key_columns + 1);
    const char *at = page->bytes + page->rows[row].key;
    for (size_t i = 0; i < page->key_columns; i++) {
        key[i] = *at ? at + 1 : NULL;
        at += *at ? strlen(at + 1) + 2 : 1;
    }
    return key;
}

static char unescaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* The value that ends before `end`; *at is moved behind its tab or line end. */
static const char *next_text(Arena *arena, const char **at)
{
    const char *from = *at;
    char *text = arena_alloc(arena, strcspn(from, "\t\n") + 1), *to = text;
    for (; *from != '\t' && *from != '\n'; from++)
        *to++ = *from == '\\' ? unescaped(*++from) : *from;
    *to = '\0';
    bool is_null = strncmp(*at, "\\N", 2) == 0;
    *at = from + 1;
    return is_null ? NULL : text;
}

const char **row_page_texts(Arena *arena, const RowPage *page, size_t row, size_t *count)
{
    LIST(const char *) texts = {0};
    const char *at = page->bytes + page->rows[row].start, *end = page->bytes + page->rows[row].end;
    while (at < end)
        LIST_PUSH(arena, &texts, next_text(arena, &at));
    *count = texts.count;
    return texts.items;
}

const char *row_page_header(RowFormat format, size_t *length)
{
    *length = format == ROW_BINARY ? sizeof binary_header - 1 : 0;
    return binary_header;
}

const char *row_page_trailer(RowFormat format, size_t *length)
{
    *length = format == ROW_BINARY ? sizeof binary_trailer - 1 : 0;
    return binary_trailer;
}
