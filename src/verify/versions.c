#include "verify/versions.h"

#include "base/digest.h"
#include "base/text.h"
#include "ledger/crosswalk.h"
#include "pg/quote.h"
#include "sql/embedded.h"
#include "transform/steady.h"

#include <string.h>

enum { HASHES_PLACES = 140000 };

/* A table that may be asked for, and what is known of it. */
typedef struct Ground {
    const Relation *relation;
    const char *text;     /* as sql/verify/ground.sql gives it; NULL: nobody can tell */
    const char *versions; /* of all its rows; NULL: not asked yet */
} Ground;

typedef struct Side {
    const Catalog *catalog;
    const ConnOptions *options;
    LIST(Ground) grounds;
} Side;

typedef LIST(const Relation *) RelationRefs;

/* A filling that can be told as far as its SQL goes, and what it reads besides its driving table. */
typedef struct Footing {
    Filling *filling;
    RelationRefs others;
} Footing;

typedef struct Survey {
    Arena *arena;
    Desk *desk;
    Side source, target;
    LIST(Footing) footings;
} Survey;

/* ---- which tables ---- */

static Ground *find_ground(Side *side, const Relation *relation)
{
    FOR_EACH(Ground, ground, side->grounds)
        if (ground->relation == relation)
            return ground;
    return NULL;
}

static void add_ground(Arena *arena, Side *side, const Relation *relation)
{
    if (relation && !find_ground(side, relation))
        *LIST_ADD(arena, &side->grounds) = (Ground){.relation = relation};
}

/* All SQL of the entity is known, and gives the same for the same rows. */
static bool is_steady(Arena *arena, const EntityPlan *entity, const Catalog *catalog)
{
    const GatheredEntity *gathered = entity->gathered;
    size_t texts = (entity->entity->where.text ? 2U : 1U) + entity->entity->rejects.count;
    if (entity->load || gathered->merge || crosswalk_is_read(entity) || !entity->transform->parsed ||
        gathered->texts.count != texts)
        return false;
    StringList routines = {0};
    FOR_EACH(const Routine, routine, catalog->routines)
        LIST_PUSH(arena, &routines, routine->name);
    const Functions functions = {.volatiles = &catalog->volatile_functions};
    FOR_EACH(const SqlReads, text, gathered->texts)
        if (!steady_is(arena, text->sql->text, text->sql != entity->transform->sql, &functions, &routines))
            return false;
    return true;
}

/* Every table besides the driving one, which the transform reads only once where it is narrowed; false: something that
 * is read is not among the tables. */
static bool list_others(Arena *arena, const EntityPlan *entity, const Catalog *catalog, RelationRefs *others)
{
    FOR_EACH(const SqlReads, text, entity->gathered->texts)
        FOR_EACH(const TableRead, read, text->reads) {
            const Relation *relation = catalog_relation(catalog, read->schema, read->name);
            if (!relation)
                return false;
            if (relation != entity->driving || text->sql != entity->transform->sql)
                LIST_PUSH(arena, others, relation);
        }
    return true;
}

static void list_source(Survey *survey, Filling *filling)
{
    const Catalog *catalog = survey->source.catalog;
    Footing footing = {.filling = filling};
    if (!filling->entity->driving || !is_steady(survey->arena, filling->entity, catalog) ||
        !list_others(survey->arena, filling->entity, catalog, &footing.others))
        return;
    add_ground(survey->arena, &survey->source, filling->entity->driving);
    FOR_EACH(const Relation *, other, footing.others)
        add_ground(survey->arena, &survey->source, *other);
    LIST_PUSH(survey->arena, &survey->footings, footing);
}

static void list_tables(Survey *survey, const SubjectList *subjects)
{
    FOR_EACH(const Subject, subject, *subjects) {
        if (!subject_is_summed(subject))
            continue;
        add_ground(survey->arena, &survey->target, subject->into);
        FOR_EACH(Filling, filling, subject->fillings)
            list_source(survey, filling);
    }
}

/* ---- what decides beside the rows ---- */

static bool ask(Arena *arena, Side *side, Conn *conn, Error *error)
{
    StringList oids = {0};
    FOR_EACH(const Ground, ground, side->grounds)
        LIST_PUSH(arena, &oids, arena_printf(arena, "%u", ground->relation->oid));
    AUTO(Result) *found =
        conn_query(conn, sql_verify_ground,
                   PARAMS(quote_array(arena, oids.items, oids.count), side->catalog->system_identifier), error);
    for (int row = 0; found && row < result_rows(found); row++)
        FOR_EACH(Ground, ground, side->grounds)
            if (text_equal(oids.items[ground - side->grounds.items], result_text(found, row, 0)))
                ground->text = result_copy(arena, found, row, 1);
    return found != NULL;
}

