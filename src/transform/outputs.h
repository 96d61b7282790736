/* The output columns of every level: what PostgreSQL calls them, and which of them change from one run to the next. */
#pragma once

#include "transform/functions.h"
#include "transform/scope.h"

/* What a ResTarget's column is called: its AS, else as PostgreSQL would derive it. NULL: `*`. */
const char *output_name(json_t *target);
/* Fills level->outputs of every level. */
void outputs_find(Scope *scope, const Functions *functions);
