#include "plan/cast.h"

#include "tap.h"

#include <stdlib.h>

#include "fixture.h"

static Cast cast_of(Arena *arena, Fixture *fixture, const char *from, const char *to)
{
    ObjectId from_oid, to_oid;
    int32_t from_typmod, to_typmod;
    fixture_parse_type(&fixture->source, from, &from_oid, &from_typmod);
    fixture_parse_type(&fixture->target, to, &to_oid, &to_typmod);
    CastRequest request = {type_use_of(&fixture->source, from_oid, from_typmod),
                           type_use_of(&fixture->target, to_oid, to_typmod), "\"q\".\"c\"", false};
    return cast_build(arena, &request);
}

static const struct {
    const char *from, *to;
    CastClass class;
    bool loss, binary;
} classes[] = {
    {"int4", "int4", CAST_SAME, false, true},
    {"int4", "int8", CAST_LOSSLESS, false, true},
    {"int8", "int4", CAST_LOSSY, true, true},
    {"int8", "float8", CAST_LOSSY, true, true},
    {"int4", "numeric(12,2)", CAST_LOSSLESS, false, true},
    {"int4", "numeric(11,2)", CAST_LOSSY, true, true},
    {"numeric(8,2)", "numeric(10,2)", CAST_SAME, false, true},
    {"numeric(10,2)", "numeric(8,2)", CAST_LOSSY, true, true},
    {"numeric", "numeric(8,2)", CAST_LOSSY, true, true},
    {"numeric(8,2)", "numeric", CAST_SAME, false, true},
    {"varchar(10)", "varchar(20)", CAST_SAME, false, true},
    {"varchar(20)", "varchar(10)", CAST_LOSSY, true, true},
    {"text", "varchar(10)", CAST_LOSSY, true, true},
    {"varchar(10)", "text", CAST_LOSSLESS, false, true},
    {"varchar(10)", "bpchar(10)", CAST_LOSSLESS, false, true},
    {"bpchar(5)", "text", CAST_LOSSLESS, false, true},
    {"text", "name", CAST_LOSSY, true, true},
    {"timestamp", "timestamptz", CAST_LOSSLESS, false, true},
    {"timestamp", "timestamp(3)", CAST_LOSSY, true, true},
    {"timestamp(3)", "timestamp", CAST_SAME, false, true},
    {"timestamp(3)", "timestamptz(3)", CAST_LOSSLESS, false, true},
    {"date", "timestamp(0)", CAST_LOSSLESS, false, true},
    {"timestamptz", "date", CAST_LOSSY, true, true},
    {"json", "jsonb", CAST_LOSSLESS, true, true},
    {"jsonb", "json", CAST_LOSSLESS, false, true},
    {"uuid", "text", CAST_LOSSLESS, false, true},
    {"text", "uuid", CAST_LOSSY, true, true},
    {"text", "int4", CAST_LOSSY, true, true},
    {"text", "date", CAST_LOSSY, false, false},
    {"bool", "int4", CAST_LOSSLESS, false, true},
    {"bool", "date", CAST_IMPOSSIBLE, false, true},
    {"int4", "uuid", CAST_IMPOSSIBLE, false, true},
    {"mood", "mood", CAST_SAME, false, true},
    {"mood", "text", CAST_LOSSLESS, false, true},
    {"text", "mood", CAST_LOSSY, false, true},
    {"mood", "colour", CAST_LOSSY, false, true},
    {"int4", "mood", CAST_IMPOSSIBLE, false, true},
    {"mood[]", "mood[]", CAST_SAME, false, false},
    {"mood[]", "text[]", CAST_LOSSLESS, false, true},
    {"int4[]", "int8[]", CAST_LOSSLESS, false, true},
    {"int8[]", "int4[]", CAST_LOSSY, true, true},
    {"varchar[]", "varchar[]", CAST_SAME, false, true},
    {"text", "citext", CAST_LOSSLESS, false, false},
    {"citext", "text", CAST_LOSSLESS, false, true},
    {"text", "email", CAST_LOSSY, true, true},
    {"point3", "point3", CAST_SAME, false, false},
    {"regclass", "regclass", CAST_SAME, false, false},
    {"xml", "xml", CAST_SAME, false, false},
    {"float8", "numeric", CAST_LOSSLESS, true, true},
};

TEST(each_pair_of_types_has_its_class)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        Cast cast = cast_of(arena, fixture, classes[i].from, classes[i].to);
        bool right = cast.class == classes[i].class && !cast.loss == !classes[i].loss;
        if (cast.class != CAST_IMPOSSIBLE)
            right = right && cast.binary == classes[i].binary;
        if (!right)
            printf("# %s -> %s: %s, loss %s, %s\n", classes[i].from, classes[i].to, cast_class_name(cast.class),
                   cast.loss ? cast.loss : "none", cast.binary ? "binary" : "text");
        CHECK(right);
    }
}

TEST(a_cast_to_a_narrower_type_never_shortens_and_tells_which_rows_it_would)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    Cast cast = cast_of(arena, fixture, "text", "varchar(10)");
    CHECK_TEXT(cast.sql, "(\"q\".\"c\")::pg_catalog.varchar");
    CHECK_TEXT(cast.loss,
               "\"q\".\"c\" IS NOT NULL AND (pg_catalog.char_length((\"q\".\"c\")::pg_catalog.varchar) > 10)");
    CHECK_TEXT(cast.note, "may be longer than 10 characters");
    cast = cast_of(arena, fixture, "int8", "int4");
    CHECK_TEXT(cast.loss, "\"q\".\"c\" IS NOT NULL AND ((\"q\".\"c\") NOT BETWEEN -2147483648 AND 2147483647)");
}

TEST(a_value_is_compared_in_the_form_in_which_it_arrives)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    CHECK_TEXT(cast_of(arena, fixture, "int4", "int8").arrives, "(\"q\".\"c\")::pg_catalog.int8");
    CHECK_TEXT(cast_of(arena, fixture, "numeric", "numeric(10,2)").arrives, "(\"q\".\"c\")::pg_catalog.numeric(10,2)");
    CHECK_TEXT(cast_of(arena, fixture, "text", "date").arrives, "(\"q\".\"c\")::pg_catalog.text::pg_catalog.date");
    CHECK(cast_of(arena, fixture, "text", "point3").arrives == NULL);
}

TEST(text_is_tested_by_the_server_where_it_can)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    fixture->source.server_version = 160000;
    Cast cast = cast_of(arena, fixture, "text", "date");
    CHECK(cast.binary);
    CHECK_TEXT(cast.loss, "\"q\".\"c\" IS NOT NULL AND (NOT "
                          "pg_catalog.pg_input_is_valid((\"q\".\"c\")::pg_catalog.text, 'pg_catalog.date'))");
}

TEST(inside_one_database_a_users_type_is_itself)
{
    AUTO(Arena) *arena = arena_new();
    Fixture *fixture = fixture_new(arena);
    TypeUse mood = type_use_of(&fixture->source, OWN_TYPES, -1), text = type_use_of(&fixture->source, 25, -1);
    CastRequest same = {mood, mood, "\"q\".\"c\"", true}, parsed = {text, mood, "\"q\".\"c\"", true};
    CHECK_TEXT(cast_build(arena, &same).sql, "\"q\".\"c\"");
    CHECK_TEXT(cast_build(arena, &parsed).sql, "((\"q\".\"c\")::pg_catalog.text)::public.mood");
}
