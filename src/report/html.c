#include "report/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

static const char *entity_of(char character)
{
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* U+2400 and so on: the same order as the characters that they stand for; DELETE has a picture behind them. */
static void put_picture(unsigned char control, FILE *out)
{
    const int picture = control == 0x7F ? 0x21 : control;
    fputc(0xE2, out);
    fputc(0x90, out);
    fputc(0x80 + picture, out);
}

static bool is_shown(unsigned char character)
{
    return (character >= 0x20 && character != 0x7F) || character == '\n' || character == '\t';
}

static void put(char character, FILE *out)
{
    const char *entity = entity_of(character);
    if (entity)
        fputs(entity, out);
    else if (is_shown((unsigned char)character))
        fputc(character, out);
    else
        put_picture((unsigned char)character, out);
}

void html_text(Html *html, const char *text)
{
    for (const char *at = text; at && *at; at++)
        put(*at, html->out);
}

static bool starts_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

void html_breakable(Html *html, const char *text)
{
    enum { LONGEST = 22 };
    int unbroken = 0; /* characters since the last place */
    for (const char *at = text; at && *at; at++) {
        if (starts_character(*at) && unbroken++ == LONGEST) {
            fputs("<wbr>", html->out);
            unbroken = 1;
        }
        put(*at, html->out);
        if (strchr(" \n\t-", *at))
            unbroken = 0;
        else if (strchr("_/", *at) && at[1]) {
            fputs("<wbr>", html->out);
            unbroken = 0;
        }
    }
}

static void put_tag(Html *html, const char *element, va_list attributes, const char *end)
{
    fprintf(html->out, "<%s", element);
    for (const char *name; (name = va_arg(attributes, const char *));) {
        const char *value = va_arg(attributes, const char *);
        if (!value)
            continue;
        fprintf(html->out, " %s=\"", name);
        html_text(html, value);
        fputc('"', html->out);
    }
    fputs(end, html->out);
}

void html_begin(Html *html, const char *element, ...)
{
    va_list attributes;
    va_start(attributes, element);
    put_tag(html, element, attributes, ">");
    va_end(attributes);
    assert(html->depth < HTML_DEPTH);
    html->open[html->depth++] = element;
}

void html_end(Html *html)
{
    assert(html->depth > 0);
    fprintf(html->out, "</%s>", html->open[--html->depth]);
}

void html_empty(Html *html, const char *element, ...)
{
    va_list attributes;
    va_start(attributes, element);
    put_tag(html, element, attributes, "/>");
    va_end(attributes);
}

void html_classed(Html *html, const char *element, const char *class, const char *text)
{
    html_begin(html, element, "class", class, NULL);
    html_text(html, text);
    html_end(html);
}

void html_name(Html *html, const char *element, const char *text)
{
    html_begin(html, element, NULL);
    html_breakable(html, text);
    html_end(html);
}

void html_element(Html *html, const char *element, const char *text)
{
    html_classed(html, element, NULL, text);
}
