#include "base/clock.h"

#include "base/stop.h"

#include <math.h>
#include <stdint.h>
#include <time.h>

double clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

bool clock_sleep(double seconds)
{
    const double slice = 0.05; /* how late a stop may be noticed */
    double end = clock_now() + seconds;
    for (;;) {
        if (stop_requested())
            return false;
        double left = end - clock_now();
        if (left <= 0)
            return true;
        double pause = left < slice ? left : slice;
        nanosleep(&(struct timespec){.tv_nsec = (long)(pause * 1e9)}, NULL);
    }
}

/* Anything that differs between two processes or threads that failed together will do. */
static double jitter(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t mixed = (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&now;
    mixed *= UINT64_C(0x9E3779B97F4A7C15);
    return (double)(mixed >> 11) / (double)(UINT64_C(1) << 53);
}

double clock_backoff(int attempt, double first)
{
    double pause = first * pow(3, attempt > 1 ? attempt - 1 : 0);
    return pause * (0.75 + 0.5 * jitter());
}
