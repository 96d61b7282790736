/* What verification leaves out on the source: rows that the target has refused, or that the transform could not make.
 * They stand in rehome.reject, and are not missing. */
#pragma once

#include "verify/subject.h"

/* Looks an entity's refused rows up, and fills `refused` and `without`. */
bool exception_load(Arena *arena, Conn *target, int64_t migration, Filling *filling, Error *error);
