/* A program that runs beside us with pipes of ours as its input or output; child.h runs one to its end. */
#pragma once

#include "base/error.h"

#include <stdbool.h>
#include <sys/types.h>

typedef struct Process {
    pid_t id; /* 0: none */
    const char *program;
} Process;

/* Descriptors of 0: /dev/null. The program's own errors go to `errors`. */
bool process_start(Process *process, const char *const *arguments, int input, int output, int errors, Error *error);
bool process_wait(Process *process, int *status, Error *error);
/* Kills it when it still runs. */
void Process_cleanup(Process *process);
