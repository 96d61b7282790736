#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

Text text_new(Arena *arena)
{
    enum { FIRST_CAPACITY = 64 };
    return (Text){.arena = arena, .chars = arena_alloc(arena, FIRST_CAPACITY), .capacity = FIRST_CAPACITY};
}

static void make_room(Text *text, size_t more)
{
    size_t needed = text->length + more + 1;
    if (needed <= text->capacity)
        return;
    size_t capacity = text->capacity * 2 > needed ? text->capacity * 2 : needed;
    char *moved = arena_alloc(text->arena, capacity);
    memcpy(moved, text->chars, text->length + 1);
    text->chars = moved;
    text->capacity = capacity;
}

void text_add_n(Text *text, const char *chars, size_t length)
{
    if (length == 0)
        return;
    make_room(text, length);
    memcpy(text->chars + text->length, chars, length);
    text->length += length;
    text->chars[text->length] = '\0';
}

void text_add(Text *text, const char *chars)
{
    text_add_n(text, chars, strlen(chars));
}

void text_addf(Text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length > 0) {
        make_room(text, (size_t)length);
        vsnprintf(text->chars + text->length, (size_t)length + 1, format, arguments);
        text->length += (size_t)length;
    }
    va_end(arguments);
}

void text_separate(Text *text, const char *separator)
{
    if (text->length > 0)
        text_add(text, separator);
}

bool text_equal(const char *left, const char *right)
{
    if (!left || !right)
        return left == right;
    return strcmp(left, right) == 0;
}

bool text_equal_ignoring_case(const char *left, const char *right)
{
    if (!left || !right)
        return left == right;
    return strcasecmp(left, right) == 0;
}

bool text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), suffix_length = strlen(suffix);
    return length >= suffix_length && strcmp(text + length - suffix_length, suffix) == 0;
}

char *text_of_count(Arena *arena, long long count)
{
    char digits[32];
    unsigned long long size = count < 0 ? 0ULL - (unsigned long long)count : (unsigned long long)count;
    int length = snprintf(digits, sizeof digits, "%llu", size);

    Text text = text_new(arena);
    if (count < 0)
        text_add(&text, "-");
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text_add(&text, ",");
        text_add_n(&text, &digits[i], 1);
    }
    return text.chars;
}

char *text_of_many(Arena *arena, long long count, const char *one)
{
    return arena_printf(arena, "%s %s%s", text_of_count(arena, count), one, count == 1 ? "" : "s");
}

char *text_of_bytes(Arena *arena, long long bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
    if (bytes > -1024 && bytes < 1024)
        return arena_printf(arena, "%lld bytes", bytes);
    double size = (double)bytes / 1024;
    size_t unit = 0;
    while (fabs(size) >= 1023.95 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1024;
        unit++;
    }
    return arena_printf(arena, "%.1f %s", size, units[unit]);
}

char *text_of_duration(Arena *arena, double seconds)
{
    if (seconds < 0.9995)
        return arena_printf(arena, "%.0fms", seconds < 0 ? 0 : seconds * 1000);
    if (seconds < 9.95)
        return arena_printf(arena, "%.1fs", seconds);
    long long whole = llround(seconds);
    if (whole < 60)
        return arena_printf(arena, "%llds", whole);
    if (whole < 3600)
        return arena_printf(arena, "%lldm%02llds", whole / 60, whole % 60);
    if (whole < 86400)
        return arena_printf(arena, "%lldh%02lldm", whole / 3600, whole / 60 % 60);
    return arena_printf(arena, "%lldd%02lldh", whole / 86400, whole / 3600 % 24);
}
