#include "engine/doubled.h"

#include "engine/offenders.h"

#include "base/text.h"

enum { RECORDS_ARE_HASHED = 140000 };

/* One number for each row is sorted quickly; hashing as many groups would take twice as long. */
static bool stage_hashes(Arena *arena, Conn *target, const char *hashes, int64_t *doubled, Error *error)
{
    return conn_script(target, "DROP TABLE IF EXISTS pg_temp.rehome_doubled; SET LOCAL enable_hashagg = off", error) &&
           conn_exec(target, arena_printf(arena, "CREATE TEMPORARY TABLE rehome_doubled ON COMMIT DROP AS %s", hashes),
                     NO_PARAMS, doubled, error) &&
           conn_exec(target, "SET LOCAL enable_hashagg = on", NO_PARAMS, NULL, error);
}

/* A type may have an order and no hash, which the server says at the first row. False in *hashed: so it was. */
static bool try_hashes(Arena *arena, Conn *target, const char *hashes, bool *hashed, int64_t *doubled, Error *error)
{
    if (!conn_exec(target, "SAVEPOINT rehome_hashes", NO_PARAMS, NULL, error))
        return false;
    *hashed = stage_hashes(arena, target, hashes, doubled, error);
    if (!*hashed && !text_equal(error->sqlstate, "42883"))
        return false;
    error_clear(error);
    return (*hashed || conn_exec(target, "ROLLBACK TO SAVEPOINT rehome_hashes", NO_PARAMS, NULL, error)) &&
           conn_exec(target, "RELEASE SAVEPOINT rehome_hashes", NO_PARAMS, NULL, error);
}

bool doubled_narrow(Arena *arena, Conn *target, const Relation *relation, const Index *index, const char **rows,
                    Error *error)
{
    const char *hashes =
        conn_version(target) >= RECORDS_ARE_HASHED ? offenders_doubled_hashes(arena, relation, index) : NULL;
    bool hashed = false;
    int64_t doubled = 0;
    if (hashes && !try_hashes(arena, target, hashes, &hashed, &doubled, error))
        return false;
    if (hashed)
        *rows = doubled > 0 ? offenders_of_hashes(arena, relation, index) : NULL;
    return true;
}
