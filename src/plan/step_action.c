/* The SQL of steps that are nothing else. It runs in one transaction with the mark that the step is done. */
#include "base/text.h"
#include "pg/quote.h"
#include "plan/plan.h"
#include "plan/steps.h"
#include "plan/writing.h"

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

static void empty_table(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (entity->into != relation || entity->write != WRITE_REPLACE)
            continue;
        if (writing_empties(entity))
            text_addf(sql, "TRUNCATE TABLE %s%s;\n", relation->kind == 'r' ? "ONLY " : "", relation->sql_name);
        else
            text_addf(sql, "DELETE FROM %s WHERE (%s\n);\n", relation->sql_name, entity->entity->scope.text);
    }
}

static void prepare(Text *sql, const Plan *plan, const Step *step)
{
    drop_what_comes_back(sql, plan, step);
    empty_table(sql, plan, step->relation);
}

static void build_index(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "%s;\n", step->index->definition);
}

/* Over the index that stands there again under its own name. */
static void add_constraint(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    const Index *index = step->index;
    text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s ", step->relation->sql_name,
              quote_name(sql->arena, index->constraint));
    if (!index->unique || !index->btree || index->exclusion)
        text_addf(sql, "%s;\n", index->constraint_definition);
    else
        text_addf(sql, "%s USING INDEX %s%s%s;\n", index->primary ? "PRIMARY KEY" : "UNIQUE",
                  quote_name(sql->arena, index->name), index->deferrable ? " DEFERRABLE" : "",
                  index->deferrable && text_ends_with(index->constraint_definition, " INITIALLY DEFERRED")
                      ? " INITIALLY DEFERRED"
                      : "");
}

static void add_foreign_key(Text *sql, const Plan *plan, const Step *step)
{
    const ForeignKey *key = step->foreign_key;
    bool later = steps_validate_later(plan->gathered->target, step->relation, key);
    text_addf(sql, "ALTER TABLE %s ADD CONSTRAINT %s %s%s;\n", step->relation->sql_name,
              quote_name(sql->arena, key->name), key->definition, later ? " NOT VALID" : "");
}

static void validate(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "ALTER TABLE %s VALIDATE CONSTRAINT %s;\n", step->relation->sql_name,
              quote_name(sql->arena, step->foreign_key->name));
}

/* Never backwards. */
static void set_sequence(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    Arena *arena = sql->arena;
    const char *name = quote_qualified(arena, step->column->sequence_schema, step->column->sequence);
    text_addf(sql,
              "SELECT pg_catalog.setval(%s::pg_catalog.regclass, filled.top)\n"
              "  FROM (SELECT pg_catalog.max(%s) AS top FROM %s) AS filled, %s AS s\n"
              " WHERE filled.top >= s.last_value + s.is_called::pg_catalog.int4;\n",
              quote_literal(arena, name), quote_name(arena, step->column->name), step->relation->sql_name, name);
}

static void analyze(Text *sql, const Plan *plan, const Step *step)
{
    (void)plan;
    text_addf(sql, "ANALYZE %s;\n", step->relation->sql_name);
}

static void (*const writers[])(Text *sql, const Plan *plan, const Step *step) = {
    [STEP_PREPARE] = prepare,           [STEP_INDEX] = build_index,
    [STEP_CONSTRAINT] = add_constraint, [STEP_FOREIGN_KEY] = add_foreign_key,
    [STEP_VALIDATE] = validate,         [STEP_SEQUENCE] = set_sequence,
    [STEP_ANALYZE] = analyze,           [STEP_CHECK_AFTER] = NULL,
};

char *step_action(Arena *arena, const Plan *plan, const Step *step)
{
    if (!writers[step->kind])
        return NULL;
    Text sql = text_new(arena);
    writers[step->kind](&sql, plan, step);
    return sql.length ? sql.chars : NULL;
}
