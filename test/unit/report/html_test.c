#include "report/html.h"

#include "tap.h"
#include "written.h"

static const char *text_of(Written *written, const char *text)
{
    written_begin(written);
    html_text(&written->html, text);
    return written_end(written);
}

TEST(text_means_nothing_to_a_browser)
{
    Written written;
    CHECK_TEXT(text_of(&written, "<script>alert(\"a\" & 'b')</script>"),
               "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
    written_free(&written);
    CHECK_TEXT(text_of(&written, "Ωμέγα 東京 👩‍👩‍👧 عربى"),
               "Ωμέγα 東京 👩‍👩‍👧 عربى");
    written_free(&written);
}

TEST(control_characters_are_shown)
{
    Written written;
    CHECK_TEXT(text_of(&written, "a\x01"
                                 "b\x1f\x7f\r c\n\td"),
               "a␁b␟␡␍ c\n\td");
    written_free(&written);
}

TEST(elements_end_in_the_order_in_which_they_began)
{
    Written written;
    written_begin(&written);
    html_begin(&written.html, "p", "class", "a\"b", "id", NULL, "title", "<", NULL);
    html_element(&written.html, "b", "x");
    html_empty(&written.html, "br", NULL);
    html_classed(&written.html, "i", "c", NULL);
    html_end(&written.html);
    CHECK_NUMBER(written.html.depth, 0);
    CHECK_TEXT(written_end(&written), "<p class=\"a&quot;b\" title=\"&lt;\"><b>x</b><br/><i class=\"c\"></i></p>");
    written_free(&written);
}

static const char *breakable(Written *written, const char *text)
{
    written_begin(written);
    html_breakable(&written->html, text);
    return written_end(written);
}

TEST(a_name_may_be_broken_behind_what_joins_its_words)
{
    Written written;
    CHECK_TEXT(breakable(&written, "sql/orders_of_last_year.sql"), "sql/<wbr>orders_<wbr>of_<wbr>last_<wbr>year.sql");
    written_free(&written);
    CHECK_TEXT(breakable(&written, "ends_with_"), "ends_<wbr>with_");
    written_free(&written);
}

TEST(what_has_no_such_place_for_long_may_be_broken_anywhere_but_within_a_character)
{
    Written written;
    CHECK_TEXT(breakable(&written, "aaaaaaaaaaaaaaaaaaaaaabbb"), "aaaaaaaaaaaaaaaaaaaaaa<wbr>bbb");
    written_free(&written);
    CHECK_TEXT(breakable(&written, "éééééééééééééééééééééé<é"), "éééééééééééééééééééééé<wbr>&lt;é");
    written_free(&written);
    CHECK_TEXT(breakable(&written, "words of a sentence that is long"), "words of a sentence that is long");
    written_free(&written);
}
