#include "report/timeline.h"

#include "base/text.h"
#include "report/cell.h"
#include "report/label.h"

#include <math.h>

/* `margin`: room at the left for names and at the right for numbers; 0: both stand above the lane. */
typedef struct Style {
    const char *class;
    double width, margin, numbers;
    int label, ticks;
} Style;

enum { LANE = 26, ABOVE = 17, GAP = 8, AXIS = 24 };

char *timeline_path(Arena *arena, const double *pieces, size_t count, double x, double width, double y, double height)
{
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, pieces[i]);
    const double step = width / (double)count;
    Text path = text_new(arena);
    text_addf(&path, "M%.1f %.1f", x, y + height);
    for (size_t i = 0; i < count; i++)
        text_addf(&path, "V%.1fH%.1f", y + height - (most > 0 ? pieces[i] / most * height : 0),
                  x + (double)(i + 1) * step);
    text_addf(&path, "V%.1fZ", y + height);
    return path.chars;
}

double timeline_step(double seconds, int most)
{
    static const double steps[] = {0.001, 0.002, 0.005, 0.01,  0.02,  0.05,  0.1,   0.2,    0.5,    1,
                                   2,     5,     10,    15,    30,    60,    120,   300,    600,    900,
                                   1800,  3600,  7200,  10800, 21600, 43200, 86400, 172800, 432000, 864000};
    const size_t count = sizeof steps / sizeof *steps;
    for (size_t i = 0; i < count; i++)
        if (seconds / steps[i] <= most)
            return steps[i];
    return ceil(seconds / most / steps[count - 1]) * steps[count - 1];
}

/* ---- drawing ---- */

static char *number(Arena *arena, double value)
{
    return arena_printf(arena, "%.1f", value);
}

static void draw_text(Arena *arena, const char *class, double x, double y, const char *anchor, const char *text,
                      Html *html)
{
    html_begin(html, "text", "class", class, "x", number(arena, x), "y", number(arena, y), "text-anchor", anchor, NULL);
    html_text(html, text);
    html_end(html);
}

static double lane_height(const Style *style)
{
    return LANE + GAP + (style->margin > 0 ? 0 : ABOVE);
}

static void draw_lane(Arena *arena, const Style *style, const TimelineLane *lane, double y, Html *html)
{
    const bool beside = style->margin > 0;
    const double top = y + (beside ? 0 : ABOVE), right = style->width - style->numbers;
    const char *name = lane->entity ? label_isolated(arena, lane->entity, style->label)
                                    : arena_printf(arena, "%s more", text_of_count(arena, lane->entities));
    html_begin(html, "path", "class", "lane", "d",
               timeline_path(arena, lane->pieces, TIMELINE_PIECES, style->margin, right - style->margin, top, LANE),
               NULL);
    html_begin(html, "title", NULL);
    html_text(html, lane->entity ? lane->entity : name);
    html_text(html, arena_printf(arena, ": %s", text_of_many(arena, lane->rows, "row")));
    html_end(html);
    html_end(html);
    html_empty(html, "path", "class", "base", "d",
               arena_printf(arena, "M%.1f %.1fH%.1f", style->margin, top + LANE, right), NULL);
    draw_text(arena, NULL, beside ? style->margin - 10 : 0, beside ? top + LANE - 6 : top - 4, beside ? "end" : "start",
              name, html);
    draw_text(arena, "muted", style->width, beside ? top + LANE - 6 : top - 4, "end", text_of_count(arena, lane->rows),
              html);
}

/* What the axis says of a moment: how long after the beginning. */
static char *tick_words(Arena *arena, double seconds)
{
    return seconds < 1 ? arena_printf(arena, "%.0f ms", seconds * 1000) : text_of_duration(arena, seconds);
}

static void draw_axis(Arena *arena, const Style *style, double seconds, double y, Html *html)
{
    const double width = style->width - style->numbers - style->margin, step = timeline_step(seconds, style->ticks);
    for (int i = 0; i * step <= seconds; i++) {
        const double x = style->margin + (seconds > 0 ? i * step / seconds * width : 0);
        html_empty(html, "path", "class", "tick", "d", arena_printf(arena, "M%.1f 0V%.1f", x, y + 4), NULL);
        if (i == 0 || x < style->margin + width - 20 || style->numbers > 0)
            draw_text(arena, "muted", x, y + 18, i == 0 && style->margin <= 0 ? "start" : "middle",
                      i == 0 ? "0" : tick_words(arena, i * step), html);
    }
}

static void draw(Arena *arena, const Timeline *timeline, const Style *style, Html *html)
{
    const double height = (double)timeline->lanes.count * lane_height(style),
                 seconds = fmax(timeline->to - timeline->from, 0.001);
    double y = 0;
    html_begin(html, "svg", "class", style->class, "viewBox",
               arena_printf(arena, "0 0 %.0f %.0f", style->width, height + AXIS), "role", "img", "aria-label",
               "Rows read through time, a lane for each entity", NULL);
    draw_axis(arena, style, seconds, height, html);
    FOR_EACH(const TimelineLane, lane, timeline->lanes) {
        draw_lane(arena, style, lane, y, html);
        y += lane_height(style);
    }
    html_end(html);
}

void timeline_draw(Arena *arena, const Timeline *timeline, Html *html)
{
    static const Style styles[] = {{"wide", 1080, 220, 90, 28, 10}, {"narrow", 340, 0, 0, 34, 4}};
    for (size_t i = 0; timeline->began && i < sizeof styles / sizeof *styles; i++)
        draw(arena, timeline, &styles[i], html);
}
