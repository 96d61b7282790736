#include "cli/audience.h"

#include "base/text.h"
#include "cli/events_json.h"
#include "cli/terminal.h"

#include <unistd.h>

Audience audience_open(const Options *options, FILE *json)
{
    Audience audience = {
        .events = events_new(),
        .progress = progress_open((ProgressOptions){
            .live = terminal_is_live(STDERR_FILENO),
            .color = terminal_has_color(STDERR_FILENO, options->no_color),
            .quiet = options->quiet || json, /* the events say it all */
            .verbose = options->verbose,
        }),
    };
    events_add_sink(audience.events, progress_sink(audience.progress));
    if (json)
        events_add_sink(audience.events, events_json_sink(json));
    return audience;
}

void Audience_cleanup(Audience *audience)
{
    progress_free(audience->progress);
    events_free(audience->events);
}

static void emit_note(void *self, const char *message)
{
    events_emit(self, &(Event){.kind = EVENT_NOTE, .message = message});
}

SessionOptions audience_session(const Audience *audience, const Options *options)
{
    return (SessionOptions){
        .manifest = options->manifest,
        .only = options->only,
        .jobs = options->jobs,
        .patience = options->patience,
        .events = audience->events,
        .note = emit_note,
        .note_self = audience->events,
    };
}

/* The ledger knows how many chunks were cut, the plan only about how many there will be. */
static void add_expectation(Arena *arena, const EntityPlan *plan, const EntityStateList *states,
                            ProgressExpectationList *list)
{
    ProgressExpectation *expectation = LIST_ADD(arena, list);
    *expectation = (ProgressExpectation){
        .name = plan->entity->name, .rows = plan->estimated_rows, .chunks = plan->estimated_chunks};
    FOR_EACH(EntityState, state, *states) {
        if (!text_equal(state->name, plan->entity->name))
            continue;
        expectation->chunks = state->chunks > 0 ? state->chunks : expectation->chunks;
        expectation->rows_done = state->read;
        expectation->chunks_done = state->chunks_done;
        expectation->done = text_equal(state->state, "copied");
    }
}

static bool load_states(Session *session, void *states, Error *error)
{
    *(EntityStateList *)states = (EntityStateList){0};
    return ledger_entities(session->arena, session->target, session->migration, states, error);
}

bool audience_expect(Arena *arena, const Audience *audience, Session *session, Error *error)
{
    EntityStateList states;
    if (!session_insist(session, load_states, &states, error))
        return false;
    ProgressExpectationList entities = {0};
    StringList steps = {0};
    FOR_EACH(EntityPlan, plan, session->plan->entities)
        add_expectation(arena, plan, &states, &entities);
    FOR_EACH(Step, step, session->plan->steps)
        LIST_PUSH(arena, &steps, step->name);
    progress_expect(audience->progress, &entities, &steps);
    return true;
}
