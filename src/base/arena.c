#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 8192 };

/* In a build with AddressSanitizer what is not handed out may not be touched, and there is some of it behind every
 * piece. Both are nothing in a release. */
#ifdef __has_feature
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#include <sanitizer/asan_interface.h>
enum { FENCE = alignof(max_align_t) };
#else
enum { FENCE = 0 };
#define ASAN_POISON_MEMORY_REGION(start, size)   ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

typedef struct Block {
    struct Block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
} Block;

struct Arena {
    Block *blocks; /* the one that is being filled comes first */
};

static void *memory_or_abort(size_t size)
{
    void *memory = calloc(1, size);
    if (!memory) {
        fputs("rehome: out of memory\n", stderr);
        abort();
    }
    return memory;
}

Arena *arena_new(void)
{
    return memory_or_abort(sizeof(Arena));
}

void arena_free(Arena *arena)
{
    if (!arena)
        return;
    for (Block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
}

void Arena_cleanup(Arena **arena)
{
    arena_free(*arena);
    *arena = NULL;
}

static Block *block_new(size_t size)
{
    if (size > SIZE_MAX / 2)
        abort();
    Block *block = memory_or_abort(sizeof(Block) + size);
    block->size = size;
    return block;
}

/* A piece that would waste most of a block gets one of its own, behind the block that is being filled. */
static void *alloc_alone(Arena *arena, size_t size)
{
    Block *block = block_new(size);
    block->used = size;
    if (arena->blocks) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        arena->blocks = block;
    }
    return block->bytes;
}

void *arena_alloc(Arena *arena, size_t size)
{
    if (size > BLOCK_SIZE / 4)
        return alloc_alone(arena, size);

    size_t rounded = ((size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)) + FENCE;
    Block *block = arena->blocks;
    if (!block || block->size - block->used < rounded) {
        block = block_new(BLOCK_SIZE);
        ASAN_POISON_MEMORY_REGION(block->bytes, BLOCK_SIZE);
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += rounded;
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
    return memory;
}

char *arena_strndup(Arena *arena, const char *text, size_t length)
{
    if (!text)
        return NULL;
    size_t kept = strnlen(text, length);
    char *copy = arena_alloc(arena, kept + 1);
    memcpy(copy, text, kept);
    return copy;
}

char *arena_strdup(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, SIZE_MAX);
}

char *arena_vprintf(Arena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        abort();
    char *text = arena_alloc(arena, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

char *arena_printf(Arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}
