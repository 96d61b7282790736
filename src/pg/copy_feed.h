/* COPY … FROM STDIN of bytes that no server gives: begun, fed piece by piece, ended. After a failure the COPY is over
 * and the connection usable unless it is lost. */
#pragma once

#include "pg/conn.h"

#include <stddef.h>

bool copy_feed_begin(Conn *to, const char *sql, Error *error);
bool copy_feed_give(Conn *to, const char *bytes, size_t length, Error *error);
/* The rows that the server took. */
bool copy_feed_end(Conn *to, int64_t *rows, Error *error);
/* What feeds it has failed. */
void copy_feed_give_up(Conn *to);
