/* The report as an HTML page. */
#pragma once

#include "base/error.h"
#include "pg/conn.h"

#include <stdint.h>
#include <stdio.h>

#define REPORT_GENERATOR "rehome " REHOME_VERSION

bool page_print(Conn *target, int64_t migration, FILE *out, Error *error);
