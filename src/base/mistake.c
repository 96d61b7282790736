#include "base/mistake.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void mistake_add(Mistakes *mistakes, Place place, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_vprintf(mistakes->arena, format, arguments);
    va_end(arguments);
    place.file = arena_strdup(mistakes->arena, place.file);
    LIST_PUSH(mistakes->arena, &mistakes->list, ((Mistake){.place = place, .message = message}));
}

char *mistake_print(Arena *arena, const Mistake *mistake)
{
    const Place *place = &mistake->place;
    if (!place->file)
        return arena_strdup(arena, mistake->message);
    if (place->line <= 0)
        return arena_printf(arena, "%s: %s", place->file, mistake->message);
    if (place->column <= 0)
        return arena_printf(arena, "%s:%d: %s", place->file, place->line, mistake->message);
    return arena_printf(arena, "%s:%d:%d: %s", place->file, place->line, place->column, mistake->message);
}

static int mistake_compare(const void *left, const void *right)
{
    const Mistake *a = left, *b = right;
    int files = strcmp(a->place.file ? a->place.file : "", b->place.file ? b->place.file : "");
    if (files != 0)
        return files;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    return strcmp(a->message, b->message);
}

void mistakes_sort(Mistakes *mistakes)
{
    if (mistakes->list.count > 1)
        qsort(mistakes->list.items, mistakes->list.count, sizeof(Mistake), mistake_compare);
}

bool mistakes_none(Mistakes *mistakes, Error *error)
{
    if (mistakes->list.count == 0)
        return true;

    const size_t most = sizeof error->message - 40; /* leaves room for "and N more" */
    mistakes_sort(mistakes);
    Text all = text_new(mistakes->arena);
    size_t told = 0;
    FOR_EACH(Mistake, mistake, mistakes->list) {
        const char *line = mistake_print(mistakes->arena, mistake);
        if (told > 0 && all.length + strlen(line) + 1 > most)
            break;
        text_separate(&all, "\n");
        text_add(&all, line);
        told++;
    }
    if (told < mistakes->list.count)
        text_addf(&all, "\nand %zu more", mistakes->list.count - told);
    return error_set(error, ERROR_INPUT, "%s", all.chars);
}
