#include "scratch/dump_script.h"

#include "scratch/dump_lexer.h"
#include "tap.h"

/* What is passed on of a script, row lines marked with "|" and dropped ones with "!". */
static char *passed(Arena *arena, DumpScript *script, const char *text)
{
    Text out = text_new(arena);
    while (*text) {
        size_t length = strcspn(text, "\n");
        const DumpPiece piece = {text, length + 1, true, true};
        static const char *const marks[] = {[DUMP_LINE_SQL] = "", [DUMP_LINE_ROW] = "|", [DUMP_LINE_DROPPED] = "!"};
        text_add(&out, marks[dump_script_read(script, &piece)]);
        text_add_n(&out, text, length + 1);
        text += length + 1;
    }
    return out.chars;
}

TEST(the_header_says_what_each_object_is)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    dump_script_read_text(
        &script, "--\n-- PostgreSQL database dump\n--\n\n"
                 "--\n-- Name: a; Type: x; Type: TABLE; Schema: public; Owner: crm owner; Tablespace: fast\n--\n\n"
                 "CREATE TABLE a (i int)\nINHERITS (b);\n\n"
                 "--\n-- Data for Name: leads; Type: TABLE DATA; Schema: crm; Owner: -\n--\n");
    CHECK(script.by_pg_dump && !script.complete);
    if (!CHECK_NUMBER((long long)script.entries.count, 2))
        return;
    CHECK_TEXT(script.entries.items[0].name, "a; Type: x");
    CHECK_TEXT(script.entries.items[0].type, "TABLE");
    CHECK(script.entries.items[0].inherits);
    CHECK_TEXT(dump_entry_print(arena, &script.entries.items[1]), "TABLE DATA crm.leads");
    CHECK_TEXT(string_list_join(arena, &script.roles, ","), "crm owner");
    CHECK(dump_script_entry_at(&script, 3) == NULL);
    CHECK(dump_script_entry_at(&script, 9) == &script.entries.items[0]);
}

TEST(the_ids_of_an_archive_are_read)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    dump_script_read_text(
        &script, "--\n-- TOC entry 3512 (class 2606 OID 16853)\n-- Dependencies: 3470 252 254\n"
                 "-- Name: staff staff_store_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: postgres\n--\n");
    const DumpEntry *entry = dump_script_entry_of_id(&script, 3512);
    if (!CHECK(entry))
        return;
    CHECK_NUMBER((long long)entry->oid, 16853);
    CHECK_NUMBER((long long)entry->needs.count, 3);
    CHECK_TEXT(entry->name, "staff staff_store_id_fkey");
    CHECK_NUMBER((long long)script.entries.count, 1);
}

TEST(what_belongs_to_another_server_is_kept_back)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    CHECK_TEXT(
        passed(arena, &script,
               "\\restrict Abc1\nDROP DATABASE x;\nCREATE DATABASE x;\n\\connect x\nSET default_tablespace = fast;\n"
               "SET client_encoding = 'LATIN1';\n\\unrestrict Abc1\n"),
        "!\\restrict Abc1\n!DROP DATABASE x;\n!CREATE DATABASE x;\n!\\connect x\n!SET default_tablespace = fast;\n"
        "SET client_encoding = 'LATIN1';\n!\\unrestrict Abc1\n");
    CHECK(script.command == NULL);
    CHECK_TEXT(string_list_join(arena, &script.settings, ","), "SET client_encoding = 'LATIN1'");
}

TEST(a_row_that_looks_like_a_statement_stays_a_row)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    CHECK_TEXT(passed(arena, &script,
                      "COPY public.t (a, \"b\"\"; \") FROM stdin;\n\\connect x\n\\N\n'\n-- Name: a; Type: TABLE; "
                      "Schema: s; Owner: o\n\\.\n\\connect x\n"),
               "COPY public.t (a, \"b\"\"; \") FROM stdin;\n|\\connect x\n|\\N\n|'\n|-- Name: a; Type: TABLE; "
               "Schema: s; Owner: o\n|\\.\n!\\connect x\n");
    CHECK_NUMBER((long long)script.entries.count, 0);
}

TEST(a_text_that_looks_like_a_command_stays_a_text)
{
    static const char *const texts[] = {
        "INSERT INTO t VALUES ('it''s\n\\connect x\n');\n",
        "INSERT INTO t VALUES (E'it\\'s\n\\connect x\n''\n\\! x');\n",
        "CREATE FUNCTION f() AS $$\n\\! rm\n; $a$ '\n$$;\n",
        "CREATE FUNCTION f() AS $_x1$\n\\! rm $$ $_x\n$_x1$ SET a = $1;\n",
        "/* ;\n\\! /* x */\n\\! */ SELECT \"\\\";\n",
        "SELECT 1 -- it's \\! only a comment\n;\n",
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a;\nDELETE FROM b);\n",
        "SET standard_conforming_strings = off;\nINSERT INTO t VALUES ('it\\'s\n\\! x');\n",
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        DumpScript script = dump_script_new(arena);
        CHECK_TEXT(passed(arena, &script, texts[i]), texts[i]);
        CHECK(script.command == NULL);
        CHECK(dump_lexer_is_between(script.lexer));
    }
}

TEST(a_psql_command_is_told_with_its_line)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    dump_script_read_text(&script, "SELECT 1;\n\\! rm -rf x\n");
    CHECK_TEXT(script.command, "\\!");
    CHECK_NUMBER(script.command_line, 2);
    script = dump_script_new(arena);
    dump_script_read_text(&script, "SELECT 1 \\g x\n");
    CHECK_NUMBER(script.command_line, 1);
}

TEST(an_open_quote_at_the_end_shows)
{
    AUTO(Arena) *arena = arena_new();
    DumpScript script = dump_script_new(arena);
    dump_script_read_text(&script, "INSERT INTO t VALUES ('a\n");
    CHECK(!dump_lexer_is_between(script.lexer));
    script = dump_script_new(arena);
    dump_script_read_text(&script, "COPY t FROM stdin;\n1\n");
    CHECK(!dump_lexer_is_between(script.lexer));
}
