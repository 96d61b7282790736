/* The program from its command line to its exit status. */
#pragma once

int program_run(int count, char *const *arguments);
