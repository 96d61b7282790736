#include "verify/glance.h"

#include <math.h>

static const double DOUBT = 0.05;

/* The chance of at most `differ` among `looked_at`, each with chance `p`, of which more are to be expected: so the terms
 * fall from the last one down. */
static double chance_of_at_most(int64_t looked_at, int64_t differ, double p)
{
    const double negligible = 1e-12;
    double n = (double)looked_at, sum = 0, term = 1;
    for (int64_t i = differ; i >= 0 && term > negligible * sum; i--) {
        double k = (double)i;
        term = exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
        sum += term;
    }
    return sum;
}

double glance_bound(int64_t looked_at, int64_t differ)
{
    if (differ >= looked_at)
        return 1;
    double low = (double)differ / (double)looked_at, high = 1;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (middle > 0 && middle < 1 && chance_of_at_most(looked_at, differ, middle) > DOUBT)
            low = middle;
        else
            high = middle;
    }
    return high;
}
