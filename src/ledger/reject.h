/* Rows that were not written: rehome.reject, and the chunks that correct the books of rows counted before. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"

#include <stdbool.h>
#include <stdint.h>

/* Keys and rows are JSON as text: a key is an object of texts, `{"id": "17"}`; a row is an object, or anything else
 * that could be had of it. NULL: not known. */
typedef struct Reject {
    int64_t id; /* given by the ledger */
    const char *entity;
    int64_t chunk;
    const char *reason; /* the rule's name, lossy:COLUMN, KIND:NAME */
    bool budgeted;      /* counts against a budget */
    const char *source; /* of a merge */
    const char *source_key, *source_row, *driving_row;
    const char *parked; /* the key of the rejected row that it refers to; NULL: rejected for its own sake */
    const char *sqlstate, *constraint, *column, *message;
    const char *fingerprint;                                         /* of the entity */
    int64_t attempt;                                                 /* 0 when added: the first */
    const char *waived_by, *waived_at, *waived_because, *created_at; /* when read */
} Reject;
typedef LIST(Reject) RejectList;

/* Writes them in one statement. In the transaction of the chunk that counts them. */
bool reject_add(Conn *target, int64_t migration, const RejectList *rejects, Error *error);

/* A chunk of method 'keys': books of rows that chunks before it have counted are put right, so its numbers may be
 * negative. For 7 rows that are taken out of the target again: read 0, written -7, rejected 7. In the transaction that
 * does it, which ends with ledger_finish_chunk(). */
bool reject_open_correction(Conn *target, int64_t migration, const char *entity, int64_t *chunk, Error *error);

/* Which rejects are meant. */
typedef struct RejectFilter {
    const char *entity, *reason; /* NULL: all */
} RejectFilter;

/* In the order of entities and of their coming. */
bool reject_list(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, RejectList *rejects,
                 Error *error);
bool reject_count(Conn *target, int64_t migration, const RejectFilter *filter, int64_t *count, Error *error);
