/* Values that many JSON documents have. */
#pragma once

#include "base/list.h"

#include <jansson.h>
#include <stdint.h>

/* Of what an int64_t is, jansson knows the same under another name. */
json_t *json_whole(int64_t number);
json_t *json_strings(const StringList *list);
/* Keys come as texts of JSON objects; what is none stays a text. */
json_t *json_keys(const StringList *list);
json_t *json_key(const char *text); /* NULL: null */
