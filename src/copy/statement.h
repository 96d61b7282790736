/* The SQL that moves one chunk of an entity, as text. Pure: what is run can be read and tested without a server.
 *
 * In all of it "q" is the output of the transform or of load, "t" the target table and "staged" the temporary table of
 * a staged chunk. Where the driving key travels with the staged rows, they are in a child of it, "staged_keyed", which
 * has the key's columns besides: so load sees nothing of them. */
#pragma once

#include "plan/plan.h"
#include "transform/keyset.h"

/* SELECT of the mapped columns in the target's types, without the rows that a reject test takes. */
char *statement_select(Arena *arena, const EntityPlan *entity, const KeySet *keys);
/* The same with what tells whose row it is before the columns, as texts rehome_key_1 … (statement_key_width() of them):
 * the driving key where it can be shown, else the mapped key, else nothing. */
char *statement_select_keyed(Arena *arena, const EntityPlan *entity, const KeySet *keys);
size_t statement_key_width(const EntityPlan *entity);
/* COPY (that SELECT) TO STDOUT, and COPY … FROM STDIN into the target table or into `staged`. */
char *statement_copy_out(Arena *arena, const EntityPlan *entity, const KeySet *keys);
char *statement_copy_in(Arena *arena, const EntityPlan *entity);
/* CREATE TEMPORARY TABLE IF NOT EXISTS staged …, gone at commit. */
char *statement_create_staged(Arena *arena, const EntityPlan *entity);
/* INSERT INTO staged SELECT …: staging inside one database. */
char *statement_fill_staged(Arena *arena, const EntityPlan *entity, const KeySet *keys);
/* INSERT INTO target … [ON CONFLICT …] from `select`, a SELECT of the mapped columns. */
char *statement_insert(Arena *arena, const EntityPlan *entity, const char *select);
/* The same with the condition under which a row is changed put into `counting` ("CASE WHEN %s …"); NULL: as it is. */
char *statement_insert_counting(Arena *arena, const EntityPlan *entity, const char *select, const char *counting);
/* The rows of `staged`, or what `load` makes of them without those that its rules take: the SELECT for
 * statement_insert(). */
char *statement_staged_rows(Arena *arena, const EntityPlan *entity);
/* ` FROM … AS "q" WHERE …`: the rows that no reject test took, of the transform or, where the driving key is staged, of
 * load with that key beside them as "rehome_staged". */
char *statement_from_kept(Arena *arena, const EntityPlan *entity, const KeySet *keys, TransformShape shape);
char *statement_from_loaded(Arena *arena, const EntityPlan *entity);
/* One row: how many transform rows a KeySet gives, rejected ones left out. */
char *statement_count(Arena *arena, const EntityPlan *entity, const KeySet *keys);
/* SELECT of what goes into rehome.reject's columns (statement_reject_columns). */
char *statement_rejects(Arena *arena, const EntityPlan *entity, const KeySet *keys, long long migration,
                        long long chunk);
extern const char statement_reject_columns[];
/* INSERT INTO rehome.reject what load's rules take. */
char *statement_reject_loaded(Arena *arena, const EntityPlan *entity, long long migration, long long chunk);
/* One row: how many driving rows gave at least one row (YIELD_BY_KEY). */
char *statement_contributing(Arena *arena, const GatheredEntity *source, const KeySet *keys);
/* One row per driving key that gives rows: the key as texts, how many. */
char *statement_rows_by_key(Arena *arena, const EntityPlan *entity, const KeySet *keys);
/* CASE of the first test that takes a row: r its reason, b whether it is budgeted, c its column. */
void statement_add_case(Text *sql, const RejectTestList *tests, char what);
/* These columns of the row `alias` as JSON; of the hidden ones only that they are. */
void statement_add_row(Text *sql, const OutputColumnList *columns, const char *alias, const StringList *hidden);
extern const char statement_redacted[];
/* The driving key as JSON, from the columns "rehome_key_1", … of `alias` (quoted). */
void statement_add_driving_key(Text *sql, const EntityPlan *entity, const char *alias);
