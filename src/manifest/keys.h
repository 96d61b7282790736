/* The keys of migration.yaml: one row each, with what it expects, its default, its help and who reads it.
 *
 * The parser, "did you mean" and the help come from these rows. The rows of a section are read in the order of the
 * table, not of the file, so `params` stand before everything that uses variables. */
#pragma once

#include "manifest/manifest.h"
#include "manifest/node.h"
#include "manifest/variables.h"

/* What reading needs beside the value at hand. */
typedef struct Reader {
    Arena *arena;
    Mistakes *mistakes;
    const ManifestOptions *options;
    const char *folder;
    VariableList variables; /* the params that were read so far, with their values */
    Mistakes source_mistakes; /* of the key `source`, while it is not known whether it is needed */
    ManifestFileList files; /* those that were read so far */
    Place keyed;            /* of the first call that needs the key of tokens; without a file there is none */
} Reader;

typedef struct Key Key;
typedef void KeyRead(Reader *reader, const Key *key, const Node *value, void *field);

struct Key {
    const char *name;
    const char *type;      /* what it expects: "a list of columns" */
    const char *otherwise; /* what counts when it is left out, in words; NULL when it is required or nothing follows */
    const char *help;
    bool required;
    KeyRead *read; /* NULL: the key of a later version */
    size_t offset; /* of the field in the section's record */
};

typedef struct Section {
    const char *name; /* "an entity", for messages */
    const Key *keys;
    size_t count;
    bool is_void_with_later; /* a key of a later version changes what the others mean: they are not read then */
} Section;

extern const Section section_migration; /* record: Manifest */
extern const Section section_dump;      /* const char *, the path as written */
extern const Section section_param;     /* Param */
extern const Section section_entity;    /* Entity */
extern const Section section_reject;    /* RejectRule */
extern const Section section_reason;    /* Reason */
extern const Section section_for_each;  /* Entity */
extern const Section section_merge;     /* Merge */
extern const Section section_source;    /* Entity, a source of a merge */
extern const Section section_verify;    /* NameList */
extern const Section section_checks;    /* Manifest */
extern const Section section_check;     /* Check, over one side */
extern const Section section_balance;   /* Check, over both sides */
extern const Section section_bench;     /* Bench */
extern const Section section_compat;    /* Compat */
extern const Section section_backup;    /* Backup */

/* The pairs of a mapping whose keys are texts, the first of each name; everything else becomes a mistake. */
NodePairList mapping_pairs(Reader *reader, const Node *mapping);

/* Reads `mapping` into `record` by the rows of the section. False when `record` says nothing about what the user meant:
 * the node is no mapping, or `is_void_with_later`. */
bool section_read(Reader *reader, const Section *section, const Node *mapping, void *record);
