#include "report/cell.h"

#include "base/json.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct Mood {
    const char *state, *mood;
} moods[] = {
    {"done", "good"},      {"passed", "good"}, {"taken", "good"},  {"kept", "good"},    {"balanced", "good"},
    {"failed", "bad"},     {"missed", "bad"},  {"missing", "bad"}, {"extra", "bad"},    {"different", "bad"},
    {"unbalanced", "bad"}, {"error", "bad"},   {"warned", "warn"}, {"warn", "warn"},    {"suspect", "warn"},
    {"stopped", "warn"},   {"gone", "warn"},   {"left", "warn"},   {"running", "warn"}, {"taking", "warn"},
};

const char *cell_mood(const char *state)
{
    for (size_t i = 0; i < sizeof moods / sizeof *moods; i++)
        if (text_equal(moods[i].state, state))
            return moods[i].mood;
    return "calm";
}

bool cell_is_number(CellKind kind)
{
    return kind >= CELL_COUNT && kind <= CELL_TIMES;
}

/* Up to the second, and without the time zone, which is always UTC. */
char *cell_time(Arena *arena, const char *text)
{
    return arena_strndup(arena, text, strcspn(text, ".+"));
}

/* ---- for people ---- */

static char *number_words(Arena *arena, CellKind kind, const char *text)
{
    const double value = strtod(text, NULL);
    switch (kind) {
    case CELL_COUNT:
        return text_of_count(arena, strtoll(text, NULL, 10));
    case CELL_BYTES:
        return text_of_bytes(arena, strtoll(text, NULL, 10));
    case CELL_SECONDS:
        return text_of_duration(arena, value);
    case CELL_MS:
        return arena_printf(arena, value < 10 ? "%.2f ms" : value < 100 ? "%.1f ms" : "%.0f ms", value);
    case CELL_TIMES:
        return arena_printf(arena, value < 10 ? "%.2f×" : "%.0f×", value);
    default:
        return arena_strdup(arena, text);
    }
}

void cell_write_state(const char *state, const char *mood, Html *html)
{
    html_classed(html, "span", mood, state);
}

static void write_bool(bool value, const char *yes, const char *no, Html *html)
{
    const char *state = value ? yes : no;
    cell_write_state(state, cell_mood(state), html);
}

static void write_time(Arena *arena, const char *text, Html *html)
{
    char *time = cell_time(arena, text), *machine = arena_printf(arena, "%sZ", time);
    char *gap = strchr(machine, ' ');
    if (gap)
        *gap = 'T';
    html_begin(html, "time", "datetime", machine, NULL);
    html_element(html, "span", arena_strndup(arena, time, strcspn(time, " ")));
    html_text(html, time + strcspn(time, " "));
    html_end(html);
}

static void write_lines(const StringList *items, Html *html)
{
    html_begin(html, "ul", NULL);
    FOR_EACH(const char *, item, *items)
        html_name(html, "li", *item);
    html_end(html);
}

/* One behind the other, or one below the other. */
static void write_codes(const StringList *items, bool below, Html *html)
{
    FOR_EACH(const char *, item, *items) {
        if (item > items->items && below)
            html_empty(html, "br", NULL);
        else if (item > items->items)
            html_text(html, ", ");
        html_name(html, "code", *item);
    }
}

static void write_side(const char *side, const json_t *value, Html *html)
{
    html_classed(html, "span", "side", side);
    html_text(html, " ");
    if (json_is_string(value))
        html_name(html, "code", json_string_value(value));
    else
        html_classed(html, "span", "none", "null");
}

static void write_changes(const char *text, Html *html)
{
    json_auto_t *changes = json_loads(text, 0, NULL);
    const char *column;
    json_t *values;
    html_begin(html, "ul", NULL);
    json_object_foreach(changes, column, values)
    {
        html_begin(html, "li", NULL);
        html_name(html, "b", column);
        html_text(html, ": ");
        write_side("source", json_object_get(values, "source"), html);
        html_text(html, ", ");
        write_side("target", json_object_get(values, "target"), html);
        html_end(html);
    }
    html_end(html);
}

bool cell_is_list(CellKind kind)
{
    return kind == CELL_NAMES || kind == CELL_LINES || kind == CELL_KEYS;
}

static bool is_nothing(CellKind kind, const char *text, const StringList *items)
{
    return cell_is_list(kind) ? items->count == 0
                              : !text || text_equal(text, "") || (kind == CELL_CHANGES && text_equal(text, "{}"));
}

static void write_value(Arena *arena, CellKind kind, const char *text, const StringList *items, Html *html)
{
    switch (kind) {
    case CELL_STATE:
        cell_write_state(text, cell_mood(text), html);
        break;
    case CELL_TIME:
        write_time(arena, text, html);
        break;
    case CELL_BALANCE:
        write_bool(text_equal(text, "t"), "balanced", "unbalanced", html);
        break;
    case CELL_BOOL:
        write_bool(text_equal(text, "t"), "yes", "no", html);
        break;
    case CELL_NAME:
        html_name(html, "bdi", text);
        break;
    case CELL_CODE:
    case CELL_KEY:
        html_name(html, "code", text);
        break;
    case CELL_NAMES:
    case CELL_KEYS:
        write_codes(items, kind == CELL_KEYS, html);
        break;
    case CELL_LINES:
        write_lines(items, html);
        break;
    case CELL_CHANGES:
        write_changes(text, html);
        break;
    case CELL_TEXT:
        html_breakable(html, text);
        break;
    default:
        html_classed(html, "span", text_equal(text, "0") ? "zero" : NULL, number_words(arena, kind, text));
    }
}

void cell_write(Arena *arena, CellKind kind, const char *text, const StringList *items, Html *html)
{
    if (is_nothing(kind, text, items))
        html_classed(html, "span", "none", "–");
    else
        write_value(arena, kind, text, items, html);
}

/* ---- for programs ---- */

static json_t *list_json(CellKind kind, const StringList *items)
{
    json_t *array = json_array();
    FOR_EACH(const char *, item, *items) {
        json_t *value = kind == CELL_KEYS ? json_loads(*item, JSON_DECODE_ANY, NULL) : NULL;
        json_array_append_new(array, value ? value : json_string(*item));
    }
    return array;
}

static json_t *time_json(const char *text)
{
    AUTO(Arena) *arena = arena_new();
    char *time = arena_printf(arena, "%.*sZ", (int)strcspn(text, "+"), text);
    char *gap = strchr(time, ' ');
    if (gap)
        *gap = 'T';
    return json_string(time);
}

static json_t *number_json(CellKind kind, const char *text)
{
    const bool whole = kind == CELL_COUNT || kind == CELL_NUMBER || kind == CELL_BYTES;
    return whole ? json_integer((json_int_t)strtoll(text, NULL, 10))
                 : json_real(round(strtod(text, NULL) * 1000) / 1000);
}

json_t *cell_json(CellKind kind, const char *text, const StringList *items)
{
    if (cell_is_list(kind))
        return list_json(kind, items);
    if (!text)
        return json_null();
    if (cell_is_number(kind))
        return number_json(kind, text);
    if (kind == CELL_BALANCE || kind == CELL_BOOL)
        return json_boolean(text_equal(text, "t"));
    if (kind == CELL_TIME)
        return time_json(text);
    json_t *value = kind == CELL_KEY || kind == CELL_CHANGES ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;
    return value ? value : json_string(text);
}
