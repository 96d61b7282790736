/* What is known of a function by its name. Names are compared without their schema, so a doubt always falls on the careful side. */
#pragma once

#include "base/list.h"
#include "transform/tree.h"

#include <stdbool.h>

/* Names from the source's catalog; NULL: PostgreSQL's own, as far as we know them. */
typedef struct Functions {
    const StringList *aggregates;
    const StringList *set_returning;
    const StringList *volatiles;
} Functions;

/* `call` is the body of a FuncCall. */
bool functions_is_window(json_t *call);
bool functions_is_aggregate(const Functions *functions, json_t *call);
bool functions_is_set_returning(const Functions *functions, json_t *call);
/* This node by itself may give another value the next time: a volatile function, the current time, or 'now'::timestamp. */
bool functions_is_volatile(const Functions *functions, const char *kind, json_t *body);
/* A constant that stands for a moment wherever a date or time is wanted: 'today'. */
bool functions_is_moment(const char *text);
/* It, or anything inside it, is volatile. */
bool functions_has_volatile(const Functions *functions, json_t *json);
