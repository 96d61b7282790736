#include "manifest/param_type.h"
#include "tap.h"

typedef struct TypeCase {
    const char *type, *value;
} TypeCase;

TEST(values_that_the_server_takes_fit)
{
    static const TypeCase cases[] = {
        {"uuid", "6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f"},
        {"UUID", "6F1C2A527D0E4C559D5B0A1B2C3D4E5F"},
        {"uuid", "{6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f}"},
        {"int", "0"},
        {"int", "-2147483648"},
        {"integer", "+2147483647"},
        {"smallint", "32767"},
        {"bigint", "9223372036854775807"},
        {"bool", "TRUE"},
        {"boolean", "off"},
        {"date", "2024-02-29"},
        {"numeric", "-1.5e-10"},
        {"numeric(10,2)", ".5"},
        {"decimal", "7."},
        {"numeric", "NaN"},
        {"text", ""},
        {"timestamptz", "whenever"},
        {"intarray", "the server knows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!CHECK(!param_type_mismatch(cases[i].type, cases[i].value)))
            printf("# %s of %s\n", cases[i].value, cases[i].type);
}

TEST(other_values_do_not_fit)
{
    static const TypeCase cases[] = {
        {"uuid", ""},
        {"uuid", "6f1c2a52"},
        {"uuid", "6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5g"},
        {"uuid", "{6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f"},
        {"uuid", "6f1c2a52-7d0e-4c55-9d5b-0a1b2c3d4e5f0"},
        {"int", ""},
        {"int", "12a"},
        {"int", "-"},
        {"int", " 1"},
        {"int", "1.0"},
        {"int", "2147483648"},
        {"smallint", "-32769"},
        {"bigint", "9223372036854775808"},
        {"boolean", "maybe"},
        {"date", "2023-02-29"},
        {"date", "2024-13-01"},
        {"date", "2024-1-1"},
        {"date", "01.02.2024"},
        {"date", "2024-01-01 "},
        {"numeric", "1,5"},
        {"numeric", "."},
        {"numeric(10,2)", "1e"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!CHECK(param_type_mismatch(cases[i].type, cases[i].value)))
            printf("# %s of %s\n", cases[i].value, cases[i].type);
}
