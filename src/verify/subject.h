/* What is verified as a whole: a target table and all the entities that fill it, and how their rows are told apart.
 * Pure. */
#pragma once

#include "ledger/ledger.h"
#include "plan/plan.h"
#include "verify/exception.h"
#include "verify/hashed.h"

/* One entity's part in a table. */
typedef struct Filling {
    const EntityPlan *entity;
    const MappingList *mappings; /* to the target's columns: those of `load` when there is one */
    bool found_empty;            /* the table had no row, or was emptied, before the entity wrote */
    size_t variant;              /* which of the subject's lists of columns it fills */
    StringList left_out;         /* columns it fills that are not compared */
    ChunkRangeList ranges;       /* of the driving table, which together are all of it; at least one */
    Exception refused;           /* what it gives and the target has refused */
    const char *ground;          /* versions.h; NULL: nobody can tell */
    bool proved;                 /* all its chunks were moved, so that they have to be all of its driving table */
} Filling;
typedef LIST(Filling) FillingList;

typedef struct Subject {
    const Relation *into;
    FillingList fillings;
    StringList key;            /* target columns; empty: rows have no identity but their values */
    LIST(StringList) compared; /* target columns besides the key; without a key always one list */
    bool scoped;               /* every entity says by `scope` which rows are its own */
    bool ours;                 /* every row there (in the scopes) must come from these entities */
    ChunkRangeList ranges;     /* of the table itself, likewise */
    int buckets;
    KeyBounds bounds; /* of the buckets; no keys: they go by the hash of the key */
    HashBy hash_by;
    const char *ground; /* as of a filling, of the table itself */
} Subject;
typedef LIST(Subject) SubjectList;

/* One subject per target table, in the order of the plan. `states`: what the ledger knows; entities it does not know
 * count as not run. `ours` says only what these know of; ranges are still to be cut, and buckets chosen. */
void subjects_build(Arena *arena, const Plan *plan, const EntityStateList *states, SubjectList *subjects);
/* Its rows are told apart by `columns` instead of its key: by those of them that every entity can compare. */
void subject_tell_by(Arena *arena, Subject *subject, const StringList *columns);
/* Whether sums per bucket can prove the table. */
bool subject_is_summed(const Subject *subject);
/* Its rows are one per driving row, and none is left out: who has counted them has counted those. */
bool subject_gives_driving_rows(const Filling *filling);

/* The rows that a filling gives for some keys: its transform's output on the source, or the output of its `load` on the
 * target. `entity` is the filling's with its crosswalks. TRANSFORM_WITH_KEY: where it can, with the driving key in `also`,
 * ARRAY[…] AS driving. */
HashedRows subject_source_rows(Arena *arena, const Subject *subject, const Filling *filling, const EntityPlan *entity,
                               const KeySet *keys, TransformShape shape);
/* Which rows of the table are the entities' own, over its bare columns; of a subject that is scoped. */
char *subject_scopes(Arena *arena, const Subject *subject);
/* The rows of the table in a range of its blocks, or all of them. */
HashedRows subject_target_rows(Arena *arena, const Subject *subject, const KeySet *keys);
/* The SELECT that fills `staged` for a `load`, rejected rows left out; CREATE TEMPORARY TABLE staged …; its columns. */
char *subject_staged_select(Arena *arena, const Filling *filling, const EntityPlan *entity, const KeySet *keys);
char *subject_create_staged(Arena *arena, const EntityPlan *entity);
/* INSERT INTO rehome_target … the pairs of the target. Once the source's pairs are in rehome_source. */
char *subject_insert_target(Arena *arena, const Subject *subject, const HashedRows *rows, BucketFilter filter);
/* The mappings of the first filling that has this column compared. */
const MappingList *subject_mappings(const Subject *subject, const char *column);
/* A key as a JSON object: {"id": 7, "region": "eu"}. `values` in the order of the subject's key. */
char *subject_print_key(Arena *arena, const Subject *subject, const char *const *values);
