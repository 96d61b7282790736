/* A thread that watches over the statements of this process: it tells once for each that waits for more than some seconds for whom or what
 * it waits, as an event and in the ledger. It cancels nobody. A session that its server does not know any more is ended on our side, so
 * that a connection whose end was never told is no wait without end. */
#pragma once

#include "engine/engine.h"

typedef struct Watchdog Watchdog;

/* NULL where the operating system gives no thread: then nobody watches. */
Watchdog *watchdog_start(const Session *session);
void watchdog_stop(Watchdog *watchdog);
