/* `flags` of migration.yaml: feature flags and their first values. */
#pragma once

#include "manifest/keys.h"

KeyRead flag_read_all; /* FlagList */
