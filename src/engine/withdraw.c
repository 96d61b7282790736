#include "engine/withdraw.h"

#include "engine/doubled.h"
#include "engine/lock_wait.h"
#include "engine/offenders.h"
#include "engine/origin.h"

#include "base/fault.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "ledger/reject.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "verify/buckets.h"
#include "verify/subject.h"

#include <inttypes.h>
#include <stdlib.h>

/* A key that rows refuse, as the rejects will name it. */
typedef struct RefusedKey {
    const char *kind, *name, *sqlstate, *message;
    const ForeignKey *foreign_key; /* NULL: it is `index` */
    const Index *index;
} RefusedKey;

/* One withdrawal under way. */
typedef struct Work {
    Arena *arena;
    const Withdrawal *of;
    const Relation *relation;
    int64_t taken;
} Work;

static const char *const sqlstates[] = {"23505", "23P01", "23503"};

static bool is_key_step(const Step *step)
{
    return step->kind == STEP_INDEX || step->kind == STEP_CONSTRAINT || step->kind == STEP_FOREIGN_KEY ||
           step->kind == STEP_VALIDATE;
}

bool withdraw_is_due(const Withdrawal *withdrawal, const Error *refusal)
{
    if (!withdrawal->step || !is_key_step(withdrawal->step))
        return false;
    for (size_t i = 0; i < sizeof sqlstates / sizeof *sqlstates; i++)
        if (text_equal(sqlstates[i], refusal->sqlstate))
            return true;
    return false;
}

static const char *number(const Work *work, int64_t value)
{
    return arena_printf(work->arena, "%" PRId64, value);
}

static bool exec(const Work *work, const char *sql, int64_t *affected, Error *error)
{
    return conn_exec(work->of->target, sql, NO_PARAMS, affected, error);
}

static bool refuse(const Work *work, const char *why, Error *error)
{
    return error_set(error, ERROR_STATE, "the rows in the way could not be taken out of %s: %s",
                     work->relation->sql_name, why);
}

/* ---- locks ---- */

/* Foreign keys to the table that are ours to bring back. */
static bool points_to(const Work *work, const Step *step)
{
    return (step->kind == STEP_FOREIGN_KEY || step->kind == STEP_VALIDATE) &&
           step->foreign_key->to == work->relation->oid && step->foreign_key != work->of->step->foreign_key;
}

static bool has_own_key(const Work *work)
{
    const ForeignKey *key = work->of->step->foreign_key;
    return key && key->to == work->relation->oid;
}

static int compare_relations(const void *left, const void *right)
{
    const Relation *one = *(const Relation *const *)left, *other = *(const Relation *const *)right;
    return one->oid < other->oid ? -1 : one->oid > other->oid;
}

/* In one order, so that two workers do not wait for each other. */
static bool lock_tables(const Work *work, Error *error)
{
    LIST(const Relation *) relations = {0};
    LIST_PUSH(work->arena, &relations, work->relation);
    FOR_EACH(const Step, step, work->of->plan->steps)
        if (work->of->step->foreign_key && points_to(work, step) && step->kind == STEP_FOREIGN_KEY)
            LIST_PUSH(work->arena, &relations, step->relation);
    qsort(relations.items, relations.count, sizeof *relations.items, compare_relations);
    Text sql = text_new(work->arena);
    FOR_EACH(const Relation *, relation, relations)
        text_addf(&sql, "%s%s%s", sql.length ? ", " : "LOCK TABLE ", (*relation)->kind == 'r' ? "ONLY " : "",
                  (*relation)->sql_name);
    /* dropping a foreign key locks both of its tables against everybody */
    text_add(&sql, work->of->step->foreign_key ? " IN ACCESS EXCLUSIVE MODE" : " IN SHARE ROW EXCLUSIVE MODE");
    return exec(work, sql.chars, NULL, error);
}

static const char *names_of_keys(const Work *work)
{
    StringList names = {0};
    FOR_EACH(const Step, step, work->of->plan->steps)
        if (points_to(work, step))
            LIST_PUSH(work->arena, &names, step->name);
    return quote_array(work->arena, names.items, names.count);
}

/* Whoever builds another index of the table or looks at a key of it is one of us and will end; so this waits longer
 * than for strangers. The values of a whole table are grouped behind it, as the index would have sorted them. */
