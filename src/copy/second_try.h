/* Rows that a foreign key of a table to itself refused, because the row that they refer to came with a later page. */
#pragma once

#include "copy/mover.h"

/* Moves those of the chunk once more, carefully, until no more of them come in, and puts the books right. `move` is
 * seated and careful; its source is free. */
typedef bool (*SecondTryMove)(const Move *move, Books *books, Error *error);
bool second_try_run(const Move *move, SecondTryMove again, Books *books, Error *error);
