#include "copy/careful.h"

#include "copy/crossing.h"
#include "copy/insertion.h"
#include "copy/orphan.h"
#include "copy/refused.h"
#include "copy/splitter.h"
#include "copy/statement.h"

#include "base/fault.h"
#include "base/text.h"
#include "pg/copy_rows.h"
#include "pg/quote.h"
#include "pg/row_cursor.h"
#include "plan/mapping.h"

#include <string.h>

#define LINE "pg_temp.rehome_line" /* counts the rows that an INSERT has read: what it says outlives the rollback */
#define MET  "rehome_met"          /* keys that the chunk has upserted */

/* What the last try has left on the target. */
typedef enum Left { LEFT_NOTHING, LEFT_ROWS } Left;

/* A chunk (or a piece of one) that is moved carefully. */
typedef struct Careful {
    Move move; /* of the entity as it is written here */
    EntityPlan entity;
    RowFormat format;
    bool staged;  /* rows go by way of `staged` */
    bool at_once; /* load needs all rows of the chunk: what is staged is inserted in the end */
    bool ordered; /* the INSERT reads the staged rows in their order */
    bool meets;   /* an upsert, which may not write a row twice */
    const char *copy, *mark;
    UndoRows rows; /* of staged ones */
    const char *relation; /* what the target calls the table that is copied into */
    RowPage page;
    RowCursor *cursor;
    Splitter splitter;
    Left left;
    int64_t *given;
    Books *books;
} Careful;

/* ---- how it is done ---- */

static bool is_binary(const EntityPlan *entity)
{
    FOR_EACH(const Mapping, mapping, entity->mappings)
        if (!mapping->binary)
            return false;
    return true;
}

/* The target can read this text itself, and then it says which row and column it refuses. */
static bool is_read_by_target(const Mapping *mapping)
{
    const StringList strings = {(const char *[]){"text", "varchar"}, 2, 2};
    const Type *from = mapping->from_type, *to = mapping->to_type;
    return from && to && text_equal(from->schema, "pg_catalog") && string_list_contains(&strings, from->name) &&
           (to->kind == 'e' || (text_equal(to->schema, "pg_catalog") && !string_list_contains(&strings, to->name)));
}

static void leave_reading_to_target(Arena *arena, EntityPlan *entity)
{
    MappingList mappings = {0};
    FOR_EACH(const Mapping, mapping, entity->mappings) {
        Mapping *sent = LIST_ADD(arena, &mappings);
        *sent = *mapping;
        if (!is_read_by_target(mapping))
            continue;
        sent->select_sql = arena_printf(arena, "(\"q\".%s)::pg_catalog.text", quote_name(arena, mapping->name));
        sent->binary = false;
    }
    entity->mappings = mappings;
}

static bool goes_by_staged(const EntityPlan *entity)
{
    bool is_table = entity->into->kind == 'r' || entity->into->kind == 'p';
    return entity->load || entity->meets_rows || entity->crosswalk || entity->undo == UNDO_ROWS || (entity->way == WAY_INSIDE && !is_table);
}

/* Texts are needed where the row cannot be asked for again. */
static RowFormat format_of(const EntityPlan *entity)
{
    return is_binary(entity) && refused_can_ask(entity) ? ROW_BINARY : ROW_TEXT;
}

/* SELECT … FROM pg_temp.staged, counting. */
static char *counted_rows(Arena *arena, const EntityPlan *entity)
{
    return arena_printf(arena, "%s WHERE pg_catalog.nextval('" LINE "'::pg_catalog.regclass) > 0",
                        statement_staged_rows(arena, entity));
}

static void add_key(Text *sql, const EntityPlan *entity, const char *alias)
{
    FOR_EACH(const char *, name, entity->key)
        text_addf(sql, "%s%s%s", name == entity->key.items ? "" : ", ", alias, quote_name(sql->arena, *name));
}

/* The rows that an upsert writes leave their keys behind, so that none is written by two batches: in one statement the
 * server itself would refuse the second. */
