#include "transform/script.h"

#include "transform/tree.h"

#include <ctype.h>
#include <pg_query.h>

/* What is wrong with a statement of this kind: with every one, with one that has the flag, with one that lacks the
 * field. */
static const struct {
    const char *kind, *flag, *lacks, *why;
} forbidden[] = {
    {"TransactionStmt", NULL, NULL,
     "the file runs in one transaction of its own: leave BEGIN, COMMIT and ROLLBACK out"},
    {"IndexStmt", "concurrent", NULL,
     "CREATE INDEX CONCURRENTLY cannot run in a transaction: leave CONCURRENTLY out, or do it beside the migration"},
    {"DropStmt", "concurrent", NULL, "DROP INDEX CONCURRENTLY cannot run in a transaction: leave CONCURRENTLY out"},
    {"VacuumStmt", "is_vacuumcmd", NULL, "VACUUM cannot run in a transaction"},
    {"CreatedbStmt", NULL, NULL, "CREATE DATABASE cannot run in a transaction: make the database before"},
    {"DropdbStmt", NULL, NULL, "DROP DATABASE cannot run in a transaction"},
    {"CreateTableSpaceStmt", NULL, NULL, "CREATE TABLESPACE cannot run in a transaction"},
    {"AlterSystemStmt", NULL, NULL, "ALTER SYSTEM cannot run in a transaction"},
    {"CopyStmt", NULL, "filename",
     "COPY from or to psql does not work here: write INSERT … VALUES, as pg_dump --inserts does"},
};

static const char *why_not(json_t *statement)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        json_t *body = tree_body(statement, forbidden[i].kind);
        if (body && (!forbidden[i].flag || tree_flag(body, forbidden[i].flag)) &&
            (!forbidden[i].lacks || !tree_field(body, forbidden[i].lacks)))
            return forbidden[i].why;
    }
    return NULL;
}

static size_t skip_blanks(const char *text, size_t offset)
{
    while (isspace((unsigned char)text[offset]))
        offset++;
    return offset;
}

static void add_statement(Arena *arena, const Sql *script, size_t offset, size_t length, SqlList *statements)
{
    size_t start = skip_blanks(script->text, offset);
    if (start >= offset + length)
        return;
    Sql *statement = LIST_ADD(arena, statements);
    *statement = (Sql){.text = arena_strndup(arena, script->text + start, offset + length - start),
                       .place = sql_place(script, start),
                       .is_file = script->is_file};
}

/* By the scanner: it does not mind grammar that is newer than it. What even that cannot read is left to the server in
 * one piece. */
void script_split(Arena *arena, const Sql *script, SqlList *statements)
{
    PgQuerySplitResult split = pg_query_split_with_scanner(script->text);
    if (split.error || split.n_stmts == 0)
        LIST_PUSH(arena, statements, *script);
    for (int i = 0; !split.error && i < split.n_stmts; i++)
        add_statement(arena, script, (size_t)split.stmts[i]->stmt_location, (size_t)split.stmts[i]->stmt_len,
                      statements);
    pg_query_free_split_result(split);
}

void script_check(const Sql *script, Mistakes *mistakes)
{
    Error ignored = {0};
    AUTO(json_t) *tree = tree_parse(script->text, &ignored);
    size_t index;
    json_t *raw;
    json_array_foreach(json_object_get(tree, "stmts"), index, raw)
    {
        const char *why = why_not(json_object_get(raw, "stmt"));
        size_t offset = (size_t)tree_number(raw, "stmt_location");
        if (why)
            mistake_add(mistakes, sql_place(script, skip_blanks(script->text, offset)), "%s", why);
    }
}
