#include "verify/verify.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "verify/compare.h"
#include "verify/coverage.h"
#include "verify/crew.h"
#include "verify/cutting.h"
#include "verify/sent.h"
#include "verify/versions.h"

#include <inttypes.h>

/* The hash of a row is hash_record_extended() over its columns, in the types of the target, and the hash of its key,
 * seeded with that; columns are taken as they are where their type's hash sees every bit, else in the binary form that is
 * sent. Where servers are older, it is hash_array_extended() over those forms. Cheaper things are blind: hashes of values
 * fold integers and timestamps to 32 bits and hold 1 month for 30 days; texts depend on settings; and a sum of row hashes
 * under one seed is linear in every column, and so is a key's hash in the key's parts, so that values exchanged between two
 * rows cancel out. Read as much per statement as there is, a bucket of the key's hash then says where to look again. */

/* Everything about one verification of a plan; subjects, their units and their tallies go by the same index. */
typedef struct Verifying {
    Arena *arena;
    const VerifyRequest *request;
    Office *office;
    Passbook *book;
    Desk *desk; /* of the main thread */
    SubjectList subjects;
    UnitList *units;
    Tally *tallies;
    Sent *sent;
} Verifying;

static bool answers_agree(Conn *source, Conn *target, const char *question, bool *agree, Error *error)
{
    AUTO(Result) *left = conn_query(source, question, NO_PARAMS, error);
    AUTO(Result) *right = left ? conn_query(target, question, NO_PARAMS, error) : NULL;
    if (!right)
        return error_doing(error, "comparing how both servers hash");
    *agree = text_equal(result_text(left, 0, 0), result_text(right, 0, 0));
    return true;
}

bool verify_hashes_agree(Conn *source, Conn *target, bool *agree, Error *error)
{
    return answers_agree(source, target, sql_verify_handshake, agree, error);
}

enum { HASHES_RECORDS = 140000 };

bool verify_records_agree(Conn *source, Conn *target, bool *agree, Error *error)
{
    *agree = false;
    return conn_version(source) < HASHES_RECORDS || conn_version(target) < HASHES_RECORDS ||
           answers_agree(source, target, sql_verify_handshake_records, agree, error);
}

static void note(const Verifying *verifying, const char *message)
{
    if (verifying->request->events)
        events_emit(verifying->request->events, &(Event){.kind = EVENT_NOTE, .message = message});
}

/* ---- gather ---- */

static bool gather_subject(Verifying *verifying, size_t number, Error *error)
{
    Arena *arena = verifying->arena;
    Subject *subject = &verifying->subjects.items[number];
    if (!cutting_fill(arena, verifying->desk, verifying->book, number, subject, error))
        return false;
    units_build(arena, subject, &verifying->units[number]);
    verifying->tallies[number] = tally_new(arena, subject);
    passbook_begin(arena, verifying->book, number, subject, &verifying->units[number]);
    return true;
}

/* From the snapshots on that are compared. */
static bool watch_writers(Verifying *verifying, Error *error)
{
    Desk *desk = verifying->desk;
    return desk_read_target(desk, error) && desk_read_source(desk, error) &&
           quiet_begin(verifying->arena, &verifying->office->quiet, desk->source, desk->target, error);
}

static bool read_sent(const Verifying *verifying, Error *error)
{
    for (size_t i = 0; verifying->request->sent && i < verifying->subjects.count; i++)
        if (!sent_read(verifying->arena, verifying->desk, &verifying->subjects.items[i], &verifying->sent[i], error))
            return false;
    return true;
}

static bool gather(Verifying *verifying, Error *error)
{
    const VerifyRequest *request = verifying->request;
    StringList names = {0};
    FOR_EACH(const EntityPlan, entity, request->plan->entities)
        LIST_PUSH(verifying->arena, &names, entity->entity->name);
    if (!cutting_gather(verifying->arena, verifying->desk, &verifying->subjects, error))
        return false;
    verifying->units = NEW_ARRAY(verifying->arena, UnitList, verifying->subjects.count);
    verifying->tallies = NEW_ARRAY(verifying->arena, Tally, verifying->subjects.count);
    verifying->sent = NEW_ARRAY(verifying->arena, Sent, verifying->subjects.count);
    passbook_open(verifying->arena, verifying->book, &names, verifying->subjects.count);
    for (size_t i = 0; i < verifying->subjects.count; i++)
        if (!gather_subject(verifying, i, error))
            return false;
    return (!verifying->book->conn || versions_prepare(verifying->arena, verifying->desk, &verifying->subjects, error)) &&
           read_sent(verifying, error);
}

