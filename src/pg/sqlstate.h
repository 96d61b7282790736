/* SQLSTATE -> what kind of trouble it is, and what to do about it: one table. */
#pragma once

#include "base/error.h"

/* How often and how it is tried again stands in engine/retry.h. */
typedef enum Remedy {
    REMEDY_NONE,   /* trying again would end in the same way */
    REMEDY_AGAIN,  /* passes by itself */
    REMEDY_LOCK,   /* somebody else is at it: give way, many times */
    REMEDY_OUTAGE, /* the server is away, and says that it comes back */
    REMEDY_SPLIT,  /* took too long: in smaller parts */
    REMEDY_STOP    /* concerns everything, and a person has to mend it: end in order */
} Remedy;

/* The longest prefix in the table wins ("40001" before "40"); unknown codes are ERROR_SQL; "" (libpq itself) is ERROR_TRANSIENT. */
ErrorKind sqlstate_kind(const char *sqlstate);
Remedy sqlstate_remedy(const char *sqlstate);
/* What a person does about it; NULL: the server's own words say enough. */
const char *sqlstate_advice(const char *sqlstate);
