/* The workers: threads that take ready steps and chunks from the ledger until nothing is left that they may do. */
#pragma once

#include "engine/engine.h"

/* Runs everything but verification and the checks after it. False with the first error; everything that does not depend
 * on what failed was done all the same. ERROR_STOPPED when a stop was asked for: running chunks were rolled back. */
bool work_run(Session *session, Error *error);
