/* Which key the tokens of a migration were made with: known by a check value, so that a run with another key is
 * refused. */
#pragma once

#include "base/error.h"
#include "base/token_key.h"
#include "pg/conn.h"

/* ERROR_STATE when the migration (0: none yet) was run with another key. Without a key there is nothing to compare. */
bool key_check(Conn *target, int64_t migration, const TokenKey *key, Error *error);
/* Remembers the key, if the migration has none so far. */
bool key_remember(Conn *target, int64_t migration, const TokenKey *key, Error *error);
