#include "verify/passbook.h"

#include "base/digest.h"
#include "base/text.h"
#include "plan/mapping.h"

#include <inttypes.h>

/* Threads may call it, whoever holds the mutex. */
static void give_up(Passbook *book, const Error *why)
{
    AUTO(Arena) *arena = arena_new();
    conn_close(book->conn);
    book->conn = NULL;
    book->kept = book->spared = book->unchanged = 0;
    FOR_EACH(PassTable, table, book->tables)
        FOR_EACH(PassPart, part, table->parts)
            part->done = false;
    if (book->office->request->events)
        events_emit(book->office->request->events,
                    &(Event){.kind = EVENT_NOTE,
                             .message = arena_printf(arena, "how far verification comes is not written down any more: %s",
                                                     why->message)});
}

static bool open_pass(Arena *arena, Passbook *book, const StringList *entities, Error *error)
{
    const VerifyRequest *request = book->office->request;
    book->conn = conn_open(&request->target, error);
    return book->conn && conn_begin(book->conn, "", error) &&
           quiet_count(&book->office->quiet, book->conn, error) &&
           pass_open(arena, book->conn, request->migration, request->changed ? "changed" : "rows", entities, &book->pass, error) &&
           conn_commit(book->conn, error);
}

Passbook *passbook_new(Arena *arena, Office *office)
{
    Passbook *book = NEW(arena, Passbook);
    book->office = office;
    pthread_mutex_init(&book->mutex, NULL);
    return book;
}

void passbook_open(Arena *arena, Passbook *book, const StringList *entities, size_t subjects)
{
    Error error = {0};
    for (size_t i = 0; i < subjects; i++)
        *LIST_ADD(arena, &book->tables) = (PassTable){0};
    if (book->office->request->migration != 0 && !open_pass(arena, book, entities, &error))
        give_up(book, &error);
}

void Passbook_cleanup(Passbook **book)
{
    conn_close((*book)->conn);
    pthread_mutex_destroy(&(*book)->mutex);
}

/* ---- what is the same ---- */

static void describe_filling(Text *text, const Subject *subject, const Filling *filling)
{
    const StringList *columns = &subject->compared.items[filling->variant];
    text_addf(text, "\nentity %s %s %s refused %" PRId64 " columns", filling->entity->entity->name,
              filling->entity->fingerprint, filling->entity->entity->scope.text ? filling->entity->entity->scope.text : "",
              filling->refused.rows);
    FOR_EACH(const char *, column, *columns) {
        const Mapping *mapping = mapping_find(filling->mappings, *column);
        text_addf(text, "\n%s %s %s", *column, mapping->hash_from_sql, mapping->hash_to_sql);
    }
}

/* All that decides what is summed, and the rows' coming: another text, other sums. */
static char *identity_of(Arena *arena, const Passbook *book, const Subject *subject, const char *refused)
{
    Text text = text_new(arena);
    const VerifyRequest *request = book->office->request;
    text_addf(&text, "rehome %s\nsource %s\ntable %s hash 2 %d key %s\nrefused %s", REHOME_VERSION,
              request->source.url ? conn_mask_url(arena, request->source.url) : "same", subject->into->sql_name,
              (int)subject->hash_by, string_list_join(arena, &subject->key, ","), refused);
    FOR_EACH(const Filling, filling, subject->fillings)
        describe_filling(&text, subject, filling);
    return digest_sha256(arena, text.chars, text.length);
}

/* ---- as it was cut before ---- */

static const char *const *tid(Arena *arena, const char *text)
{
    const char **value = NEW_ARRAY(arena, const char *, 1);
    *value = text;
    return text ? value : NULL;
}

static void take_ranges(Arena *arena, const PassTable *table, const char *entity, ChunkRangeList *ranges)
{
    FOR_EACH(const PassPart, part, table->parts)
        if (text_equal(part->entity, entity))
            LIST_PUSH(arena, ranges,
                      ((ChunkRange){.kind = part->low || part->high ? KEYSET_CTID : KEYSET_EVERYTHING,
                                    .low = tid(arena, part->low),
                                    .high = tid(arena, part->high),
                                    .columns = 1}));
}

/* What was begun goes before what ended. */
static bool load_table(Arena *arena, Passbook *book, PassTable *table, bool *known, Error *error)
{
    const VerifyRequest *request = book->office->request;
    if (!pass_load_table(arena, book->conn, table, known, error))
        return false;
    if (*known || !request->changed)
        return true;
    return conn_begin(book->conn, "", error) && quiet_count(&book->office->quiet, book->conn, error) &&
           pass_take_table(book->conn, request->migration, table, known, error) && conn_commit(book->conn, error) &&
           (!*known || pass_load_table(arena, book->conn, table, known, error));
}

static bool recall(Arena *arena, Passbook *book, size_t number, Subject *subject, const PassMoves *moves, bool *known,
                   Error *error)
{
    PassTable *table = &book->tables.items[number];
    *table = (PassTable){.pass = book->pass,
                         .relation = subject->into->sql_name,
                         .identity = identity_of(arena, book, subject, moves->refused),
                         .moved = moves->moved};
    if (!load_table(arena, book, table, known, error) || !*known)
        return *known;
    take_ranges(arena, table, NULL, &subject->ranges);
    FOR_EACH(Filling, filling, subject->fillings)
        take_ranges(arena, table, filling->entity->entity->name, &filling->ranges);
    subject->buckets = table->buckets;
    subject->bounds.keys = table->bounds;
    if (table->bounds.count > 0)
        subject->bounds.type = relation_column(subject->into, subject->key.items[0])->type_name;
    return true;
}

