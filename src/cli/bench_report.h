/* What the manifest's benches gave, for people and in JSON. */
#pragma once

#include "ledger/bench.h"

#include <jansson.h>
#include <stdio.h>

void benches_print(Arena *arena, const BenchOutcomeList *benches, FILE *out);
json_t *benches_json(const BenchOutcomeList *benches);
