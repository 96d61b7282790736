#include "verify/sent.h"

#include "base/text.h"
#include "verify/coverage.h"

static bool may_be_told(Arena *arena, const Desk *desk, const Subject *subject)
{
    if (!subject_is_summed(subject) || subject->hash_by != HASH_BY_ROW || desk->request->migration == 0)
        return false;
    FOR_EACH(const Filling, filling, subject->fillings)
        if (!filling->proved || filling->entity->way != WAY_STREAM || !filling->ground ||
            !coverage_count(arena, filling->entity))
            return false;
    return true;
}

bool sent_read(Arena *arena, Desk *desk, const Subject *subject, Sent *sent, Error *error)
{
    *sent = (Sent){.rows = NEW_ARRAY(arena, int64_t, subject->fillings.count)};
    if (!may_be_told(arena, desk, subject))
        return true;
    if (!desk_read_target(desk, error) || !desk_read_source(desk, error) ||
        !snapshot_seen(arena, desk->source, &sent->seen, error))
        return false;
    size_t told = 0;
    FOR_EACH(const Filling, filling, subject->fillings) {
        SentSum sum = {0};
        const char *entity = filling->entity->entity->name;
        if (sent->seen &&
            !ledger_sent_sum(desk->target, desk->request->migration, entity, sent->seen, &sum, error))
            return false;
        sent->rows[filling - subject->fillings.items] = sum.rows;
        sent->all_rows += sum.rows;
        sent->sum += sum.sum;
        told += sum.told;
    }
    sent->told = told == subject->fillings.count;
    return true;
}

bool sent_agrees(const Sent *sent, const Subject *subject, const Tally *tally)
{
    uint64_t sum = 0;
    for (int i = 0; i < tally->target.count; i++)
        sum += tally->target.items[i].sum;
    for (size_t i = 0; i < subject->fillings.count; i++)
        if (!text_equal(tally->driving[i].seen, sent->seen))
            return false;
    return sent->all_rows == tally->target_rows && sent->sum == sum;
}

void sent_settle(const Sent *sent, const Subject *subject, Tally *tally)
{
    for (size_t i = 0; i < subject->fillings.count; i++)
        tally->source_rows[i] = sent->rows[i];
}
