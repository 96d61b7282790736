#include "cli/rejects_report.h"
#include "cli/summary.h"

#include "cli/json_value.h"

#include <math.h>

static json_t *whole(int64_t number)
{
    return json_whole(number);
}

static json_t *milliseconds(double seconds)
{
    return json_real(round(seconds * 1000) / 1000);
}

static json_t *entity_json(const EntitySummary *entity)
{
    const EntityState *state = &entity->state;
    return json_pack("{s:s, s:s?, s:s?, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o, s:s, s:s?, s:o}",
                     "name", state->name, "into", state->into_name, "into_schema", state->into_schema, "state",
                     state->state, "driving", whole(state->driving), "read", whole(state->read), "written",
                     whole(state->written), "unchanged", whole(state->unchanged), "merged", whole(state->merged),
                     "filtered", whole(state->filtered), "rejected", whole(state->rejected), "chunks", "total",
                     whole(state->chunks), "done", whole(state->chunks_done), "seconds", milliseconds(entity->seconds),
                     "verified", entity->verified, "error", state->error, "conflicts", whole(entity->conflicts));
}

static json_t *failed_json(const FailedStep *step)
{
    return json_pack("{s:s, s:s?, s:s?, s:s?}", "step", step->name, "entity", step->entity, "sqlstate", step->sqlstate,
                     "error", step->error);
}

static json_t *workers_json(const Summary *summary)
{
    json_t *array = json_array();
    FOR_EACH(const WorkerSummary, worker, summary->workers) {
        const WorkerState *state = &worker->state;
        json_array_append_new(
            array, json_pack("{s:s, s:o, s:o, s:o, s:b, s:s?, s:o, s:s?, s:s?, s:s?}", "host", state->host, "pid",
                             whole(state->pid), "number", whole(state->number), "backend", whole(state->backend), "alive",
                             state->alive, "entity", state->entity, "chunk",
                             state->chunk ? whole(state->chunk) : json_null(), "step", state->step, "since", state->since,
                             "waits_for", worker->waits_for));
    }
    return array;
}

json_t *differences_json(const DifferenceList *differences)
{
    json_t *array = json_array();
    FOR_EACH(const Difference, difference, *differences) {
        json_t *columns = json_object();
        FOR_EACH(const DifferentColumn, column, difference->columns)
            json_object_set_new(columns, column->name,
                                json_pack("{s:s?, s:s?}", "source", column->source, "target", column->target));
        json_array_append_new(array, json_pack("{s:s, s:o, s:o, s:o, s:b}", "kind", difference->kind, "key",
                                               json_key(difference->key), "driving_key",
                                               json_key(difference->driving_key), "columns", columns,
                                               "suspect", difference->suspect));
    }
    return array;
}

json_t *verifications_json(const VerificationList *verifications)
{
    json_t *array = json_array();
    FOR_EACH(Verification, verification, *verifications)
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s?, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "name", verification->entity,
                             "state", verification->state, "method", verification->method, "source_rows", whole(verification->source_rows),
                             "target_rows", whole(verification->target_rows), "missing", whole(verification->missing),
                             "extra", whole(verification->extra), "different", whole(verification->different),
                             "suspect", whole(verification->suspect),
                             "columns_left_out", json_strings(&verification->left_out), "examples",
                             json_keys(&verification->examples), "differences",
                             differences_json(&verification->differences), "complaints",
                             json_strings(&verification->complaints), "seconds", milliseconds(verification->seconds)));
    return array;
}

json_t *checks_json(const CheckOutcomeList *checks)
{
    json_t *array = json_array();
    FOR_EACH(CheckOutcome, check, *checks)
        json_array_append_new(array,
                              json_pack("{s:s, s:s, s:s, s:s, s:s?}", "name", check->name, "side", check->side,
                                        "severity", check->severity, "state", check->state, "value", check->value));
    return array;
}

json_t *oddities_json(const OddityList *oddities)
{
    json_t *array = json_array();
    FOR_EACH(const Oddity, oddity, *oddities)
        json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "severity", oddity->severity, "relation",
                                               oddity->relation, "what", oddity->what));
    return array;
}

json_t *summary_json(const Summary *summary)
{
    const MigrationState *state = &summary->state;
    json_t *entities = json_array(), *failed = json_array();
    FOR_EACH(EntitySummary, entity, summary->entities)
        json_array_append_new(entities, entity_json(entity));
    FOR_EACH(FailedStep, step, summary->failed)
        json_array_append_new(failed, failed_json(step));
    json_t *document = json_pack("{s:s, s:s?, s:s, s:b, s:o, s:{s:o, s:o}, s:s?, s:s?, s:o, s:o, s:o, s:o, s:s, s:s}",
                                 "migration", state->name, "phase", state->phase, "state", state->state, "balanced",
                                 state->balanced, "entities", entities, "steps", "total", whole(state->steps), "done",
                                 whole(state->steps_done), "started_at", state->started_at, "finished_at",
                                 state->finished_at, "rejects", rejects_json(&summary->rejects, &summary->budgets),
                                 "failed", failed, "verification", verifications_json(&summary->verifications),
                                 "checks", checks_json(&summary->checks), "next", summary->next, "back", summary->back);
    json_object_set_new(document, "findings", oddities_json(&summary->oddities));
    json_object_set_new(document, "workers", workers_json(summary));
    json_object_set_new(document, "benches", benches_json(&summary->benches));
    return document;
}

void json_print(json_t *document, size_t flags, FILE *out)
{
    json_dumpf(document, out, flags);
    fputc('\n', out);
}
