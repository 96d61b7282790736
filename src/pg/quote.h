/* The one way to write names and values into SQL. Pure: needs no server. */
#pragma once

#include "base/arena.h"
#include "base/list.h"
#include "base/text.h"

/* "Name", always in double quotes. */
char *quote_name(Arena *arena, const char *name);
/* "schema"."name" */
char *quote_qualified(Arena *arena, const char *schema, const char *name);
/* t."a", t."b" where `before` is "t."; "" for none. */
char *quote_names(Arena *arena, const StringList *names, const char *before);
/* t."a" = s."a" AND t."b" = s."b" */
char *quote_same(Arena *arena, const StringList *names, const char *one, const char *other);
/* 'it''s'; a text with a backslash is written E'…', so it reads the same whatever standard_conforming_strings says. NULL: NULL. */
char *quote_literal(Arena *arena, const char *text);
/* A name as SQL reads it: `users` -> users, `Users` -> users, `"Users"` -> Users, `crm."Leads"` -> schema crm, name Leads.
 * `schema` becomes NULL when there is none. False when it is not a name (then nothing is set). */
bool quote_parse_name(Arena *arena, const char *text, char **schema, char **name);
/* A PostgreSQL text array literal, {"a","b",NULL}; and back. */
char *quote_array(Arena *arena, const char *const *items, size_t count);
bool quote_parse_array(Arena *arena, const char *literal, const char ***items, size_t *count);
