/* The picture of the flow: old tables at the left, new ones at the right, a band for each entity as thick as it has
 * rows; what was filtered or rejected leaves it downwards.
 *
 * flow_lay_out() is pure: links and a width in, places out. */
#pragma once

#include "base/error.h"
#include "base/list.h"
#include "pg/conn.h"
#include "report/html.h"

#include <jansson.h>
#include <stdint.h>

enum { FLOW_MOST = 30 /* entities that are drawn by themselves */ };

typedef struct FlowLink {
    const char *entity, *from, *into; /* NULL: all others together */
    int64_t arrived, filtered, rejected;
    int64_t entities; /* how many it stands for */
} FlowLink;
typedef LIST(FlowLink) FlowLinkList;

typedef enum FlowKind { FLOW_TABLE, FLOW_FILTERED, FLOW_REJECTED } FlowKind;

typedef struct FlowNode {
    const char *name;
    int64_t rows;
    FlowKind kind;
    bool left;
    double y, height;
    double used; /* while it is laid out: how much of its height has bands */
} FlowNode;
typedef LIST(FlowNode) FlowNodeList;

typedef struct FlowBand {
    const FlowLink *link;
    FlowKind kind;
    int64_t rows;
    double from_y, to_y; /* the middle of its ends */
    double thickness;
    bool alone; /* all rows of the table that it ends at */
} FlowBand;
typedef LIST(FlowBand) FlowBandList;

typedef struct FlowLayout {
    double height;
    double left_x, right_x; /* where bands begin and end */
    FlowNodeList nodes;
    FlowBandList bands;
} FlowLayout;

/* `margin`: room for names beside the tables; 0: names stand above them. */
typedef struct FlowStyle {
    const char *class;
    double width, margin;
    int label; /* characters of a name */
} FlowStyle;

void flow_lay_out(Arena *arena, const FlowLinkList *links, const FlowStyle *style, FlowLayout *layout);

bool flow_load(Arena *arena, Conn *target, int64_t migration, FlowLinkList *links, Error *error);
/* Nothing where there is no link. */
void flow_draw(Arena *arena, const FlowLinkList *links, Html *html);
json_t *flow_json(const FlowLinkList *links);
