#include "cli/terminal.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

bool terminal_is_live(int descriptor)
{
    const char *term = getenv("TERM");
    return isatty(descriptor) && term && !text_equal(term, "dumb");
}

bool terminal_has_color(int descriptor, bool no_color)
{
    const char *refused = getenv("NO_COLOR");
    return !no_color && !(refused && refused[0]) && terminal_is_live(descriptor);
}

bool terminal_is_utf8(void)
{
    return text_equal(nl_langinfo(CODESET), "UTF-8");
}

static int first_positive(const char *variable, int asked, int otherwise)
{
    const char *text = getenv(variable);
    int set = text ? atoi(text) : 0;
    return set > 0 ? set : asked > 0 ? asked : otherwise;
}

TerminalSize terminal_size(int descriptor)
{
    struct winsize size = {0};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    return (TerminalSize){.width = first_positive("COLUMNS", size.ws_col, 80),
                          .height = first_positive("LINES", size.ws_row, 24)};
}

/* ---- widths: decoded by hand, because the locale may know no UTF-8 ---- */

static wchar_t next_character(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? at[0] : at[0] & (0x7Fu >> length);
    size_t taken = 1;
    for (; taken < length && (at[taken] & 0xC0) == 0x80; taken++)
        code = code << 6 | (at[taken] & 0x3Fu);
    *text += taken;
    return (wchar_t)code;
}

static int character_width(wchar_t character)
{
    int width = wcwidth(character);
    return width < 0 ? 1 : width;
}

int terminal_columns(const char *text)
{
    int width = 0;
    while (*text)
        width += character_width(next_character(&text));
    return width;
}

static void add_blanks(Text *line, int count)
{
    for (int i = 0; i < count; i++)
        text_add(line, " ");
}

/* Where the first `width` columns of `text` end; `*taken` gets how many they really are. */
static const char *end_of_columns(const char *text, int width, int *taken)
{
    *taken = 0;
    while (*text) {
        const char *next = text;
        int more = character_width(next_character(&next));
        if (*taken + more > width)
            break;
        *taken += more;
        text = next;
    }
    return text;
}

void terminal_add_cell(Text *line, const char *text, int width, bool right)
{
    if (width <= 0)
        return;
    int whole = terminal_columns(text);
    if (whole <= width) {
        add_blanks(line, right ? width - whole : 0);
        text_add(line, text);
        add_blanks(line, right ? 0 : width - whole);
        return;
    }
    int taken = 0;
    const char *end = end_of_columns(text, width - 1, &taken);
    text_add_n(line, text, (size_t)(end - text));
    text_add(line, terminal_is_utf8() ? "…" : ".");
    add_blanks(line, width - 1 - taken);
}
