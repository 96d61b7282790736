/* SQL cut into the pieces that psql's lexer sees, as far as quotes, comments and variables go. Pure, and knows no
 * grammar.
 *
 *     for (Piece piece = {0}; scan_next(sql, &piece);) ...
 *
 * The pieces follow each other without gaps. Backslashes count only in E'…' (standard_conforming_strings is on). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum PieceKind {
    PIECE_CODE,
    PIECE_QUOTED,  /* '…', E'…', "…", $tag$…$tag$ */
    PIECE_COMMENT, /* -- to the end of the line, nested slash-star */
    PIECE_VARIABLE /* :name, :'name', :"name" */
} PieceKind;

typedef struct Piece {
    PieceKind kind;
    size_t start;
    size_t length;
    bool is_open;      /* a quote or comment that the text ends in */
    char quote;        /* of a variable: ' or " or, without quotes, 0 */
    size_t name_start; /* of a variable */
    size_t name_length;
} Piece;

/* The length of the word (a name or a number) that begins here in a piece of code; 0 when none does. */
size_t scan_word_length(const char *at);

/* Goes on to the piece after `piece`, from the first one when it is zeroed; false at the end of the text. */
bool scan_next(const char *sql, Piece *piece);
