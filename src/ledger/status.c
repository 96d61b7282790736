/* What the ledger tells people and the commands. */
#include "ledger/ledger.h"
#include "ledger/number.h"

#include "base/json.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <stdlib.h>
#include <unistd.h>

bool ledger_entities(Arena *arena, Conn *target, int64_t migration, EntityStateList *entities, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_entities, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++) {
        EntityState *entity = LIST_ADD(arena, entities);
        entity->name = result_copy(arena, result, row, 0);
        entity->fingerprint = result_copy(arena, result, row, 1);
        entity->state = result_copy(arena, result, row, 2);
        entity->into_schema = result_copy(arena, result, row, 3);
        entity->into_name = result_copy(arena, result, row, 4);
        entity->way = result_copy(arena, result, row, 5);
        entity->method = result_copy(arena, result, row, 6);
        entity->was_empty = result_bool(result, row, 7);
        int64_t *const numbers[] = {&entity->chunks, &entity->chunks_done, &entity->driving,
                                    &entity->read,   &entity->written,     &entity->unchanged,
                                    &entity->merged, &entity->filtered,    &entity->rejected};
        for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
            *numbers[i] = result_number(result, row, 8 + i);
        entity->rows_estimated = (double)result_number(result, row, 17);
        entity->error = result_copy(arena, result, row, 18);
        entity->prepared = result_bool(result, row, 19);
    }
    return true;
}

bool ledger_set_phase(Conn *target, int64_t migration, const char *phase, const char *state, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_set_phase, PARAMS(number_text(arena, migration), phase, state), NULL, error);
}

bool ledger_reopen_proof(Conn *target, int64_t migration, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_reopen_proof, PARAMS(number_text(arena, migration)), NULL, error);
}

static bool one_bool(Conn *target, const char *sql, int64_t migration, bool *value, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    AUTO(Result) *result = conn_query(target, sql, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    *value = result_bool(result, 0, 0);
    return true;
}

bool ledger_is_balanced(Conn *target, int64_t migration, bool *balanced, Error *error)
{
    return one_bool(target, sql_ledger_is_balanced, migration, balanced, error);
}

static const char *files_json(Arena *arena, const Manifest *manifest)
{
    json_auto_t *files = json_array();
    FOR_EACH(const ManifestFile, file, manifest->files)
        json_array_append_new(files, json_pack("{s:s, s:s}", "file", file->name, "sha256", file->sha256));
    return json_text(arena, files, JSON_COMPACT);
}

bool ledger_start_run(Arena *arena, Conn *source, Conn *target, int64_t migration, const Manifest *manifest, int64_t *run,
                      Error *error)
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    Params values =
        PARAMS(number_text(arena, migration), host, number_text(arena, getpid()), "rehome " REHOME_VERSION,
               conn_describe_address(arena, source), conn_server_version(source), conn_describe_address(arena, target),
               manifest->source_dump, files_json(arena, manifest));
    if (!conn_exec(target, sql_ledger_leave_dead_runs, PARAMS(number_text(arena, migration)), NULL, error))
        return false;
    AUTO(Result) *result = conn_query(target, sql_ledger_start_run, values, error);
    if (!result)
        return false;
    *run = result_number(result, 0, 0);
    return true;
}

bool ledger_join_run(Conn *target, int64_t run, int number, const char *name, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_join_run, PARAMS(number_text(arena, run), number_text(arena, number), name), NULL,
                     error);
}

/* A ledger that an older rehome installed is without the table. */
static bool has_workers(Conn *target, bool *has, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, "SELECT pg_catalog.to_regclass('rehome.worker') IS NOT NULL", NO_PARAMS, error);
    *has = result && result_bool(result, 0, 0);
    return result != NULL;
}

bool ledger_workers(Arena *arena, Conn *target, int64_t migration, WorkerStateList *workers, Error *error)
{
    bool has = false;
    if (!has_workers(target, &has, error) || !has)
        return error->kind == ERROR_NONE;
    AUTO(Result) *result = conn_query(target, sql_ledger_workers, PARAMS(number_text(arena, migration)), error);
    for (int row = 0; result && row < result_rows(result); row++)
        LIST_PUSH(arena, workers,
                  ((WorkerState){.host = result_copy(arena, result, row, 0),
                                 .pid = result_number(result, row, 1),
                                 .number = result_number(result, row, 2),
                                 .backend = result_number(result, row, 3),
                                 .alive = result_bool(result, row, 4),
                                 .entity = result_copy(arena, result, row, 5),
                                 .chunk = result_number(result, row, 6),
                                 .step = result_copy(arena, result, row, 7),
                                 .since = result_copy(arena, result, row, 8),
                                 .seconds = result_is_null(result, row, 9) ? 0 : strtod(result_text(result, row, 9), NULL)}));
    return result != NULL;
}

