#include "rollback/saved.h"

#include "base/file.h"
#include "base/text.h"
#include "ledger/number.h"
#include "scratch/archive.h"
#include "sql/embedded.h"

#include <inttypes.h>

static bool check_file(Session *session, const RollbackTable *table, Error *error)
{
    int64_t bytes = 0;
    char *sha256 = NULL;
    const char *path = table->table.path;
    if (!file_exists(path)) {
        error_set(error, ERROR_INPUT, "the backup %s is not there", path);
        return error_hint(error, "It was taken on %s: roll back there, or copy the file to the same place here.",
                          table->host);
    }
    if (!archive_measure(session->arena, path, &bytes, &sha256, error))
        return false;
    if (bytes == table->bytes && text_equal(sha256, table->sha256))
        return true;
    error_set(error, ERROR_INPUT, "the backup %s is damaged: it is not what was written on %s", path, table->at);
    error_detail(error, "It has %" PRId64 " bytes and the SHA-256 %s, not %" PRId64 " and %s.", bytes, sha256,
                 table->bytes, table->sha256);
    return error_hint(error, "Nothing was changed. Without --from-backup `rehome rollback` goes by what was recorded.");
}

static bool check_files(Session *session, const RollbackTableList *tables, Error *error)
{
    int64_t checked = 0;
    FOR_EACH(const RollbackTable, table, *tables) {
        if (table->oid == 0)
            return error_set(error, ERROR_STATE,
                             "%s is in the backup and not on the target any more: restore it with pg_restore from %s",
                             table->table.relation, table->table.path);
        if (table->backup != checked && !check_file(session, table, error))
            return false;
        checked = table->backup;
    }
    return true;
}

bool rollback_saved_find(Session *session, RollbackTableList *tables, Error *error)
{
    Arena *arena = session->arena;
    AUTO(Result) *found =
        conn_query(session->target, sql_ledger_backups, PARAMS(number_text(arena, session->migration)), error);
    for (int row = 0; found && row < result_rows(found); row++)
        *LIST_ADD(arena, tables) = (RollbackTable){.backup = result_number(found, row, 0),
                                                   .host = result_copy(arena, found, row, 1),
                                                   .bytes = result_number(found, row, 3),
                                                   .sha256 = result_copy(arena, found, row, 4),
                                                   .at = result_copy(arena, found, row, 5),
                                                   .table = {.path = result_copy(arena, found, row, 2),
                                                             .schema = result_copy(arena, found, row, 10),
                                                             .name = result_copy(arena, found, row, 11),
                                                             .relation = result_copy(arena, found, row, 7),
                                                             .columns = result_list(arena, found, row, 12),
                                                             .rows = result_number(found, row, 14)},
                                                   .oid = (ObjectId)result_number(found, row, 8),
                                                   .root_oid = (ObjectId)result_number(found, row, 16),
                                                   .root = result_copy(arena, found, row, 9),
                                                   .key = result_list(arena, found, row, 13),
                                                   .sequences = result_copy(arena, found, row, 15)};
    if (!found)
        return false;
    if (tables->count > 0)
        return check_files(session, tables, error);
    error_set(error, ERROR_STATE, "there is no backup of this migration");
    return error_hint(error, "`backup: true` in migration.yaml takes one before the first write. Without --from-backup "
                             "`rehome rollback` goes by "
                             "what was recorded.");
}

bool rollback_saved_has(const RollbackTableList *tables, ObjectId table)
{
    FOR_EACH(const RollbackTable, one, *tables)
        if (table != 0 && (one->oid == table || one->root_oid == table))
            return true;
    return false;
}

bool rollback_saved_covers(const RollbackTableList *tables, const RollbackEntry *entry)
{
    if (rollback_saved_has(tables, entry->oid))
        return true;
    FOR_EACH(const RollbackTable, table, *tables)
        if (text_equal(entry->kind, "sequence") && text_equal(entry->images, table->root))
            return true;
    return false;
}

bool rollback_saved_is_below(const RollbackTableList *tables, ObjectId table, const RollbackPairList *pairs)
{
    AUTO(Arena) *arena = arena_new();
    LIST(ObjectId) reached = {0};
    LIST_PUSH(arena, &reached, table);
    for (size_t i = 0; i < reached.count; i++) {
        if (rollback_saved_has(tables, reached.items[i]))
            return true;
        FOR_EACH(const RollbackPair, pair, *pairs) {
            bool known = pair->from != reached.items[i];
            FOR_EACH(const ObjectId, one, reached)
                known = known || *one == pair->to;
            if (!known)
                LIST_PUSH(arena, &reached, pair->to);
        }
    }
    return false;
}

RollbackEntry rollback_saved_before(const RollbackTableList *tables)
{
    return (RollbackEntry){.kind = "columns", .relation = tables->items[0].table.path};
}

RollbackEntry rollback_saved_entry(Arena *arena, const RollbackTableList *tables)
{
    Text text = text_new(arena);
    text_addf(&text, "as in the backup of %s UTC:", tables->items[0].at);
    FOR_EACH(const RollbackTable, table, *tables)
        text_addf(&text, "%s %s (%s)", table == tables->items ? "" : ",", table->table.relation,
                  text_of_many(arena, table->table.rows, "row"));
    return (RollbackEntry){.kind = "backup", .relation = tables->items[0].table.path, .action = text.chars};
}
