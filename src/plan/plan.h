/* What has to happen: (manifest, both catalogs, what was gathered from the servers, what the ledger says) -> Plan.
 *
 * Pure: it cannot reach a server, so everything it decides can be tested in milliseconds and printed before it happens.
 * All that is wrong with the migration is in `mistakes` afterwards, each with its place. */
#pragma once

#include "base/list.h"
#include "base/mistake.h"
#include "catalog/catalog.h"
#include "manifest/manifest.h"
#include "transform/transform.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- what was gathered (engine/gather.h fills it) ---------------------------------------------------------- */

/* A piece of an entity's SQL and the tables it reads, as far as libpg_query understands it. */
typedef struct SqlReads {
    const Sql *sql;
    const char *what; /* "transform", "load", …: the key of the manifest */
    bool on_target;
    TableReadList reads;
} SqlReads;
typedef LIST(SqlReads) SqlReadsList;

typedef struct GatheredMerge GatheredMerge;

typedef struct GatheredEntity {
    const Entity *entity;
    GatheredMerge *merge; /* then `transform` is the SELECT that merge_select() makes; NULL: no merge */
    const Relation *
        driving; /* on the source; NULL with from: none, several tables, or when it was not found (a mistake by then) */
    const Relation *into;         /* on the target as it will be after expand; NULL: not found (a mistake by then) */
    Transform *transform;         /* NULL when it could not be built */
    Transform *loading; /* `load`, driven by the table `staged` as a whole; its key is the ctid. NULL: no load */
    KeyColumnList walk_key;       /* of the driving table; empty: none */
    OutputColumnList output;      /* of the transform, as the source describes it */
    const char *narrow_refused;   /* the server's message when it refused the narrowed text; NULL: it took it */
    OutputColumnList load_output; /* of `load`, as the target describes it */
    bool into_empty;              /* the target table has no row (or does not exist yet before expand) */
    bool default_transform;
    SqlReadsList texts; /* all its SQL that reads rows */
} GatheredEntity;
typedef LIST(GatheredEntity) GatheredEntityList;

/* The sources of a merge: as entities that fill nothing by themselves, each with its transform and what that gives. */
struct GatheredMerge {
    const Merge *wanted;
    const Catalog *catalog; /* of the source */
    GatheredEntityList sources;
    OutputColumnList columns; /* of all sources together, each once, with the types that the source's UNION gives them */
};

typedef struct GatheredCompat {
    const Compat *compat;
    const Relation *like; /* the old table, on the source; NULL with a script, or when it was not found (a mistake by then) */
    StringList defaults;  /* its columns whose defaults the target understands as they are written */
} GatheredCompat;

/* A table rehome.crosswalk_… of the ledger (plan/crosswalk.h). */
typedef struct CrosswalkColumn {
    const char *name;
    const char *type; /* quoted and qualified */
    bool is_old;
    bool exists;
} CrosswalkColumn;

typedef struct Crosswalk {
    const char *table;    /* "crosswalk_profiles" */
    const char *sql_name; /* "rehome"."crosswalk_profiles" */
    bool exists;
    const char *waits_for;         /* an entity that fills it, is not in this plan and was not copied; NULL: none */
    LIST(CrosswalkColumn) columns; /* behind migration, entity and source */
} Crosswalk;
typedef LIST(Crosswalk) CrosswalkList;

typedef struct Gathered {
    const Catalog *source, *target; /* equal with target: same */
    bool same;                      /* one database */
    bool source_is_scratch;         /* ours, restored from a dump: nobody else writes there */
    bool hashes_agree;              /* both servers compute the same hash of the same bytes */
    bool records_agree;             /* and of the same row of plain values; false before PostgreSQL 14 */
    CrosswalkList crosswalks;       /* of the ledger, and those that it will have */
    bool temporary;                 /* a session of the source may have temporary tables */
    GatheredEntityList entities;    /* selected ones, in the order of the manifest */
    LIST(const Entity *) awaited;   /* those that --only leaves out and that were not copied yet */
    StringList made;                /* by expand and seed, as far as they were not run yet: "table crm.leads" */
    StringList not_undone;          /* what they do that rollback cannot undo */
    StringList touched;             /* tables that were there before, whose rows they add or change */
    struct {
        StringList covered, made, touched, written; /* tables in a backup, made by scripts, to which scripts write, that were written to: "schema"."name" */
        const char *folder;                /* where a new one would be kept */
        const char *problem;               /* why none can be taken here; NULL */
    } backup;
    LIST(GatheredCompat) compats;   /* of selected entities, and all scripts when every entity is selected */
} Gathered;

