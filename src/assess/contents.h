/* What columns of some rows hold, asked of their server in few statements: as many columns as there are at once. */
#pragma once

#include "catalog/catalog.h"

#include "base/list.h"
#include "pg/conn.h"

typedef struct ColumnContents {
    bool known;
    int64_t rows, nulls, blanks, longest; /* blanks: texts of nothing but white space; longest: characters, or bytes of bytea */
    int64_t distinct;                     /* -1: not known */
    bool estimated;                       /* `distinct` is, from the server's statistics */
    const char *least, *greatest;         /* NULL: there is no value, it is not to be told, or the type has no order */
} ColumnContents;

typedef struct ContentsColumn {
    const char *name;
    const Type *type; /* below all domains; NULL: not known */
    bool hidden;      /* its values are not told */
    ColumnContents *facts;
} ContentsColumn;
typedef LIST(ContentsColumn) ContentsColumnList;

typedef struct ContentsRequest {
    Conn *conn;               /* in a transaction */
    const Relation *relation; /* whose statistics are asked where there are many rows */
    const char *rows;         /* what follows FROM */
    bool analyze;             /* it is a table of our own without statistics */
} ContentsRequest;

/* What cannot be asked stays unknown. */
bool contents_load(Arena *arena, const ContentsRequest *request, const ContentsColumnList *columns, Error *error);
/* Rows of a question under a savepoint; NULL without an error: the server has refused it. */
Result *contents_ask(Conn *conn, const char *sql, Error *error);
