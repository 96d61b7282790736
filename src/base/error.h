/* What went wrong, for the person who has to mend it.
 *
 * Errors travel upwards in an `Error *` that is the last parameter of everything that can fail; nobody logs below the
 * top. The kind decides what happens next (retry, stop, exit status: see error_policy()), never the message text.
 * An Error holds its own fixed buffers, so it outlives every arena; texts that are too long are cut with "…". */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

typedef enum ErrorKind {
    ERROR_NONE,
    ERROR_INPUT,     /* the manifest or the command line is wrong */
    ERROR_TRANSIENT, /* connection, deadlock, serialization, shutdown, too many connections: worth another try */
    ERROR_DATA,      /* a row does not fit (SQLSTATE classes 21, 22, 23, …) */
    ERROR_RIGHTS,    /* the role may not (42501), or the server is read-only (25006) */
    ERROR_RESOURCE,  /* disk full, out of memory, limits of the server */
    ERROR_SQL,       /* the server refuses a statement: syntax, unknown object, wrong type */
    ERROR_STATE,     /* not legal now: another phase, another process, the ledger says no */
    ERROR_DIFFERENT, /* verification found differences, or a check failed */
    ERROR_REJECTS,   /* done, but more rejects than the budget */
    ERROR_STOPPED,   /* the user pressed Ctrl-C */
    ERROR_SYSTEM,    /* a file, a child program, the operating system */
    ERROR_BUG        /* ours */
} ErrorKind;

typedef struct Error {
    ErrorKind kind;
    char sqlstate[6]; /* of PostgreSQL, else "" */
    char message[2048];
    char detail[2048];
    char hint[1024];
    char context[1024];   /* the server's CONTEXT, e.g. "COPY leads, line 17" */
    char constraint[128]; /* names the server gave, else "" */
    char table[128];
    char column[128];
    int position; /* 1-based character in the statement that the server pointed at; 0: none */
} Error;

typedef struct ErrorPolicy {
    const char *name; /* as in the ledger and in JSON: "data", "transient", … */
    int exit_status;
    bool retry;
} ErrorPolicy;

/* The one table kind -> what to do. */
const ErrorPolicy *error_policy(ErrorKind kind);

/* Each returns false, so that a function can end with `return error_set(error, …);`. */
bool error_set(Error *error, ErrorKind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool error_detail(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool error_hint(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool error_context(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Puts what the caller was doing before the message: `copying entity "leads", chunk 17: …`. */
bool error_doing(Error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_clear(Error *error);
