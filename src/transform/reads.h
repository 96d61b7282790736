/* Which tables a transform reads, and which of their columns as far as the text tells. */
#pragma once

#include "transform/scope.h"
#include "transform/transform.h"

void reads_find(Arena *arena, const Scope *scope, TableReadList *reads);
/* Of one SELECT. False when libpg_query does not understand it: then nobody can tell. */
bool reads_of_select(Arena *arena, const char *sql, TableReadList *reads);
/* Of a condition, which reads tables through its sub-selects. */
bool reads_of_condition(Arena *arena, const char *sql, TableReadList *reads);