/* ---- sum ---- */

/* The sums have read them already. */
static bool counts_itself(const Verifying *verifying, size_t number, const Filling *filling)
{
    return subject_is_summed(&verifying->subjects.items[number]) && !verifying->sent[number].told &&
           subject_gives_driving_rows(filling);
}

static void add_counts(const Verifying *verifying, size_t number, UnitList *units)
{
    const Subject *subject = &verifying->subjects.items[number];
    FOR_EACH(const Filling, filling, subject->fillings)
        if (filling->proved && !counts_itself(verifying, number, filling) &&
            coverage_count(verifying->arena, filling->entity))
            LIST_PUSH(verifying->arena, units, ((Unit){.subject = subject, .filling = filling, .counts = true}));
}

typedef enum Sides { BOTH_SIDES, SOURCE_ALONE, TARGET_ALONE } Sides;

/* What an earlier process has read is not read again. */
static void add_units(const Verifying *verifying, size_t number, Sides sides, UnitList *units)
{
    FOR_EACH(const Unit, unit, verifying->units[number])
        if (sides != (unit->filling ? TARGET_ALONE : SOURCE_ALONE) && !passbook_has(verifying->book, number, unit))
            LIST_PUSH(verifying->arena, units, *unit);
}

static int64_t estimate(const Subject *subject)
{
    int64_t rows = 0;
    FOR_EACH(const Filling, filling, subject->fillings)
        rows += filling->entity->estimated_rows > 0 ? filling->entity->estimated_rows : 0;
    return rows;
}

static void tell_unchanged(const Verifying *verifying, const UnitList *units)
{
    size_t parts = 0;
    FOR_EACH(const Unit, unit, *units)
        parts += !unit->counts;
    if (verifying->request->changed)
        note(verifying, arena_printf(verifying->arena, "%" PRId64 " of %zu parts of both sides hold the rows that the last verification has read: the others were read",
                                     verifying->book->unchanged, parts));
}

static bool read_units(const Verifying *verifying, const UnitList *units, int64_t rows, Error *error)
{
    Crew crew = {verifying->office, verifying->book, &verifying->subjects, units, verifying->tallies, rows};
    return crew_run(&crew, error);
}

static void spare_source(const Verifying *verifying, size_t number)
{
    FOR_EACH(const Unit, unit, verifying->units[number])
        verifying->book->spared += unit->filling && !passbook_has(verifying->book, number, unit);
}

/* What was sent is not what is there: then the source has to say. */
static bool doubt_sent(Verifying *verifying, int64_t rows, UnitList *read, Error *error)
{
    UnitList units = {0};
    for (size_t i = 0; i < verifying->subjects.count; i++) {
        Sent *sent = &verifying->sent[i];
        const Subject *subject = &verifying->subjects.items[i];
        if (!sent->told)
            continue;
        sent->told = sent_agrees(sent, subject, &verifying->tallies[i]);
        if (sent->told) {
            sent_settle(sent, subject, &verifying->tallies[i]);
            spare_source(verifying, i);
            continue;
        }
        rows += estimate(subject);
        add_units(verifying, i, SOURCE_ALONE, &units);
    }
    FOR_EACH(const Unit, unit, units)
        LIST_PUSH(verifying->arena, read, *unit);
    return units.count == 0 || read_units(verifying, &units, rows, error);
}

static bool sum(Verifying *verifying, Error *error)
{
    UnitList units = {0};
    int64_t rows = 0;
    for (size_t i = 0; i < verifying->subjects.count; i++) {
        const Subject *subject = &verifying->subjects.items[i];
        bool told = verifying->sent[i].told;
        add_counts(verifying, i, &units);
        if (!subject_is_summed(subject))
            continue;
        passbook_add_up(verifying->arena, verifying->book, i, subject, &verifying->tallies[i]);
        rows += estimate(subject) * (told ? 1 : 2);
        add_units(verifying, i, told ? TARGET_ALONE : BOTH_SIDES, &units);
    }
    if (verifying->book->kept > 0)
        note(verifying, arena_printf(verifying->arena, "going on with a verification that did not end: %s of both sides read before",
                                     text_of_many(verifying->arena, verifying->book->kept, "part")));
    if (!read_units(verifying, &units, rows, error) || !doubt_sent(verifying, rows, &units, error))
        return false;
    tell_unchanged(verifying, &units);
    return true;
}

