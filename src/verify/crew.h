/* The threads that sum: each takes one unit after another until none is left or one has failed. */
#pragma once

#include "verify/passbook.h"

/* `tallies`: one per subject, in the order of `subjects`, whose items the units point to. `rows`: of both sides, as many as
 * are estimated to be read. */
typedef struct Crew {
    Office *office;
    Passbook *book;
    const SubjectList *subjects;
    const UnitList *units;
    Tally *tallies;
    int64_t rows;
} Crew;

/* Tells how far it is as it goes. */
bool crew_run(const Crew *crew, Error *error);
