/* A growable array in an arena.
 *
 *     typedef LIST(Column) ColumnList;
 *     Column *column = LIST_ADD(arena, &columns);      a new zeroed element at the end
 *     LIST_PUSH(arena, &names, "id");                  for scalar elements
 *     FOR_EACH(Column, column, columns) ...
 *
 * Growing moves the elements: keep indexes, not pointers, while a list still grows. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define LIST(Type)           \
    struct {                 \
        Type *items;         \
        size_t count;        \
        size_t capacity;     \
    }

/* Makes room for one more element of `size` bytes and returns the array, moved if it had to grow. */
void *list_grow(Arena *arena, void *items, size_t *count, size_t *capacity, size_t size);

#define LIST_ADD(arena, list)                                                                                  \
    ((list)->items = list_grow((arena), (list)->items, &(list)->count, &(list)->capacity, sizeof *(list)->items), \
     &(list)->items[(list)->count - 1])
#define LIST_PUSH(arena, list, value) (*LIST_ADD((arena), (list)) = (value))
#define FOR_EACH(Type, name, list) for (Type *name = (list).items; name && name < (list).items + (list).count; name++)

typedef LIST(const char *) StringList;

bool string_list_contains(const StringList *list, const char *text);
/* The elements with `separator` between them. */
char *string_list_join(Arena *arena, const StringList *list, const char *separator);
/* The element nearest to `text` by edit distance, for "did you mean"; NULL when nothing is near. */
const char *string_list_nearest(const StringList *list, const char *text);
