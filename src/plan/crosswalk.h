/* Old keys beside new keys: which entities keep them in a table rehome.crosswalk_…, what that table is made of, and
 * what stands for it in the SQL of those who read it. Pure.
 *
 * The entities of one for_each (`audits[a]`, `audits[b]`) share a table. Its columns are old_…, one for each column of
 * the driving tables' keys, and new_…, one for each column of the target table's key, with types that both sides know:
 * a type that users made is text between two servers. */
#pragma once

#include "plan/plan.h"

/* "audits" of `audits[a]`: what the table is called after. */
char *crosswalk_title(Arena *arena, const char *entity);
/* "crosswalk_audits" */
char *crosswalk_table(Arena *arena, const char *entity);
const Crosswalk *crosswalk_find(const CrosswalkList *crosswalks, const char *table);
/* Whether the entity's rows go into this table. */
bool crosswalk_is_of(const Crosswalk *crosswalk, const Entity *entity);

/* Adds the tables of the gathered entities to `crosswalks`, which holds those that are in the ledger by now, with their
 * columns. Their tables and walk keys must have been found. */
void crosswalk_define(Arena *arena, const Gathered *gathered, CrosswalkList *crosswalks, Mistakes *mistakes);
/* What stands for each of them while nothing is in them: columns of the right types and no row. */
void crosswalk_seat_empty(Arena *arena, const CrosswalkList *crosswalks, SeatList *seats);
/* Mistakes: a table that nobody keeps, or one that a rule or a condition reads. */
void crosswalk_check_reads(const Gathered *gathered, const Manifest *manifest, const GatheredEntity *entity,
                           Mistakes *mistakes);
/* What the entity puts into its crosswalk. Mistakes: a key that is missing on either side, that cannot be shown or that
 * is another one each time. */
void crosswalk_decide(Arena *arena, const Gathered *gathered, EntityPlan *plan, Mistakes *mistakes);

/* CREATE TABLE … with its comments and indexes, or ALTER TABLE for columns that it lacks; NULL: it is as it should be.
 */
char *crosswalk_create(Arena *arena, const Crosswalk *crosswalk);
/* `entity, source, "old_id", "new_id"` */
char *crosswalk_columns(Arena *arena, const Crosswalk *crosswalk);
/* SELECT of one migration's rows, on the target. */
char *crosswalk_select(Arena *arena, const Crosswalk *crosswalk, long long migration);