/* ---- the chunks ---- */

/* What is asked of one filling. */
typedef struct Asking {
    const Verifying *verifying;
    const Filling *filling;
    int64_t driving; /* rows that were counted */
    bool counted;
    const char *seen;
    StringList complaints, notes;
} Asking;

static bool ask_coverage(Desk *desk, void *self, Error *error)
{
    Asking *asking = self;
    Arena *arena = asking->verifying->arena;
    asking->complaints.count = asking->notes.count = 0;
    if (!desk_leave_snapshot(desk, error) || !desk_read_source(desk, error))
        return false;
    const Coverage coverage = {asking->filling->entity, desk->request->migration, desk->source, desk->target};
    return coverage_prove(arena, &coverage, &asking->complaints, error) &&
           (!asking->counted || coverage_compare(arena, &coverage, asking->driving, asking->seen, &asking->complaints,
                                                 &asking->notes, error));
}

static bool prove_chunks(const Verifying *verifying, size_t number, size_t index, Verification *verification, Error *error)
{
    const Subject *subject = &verifying->subjects.items[number];
    const Filling *filling = &subject->fillings.items[index];
    const Tally *tally = &verifying->tallies[number];
    const DrivingCount *driving = &tally->driving[index];
    bool summed = counts_itself(verifying, number, filling);
    Asking asking = {.verifying = verifying,
                     .filling = filling,
                     .counted = summed || coverage_count(verifying->arena, filling->entity),
                     .driving = summed ? tally->source_rows[index] : driving->rows,
                     .seen = *driving->seen ? driving->seen : NULL};
    if (!filling->proved)
        return true;
    if (!desk_try(verifying->desk, ask_coverage, &asking, error))
        return false;
    FOR_EACH(const char *, text, asking.notes)
        note(verifying, *text);
    verification->complaints = asking.complaints;
    if (asking.complaints.count > 0)
        verification->state = "failed";
    return true;
}

/* ---- look again, and tell ---- */

/* Compares the rows of the buckets that are not alike, or all rows where sums say nothing. Few ranges of keys are found by
 * an index, whatever the blocks. */
enum { FEW_OF = 4 };

static bool look_again(Verifying *verifying, size_t number, Finding *findings, Error *error)
{
    const Subject *subject = &verifying->subjects.items[number];
    const Tally *tally = &verifying->tallies[number];
    bool summed = subject_is_summed(subject);
    if (verifying->sent[number].told)
        return true;
    bool *differ = NEW_ARRAY(verifying->arena, bool, subject->buckets);
    int found = summed ? buckets_compare(&tally->source, &tally->target, differ) : subject->buckets;
    if (found == 0)
        return true;
    note(verifying, summed ? arena_printf(verifying->arena, "%s: %d of %d buckets differ, comparing their rows",
                                          subject->into->sql_name, found, subject->buckets)
                           : arena_printf(verifying->arena, "%s: comparing row by row", subject->into->sql_name));
    BucketFilter filter = {subject->buckets, found < subject->buckets ? differ : NULL};
    UnitList whole = {0};
    if (filter.wanted && subject->bounds.keys.count > 0 && found < subject->buckets / FEW_OF)
        units_whole(verifying->arena, subject, &whole);
    return compare_run(verifying->arena, verifying->desk, subject, whole.count > 0 ? &whole : &verifying->units[number],
                       filter, findings, error);
}

/* Of a table that several fill, the rows of one are those in its scope; without scopes, those that match, and its extra
 * ones. */
static int64_t target_rows_of(const Subject *subject, const Tally *tally, const Finding *finding, int64_t source_rows)
{
    if (subject_is_summed(subject) && subject->fillings.count == 1)
        return tally->target_rows;
    if (subject->scoped && !subject_is_summed(subject))
        return finding->target_rows;
    return source_rows - finding->missing + finding->extra;
}

static void tell_differences(Arena *arena, const OddRowList *odd, Verification *verification)
{
    FOR_EACH(const OddRow, row, *odd) {
        LIST_PUSH(arena, &verification->differences, row->told);
        if (row->told.key && verification->examples.count < MOST_EXAMPLES)
            LIST_PUSH(arena, &verification->examples, row->told.key);
    }
}

