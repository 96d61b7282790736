#include "repair/repair.h"

#include "repair/variant.h"

#include "copy/statement.h"
#include "ledger/crosswalk.h"

#include "base/text.h"
#include "pg/quote.h"

#include <inttypes.h>
#include <stdlib.h>

enum { PAGE = 1000 };

typedef struct Script {
    Session *session;
    const Repair *repair;
    Variant variant;
    FILE *out;
} Script;

static KeySet keys_of(Arena *arena, const Script *script, const RepairRowList *rows, bool driving)
{
    const StringList **keys = NEW_ARRAY(arena, const StringList *, rows->count);
    for (size_t i = 0; i < rows->count; i++)
        keys[i] = driving ? &rows->items[i].driving : &rows->items[i].key;
    return (driving ? variant_driving_keys : variant_target_keys)(arena, script->repair->entity, keys, rows->count);
}

static bool print_deletes(Arena *arena, const Script *script, const RepairRowList *rows, Error *error)
{
    (void)error;
    KeySet keys = keys_of(arena, script, rows, false);
    Text where = text_new(arena);
    keyset_predicate(&where, &keys, NULL);
    fprintf(script->out, "DELETE FROM %s\n WHERE %s;\n", relation_own_rows(arena, script->repair->entity->into), where.chars);
    return true;
}

/* ('17', 'Ada', NULL) */
static char *select_values(Arena *arena, const Script *script, const EntityPlan *entity, const KeySet *keys)
{
    Text sql = text_new(arena);
    text_add(&sql, "SELECT pg_catalog.concat_ws(', '");
    FOR_EACH(const Mapping, mapping, entity->mappings)
        if (string_list_contains(&script->repair->entity->hidden, mapping->name))
            text_addf(&sql, ", '''%s'''", statement_redacted);
        else
            text_addf(&sql, ", pg_catalog.quote_nullable((%s)::pg_catalog.text)", mapping->select_sql);
    text_addf(&sql, ")%s", statement_from_kept(arena, entity, keys, TRANSFORM_PLAIN));
    return sql.chars;
}

static bool read_values(Arena *arena, const Script *script, const KeySet *keys, Text *values, Error *error)
{
    Session *session = script->session;
    Conn *source = session->gathered.same ? session->target : session->source;
    CrosswalkReach reach = {&session->gathered, session->migration, source, session->target, session->snapshot};
    const EntityPlan *entity = crosswalk_bring(arena, &reach, &script->variant.entity, error);
    AUTO(Result) *result =
        entity ? conn_query(source, select_values(arena, script, entity, keys), NO_PARAMS, error) : NULL;
    for (int row = 0; result && row < result_rows(result); row++)
        text_addf(values, "%s\n  (%s)", row ? "," : "VALUES", result_text(result, row, 0));
    return result != NULL;
}

static bool all_driving_known(const RepairRowList *rows)
{
    FOR_EACH(const RepairRow, row, *rows)
        if (row->driving.count == 0)
            return false;
    return true;
}

/* What `load` or a transform as a whole gives is not known before it has run. */
static void print_by_key(Arena *arena, const Script *script, const RepairRowList *rows)
{
    KeySet keys = keys_of(arena, script, rows, false);
    Text where = text_new(arena);
    keyset_predicate(&where, &keys, NULL);
    fprintf(script->out, "-- written to %s: what the transform gives where %s\n",
            script->repair->entity->into->sql_name, where.chars);
}

static bool print_writes(Arena *arena, const Script *script, const RepairRowList *rows, Error *error)
{
    const EntityPlan *entity = &script->variant.entity;
    if (entity->load || !script->variant.by_driving || !all_driving_known(rows)) {
        print_by_key(arena, script, rows);
        return true;
    }
    KeySet keys = keys_of(arena, script, rows, true);
    Text values = text_new(arena);
    if (!read_values(arena, script, &keys, &values, error))
        return false;
    if (values.length > 0)
        fprintf(script->out, "%s;\n", statement_insert(arena, entity, arena_printf(arena, "%s\n", values.chars)));
    return true;
}

static bool print_rows(const Script *script, bool extra, Error *error)
{
    Session *session = script->session;
    int64_t after = 0;
    for (;;) {
        AUTO(Arena) *arena = arena_new();
        RepairRowList rows = {0};
        if (!repair_page(arena, session->target, session->migration, script->repair->entity->entity->name, extra, after,
                         PAGE, &rows, error))
            return false;
        if (rows.count == 0)
            return true;
        after = strtoll(rows.items[rows.count - 1].id, NULL, 10);
        if (!(extra ? print_deletes : print_writes)(arena, script, &rows, error))
            return false;
    }
}

static void print_title(const Repair *repair, FILE *out)
{
    fprintf(out, "\n-- %s: %" PRId64 " to insert, %" PRId64 " to update, %" PRId64 " to delete%s%s\n",
            repair->entity->entity->name, repair->missing, repair->different, repair->extra,
            repair->note ? "; " : "", repair->note ? repair->note : "");
}

static bool print_entity(Session *session, const Repair *repair, FILE *out, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    const Script script = {session, repair, variant_of(arena, repair->entity), out};
    print_title(repair, out);
    if (!script.variant.by_key)
        return true;
    return print_rows(&script, true, error) && (script.variant.cannot || print_rows(&script, false, error));
}

bool repair_print(Session *session, const RepairList *repairs, FILE *out, Error *error)
{
    if (!session->gathered.same && !snapshot_import(session->snapshot, session->source, error))
        return false;
    FOR_EACH(const Repair, repair, *repairs)
        if (!print_entity(session, repair, out, error))
            return error_doing(error, "reading the rows of entity \"%s\" that are to be written",
                               repair->entity->entity->name);
    return true;
}