/* ---- what is decided ----------------------------------------------------------------------------------------- */

typedef enum CastClass {
    CAST_SAME,      /* the same type and typmod, or a wider typmod */
    CAST_LOSSLESS,  /* every value of the source type has an equal in the target type */
    CAST_LOSSY,     /* a value may not fit or may lose something: each row is checked, none is shortened in silence */
    CAST_IMPOSSIBLE /* no cast, not even by way of text */
} CastClass;
const char *cast_class_name(CastClass cast);

/* How the hash of a value that row_to_sql gives is found from the bytes of a binary COPY. */
typedef enum WireHash {
    WIRE_UNKNOWN,  /* the value is hashed in another form */
    WIRE_NUMBER,   /* as a signed integer of so many bytes, the highest first */
    WIRE_BYTES,
    WIRE_VERSIONED /* as bytes behind the first one, which is the form's version */
} WireHash;

/* One output column of a SELECT and the target column it fills. */
typedef struct Mapping {
    const char *name; /* of both */
    const OutputColumn *from;
    const Type *from_type; /* base type on the source */
    const Column *to;      /* NULL only for a staged column that `load` reads and the target does not have */
    const Type *to_type;   /* base type on the target */
    CastClass cast;
    const char *cast_note;  /* why lossy or impossible; NULL */
    const char *select_sql; /* over the transform's output named "q", e.g. "q"."price"::numeric */
    const char *stage_type; /* type of the column in a staging table: the target column's, else text */
    const char *loss_sql;   /* condition over "q", true when the value would lose something, never null; NULL: cannot or
                               cannot be told */
    bool binary;            /* select_sql's wire form is what the target column receives */
    bool in_key;            /* of the mapped key */
    bool updated;           /* an upsert writes it */
    const char *left_out;   /* why verification leaves it out; NULL: it is compared */
    const char
        *hash_from_sql; /* its bytes for hashing, over "q" on the source; same bytes as…; NULL only when left out */
    const char *hash_to_sql; /* …over "t" on the target */
    const char *row_from_sql, *row_to_sql; /* the same for hashing as columns of a row: the value itself where its type's hash sees every bit */
    WireHash wire_hash;
} Mapping;
typedef LIST(Mapping) MappingList;

typedef enum Way { WAY_INSIDE, WAY_STREAM, WAY_STAGE } Way;
const char *way_name(Way way);
typedef enum UndoKind {
    UNDO_OFF,   /* nothing is recorded: rollback cannot undo it */
    UNDO_EMPTY, /* the table was empty, or is emptied first: every row that our transactions left is ours */
    UNDO_ROWS   /* each chunk records the rows that it inserts, and those that it changes as they were */
} UndoKind;
const char *undo_name(UndoKind kind);
typedef enum ChunkMethod { CHUNKS_BY_KEY, CHUNKS_BY_CTID, CHUNKS_ONE } ChunkMethod;
const char *chunk_method_name(ChunkMethod method);

/* A row that matches is dead-lettered with this reason: the user's rules first, then one per column that may lose
 * something. */
typedef struct RejectTest {
    const char *reason;    /* the rule's name, or "lossy:price" */
    const char *condition; /* over "q", the output of the transform or of load */
    const char *column;    /* of a loss test, else NULL */
    bool budgeted;         /* counts against the budget 0: every loss test */
} RejectTest;
typedef LIST(RejectTest) RejectTestList;

/* A table of the target that an entity's SQL reads, by itself or through a view, or a crosswalk. */
typedef struct Lookup {
    const Relation *relation;   /* NULL: it is a crosswalk */
    const Crosswalk *crosswalk; /* NULL: it is a table */
    const SqlReads *text;
    const TableRead *read;
} Lookup;
typedef LIST(Lookup) LookupList;

/* A column of a crosswalk, and the column of the driving key or of the target's key whose value it keeps. */
typedef struct KeptKey {
    const CrosswalkColumn *column;
    const char *key;
} KeptKey;

