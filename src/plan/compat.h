/* Views that look like the old tables: what each of their columns is in the new table, and how what is written to them
 * gets there.
 *
 * Reading goes the transform's way back: an output that is an old column as it stands, or cast, carries it; one of the
 * same name that computes it from that column alone does so too; for anything else the manifest has to say how, or it
 * is NULL. Writing goes the transform's own way: it runs over the row that was written, in a trigger, and columns whose
 * value changes are set. */
#pragma once

#include "base/text.h"
#include "plan/plan.h"
#include "plan/type_use.h"

/* Fills plan->compats; what cannot be done at all is a mistake. */
void compat_build(Arena *arena, Plan *plan, Mistakes *mistakes);

/* ---- what is decided for one view, before it is SQL ---- */

/* A column of the old table, as the view has it. */
typedef struct CompatOld {
    const Column *column;
    TypeUse type;              /* on the target: the one of the same name there, else text */
    const char *type_name;     /* with typmod, for casts */
    const CompatColumn *given; /* the manifest says how it is read; NULL */
    const Column *carrier;     /* the target column that is read for it; NULL */
    bool same;                 /* the carrier's value as it stands */
    const char *read_sql;      /* over t */
    const char *default_sql;   /* NULL: none */
    bool direct;               /* written to its carrier, which no output fills */
} CompatOld;
typedef LIST(CompatOld) CompatOldList;

/* A target column that an output of the transform fills. */
typedef struct CompatNew {
    const Column *column;
    const char *sql; /* over "q", of the column's type without typmod */
    bool comparable; /* its type has an equality */
    bool wins;       /* of a merge: the value of this source goes before the one that is there */
    bool longest;    /* … or the longer one of the two does */
    bool agrees;     /* … or they must be the same */
} CompatNew;
typedef LIST(CompatNew) CompatNewList;

/* A part of the unique key by which a row is found again: a column of the view, or what the transform gives every row.
 */
typedef struct CompatKey {
    const Column *column;
    const CompatOld *old; /* NULL: the transform's constant */
} CompatKey;

typedef struct CompatView {
    const Plan *plan;
    const CompatPlan *compat;
    const Relation *into;
    const GatheredEntity *source; /* whose driving table it looks like: the entity itself, or one source of a merge */
    CompatOldList old;
    CompatNewList new;
    LIST(CompatKey) key; /* empty: a row cannot be found again */
    LIST(const CompatOld *)
    sealed;            /* the transform makes something of them that needs rehome's key: they stay as they are */
    const char *keyed; /* the first target column that needs it; NULL: none does */
    StringList
        merged_by; /* of a merge, where rows of other sources are not shown: the key by which an INSERT meets them */
    bool refuse_delete;
    const char *why_not_written; /* the transform cannot run over one row; NULL: it can */
} CompatView;

/* The transform, `load` included, over one row that `row` calls (NEW, OLD), or over NULLs where it is NULL; NULL: it
 * cannot be run for one row. */
char *compat_transformed(Arena *arena, const CompatView *view, const char *row);
/* The view, its function and trigger, its comments and grants, in one transaction. */
char *compat_action(Arena *arena, const CompatView *view);
/* An INSERT that has to be understood for rows to be written; NULL: none are. */
char *compat_probe(Arena *arena, const CompatView *view);

/* Parts of the action. `t."id" AS "id",…` */
void compat_add_reads(Text *sql, const CompatView *view, const char *indent);
/* A body in dollar quotes that nothing in it can end. */
void compat_add_body(Text *sql, const char *body);
/* CREATE FUNCTION and CREATE TRIGGER; nothing where PostgreSQL itself does all. */
void compat_add_function(Text *sql, const CompatView *view);
/* How the comment of every view begins that this migration has made: no other is ever dropped. */
char *compat_mark(Arena *arena, const Plan *plan);
