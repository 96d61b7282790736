/* What `verify --fast` and `verify --sample` found. */
#pragma once

#include "engine/engine.h"

#include <stdio.h>

void glance_print(Arena *arena, const GlanceReport *report, FILE *out);
void glance_print_json(const GlanceReport *report, FILE *out);
/* ERROR_DIFFERENT unless it passed. */
bool glance_judge(const GlanceReport *report, Error *error);
