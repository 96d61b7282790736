/* What `rollback` will do, and has done, for people and as JSON. */
#pragma once

#include "rollback/rollback.h"

#include <stdio.h>

void rollback_print_plan(Arena *arena, const char *migration, const RollbackPlan *plan, const RollbackOptions *options, FILE *out);
void rollback_print_report(Arena *arena, const RollbackReport *report, FILE *out);
/* `report` NULL: nothing was done. */
void rollback_print_json(const RollbackPlan *plan, const RollbackReport *report, const Error *error, FILE *out);