static bool lock(const Work *work, Error *error)
{
    return exec(work, "SET LOCAL lock_timeout = '60s'", NULL, error) &&
           exec(work, "SET LOCAL work_mem = '256MB'", NULL, error) &&
           conn_exec(work->of->target, sql_engine_lock_steps,
                     PARAMS(number(work, work->of->migration), names_of_keys(work)), NULL, error) &&
           lock_tables(work, error);
}

/* ---- which of the refused rows stay ---- */

static bool keep_some(const Work *work, const RefusedKey *key, Error *error)
{
    if (!key->index || !key->index->exclusion)
        return conn_exec(work->of->target, sql_engine_keep_first, NO_PARAMS, NULL, error);
    for (int64_t decided = 1; decided > 0;)
        if (!exec(work, sql_engine_let_stay, &decided, error) || !exec(work, sql_engine_let_go, NULL, error))
            return false;
    return exec(work, "DELETE FROM pg_temp.rehome_offender WHERE stays", NULL, error);
}

/* ---- what is written down ---- */

/* Entities that fill the table that a foreign key points to, as an array. */
static const char *parents_of(const Work *work, const RefusedKey *key)
{
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, work->of->plan->entities)
        if (key->foreign_key && entity->into && entity->into->oid == key->foreign_key->to)
            LIST_PUSH(work->arena, &names, entity->entity->name);
    return quote_array(work->arena, names.items, names.count);
}

static const char *parent_columns(const Work *work, const RefusedKey *key)
{
    StringList names = {0};
    if (key->foreign_key) {
        const Catalog *target = work->of->plan->gathered->target;
        const Relation *to = catalog_relation_by_oid(target, key->foreign_key->to);
        names = offenders_columns(work->arena, to, &key->foreign_key->to_columns);
    }
    return quote_array(work->arena, names.items, names.count);
}

static bool write_rejects(const Work *work, const RefusedKey *key, const Origins *origins, size_t entity, int64_t chunk,
                          Error *error)
{
    Arena *arena = work->arena;
    const EntityPlan *filling = origins->entities.items[entity - 1];
    Params values = PARAMS(number(work, (int64_t)entity), number(work, work->of->migration), filling->entity->name,
                           number(work, chunk), arena_printf(arena, "%s:%s", key->kind, key->name), key->sqlstate,
                           key->name, key->message, filling->fingerprint,
                           quote_array(arena, origins->told.items, origins->told.count),
                           quote_array(arena, filling->key.items, filling->key.count), parents_of(work, key),
                           parent_columns(work, key));
    return conn_exec(work->of->target, sql_engine_reject_offenders, values, NULL, error);
}

/* The value in rehome_offender.told of this column. */
static const char *told(const Work *work, const Origins *origins, const char *column)
{
    for (size_t i = 0; i < origins->told.count; i++)
        if (text_equal(origins->told.items[i], column))
            return arena_printf(work->arena, "o.told[%zu]", i + 1);
    return "NULL";
}

static bool forget_crossing(const Work *work, const Origins *origins, size_t entity, Error *error)
{
    const EntityPlan *filling = origins->entities.items[entity - 1];
    if (!filling->crosswalk)
        return true;
    Text sql = text_new(work->arena);
    text_addf(&sql,
              "DELETE FROM %s AS c USING pg_temp.rehome_offender AS o WHERE o.entity = %zu AND c.migration = %" PRId64
              " AND c.entity = %s",
              filling->crosswalk->sql_name, entity, work->of->migration,
              quote_literal(work->arena, filling->entity->name));
    FOR_EACH(const KeptKey, kept, filling->kept_keys)
        text_addf(&sql, " AND c.%s::pg_catalog.text = %s", quote_name(work->arena, kept->column->name),
                  kept->column->is_old
                      ? arena_printf(work->arena, "o.source_key ->> %s", quote_literal(work->arena, kept->key))
                      : told(work, origins, kept->key));
    return exec(work, sql.chars, NULL, error);
}

static bool count_offenders(const Work *work, const char *entity, int64_t *count, Error *error)
{
    AUTO(Result) *result = conn_query(work->of->target, sql_engine_count_offenders, PARAMS(entity), error);
    if (result)
        *count = result_number(result, 0, 0);
    return result != NULL;
}

