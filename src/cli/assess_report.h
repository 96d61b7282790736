/* What `plan --assess` found, for people and as one JSON document. */
#pragma once

#include "assess/assess.h"

#include <jansson.h>
#include <stdio.h>

/* `verbose`: every column, and not only those about which something is odd. */
void assess_print(Arena *arena, const Plan *plan, const Assessment *assessment, bool verbose, FILE *out);
json_t *assess_json(const Plan *plan, const Assessment *assessment);
