/* The sending half of COPY … FROM STDIN, for the files of src/pg that copy. The connection is non-blocking meanwhile. */
#pragma once

#include "pg/conn.h"

#include <stddef.h>

typedef enum CopyState { COPY_GOING_ON, COPY_SOURCE_ENDED, COPY_SOURCE_FAILED, COPY_TARGET_FAILED, COPY_STOPPED } CopyState;

/* Whether the server, which has nothing to say during COPY FROM but notices, has ended it with an error. */
bool copy_send_has_failed(Conn *to);
/* Sends bytes and waits until the socket has taken them, so that nothing piles up in memory: COPY_GOING_ON,
 * COPY_TARGET_FAILED or COPY_STOPPED. */
CopyState copy_send_bytes(Conn *to, const char *bytes, size_t length);
/* Gives the COPY up and waits for the server's answer. */
void copy_send_give_up(Conn *to, const char *reason);
