#include "plan/cast.h"

#include "base/text.h"

#include <string.h>

#define INT2_RANGE "-32768 AND 32767"
#define INT4_RANGE "-2147483648 AND 2147483647"
#define INT8_RANGE "-9223372036854775808 AND 9223372036854775807"
/* Within it every int8 can be rounded to a double and back. */
#define INT8_SAFE "-9223372036854774784 AND 9223372036854774784"

#define OUT_OF_RANGE             "a value may be out of range"
#define OUT_OF_RANGE_OR_FRACTION "a value may be out of range or have a fraction"
#define NOT_EXACT                "a value may have more digits than a binary fraction keeps"
#define TIME_LOST                "the time of day would be lost"

/* NaN is above every range, so it is out of it. */
#define WHOLE_WITHIN(range) "($v) NOT BETWEEN " range " OR pg_catalog.trunc($v) <> ($v)"
#define INT8_TO_FLOAT8 \
    "CASE WHEN ($v) BETWEEN " INT8_SAFE " THEN ($v)::pg_catalog.float8::pg_catalog.int8 <> ($v) ELSE true END"
/* Shortest digits that read back as the same double: the cast between them would keep 15. */
#define FLOAT_DIGITS "($v)::pg_catalog.text::pg_catalog.numeric"
#define NUMERIC_TO_FLOAT(type, least, most)                                                                         \
    "CASE WHEN ($v)::pg_catalog.text IN ('NaN', 'Infinity', '-Infinity') OR ($v) = 0 THEN false "                   \
    "WHEN pg_catalog.abs($v) NOT BETWEEN " least "::pg_catalog.numeric AND " most "::pg_catalog.numeric THEN true " \
    "ELSE ($v)::pg_catalog." type "::pg_catalog.text::pg_catalog.numeric <> ($v) END"

static const CastRule rules[] = {
    {"int2", "int4 int8 numeric float4 float8", CAST_LOSSLESS, NULL, NULL, NULL},
    {"int4", "int8 numeric float8", CAST_LOSSLESS, NULL, NULL, NULL},
    {"int8", "numeric", CAST_LOSSLESS, NULL, NULL, NULL},
    {"float4", "float8", CAST_LOSSLESS, NULL, NULL, NULL},
    {"bool", "int4", CAST_LOSSLESS, NULL, NULL, "true is 1, false is 0"},
    {"bool", "int2 int8 numeric", CAST_LOSSLESS, "($v)::pg_catalog.int4::$b", NULL, "true is 1, false is 0"},
    {"oid", "int8", CAST_LOSSLESS, NULL, NULL, NULL},
    {"date", "timestamp timestamptz", CAST_LOSSLESS, NULL, NULL, "the day begins at midnight UTC"},
    {"timestamp", "timestamptz", CAST_LOSSLESS, NULL, NULL, "read as UTC"},
    {"timestamptz", "timestamp", CAST_LOSSLESS, NULL, NULL, "written as UTC"},
    {"time", "timetz", CAST_LOSSLESS, NULL, NULL, "read as UTC"},
    {"time", "interval", CAST_LOSSLESS, NULL, NULL, NULL},
    {"jsonb", "json", CAST_LOSSLESS, NULL, NULL, NULL},
    {"json", "jsonb", CAST_LOSSLESS, NULL,
     "pg_catalog.strpos(($v)::pg_catalog.text, E'\\\\u0000') > 0 AND ($v)::pg_catalog.text ~ "
     "E'(^|[^\\\\\\\\])(\\\\\\\\\\\\\\\\)*\\\\\\\\u0000'",
     "order of keys, duplicate keys and white space are not kept"},
    {"cidr", "inet", CAST_LOSSLESS, NULL, NULL, NULL},
    {"macaddr", "macaddr8", CAST_LOSSLESS, NULL, NULL, NULL},
    {"bit", "varbit", CAST_LOSSLESS, NULL, NULL, NULL},
    {"varbit", "bit", CAST_LOSSLESS, NULL, NULL, NULL},
    {"money", "numeric", CAST_LOSSLESS, NULL, NULL, "the currency is not kept"},
    {"float4 float8", "numeric", CAST_LOSSLESS, FLOAT_DIGITS, "($v) IN ('Infinity', '-Infinity')",
     "the shortest digits that read back as the same number"},

    {"int4 int8", "int2", CAST_LOSSY, NULL, "($v) NOT BETWEEN " INT2_RANGE, OUT_OF_RANGE},
    {"int8", "int4", CAST_LOSSY, NULL, "($v) NOT BETWEEN " INT4_RANGE, OUT_OF_RANGE},
    {"oid", "int4", CAST_LOSSY, NULL, "($v)::pg_catalog.int8 > 2147483647", OUT_OF_RANGE},
    {"int4 int8", "oid", CAST_LOSSY, NULL, "($v) NOT BETWEEN 0 AND 4294967295", OUT_OF_RANGE},
    {"numeric", "int2", CAST_LOSSY, NULL, WHOLE_WITHIN(INT2_RANGE), OUT_OF_RANGE_OR_FRACTION},
    {"numeric", "int4", CAST_LOSSY, NULL, WHOLE_WITHIN(INT4_RANGE), OUT_OF_RANGE_OR_FRACTION},
    {"numeric", "int8", CAST_LOSSY, NULL, WHOLE_WITHIN(INT8_RANGE), OUT_OF_RANGE_OR_FRACTION},
    {"float4 float8", "int2", CAST_LOSSY, NULL, WHOLE_WITHIN(INT2_RANGE), OUT_OF_RANGE_OR_FRACTION},
    {"float4 float8", "int4", CAST_LOSSY, NULL, WHOLE_WITHIN(INT4_RANGE), OUT_OF_RANGE_OR_FRACTION},
    {"float4 float8", "int8", CAST_LOSSY, NULL,
     "($v) < -9223372036854775808 OR ($v) >= 9223372036854775808 OR pg_catalog.trunc($v) <> ($v)",
     OUT_OF_RANGE_OR_FRACTION},
    {"int4", "float4", CAST_LOSSY, NULL, "($v)::pg_catalog.float4::pg_catalog.float8 <> ($v)::pg_catalog.float8",
     NOT_EXACT},
    {"int8", "float4", CAST_LOSSY, NULL,
     INT8_TO_FLOAT8 " OR ($v)::pg_catalog.float4::pg_catalog.float8 <> ($v)::pg_catalog.float8", NOT_EXACT},
    {"int8", "float8", CAST_LOSSY, NULL, INT8_TO_FLOAT8, NOT_EXACT},
    {"float8", "float4", CAST_LOSSY, NULL,
     "CASE WHEN ($v) IN ('NaN', 'Infinity', '-Infinity', 0) THEN false "
     "WHEN pg_catalog.abs($v) NOT BETWEEN 1.1754943508222875e-38 AND 3.4028234663852886e38 THEN true "
     "ELSE ($v)::pg_catalog.float4::pg_catalog.float8 <> ($v) END",
     NOT_EXACT},
    {"numeric", "float8", CAST_LOSSY, NULL,
     NUMERIC_TO_FLOAT("float8", "2.2250738585072014e-308", "1.7976931348623157e308"), NOT_EXACT},
    {"numeric", "float4", CAST_LOSSY, NULL, NUMERIC_TO_FLOAT("float4", "1.1754944e-38", "3.4028234e38"), NOT_EXACT},
    {"int4", "bool", CAST_LOSSY, NULL, "($v) NOT IN (0, 1)", "only 0 and 1 have a meaning"},
    {"int2 int8", "bool", CAST_LOSSY, "(($v) = 1)", "($v) NOT IN (0, 1)", "only 0 and 1 have a meaning"},
    {"timestamp", "date", CAST_LOSSY, NULL, "($v)::pg_catalog.date::pg_catalog.timestamp <> ($v)", TIME_LOST},
    {"timestamptz", "date", CAST_LOSSY, NULL, "($v)::pg_catalog.date::pg_catalog.timestamptz <> ($v)", TIME_LOST},
    {"timetz", "time", CAST_LOSSY, NULL, "($v)::pg_catalog.time::pg_catalog.timetz <> ($v)",
     "the time zone would be lost"},
    {"interval", "time", CAST_LOSSY, NULL, "($v)::pg_catalog.time::pg_catalog.interval <> ($v)",
     "the days would be lost"},
    {"inet", "cidr", CAST_LOSSY, NULL, "($v)::pg_catalog.cidr::pg_catalog.inet <> ($v)",
     "the host's part would be lost"},
};

