#include "plan/plan.h"

#include "base/text.h"
#include "pg/quote.h"

#include <string.h>

typedef char *(*ActionOf)(Arena *arena, const Plan *plan, const Step *step);

static const char *relation_name(const Plan *plan, ObjectId oid)
{
    return catalog_relation_by_oid(plan->gathered->target, oid)->sql_name;
}

/* Foreign keys go before the unique index that they lean on, whichever table is prepared first: so a table drops those that point to it, too. */
static void drop_foreign_keys(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Step, step, plan->steps) {
        const ForeignKey *key = step->kind == STEP_FOREIGN_KEY ? step->foreign_key : NULL;
        if (key && (key->from == relation->oid || key->to == relation->oid))
            text_addf(sql, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s;\n", relation_name(plan, key->from),
                      quote_name(sql->arena, key->name));
    }
}

static void drop_indexes(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const Step, step, plan->steps) {
        const Index *index = step->kind == STEP_INDEX && step->relation == relation ? step->index : NULL;
        if (index && index->constraint)
            text_addf(sql, "ALTER TABLE %s DROP CONSTRAINT %s;\n", relation->sql_name, quote_name(sql->arena, index->constraint));
        else if (index)
            text_addf(sql, "DROP INDEX %s;\n", quote_qualified(sql->arena, index->schema, index->name));
    }
}

static void empty_table(Text *sql, const Plan *plan, const Relation *relation)
{
    FOR_EACH(const EntityPlan, entity, plan->entities) {
        if (entity->into != relation || entity->write != WRITE_REPLACE)
            continue;
        if (entity->entity->scope.text)
            text_addf(sql, "DELETE FROM %s WHERE (%s\n);\n", relation->sql_name, entity->entity->scope.text);
        else
            text_addf(sql, "TRUNCATE TABLE ONLY %s;\n", relation->sql_name);
    }
}

static char *prepare(Arena *arena, const Plan *plan, const Step *step)
{
    Text sql = text_new(arena);
    drop_foreign_keys(&sql, plan, step->relation);
    drop_indexes(&sql, plan, step->relation);
    empty_table(&sql, plan, step->relation);
    return sql.chars;
}

/* A bigger maintenance_work_mem saves a sort on disk; the server gives it back with the transaction. */
static char *build_index(Arena *arena, const Plan *plan, const Step *step)
{
    (void)plan;
    const char *memory = "SET LOCAL maintenance_work_mem = '512MB';\n";
    if (step->index->exclusion)
        return arena_printf(arena, "%sALTER TABLE %s ADD CONSTRAINT %s %s", memory, step->relation->sql_name,
                            quote_name(arena, step->index->constraint), step->index->constraint_definition);
    return arena_printf(arena, "%s%s", memory, step->index->definition);
}

/* " DEFERRABLE INITIALLY DEFERRED", as the constraint had it. */
static const char *deferrability(const Index *index)
{
    const char *found = index->deferrable && index->constraint_definition ? strstr(index->constraint_definition, " DEFERRABLE") : NULL;
    return found ? found : "";
}

static char *add_constraint(Arena *arena, const Plan *plan, const Step *step)
{
    (void)plan;
    const Index *index = step->index;
    return arena_printf(arena, "ALTER TABLE %s ADD CONSTRAINT %s %s USING INDEX %s%s", step->relation->sql_name,
                        quote_name(arena, index->constraint), index->primary ? "PRIMARY KEY" : "UNIQUE",
                        quote_name(arena, index->name), deferrability(index));
}

static bool is_validated_later(const Plan *plan, const ForeignKey *key)
{
    FOR_EACH(const Step, step, plan->steps)
        if (step->kind == STEP_VALIDATE && step->foreign_key == key)
            return true;
    return false;
}

static char *add_foreign_key(Arena *arena, const Plan *plan, const Step *step)
{
    const ForeignKey *key = step->foreign_key;
    bool later = is_validated_later(plan, key) && !text_ends_with(key->definition, " NOT VALID");
    return arena_printf(arena, "ALTER TABLE %s ADD CONSTRAINT %s %s%s", step->relation->sql_name, quote_name(arena, key->name),
                        key->definition, later ? " NOT VALID" : "");
}

static char *validate(Arena *arena, const Plan *plan, const Step *step)
{
    (void)plan;
    return arena_printf(arena, "ALTER TABLE %s VALIDATE CONSTRAINT %s", step->relation->sql_name,
                        quote_name(arena, step->foreign_key->name));
}

/* Behind the highest value, and never backwards; a sequence that counts down is left to follow its lowest. */
static char *set_sequence(Arena *arena, const Plan *plan, const Step *step)
{
    (void)plan;
    const char *sequence = quote_qualified(arena, step->column->sequence_schema, step->column->sequence);
    const char *name = quote_literal(arena, sequence), *column = quote_name(arena, step->column->name);
    return arena_printf(arena,
                        "SELECT pg_catalog.setval(%s::regclass, m.value, true)\n"
                        "  FROM (SELECT CASE WHEN s.seqincrement > 0 THEN (SELECT max(%s) FROM %s) ELSE (SELECT min(%s) FROM %s) END\n"
                        "               AS value, s.seqincrement FROM pg_catalog.pg_sequence s WHERE s.seqrelid = %s::regclass) m,\n"
                        "       %s AS now\n"
                        " WHERE m.value IS NOT NULL AND sign(m.seqincrement) * (m.value - now.last_value) >= 0",
                        name, column, step->relation->sql_name, column, step->relation->sql_name, name, sequence);
}

static char *analyze(Arena *arena, const Plan *plan, const Step *step)
{
    (void)plan;
    return arena_printf(arena, "ANALYZE %s", step->relation->sql_name);
}

char *step_action(Arena *arena, const Plan *plan, const Step *step)
{
    static const ActionOf actions[] = {[STEP_PREPARE] = prepare,         [STEP_INDEX] = build_index,
                                       [STEP_CONSTRAINT] = add_constraint, [STEP_FOREIGN_KEY] = add_foreign_key,
                                       [STEP_VALIDATE] = validate,       [STEP_SEQUENCE] = set_sequence,
                                       [STEP_ANALYZE] = analyze,         [STEP_CHECK_AFTER] = NULL};
    ActionOf action = actions[step->kind];
    return action ? action(arena, plan, step) : NULL;
}
