/* migration.yaml as a tree: what libyaml reads, with the place of everything. Aliases are nodes that stand twice. */
#pragma once

#include "base/mistake.h"

#include <stdbool.h>

typedef struct Node Node;

typedef enum NodeKind { NODE_TEXT, NODE_LIST, NODE_MAPPING } NodeKind;

typedef struct NodePair {
    const Node *key;
    const Node *value;
} NodePair;
typedef LIST(NodePair) NodePairList;

struct Node {
    NodeKind kind;
    Place place;
    const char *text;         /* of a NODE_TEXT */
    Place text_place;         /* of the text's first character: behind the quote, or on the line after `|` */
    bool is_plain;            /* a text without quotes */
    bool is_cut;              /* a text without quotes that is followed by `#…`, which YAML takes for a comment */
    LIST(const Node *) items; /* of a NODE_LIST */
    NodePairList pairs;       /* of a NODE_MAPPING, in the order of the file, doubles included */
    bool is_flow;             /* a mapping between { and } */
};

/* The one document of `text`. NULL after a mistake. */
const Node *node_parse(Arena *arena, const char *file, const char *text, Mistakes *mistakes);
/* True for a key without a value, `~` and `null`. */
bool node_is_nothing(const Node *node);
/* "a text", "a list", "a mapping" or "nothing", for messages. */
const char *node_kind_name(const Node *node);
