/* The roles that a statement names: owners, grantees, those of policies. */
#pragma once

#include "base/list.h"

/* Tolerant: what it does not understand names nobody. Reserved words (PUBLIC, CURRENT_USER) and pg_* are left out. */
void dump_roles_collect(Arena *arena, const char *statement, StringList *roles);
void dump_roles_add(Arena *arena, const char *role, StringList *roles);
