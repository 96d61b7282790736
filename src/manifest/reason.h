/* Why something is not moved: `dropped: { users.legacy_flag: never filled since 2019 }`, `unfilled: …`, and whether all
 * of it has to be told: `strict`. */
#pragma once

#include "manifest/keys.h"

KeyRead reason_read_all;     /* ReasonList, of tables and columns */
KeyRead reason_read_columns; /* ReasonList, of columns alone */
KeyRead reason_read_strict;  /* Manifest: strict, strict_place */
