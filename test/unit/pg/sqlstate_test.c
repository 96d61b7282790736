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

TEST(each_class_of_trouble_has_its_remedy)
{
    static const struct {
        const char *sqlstate;
        Remedy remedy;
    } cases[] = {
        {"", REMEDY_AGAIN},        {"08006", REMEDY_AGAIN},   {"40P01", REMEDY_AGAIN},  {"53300", REMEDY_AGAIN},
        {"40001", REMEDY_LOCK},    {"55P03", REMEDY_LOCK},    {"57014", REMEDY_SPLIT},  {"25P03", REMEDY_SPLIT},
        {"25P04", REMEDY_SPLIT},   {"57P01", REMEDY_OUTAGE},  {"57P02", REMEDY_OUTAGE}, {"57P03", REMEDY_OUTAGE},
        {"53100", REMEDY_STOP},    {"53200", REMEDY_STOP},    {"25006", REMEDY_STOP},   {"42501", REMEDY_STOP},
        {"28P01", REMEDY_STOP},    {"23505", REMEDY_NONE},    {"42P01", REMEDY_NONE},   {"57P04", REMEDY_NONE},
        {"XX000", REMEDY_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!CHECK_NUMBER(sqlstate_remedy(cases[i].sqlstate), cases[i].remedy))
            printf("# for %s\n", cases[i].sqlstate);
    CHECK(sqlstate_advice("42501") != NULL && sqlstate_advice("40001") == NULL);
}
