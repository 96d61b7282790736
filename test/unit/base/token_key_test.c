#include "base/token_key.h"
#include "tap.h"

TEST(a_key_shorter_than_sixteen_bytes_is_refused)
{
    TokenKey key;
    CHECK(!token_key_build("", &key));
    CHECK(!token_key_build("fifteen bytes..", &key));
    CHECK(token_key_build("sixteen bytes...", &key));
}

TEST(the_blocks_are_the_key_under_the_two_pads)
{
    TokenKey key;
    CHECK(token_key_build("correct horse battery", &key));
    CHECK(strlen(key.inner) == 128);
    CHECK(strlen(key.outer) == 128);
    CHECK(strncmp(key.inner, "5559444453554216", 16) == 0); /* c ^ 36, o ^ 36, ... */
    CHECK_TEXT(key.inner + 2 * 21,
               "36363636363636363636363636363636363636363636363636363636363636363636363636363636363636");
    CHECK_TEXT(key.outer + 2 * 21,
               "5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c");
    CHECK_TEXT(key.check, "5fe1b0f1");
}

TEST(a_key_longer_than_a_block_is_hashed)
{
    TokenKey key;
    CHECK(token_key_build("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk", &key));
    CHECK_TEXT(key.inner, "50db8bde0aff3a2c3e38f5d3aeeaaff8ff3b61255449473d227440434ad68b3f"
                          "3636363636363636363636363636363636363636363636363636363636363636");
    CHECK_TEXT(key.outer, "3ab1e1b46095504654529fb9c480c59295510b4f3e232d57481e2a2920bce155"
                          "5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c");
    CHECK_TEXT(key.check, "45bd3cc1");
}
