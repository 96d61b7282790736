/* The key `backup`: true, false, or a mapping with `to` and `verify`. */
#pragma once

#include "manifest/keys.h"

KeyRead backup_read;        /* Backup */
KeyRead backup_read_folder; /* Backup.folder */
KeyRead backup_read_verify; /* Backup.counts_only */
