#include "cli/complaint.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

/* mistakes_none() ends with "and 12 more" when not all of them had room. */
int complaint_count(const char *message)
{
    int count = 1, more = 0;
    for (const char *end = strchr(message, '\n'); end; end = strchr(end + 1, '\n')) {
        if (sscanf(end, "\nand %d more", &more) == 1)
            return count + more;
        count++;
    }
    return count;
}

static void tell_mistakes(const Error *error)
{
    int count = complaint_count(error->message);
    fprintf(stderr, "%s\n", error->message);
    if (count > 1)
        fprintf(stderr, "%d mistakes\n", count);
}

void complain(const Error *error)
{
    bool bare = !error->sqlstate[0] && !error->detail[0] && !error->hint[0] && !error->context[0];
    if (error->kind == ERROR_STOPPED)
        log_line(LOG_INFO, "%s", error->message);
    else if (error->kind == ERROR_INPUT && bare)
        tell_mistakes(error);
    else
        log_error(error);
}