static UndoRows rows_to_insert(Arena *arena, const Careful *careful)
{
    const EntityPlan *entity = &careful->entity;
    return (UndoRows){.select = statement_staged_rows(arena, entity),
                      .read = careful->ordered ? counted_rows(arena, entity) : NULL,
                      .met = careful->meets ? "pg_temp." MET : NULL};
}

static bool load_is_whole(const EntityPlan *entity)
{
    return entity->load && !(entity->gathered->loading && entity->gathered->loading->narrowable);
}

static void decide(Arena *arena, const Move *move, Careful *careful)
{
    EntityPlan *entity = &careful->entity;
    *entity = *move->entity;
    careful->move = *move;
    careful->move.entity = entity;
    leave_reading_to_target(arena, entity);
    careful->staged = goes_by_staged(entity);
    careful->at_once = load_is_whole(entity);
    careful->ordered = careful->staged && !entity->load;
    careful->meets = careful->staged && entity->meets_rows && entity->write == WRITE_UPSERT && entity->key.count > 0;
    careful->format = format_of(entity);
    entity->binary = careful->format == ROW_BINARY;
    entity->way = careful->staged ? WAY_STAGE : WAY_STREAM;
    entity->staged_keys = careful->staged && entity->transform->shows_key && (entity->staged_keys || entity->crosswalk);
    careful->copy = statement_copy_in(arena, entity);
    careful->relation = !careful->staged ? entity->into->name : entity->staged_keys ? "staged_keyed" : "staged";
    careful->rows = careful->staged ? rows_to_insert(arena, careful) : (UndoRows){0};
    careful->mark = undo_mark_sql(arena, move);
    careful->page = row_page_new(arena, careful->format, statement_key_width(entity), entity->staged_keys);
}

/* ---- the tables of a staged one ---- */

static bool make_met(Arena *arena, const Careful *careful, Error *error)
{
    Text columns = text_new(arena);
    add_key(&columns, &careful->entity, "");
    return conn_script(careful->move.target,
                       arena_printf(arena,
                                    "CREATE TEMPORARY TABLE IF NOT EXISTS " MET
                                    " ON COMMIT DROP AS SELECT %s FROM %s WITH NO DATA;"
                                    " CREATE UNIQUE INDEX IF NOT EXISTS " MET "_key ON pg_temp." MET " (%s)",
                                    columns.chars, careful->entity.into->sql_name, columns.chars),
                       error);
}

static bool make_tables(Arena *arena, const Careful *careful, Error *error)
{
    Conn *target = careful->move.target;
    return !careful->staged ||
           (conn_script(target, statement_create_staged(arena, &careful->entity), error) &&
            conn_script(target, "CREATE TEMPORARY SEQUENCE IF NOT EXISTS rehome_line", error) &&
            (!careful->meets || make_met(arena, careful, error)));
}

/* Dropped and made anew it would keep a lock each time. */
static bool empty_tables(const Careful *careful, Error *error)
{
    return !careful->staged || conn_script(careful->move.target, "TRUNCATE pg_temp.staged", error);
}

/* ---- a try ---- */

static const char *before(const Careful *careful)
{
    bool again = careful->left == LEFT_ROWS;
    if (!careful->staged || careful->at_once)
        return again ? "RELEASE SAVEPOINT rehome_rows; SAVEPOINT rehome_rows" : "SAVEPOINT rehome_rows";
    return again ? "RELEASE SAVEPOINT rehome_rows; TRUNCATE pg_temp.staged;"
                   " SELECT pg_catalog.setval('" LINE "', 1, false); SAVEPOINT rehome_rows"
                 : "TRUNCATE pg_temp.staged; SELECT pg_catalog.setval('" LINE "', 1, false); SAVEPOINT rehome_rows";
}

static bool settle(Careful *careful, Error *error)
{
    if (careful->left == LEFT_NOTHING)
        return true;
    careful->left = LEFT_NOTHING;
    return conn_exec(careful->move.target, "RELEASE SAVEPOINT rehome_rows", NO_PARAMS, NULL, error);
}

