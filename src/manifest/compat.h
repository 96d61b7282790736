/* The section `compat`: views that look like the old tables. */
#pragma once

#include "manifest/keys.h"

KeyRead compat_read_all;     /* Manifest, after its entities */
KeyRead compat_read_entity;  /* Compat */
KeyRead compat_read_columns; /* CompatColumnList */
KeyRead compat_read_delete;  /* Compat */
