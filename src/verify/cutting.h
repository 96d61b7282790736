/* In which parts and buckets a subject is read: decided by a look at both servers, or as a pass that was left behind has
 * decided. */
#pragma once

#include "verify/passbook.h"

/* The subjects of the request's plan, whose rows are known: whether others have some, and which were refused. */
bool cutting_gather(Arena *arena, Desk *desk, SubjectList *subjects, Error *error);
/* Fills what is still open: ranges and buckets. `number`: of the subject, in the book. */
bool cutting_fill(Arena *arena, Desk *desk, Passbook *book, size_t number, Subject *subject, Error *error);
