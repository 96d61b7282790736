/* What `verify --repair` will do, and has done, for people and as JSON. */
#pragma once

#include "repair/repair.h"

#include <jansson.h>
#include <stdio.h>

void repairs_print_plan(const RepairList *repairs, FILE *out);
void repairs_print_done(const RepairList *repairs, FILE *out);
/* [{"entity", "insert", "update", "delete", "note", "written", "unchanged", "deleted", "left", "why_left"}] */
json_t *repairs_json(const RepairList *repairs);
