/* `rehome rollback`: what the ledger says was done is undone, newest and children first, each piece in one transaction
 * of the target with its mark. Killed at any moment it goes on when called again. It needs neither source nor plan. */
#pragma once

#include "engine/backup.h"
#include "engine/engine.h"

typedef enum RollbackTo { ROLLBACK_ALL, ROLLBACK_TO_EXPAND, ROLLBACK_TO_BACKFILL } RollbackTo;

typedef struct RollbackOptions {
    RollbackTo to;
    StringList entities; /* of the manifest, or of its lists; empty: all */
    int64_t run;         /* what this run of the ledger moved; 0: all */
    bool from_backup;    /* tables that were dumped before the first write come from there */
    bool force;          /* rows that somebody else has changed too */
    bool forget;         /* the ledger forgets the migration in the end */
} RollbackOptions;

/* One row of rehome.undo. */
typedef LIST(ObjectId) ObjectIdList;

typedef struct RollbackEntry {
    int64_t id, chunk, run, inserted, updated;
    const char *kind, *step, *entity, *relation, *images, *before, *action;
    ObjectId oid; /* of the relation; 0: it is gone, or there is none */
    char relkind;
    StringList columns, key;
    bool left;
    size_t circle; /* of tables that refer to each other, or of one that refers to itself; 0: none */
} RollbackEntry;
typedef LIST(RollbackEntry) RollbackEntryList;

/* A table of a backup. */
typedef struct RollbackTable {
    int64_t backup;
    const char *host, *sha256, *at;
    int64_t bytes; /* of the file */
    BackedUp table;
    ObjectId oid, root_oid; /* 0: it is gone; of a partition the root is the partitioned table */
    const char *root;
    StringList key;        /* empty: rows are told apart by all their values */
    const char *sequences; /* JSON */
} RollbackTable;
typedef LIST(RollbackTable) RollbackTableList;

typedef struct RollbackPlan {
    const char *scope;         /* for people: "everything" */
    RollbackEntryList entries; /* what will be undone, in its order */
    RollbackTableList tables;  /* that come from a backup: one of the entries, of kind backup, stands for them */
    StringList cannot;         /* what will not, and why */
    bool unfinished;           /* a rollback is under way and goes on */
    bool keeps_objects;        /* what scripts made is used by a migration of the same name with other params */
} RollbackPlan;

/* A row, or an object, that was left alone. */
typedef struct RollbackLeft {
    const char *relation, *key, *why; /* key NULL: `count` rows in all */
    int64_t count;
} RollbackLeft;
typedef LIST(RollbackLeft) RollbackLeftList;

typedef struct RollbackReport {
    int64_t deleted, restored;
    int64_t left;           /* rows and objects that somebody else has changed or needs */
    RollbackLeftList lefts; /* some of them */
    bool forgotten;
    double seconds;
} RollbackReport;

/* Changes nothing. ERROR_STATE when there is nothing to undo, or another rollback has to be finished first. */
bool rollback_plan(Session *session, RollbackOptions *options, RollbackPlan *plan, Error *error);
/* ERROR_DIFFERENT: all is undone but what the report lists. */
bool rollback_run(Session *session, const RollbackOptions *options, const RollbackPlan *plan, RollbackReport *report,
                  Error *error);
