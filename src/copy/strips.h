/* A chunk inside one database some of whose rows are refused, in strips: ranges of its keys so small that most of them
 * have no such row. A clean strip is one statement of the server's own, as a clean chunk is. Of the others the clean
 * parts are, too, and only the rest travels through us. Where bad rows are so many that hardly a strip is clean, long
 * ones are moved carefully from the beginning. */
#pragma once

#include "copy/mover.h"

/* How a strip is moved that has a bad row; `move` is careful. */
typedef bool (*StripsCareful)(const Move *move, Books *books, Error *error);

/* How many driving rows a strip should have; 0: the chunk is better moved as a whole. That is so where rows are staged
 * for what they may meet, and where the server thinks that many small statements cost it much more than one: a join may
 * have to read all of another table for each. `move` is seated. */
bool strips_fit(Arena *arena, const Move *move, int64_t *rows, Error *error);
/* Moves all of it; `books` balances. */
bool strips_run(const Move *move, int64_t rows, StripsCareful careful, Books *books, Error *error);
