/* The migration's parameters: declared in `params`, given with --param. */
#pragma once

#include "manifest/keys.h"

/* Reads all of `params` into a ParamList, with the values of --param, and makes them the reader's variables. */
KeyRead param_read_all;
KeyRead param_read_default; /* Param */
/* After everything else: each --param must be one that was declared. */
void param_check_options(Reader *reader, const ParamList *params);
