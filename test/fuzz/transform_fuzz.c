/* A transform, after `===` a condition, after another the columns of the driving table's key: looked at, narrowed to
 * keys of every kind, and read again by the grammar, which has to understand it still. */
#include "fuzz.h"

#include "../unit/transform/build_transform.h"

#include "transform/tree.h"

static void check_sql(Arena *arena, const char *format, const char *sql)
{
    if (!sql)
        return;
    Error error = {0};
    AUTO(json_t) *tree = tree_parse(arena_printf(arena, format, sql), &error);
    if (!tree || json_array_size(tree_field(tree, "stmts")) != 1)
        fprintf(stderr, "%s\n%s\n", error.message, sql);
    HOLDS(tree && json_array_size(tree_field(tree, "stmts")) == 1);
}

static void check_narrowed(Arena *arena, const Transform *transform, const KeyColumnList *key)
{
    static const char *const low[] = {"1", "1"}, *const high[] = {"it's", "9"}, *const ctid[] = {"(7,0)"};
    static const char *const *const keys[] = {low, high};
    const KeySet sets[] = {{.kind = KEYSET_EVERYTHING},
                           {.kind = KEYSET_CTID, .low = ctid},
                           {.kind = KEYSET_RANGE, .key = key, .low = low, .high = high},
                           {.kind = KEYSET_LIST, .key = key, .count = 2, .keys = keys}};
    for (size_t i = 0; i < (key->count > 0 ? 4 : 2); i++) {
        check_sql(arena, "SELECT * FROM (%s\n) q", transform_narrow(arena, transform, &sets[i], TRANSFORM_PLAIN));
        check_sql(arena, "SELECT * FROM (%s\n) q", transform_narrow(arena, transform, &sets[i], TRANSFORM_WITH_KEY));
        check_sql(arena, "%s", transform_driving_count(arena, transform, &sets[i]));
    }
    check_sql(arena, "SELECT * FROM (%s\n) q", transform_over(arena, transform, "SELECT (NEW).*"));
    const char *from = transform_driving_from(arena, transform);
    check_sql(arena, "SELECT 1 %s", from);
}

static void check_seated(Arena *arena, const Transform *transform)
{
    SeatList seats = {0};
    FOR_EACH(const char *, guest, transform->guests)
        LIST_PUSH(arena, &seats, ((Seat){*guest, "SELECT 1 AS \"old_id\""}));
    const Transform *seated = transform_seat(arena, transform, &seats);
    const char *text = transform_text(arena, seated);
    HOLDS(transform_origin(arena, seated, (int)(strlen(text) / 2 + 1)) <= strlen(transform->sql->text));
    FOR_EACH(const Lineage, lineage, transform->lineages)
        HOLDS(lineage->name && lineage_of(transform, lineage->name));
}

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

/* Whether a condition is SQL is for the server to say. */
static bool is_condition(Arena *arena, const char *where)
{
    Error ignored = {0};
    AUTO(json_t) *tree = where ? tree_parse(arena_printf(arena, "SELECT 1 WHERE (%s\n)", where), &ignored) : NULL;
    return !where || tree;
}

FUZZ(arena, text, length)
{
    if (!is_utf8(text))
        return;
    const char *sql = fuzz_part(&text), *where = fuzz_part(&text), *key = fuzz_part(&text);
    key = key ? arena_strndup(arena, key, strcspn(key, "\n")) : "id";
    const KeyColumnList columns = key_of(arena, strcmp(key, "-") == 0 ? "" : "id name");
    Built built =
        build(arena, sql, strstr(sql, "none") ? NULL : "companies", strcmp(key, "-") == 0 ? "" : "id name", where);
    if (built.mistakes.list.count > 0 || !built.transform->parsed || !is_condition(arena, where))
        return;
    check_narrowed(arena, built.transform, &columns);
    check_seated(arena, built.transform);
}
