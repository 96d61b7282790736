/* The lists of `for_each`, read on the source. */
#pragma once

#include "engine/engine.h"

/* Puts the items into session->manifest in place of their entities, and into session->only what it means now. Once, as
 * soon as the source is connected; everything after it sees entities like any others. What is wrong with a list is an
 * ERROR_INPUT that holds all mistakes. */
bool items_load(Session *session, Error *error);

/* Whether --only may name this: an entity, or an item of one whose list is not known yet. */
bool items_may_name(const Manifest *manifest, const char *name);
/* `name` is none: what was meant. Always false. */
bool items_refuse_name(Session *session, const char *name, Error *error);
