/* Time: a clock that never goes back, and waiting that a stop ends early. */
#pragma once

#include <stdbool.h>

/* Seconds since some moment, monotonic. */
double clock_now(void);
/* Sleeps; returns false at once when a stop was asked for (base/stop.h). */
bool clock_sleep(double seconds);
/* The pause before try number `attempt` (1, 2, 3): grows threefold from `first` seconds, jittered by ±25 %. */
double clock_backoff(int attempt, double first);
