/* `entities` of migration.yaml. */
#pragma once

#include "manifest/keys.h"

/* A name that --only can tell from others: without commas and control characters. */
bool entity_is_name(const char *text);
/* Reads an item of an entity with for_each: the reader has the item's variables. `item` has name, base and place. */
void entity_read_item(Reader *reader, const NodePair *pair, Entity *item);

KeyRead entity_read_all;      /* EntityList */
KeyRead entity_read_from;     /* Entity */
KeyRead entity_read_write;    /* Entity */
KeyRead entity_read_update;   /* Entity */
KeyRead entity_read_rejects;  /* RejectRuleList */
KeyRead entity_read_reject_of; /* RejectRule */
KeyRead entity_read_verify;   /* NameList */
KeyRead entity_read_triggers; /* bool hold_triggers */
KeyRead entity_read_undo;      /* Entity.no_undo */
KeyRead entity_read_crosswalk; /* Entity */
KeyRead entity_read_indexes;  /* bool keep_indexes */

/* What `from`, `where` and `transform` mean together, of an entity or (`what`) of a source. `has_from` tells whether the user said
 * anything there, right or wrong. */
void entity_check_reading(Reader *reader, const Entity *entity, const char *what, Place body, bool has_from);
