#include "engine/retry.h"

#include "base/text.h"
#include "tap.h"

static Error failed(ErrorKind kind, const char *sqlstate)
{
    Error error = {0};
    error_set(&error, kind, "x");
    snprintf(error.sqlstate, sizeof error.sqlstate, "%s", sqlstate);
    return error;
}

TEST(the_kind_decides_where_there_is_no_sqlstate)
{
    static const struct {
        ErrorKind kind;
        const char *sqlstate;
        Remedy remedy;
    } cases[] = {{ERROR_TRANSIENT, "", REMEDY_AGAIN},   {ERROR_TRANSIENT, "57P01", REMEDY_OUTAGE},
                 {ERROR_RESOURCE, "", REMEDY_STOP},     {ERROR_RESOURCE, "53100", REMEDY_STOP},
                 {ERROR_RIGHTS, "42501", REMEDY_STOP},  {ERROR_DATA, "23505", REMEDY_NONE},
                 {ERROR_STOPPED, "", REMEDY_NONE},      {ERROR_BUG, "", REMEDY_NONE},
                 {ERROR_DATA, "40002", REMEDY_NONE},    {ERROR_SYSTEM, "58030", REMEDY_STOP}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Error error = failed(cases[i].kind, cases[i].sqlstate);
        if (!CHECK_NUMBER(retry_remedy(&error), cases[i].remedy))
            printf("# case %zu\n", i);
    }
}

TEST(what_passes_by_itself_is_tried_three_times_again_on_fresh_connections)
{
    static const Remedy passing[] = {REMEDY_AGAIN, REMEDY_OUTAGE, REMEDY_SPLIT};
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        CHECK(retry_rule(passing[i])->again == 3 && retry_rule(passing[i])->fresh);
    CHECK(retry_rule(REMEDY_SPLIT)->splits && !retry_rule(REMEDY_AGAIN)->splits);
    CHECK(retry_rule(REMEDY_STOP)->stops && retry_rule(REMEDY_STOP)->again == 0);
    CHECK(retry_rule(REMEDY_NONE)->again == 0 && !retry_rule(REMEDY_NONE)->stops);
    CHECK_NUMBER(retry_rule(REMEDY_LOCK)->again, 30);
}

TEST(pauses_grow_and_end_somewhere)
{
    const RetryRule *rule = retry_rule(REMEDY_AGAIN);
    const double expected[] = {1, 3, 9, 15, 15};
    for (int time = 1; time <= 5; time++) {
        double pause = retry_pause(rule, time);
        CHECK(pause >= 0.75 * expected[time - 1] && pause <= 1.25 * expected[time - 1]);
    }
    CHECK(retry_pause(retry_rule(REMEDY_LOCK), 29) <= 1.25);
}

TEST(a_server_that_said_it_comes_back_is_waited_for_longer)
{
    CHECK(retry_waits(REMEDY_AGAIN, false, 3, 20) && !retry_waits(REMEDY_AGAIN, false, 4, 20));
    CHECK(retry_waits(REMEDY_OUTAGE, true, 40, 200));
    CHECK(retry_waits(REMEDY_AGAIN, true, 40, 200)); /* refused connections in between belong to it */
    CHECK(!retry_waits(REMEDY_OUTAGE, true, 40, 301));
}

TEST(what_a_person_has_to_mend_is_told_with_that_it_goes_on)
{
    Error error = failed(ERROR_RESOURCE, "53100");
    error_hint(&error, "Check free disk space.");
    retry_advise(&error);
    retry_advise(&error);
    CHECK_TEXT(error.hint, "Check free disk space.\nMake room on the disk of the server. Then run again: it goes on where it stopped.");
    error = failed(ERROR_DATA, "23505");
    retry_advise(&error);
    CHECK_TEXT(error.hint, "");
    error = failed(ERROR_TRANSIENT, "");
    retry_advise(&error);
    CHECK_TEXT(error.hint, "");
}
