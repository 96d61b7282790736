/* What PostgreSQL prints of an index or a key, made to speak of another table. Pure. */
#pragma once

#include "base/arena.h"
#include "catalog/catalog.h"

/* `CREATE UNIQUE INDEX a ON b.c USING …` as `CREATE UNIQUE INDEX "name" ON table USING …`; NULL: it is no such text. */
char *definition_of_index(Arena *arena, const Index *index, const char *name, const char *table);
/* `FOREIGN KEY (…) REFERENCES b.c(…) …` with `table` in place of b.c, and without NOT VALID; NULL: it is no such text. */
char *definition_of_foreign_key(Arena *arena, const char *definition, const char *table);
