/* What the migration leaves behind: things of the source that nothing reads. */
#pragma once

#include "plan/plan.h"

void carried_build(Arena *arena, Plan *plan);
/* "companies.legacy_code (column)", "audit_log (table, 1,204 rows)" */
char *carried_text(Arena *arena, const Uncovered *left);
