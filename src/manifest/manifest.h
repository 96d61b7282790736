/* What the user wants: migration.yaml and the SQL files it names, as plain data.
 *
 * Loading never touches a server. It reads all files, checks all keys, values and variables, and collects every mistake
 * instead of stopping at the first one. The keys, with type, default and help, are rows of one table in keys.c. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "base/mistake.h"
#include "base/token_key.h"

#include <stdbool.h>

/* A piece of SQL with its variables filled in, and where it begins, so that errors can name file and line. */
typedef struct Sql {
    const char *text; /* NULL: not given */
    Place place;      /* of its first character: the file itself at 1:1, or the YAML value */
    bool is_file;     /* the place is a file: a line N in the text is a line N of the file */
    bool is_filled;   /* it had variables: the text depends on the params */
} Sql;
typedef LIST(Sql) SqlList;

/* Where byte `offset` of the text stands. After variables were filled in, the line still holds and the column does so
 * up to the line's first variable. */
Place sql_place(const Sql *sql, size_t offset);
/* Where a server's error position points to, in a statement that begins with `before` and then has the user's text. The
 * server counts characters from 1; 0, or a place in `before`: the beginning of the text. */
Place sql_place_of_position(const Sql *sql, const char *before, int position);

/* A name as the user wrote it. */
typedef struct Name {
    const char *text;   /* as written, for messages */
    const char *schema; /* folded unless quoted; NULL when not qualified */
    const char *name;   /* folded unless quoted; NULL when not given */
    Place place;
} Name;
typedef LIST(Name) NameList;

typedef enum WriteMode {
    WRITE_DEFAULT, /* upsert where the target has a usable unique key, else insert */
    WRITE_INSERT,
    WRITE_UPSERT,
    WRITE_SKIP,   /* keep what is there */
    WRITE_REPLACE /* empty the table (or its `scope`) first */
} WriteMode;
const char *write_mode_name(WriteMode mode);

/* A parameter of the migration; `value` is its text after --param, default and environment, NULL when not given. */
typedef struct Param {
    const char *name;
    const char *type; /* an SQL type name for help and for casting; default text */
    const char *help;
    bool required;
    bool is_array;     /* the type ends with []: `value` is an array literal of the elements, in the order given */
    bool has_elements; /* … which may be none */
    StringList elements;
    const char *value;
    Place value_place; /* of the default in the file; `--param` when the value comes from there */
    Place place;
} Param;
typedef LIST(Param) ParamList;

/* A rule over the output of the transform or of `load`: rows for which it is true become rejects with this reason. */
typedef struct RejectRule {
    const char *name;
    Sql sql;
    bool of_load;
    Place of_place; /* of `of`, where it is given */
    const char *budget; /* NULL: any number */
} RejectRule;
typedef LIST(RejectRule) RejectRuleList;

/* How many rejects of a reason there may be: "10", or "0.5%" of the rows read. */
typedef struct Budget {
    const char *reason; /* of a rule, as the ledger writes it (lossy:price), or a kind (unique) */
    const char *most;
    Place place;
} Budget;
typedef LIST(Budget) BudgetList;

/* A part of a name under `dropped` or `unfilled`, as stored. */
typedef struct NamePart {
    const char *text;
    bool is_pattern; /* each `*` in it stands for any characters */
} NamePart;
enum { REASON_PARTS = 3 };

/* Why something of the old schema is left behind, or a column of the new one is given nothing. */
typedef struct Reason {
    const char *text; /* what, as written: users.legacy_* */
    NamePart parts[REASON_PARTS];
    size_t count; /* of parts: of an entity 1, a column; else [schema.]table or [schema.]table.column */
    const char *because;
    Place place;
} Reason;
typedef LIST(Reason) ReasonList;

typedef struct EntityTemplate EntityTemplate; /* manifest/for_each.h */
typedef struct Merge Merge;

