/* psql's variables in SQL, and ${ENV} in YAML.
 *
 * :'name' becomes a quoted literal (NULL value: NULL), :"name" a quoted identifier, :name the value as it stands —
 * never inside quotes, dollar quotes or comments, and not after another colon (casts). An undeclared bare :name is left
 * alone, as psql does (array slices); an undeclared :'x' or :"x" is a mistake with the place inside the file and the
 * nearest known name. */
#pragma once

#include "base/mistake.h"
#include "manifest/manifest.h"

typedef struct Variable {
    const char *name;
    const char *value; /* NULL: declared, but no value: :'name' gives NULL, the other two are mistakes */
    bool is_column;    /* of the list of a for_each */
    bool is_array;     /* the value is an array literal: :'name' alone says something */
} Variable;

typedef struct VariableList {
    Variable *items;
    size_t count, capacity;
    bool is_open; /* others are still to come: one that is not known is left as it stands */
} VariableList;

/* `sql` with all variables filled in. Mistakes carry the place within sql->text; NULL when there was one. */
const char *variables_fill(Arena *arena, const Sql *sql, const VariableList *variables, Mistakes *mistakes);

/* True when a variable stands in the text, known or not. */
bool variables_stand_in(const char *text);

/* ${NAME} and ${NAME:-default} in a YAML scalar; `$${` is a plain `${`, and all other dollars stay (SQL quotes with
 * $$). The default also stands for an empty variable. An unset one without default is a mistake; NULL when there was
 * one. */
const char *environment_fill(Arena *arena, const char *text, Place place, Mistakes *mistakes);
