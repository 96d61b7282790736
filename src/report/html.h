/* Writes HTML, and SVG within it: elements are closed in the order in which they were opened, and every text and value
 * is escaped.
 *
 *     html_begin(html, "td", "class", "number", NULL);
 *     html_text(html, "a < b");
 *     html_end(html);
 *
 * Nothing is kept but the names of the elements that are open. Errors of the file are left to who closes it. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum { HTML_DEPTH = 32 };

typedef struct Html {
    FILE *out;
    const char *open[HTML_DEPTH]; /* names of elements: constants */
    int depth;
} Html;

/* Attributes are pairs of name and value, and NULL behind the last one; one whose value is NULL is left out. */
void html_begin(Html *html, const char *element, ...) __attribute__((sentinel));
void html_end(Html *html);
/* One without content: meta, and shapes of SVG. */
void html_empty(Html *html, const char *element, ...) __attribute__((sentinel));
/* Text that may be anything. Control characters are shown as the pictures that Unicode has for them. NULL is nothing.
 */
void html_text(Html *html, const char *text);
/* The same, with places where a browser may break a line: behind a character that joins words, and within what has none
 * for long. */
void html_breakable(Html *html, const char *text);
/* An element with nothing but this text in it. */
void html_element(Html *html, const char *element, const char *text);
/* The same with a class. */
void html_classed(Html *html, const char *element, const char *class, const char *text);
/* An element with a breakable text. */
void html_name(Html *html, const char *element, const char *text);