static bool undo(Careful *careful, Error *error)
{
    careful->left = LEFT_NOTHING;
    return conn_script(careful->move.target, "ROLLBACK TO SAVEPOINT rehome_rows; RELEASE SAVEPOINT rehome_rows", error);
}

static bool insert_staged(Arena *arena, Careful *careful, int64_t staged, Books *books, Error *error)
{
    return insertion_of_staged(arena, &careful->move, staged, &careful->rows, books, error) &&
           crossing_move(arena, &careful->move, error);
}

/* The rows at … end - 1 of the page, all or none. */
static bool try_rows(Arena *arena, Careful *careful, Books *books, CopyPlace *place, Error *error)
{
    const Splitter *splitter = &careful->splitter;
    CopyRows rows = {.sql = arena_printf(arena, "%s; %s%s", before(careful), careful->at_once ? "" : careful->mark, careful->copy),
                     .relation = careful->relation,
                     .page = &careful->page,
                     .from = splitter->at,
                     .count = splitter->end - splitter->at};
    int64_t taken = 0, wanted = (int64_t)rows.count;
    *books = (Books){0};
    if (!copy_rows(careful->move.target, &rows, &taken, place, error))
        return false;
    careful->left = LEFT_ROWS;
    place->line = -1;
    if (taken != wanted)
        return insertion_refuse_drops(&careful->move, wanted, taken, error);
    if (!careful->staged)
        books->written = taken;
    return !careful->staged || careful->at_once || insert_staged(arena, careful, taken, books, error);
}

/* The rows are staged once more for it: with the failure they have gone. */
static bool line_of_orphan(Arena *arena, Careful *careful, const char *constraint, int64_t *line, Error *error)
{
    const Move *move = &careful->move;
    const char *search = careful->ordered ? orphan_search(arena, &careful->entity, move->gathered->target, constraint) : NULL;
    const Splitter *splitter = &careful->splitter;
    CopyRows rows = {.sql = arena_printf(arena, "SAVEPOINT rehome_rows; %s", careful->copy),
                     .relation = careful->relation,
                     .page = &careful->page,
                     .from = splitter->at,
                     .count = splitter->end - splitter->at};
    int64_t taken = 0;
    CopyPlace place;
    if (!search || rows.count == 1)
        return true;
    if (!copy_rows(move->target, &rows, &taken, &place, error))
        return false;
    AUTO(Result) *result = conn_query(move->target, search, NO_PARAMS, error);
    if (result && !result_is_null(result, 0, 0))
        *line = result_number(result, 0, 0);
    if (!result && (error->kind == ERROR_STOPPED || !conn_in_failed_transaction(move->target)))
        return false;
    error_clear(error); /* a parent that may not be read: then halves are tried */
    return undo(careful, error);
}

/* Which row an INSERT had come to. At the last one nobody knows: what is checked after the statement fails there too. */
static bool line_of_insert(const Careful *careful, int64_t *line, Error *error)
{
    *line = 0;
    if (!careful->ordered)
        return true;
    AUTO(Result) *result = conn_query(careful->move.target, "SELECT last_value, is_called FROM " LINE, NO_PARAMS, error);
    if (!result)
        return false;
    size_t tried = careful->splitter.end - careful->splitter.at;
    int64_t read = result_bool(result, 0, 1) ? result_number(result, 0, 0) : 0;
    *line = read < (int64_t)tried ? read : 0;
    return true;
}

/* The table of keys that were met says what the server would have said within one statement. */
static void name_twice(Error *why)
{
    if (!text_equal(why->constraint, MET "_key"))
        return;
    error_set(why, ERROR_DATA, "an upsert would write the same row twice: a row before it has the same key");
    memcpy(why->sqlstate, "21000", sizeof "21000");
}

/* ---- a page ---- */

typedef struct Page {
    Arena *arena;
    Careful *careful;
    RefusedList refused;
    Refusal kept; /* of the row that was named and waits for those before it */
} Page;

