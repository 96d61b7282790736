/* An arena: memory that is handed out piece by piece and given back all at once.
 *
 * Who builds something takes an `Arena *` first; one arena per unit of work (a command, a step, a chunk).
 * Memory comes zeroed and aligned for any type. Running out of memory aborts the program: nothing is lost, because
 * the state of a migration is in PostgreSQL. An arena belongs to one thread at a time. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

/* Frees `variable` when it leaves its scope: `AUTO(Arena) *arena = arena_new();`. Every type that is used with it
 * declares `Type_cleanup(Type **)`. */
#define AUTO(Type) __attribute__((cleanup(Type##_cleanup))) Type

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *arena);
void Arena_cleanup(Arena **arena);

void *arena_alloc(Arena *arena, size_t size);
/* A copy of `text`; NULL stays NULL. */
char *arena_strdup(Arena *arena, const char *text);
char *arena_strndup(Arena *arena, const char *text, size_t length);
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#define NEW(arena, Type) ((Type *)arena_alloc((arena), sizeof(Type)))
#define NEW_ARRAY(arena, Type, count) ((Type *)arena_alloc((arena), sizeof(Type) * (size_t)(count)))
