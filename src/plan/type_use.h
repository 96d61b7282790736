/* A type as a column uses it: the type below all domains, and its typmod. Everything about typmods is here. */
#pragma once

#include "catalog/catalog.h"

#include <stdbool.h>

typedef struct TypeUse {
    const Catalog *catalog; /* where `type` is from */
    const Type *type;       /* never NULL, never a domain */
    int32_t typmod;         /* -1: none */
} TypeUse;

/* The type of a column or an output column, domains resolved. `type` is NULL when the catalog does not know it. */
TypeUse type_use_of(const Catalog *catalog, ObjectId type, int32_t typmod);
bool type_use_is_array(TypeUse use);
TypeUse type_use_element(TypeUse use);
/* Holds text and takes any text: text, varchar, char(n), name, citext. */
bool type_use_is_string(TypeUse use);
/* A reg* type or an array of them: the value names an object, its number means nothing on another server. */
bool type_use_names_object(TypeUse use);
/* The same type on both sides: of PostgreSQL itself, or of the same schema and name. */
bool type_use_same(TypeUse left, TypeUse right);
/* Its binary form means the same on every server. */
bool type_use_has_wire_form(TypeUse use);

/* "pg_catalog.numeric(10,2)", "pg_catalog.int4[]", "crm.mood": for casts. The bare form has no typmod: casting to it
 * never shortens. */
char *type_use_sql(Arena *arena, TypeUse use);
char *type_use_bare_sql(Arena *arena, TypeUse use);
/* "numeric(10,2)": for people. */
char *type_use_print(Arena *arena, TypeUse use);

/* Every value of `from` is kept by the typmod of `to`; the types are the same or cast without loss. */
bool type_use_fits(TypeUse from, TypeUse to);
/* Condition over the SQL expression `value`, of the bare type: true when the typmod would change it. NULL: it cannot.
 */
char *type_use_loss(Arena *arena, TypeUse to, const char *value);
/* The same over a text that the target parses, where the typmod would change it without a word. Never fails, whatever
 * the text. */
char *type_use_text_loss(Arena *arena, TypeUse to, const char *value);
/* What the typmod may do to a value, for people. */
char *type_use_loss_note(Arena *arena, TypeUse to);
/* The typmod changes the form of a value that fits: 1.5 is stored as 1.50. */
bool type_use_shapes(TypeUse to);
