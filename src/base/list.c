#include "base/list.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

void *list_grow(Arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
    if (*count == *capacity) {
        size_t larger = *capacity ? *capacity * 2 : 8;
        void *moved = arena_alloc(arena, larger * size);
        if (*count)
            memcpy(moved, items, *count * size);
        items = moved;
        *capacity = larger;
    }
    (*count)++;
    return items;
}

bool string_list_contains(const StringList *list, const char *text)
{
    FOR_EACH(const char *, item, *list)
        if (text_equal(*item, text))
            return true;
    return false;
}

char *string_list_join(Arena *arena, const StringList *list, const char *separator)
{
    Text joined = text_new(arena);
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            text_add(&joined, separator);
        text_add(&joined, list->items[i]);
    }
    return joined.chars;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t lesser = a < b ? a : b;
    return lesser < c ? lesser : c;
}

enum { LONGEST_COMPARED = 63 };

/* Optimal string alignment: insertions, deletions, replacements and swaps of neighbours cost 1 each; case costs
 * nothing. */
static size_t edit_distance(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t cost[LONGEST_COMPARED + 1][LONGEST_COMPARED + 1];
    for (size_t i = 0; i <= left_length; i++)
        cost[i][0] = i;
    for (size_t j = 0; j <= right_length; j++)
        cost[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        for (size_t j = 1; j <= right_length; j++) {
            int a = tolower((unsigned char)left[i - 1]);
            int b = tolower((unsigned char)right[j - 1]);
            cost[i][j] = least(cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + (a != b));
            bool swapped =
                i > 1 && j > 1 && a == tolower((unsigned char)right[j - 2]) && b == tolower((unsigned char)left[i - 2]);
            if (swapped && cost[i - 2][j - 2] + 1 < cost[i][j])
                cost[i][j] = cost[i - 2][j - 2] + 1;
        }
    }
    return cost[left_length][right_length];
}

const char *string_list_nearest(const StringList *list, const char *text)
{
    size_t length = strlen(text);
    if (length > LONGEST_COMPARED)
        return NULL;

    const char *nearest = NULL;
    size_t nearest_distance = length <= 3 ? 2 : length / 3 + 2; /* one more than what still counts as near */
    FOR_EACH(const char *, item, *list) {
        size_t item_length = strlen(*item);
        if (item_length > LONGEST_COMPARED)
            continue;
        size_t distance = edit_distance(text, length, *item, item_length);
        if (distance < nearest_distance && distance < length) {
            nearest = *item;
            nearest_distance = distance;
        }
    }
    return nearest;
}