/* One target table filled by one transform, or by a merge of several. */
typedef struct Entity {
    const char *name;
    const char *base; /* the name in the file: of an item `audits[leads]` of for_each it is `audits` */
    Place place;
    NameList from;  /* empty with from_none; of a merge those of all its sources */
    bool from_none; /* `from: none` */
    Sql where;      /* over the driving table alone */
    Sql transform;  /* text NULL: the columns both sides have by name */
    const Merge *merge; /* its sources say what is read, instead of `from`, `where` and `transform`; NULL: no merge */
    Sql load;       /* runs on the target over the rows named `staged` */
    Name into;      /* default: the entity's name, with the place of the entity */
    NameList key;   /* empty: the target's primary key */
    WriteMode write;
    Place write_place;
    bool has_update; /* false: every mapped column but the key */
    NameList update;
    RejectRuleList rejects;
    const char *max_rejects; /* of all reasons that have no budget of their own; NULL: the manifest's */
    BudgetList budgets;
    NameList redact; /* columns whose values never enter a reject or a conflict */
    NameList verify_except;
    bool hold_triggers; /* `triggers: hold` */
    bool keep_indexes;  /* `indexes: keep`: never held back, even when the table is empty */
    bool no_undo;       /* `undo: false`: nothing is recorded that `rollback` could undo its writes by */
    bool crosswalk;     /* keeps old keys and new keys together */
    Place crosswalk_place;
    Sql scope;          /* over the target table: which rows are this entity's own */
    ReasonList dropped;  /* columns of its driving tables */
    ReasonList unfilled; /* columns of its target table */
    Sql for_each;       /* the query whose rows are its items (items.h); until they are known, names and texts that need
                           them are left as they stand */
    bool may_be_empty;
    const EntityTemplate *template; /* of an entity with for_each and of all its items; else NULL */
    Sql listed; /* of an item: the query that has listed it */
} Entity;
typedef LIST(Entity) EntityList;

/* Which of several values a merged row gets. */
typedef enum MergeHow {
    MERGE_FIRST,   /* the first that is not null */
    MERGE_LAST,    /* the last one */
    MERGE_NEWEST,  /* of the row where another column is greatest */
    MERGE_LONGEST, /* the longest as text */
    MERGE_ERROR    /* two values are a mistake of the data: the rows are set aside */
} MergeHow;

typedef struct MergeRule {
    Name column;
    MergeHow how;
    Name newest;      /* of MERGE_NEWEST: the column that says which row is the newest */
    const char *text; /* as written: newest(updated_at) */
} MergeRule;

/* One table out of several sources: rows that are equal in `key` become one. */
struct Merge {
    Place place;
    NameList key;       /* columns that every source gives */
    EntityList sources; /* earlier ones come first; of an Entity they have name, place, from, where and transform */
    LIST(MergeRule) columns;
};

typedef enum CheckSide { CHECK_SOURCE, CHECK_TARGET, CHECK_BALANCE } CheckSide;
typedef enum CheckExpect {
    EXPECT_NONE,  /* no row, or one row whose only value is 0 in a column called count or …_count */
    EXPECT_SOME,  /* at least one row */
    EXPECT_VALUE, /* the first value equals `value` as text */
    EXPECT_EQUAL  /* balance: both sides give the same rows, column by column */
} CheckExpect;
typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARN } Severity;

typedef struct Check {
    const char *name;
    CheckSide side;
    Sql sql;        /* source or target; of a balance the source's query */
    Sql target_sql; /* of a balance */
    CheckExpect expect;
    const char *value;
    Severity severity;
    Place place;
} Check;
typedef LIST(Check) CheckList;

/* A feature flag of the applications; `first` is its value until somebody sets it. */
typedef struct Flag {
    const char *name;
    bool first;
    Place place;
} Flag;
typedef LIST(Flag) FlagList;

