/* What deciding about one view is made of: compat_read.c says what its columns are, compat_write.c how it is written.
 */
#pragma once

#include "plan/compat.h"

typedef struct CompatBuild {
    Arena *arena;
    const Plan *plan;
    CompatPlan *compat;
    CompatView *view;
    const Transform *load; /* the entity's `load`, looked at like a transform over "staged"; NULL: it has none */
    Mistakes *mistakes;
} CompatBuild;

void compat_note(CompatBuild *build, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fills view->old. */
void compat_decide_reading(CompatBuild *build, const GatheredCompat *gathered);
/* What a target column is made of, `load` included; false: nobody knows. */
bool compat_lineage(const CompatBuild *build, const char *name, Lineage *lineage);
/* A type of the source, on the target: of the same name there; a domain that is not there is the type below it;
 * anything else is text. *name becomes NULL when it is another one than on the source. */
TypeUse compat_use_on_target(const CompatBuild *build, ObjectId oid, int32_t typmod, const char **name);
TypeUse compat_use_of_column(const CompatBuild *build, const Column *column);

/* Fills all of the view that is about writing. */
void compat_decide_writing(CompatBuild *build);
/* `load`, looked at like a transform whose driving table is called staged; NULL: there is none. */
const Transform *compat_look_at_load(Arena *arena, const Plan *plan, const EntityPlan *entity);
