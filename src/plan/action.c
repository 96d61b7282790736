/* The SQL of steps that are nothing else. It runs in one transaction with the mark that the step is done. */
#include "base/text.h"
#include "pg/quote.h"
#include "plan/plan.h"
#include "plan/refresh.h"
#include "plan/steps.h"
#include "plan/writing.h"

#include <stdlib.h>

/* A later prepare step's foreign keys to this table go now: only tables in a circle have such. */
static bool drops_foreign_key(const Plan *plan, const Step *prepare, const Step *step)
{
    if (step->kind != STEP_FOREIGN_KEY)
        return false;
    if (step->relation == prepare->relation)
        return true;
    if (step->foreign_key->to != prepare->relation->oid)
        return false;
    FOR_EACH(const Step, other, plan->steps)
        if (other->kind == STEP_PREPARE && other->relation == step->relation)
            return other > prepare;
    return false;
}

static void drop_constraint(Text *sql, const Relation *relation, const char *name)
{
    text_addf(sql, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s;\n", relation->sql_name, quote_name(sql->arena, name));
}

static void drop_what_comes_back(Text *sql, const Plan *plan, const Step *prepare)
{
    FOR_EACH(const Step, step, plan->steps)
        if (drops_foreign_key(plan, prepare, step))
            drop_constraint(sql, step->relation, step->foreign_key->name);
    FOR_EACH(const Step, step, plan->steps) {
        if (step->relation != prepare->relation)
            continue;
        if (step->kind == STEP_CONSTRAINT)
            drop_constraint(sql, step->relation, step->index->constraint);
        else if (step->kind == STEP_INDEX && !step->index->constraint)
            text_addf(sql, "DROP INDEX IF EXISTS %s;\n",
                      quote_qualified(sql->arena, step->index->schema, step->index->name));
    }
}

/* Whether the table is empty was seen when the plan was made: what that allows is done only if it still is. */
static void insist_on_empty(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities)
        if (entity->into == relation && (!entity->hold || writing_empties(entity)))
            return;
    const char *name = quote_literal(sql->arena, relation->sql_name);
    text_addf(sql,
              "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE;\n"
              "DO $rehome$ BEGIN IF EXISTS (SELECT FROM %s) THEN RAISE EXCEPTION USING ERRCODE = "
              "'object_not_in_prerequisite_state',\n"
              "  MESSAGE = %s || ' is not empty any more', HINT = 'Run again: the plan is made anew.'; END IF; END "
              "$rehome$;\n",
              relation->sql_name, relation_own_rows(sql->arena, relation), name);
}

static void empty_table(Text *sql, const EntityPlan *entity)
{
    const Relation *relation = entity->into;
    if (writing_empties(entity))
        text_addf(sql, "TRUNCATE TABLE %s%s;\n", relation->kind == 'r' ? "ONLY " : "", relation->sql_name);
    else if (entity->write == WRITE_REPLACE)
        text_addf(sql, "DELETE FROM %s WHERE (%s\n);\n", relation_own_rows(sql->arena, relation),
                  entity->entity->scope.text);
}

static void quieten_triggers(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == STEP_TRIGGER && step->relation == relation)
            text_addf(sql, "ALTER TABLE %s DISABLE TRIGGER %s;\n", relation->sql_name,
                      quote_name(sql->arena, step->trigger->name));
}

static void prepare(Text *sql, const Plan *plan, const Step *step)
{
    Text dropped = text_new(sql->arena);
    drop_what_comes_back(&dropped, plan, step);
    if (dropped.length == 0)
        return;
    insist_on_empty(sql, plan, step->relation);
    text_add(sql, dropped.chars);
}

static void make_ready(Text *sql, const Plan *plan, const Step *step)
{
    empty_table(sql, step->entity);
    if (step->entity->entity->hold_triggers)
        quieten_triggers(sql, plan, step->relation);
}

/* A bigger maintenance_work_mem saves a sort on disk; the server gives it back with the transaction. */
#define INDEX_MEMORY "SET LOCAL maintenance_work_mem = '512MB';\n"

static void add_comment(Text *sql, const char *what, const char *on, const char *comment)
{
    if (comment)
        text_addf(sql, "COMMENT ON %s%s IS %s;\n", what, on, quote_literal(sql->arena, comment));
}

static void comment_constraint(Text *sql, const Relation *relation, const char *name, const char *comment)
{
    add_comment(sql, "CONSTRAINT ",
                arena_printf(sql->arena, "%s ON %s", quote_name(sql->arena, name), relation->sql_name), comment);
}

/* Only a column that is an expression has a statistics target of its own. */
static void set_statistics(Text *sql, const Index *index)
{
    for (const char *next = index->statistics; next && *next;) {
        char *end;
        long column = strtol(next, &end, 10), target = strtol(end, &end, 10);
        text_addf(sql, "ALTER INDEX %s ALTER COLUMN %ld SET STATISTICS %ld;\n",
                  quote_qualified(sql->arena, index->schema, index->name), column, target);
        next = end;
    }
}

