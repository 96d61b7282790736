#include "base/error.h"

#include <stdio.h>
#include <string.h>

static const ErrorPolicy policies[] = {
    [ERROR_NONE] = {"none", 0, false},
    [ERROR_INPUT] = {"input", 2, false},
    [ERROR_TRANSIENT] = {"transient", 1, true},
    [ERROR_DATA] = {"data", 1, false},
    [ERROR_RIGHTS] = {"rights", 1, false},
    [ERROR_RESOURCE] = {"resource", 1, false},
    [ERROR_SQL] = {"sql", 1, false},
    [ERROR_STATE] = {"state", 1, false},
    [ERROR_DIFFERENT] = {"different", 4, false},
    [ERROR_REJECTS] = {"rejects", 3, false},
    [ERROR_STOPPED] = {"stopped", 130, false},
    [ERROR_SYSTEM] = {"system", 1, false},
    [ERROR_BUG] = {"bug", 1, false},
};

const ErrorPolicy *error_policy(ErrorKind kind)
{
    return &policies[kind];
}

/* Writes into `buffer`; what does not fit ends with "…", never inside a UTF-8 character. */
static void print_cut(char *buffer, size_t size, const char *format, va_list arguments)
{
    static const char ellipsis[] = "…";
    int length = vsnprintf(buffer, size, format, arguments);
    if (length < 0 || (size_t)length < size)
        return;
    size_t end = size - sizeof ellipsis;
    while (end > 0 && ((unsigned char)buffer[end] & 0xC0) == 0x80)
        end--;
    memcpy(buffer + end, ellipsis, sizeof ellipsis);
}

/* Everything below ends with false, so that callers can return it. */
#define PRINT_CUT(buffer, format)                               \
    do {                                                        \
        va_list arguments;                                      \
        va_start(arguments, format);                            \
        print_cut((buffer), sizeof(buffer), format, arguments); \
        va_end(arguments);                                      \
    } while (0)

bool error_set(Error *error, ErrorKind kind, const char *format, ...)
{
    if (!error)
        return false;
    char message[sizeof error->message]; /* an argument may point into *error */
    PRINT_CUT(message, format);
    error_clear(error);
    error->kind = kind;
    memcpy(error->message, message, strlen(message) + 1);
    return false;
}

bool error_detail(Error *error, const char *format, ...)
{
    if (!error)
        return false;
    char detail[sizeof error->detail];
    PRINT_CUT(detail, format);
    memcpy(error->detail, detail, strlen(detail) + 1);
    return false;
}

bool error_hint(Error *error, const char *format, ...)
{
    if (!error)
        return false;
    char hint[sizeof error->hint];
    PRINT_CUT(hint, format);
    memcpy(error->hint, hint, strlen(hint) + 1);
    return false;
}

bool error_context(Error *error, const char *format, ...)
{
    if (!error)
        return false;
    char context[sizeof error->context];
    PRINT_CUT(context, format);
    memcpy(error->context, context, strlen(context) + 1);
    return false;
}

static void join_cut(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void join_cut(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_cut(buffer, size, format, arguments);
    va_end(arguments);
}

bool error_doing(Error *error, const char *format, ...)
{
    if (!error)
        return false;
    char doing[sizeof error->message / 2];
    PRINT_CUT(doing, format);
    char message[sizeof error->message];
    join_cut(message, sizeof message, "%s: %s", doing, error->message);
    memcpy(error->message, message, sizeof message);
    return false;
}

void error_clear(Error *error)
{
    if (error)
        *error = (Error){.kind = ERROR_NONE};
}
