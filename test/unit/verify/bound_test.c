#include "verify/glance.h"

#include "tap.h"

#include <math.h>

static bool is_about(double value, double expected)
{
    return fabs(value - expected) < expected * 1e-6;
}

TEST(none_of_many_means_about_three_of_as_many_at_most)
{
    CHECK(is_about(glance_bound(10000, 0), 1 - pow(0.05, 1 / 10000.0)));
    CHECK(glance_bound(10000, 0) < 0.0003);
    CHECK(is_about(glance_bound(1, 0), 0.95));
}

/* From tables of the beta distribution: 1 of 10, 5 of 100, 10 of 1000. */
TEST(some_of_many_mean_clopper_and_pearsons_bound)
{
    CHECK(fabs(glance_bound(10, 1) - 0.39416) < 0.00001);
    CHECK(fabs(glance_bound(100, 5) - 0.10225) < 0.00001);
    CHECK(fabs(glance_bound(1000, 10) - 0.01690) < 0.00001);
}

TEST(all_or_nothing_says_nothing)
{
    CHECK(glance_bound(0, 0) == 1);
    CHECK(glance_bound(7, 7) == 1);
}