/* What a type reads, where the source cannot be asked. Blanks around it are allowed. */
#define WHITE           "[ \\t\\n\\r\\v\\f]*"
#define NOT_LIKE(regex) "($v)::pg_catalog.text !~* E'^" WHITE "(" regex ")" WHITE "$'"
#define DIGITS          "[+-]?[0-9]{1,30}"
#define INTEGER_WITHIN(range)                                                                                          \
    "CASE WHEN " NOT_LIKE(DIGITS) " THEN true ELSE ($v)::pg_catalog.text::pg_catalog.numeric NOT BETWEEN " range " EN" \
                                  "D"
#define HEX4 "[0-9a-f]{4}"

static const struct {
    const char *type, *loss;
} parsers[] = {
    {"int2", INTEGER_WITHIN(INT2_RANGE)},
    {"int4", INTEGER_WITHIN(INT4_RANGE)},
    {"int8", INTEGER_WITHIN(INT8_RANGE)},
    {"numeric", NOT_LIKE("NaN|[+-]?([0-9]+(\\\\.[0-9]*)?|\\\\.[0-9]+)(e[+-]?[0-9]{1,3})?")},
    {"bool", NOT_LIKE("t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0")},
    {"uuid", "($v)::pg_catalog.text !~* E'^(" HEX4 "(-?" HEX4 "){7}|[{]" HEX4 "(-?" HEX4 "){7}[}])$'"},
};

static bool names(const char *words, const char *name)
{
    size_t length = strlen(name);
    for (const char *word = words; word; word = strchr(word, ' ')) {
        word += *word == ' ';
        if (strncmp(word, name, length) == 0 && (word[length] == ' ' || word[length] == '\0'))
            return true;
    }
    return false;
}

const CastRule *cast_rule(TypeUse from, TypeUse to)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (names(rules[i].from, from.type->name) && names(rules[i].to, to.type->name))
            return &rules[i];
    return NULL;
}

const char *cast_parse_loss(TypeUse to, int server_version)
{
    if (!type_is_builtin(to.type))
        return NULL;
    if (server_version >= 160000)
        return "NOT pg_catalog.pg_input_is_valid(($v)::pg_catalog.text, '$b')";
    for (size_t i = 0; i < sizeof parsers / sizeof parsers[0]; i++)
        if (text_equal(parsers[i].type, to.type->name))
            return parsers[i].loss;
    return NULL;
}
