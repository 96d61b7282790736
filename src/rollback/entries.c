#include "rollback/entries.h"

#include "base/text.h"
#include "ledger/number.h"
#include "sql/embedded.h"

bool rollback_load(Session *session, RollbackEntryList *entries, Error *error)
{
    Arena *arena = session->arena;
    AUTO(Result) *found =
        conn_query(session->target, sql_ledger_undo_entries, PARAMS(number_text(arena, session->migration)), error);
    for (int row = 0; found && row < result_rows(found); row++)
        *LIST_ADD(arena, entries) = (RollbackEntry){
            .id = result_number(found, row, 0),
            .kind = result_copy(arena, found, row, 1),
            .step = result_copy(arena, found, row, 2),
            .entity = result_copy(arena, found, row, 3),
            .chunk = result_number(found, row, 4),
            .run = result_number(found, row, 5),
            .relation = result_copy(arena, found, row, 6),
            .oid = (ObjectId)result_number(found, row, 7),
            .images = result_copy(arena, found, row, 8),
            .columns = result_list(arena, found, row, 9),
            .key = result_list(arena, found, row, 10),
            .inserted = result_number(found, row, 11),
            .updated = result_number(found, row, 12),
            .before = result_copy(arena, found, row, 13),
            .action = result_copy(arena, found, row, 14),
            .left = text_equal(result_text(found, row, 15), "left"),
            .relkind = result_is_null(found, row, 16) ? '\0' : *result_text(found, row, 16),
        };
    return found != NULL;
}

bool rollback_is_of(const RollbackEntry *entry, const char *kind)
{
    return text_equal(entry->kind, kind);
}

bool rollback_is_of_script(const RollbackEntry *entry)
{
    return entry->step && (text_starts_with(entry->step, "expand ") || text_starts_with(entry->step, "seed "));
}

void rollback_take_objects(Arena *arena, const RollbackEntryList *from, bool of_scripts, RollbackEntryList *to)
{
    FOR_EACH(const RollbackEntry, entry, *from)
        if (rollback_is_of(entry, "object") && rollback_is_of_script(entry) == of_scripts)
            LIST_PUSH(arena, to, *entry);
}
