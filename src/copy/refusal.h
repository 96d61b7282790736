/* Why the target (or, for a row that the transform cannot make, the source) refused a row: what a reject says of it.
 * Pure. */
#pragma once

#include "plan/plan.h"

#include "base/error.h"

typedef struct Refusal {
    const char *reason;     /* KIND:NAME or KIND, from one table: `not_null:email`, `foreign_key:leads_company_fkey` */
    const char *sqlstate;
    const char *constraint; /* NULL: none was named */
    const char *column;     /* NULL: none is known */
    const char *message;    /* the server's, without values */
} Refusal;

/* `column`: what the context of a COPY names; "" or NULL: nothing. */
Refusal refusal_of(Arena *arena, const EntityPlan *entity, const Error *error, const char *column);

/* Whether a failure can be one row's fault: then smaller parts are tried. */
bool refusal_is_possible(const Error *error);
