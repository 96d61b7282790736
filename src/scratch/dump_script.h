/* Reading the SQL that pg_dump and `pg_restore -f` write, piece by piece: what is statement, row or comment, which
 * object a line belongs to, which roles it names, and whether the end is there.
 *
 * It follows quotes, dollar quotes, comments and COPY data as psql does, so a row that looks like a statement stays a
 * row. */
#pragma once

#include "base/list.h"
#include "base/text.h"
#include "scratch/dump_stream.h"

#include <stdbool.h>
#include <stdint.h>

/* One object, as its comment announces it: "-- Name: leads; Type: TABLE; Schema: public; Owner: crm". */
typedef struct DumpEntry {
    int id;                           /* in the archive's table of contents; 0 in a plain dump */
    uint32_t oid;                     /* in the database that was dumped; 0: not known */
    long long line;                   /* of the comment */
    const char *type, *schema, *name; /* `name` of a constraint: "leads leads_pkey" */
    bool inherits;                    /* a table that is the child of another */
    LIST(int) needs;                  /* ids of the entries it depends on */
} DumpEntry;
typedef LIST(DumpEntry) DumpEntryList;

typedef enum DumpLine {
    DUMP_LINE_SQL,    /* to be passed on */
    DUMP_LINE_ROW,    /* of COPY data, its end mark included */
    DUMP_LINE_DROPPED /* psql's own commands, CREATE DATABASE and the like, tablespaces */
} DumpLine;

typedef struct DumpScript {
    Arena *arena;
    long long line; /* being read, from 1 */
    DumpEntryList entries;
    StringList roles;
    StringList settings; /* SET statements and their like so far: what a new session has to say first */
    bool by_pg_dump, whole_cluster, complete;
    const char *command; /* first psql command that a dump would not hold; NULL: none */
    long long command_line;
    struct DumpLexer *lexer;
} DumpScript;

DumpScript dump_script_new(Arena *arena);
DumpLine dump_script_read(DumpScript *script, const DumpPiece *piece);
/* All of a text. */
void dump_script_read_text(DumpScript *script, const char *text);
/* The entry whose lines hold this one; NULL before the first. */
const DumpEntry *dump_script_entry_at(const DumpScript *script, long long line);
const DumpEntry *dump_script_entry_of_id(const DumpScript *script, int id);
/* "TABLE DATA public.leads" — for messages. */
char *dump_entry_print(Arena *arena, const DumpEntry *entry);
