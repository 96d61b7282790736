#include "engine/sql_error.h"

/* `position` counts characters from 1, the file counts bytes in lines: UTF-8 continuation bytes are not counted. */
static Place place_of(const Sql *sql, int position)
{
    Place place = sql->place;
    for (const char *c = sql->text; *c && position > 1; c++) {
        if (((unsigned char)*c & 0xC0) != 0x80)
            position--;
        if (*c == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)*c & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

bool sql_error_place(Arena *arena, const Sql *sql, Error *error)
{
    (void)arena;
    Place place = error->position > 0 ? place_of(sql, error->position) : sql->place;
    return error_doing(error, "%s:%d:%d", place.file, place.line, place.column);
}

void sql_error_mistake(const Sql *sql, int prefix, const Error *error, Mistakes *mistakes)
{
    int position = error->position - prefix;
    Place place = position > 0 ? place_of(sql, position) : sql->place;
    if (*error->hint)
        mistake_add(mistakes, place, "%s (%s)", error->message, error->hint);
    else
        mistake_add(mistakes, place, "%s", error->message);
}
