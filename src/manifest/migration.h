/* The keys at the top of migration.yaml that no other file reads. */
#pragma once

#include "manifest/keys.h"

KeyRead migration_read_version; /* nothing: only one version is known */
KeyRead migration_read_name;    /* const char * */
KeyRead migration_read_scripts; /* SqlList */
