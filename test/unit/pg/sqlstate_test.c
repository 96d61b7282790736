#include "pg/sqlstate.h"
#include "tap.h"

TEST(the_longest_prefix_decides)
{
    static const struct {
        const char *sqlstate;
        ErrorKind kind;
    } cases[] = {
        {"", ERROR_TRANSIENT},      {"08006", ERROR_TRANSIENT}, {"40001", ERROR_TRANSIENT}, {"40P01", ERROR_TRANSIENT},
        {"40002", ERROR_DATA},      {"57P01", ERROR_TRANSIENT}, {"57P04", ERROR_SQL},       {"53300", ERROR_TRANSIENT},
        {"53100", ERROR_RESOURCE},  {"54000", ERROR_DATA},      {"54001", ERROR_RESOURCE},  {"23505", ERROR_DATA},
        {"22P02", ERROR_DATA},      {"21000", ERROR_DATA},      {"P0001", ERROR_DATA},      {"42501", ERROR_RIGHTS},
        {"25006", ERROR_RIGHTS},    {"28P01", ERROR_RIGHTS},    {"42P01", ERROR_SQL},       {"42601", ERROR_SQL},
        {"55P03", ERROR_TRANSIENT}, {"XX000", ERROR_SQL},       {"ZZZZZ", ERROR_SQL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!CHECK_NUMBER(sqlstate_kind(cases[i].sqlstate), cases[i].kind))
            printf("# for %s\n", cases[i].sqlstate);
}
