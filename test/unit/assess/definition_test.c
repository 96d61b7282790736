#include "assess/definition.h"

#include "tap.h"

static Index index_of(const char *definition, bool unique)
{
    return (Index){.definition = definition, .unique = unique};
}

TEST(an_index_is_built_on_another_table_as_it_is)
{
    AUTO(Arena) *arena = arena_new();
    const Index index = index_of("CREATE UNIQUE INDEX leads_email_key ON crm.leads USING btree (lower(email)) WHERE (NOT gone)", true);
    CHECK_TEXT(definition_of_index(arena, &index, "leads_email_key", "pg_temp.x"),
               "CREATE UNIQUE INDEX \"leads_email_key\" ON pg_temp.x USING btree (lower(email)) WHERE (NOT gone)");
}

TEST(a_name_with_the_words_of_a_definition_in_it_does_not_lead_astray)
{
    AUTO(Arena) *arena = arena_new();
    const Index index = index_of("CREATE INDEX \"a ON b USING c\" ON ONLY \"x USING y\" USING gin (tags)", false);
    CHECK_TEXT(definition_of_index(arena, &index, "a ON b USING c", "t"), "CREATE INDEX \"a ON b USING c\" ON t USING gin (tags)");
}

TEST(a_foreign_key_refers_to_another_table)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(definition_of_foreign_key(arena, "FOREIGN KEY (a, b) REFERENCES crm.firms(x, y) MATCH FULL ON DELETE CASCADE", "pg_temp.p"),
               "FOREIGN KEY (a, b) REFERENCES pg_temp.p(x, y) MATCH FULL ON DELETE CASCADE");
    CHECK_TEXT(definition_of_foreign_key(arena, "FOREIGN KEY (\"x REFERENCES y(\") REFERENCES \"odd (name\"(id)", "p"),
               "FOREIGN KEY (\"x REFERENCES y(\") REFERENCES p(id)");
}

TEST(whether_a_key_was_validated_is_left_out)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(definition_of_foreign_key(arena, "FOREIGN KEY (a) REFERENCES b(c) DEFERRABLE NOT VALID", "p"),
               "FOREIGN KEY (a) REFERENCES p(c) DEFERRABLE");
}

TEST(what_is_no_definition_is_not_guessed)
{
    AUTO(Arena) *arena = arena_new();
    const Index index = index_of("CREATE INDEX", false);
    CHECK(definition_of_index(arena, &index, "i", "t") == NULL);
    CHECK(definition_of_foreign_key(arena, "CHECK (a > 0)", "t") == NULL);
}
