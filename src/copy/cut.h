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
/* The key after the range's first `rows` rows, NULL in *after when it holds no more. */
bool cut_after(Arena *arena, const EntityPlan *entity, const KeySet *keys, int64_t rows, Conn *source,
               const char *const **after, Error *error);
/* The same for places in the heap, by estimate. */
const char *const *cut_after_pages(Arena *arena, const EntityPlan *entity, const KeySet *keys, int64_t rows);
