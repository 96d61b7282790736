/* What all kinds of verification begin with. */
#pragma once

#include "engine/engine.h"

/* Of a migration that has moved something; with a snapshot of the source of its own when there is none yet. */
bool proof_open(Session *session, VerifyRequest *request, Error *error);
