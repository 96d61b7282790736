/* Help, made from the tables of commands and options. */
#pragma once

#include "cli/command.h"

#include <stdio.h>

void help_print(FILE *out);
void help_print_command(const Command *command, FILE *out);
