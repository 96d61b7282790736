/* Text that grows in an arena: how SQL and messages are put together. `chars` is always terminated. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>

typedef struct Text {
    Arena *arena;
    char *chars;
    size_t length;
    size_t capacity;
} Text;

Text text_new(Arena *arena);
void text_add(Text *text, const char *chars);
void text_add_n(Text *text, const char *chars, size_t length);
void text_addf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds `separator` unless the text is empty so far: for lists. */
void text_separate(Text *text, const char *separator);

bool text_equal(const char *left, const char *right); /* NULL equals NULL only */
bool text_starts_with(const char *text, const char *prefix);
bool text_ends_with(const char *text, const char *suffix);
bool text_equal_ignoring_case(const char *left, const char *right);

/* For people: 1234567 -> "1,234,567"; 5242880 -> "5.0 MB"; 95 s -> "1m35s". */
char *text_of_count(Arena *arena, long long count);
char *text_of_many(Arena *arena, long long count, const char *one); /* 1, "row" -> "1 row"; 1234 -> "1,234 rows" */
char *text_of_bytes(Arena *arena, long long bytes);
char *text_of_duration(Arena *arena, double seconds);