static void build_index(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    const Index *index = step->index;
    text_add(sql, INDEX_MEMORY);
    if (index->tablespace)
        text_addf(sql, "SET LOCAL default_tablespace = %s;\n", quote_literal(sql->arena, index->tablespace));
    text_addf(sql, "%s;\n", index->definition);
    add_comment(sql, "INDEX ", quote_qualified(sql->arena, index->schema, index->name), index->comment);
    set_statistics(sql, index);
}

/* Over the index that stands there again under its own name. */
static void add_constraint(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    const Index *index = step->index;
    bool whole = !steps_build_index_first(index);
    text_addf(sql, "%sALTER TABLE %s ADD CONSTRAINT %s ", whole ? INDEX_MEMORY : "", step->relation->sql_name,
              quote_name(sql->arena, index->constraint));
    if (whole)
        text_addf(sql, "%s;\n", index->constraint_definition);
    else
        text_addf(sql, "%s USING INDEX %s%s%s;\n", index->primary ? "PRIMARY KEY" : "UNIQUE",
                  quote_name(sql->arena, index->name), index->deferrable ? " DEFERRABLE" : "",
                  index->deferrable && text_ends_with(index->constraint_definition, " INITIALLY DEFERRED")
                      ? " INITIALLY DEFERRED"
                      : "");
    comment_constraint(sql, step->relation, index->constraint, index->constraint_comment);
    if (whole)
        set_statistics(sql, index);
}

static void add_foreign_key(Text *sql, const Plan *plan, const Step *step)
{
    const ForeignKey *key = step->foreign_key;
    bool later = steps_validate_later(plan->gathered->target, step->relation, key);
    text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", step->relation->sql_name,
              quote_name(sql->arena, key->name), key->definition, later ? " NOT VALID" : "");
    comment_constraint(sql, step->relation, key->name, key->comment);
}

static void validate(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n", step->relation->sql_name,
              quote_name(sql->arena, step->foreign_key->name));
}

static void wake_trigger(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    const char *when = step->trigger->enabled == 'R' ? "REPLICA " : step->trigger->enabled == 'A' ? "ALWAYS " : "";
    text_addf(sql, "ALTER TABLE %s ENABLE %sTRIGGER %s;\n", step->relation->sql_name, when,
              quote_name(sql->arena, step->trigger->name));
}

/* A sequence may belong to a column of any type; one of text it cannot follow. */
static bool holds_numbers(const Catalog *target, const Column *column)
{
    static const ObjectId numbers[] = {20, 21, 23, 700, 701, 1700}; /* int8, int2, int4, float4, float8, numeric */
    int32_t typmod = -1;
    const Type *base = catalog_base_type(target, column->type, &typmod);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (base && base->oid == numbers[i])
            return true;
    return false;
}

/* Behind the highest value, and never backwards; a sequence that counts down is left to follow its lowest. */
static void set_sequence(Text *sql, const Plan *plan, const Step *step)
{
    if (!holds_numbers(plan->gathered->target, step->column))
        return;
    Arena *arena = sql->arena;
    const char *sequence = quote_qualified(arena, step->column->sequence_schema, step->column->sequence);
    const char *name = quote_literal(arena, sequence), *column = quote_name(arena, step->column->name);
    const char *table = step->relation->sql_name;
    text_addf(sql,
              "SELECT pg_catalog.setval(%s::pg_catalog.regclass, m.value::pg_catalog.int8, true)\n"
              "  FROM (SELECT CASE WHEN s.seqincrement > 0 THEN (SELECT pg_catalog.max(%s) FROM %s)\n"
              "                    ELSE (SELECT pg_catalog.min(%s) FROM %s) END AS value, s.seqincrement\n"
              "          FROM pg_catalog.pg_sequence s WHERE s.seqrelid = %s::pg_catalog.regclass) m, %s AS now\n"
              " WHERE pg_catalog.sign(m.seqincrement) * (m.value - now.last_value) >= 0;\n",
              name, column, table, column, table, name, sequence);
}

static void analyze(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "ANALYZE %s;\n", step->relation->sql_name);
}

static void make_view(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    if (step->compat->action)
        text_add(sql, step->compat->action);
}

static void refresh(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "%s;\n", refresh_sql(sql->arena, step->relation));
}

static void (*const writers[])(Text *sql, const Plan *plan, const Step *step) = {
    [STEP_PREPARE] = prepare,
    [STEP_READY] = make_ready,
    [STEP_INDEX] = build_index,
    [STEP_CONSTRAINT] = add_constraint,
    [STEP_FOREIGN_KEY] = add_foreign_key,
    [STEP_VALIDATE] = validate,
    [STEP_TRIGGER] = wake_trigger,
    [STEP_SEQUENCE] = set_sequence,
    [STEP_ANALYZE] = analyze,
    [STEP_COMPAT] = make_view,
    [STEP_REFRESH] = refresh,
    [STEP_CHECK_AFTER] = NULL,
};

char *step_action(Arena *arena, const Plan *plan, const Step *step)
{
    if (!writers[step->kind])
        return NULL;
    Text sql = text_new(arena);
    writers[step->kind](&sql, plan, step);
    return sql.length ? sql.chars : NULL;
}
