#include "manifest/variables.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/scan.h"
#include "pg/quote.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const Variable *variables_find(const VariableList *variables, const char *name)
{
    FOR_EACH(Variable, variable, *variables)
        if (text_equal(variable->name, name))
            return variable;
    return NULL;
}

static void variables_add_unknown(const char *shown, const char *name, Place place, const VariableList *variables,
                                  Mistakes *mistakes)
{
    StringList names = {0}, columns = {0};
    FOR_EACH(Variable, variable, *variables) {
        LIST_PUSH(mistakes->arena, &names, variable->name);
        if (variable->is_column)
            LIST_PUSH(mistakes->arena, &columns, variable->name);
    }
    const char *nearest = string_list_nearest(&names, name);
    const char *what = columns.count > 0 ? "no such param, and no such column of for_each" : "no such param";
    if (nearest)
        mistake_add(mistakes, place, "%s: %s; did you mean \"%s\"?", shown, what, nearest);
    else if (columns.count > 0)
        mistake_add(mistakes, place, "%s: %s; its query gives %s", shown, what,
                    string_list_join(mistakes->arena, &columns, ", "));
    else
        mistake_add(mistakes, place, "%s: %s; declare it under params", shown, what);
}

/* The value as it goes into the SQL; NULL for a variable without one where SQL has no way to say so. */
static const char *variables_written(Arena *arena, char quote, const char *value)
{
    if (quote == '\'')
        return quote_literal(arena, value);
    if (!value)
        return NULL;
    return quote == '"' ? quote_name(arena, value) : value;
}

/* A quoted value must not grow together with what stands before it: LIKE:'x' would become LIKEE'…'. */
static bool variables_would_join(char before, char quote)
{
    return before == quote || before == '_' || isalnum((unsigned char)before) || (unsigned char)before >= 0x80;
}

/* False after a mistake. */
static bool variables_fill_one(Arena *arena, const Sql *sql, const Piece *piece, const VariableList *variables,
                               Text *filled, Mistakes *mistakes)
{
    const char *name = arena_strndup(arena, sql->text + piece->name_start, piece->name_length);
    const char *shown = arena_strndup(arena, sql->text + piece->start, piece->length);
    const Variable *variable = variables_find(variables, name);
    if (!variable && piece->quote && !variables->is_open) {
        variables_add_unknown(shown, name, sql_place(sql, piece->start), variables, mistakes);
        return false;
    }
    if (variable && variable->is_array && piece->quote != '\'') {
        mistake_add(mistakes, sql_place(sql, piece->start),
                    "%s: param \"%s\" is an array; write :'%s', as in id = ANY (:'%s')", shown, name, name, name);
        return false;
    }
    const char *written = variable ? variables_written(arena, piece->quote, variable->value) : shown;
    if (!written) {
        mistake_add(mistakes, sql_place(sql, piece->start),
                    "%s: %s \"%s\" has no value; only :'%s' may stand for a missing one (NULL)", shown,
                    variable->is_column ? "the column" : "param", name, name);
        return false;
    }
    if (variable && piece->quote && filled->length > 0 &&
        variables_would_join(filled->chars[filled->length - 1], piece->quote))
        text_add(filled, " ");
    text_add(filled, written);
    return true;
}

const char *variables_fill(Arena *arena, const Sql *sql, const VariableList *variables, Mistakes *mistakes)
{
    Text filled = text_new(arena);
    bool complete = true;
    for (Piece piece = {0}; scan_next(sql->text, &piece);) {
        if (piece.kind == PIECE_VARIABLE)
            complete &= variables_fill_one(arena, sql, &piece, variables, &filled, mistakes);
        else
            text_add_n(&filled, sql->text + piece.start, piece.length);
    }
    return complete ? filled.chars : NULL;
}

bool variables_stand_in(const char *text)
{
    for (Piece piece = {0}; scan_next(text, &piece);)
        if (piece.kind == PIECE_VARIABLE)
            return true;
    return false;
}

static size_t environment_name_length(const char *at)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return *at >= '0' && *at <= '9' ? 0 : strspn(at, letters);
}

/* What stands for `${…}`, whose content is `inside`; NULL after a mistake. */
static const char *environment_value(Arena *arena, const char *inside, Place place, Mistakes *mistakes)
{
    const size_t length = environment_name_length(inside);
    const char *otherwise = inside + length;
    if (length == 0 || (*otherwise != '\0' && !text_starts_with(otherwise, ":-"))) {
        mistake_add(mistakes, place,
                    "${…} holds %s, which is not the name of an environment variable; $${ is a plain ${",
                    mask_quote(arena, inside));
        return NULL;
    }
    const char *name = arena_strndup(arena, inside, length);
    const char *value = getenv(name);
    if (*otherwise != '\0')
        return value && *value != '\0' ? value : otherwise + 2;
    if (!value)
        mistake_add(mistakes, place, "the environment variable %s is not set", name);
    return value;
}

const char *environment_fill(Arena *arena, const char *text, Place place, Mistakes *mistakes)
{
    Text filled = text_new(arena);
    bool complete = true;
    for (const char *begin = strstr(text, "${"); begin; begin = strstr(text, "${")) {
        const bool escaped = begin > text && begin[-1] == '$';
        text_add_n(&filled, text, (size_t)(begin - text));
        if (escaped) { /* one dollar of `$${` is there already */
            text_add(&filled, "{");
            text = begin + 2;
            continue;
        }
        const char *end = strchr(begin, '}');
        if (!end) {
            mistake_add(mistakes, place, "${ is never closed by }; $${ is a plain ${");
            return NULL;
        }
        const char *inside = arena_strndup(arena, begin + 2, (size_t)(end - begin - 2));
        const char *value = environment_value(arena, inside, place, mistakes);
        text_add(&filled, value ? value : "");
        complete &= value != NULL;
        text = end + 1;
    }
    text_add(&filled, text);
    return complete ? filled.chars : NULL;
}
