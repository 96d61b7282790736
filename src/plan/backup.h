/* Which tables of the target are dumped before the first write: those that are there, that entities fill or scripts
 * write to, and that no backup of this migration holds yet. Pure. */
#pragma once

#include "plan/plan.h"

/* Once the entities of the plan are there. */
void backup_decide(Arena *arena, Plan *plan);
/* For people: "3 tables, about 120 MB: …"; NULL: none will be taken. */
char *backup_print(Arena *arena, const BackupPlan *backup);
