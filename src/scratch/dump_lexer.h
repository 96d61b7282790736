/* As much of psql's lexer as it takes to know where statements and COPY data begin and end. */
#pragma once

#include "base/text.h"
#include "scratch/dump_stream.h"

typedef enum LexerState {
    LEXER_TEXT,
    LEXER_STRING,       /* '…' */
    LEXER_ESCAPED,      /* E'…' */
    LEXER_NAME,         /* "…" */
    LEXER_DOLLAR_TAG,   /* $ta… */
    LEXER_DOLLAR,       /* $tag$…$tag$ */
    LEXER_LINE_COMMENT, /* --… */
    LEXER_COMMENT,      /* nests */
    LEXER_ROWS          /* of COPY … FROM stdin */
} LexerState;

typedef struct DumpLexer {
    LexerState state;
    LexerState last_string; /* LEXER_STRING or LEXER_ESCAPED */
    Text statement;         /* so far, but not more than the beginning of a long one */
    char before[2];         /* the two characters before this one */
    int parentheses, comments;
    bool open;                 /* a statement has begun */
    bool escaping;             /* the character before was a backslash that counts */
    bool plain_strings_escape; /* standard_conforming_strings is off */
    bool rows_follow;          /* from the next line on */
    bool announced;            /* the last entry has its id, not yet its name */
    char tag[64 + 3];          /* "$tag$" */
    size_t tag_length, tag_matched;
} DumpLexer;

typedef void StatementReader(void *self, const char *statement);

DumpLexer *dump_lexer_new(Arena *arena);
/* True when the piece belongs to COPY data. */
bool dump_lexer_row(DumpLexer *lexer, const DumpPiece *piece);
bool dump_lexer_is_between(const DumpLexer *lexer);
/* Calls `reader` at the end of each statement. False when a psql command stands inside the piece. */
bool dump_lexer_read(DumpLexer *lexer, const DumpPiece *piece, StatementReader *reader, void *self);
