/* `bench` of migration.yaml: queries whose time on the old side and on the new one is measured and compared. */
#pragma once

#include "manifest/keys.h"

KeyRead bench_read_all;      /* BenchList */
KeyRead bench_read_runs;     /* int */
KeyRead bench_read_ratio;    /* double */
KeyRead bench_read_duration; /* double, milliseconds */
