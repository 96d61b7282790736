/* A plain dump as lines, unpacked by gzip or zstd where it is packed. Memory stays the same however long a line is. */
#pragma once

#include "scratch/dump.h"

typedef struct DumpStream DumpStream;

/* A line, or a part of one that is longer than the buffer. The characters live until the next call. */
typedef struct DumpPiece {
    const char *chars;
    size_t length; /* with the line feed; 0: the end */
    bool begins_line;
    bool ends_line; /* false too for a last line without line feed */
} DumpPiece;

/* `kind` is one of the three plain ones. Closes itself with AUTO. */
DumpStream *dump_stream_open(Arena *arena, const char *path, DumpKind kind, Error *error);
/* What a program prints that reads the file `path`; it has to end with 0. */
DumpStream *dump_stream_of(Arena *arena, const char *path, const char *const *arguments, Error *error);
void DumpStream_cleanup(DumpStream **stream);
/* A packed file that is cut off or damaged is ERROR_SYSTEM at the place where that shows. */
bool dump_stream_next(DumpStream *stream, DumpPiece *piece, Error *error);