typedef struct EntityPlan {
    const Entity *entity;
    const GatheredEntity *gathered;
    const Relation *driving, *into;
    const Transform *transform;
    MappingList mappings;      /* transform -> target, or transform -> staged columns when there is a `load` */
    const char *load;          /* SELECT over `staged`; NULL: none */
    MappingList load_mappings; /* load -> target */
    RejectTestList rejects;
    StringList hidden; /* columns that are "(redacted)" in rejects and conflicts: of the output and the driving table */
    RejectTestList load_rejects; /* over the output of `load`: the user's rules alone */
    bool staged_keys; /* the driving key travels with the staged rows, for rejects of `load` and the crosswalk */
    LookupList lookups;
    const Crosswalk *crosswalk; /* where its old and new keys are kept; NULL: nowhere */
    LIST(KeptKey) kept_keys;    /* old ones in the order of the walk key, then new ones */
    WriteMode write; /* never WRITE_DEFAULT */
    StringList key;  /* mapped key: target columns; empty: none */
    Way way;         /* when the table is not empty at its turn, the engine takes WAY_STAGE for upserts */
    const char *way_reason;
    bool meets_rows; /* an upsert or skip that may find its key in the table, also from an entity before it: ON CONFLICT
                        is needed */
    bool binary;     /* of a stream or a stage: COPY's format */
    const char *format_reason; /* which column makes it text; NULL */
    ChunkMethod chunks;
    const char *chunks_reason;
    int64_t estimated_rows, estimated_bytes; /* of the driving table (after `where`: an upper bound) */
    int64_t chunk_rows;                      /* aimed at */
    int estimated_chunks;
    UndoKind undo;
    bool undo_marks;         /* of UNDO_OFF: the transactions of its rows are recorded, for a rollback from a backup */
    const char *undo_reason; /* for people: what is recorded, or why nothing is */
    StringList undo_key;     /* of UNDO_ROWS: columns by which rollback finds a row again; empty: by all its values */
    bool undo_images;        /* of UNDO_ROWS: rows may be changed, so they are kept as they were */
    bool hold;          /* the target table is empty and ours: its indexes and keys are held back */
    bool holds_indexes; /* at least one is */
    const char *hold_reason;
    const char *cycle;       /* how a self-reference or cycle is handled; NULL: there is none */
    StringList triggers;     /* on the target that will fire */
    const char *fingerprint; /* hash of all that decides what is written: changes when the manifest's entity does */
} EntityPlan;
typedef LIST(EntityPlan) EntityPlanList;

/* A view that looks like an old table. */
typedef struct CompatPlan {
    const Compat *compat;
    const EntityPlan *entity; /* NULL with a script */
    const Relation *like;
    const char *view;         /* "public"."users_compat"; NULL with a script */
    bool updatable;           /* by PostgreSQL itself: every column is a column of the target table */
    StringList notes;         /* what it cannot show or take */
    const char *action;       /* the SQL that makes it, or makes it anew; NULL: it could not be planned (a mistake by then) */
    const char *probe;        /* an INSERT that the target must understand for rows to be written through the view; NULL: none are */
} CompatPlan;
typedef LIST(CompatPlan) CompatPlanList;

typedef enum StepKind {
    STEP_EXPAND,      /* run one expand file */
    STEP_SEED,        /* run one seed file, after all of expand */
    STEP_CHECK,       /* a source check, before */
    STEP_PREPARE,     /* a target table: drop what FOREIGN_KEY, CONSTRAINT and INDEX steps bring back */
    STEP_READY,       /* an entity: empty its table or scope for `replace`, keep triggers quiet for `triggers: hold` */
    STEP_CUT,         /* an entity: sample the keys, write its chunks */
    STEP_COPY,        /* an entity: all its chunks; done when every one is and the books balance */
    STEP_INDEX,       /* bring one index back, of a unique constraint too */
    STEP_CONSTRAINT,  /* bring the constraint over it back, once all indexes of the table are there; exclusion
                         constraints as a whole */
    STEP_FOREIGN_KEY, /* bring one foreign key back, NOT VALID where it can be */
    STEP_VALIDATE,    /* VALIDATE CONSTRAINT */
    STEP_TRIGGER,     /* let one trigger fire again that `triggers: hold` kept quiet */
    STEP_SEQUENCE,    /* set a sequence behind its column */
    STEP_ANALYZE,
    STEP_COMPAT,     /* a view that looks like an old table, with what lets it be written */
    STEP_REFRESH,    /* fill a materialised view from the tables as they are now */
    STEP_VERIFY,     /* a target table: everything that fills it */
    STEP_CHECK_AFTER /* a target or balance check */
} StepKind;

/* One row per kind: name in the ledger, what it locks, what undoes it. */
typedef struct StepRule {
    const char *name, *locks, *undo;
} StepRule;
const StepRule *step_rule(StepKind kind);
/* The scripts that steps of this kind run, EXPAND or SEED. */
const SqlList *step_scripts(const Manifest *manifest, StepKind kind);
/* What such a step is called after: its file, or the line of SQL that stands in the manifest itself. */
char *step_script_title(Arena *arena, const Sql *sql);

