/* `for_each`: an entity that is repeated for every row of a query over the source.
 *
 * Which variables its texts may use is only known when the query was asked, so the entity is read twice: when the
 * manifest is loaded, where everything but those variables is checked, and once for each row, with the row's columns as
 * variables, by the same readers. */
#pragma once

#include "manifest/keys.h"

/* What an item is read from: the entity as it stands in the file, and the reader as it was then. */
struct EntityTemplate {
    Reader reader;
    NodePair pair;
};

KeyRead for_each_read;       /* Entity: for_each, may_be_empty */
KeyRead for_each_read_empty; /* bool may_be_empty */
