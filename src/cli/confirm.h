/* Asking a person before something is changed that is hard to take back. */
#pragma once

#include "base/error.h"

/* True when `yes` (--yes) or when somebody at the terminal types yes. `nothing`: "nothing was undone"; `how`: the hint
 * for a script, which has nobody to be asked. */
bool confirm(bool yes, const char *question, const char *nothing, const char *how, Error *error);
