#include "cli/back.h"

#include "base/text.h"
#include "sql/embedded.h"

#include <inttypes.h>
#include <string.h>

enum { MOST_NAMES = 5 };

/* "public"."orders" -> orders */
static char *short_name(Arena *arena, const char *relation)
{
    const char *public = "\"public\".";
    const char *name = text_starts_with(relation, public)    ? relation + strlen(public)
                       : text_starts_with(relation, "public.") ? relation + strlen("public.")
                                                               : relation;
    Text text = text_new(arena);
    for (; *name; name++)
        if (*name != '"')
            text_add_n(&text, name, 1);
    return text.chars;
}

static const char *describe(Arena *arena, const BackPart *part)
{
    const char *name = short_name(arena, part->relation);
    if (text_equal(part->kind, "rows") && part->updated == 0)
        return arena_printf(arena, "%s of %s", text_of_many(arena, part->inserted, "new row"), name);
    if (text_equal(part->kind, "rows") && part->inserted == 0)
        return arena_printf(arena, "%s of %s", text_of_many(arena, part->updated, "changed row"), name);
    if (text_equal(part->kind, "rows"))
        return arena_printf(arena, "%s and %s of %s", text_of_many(arena, part->inserted, "new row"),
                            text_of_many(arena, part->updated, "changed row"), name);
    if (text_equal(part->kind, "replaced"))
        return arena_printf(arena, "%s of %s", text_of_many(arena, part->updated, "row"), name);
    return name;
}

/* The first names, and how many there are besides. */
static void add_kind(Arena *arena, Text *text, const BackPartList *parts, const char *kind, const char *verb)
{
    size_t count = 0;
    FOR_EACH(const BackPart, part, *parts) {
        if (!text_equal(part->kind, kind))
            continue;
        if (++count > MOST_NAMES)
            continue;
        text_add(text, count > 1 ? ", " : text->length ? "; " : "");
        if (count == 1)
            text_addf(text, "%s ", verb);
        text_add(text, describe(arena, part));
    }
    if (count > MOST_NAMES)
        text_addf(text, " and %zu more", count - MOST_NAMES);
}

char *back_text(Arena *arena, const BackPartList *parts)
{
    Text text = text_new(arena);
    add_kind(arena, &text, parts, "empty", "empties");
    add_kind(arena, &text, parts, "rows", "undoes");
    add_kind(arena, &text, parts, "replaced", "puts back");
    add_kind(arena, &text, parts, "object", "drops");
    if (text.length == 0)
        return arena_strdup(arena, "there is nothing to undo; the source's rows are untouched");
    return arena_printf(arena, "rehome rollback  (%s; the source's rows are untouched)", text.chars);
}

/* A ledger that an older rehome installed knows of no undo. */
bool back_load(Arena *arena, Conn *target, int64_t migration, const char **back, Error *error)
{
    BackPartList parts = {0};
    AUTO(Result) *there = conn_query(target, "SELECT pg_catalog.to_regclass('rehome.undo') IS NOT NULL", NO_PARAMS, error);
    if (!there)
        return false;
    *back = "what an older rehome has moved is not known row by row; the source's rows are untouched";
    if (!result_bool(there, 0, 0))
        return true;
    AUTO(Result) *found = conn_query(target, sql_cli_back, PARAMS(arena_printf(arena, "%" PRId64, migration)), error);
    for (int row = 0; found && row < result_rows(found); row++)
        *LIST_ADD(arena, &parts) = (BackPart){.kind = result_copy(arena, found, row, 0),
                                              .relation = result_copy(arena, found, row, 1),
                                              .inserted = result_number(found, row, 2),
                                              .updated = result_number(found, row, 3),
                                              .entries = result_number(found, row, 4)};
    *back = back_text(arena, &parts);
    return found != NULL;
}
