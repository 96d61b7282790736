/* SQLSTATE -> what kind of trouble it is: one table. */
#pragma once

#include "base/error.h"

/* The longest prefix in the table wins ("40001" before "40"); unknown codes are ERROR_SQL; "" (libpq itself) is ERROR_TRANSIENT. */
ErrorKind sqlstate_kind(const char *sqlstate);
