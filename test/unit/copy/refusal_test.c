#include "copy/refusal.h"

#include "tap.h"

#include "base/text.h"

typedef struct Case {
    const char *sqlstate, *constraint, *column, *told, *reason;
} Case;

static const Case cases[] = {
    {"23502", "", "email", "", "not_null:email"},
    {"23514", "leads_age_check", "", "", "check:leads_age_check"},
    {"23505", "leads_email_key", "", "", "unique:leads_email_key"},
    {"23503", "leads_company_fkey", "", "", "foreign_key:leads_company_fkey"},
    {"23P01", "no_overlap", "", "", "exclusion:no_overlap"},
    {"22001", "", "", "name", "too_long:name"},
    {"22003", "", "", "price", "out_of_range:price"},
    {"22P02", "", "", "age", "invalid_text:age"},
    {"22P02", "", "", "mood", "invalid_enum:mood"},
    {"22P02", "", "", "", "invalid_text"},
    {"22P05", "", "", "doc", "encoding:doc"},
    {"22021", "", "", "", "encoding"},
    {"22007", "", "", "born", "invalid_time:born"},
    {"22008", "", "", "born", "invalid_time:born"},
    {"22012", "", "", "", "refused:22012"},
    {"21000", "", "", "", "refused:21000"},
    {"P0001", "", "", "", "refused:P0001"},
    {"22999", "", "", "x", "refused:22999"},
};

static Refusal refuse(Arena *arena, const Case *given, const char *message)
{
    static const Type mood = {.name = "mood", .kind = 'e'};
    EntityPlan plan = {0};
    LIST_PUSH(arena, &plan.mappings, ((Mapping){.name = "mood", .to_type = &mood}));
    Error error = {.kind = ERROR_DATA};
    snprintf(error.sqlstate, sizeof error.sqlstate, "%s", given->sqlstate);
    snprintf(error.constraint, sizeof error.constraint, "%s", given->constraint);
    snprintf(error.column, sizeof error.column, "%s", given->column);
    snprintf(error.message, sizeof error.message, "%s", message);
    return refusal_of(arena, &plan, &error, given->told);
}

TEST(the_sqlstate_says_the_kind_and_what_it_is_named_after)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(refuse(arena, &cases[i], "").reason, cases[i].reason);
}

TEST(what_the_server_named_is_kept_and_what_not_is_null)
{
    AUTO(Arena) *arena = arena_new();
    Refusal refusal = refuse(arena, &cases[1], "no");
    CHECK_TEXT(refusal.sqlstate, "23514");
    CHECK_TEXT(refusal.constraint, "leads_age_check");
    CHECK(refusal.column == NULL);
    CHECK_TEXT(refuse(arena, &cases[5], "").column, "name");
}

TEST(a_message_keeps_no_value)
{
    static const Case text = {"22P02", "", "", "", ""}, null = {"23502", "", "email", "", ""},
                      bytes = {"22021", "", "", "", ""};
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(refuse(arena, &text, "invalid input syntax for type integer: \"secret \"and\" more\"").message,
               "invalid input syntax for type integer: \"…\"");
    CHECK_TEXT(refuse(arena, &text, "ungültige Eingabesyntax für Typ integer: »geheim«").message,
               "ungültige Eingabesyntax für Typ integer: »…«");
    CHECK_TEXT(refuse(arena, &text, "value \"99999\" is out of range for type smallint").message,
               "value \"…\" is out of range for type smallint");
    CHECK_TEXT(refuse(arena, &null, "null value in column \"email\"").message, "null value in column \"email\"");
    CHECK_TEXT(refuse(arena, &bytes, "invalid byte sequence for encoding \"UTF8\": 0x00").message,
               "invalid byte sequence for encoding \"UTF8\": 0x00");
}

TEST(a_message_that_opens_a_quote_and_never_ends_it_is_kept)
{
    static const Case text = {"22P02", "", "", "", ""};
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(refuse(arena, &text, "an inch is \"").message, "an inch is \"");
}

TEST(only_what_the_server_says_of_data_is_a_row_s_fault)
{
    CHECK(refusal_is_possible(&(Error){.kind = ERROR_DATA, .sqlstate = "23505"}));
    CHECK(!refusal_is_possible(&(Error){.kind = ERROR_DATA}));
    CHECK(!refusal_is_possible(&(Error){.kind = ERROR_TRANSIENT, .sqlstate = "40001"}));
}
