/* Readers of SQL, each for a row of keys.c, with a field of type Sql. An expression stands in the YAML itself; a
 * statement or a script may be the name of a file that ends in .sql, relative to the migration's folder.
 *
 * A statement loses its closing semicolon and the comments behind it. psql's commands are mistakes, but a script may
 * have the \restrict lines of pg_dump. `place` is set even after a mistake and so tells that something was given. */
#pragma once

#include "manifest/keys.h"

KeyRead sql_read_expression;
KeyRead sql_read_statement;
KeyRead sql_read_script;