static void tell(const Work *work, const RefusedKey *key, const EntityPlan *entity, int64_t rows)
{
    const char *message = arena_printf(work->arena, "%s: %s taken out again, refused by %s \"%s\"", entity->entity->name,
                                       text_of_many(work->arena, rows, "row"), key->kind, key->name);
    events_emit(work->of->events, &(Event){.kind = EVENT_NOTE, .entity = entity->entity->name, .message = message});
}

/* Those rows of the table that one entity has brought, and that go. A list of places in one heap is looked up one by one;
 * joined by them the whole table would be read. */
static char *refused_rows_of(const Work *work, size_t entity)
{
    const char *table = work->relation->sql_name;
    if (work->relation->kind == 'r')
        return arena_printf(work->arena,
                            "(SELECT * FROM ONLY %s WHERE ctid = ANY (ARRAY(SELECT place FROM pg_temp.rehome_offender WHERE entity = %zu))) AS \"t\"",
                            table, entity);
    return arena_printf(work->arena,
                        "(SELECT r.* FROM %s AS r JOIN pg_temp.rehome_offender AS o ON r.tableoid = o.part AND r.ctid = o.place WHERE o.entity = %zu) AS \"t\"",
                        table, entity);
}

/* What was sent, less these, is what will be there. */
static bool subtract(const Work *work, size_t entity, Books *books, Error *error)
{
    SubjectList subjects = {0};
    subjects_build(work->arena, work->of->plan, &(EntityStateList){0}, &subjects);
    FOR_EACH(const Subject, subject, subjects) {
        if (subject->into != work->relation || subject->hash_by != HASH_BY_ROW || subject->compared.count != 1)
            continue;
        HashedRows rows = subject_target_rows(work->arena, subject, &(KeySet){0});
        rows.from = refused_rows_of(work, entity);
        AUTO(Result) *sums = conn_query(work->of->target, hashed_sums(work->arena, &rows, 1), NO_PARAMS, error);
        if (!sums)
            return false;
        Buckets sum = buckets_new(work->arena, 1);
        books->summed = buckets_add(&sum, sums) == books->rejected;
        books->row_sum = 0 - sum.items[0].sum;
    }
    return true;
}

static bool write_down(const Work *work, const RefusedKey *key, const Origins *origins, Error *error)
{
    for (size_t entity = 1; entity <= origins->entities.count; entity++) {
        int64_t rows = 0, chunk = 0;
        const EntityPlan *filling = origins->entities.items[entity - 1];
        if (!count_offenders(work, number(work, (int64_t)entity), &rows, error))
            return false;
        if (rows == 0)
            continue;
        Books books = {.written = -rows, .rejected = rows};
        if (!subtract(work, entity, &books, error) ||
            !reject_open_correction(work->of->target, work->of->migration, filling->entity->name, &chunk, error) ||
            !write_rejects(work, key, origins, entity, chunk, error) ||
            !forget_crossing(work, origins, entity, error) ||
            !ledger_finish_chunk(work->of->target, chunk, &books, &(ChunkEnd){0}, error))
            return false;
        tell(work, key, filling, rows);
    }
    return true;
}

/* ---- taking them out ---- */

static bool drop_keys(const Work *work, Error *error)
{
    Text sql = text_new(work->arena);
    if (!work->of->step->foreign_key)
        return true; /* none of ours is there before the indexes are */
    FOR_EACH(const Step, step, work->of->plan->steps)
        if (step->kind == STEP_FOREIGN_KEY && step->foreign_key->to == work->relation->oid)
            text_addf(&sql, "ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s;\n", step->relation->sql_name,
                      quote_name(work->arena, step->foreign_key->name));
    return (sql.length == 0 || conn_script(work->of->target, sql.chars, error)) &&
           conn_exec(work->of->target, sql_ledger_reopen_keys,
                     PARAMS(number(work, work->of->migration), names_of_keys(work)), NULL, error);
}

/* Keys that stay on tables which are not ours refuse by themselves, but those that cascade would change rows in
 * silence. */
static bool refuse_cascades(const Work *work, Error *error)
{
    AUTO(Result) *keys =
        conn_query(work->of->target, sql_engine_cascades, PARAMS(number(work, work->relation->oid)), error);
    for (int row = 0; keys && row < result_rows(keys); row++) {
        const char *table = result_text(keys, row, 1);
        AUTO(Result) *any = conn_query(work->of->target,
                                       arena_printf(work->arena, "SELECT EXISTS (SELECT FROM %s)", table), NO_PARAMS, error);
        if (!any)
            return false;
        if (result_bool(any, 0, 0))
            return refuse(work, arena_printf(work->arena, "foreign key \"%s\" of %s would change rows there", result_text(keys, row, 0), table), error);
    }
    return keys != NULL;
}

