/* A fuzzer: what a parser may be given by anybody, and what must hold of all it says.
 *
 *     FUZZ(arena, text, length)
 *     {
 *         const char *masked = mask_quote(arena, text);
 *         HOLDS(masked[0] == '"');
 *     }
 *
 * `text` is terminated, but may have NUL bytes before `length`. Every file NAME_fuzz.c is a program. Built with clang,
 * libFuzzer makes up the texts (`make fuzz`); any other build reads those of corpus/NAME (replay.c), which is a part of
 * `make check`. */
#pragma once

#include "base/arena.h"
#include "base/list.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The copy has the size of the text, so that a sanitizer sees who reads beyond it. */
#define FUZZ(arena, text, length)                                   \
    static void fuzz(Arena *arena, char *text, size_t length);      \
    int LLVMFuzzerTestOneInput(const uint8_t *bytes_, size_t size_) \
    {                                                               \
        char *text_ = calloc(1, size_ + 1);                         \
        if (!text_)                                                 \
            abort();                                                \
        if (size_ > 0)                                              \
            memcpy(text_, bytes_, size_);                           \
        AUTO(Arena) *arena_ = arena_new();                          \
        fuzz(arena_, text_, size_);                                 \
        free(text_);                                                \
        return 0;                                                   \
    }                                                               \
    static void fuzz(Arena *arena, __attribute__((unused)) char *text, __attribute__((unused)) size_t length)

#define HOLDS(condition)                                                                   \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

/* Cuts a text at its lines `===`: the part up to the next one, which is terminated there; NULL after the last. */
__attribute__((unused)) static char *fuzz_part(char **rest)
{
    char *part = *rest, *end = part ? strstr(part, "\n===\n") : NULL;
    *rest = end ? end + strlen("\n===\n") : NULL;
    if (end)
        end[1] = '\0';
    return part;
}

__attribute__((unused)) static StringList fuzz_lines(Arena *arena, const char *text)
{
    StringList lines = {0};
    for (size_t length; *text; text += length + (text[length] == '\n')) {
        length = strcspn(text, "\n");
        LIST_PUSH(arena, &lines, arena_strndup(arena, text, length));
    }
    return lines;
}
