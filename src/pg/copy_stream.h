/* COPY … TO STDOUT on one connection into COPY … FROM STDIN on another. The bytes are passed on as they are; a tap may
 * look at them. */
#pragma once

#include "pg/conn.h"

/* Called with each message of the source, which holds a row. */
typedef struct CopyTap {
    void (*take)(void *self, const char *message, size_t length); /* NULL: nobody wants to see them */
    void *self;
} CopyTap;

typedef struct CopyMonitor {
    /* Called now and then (not for every row) with what has passed so far; may be NULL. */
    void (*moved)(void *self, int64_t rows, int64_t bytes);
    void *self;
    CopyTap tap;
} CopyMonitor;

typedef struct CopyResult {
    int64_t rows_out; /* of the source's command tag */
    int64_t rows_in;  /* of the target's command tag */
    int64_t bytes;
    bool failed_at_target; /* on failure: which side refused */
} CopyResult;

/* Relays until both sides have ended in order. Fails with ERROR_STOPPED when a stop is asked for. When one side fails, the other is ended
 * as well (both connections stay usable unless lost) and the error is the one that came first. A source that ends before its own
 * CommandComplete is an error, never an end of data; rows_out and rows_in differing is an error too, unless `to` has triggers that
 * drop rows (the caller compares). */
bool copy_stream_relay(Conn *from, const char *copy_out, Conn *to, const char *copy_in, const CopyMonitor *monitor,
                       CopyResult *result, Error *error);