typedef struct Step {
    StepKind kind;
    const char *name;         /* unique within the migration: "copy leads", "index crm.leads_email_idx" */
    const char *reason;       /* why it is there */
    const EntityPlan *entity; /* READY, CUT, COPY */
    const Relation *relation; /* the target table: PREPARE, CUT, COPY, INDEX, CONSTRAINT, FOREIGN_KEY (from), VALIDATE,
                                 SEQUENCE, ANALYZE, COMPAT (NULL with a script), VERIFY; the materialised view: REFRESH */
    const Index *index;       /* INDEX, CONSTRAINT */
    const ForeignKey *foreign_key; /* FOREIGN_KEY, VALIDATE */
    const Trigger *trigger;        /* TRIGGER */
    const Column *column;          /* SEQUENCE */
    const Sql *sql;                /* EXPAND, SEED */
    const Check *check;            /* CHECK, CHECK_AFTER */
    const CompatPlan *compat;      /* COMPAT */
    StringList needs;              /* names of steps that must be done before */
    int64_t weight;                /* bigger first among the ready ones */
} Step;
typedef LIST(Step) StepList;

typedef LIST(const Relation *) MaterialisedViewList;

/* What is dumped before the first write. */
typedef struct BackupTable {
    const Relation *relation; /* with rows of its own */
    const Relation *root;     /* of a partition the partitioned table that is filled, else the same */
} BackupTable;
typedef LIST(BackupTable) BackupTableList;
typedef struct BackupPlan {
    BackupTableList tables; /* empty: none is taken */
    int64_t bytes;          /* of the tables; the file is packed */
    const char *folder;
    StringList late;        /* tables that are not in a backup, and to which the migration has written already */
} BackupPlan;

/* Something of the old schema that nothing carries over, or a column of the new one that nothing fills. */
typedef struct Uncovered {
    const Relation *relation; /* NULL: a function, a sequence without a column, large objects */
    const Column *column;     /* NULL: the whole of it */
    const char *title;        /* "companies.legacy_code", "touch(integer)" */
    const char *kind;         /* "column", "table, 1,204 rows"; NULL: the title says it */
    bool wanted;              /* `strict` wants a reason */
    const char *reason;       /* under `dropped` or `unfilled`; NULL: none was given */
} Uncovered;
typedef LIST(Uncovered) UncoveredList;

/* What becomes of the columns of a schema: of old tables that are read, or of new ones that are filled. */
typedef struct ColumnCount {
    int given;     /* old: their values are given on; new: an entity gives them */
    int used;      /* old: conditions, joins and orders use them; new: a default, an identity or an expression fills them */
    int explained; /* left, and a reason says why */
    int left;      /* without a reason */
} ColumnCount;

typedef struct Plan {
    const Manifest *manifest;
    const Gathered *gathered;
    EntityPlanList entities;        /* in the order of copying: parents first */
    CompatPlanList compats;         /* in the order of the manifest */
    MaterialisedViewList refresh;   /* those of the manifest, each after the ones it reads */
    BackupPlan backup;
    StepList steps;                 /* every step after the ones it needs */
    UncoveredList not_carried; /* of the old schema, in the order of the catalog: tables, then columns, then the rest */
    UncoveredList not_filled;  /* columns of the tables that entities fill */
    ColumnCount old_columns, new_columns;
    LIST(const char *) warnings;
    int64_t estimated_bytes_target; /* disk the target will need, with indexes */
    double estimated_seconds;
} Plan;

/* With mistakes the plan is what could be made of it. `jobs` decides sizes of chunks. */
Plan *plan_build(Arena *arena, const Manifest *manifest, const Gathered *gathered, int jobs, Mistakes *mistakes);

const EntityPlan *plan_entity(const Plan *plan, const char *name);
/* What driving rows are told apart by: the walk key, or the ctid where there is none. */
const KeyColumnList *plan_driving_key(const EntityPlan *entity);
const Step *plan_step(const Plan *plan, const char *name);

/* The SQL that does a step on the target; NULL for those that are more than that (scripts, checks, cut, copy, verify).
 */
char *step_action(Arena *arena, const Plan *plan, const Step *step);

/* Mistakes for what the manifest says of columns and tables that are not there, and with `strict` for all that is left
 * without a reason. Only of use when everything else is right. */
void plan_check_coverage(const Plan *plan, Mistakes *mistakes);

/* For people, as `rehome plan` prints it, with `all` that is left behind one by one; and the same as one JSON document
 * (jansson text). */
char *plan_print(Arena *arena, const Plan *plan, bool all);
char *plan_print_json(Arena *arena, const Plan *plan);
