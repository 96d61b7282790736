#include "report/flow.h"

#include "base/text.h"
#include "report/label.h"

#include <math.h>

enum {
    BAR = 8,        /* width of a table */
    GAP = 12,       /* between two tables */
    SLOT = 18,      /* least height of a band's end, so that its number can be read */
    ABOVE = 17,     /* a name that stands above its table */
    THICKEST = 220, /* all rows together, unless there are many bands */
};

static const double thinnest = 1.5;

static int64_t rows_of(const FlowLink *link)
{
    return link->arrived + link->filtered + link->rejected;
}

/* ---- nodes ---- */

static const char *name_of(Arena *arena, const FlowLink *link, const char *name)
{
    return name && *name  ? name
           : link->entity ? "nothing"
                          : arena_printf(arena, "%s more", text_of_count(arena, link->entities));
}

static size_t node_of(Arena *arena, FlowNodeList *nodes, const char *name, bool left, FlowKind kind)
{
    FOR_EACH(const FlowNode, node, *nodes)
        if (node->left == left && node->kind == kind && text_equal(node->name, name))
            return (size_t)(node - nodes->items);
    LIST_PUSH(arena, nodes, ((FlowNode){.name = name, .left = left, .kind = kind}));
    return nodes->count - 1;
}

/* ---- bands ---- */

typedef struct Ends {
    size_t from, to; /* nodes */
} Ends;

typedef struct Drawing {
    Arena *arena;
    const FlowStyle *style;
    FlowLayout *layout;
    LIST(Ends) ends; /* of the bands */
    double scale;    /* thickness of a row */
} Drawing;

static void add_band(Drawing *drawing, const FlowLink *link, const char *into, FlowKind kind, int64_t rows)
{
    FlowLayout *layout = drawing->layout;
    Arena *arena = drawing->arena;
    if (rows == 0 && kind != FLOW_TABLE)
        return;
    const Ends ends = {node_of(arena, &layout->nodes, name_of(arena, link, link->from), true, FLOW_TABLE),
                       node_of(arena, &layout->nodes, into, false, kind)};
    layout->nodes.items[ends.from].rows += rows;
    layout->nodes.items[ends.to].rows += rows;
    LIST_PUSH(arena, &drawing->ends, ends);
    LIST_PUSH(
        arena, &layout->bands,
        ((FlowBand){
            .link = link, .kind = kind, .rows = rows, .thickness = fmax(thinnest, (double)rows * drawing->scale)}));
}

/* Tables in the order of the entities; behind them what did not arrive. */
static void add_bands(Drawing *drawing, const FlowLinkList *links)
{
    FOR_EACH(const FlowLink, link, *links)
        add_band(drawing, link, name_of(drawing->arena, link, link->into), FLOW_TABLE, link->arrived);
    FOR_EACH(const FlowLink, link, *links)
        add_band(drawing, link, "filtered", FLOW_FILTERED, link->filtered);
    FOR_EACH(const FlowLink, link, *links)
        add_band(drawing, link, "rejected", FLOW_REJECTED, link->rejected);
}

/* ---- places ---- */

/* A band that arrives has a number at its end; others need no more than their thickness. */
static double slot_of(const FlowBand *band, bool left)
{
    return left || band->kind != FLOW_TABLE ? band->thickness + 1 : fmax(SLOT, band->thickness + 2);
}

static void give_heights(Drawing *drawing)
{
    FlowLayout *layout = drawing->layout;
    for (size_t i = 0; i < layout->bands.count; i++) {
        const FlowBand *band = &layout->bands.items[i];
        layout->nodes.items[drawing->ends.items[i].from].height += slot_of(band, true);
        layout->nodes.items[drawing->ends.items[i].to].height += slot_of(band, false);
    }
    FOR_EACH(FlowNode, node, layout->nodes)
        node->height = fmax(SLOT, node->height);
}

static double place_side(const Drawing *drawing, bool left, double from, double gap)
{
    const double above = drawing->style->margin > 0 ? 0 : ABOVE;
    double y = from;
    FOR_EACH(FlowNode, node, drawing->layout->nodes)
        if (node->left == left) {
            node->y = y + above;
            y += above + node->height + gap;
        }
    return y - gap - from;
}

static size_t count_side(const FlowNodeList *nodes, bool left)
{
    size_t count = 0;
    FOR_EACH(const FlowNode, node, *nodes)
        count += node->left == left;
    return count;
}

/* The lower side is spread over the height of the other. */
static void place_nodes(Drawing *drawing)
{
    FlowLayout *layout = drawing->layout;
    const double heights[] = {place_side(drawing, false, 1, GAP), place_side(drawing, true, 1, GAP)};
    layout->height = fmax(heights[0], heights[1]) + 2;
    for (int left = 0; left < 2; left++) {
        const double room = layout->height - 2 - heights[left];
        const size_t gaps = count_side(&layout->nodes, left) + 1;
        const double share = room / (double)gaps;
        place_side(drawing, left, 1 + share, GAP + share);
    }
}

static double take(FlowNode *node, double slot)
{
    const double middle = node->y + node->used + slot / 2;
    node->used += slot;
    return middle;
}

