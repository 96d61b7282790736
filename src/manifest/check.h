/* `checks` of migration.yaml. */
#pragma once

#include "manifest/keys.h"

KeyRead check_read_all;    /* Manifest */
KeyRead check_read_source; /* Manifest: a list of checks on this side */
KeyRead check_read_target;
KeyRead check_read_balance;
KeyRead check_read_expect;   /* Check */
KeyRead check_read_severity; /* Severity */
