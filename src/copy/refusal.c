#include "copy/refusal.h"

#include "base/text.h"
#include "plan/mapping.h"

#include <string.h>

typedef enum NamedAfter { NAMED_AFTER_CONSTRAINT, NAMED_AFTER_COLUMN, NAMED_AFTER_SQLSTATE } NamedAfter;

/* manifest/budget.c knows the kinds, too. */
static const struct {
    const char *prefix, *kind;
    NamedAfter named_after;
} kinds[] = {
    {"23502", "not_null", NAMED_AFTER_COLUMN},
    {"23503", "foreign_key", NAMED_AFTER_CONSTRAINT},
    {"23505", "unique", NAMED_AFTER_CONSTRAINT},
    {"23514", "check", NAMED_AFTER_CONSTRAINT},
    {"23P01", "exclusion", NAMED_AFTER_CONSTRAINT},
    {"22001", "too_long", NAMED_AFTER_COLUMN},
    {"22003", "out_of_range", NAMED_AFTER_COLUMN},
    {"22007", "invalid_time", NAMED_AFTER_COLUMN},
    {"22008", "invalid_time", NAMED_AFTER_COLUMN},
    {"22021", "encoding", NAMED_AFTER_COLUMN},
    {"22P05", "encoding", NAMED_AFTER_COLUMN},
    {"22P02", "invalid_text", NAMED_AFTER_COLUMN},
    {"", "refused", NAMED_AFTER_SQLSTATE},
};

bool refusal_is_possible(const Error *error)
{
    return error->kind == ERROR_DATA && *error->sqlstate;
}

/* ---- the message ---- */

/* How the servers' languages quote. */
static const struct {
    const char *open, *close;
} quotes[] = {{"\"", "\""}, {"„", "“"}, {"»", "«"}, {"«", "»"}, {"“", "”"}, {"「", "」"}};

/* The end of what is quoted at `at`; NULL: nothing is. */
static const char *end_of_quoted(const char *at, size_t *open, size_t *close)
{
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        if (!text_starts_with(at, quotes[i].open))
            continue;
        *open = strlen(quotes[i].open);
        *close = strlen(quotes[i].close);
        const char *end = NULL; /* the last one that ends: a value may have quotes in it */
        for (const char *next = strstr(at + *open, quotes[i].close); next; next = strstr(next + 1, quotes[i].close))
            end = next;
        return end;
    }
    return NULL;
}

/* `invalid input syntax for type integer: "…"`: what a message of these classes quotes is a value. */
static char *without_values(Arena *arena, const char *message)
{
    Text text = text_new(arena);
    while (*message) {
        size_t open = 0, close = 0;
        const char *end = end_of_quoted(message, &open, &close);
        if (!end) {
            text_add_n(&text, message++, 1);
            continue;
        }
        text_add_n(&text, message, open);
        text_add(&text, "…");
        text_add_n(&text, end, close);
        message = end + close;
    }
    return text.chars;
}

static bool quotes_values(const char *sqlstate)
{
    return text_starts_with(sqlstate, "22") && !text_equal(sqlstate, "22021") && !text_equal(sqlstate, "22P05");
}

/* ---- the reason ---- */

static bool is_enum(const EntityPlan *entity, const char *column)
{
    const Mapping *mapping = column ? mapping_find(mapping_to_target(entity), column) : NULL;
    return mapping && mapping->to_type && mapping->to_type->kind == 'e';
}

static char *reason_of(Arena *arena, const EntityPlan *entity, const Refusal *refusal)
{
    size_t i = 0;
    while (!text_starts_with(refusal->sqlstate, kinds[i].prefix))
        i++;
    const char *kind = kinds[i].kind, *name = refusal->column;
    if (kinds[i].named_after == NAMED_AFTER_SQLSTATE)
        name = refusal->sqlstate;
    if (kinds[i].named_after == NAMED_AFTER_CONSTRAINT)
        name = refusal->constraint;
    if (text_equal(kind, "invalid_text") && is_enum(entity, refusal->column))
        kind = "invalid_enum";
    return name ? arena_printf(arena, "%s:%s", kind, name) : arena_strdup(arena, kind);
}

static const char *or_null(Arena *arena, const char *text)
{
    return text && *text ? arena_strdup(arena, text) : NULL;
}

Refusal refusal_of(Arena *arena, const EntityPlan *entity, const Error *error, const char *column)
{
    Refusal refusal = {.sqlstate = arena_strdup(arena, error->sqlstate),
                       .constraint = or_null(arena, error->constraint),
                       .column = or_null(arena, *error->column ? error->column : column)};
    refusal.message = quotes_values(error->sqlstate) ? without_values(arena, error->message)
                                                     : arena_strdup(arena, error->message);
    refusal.reason = reason_of(arena, entity, &refusal);
    return refusal;
}