static char *deletion(const Work *work)
{
    const char *table = work->relation->sql_name;
    if (work->relation->kind == 'r')
        return arena_printf(work->arena, "DELETE FROM ONLY %s WHERE ctid = ANY (ARRAY(SELECT place FROM pg_temp.rehome_offender))", table);
    return arena_printf(work->arena,
                        "DELETE FROM %s AS t USING pg_temp.rehome_offender AS o WHERE t.tableoid = o.part AND t.ctid = o.place",
                        table);
}

static bool delete_rows(Work *work, Error *error)
{
    int64_t wanted = 0, gone = 0;
    if (!count_offenders(work, NULL, &wanted, error) || !exec(work, deletion(work), &gone, error))
        return false;
    if (gone != wanted)
        return refuse(work, arena_printf(work->arena, "%" PRId64 " of %" PRId64 " went; a trigger keeps the others", gone, wanted),
                      error);
    work->taken += gone;
    FAULT("engine.withdraw.deleted");
    return true;
}

/* Takes the rows of one SELECT out. `taken`: how many. */
static bool take_out(Work *work, const RefusedKey *key, const char *rows, const StringList *tell_by, const StringList *refers,
                     Error *error)
{
    const Withdrawal *of = work->of;
    OriginRequest request = {of->plan,  of->migration, of->source, of->target, of->snapshot,
                             work->relation, rows,       tell_by,    refers};
    Origins origins;
    if (!origin_find(work->arena, &request, &origins, error))
        return false;
    if (origins.rows == 0)
        return true;
    if (origins.strangers > 0)
        return refuse(work, arena_printf(work->arena,
                                         "of %" PRId64 " there are %" PRId64 " that the transforms do not give (any more)",
                                         origins.rows, origins.strangers), error);
    return keep_some(work, key, error) && drop_keys(work, error) && refuse_cascades(work, error) &&
           write_down(work, key, &origins, error) && delete_rows(work, error);
}

/* ---- unique indexes and exclusion constraints ---- */

/* The columns of an index over nothing but columns, else the mapped key. */
static StringList columns_to_tell(const Work *work, const Index *index)
{
    StringList columns = offenders_columns(work->arena, work->relation, &index->columns);
    if (columns.count == index->columns.count)
        return columns;
    FOR_EACH(const EntityPlan, entity, work->of->plan->entities)
        if (entity->into == work->relation)
            return entity->key;
    return (StringList){0};
}

static bool stage_pairs(const Work *work, const Index *index, const char *pairs, Error *error)
{
    const char *name = quote_qualified(work->arena, index->schema, index->name);
    return exec(work, sql_engine_drop_pairs, NULL, error) && exec(work, index->definition, NULL, error) &&
           exec(work, "SET LOCAL enable_hashjoin = off", NULL, error) &&
           exec(work, "SET LOCAL enable_mergejoin = off", NULL, error) &&
           exec(work, arena_printf(work->arena, "CREATE TEMPORARY TABLE rehome_pair ON COMMIT DROP AS %s", pairs), NULL, error) &&
           exec(work, "SET LOCAL enable_hashjoin = on", NULL, error) &&
           exec(work, "SET LOCAL enable_mergejoin = on", NULL, error) &&
           exec(work, arena_printf(work->arena, "DROP INDEX %s", name), NULL, error);
}

static bool take_out_excluded(Work *work, const Index *index, Error *error)
{
    const char *pairs = offenders_pairs(work->arena, work->relation, index);
    RefusedKey key = {"exclusion", index->constraint, "23P01",
                      arena_printf(work->arena, "conflicting key value violates exclusion constraint \"%s\"", index->constraint),
                      NULL, index};
    StringList tell_by = columns_to_tell(work, index), none = {0};
    if (!pairs)
        return refuse(work, "an older rehome has held the key back", error);
    return stage_pairs(work, index, pairs, error) &&
           take_out(work, &key, offenders_of_exclusion(work->arena, work->relation), &tell_by, &none, error);
}

