/* One restore: a dump, read once beforehand, into a fresh database of a scratch server. */
#pragma once

#include "scratch/dump_lexer.h"
#include "scratch/dump_script.h"
#include "scratch/server.h"

typedef struct Relation {
    const char *schema, *name; /* as stored; schema NULL: in whichever */
} Relation;
typedef LIST(Relation) RelationList;

/* The relations whose rows are wanted. */
typedef struct Need {
    bool all;
    RelationList relations;
} Need;

typedef struct Restore {
    Arena *arena;
    const DumpOptions *options;
    DumpKind kind;
    int jobs;
    const Server *server;
    const char *database; /* in which it is made */
    DumpScript script;    /* what the dump holds; of an archive its schema only */
    Need need;
} Restore;

/* What went wrong with one object of the dump; entry NULL: it is not known which. */
typedef struct Trouble {
    const DumpEntry *entry;
    const char *words;
} Trouble;
typedef LIST(Trouble) TroubleList;

/* Reads what the dump holds, before anything is made for it. A dump without its end is a failure here. */
bool restore_read_archive(Restore *restore, Error *error);
bool restore_read_plain(Restore *restore, Error *error);
/* Fills the database. */
bool restore_archive(Restore *restore, Error *error);
bool restore_plain(Restore *restore, Error *error);

void restore_note(const Restore *restore, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Where the messages of one part go: HOME/NAME/PART.log, empty. NULL on failure. */
char *restore_log(const Restore *restore, const char *part, Error *error);

/* Adds to the need what the schema, restored by now, says: partitions, and what views read. */
bool restore_complete_need(Restore *restore, Error *error);
bool need_parse(Arena *arena, const StringList *needed, Need *need, Error *error);
bool need_has(const Need *need, const char *schema, const char *name);

/* Trouble with objects that are not needed is noted; with any other it is a failure. */
bool restore_judge(const Restore *restore, const TroubleList *troubles, const char *log, Error *error);
