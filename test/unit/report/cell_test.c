#include "report/cell.h"

#include "base/json.h"
#include "base/text.h"
#include "tap.h"
#include "written.h"

static const StringList none = {0};

static bool reads(CellKind kind, const char *text, const StringList *items, const char *expected)
{
    AUTO(Arena) *arena = arena_new();
    Written written;
    written_begin(&written);
    cell_write(arena, kind, text, items, &written.html);
    const bool equal = CHECK_TEXT(written_end(&written), expected);
    written_free(&written);
    return equal;
}

static bool means(CellKind kind, const char *text, const StringList *items, const char *expected)
{
    AUTO(Arena) *arena = arena_new();
    json_auto_t *value = cell_json(kind, text, items);
    return CHECK_TEXT(json_text(arena, value, JSON_COMPACT | JSON_ENCODE_ANY), expected);
}

TEST(numbers_are_grouped_for_people_and_plain_for_programs)
{
    reads(CELL_COUNT, "1234567", &none, "<span>1,234,567</span>");
    reads(CELL_COUNT, "0", &none, "<span class=\"zero\">0</span>");
    reads(CELL_COUNT, "-7", &none, "<span>-7</span>");
    reads(CELL_NUMBER, "4711", &none, "<span>4711</span>");
    reads(CELL_BYTES, "5242880", &none, "<span>5.0 MB</span>");
    reads(CELL_SECONDS, "95.2", &none, "<span>1m35s</span>");
    reads(CELL_MS, "12.345", &none, "<span>12.3 ms</span>");
    reads(CELL_TIMES, "12.5", &none, "<span>12×</span>");
    means(CELL_COUNT, "9007199254740993", &none, "9007199254740993");
    means(CELL_SECONDS, "0.12345", &none, "0.123");
    means(CELL_COUNT, NULL, &none, "null");
}

TEST(moments_are_told_in_utc)
{
    reads(CELL_TIME, "2026-11-21 20:25:13.123456+00", &none,
          "<time datetime=\"2026-11-21T20:25:13Z\"><span>2026-11-21</span> 20:25:13</time>");
    reads(CELL_TIME, "2026-11-21 20:25:13+00", &none,
          "<time datetime=\"2026-11-21T20:25:13Z\"><span>2026-11-21</span> 20:25:13</time>");
    means(CELL_TIME, "2026-11-21 20:25:13.123456+00", &none, "\"2026-11-21T20:25:13.123456Z\"");
}

TEST(a_state_has_a_word_and_a_mood)
{
    reads(CELL_STATE, "passed", &none, "<span class=\"good\">passed</span>");
    reads(CELL_STATE, "failed", &none, "<span class=\"bad\">failed</span>");
    reads(CELL_STATE, "suspect", &none, "<span class=\"warn\">suspect</span>");
    reads(CELL_STATE, "<b>", &none, "<span class=\"calm\">&lt;b&gt;</span>");
    reads(CELL_BALANCE, "f", &none, "<span class=\"bad\">unbalanced</span>");
    means(CELL_BALANCE, "t", &none, "true");
}

TEST(names_are_text_whatever_they_are_called)
{
    const StringList names = {(const char *[]){"a", "<b>"}, 2, 2};
    reads(CELL_NAME, "<script>", &none, "<bdi>&lt;script&gt;</bdi>");
    reads(CELL_NAMES, "{a,<b>}", &names, "<code>a</code>, <code>&lt;b&gt;</code>");
    reads(CELL_LINES, "{a,<b>}", &names, "<ul><li>a</li><li>&lt;b&gt;</li></ul>");
    means(CELL_NAMES, "{a,<b>}", &names, "[\"a\",\"<b>\"]");
    reads(CELL_NAMES, "{}", &none, "<span class=\"none\">–</span>");
    means(CELL_NAMES, "{}", &none, "[]");
}

TEST(keys_are_json_in_the_document)
{
    const StringList keys = {(const char *[]){"{\"id\": \"1\"}", "no json"}, 2, 2};
    means(CELL_KEYS, NULL, &keys, "[{\"id\":\"1\"},\"no json\"]");
    means(CELL_KEY, "{\"id\": \"1\"}", &none, "{\"id\":\"1\"}");
    reads(CELL_KEY, "{\"id\": \"1\"}", &none, "<code>{&quot;id&quot;: &quot;1&quot;}</code>");
}

TEST(changes_tell_both_sides)
{
    const char *changes = "{\"price\": {\"source\": \"1.0\", \"target\": null}}";
    reads(CELL_CHANGES, changes, &none,
          "<ul><li><b>price</b>: <span class=\"side\">source</span> <code>1.0</code>, <span "
          "class=\"side\">target</span> <span "
          "class=\"none\">null</span></li></ul>");
    means(CELL_CHANGES, changes, &none, "{\"price\":{\"source\":\"1.0\",\"target\":null}}");
    reads(CELL_CHANGES, "{}", &none, "<span class=\"none\">–</span>");
}

TEST(nothing_is_told_as_nothing)
{
    reads(CELL_TEXT, NULL, &none, "<span class=\"none\">–</span>");
    reads(CELL_TEXT, "", &none, "<span class=\"none\">–</span>");
    means(CELL_TEXT, "", &none, "\"\"");
}
