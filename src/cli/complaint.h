/* How the program tells why it failed, on stderr. */
#pragma once

#include "base/error.h"

/* Mistakes in what the user wrote (`migration.yaml:4:5: …`) stand as they are, one a line, with their number below when
 * there are several; a stop is no error; everything else is told with detail, context and hint. */
void complain(const Error *error);
/* How many mistakes a message made by mistakes_none() tells of. */
int complaint_count(const char *message);
