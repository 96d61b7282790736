/* Readers of the values that many keys have: text, names, yes and no. Each fits a row of keys.c; after a mistake the
 * field stays as it was. */
#pragma once

#include "manifest/keys.h"

/* True when the node has this kind; otherwise a mistake says what the key expects. */
bool value_is(Reader *reader, const Key *key, const Node *value, NodeKind kind);
/* The text with the environment filled in; NULL after a mistake. An empty text counts as no value. */
const char *value_text(Reader *reader, const Key *key, const Node *value);
/* The index of the word among `words`, which NULL ends; -1 after a mistake. */
int value_word(Reader *reader, const Key *key, const Node *value, const char *const *words);

KeyRead value_read_text;    /* const char * */
KeyRead value_read_literal; /* const char *, may be empty in quotes */
KeyRead value_read_flag;    /* bool */
/* Names are SQL, so variables may stand in them. */
KeyRead value_read_table;   /* Name, may be qualified */
KeyRead value_read_tables;  /* NameList, not empty */
KeyRead value_read_columns; /* NameList */
KeyRead value_read_key;     /* NameList of columns, not empty */
