/* `source` and `target`: a connection string of libpq, a dump, or `same`. */
#pragma once

#include "manifest/keys.h"

/* Both fill a Manifest; neither looks at the value when the command line overrides it. */
KeyRead connection_read_source;
KeyRead connection_read_target;
/* After all keys: the command line's word, and whether source and target go together. `root` is where a missing key is
 * told. */
void connection_complete(Reader *reader, Place root, Manifest *manifest);