bool ledger_tell(Conn *target, int64_t migration, const char *event, const char *message, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_add_event, PARAMS(number_text(arena, migration), event, NULL, message), NULL, error);
}

bool ledger_end_run(Conn *target, int64_t run, const char *state, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_end_run, PARAMS(number_text(arena, run), state), NULL, error);
}

bool ledger_offer_snapshot(Conn *target, int64_t migration, const char *name, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    return conn_exec(target, sql_ledger_offer_snapshot, PARAMS(number_text(arena, migration), name), NULL, error);
}

bool ledger_offered_snapshot(Arena *arena, Conn *target, int64_t migration, char **name, Error *error)
{
    AUTO(Result) *result =
        conn_query(target, sql_ledger_offered_snapshot, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    *name = result_rows(result) > 0 ? result_copy(arena, result, 0, 0) : NULL;
    return true;
}

bool ledger_record_check(Conn *target, int64_t migration, const CheckOutcome *outcome, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Params values = PARAMS(number_text(arena, migration), outcome->name, outcome->side, outcome->severity,
                           outcome->state, outcome->value);
    return conn_exec(target, sql_ledger_record_check, values, NULL, error);
}

bool ledger_checks(Arena *arena, Conn *target, int64_t migration, CheckOutcomeList *checks, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_checks, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++) {
        CheckOutcome *check = LIST_ADD(arena, checks);
        check->name = result_copy(arena, result, row, 0);
        check->side = result_copy(arena, result, row, 1);
        check->severity = result_copy(arena, result, row, 2);
        check->state = result_copy(arena, result, row, 3);
        check->value = result_copy(arena, result, row, 4);
    }
    return true;
}

bool ledger_record_verification(Conn *target, int64_t migration, const Verification *verification, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const Verification *v = verification;
    Params values =
        PARAMS(number_text(arena, migration), v->entity, v->state, number_text(arena, v->source_rows),
               number_text(arena, v->target_rows), number_text(arena, v->missing), number_text(arena, v->extra),
               number_text(arena, v->different), quote_array(arena, v->left_out.items, v->left_out.count),
               quote_array(arena, v->examples.items, v->examples.count), arena_printf(arena, "%.6f", v->seconds),
               quote_array(arena, v->complaints.items, v->complaints.count), number_text(arena, v->suspect),
               number_text(arena, v->pass), v->source_snapshot, v->target_snapshot, v->method);
    return conn_exec(target, sql_ledger_record_verification, values, NULL, error) &&
           difference_record(target, migration, v->entity, &v->differences, error);
}

bool ledger_verifications(Arena *arena, Conn *target, int64_t migration, VerificationList *list, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_verifications, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    for (int row = 0; row < result_rows(result); row++) {
        Verification *v = LIST_ADD(arena, list);
        v->entity = result_copy(arena, result, row, 0);
        v->state = result_copy(arena, result, row, 1);
        int64_t *const numbers[] = {&v->source_rows, &v->target_rows, &v->missing, &v->extra, &v->different};
        for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
            *numbers[i] = result_number(result, row, 2 + i);
        v->left_out = result_list(arena, result, row, 7);
        v->examples = result_list(arena, result, row, 8);
        v->seconds = result_is_null(result, row, 9) ? 0 : strtod(result_text(result, row, 9), NULL);
        v->complaints = result_list(arena, result, row, 10);
        v->suspect = result_number(result, row, 11);
        v->method = result_copy(arena, result, row, 12);
        if (!difference_list(arena, target, migration, v->entity, &v->differences, error))
            return false;
    }
    return true;
}

bool ledger_state(Arena *arena, Conn *target, int64_t migration, MigrationState *state, Error *error)
{
    AUTO(Result) *result = conn_query(target, sql_ledger_state, PARAMS(number_text(arena, migration)), error);
    if (!result)
        return false;
    if (result_rows(result) == 0)
        return error_set(error, ERROR_STATE, "the migration is not in the ledger any more");
    state->name = result_copy(arena, result, 0, 0);
    state->phase = result_copy(arena, result, 0, 1);
    state->state = result_copy(arena, result, 0, 2);
    state->started_at = result_copy(arena, result, 0, 3);
    state->finished_at = result_copy(arena, result, 0, 4);
    state->steps = result_number(result, 0, 5);
    state->steps_done = result_number(result, 0, 6);
    state->failed_step = result_copy(arena, result, 0, 7);
    state->failed_error = result_copy(arena, result, 0, 8);
    return ledger_is_balanced(target, migration, &state->balanced, error);
}
