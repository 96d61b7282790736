/* What `plan --assess` found, for people and as one JSON document. */
#pragma once

#include "assess/assess.h"

#include <jansson.h>
#include <stdio.h>

void assess_print(Arena *arena, const Plan *plan, const Assessment *assessment, FILE *out);
json_t *assess_json(const Plan *plan, const Assessment *assessment);
