#include "pg/row_page.h"

#include "tap.h"

#define LENGTH(text) (sizeof(text) - 1)

static void add(RowPage *page, const char *key, const char *name, const char *note)
{
    const char *values[] = {key, name, note};
    size_t lengths[] = {key ? strlen(key) : 0, name ? strlen(name) : 0, note ? strlen(note) : 0};
    row_page_add(page, 3, values, lengths);
}

static bool is_row(const RowPage *page, size_t row, const char *bytes, size_t length)
{
    const RowPlace *place = &page->rows[row];
    return place->end - place->start == length && memcmp(page->bytes + place->start, bytes, length) == 0;
}

TEST(text_is_written_as_copy_reads_it)
{
    AUTO(Arena) *arena = arena_new();
    RowPage page = row_page_new(arena, ROW_TEXT, 1, false);
    add(&page, "7", "a\tb\\c\nd\r", NULL);
    add(&page, "8", "", "");
    CHECK(is_row(&page, 0, "a\\tb\\\\c\\nd\\r\t\\N\n", LENGTH("a\\tb\\\\c\\nd\\r\t\\N\n")));
    CHECK(is_row(&page, 1, "\t\n", 2));
}

TEST(binary_has_a_count_and_lengths)
{
    AUTO(Arena) *arena = arena_new();
    RowPage page = row_page_new(arena, ROW_BINARY, 1, false);
    add(&page, "7", "ab", NULL);
    CHECK(is_row(&page, 0, "\0\2\0\0\0\2ab\377\377\377\377", 12));
}

TEST(the_key_is_kept_beside_the_row_or_sent_with_it)
{
    AUTO(Arena) *arena = arena_new();
    RowPage beside = row_page_new(arena, ROW_TEXT, 1, false), with = row_page_new(arena, ROW_TEXT, 1, true);
    add(&beside, "7", "x", "y");
    add(&with, "7", "x", "y");
    add(&with, NULL, "x", "y");
    CHECK(is_row(&beside, 0, "x\ty\n", 4));
    CHECK(is_row(&with, 0, "7\tx\ty\n", 6));
    CHECK_TEXT(*row_page_key(arena, &with, 0), "7");
    CHECK_TEXT(*row_page_key(arena, &with, 1), NULL);
}

TEST(keys_of_several_columns_are_found_again)
{
    AUTO(Arena) *arena = arena_new();
    RowPage page = row_page_new(arena, ROW_BINARY, 2, false);
    add(&page, NULL, "", "x");
    add(&page, "eu", "9", "x");
    const char **first = row_page_key(arena, &page, 0), **second = row_page_key(arena, &page, 1);
    CHECK(first[0] == NULL && strcmp(first[1], "") == 0);
    CHECK(strcmp(second[0], "eu") == 0 && strcmp(second[1], "9") == 0);
}

TEST(texts_are_read_back_as_they_were)
{
    AUTO(Arena) *arena = arena_new();
    RowPage page = row_page_new(arena, ROW_TEXT, 1, false);
    add(&page, "7", "a\tb\\N\nd\r", NULL);
    size_t count;
    const char **texts = row_page_texts(arena, &page, 0, &count);
    CHECK_NUMBER((long long)count, 2);
    CHECK_TEXT(texts[0], "a\tb\\N\nd\r");
    CHECK(texts[1] == NULL);
}

TEST(a_page_grows_and_keeps_its_memory_when_it_is_cleared)
{
    AUTO(Arena) *arena = arena_new();
    RowPage page = row_page_new(arena, ROW_TEXT, 1, false);
    for (int round = 0; round < 2; round++) {
        row_page_clear(&page);
        for (int i = 0; i < 20000; i++)
            add(&page, "12345", "some text", "more of it");
    }
    size_t capacity = page.capacity;
    CHECK_NUMBER((long long)page.count, 20000);
    CHECK(is_row(&page, 19999, "some text\tmore of it\n", 21));
    row_page_clear(&page);
    CHECK(page.count == 0 && page.length == 0 && page.capacity == capacity);
}