bool passbook_recall(Arena *arena, Passbook *book, size_t number, Subject *subject, const PassMoves *moves)
{
    Error error = {0};
    bool known = false;
    if (!book->conn || !subject_is_summed(subject))
        return false;
    if (!recall(arena, book, number, subject, moves, &known, &error) && *error.message)
        give_up(book, &error);
    return book->conn && known;
}

/* ---- writing ---- */

static bool start_table(Passbook *book, const PassTable *table, Error *error)
{
    return conn_begin(book->conn, "", error) && quiet_count(&book->office->quiet, book->conn, error) &&
           pass_start_table(book->conn, table, error) && conn_commit(book->conn, error);
}

void passbook_begin(Arena *arena, Passbook *book, size_t number, const Subject *subject, const UnitList *units)
{
    PassTable *table = &book->tables.items[number];
    Error error = {0};
    if (!book->conn || !subject_is_summed(subject) || table->parts.count > 0)
        return;
    table->buckets = subject->buckets;
    table->bounds = subject->bounds.keys;
    FOR_EACH(const Unit, unit, *units)
        *LIST_ADD(arena, &table->parts) = (PassPart){.number = unit->number,
                                                     .entity = unit->filling ? unit->filling->entity->entity->name : NULL,
                                                     .low = unit->keys.low ? unit->keys.low[0] : NULL,
                                                     .high = unit->keys.high ? unit->keys.high[0] : NULL};
    if (!start_table(book, table, &error))
        give_up(book, &error);
}

bool passbook_has(const Passbook *book, size_t number, const Unit *unit)
{
    const PassTable *table = &book->tables.items[number];
    return (size_t)unit->number < table->parts.count && table->parts.items[unit->number].done;
}

static bool keep(Passbook *book, const PassTable *table, int number, const Result *sums, const char *seen,
                 const char *versions, Error *error)
{
    return conn_begin(book->conn, "", error) && quiet_count(&book->office->quiet, book->conn, error) &&
           pass_finish_part(book->conn, table, number, sums, seen, versions, error) && conn_commit(book->conn, error);
}

void passbook_keep(Passbook *book, size_t number, const Unit *unit, const Result *sums, const char *seen,
                   const char *versions)
{
    Error error = {0};
    pthread_mutex_lock(&book->mutex);
    if (book->conn && !keep(book, &book->tables.items[number], unit->number, sums, seen, versions, &error))
        give_up(book, &error);
    pthread_mutex_unlock(&book->mutex);
}

static Result *find_unchanged(Passbook *book, const PassTable *table, int number, const char *seen, const char *versions,
                              Error *error)
{
    AUTO(Result) *sums = conn_begin(book->conn, "", error) && quiet_count(&book->office->quiet, book->conn, error)
                             ? pass_keep_part(book->conn, table, number, seen, versions, error)
                             : NULL;
    if (!sums || !conn_commit(book->conn, error) || result_rows(sums) == 0)
        return NULL;
    Result *found = sums;
    sums = NULL;
    return found;
}

Result *passbook_unchanged(Passbook *book, size_t number, const Unit *unit, const char *seen, const char *versions)
{
    Error error = {0};
    Result *sums = NULL;
    pthread_mutex_lock(&book->mutex);
    const PassTable *table = &book->tables.items[number];
    if (book->conn && versions && text_equal(table->parts.items[unit->number].versions, versions))
        sums = find_unchanged(book, table, unit->number, seen, versions, &error);
    if (*error.message)
        give_up(book, &error);
    book->unchanged += sums != NULL;
    pthread_mutex_unlock(&book->mutex);
    return sums;
}

/* ---- what was read before ---- */

static bool add_sums(Passbook *book, const PassTable *table, const char *entity, size_t filling, Tally *tally,
                     Error *error)
{
    AUTO(Result) *sums = pass_sums(book->conn, table, entity, error);
    if (sums && entity)
        tally_add_source(tally, filling, sums);
    else if (sums)
        tally_add_target(tally, sums);
    return sums != NULL;
}

static bool add_filling(Passbook *book, const PassTable *table, const Subject *subject, size_t filling, Tally *tally,
                        Error *error)
{
    const char *name = subject->fillings.items[filling].entity->entity->name;
    FOR_EACH(const PassPart, part, table->parts)
        if (part->done && text_equal(part->entity, name))
            tally_note_seen(tally, filling, part->seen);
    return add_sums(book, table, name, filling, tally, error);
}

static bool add_all(Passbook *book, const PassTable *table, const Subject *subject, Tally *tally, Error *error)
{
    for (size_t i = 0; i < subject->fillings.count; i++)
        if (!add_filling(book, table, subject, i, tally, error))
            return false;
    return add_sums(book, table, NULL, 0, tally, error);
}

void passbook_add_up(Arena *arena, Passbook *book, size_t number, const Subject *subject, Tally *tally)
{
    const PassTable *table = &book->tables.items[number];
    Error error = {0};
    int64_t kept = 0;
    FOR_EACH(const PassPart, part, table->parts)
        kept += part->done;
    book->kept += kept;
    if (kept == 0 || add_all(book, table, subject, tally, &error))
        return;
    give_up(book, &error);
    *tally = tally_new(arena, subject);
}

/* ---- the end ---- */

void passbook_finish(Passbook *book, const char *state)
{
    Error error = {0};
    PassEnd end = {state, book->office->quiet.source.text, book->office->quiet.target.text, 0,
                   book->kept + book->unchanged};
    FOR_EACH(const PassTable, table, book->tables)
        end.parts += (int64_t)table->parts.count;
    end.parts -= book->spared;
    if (book->conn && !pass_finish(book->conn, book->pass, &end, &error))
        give_up(book, &error);
}
