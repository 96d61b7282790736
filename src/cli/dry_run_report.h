/* What `run --dry-run` found, for people and as one JSON document. */
#pragma once

#include "engine/dry_run.h"

#include <jansson.h>
#include <stdio.h>

void dry_run_print(Arena *arena, const Plan *plan, const DryRun *report, FILE *out);
json_t *dry_run_json(const Plan *plan, const DryRun *report);
