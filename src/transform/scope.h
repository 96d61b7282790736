/* Who can see whom in a SELECT: its levels, what stands in each FROM, and which columns are named where.
 *
 * A level is one SELECT, VALUES or set operation, however deeply nested. An item is something in a FROM: a table, a sub-select, a
 * query of WITH, or anything else (functions, XMLTABLE). A table whose name a query of WITH hides is an item of that query. Texts and
 * nodes belong to the parse tree and live as long as it does. */
#pragma once

#include "base/list.h"
#include "transform/tree.h"

#include <stdbool.h>

typedef struct Level Level;
typedef struct Item Item;
typedef struct Cte Cte;

typedef enum LevelPlace {
    LEVEL_TOP,
    LEVEL_FROM,      /* a sub-select in FROM */
    LEVEL_CTE,       /* a query of WITH */
    LEVEL_ARM,       /* one side of UNION, INTERSECT or EXCEPT */
    LEVEL_EXPRESSION /* a sub-select anywhere else */
} LevelPlace;

/* An output column of a level. */
typedef struct Output {
    const char *name; /* NULL: columns that cannot be told here, a table's `*` */
    bool is_volatile;
} Output;
typedef LIST(Output) OutputList;

struct Level {
    LevelPlace place;
    Level *outer;   /* whose columns it sees besides its own: not those beside it in FROM unless LATERAL; NULL: none */
    json_t *select; /* body of the SelectStmt */
    Item *item;     /* LEVEL_FROM: what it is there */
    bool aside;     /* a condition, a join or an order asks for it: nothing of it is given on */
    Cte *cte;       /* LEVEL_CTE */
    Level *left, *right; /* of a set operation */
    LIST(Item *) items;
    OutputList outputs; /* filled by outputs_find() */
};
typedef LIST(Level *) LevelList;

typedef enum ItemKind { ITEM_TABLE, ITEM_SUBSELECT, ITEM_CTE, ITEM_OTHER } ItemKind;

struct Item {
    ItemKind kind;
    Level *level;       /* whose FROM it stands in */
    json_t *body;       /* of the RangeVar, RangeSubselect, RangeFunction, … */
    const char *schema; /* ITEM_TABLE */
    const char *name;   /* ITEM_TABLE, ITEM_CTE */
    const char *alias;  /* what columns are qualified with: the alias, else the name */
    bool has_alias;     /* the user wrote one */
    json_t *columns;    /* column aliases, String nodes; NULL: none */
    Level *source;      /* ITEM_SUBSELECT, ITEM_CTE: where its rows come from */
    Cte *cte;           /* ITEM_CTE */
    bool driving;       /* the driving table: set by scope_mark_driving(), false for all others */
    bool nullable;      /* on the side of an outer join that may be empty */
    bool sampled;       /* TABLESAMPLE */
    bool hidden;        /* inside a join with an alias of its own: `alias` is not visible */
    bool merged;        /* inside a join with USING or NATURAL: some columns stand for two tables */
    bool natural;       /* NATURAL: which columns it reads cannot be told */
};
typedef LIST(Item *) ItemList;

struct Cte {
    const char *name;
    json_t *columns;
    Level *level;   /* NULL when it changes data */
    bool recursive; /* of a WITH RECURSIVE */
    size_t uses;
    Item *use;      /* the last one */
    Cte *next;      /* visible as well, unless hidden by this one */
};

/* A column reference: `name`, `qualifier.name`, `schema.qualifier.name`. */
typedef struct ColumnUse {
    const Level *level;
    const char *schema, *qualifier; /* NULL: not written */
    const char *name;               /* NULL: `*` */
    bool aside;                     /* it decides about rows or their order, and its value is not given on */
} ColumnUse;

typedef struct Scope {
    Arena *arena;
    LevelList levels; /* outside in: a level comes after the one it stands in */
    ItemList items;
    LIST(ColumnUse) columns;
    json_t *modifying; /* body of a query of WITH that changes data; NULL: none */
    json_t *into;      /* RangeVar body of SELECT INTO; NULL: none */
} Scope;

Scope *scope_build(Arena *arena, json_t *select);
/* Marks the items that are this table; returns how many there are. */
size_t scope_mark_driving(Scope *scope, const char *schema, const char *name, bool in_search_path);
/* The nearest item that `qualifier` names, looked for from this level outwards; NULL: none. */
const Item *scope_find(const Level *level, const char *qualifier);
Level *scope_level_of(const Scope *scope, json_t *select);
/* The parts of a ColumnRef. */
ColumnUse scope_column(const Level *level, json_t *column_ref);
