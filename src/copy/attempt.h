/* A chunk, the quick way where that may do. */
#pragma once

#include "copy/mover.h"

/* In the chunk's transaction, behind SAVEPOINT rehome_work. A clean chunk costs nothing more than the one statement that moves it; one with
 * rows that the target refuses is begun again carefully. `careful`: whether it begins so; afterwards, whether the next one should. */
bool attempt_move(Arena *arena, const Move *move, bool *careful, Books *books, Error *error);
