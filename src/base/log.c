#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static LogOptions options = {.least = LOG_INFO};
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static const struct {
    const char *prefix;
    const char *color;
} levels[] = {
    [LOG_DEBUG] = {"debug: ", "\033[2m"},
    [LOG_INFO] = {"", ""},
    [LOG_WARNING] = {"warning: ", "\033[33m"},
    [LOG_ERROR] = {"error: ", "\033[31m"},
};

void log_open(LogOptions chosen)
{
    options = chosen;
}

static void print_prefix(LogLevel level)
{
    const char *prefix = levels[level].prefix;
    if (options.color && levels[level].color[0])
        fprintf(stderr, "%s%s\033[0m", levels[level].color, prefix);
    else
        fputs(prefix, stderr);
}

void log_line(LogLevel level, const char *format, ...)
{
    if (level < options.least)
        return;
    pthread_mutex_lock(&one_at_a_time);
    print_prefix(level);
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    pthread_mutex_unlock(&one_at_a_time);
}

/* "  detail: first line", further lines indented below it. */
static void print_part(const char *name, const char *text)
{
    if (text[0] == '\0')
        return;
    fprintf(stderr, "  %s: ", name);
    for (; *text; text++) {
        fputc(*text, stderr);
        if (*text == '\n')
            fputs("    ", stderr);
    }
    fputc('\n', stderr);
}

void log_error(const Error *error)
{
    pthread_mutex_lock(&one_at_a_time);
    print_prefix(LOG_ERROR);
    fputs(error->message, stderr);
    if (error->sqlstate[0])
        fprintf(stderr, " (SQLSTATE %s)", error->sqlstate);
    fputc('\n', stderr);
    print_part("detail", error->detail);
    print_part("context", error->context);
    print_part("hint", error->hint);
    pthread_mutex_unlock(&one_at_a_time);
}
