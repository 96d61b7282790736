/* Which row a foreign key refuses. The server looks after the statement and names no line, so without this halves would be
 * tried until one row is left. Pure. */
#pragma once

#include "plan/plan.h"

/* SELECT of the number, counted from 1, of the first row of pg_temp.staged whose parent is missing; NULL in it: there is
 * none. NULL: the staged rows do not tell which of them will be refused. `constraint`: what the server named. */
char *orphan_search(Arena *arena, const EntityPlan *entity, const Catalog *target, const char *constraint);