static void fill_verification(const Verifying *verifying, size_t number, size_t filling, const Finding *finding,
                              Verification *verification)
{
    const Subject *subject = &verifying->subjects.items[number];
    const Tally *tally = &verifying->tallies[number];
    bool same = finding->missing == 0 && finding->extra == 0 && finding->different == 0;
    const char *alike = finding->suspect > 0 ? "suspect" : "passed";
    int64_t source_rows = subject_is_summed(subject) ? tally->source_rows[filling] : finding->source_rows;
    *verification = (Verification){.entity = subject->fillings.items[filling].entity->entity->name,
                                   .state = same ? alike : "failed",
                                   .source_rows = source_rows,
                                   .target_rows = target_rows_of(subject, tally, finding, source_rows),
                                   .missing = finding->missing,
                                   .extra = finding->extra,
                                   .different = finding->different,
                                   .suspect = finding->suspect,
                                   .left_out = subject->fillings.items[filling].left_out,
                                   .seconds = tally->ended - tally->started,
                                   .pass = verifying->book->pass,
                                   .method = verifying->sent[number].told ? "sent" : verifying->request->changed ? "changed" : "rows",
                                   .source_snapshot = verifying->office->quiet.source.text,
                                   .target_snapshot = verifying->office->quiet.target.text};
    tell_differences(verifying->arena, &finding->odd, verification);
}

static bool record(const Verifying *verifying, const Verification *verification, Error *error)
{
    const VerifyRequest *request = verifying->request;
    if (request->migration != 0 &&
        (!desk_write(verifying->desk, "", error) ||
         !ledger_record_verification(verifying->desk->target, request->migration, verification, error) ||
         !conn_commit(verifying->desk->target, error)))
        return false;
    if (request->events)
        events_emit(request->events, &(Event){.kind = EVENT_VERIFIED,
                                              .entity = verification->entity,
                                              .message = verification->state,
                                              .read = verification->source_rows,
                                              .written = verification->target_rows,
                                              .seconds = verification->seconds});
    return true;
}

static bool conclude(Verifying *verifying, size_t number, Arena *arena, VerificationList *found, Error *error)
{
    const Subject *subject = &verifying->subjects.items[number];
    Tally *tally = &verifying->tallies[number];
    Finding *findings = NEW_ARRAY(verifying->arena, Finding, subject->fillings.count);
    double started = clock_now();
    if (!look_again(verifying, number, findings, error))
        return false;
    tally->ended += clock_now() - started;
    for (size_t i = 0; i < subject->fillings.count; i++) {
        Verification *verification = LIST_ADD(arena, found);
        fill_verification(verifying, number, i, &findings[i], verification);
        if (!prove_chunks(verifying, number, i, verification, error) || !record(verifying, verification, error))
            return false;
    }
    return true;
}

static const char *state_of(const VerificationList *found)
{
    const char *state = "passed";
    FOR_EACH(const Verification, verification, *found) {
        if (text_equal(verification->state, "failed"))
            return "failed";
        if (text_equal(verification->state, "suspect"))
            state = "suspect";
    }
    return state;
}

bool verify_run(Arena *arena, const VerifyRequest *request, VerificationList *found, Error *error)
{
    AUTO(Snapshot) *target_snapshot = snapshot_new(&request->target, NULL);
    Office *office = NEW(arena, Office);
    *office = (Office){.request = request, .target_snapshot = target_snapshot};
    AUTO(Desk) *desk = desk_new(arena, office);
    AUTO(Passbook) *book = passbook_new(arena, office);
    Verifying verifying = {.arena = arena, .request = request, .office = office, .book = book, .desk = desk};

    /* Which tables, who fills them, and in which parts they are read. */
    if (!watch_writers(&verifying, error) || !gather(&verifying, error))
        return error_doing(error, "preparing to verify");

    /* Both sides of all tables are read once, and summed in the servers. */
    if (!sum(&verifying, error))
        return false;

    /* Where sums differ, or say nothing, rows are compared; and the chunks are proved to be all there is. */
    for (size_t i = 0; i < verifying.subjects.count; i++)
        if (!conclude(&verifying, i, arena, found, error))
            return false;
    passbook_finish(verifying.book, state_of(found));
    return true;
}
