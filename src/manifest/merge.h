/* `merge:`: one table out of several sources. */
#pragma once

#include "manifest/keys.h"

const char *merge_how_name(MergeHow how);

KeyRead merge_read;         /* const Merge * */
KeyRead merge_read_key;     /* NameList, not empty */
KeyRead merge_read_sources; /* EntityList, not empty */
KeyRead merge_read_columns; /* Merge */
