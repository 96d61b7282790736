#include "pg/sqlstate.h"

#include <stddef.h>
#include <string.h>

typedef struct Class {
    const char *prefix;
    ErrorKind kind;
    Remedy remedy;
    const char *advice;
} Class;

/* Whole codes and classes, in the order of the manual's appendix A. */
static const Class classes[] = {
    {"08", ERROR_TRANSIENT, REMEDY_AGAIN, NULL},   /* connection */
    {"21", ERROR_DATA, REMEDY_NONE, NULL},         /* cardinality: a sub-select with two rows, a row upserted twice */
    {"22", ERROR_DATA, REMEDY_NONE, NULL},         /* a value does not fit its type */
    {"23", ERROR_DATA, REMEDY_NONE, NULL},         /* a constraint */
    {"25006", ERROR_RIGHTS, REMEDY_STOP,           /* read-only transaction */
     "The server takes no writes: it is a standby, or was set read-only. Connect to the primary "
     "(target_session_attrs=read-write)."},
    {"25P03", ERROR_TRANSIENT, REMEDY_SPLIT, NULL}, /* idle_in_transaction_session_timeout */
    {"25P04", ERROR_TRANSIENT, REMEDY_SPLIT, NULL}, /* transaction_timeout */
    {"27", ERROR_DATA, REMEDY_NONE, NULL},          /* a trigger changed the row that is being written */
    {"28", ERROR_RIGHTS, REMEDY_STOP, NULL},        /* password, pg_hba.conf */
    {"38", ERROR_DATA, REMEDY_NONE, NULL},          /* a function in another language, in a trigger */
    {"40", ERROR_TRANSIENT, REMEDY_AGAIN, NULL},    /* deadlock */
    {"40001", ERROR_TRANSIENT, REMEDY_LOCK, NULL},  /* serialization: somebody else wrote the row */
    {"40002", ERROR_DATA, REMEDY_NONE, NULL},       /* a constraint that was checked at commit */
    {"42501", ERROR_RIGHTS, REMEDY_STOP, "GRANT the role of the connection what it needs."},
    {"44", ERROR_DATA, REMEDY_NONE, NULL},          /* WITH CHECK OPTION */
    {"53", ERROR_RESOURCE, REMEDY_STOP, NULL},
    {"53100", ERROR_RESOURCE, REMEDY_STOP, "Make room on the disk of the server."},
    {"53200", ERROR_RESOURCE, REMEDY_STOP, "Give the server more memory, or less to do at once: fewer --jobs."},
    {"53300", ERROR_TRANSIENT, REMEDY_AGAIN, "Raise max_connections of the server, or take fewer --jobs."},
    {"54", ERROR_RESOURCE, REMEDY_STOP, NULL},      /* limits of the server */
    {"54000", ERROR_DATA, REMEDY_NONE, NULL},       /* a row too large for its page or its index */
    {"55006", ERROR_TRANSIENT, REMEDY_AGAIN, NULL}, /* object in use */
    {"55P03", ERROR_TRANSIENT, REMEDY_LOCK, NULL},  /* lock_timeout */
    {"57", ERROR_TRANSIENT, REMEDY_AGAIN, NULL},
    {"57014", ERROR_TRANSIENT, REMEDY_SPLIT, NULL},  /* statement_timeout, or cancelled by somebody */
    {"57P01", ERROR_TRANSIENT, REMEDY_OUTAGE, NULL}, /* shut down */
    {"57P02", ERROR_TRANSIENT, REMEDY_OUTAGE, NULL}, /* crashed */
    {"57P03", ERROR_TRANSIENT, REMEDY_OUTAGE, NULL}, /* starting up */
    {"57P04", ERROR_SQL, REMEDY_NONE, NULL},         /* the database was dropped */
    {"58", ERROR_SYSTEM, REMEDY_STOP, NULL},         /* the server's own files */
    {"72", ERROR_TRANSIENT, REMEDY_AGAIN, NULL},     /* snapshot too old */
    {"HV00N", ERROR_TRANSIENT, REMEDY_AGAIN, NULL},  /* a foreign server cannot be reached */
    {"P0", ERROR_DATA, REMEDY_NONE, NULL},           /* RAISE EXCEPTION, in a trigger */
};
static const Class lost = {"", ERROR_TRANSIENT, REMEDY_AGAIN, NULL}, unknown = {"", ERROR_SQL, REMEDY_NONE, NULL};

static const Class *class_of(const char *sqlstate)
{
    if (sqlstate[0] == '\0')
        return &lost;
    const Class *found = &unknown;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        size_t length = strlen(classes[i].prefix);
        if (length > strlen(found->prefix) && strncmp(sqlstate, classes[i].prefix, length) == 0)
            found = &classes[i];
    }
    return found;
}

ErrorKind sqlstate_kind(const char *sqlstate)
{
    return class_of(sqlstate)->kind;
}

Remedy sqlstate_remedy(const char *sqlstate)
{
    return class_of(sqlstate)->remedy;
}

const char *sqlstate_advice(const char *sqlstate)
{
    return class_of(sqlstate)->advice;
}
