#include "manifest/param_type.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct ParamType {
    const char *name;
    bool (*fits)(const struct ParamType *type, const char *value);
    const char *mismatch;
    long long low, high;
} ParamType;

static bool param_type_is_digits(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool param_type_fits_integer(const ParamType *type, const char *value)
{
    const char *digits = value + (*value == '-' || *value == '+');
    if (!param_type_is_digits(digits))
        return false;
    errno = 0;
    const long long number = strtoll(value, NULL, 10);
    return errno == 0 && number >= type->low && number <= type->high;
}

static bool param_type_fits_numeric(const ParamType *type, const char *value)
{
    static const char digits[] = "0123456789";
    (void)type;
    if (strcasecmp(value, "NaN") == 0)
        return true;
    value += *value == '-' || *value == '+';
    const size_t whole = strspn(value, digits);
    value += whole;
    value += *value == '.';
    const size_t fraction = strspn(value, digits);
    value += fraction;
    if (whole + fraction == 0)
        return false;
    if (*value != 'e' && *value != 'E')
        return *value == '\0';
    value++;
    return param_type_is_digits(value + (*value == '-' || *value == '+'));
}

/* As uuid_in(): 32 hex digits, a hyphen allowed after every four, braces allowed around. */
static bool param_type_fits_uuid(const ParamType *type, const char *value)
{
    (void)type;
    const bool braces = *value == '{';
    value += braces;
    for (int digit = 0; digit < 32; digit++, value++) {
        if (digit > 0 && digit % 4 == 0 && *value == '-')
            value++;
        if (!isxdigit((unsigned char)*value))
            return false;
    }
    return strcmp(value, braces ? "}" : "") == 0;
}

static bool param_type_fits_boolean(const ParamType *type, const char *value)
{
    static const char *const words[] = {"true", "false", "t", "f", "yes", "no", "y", "n", "on", "off", "1", "0"};
    (void)type;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(words[i], value) == 0)
            return true;
    return false;
}

static bool param_type_fits_date(const ParamType *type, const char *value)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0, month = 0, day = 0, length = 0;
    (void)type;
    if (sscanf(value, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || length != 10 || value[length] != '\0')
        return false;
    if (strspn(value, "0123456789-") != 10 || month < 1 || month > 12 || year < 1)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static const char not_small[] = "it is not a whole number from -32768 to 32767";
static const char not_integer[] = "it is not a whole number from -2147483648 to 2147483647";
static const char not_big[] = "it is not a whole number of 64 bits";
static const char not_uuid[] = "a uuid looks like 6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f";
static const char not_boolean[] = "it is neither true nor false";
static const char not_date[] = "a date is written 2024-12-31";
static const char not_numeric[] = "it is not a number";

static const ParamType types[] = {
    {"smallint", param_type_fits_integer, not_small, INT16_MIN, INT16_MAX},
    {"int2", param_type_fits_integer, not_small, INT16_MIN, INT16_MAX},
    {"int", param_type_fits_integer, not_integer, INT32_MIN, INT32_MAX},
    {"int4", param_type_fits_integer, not_integer, INT32_MIN, INT32_MAX},
    {"integer", param_type_fits_integer, not_integer, INT32_MIN, INT32_MAX},
    {"bigint", param_type_fits_integer, not_big, INT64_MIN, INT64_MAX},
    {"int8", param_type_fits_integer, not_big, INT64_MIN, INT64_MAX},
    {"uuid", param_type_fits_uuid, not_uuid, 0, 0},
    {"boolean", param_type_fits_boolean, not_boolean, 0, 0},
    {"bool", param_type_fits_boolean, not_boolean, 0, 0},
    {"date", param_type_fits_date, not_date, 0, 0},
    {"numeric", param_type_fits_numeric, not_numeric, 0, 0},
    {"decimal", param_type_fits_numeric, not_numeric, 0, 0},
};

const char *param_type_mismatch(const char *type, const char *value)
{
    const size_t length = strcspn(type, " ("); /* numeric(10,2) */
    for (const ParamType *row = types; row < types + sizeof types / sizeof *types; row++)
        if (strlen(row->name) == length && strncasecmp(row->name, type, length) == 0)
            return row->fits(row, value) ? NULL : row->mismatch;
    return NULL;
}
