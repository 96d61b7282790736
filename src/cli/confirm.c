#include "cli/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool confirm(bool yes, const char *question, const char *nothing, const char *how, Error *error)
{
    char answer[16] = "";
    if (yes)
        return true;
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
        error_set(error, ERROR_INPUT, "%s: nobody is there to be asked", nothing);
        return error_hint(error, "%s", how);
    }
    fprintf(stderr, "%s Type yes to go on: ", question);
    if (fgets(answer, sizeof answer, stdin) && (strcmp(answer, "yes\n") == 0 || strcmp(answer, "y\n") == 0))
        return true;
    return error_set(error, ERROR_STOPPED, "%s", nothing);
}
