/* Rows that a verification found to differ, by name: rehome.difference. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

/* A value on both sides as text, shortened; NULL: NULL. */
typedef struct DifferentColumn {
    const char *name, *source, *target;
} DifferentColumn;
typedef LIST(DifferentColumn) DifferentColumnList;

typedef struct Difference {
    const char *kind;        /* missing, extra, different */
    const char *key;         /* a JSON object; NULL: the rows have no key */
    const char *driving_key; /* a JSON object of texts; NULL: not known */
    DifferentColumnList columns; /* of one that is different */
    bool suspect;                /* it still changed when it was looked at for the last time */
} Difference;
typedef LIST(Difference) DifferenceList;

/* In place of what an earlier verification of this entity found. */
bool difference_record(Conn *target, int64_t migration, const char *entity, const DifferenceList *differences,
                       Error *error);
/* Of one entity, in the order of finding. */
bool difference_list(Arena *arena, Conn *target, int64_t migration, const char *entity, DifferenceList *differences,
                     Error *error);
/* {"price": {"source": "1.0", "target": "1.00"}} */
char *difference_columns_json(Arena *arena, const DifferentColumnList *columns);
