#include "base/clock.h"
#include "base/text.h"
#include "engine/proof.h"
#include "ledger/pass.h"

static const char *state_of(const GlanceList *glances)
{
    const char *state = "passed";
    FOR_EACH(const Glance, glance, *glances) {
        if (text_equal(glance->state, "failed"))
            return "failed";
        if (text_equal(glance->state, "suspect"))
            state = "suspect";
    }
    return state;
}

static bool is_first_of_table(const GlanceList *glances, const Glance *glance)
{
    return glance == glances->items || glance[-1].complaints.items != glance->complaints.items;
}

static StringList findings_of(Arena *arena, const GlanceReport *report)
{
    StringList findings = {0};
    FOR_EACH(const Glance, glance, report->glances) {
        int64_t odd = glance->missing + glance->extra + glance->different + glance->suspect;
        if (glance->left_out)
            LIST_PUSH(arena, &findings, arena_printf(arena, "%s: left out, %s", glance->entity, glance->left_out));
        else if (glance->compared > 0)
            LIST_PUSH(arena, &findings,
                      arena_printf(arena, "%s: %s of %s compared differ", glance->entity, text_of_count(arena, odd),
                                   text_of_many(arena, glance->compared, "row")));
        if (is_first_of_table(&report->glances, glance))
            FOR_EACH(const char *, complaint, glance->complaints)
                LIST_PUSH(arena, &findings, arena_printf(arena, "%s: %s", glance->entity, *complaint));
    }
    return findings;
}

static bool record(Session *session, const GlanceReport *report, Error *error)
{
    StringList entities = {0};
    FOR_EACH(const Glance, glance, report->glances)
        LIST_PUSH(session->arena, &entities, glance->entity);
    StringList findings = findings_of(session->arena, report);
    PassRecord pass = {.method = report->percent > 0 ? "sample" : "fast",
                       .state = report->state,
                       .entities = entities,
                       .findings = findings,
                       .percent = report->percent,
                       .seed = report->seed,
                       .seconds = report->seconds};
    return pass_record(session->target, session->migration, &pass, error);
}

bool engine_glance(Session *session, double percent, int seed, GlanceReport *report, Error *error)
{
    double started = clock_now();
    VerifyRequest request;
    *report = (GlanceReport){.percent = percent, .seed = seed};
    if (!proof_open(session, &request, error) ||
        !(percent > 0 ? glance_sample(session->arena, &request, percent, seed, &report->glances, error)
                      : glance_fast(session->arena, &request, &report->glances, error)))
        return false;
    report->state = state_of(&report->glances);
    report->seconds = clock_now() - started;
    return record(session, report, error);
}