/* On a connection of its own: a server that refuses one of the questions does not spoil a snapshot. */
static void ask_server(Survey *survey, Side *side)
{
    Error ignored = {0};
    if (side->grounds.count == 0 || !side->catalog->system_identifier || side->catalog->server_version < HASHES_PLACES)
        return;
    AUTO(Conn) *conn = conn_open(side->options, &ignored);
    if (conn)
        (void)ask(survey->arena, side, conn, &ignored);
}

/* ---- the rows ---- */

/* age() counts from the transaction of today, so that the difference of two ages is that of two numbers. */
static char *versions_of(Arena *arena, const Relation *relation, bool only, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_addf(&sql,
              "SELECT pg_catalog.concat_ws(' ', pg_catalog.count(*), pg_catalog.sum(pg_catalog.hashtidextended(ctid, "
              "((pg_catalog.age(xmin)::pg_catalog.int8 - pg_catalog.age('3'::pg_catalog.xid)::pg_catalog.int8) & "
              "4294967295) # "
              "(tableoid::pg_catalog.int8 << 32)))) FROM %s%s WHERE ",
              only ? "ONLY " : "", relation->sql_name);
    keyset_predicate(&sql, keys, NULL);
    return sql.chars;
}

static bool read_all(Survey *survey, Ground *ground, Error *error)
{
    if (ground->versions)
        return true;
    AUTO(Result) *found =
        desk_read_source(survey->desk, error)
            ? conn_query(survey->desk->source, versions_of(survey->arena, ground->relation, false, &(KeySet){0}),
                         NO_PARAMS, error)
            : NULL;
    ground->versions = found ? result_copy(survey->arena, found, 0, 0) : NULL;
    return found != NULL;
}

static bool lay_ground(Survey *survey, const Footing *footing, Error *error)
{
    Text text = text_new(survey->arena);
    const Ground *driving = find_ground(&survey->source, footing->filling->entity->driving);
    if (!driving->text)
        return true;
    text_add(&text, driving->text);
    FOR_EACH(const Relation *, other, footing->others) {
        Ground *ground = find_ground(&survey->source, *other);
        if (!ground->text)
            return true;
        if (!read_all(survey, ground, error))
            return false;
        text_addf(&text, " %s %s", ground->text, ground->versions);
    }
    footing->filling->ground = text.chars;
    return true;
}

bool versions_prepare(Arena *arena, Desk *desk, SubjectList *subjects, Error *error)
{
    const VerifyRequest *request = desk->request;
    const Gathered *gathered = request->plan->gathered;
    Survey survey = {.arena = arena, .desk = desk};
    survey.source = (Side){.catalog = gathered->source, .options = gathered->same ? &request->target : &request->source};
    survey.target = (Side){.catalog = gathered->target, .options = &request->target};
    list_tables(&survey, subjects);
    ask_server(&survey, &survey.source);
    ask_server(&survey, &survey.target);
    FOR_EACH(Subject, subject, *subjects) {
        const Ground *into = find_ground(&survey.target, subject->into);
        subject->ground = into && !subject->scoped ? into->text : NULL;
    }
    FOR_EACH(const Footing, footing, survey.footings)
        if (!lay_ground(&survey, footing, error))
            return false;
    return true;
}

bool versions_read(Arena *arena, const Unit *unit, Desk *desk, const char **versions, Error *error)
{
    const char *ground = unit->filling ? unit->filling->ground : unit->subject->ground;
    const Relation *relation = unit->filling ? unit->filling->entity->driving : unit->subject->into;
    bool only = unit->filling ? unit->filling->entity->transform->only : relation->has_children;
    *versions = NULL;
    if (!ground || unit->counts)
        return true;
    if (!(unit->filling ? desk_read_source : desk_read_target)(desk, error))
        return false;
    AUTO(Result) *found = conn_query(unit->filling ? desk->source : desk->target,
                                     versions_of(arena, relation, only, &unit->keys), NO_PARAMS, error);
    if (!found)
        return false;
    const char *text = arena_printf(arena, "%s %s", ground, result_text(found, 0, 0));
    *versions = digest_sha256(arena, text, strlen(text));
    return true;
}
