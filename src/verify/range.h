/* How a table is cut for reading it: by the blocks of its heap, so that the parts are all of it whatever its keys are.
 *
 * The chunks of the ledger are not used: a proof that walks them would be blind to chunks that overlap or leave a gap.
 */
#pragma once

#include "ledger/ledger.h"

/* Where ctid ranges are read as such and not by scanning it all: a heap of its own on PostgreSQL 14 or later. */
bool range_is_possible(const Relation *relation, int server_version);
/* Ranges that are all of a heap that has so many blocks now; one that is everything when it is small. */
void ranges_cut(Arena *arena, int64_t blocks, int jobs, ChunkRangeList *ranges);
