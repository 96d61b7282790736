#include "cli/json_value.h"

json_t *json_whole(int64_t number)
{
    return json_integer((json_int_t)number);
}

json_t *json_strings(const StringList *list)
{
    json_t *array = json_array();
    FOR_EACH(const char *, text, *list)
        json_array_append_new(array, json_string(*text));
    return array;
}

json_t *json_key(const char *text)
{
    json_t *key = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return key ? key : text ? json_string(text) : json_null();
}

json_t *json_keys(const StringList *list)
{
    json_t *array = json_array();
    FOR_EACH(const char *, text, *list)
        json_array_append_new(array, json_key(*text));
    return array;
}
