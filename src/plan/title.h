/* What a table or an index is called in the names of steps and in messages: as people write it. */
#pragma once

#include "catalog/catalog.h"

/* "leads", "crm.leads": without the schema in public. */
char *title_of_name(Arena *arena, const char *schema, const char *name);
char *title_of_relation(Arena *arena, const Relation *relation);
