/* The proof that the chunks of an entity are all of its driving table, each row of it once: rows that agree on both
 * sides say nothing of rows that nobody has read, and "no chunk is left" is not "every key was in one".
 *
 * A key lies in as many chunks as begin at or below it, less as many as end there. So when bounds come in pairs (where
 * a chunk ends another one begins), one chunk is open below and one above, and no chunk ends before it begins, each key
 * lies in exactly one. Pairs are counted in the ledger; which of two keys is the lesser the source says, in its own
 * order. Chunks that correct books hold no keys. */
#pragma once

#include "ledger/ledger.h"

typedef struct Coverage {
    const EntityPlan *entity;
    int64_t migration;
    Conn *source, *target; /* open; equal inside one database */
} Coverage;

/* Adds what speaks against the chunks, a sentence each: gaps, overlaps, chunks that are not done, books that do not
 * balance. */
bool coverage_prove(Arena *arena, const Coverage *coverage, StringList *complaints, Error *error);
/* The error that is made of them. */
bool coverage_refuse(Arena *arena, const char *entity, const StringList *complaints, Error *error);

/* SELECT: how many driving rows the entity has; NULL: it has no driving table. */
char *coverage_count(Arena *arena, const EntityPlan *entity);
/* Compares with the driving rows that the chunks have read. `seen`: the snapshot in which these were counted; NULL: not
 * known. In the snapshot of the chunks another number is a complaint, in a later one it may be the source that was
 * changed: that is a note, and whether it matters the rows say. */
bool coverage_compare(Arena *arena, const Coverage *coverage, int64_t counted, const char *seen, StringList *complaints,
                      StringList *notes, Error *error);

/* ---- pure ---- */

typedef struct CoveredChunk {
    int64_t id, driving;
    KeySet keys;
} CoveredChunk;
typedef LIST(CoveredChunk) CoveredChunkList;

/* A sentence for what coverage.sql calls `what`; `chunk` NULL: it is of no chunk. */
char *coverage_say(Arena *arena, const char *entity, const char *what, int64_t times, const CoveredChunk *chunk);
/* SELECT of the numbers, from 1, of the chunks that end before they begin; NULL: none has two ends. Its parameters are
 * arrays, one for each column of the key of where they begin, then of where they end. */
char *coverage_disorder(Arena *arena, const EntityPlan *entity, const CoveredChunkList *chunks, StringList *params);
