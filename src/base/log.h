/* Messages to the person at the terminal, on stderr; results never go here. Thread-safe.
 *
 * Only src/cli and the program's top level log; everything below returns an Error. */
#pragma once

#include "base/error.h"

#include <stdbool.h>

typedef enum LogLevel { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR } LogLevel;

typedef struct LogOptions {
    LogLevel least; /* -q: LOG_WARNING, -v: LOG_DEBUG */
    bool color;
} LogOptions;

void log_open(LogOptions options);
void log_line(LogLevel level, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* message, then detail, context and hint on lines of their own, with the SQLSTATE. */
void log_error(const Error *error);
