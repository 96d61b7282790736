/* Which tables a transform reads, and which of their columns as far as the text tells. */
#pragma once

#include "transform/scope.h"
#include "transform/transform.h"

void reads_find(Arena *arena, const Scope *scope, TableReadList *reads);
