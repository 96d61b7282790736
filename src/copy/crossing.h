/* Old keys and new keys of the rows that a chunk moves, into the entity's crosswalk: a second statement of the same
 * transaction, over the same rows. */
#pragma once

#include "copy/mover.h"

/* Does nothing for an entity that keeps none. After its rows were moved: what is staged is read again there. */
bool crossing_move(Arena *arena, const Move *move, Error *error);

/* Pure, for reading and testing: `INSERT INTO rehome.crosswalk_… SELECT …` within one server, or what is copied between
 * two. */
char *crossing_insert(Arena *arena, const Move *move);
char *crossing_copy_out(Arena *arena, const Move *move);
char *crossing_copy_in(Arena *arena, const Move *move);
