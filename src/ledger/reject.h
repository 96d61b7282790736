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
    const char *document, *pretty_row, *pretty_driving_row; /* when read: all of it as a JSON object; for people */
} Reject;
typedef LIST(Reject) RejectList;

/* Writes them in one statement. In the transaction of the chunk that counts them. */
bool reject_add(Conn *target, int64_t migration, const RejectList *rejects, Error *error);

/* A chunk of method 'keys': books of rows that chunks before it have counted are put right, so its numbers may be
 * negative. For 7 rows that are taken out of the target again: read 0, written -7, rejected 7. In the transaction that
 * does it, which ends with ledger_finish_chunk(). */
bool reject_open_correction(Conn *target, int64_t migration, const char *entity, int64_t *chunk, Error *error);

/* Which rejects are meant: those that fit everything that is given. */
typedef struct RejectFilter {
    const char *entity; /* with the items of a for_each; NULL: all */
    const char *reason; /* or a kind of them, "unique" for unique:users_email_key; NULL: all */
    StringList ids;     /* what a KEY of the command line may be, see reject_key_parse(); all empty: all */
    StringList keys, values;
    int64_t after, limit; /* a page: at most `limit` of those behind id `after`; 0: all */
    int64_t upto;         /* the greatest id; 0: any */
} RejectFilter;

/* A KEY as people write it: `#17` (the reject's own id), `{"region": "eu", "id": "7"}`, `region=eu,id=7`, or for a key
 * of one column its value alone. False with ERROR_INPUT when it begins like an object or id and is none. */
bool reject_key_parse(Arena *arena, const char *word, RejectFilter *filter, Error *error);

/* In the order of their coming. */
bool reject_ids(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, StringList *ids,
                Error *error);
bool reject_list(Arena *arena, Conn *target, int64_t migration, const RejectFilter *filter, RejectList *rejects,
                 Error *error);
bool reject_count(Conn *target, int64_t migration, const RejectFilter *filter, int64_t *count, Error *error);
/* How many rejects the next page may have after this one, of at most `limit`; 0 for the first page. Few to begin with,
 * and more as long as they are small: so neither their number nor their size decides about memory. */
int64_t reject_next_limit(int64_t limit, const RejectList *page);

/* All of one entity and reason. */
typedef struct RejectGroup {
    const char *entity, *reason;
    bool budgeted; /* some of them */
    int64_t rows, parked, waived, attempts;
    StringList keys;     /* up to three */
    const char *message; /* of one of them, NULL: none has one */
} RejectGroup;
typedef LIST(RejectGroup) RejectGroupList;
bool reject_groups(Arena *arena, Conn *target, int64_t migration, const char *entity, const char *reason,
                   RejectGroupList *groups, Error *error);

/* This session's role takes responsibility: they stay behind, and count against no budget. Recorded as an event, too.
 */
bool reject_waive(Conn *target, int64_t migration, const RejectFilter *filter, const char *because, int64_t *waived,
                  Error *error);