static bool take_out_doubled(Work *work, const Index *index, Error *error)
{
    const char *rows = offenders_of_unique(work->arena, work->relation, index);
    const char *name = index->constraint ? index->constraint : index->name;
    RefusedKey key = {"unique", name, "23505",
                      arena_printf(work->arena, "duplicate key value violates unique constraint \"%s\"", name), NULL,
                      index};
    StringList tell_by = columns_to_tell(work, index), none = {0};
    if (!rows)
        return refuse(work, "an older rehome has held the key back", error);
    if (!doubled_narrow(work->arena, work->of->target, work->relation, index, &rows, error))
        return false;
    return !rows || take_out(work, &key, rows, &tell_by, &none, error);
}

static bool is_missing(const Work *work, const Index *index, bool *missing, Error *error)
{
    AUTO(Result) *result = conn_query(work->of->target, "SELECT pg_catalog.to_regclass($1) IS NULL",
                                      PARAMS(quote_qualified(work->arena, index->schema, index->name)), error);
    if (result)
        *missing = result_bool(result, 0, 0);
    return result != NULL;
}

/* All unique indexes that are not back yet, in the order of the plan, whichever of them was the first to fail: so what
 * is taken out does not depend on who was quicker. */
static bool take_out_all_doubled(Work *work, Error *error)
{
    FOR_EACH(const Step, step, work->of->plan->steps) {
        bool missing = false;
        if (step->kind != STEP_INDEX || step->relation != work->relation || !step->index->unique)
            continue;
        if (!is_missing(work, step->index, &missing, error) ||
            (missing && !take_out_doubled(work, step->index, error)))
            return false;
    }
    return true;
}

/* ---- foreign keys ---- */

static bool take_out_orphans(Work *work, const ForeignKey *foreign_key, Error *error)
{
    const Catalog *target = work->of->plan->gathered->target;
    StringList columns = offenders_columns(work->arena, work->relation, &foreign_key->columns);
    RefusedKey key = {"foreign_key", foreign_key->name, "23503",
                      arena_printf(work->arena, "insert or update on table \"%s\" violates foreign key constraint \"%s\"",
                                   work->relation->name, foreign_key->name),
                      foreign_key, NULL};
    return take_out(work, &key, offenders_of_foreign_key(work->arena, target, foreign_key), &columns, &columns, error);
}

/* A row that goes may be the parent of others in its own table. */
static bool take_out_generations(Work *work, const ForeignKey *foreign_key, Error *error)
{
    int64_t before;
    do {
        before = work->taken;
        if (!take_out_orphans(work, foreign_key, error))
            return false;
    } while (has_own_key(work) && work->taken > before);
    return true;
}

static const Step *step_of_key(const Work *work)
{
    FOR_EACH(const Step, step, work->of->plan->steps)
        if (step->kind == STEP_FOREIGN_KEY && step->foreign_key == work->of->step->foreign_key)
            return step;
    return NULL;
}

/* A key to its own table was dropped with the others. */
static bool add_own_key(const Work *work, Error *error)
{
    if (work->of->step->kind != STEP_VALIDATE || !has_own_key(work) || work->taken == 0)
        return true;
    const Step *step = step_of_key(work);
    return !step || conn_script(work->of->target, step_action(work->arena, work->of->plan, step), error);
}

/* ---- the whole ---- */

static bool take_out_what_is_in_the_way(Work *work, Error *error)
{
    const Step *step = work->of->step;
    if (step->foreign_key)
        return take_out_generations(work, step->foreign_key, error) && add_own_key(work, error);
    return step->index->exclusion ? take_out_excluded(work, step->index, error) : take_out_all_doubled(work, error);
}

bool withdraw_run(Arena *arena, const Withdrawal *withdrawal, Error *error)
{
    Error failure = {0};
    Work work = {.arena = arena, .of = withdrawal, .relation = withdrawal->step->relation};
    if (exec(&work, "ROLLBACK TO SAVEPOINT rehome_work", NULL, &failure) && lock(&work, &failure) &&
        take_out_what_is_in_the_way(&work, &failure) && lock_wait_limit(withdrawal->target, &failure) &&
        conn_script(withdrawal->target, withdrawal->action, &failure)) {
        error_clear(error);
        return true;
    }
    if (error_policy(failure.kind)->retry || failure.kind == ERROR_STOPPED || failure.kind == ERROR_RESOURCE)
        *error = failure;
    else
        error_hint(error, "%s", failure.message);
    return false;
}
