/* Where an entity's driving table is cut into chunks. */
#pragma once

#include "ledger/ledger.h"
#include "plan/plan.h"

/* Samples the keys on the source (in the run's snapshot) and gives ranges that together cover every key there can be:
 * the first one is open below, the last one open above. One open range when the table is small or the entity cannot be
 * narrowed. */
bool cut_chunks(Arena *arena, const EntityPlan *entity, Conn *source, ChunkRangeList *chunks, Error *error);

/* The lowest key of a range, NULL in *first when it is empty. */
bool cut_first(Arena *arena, const EntityPlan *entity, const KeySet *keys, Conn *source, const char *const **first,
               Error *error);
/* The key in the middle of a range, NULL in *middle when it holds fewer than two rows. */
bool cut_middle(Arena *arena, const EntityPlan *entity, const KeySet *keys, Conn *source, const char *const **middle,
                Error *error);
