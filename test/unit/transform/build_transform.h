/* Builds a transform for a test: driven by public."companies" (key id) unless the case says otherwise. */
#pragma once

#include "base/text.h"
#include "transform/transform.h"

typedef struct Built {
    Transform *transform;
    Mistakes mistakes;
} Built;

/* `key` are column names separated by blanks, all bigint; "" none. */
__attribute__((unused)) static KeyColumnList key_of(Arena *arena, const char *key)
{
    KeyColumnList list = {0};
    while (*key) {
        size_t length = strcspn(key, " ");
        *LIST_ADD(arena, &list) = (KeyColumn){.name = arena_strndup(arena, key, length), .type = "bigint", .integer = true};
        key += length + (key[length] == ' ');
    }
    return list;
}

__attribute__((unused)) static Built build(Arena *arena, const char *text, const char *table, const char *key, const char *where)
{
    static const char *names[] = {"id", "name", "parent_id", "tags", "created_at"};
    static const StringList columns = {.items = names, .count = 5};
    Sql *sql = NEW(arena, Sql);
    *sql = (Sql){.text = text, .place = {"sql/x.sql", 1, 1}, .is_file = true};
    KeyColumnList *list = NEW(arena, KeyColumnList);
    *list = key_of(arena, key);
    TransformRequest request = {
        .sql = sql,
        .driving_schema = table ? "public" : NULL,
        .driving_name = table,
        .driving_in_search_path = true,
        .where = where,
        .key = list,
        .driving_columns = &columns,
    };
    Built built = {.mistakes = {.arena = arena}};
    built.transform = transform_build(arena, &request, &built.mistakes);
    return built;
}