/* Queries that do the same on both sides: their times are compared when everything has moved. */
typedef struct Bench {
    const char *name;
    Sql old_sql, new_sql; /* one statement or several; on the source, on the target */
    int runs;
    double at_least;   /* the new is so many times as fast; 0: any speed will do */
    double at_most_ms; /* of the new; 0: any time will do */
    Place place;
} Bench;
typedef LIST(Bench) BenchList;

/* A pg_dump of the target's tables, taken before the first write. */
typedef struct Backup {
    bool wanted;
    const char *folder; /* joined with the manifest's; NULL: the state folder of whoever runs it */
    bool counts_only;   /* `verify: read`: only the rows in the archive are counted */
    Place place;
} Backup;

typedef enum DeleteMode {
    DELETE_DEFAULT,
    DELETE_ALLOW, /* DELETE through the view deletes the row of the target table */
    DELETE_REFUSE
} DeleteMode;

/* How a column of the old table is read, instead of by the way back through the transform. */
typedef struct CompatColumn {
    Name name;
    Sql sql; /* over the target table, which is called t */
} CompatColumn;
typedef LIST(CompatColumn) CompatColumnList;

/* A view with the columns of an old table over the rows of a target table, which may be written, too. */
typedef struct Compat {
    Name view;
    const char *entity; /* NULL with a script */
    Place entity_place;
    Name like;          /* the old table, on the source; name NULL: the entity's driving table */
    Sql where;          /* which rows it shows, over t; text NULL: all */
    CompatColumnList columns;
    DeleteMode delete;
    Place delete_place;
    Sql script; /* of the user's own, in place of all of it */
} Compat;
typedef LIST(Compat) CompatList;

/* A file of the migration's folder, as it was read. */
typedef struct ManifestFile {
    const char *name;   /* as the manifest names it */
    const char *sha256; /* in hexadecimal */
} ManifestFile;
typedef LIST(ManifestFile) ManifestFileList;

typedef struct Manifest {
    const char *folder; /* as given with -C */
    const char *file;   /* "migration.yaml" */
    ManifestFileList files; /* all that were read, each once; migration.yaml is the first */
    const char *name;
    const char *source_url;  /* NULL with a dump */
    const char *source_dump; /* path of the dump (a file, or the folder of pg_dump -Fd), joined with the folder */
    const char *target_url;  /* NULL with `same` */
    bool same;               /* target: same */
    Place source_place, target_place; /* the file is "--source" or "--target" when they come from there */
    ParamList params;
    SqlList expand, seed; /* scripts for the target: first what it has, then rows that come from nowhere */
    Backup backup;
    EntityList entities;  /* in the order of the file; --only leaves the others out of `selected` */
    const char *max_rejects; /* of each entity that says nothing itself; NULL: none */
    CheckList checks;
    ReasonList dropped, unfilled;
    bool strict; /* what has neither a use nor a reason is a mistake */
    Place strict_place;
    FlagList flags;
    NameList refresh; /* materialised views of the target */
    BenchList benches;
    const TokenKey *token_key; /* NULL: no SQL of the manifest uses rehome.token(), rehome.uuid() or rehome.nanoid() */
    CompatList compats;
} Manifest;

/* What the command line says over the manifest. */
typedef struct ManifestOptions {
    const char *folder; /* -C; default "." */
    const char *source; /* --source, "dump:FILE" for a dump; NULL: as in the manifest, which then need not say */
    const char *target; /* --target, may be "same" */
    StringList params;  /* "name=value" */
    bool without_source; /* nothing is asked of the source: where it is may be wrong, or unknown, or a dump that is gone */
    bool without_key;   /* no SQL of the manifest will run: REHOME_TOKEN_KEY need not be set */
} ManifestOptions;

/* NULL when there are mistakes, a file that cannot be read at all included. They are in `mistakes`, in order. */
Manifest *manifest_load(Arena *arena, const ManifestOptions *options, Mistakes *mistakes);
