#include "pg/sqlstate.h"

#include <string.h>

/* Whole codes and classes, in the order of the manual's appendix A. */
static const struct {
    const char *prefix;
    ErrorKind kind;
} kinds[] = {
    {"08", ERROR_TRANSIENT},                        /* connection */
    {"21", ERROR_DATA},                             /* cardinality: a sub-select with two rows, a row upserted twice */
    {"22", ERROR_DATA},                             /* a value does not fit its type */
    {"23", ERROR_DATA},                             /* a constraint */
    {"25006", ERROR_RIGHTS},                        /* read-only transaction: a standby */
    {"25P03", ERROR_TRANSIENT},                     /* idle_in_transaction_session_timeout */
    {"25P04", ERROR_TRANSIENT},                     /* transaction_timeout */
    {"27", ERROR_DATA},                             /* a trigger changed the row that is being written */
    {"28", ERROR_RIGHTS},                           /* password, pg_hba.conf */
    {"38", ERROR_DATA},                             /* a function in another language, in a trigger */
    {"40", ERROR_TRANSIENT},                        /* serialization, deadlock */
    {"40002", ERROR_DATA},                          /* a constraint that was checked at commit */
    {"42501", ERROR_RIGHTS},    {"44", ERROR_DATA}, /* WITH CHECK OPTION */
    {"53", ERROR_RESOURCE},                         /* disk full, out of memory */
    {"53300", ERROR_TRANSIENT},                     /* too many connections */
    {"54", ERROR_RESOURCE},                         /* limits of the server */
    {"54000", ERROR_DATA},                          /* a row too large for its page or its index */
    {"55006", ERROR_TRANSIENT},                     /* object in use */
    {"55P03", ERROR_TRANSIENT},                     /* lock_timeout */
    {"57", ERROR_TRANSIENT},                        /* cancelled, shut down, starting up */
    {"57P04", ERROR_SQL},                           /* the database was dropped */
    {"58", ERROR_SYSTEM},                           /* the server's own files */
    {"72", ERROR_TRANSIENT},                        /* snapshot too old */
    {"HV00N", ERROR_TRANSIENT},                     /* a foreign server cannot be reached */
    {"P0", ERROR_DATA},                             /* RAISE EXCEPTION, in a trigger */
};

ErrorKind sqlstate_kind(const char *sqlstate)
{
    if (sqlstate[0] == '\0')
        return ERROR_TRANSIENT;
    ErrorKind kind = ERROR_SQL;
    size_t longest = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (length > longest && strncmp(sqlstate, kinds[i].prefix, length) == 0) {
            kind = kinds[i].kind;
            longest = length;
        }
    }
    return kind;
}