static void refuse(Page *page, Refusal why)
{
    Careful *careful = page->careful;
    size_t row = careful->splitter.at - 1, count;
    Refused *refused = LIST_ADD(page->arena, &page->refused);
    *refused = (Refused){.key = row_page_key(page->arena, &careful->page, row), .why = why};
    if (careful->format == ROW_TEXT && !refused_can_ask(&careful->entity)) {
        size_t keys = careful->page.sends_key ? careful->page.key_columns : 0;
        refused->texts = row_page_texts(page->arena, &careful->page, row, &count) + keys;
    }
    careful->books->rejected++;
    careful->books->refused++;
}

static bool failed(Page *page, CopyPlace *place, Error *error)
{
    Careful *careful = page->careful;
    Error why = *error;
    if (!refusal_is_possible(error) || !conn_in_failed_transaction(careful->move.target))
        return false;
    error_clear(error);
    if (!undo(careful, error) || (place->line < 0 && !line_of_insert(careful, &place->line, error)))
        return false;
    if (place->line == 0 && text_equal(why.sqlstate, "23503") &&
        !line_of_orphan(page->arena, careful, why.constraint, &place->line, error))
        return false;
    name_twice(&why);
    Refusal refusal = refusal_of(page->arena, &careful->entity, &why, place->column);
    SplitterVerdict verdict = splitter_failed(&careful->splitter, (size_t)place->line);
    if (verdict == SPLITTER_NAMES)
        page->kept = refusal;
    else if (verdict == SPLITTER_REFUSES)
        refuse(page, refusal);
    return true;
}

static void passed(Page *page, const Books *books)
{
    Books *all = page->careful->books;
    all->read += books->read;
    all->written += books->written;
    all->unchanged += books->unchanged;
    all->filtered += books->filtered;
    all->rejected += books->rejected;
    if (splitter_passed(&page->careful->splitter) == SPLITTER_REFUSES)
        refuse(page, page->kept);
}

static bool move_page(Careful *careful, Error *error)
{
    AUTO(Arena) *arena = arena_new();
    Page page = {.arena = arena, .careful = careful};
    splitter_begin(&careful->splitter, careful->page.count);
    while (splitter_next(&careful->splitter)) {
        Books books;
        CopyPlace place;
        if (try_rows(arena, careful, &books, &place, error))
            passed(&page, &books);
        else if (!failed(&page, &place, error))
            return false;
    }
    FAULT("copy.careful.page");
    *careful->given += (int64_t)careful->page.count;
    careful->books->bytes += (int64_t)careful->page.length;
    const CopyMonitor *monitor = &careful->move.monitor;
    if (monitor->moved)
        monitor->moved(monitor->self, *careful->given, careful->books->bytes);
    if (!settle(careful, error))
        return false;
    return page.refused.count == 0 || (row_cursor_settle(careful->cursor, error) &&
                                       refused_write(arena, &careful->move, &page.refused, false, error));
}

/* ---- the whole ---- */

static bool move_pages(Careful *careful, Error *error)
{
    do {
        row_page_clear(&careful->page);
        if (!row_cursor_next(careful->cursor, &careful->page, error) || !move_page(careful, error))
            return false;
    } while (careful->page.count > 0);
    return row_cursor_close(careful->cursor, error);
}

bool careful_move(Arena *arena, const Move *move, int64_t *given, Books *books, Error *error)
{
    Careful careful = {.splitter = splitter_new(), .given = given, .books = books};
    decide(arena, move, &careful);
    if (!make_tables(arena, &careful, error))
        return false;
    const char *select = statement_select_keyed(arena, &careful.entity, move->keys);
    AUTO(RowCursor) *cursor =
        row_cursor_open(move->source, select, careful.format, move->source != move->target, error);
    careful.cursor = cursor;
    if (!cursor || !move_pages(&careful, error))
        return false;
    int64_t staged = *given - books->refused;
    return (!careful.at_once ||
            (insert_staged(arena, &careful, staged, books, error) && undo_mark(arena, &careful.move, error))) &&
           empty_tables(&careful, error);
}