/* Bands stand in the middle of a table that is higher than they are together. */
static void place_bands(Drawing *drawing)
{
    FlowLayout *layout = drawing->layout;
    for (size_t i = 0; i < layout->bands.count; i++) {
        FlowBand *band = &layout->bands.items[i];
        FlowNode *from = &layout->nodes.items[drawing->ends.items[i].from],
                 *to = &layout->nodes.items[drawing->ends.items[i].to];
        band->from_y = take(from, slot_of(band, true));
        band->to_y = take(to, slot_of(band, false));
    }
    for (size_t i = 0; i < layout->bands.count; i++) {
        FlowBand *band = &layout->bands.items[i];
        const FlowNode *from = &layout->nodes.items[drawing->ends.items[i].from],
                       *to = &layout->nodes.items[drawing->ends.items[i].to];
        band->from_y += (from->height - from->used) / 2;
        band->to_y += (to->height - to->used) / 2;
        band->alone = band->rows == to->rows;
    }
}

void flow_lay_out(Arena *arena, const FlowLinkList *links, const FlowStyle *style, FlowLayout *layout)
{
    int64_t rows = 0;
    FOR_EACH(const FlowLink, link, *links)
        rows += rows_of(link);
    *layout = (FlowLayout){.left_x = style->margin + BAR, .right_x = style->width - style->margin - BAR};
    Drawing drawing = {.arena = arena, .style = style, .layout = layout};
    drawing.scale = rows > 0 ? THICKEST / (double)rows : 0;
    add_bands(&drawing, links);
    give_heights(&drawing);
    place_nodes(&drawing);
    place_bands(&drawing);
}

/* ---- drawing ---- */

static const char *const kind_classes[] = {
    [FLOW_TABLE] = "band", [FLOW_FILTERED] = "band filtered", [FLOW_REJECTED] = "band rejected"};
static const char *const bar_classes[] = {
    [FLOW_TABLE] = "bar", [FLOW_FILTERED] = "bar filtered", [FLOW_REJECTED] = "bar rejected"};
static const char *const kind_words[] = {
    [FLOW_TABLE] = "arrived", [FLOW_FILTERED] = "filtered", [FLOW_REJECTED] = "rejected"};

static char *number(Arena *arena, double value)
{
    return arena_printf(arena, "%.1f", value);
}

static void draw_band(Arena *arena, const FlowLayout *layout, const FlowBand *band, Html *html)
{
    const double middle = (layout->left_x + layout->right_x) / 2;
    const char *path = arena_printf(arena, "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f", layout->left_x, band->from_y,
                                    middle, band->from_y, middle, band->to_y, layout->right_x, band->to_y);
    html_begin(html, "path", "class", kind_classes[band->kind], "d", path, "stroke-width",
               number(arena, band->thickness), NULL);
    html_begin(html, "title", NULL);
    html_text(html, band->link->entity ? band->link->entity : name_of(arena, band->link, NULL));
    html_text(html, arena_printf(arena, ": %s %s", text_of_many(arena, band->rows, "row"), kind_words[band->kind]));
    html_end(html);
    html_end(html);
}

/* Where names stand above the tables, with their rows, a number that says the same is left out. */
static void draw_number(Arena *arena, const FlowStyle *style, const FlowLayout *layout, const FlowBand *band,
                        Html *html)
{
    if (band->kind != FLOW_TABLE || (band->alone && style->margin <= 0))
        return;
    html_begin(html, "text", "class", "count", "x", number(arena, layout->right_x - 6), "y",
               number(arena, band->to_y + 4), "text-anchor", "end", NULL);
    html_text(html, text_of_count(arena, band->rows));
    html_end(html);
}

static void draw_node(Arena *arena, const FlowStyle *style, const FlowLayout *layout, const FlowNode *node, Html *html)
{
    const bool beside = style->margin > 0;
    const double x = node->left ? layout->left_x - BAR : layout->right_x;
    html_empty(html, "rect", "class", bar_classes[node->kind], "x", number(arena, x), "y", number(arena, node->y),
               "width", number(arena, BAR), "height", number(arena, node->height), "rx", "2", NULL);
    const double text_x = beside ? (node->left ? x - 8 : x + BAR + 8) : (node->left ? x : x + BAR);
    const double text_y = beside ? node->y + node->height / 2 + 4 : node->y - 5;
    html_begin(html, "text", "x", number(arena, text_x), "y", number(arena, text_y), "text-anchor",
               node->left == beside ? "end" : "start", NULL);
    html_text(html, label_isolated(arena, node->name, style->label));
    html_begin(html, "tspan", "class", "muted", "dx", "6", NULL);
    html_text(html, text_of_count(arena, node->rows));
    html_end(html);
    html_element(html, "title", node->name);
    html_end(html);
}

static void draw(Arena *arena, const FlowLinkList *links, const FlowStyle *style, Html *html)
{
    FlowLayout layout;
    flow_lay_out(arena, links, style, &layout);
    html_begin(html, "svg", "class", style->class, "viewBox",
               arena_printf(arena, "0 0 %.0f %.0f", style->width, ceil(layout.height)), "role", "img", "aria-label",
               "Rows from the tables of the source, at the left, to those of the target, at the right", NULL);
    for (size_t i = layout.bands.count; i > 0; i--) /* what arrived lies above what did not */
        draw_band(arena, &layout, &layout.bands.items[i - 1], html);
    FOR_EACH(const FlowNode, node, layout.nodes)
        draw_node(arena, style, &layout, node, html);
    FOR_EACH(const FlowBand, band, layout.bands)
        draw_number(arena, style, &layout, band, html);
    html_end(html);
}

void flow_draw(Arena *arena, const FlowLinkList *links, Html *html)
{
    static const FlowStyle styles[] = {{"wide", 1080, 260, 28}, {"narrow", 340, 0, 20}};
    for (size_t i = 0; links->count > 0 && i < sizeof styles / sizeof *styles; i++)
        draw(arena, links, &styles[i], html);
}
