#include "base/clock.h"
#include "base/stop.h"
#include "tap.h"

TEST(pauses_grow_threefold_with_some_jitter)
{
    double expected = 0.5;
    for (int attempt = 1; attempt <= 4; attempt++, expected *= 3) {
        double pause = clock_backoff(attempt, 0.5);
        CHECK(pause >= expected * 0.75 && pause <= expected * 1.25);
    }
}

TEST(sleeping_takes_its_time)
{
    double before = clock_now();
    CHECK(clock_sleep(0.12));
    CHECK(clock_now() - before >= 0.12);
}

TEST(a_stop_ends_sleep_at_once)
{
    stop_request();
    double before = clock_now();
    CHECK(!clock_sleep(60));
    CHECK(clock_now() - before < 5);
}
