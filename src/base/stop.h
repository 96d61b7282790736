/* The stop flag: set by the first SIGINT or SIGTERM; the second one ends the program at once with status 130. */
#pragma once

#include <stdbool.h>

void stop_install(void); /* installs the signal handlers; called once by main */
bool stop_requested(void);
void stop_request(void); /* as if a signal had come */
