/* What verification leaves out on the source: rows that the target has refused, or that the transform could not make.
 * They stand in rehome.reject with an SQLSTATE, and are not missing. What a rule or a cast set aside is left out by its
 * condition.
 *
 * Where a driving row gives one row at most, its key says enough, and the transform is narrowed to the others. Else rows
 * are told by their values besides; of several that are alike as many are left out as were refused. */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

#include <stdint.h>

/* Rows told by their values: arrays of the keys by which they are looked for, of what tells each, and how often. */
typedef struct RefusedRows {
    bool any;
    bool shown; /* by the driving key, which then has to be beside the rows: TRANSFORM_WITH_KEY */
    const char *suspects, *ids, *times;
} RefusedRows;

typedef struct Exception {
    int64_t rows;
    KeySet keys;        /* driving rows that give nothing: only its `except` counts */
    RefusedRows given;  /* of the transform */
    RefusedRows loaded; /* of `load` */
} Exception;

/* Looks an entity's refused rows up. */
bool exception_load(Arena *arena, Conn *target, int64_t migration, const EntityPlan *entity, Exception *exception,
                    Error *error);
/* `from` is a FROM item called "q" with its WHERE, of the columns that `mappings` map; so is what is returned, without
 * the refused rows. */
char *exception_leave_out(Arena *arena, const EntityPlan *entity, const RefusedRows *refused,
                          const MappingList *mappings, char *from);
