#include "plan/mapping.h"

#include "base/text.h"
#include "pg/quote.h"
#include "plan/cast.h"
#include "plan/merge.h"

bool mapping_is_compared(const Mapping *mapping)
{
    return mapping && mapping->to && !mapping->left_out && mapping->hash_from_sql && mapping->hash_to_sql;
}

Mapping *mapping_find(const MappingList *mappings, const char *name)
{
    FOR_EACH(Mapping, mapping, *mappings)
        if (text_equal(mapping->name, name))
            return mapping;
    return NULL;
}

MappingList *mapping_of_target(EntityPlan *plan)
{
    return plan->load ? &plan->load_mappings : &plan->mappings;
}

const MappingList *mapping_to_target(const EntityPlan *plan)
{
    return plan->load ? &plan->load_mappings : &plan->mappings;
}

static const char *nearest_hint(Arena *arena, const Relation *into, const char *name)
{
    const char *nearest = relation_nearest_column(into, name);
    return nearest ? arena_printf(arena, "; did you mean \"%s\"?", nearest) : "";
}

static Place place_of(const MappingRequest *request, const char *column)
{
    return request->merge ? merge_place(request->merge, column) : request->place;
}

/* The column it fills; NULL with a mistake, or for a staged column of its own. */
static const Column *target_column(const MappingRequest *request, const OutputColumn *output, Mistakes *mistakes)
{
    const Column *column = relation_column(request->into, output->name);
    if (request->staged)
        return column;
    if (!column)
        mistake_add(mistakes, place_of(request, output->name), "entity \"%s\": the %s gives a column \"%s\" that %s does not have%s",
                    request->entity, request->what, output->name, request->into->sql_name,
                    nearest_hint(mistakes->arena, request->into, output->name));
    else if (column->generated)
        mistake_add(mistakes, place_of(request, output->name),
                    "entity \"%s\": column \"%s\" of %s is generated, so the %s must not give it", request->entity,
                    output->name, request->into->sql_name, request->what);
    return column && !column->generated ? column : NULL;
}

/* The function that gives the bytes of a value to hash; NULL: its text's bytes count. */
static const char *send_function(TypeUse to)
{
    const StringList by_text = {(const char *[]){"bpchar", "json", "xml", "_json", "_xml", "refcursor"}, 6, 6};
    if (!type_is_builtin(to.type) || !to.type->send_name || to.type->kind == 'p' || type_use_names_object(to) ||
        string_list_contains(&by_text, to.type->name))
        return NULL;
    return to.type->send_name;
}

static const char *bytes_of(Arena *arena, TypeUse to, const char *value)
{
    const char *send = send_function(to);
    return send ? arena_printf(arena, "pg_catalog.%s(%s)", send, value)
                : arena_printf(arena, "pg_catalog.textsend((%s)::pg_catalog.text)", value);
}

/* As what a value is hashed that stands in a row. */
typedef enum RowForm { ROW_PLAIN, ROW_AS_TEXT, ROW_AS_BYTES } RowForm;

typedef struct RowElement {
    const char *type; /* NULL: any other */
    RowForm form;
    WireHash wire_hash;
} RowElement;

/* Hash functions of the plain types depend on all of the value, unlike those of bigint or timestamp, which fold it; text is
 * taken byte by byte, and so is that of jsonb, which costs two thirds of its binary form. */
static RowElement row_element(TypeUse to)
{
    static const RowElement builtin[] = {{"uuid", ROW_PLAIN, WIRE_BYTES},       {"int2", ROW_PLAIN, WIRE_NUMBER},
                                         {"int4", ROW_PLAIN, WIRE_NUMBER},      {"bool", ROW_PLAIN, WIRE_NUMBER},
                                         {"date", ROW_PLAIN, WIRE_NUMBER},      {"text", ROW_AS_TEXT, WIRE_BYTES},
                                         {"varchar", ROW_AS_TEXT, WIRE_BYTES},  {"json", ROW_AS_TEXT, WIRE_BYTES},
                                         {"jsonb", ROW_AS_TEXT, WIRE_VERSIONED}};
    for (size_t i = 0; type_is_builtin(to.type) && i < sizeof builtin / sizeof *builtin; i++)
        if (text_equal(to.type->name, builtin[i].type))
            return builtin[i];
    if (send_function(to))
        return (RowElement){NULL, ROW_AS_BYTES, WIRE_BYTES};
    return (RowElement){NULL, ROW_AS_TEXT, to.type->kind == 'e' ? WIRE_BYTES : WIRE_UNKNOWN};
}

static const char *row_sql(Arena *arena, TypeUse to, RowForm form, const char *value)
{
    if (form == ROW_AS_TEXT)
        return arena_printf(arena, "(%s)::pg_catalog.text COLLATE pg_catalog.\"C\"", value);
    return form == ROW_PLAIN ? value : bytes_of(arena, to, value);
}

static void add_hashes(Arena *arena, Mapping *mapping, TypeUse to, const Cast *cast)
{
    char *column = arena_printf(arena, "\"t\".%s", quote_name(arena, mapping->name));
    bool domain = mapping->to->type != to.type->oid;
    const char *value = domain && type_is_builtin(to.type)
                            ? arena_printf(arena, "(%s)::%s", column, type_use_bare_sql(arena, to))
                            : column;
    mapping->hash_to_sql = bytes_of(arena, to, value);
    RowElement element = row_element(to);
    mapping->row_to_sql = row_sql(arena, to, element.form, value);
    mapping->wire_hash = element.wire_hash;
    if (cast->arrives) {
        mapping->hash_from_sql = bytes_of(arena, to, cast->arrives);
        mapping->row_from_sql = row_sql(arena, to, element.form, cast->arrives);
    } else
        mapping->left_out = arena_printf(arena, "only the target knows how %s writes it", mapping->to->type_name);
}

static const char *type_name(Arena *arena, TypeUse use, const char *declared)
{
    return declared ? declared : type_use_print(arena, use);
}

static void report_cast(const MappingRequest *request, const Mapping *mapping, TypeUse from, TypeUse to,
                        Mistakes *mistakes)
{
    if (mapping->cast == CAST_IMPOSSIBLE)
        mistake_add(
            mistakes, place_of(request, mapping->name),
            "entity \"%s\": column \"%s\" is %s in the %s and %s in %s, and there is no cast; cast it in the %s",
            request->entity, mapping->name, type_name(mistakes->arena, from, mapping->from->type_name), request->what,
            type_name(mistakes->arena, to, mapping->to->type_name), request->into->sql_name, request->what);
}

/* A staged column that only `load` reads: text. */
static void map_to_text(Arena *arena, Mapping *mapping)
{
    mapping->cast = CAST_LOSSLESS;
    mapping->stage_type = "pg_catalog.text";
    mapping->select_sql = arena_printf(arena, "(\"q\".%s)::pg_catalog.text", quote_name(arena, mapping->name));
    mapping->binary = true;
}

static void map_to_column(Arena *arena, const MappingRequest *request, Mapping *mapping, Mistakes *mistakes)
{
    TypeUse from = type_use_of(request->from, mapping->from->type, mapping->from->typmod);
    TypeUse to = type_use_of(request->to, mapping->to->type, mapping->to->typmod);
    mapping->stage_type = mapping->to->type_name;
    if (!from.type || !to.type) {
        mistake_add(mistakes, request->place, "entity \"%s\": the type of column \"%s\" is not known", request->entity,
                    mapping->name);
        return;
    }
    CastRequest wanted = {from, to, arena_printf(arena, "\"q\".%s", quote_name(arena, mapping->name)),
                          request->same_database};
    Cast cast = cast_build(arena, &wanted);
    mapping->from_type = from.type;
    mapping->to_type = to.type;
    mapping->cast = cast.class;
    mapping->cast_note = cast.note;
    mapping->select_sql = cast.sql;
    mapping->loss_sql = cast.loss;
    mapping->binary = cast.binary;
    report_cast(request, mapping, from, to, mistakes);
    add_hashes(arena, mapping, to, &cast);
}

void mapping_build(Arena *arena, const MappingRequest *request, MappingList *mappings, Mistakes *mistakes)
{
    FOR_EACH(const OutputColumn, output, *request->output) {
        if (mapping_find(mappings, output->name)) {
            mistake_add(mistakes, request->place, "entity \"%s\": the %s gives column \"%s\" twice", request->entity,
                        request->what, output->name);
            continue;
        }
        const Column *column = target_column(request, output, mistakes);
        if (!column && !request->staged)
            continue;
        Mapping *mapping = LIST_ADD(arena, mappings);
        *mapping = (Mapping){.name = output->name, .from = output, .to = column};
        if (column)
            map_to_column(arena, request, mapping, mistakes);
        else
            map_to_text(arena, mapping);
    }
}

static bool column_may_be_left_out(const Catalog *catalog, const Column *column)
{
    const Type *type = catalog_type(catalog, column->type);
    bool not_null = column->not_null || (type && type->not_null);
    return !not_null || column->has_default || column->identity || column->generated;
}

void mapping_check_complete(const MappingRequest *request, const MappingList *mappings, Mistakes *mistakes)
{
    FOR_EACH(const Column, column, request->into->columns)
        if (!column_may_be_left_out(request->to, column) && !mapping_find(mappings, column->name))
            mistake_add(mistakes, request->place,
                        "entity \"%s\": column \"%s\" of %s is NOT NULL, has no default, and the %s does not give it",
                        request->entity, column->name, request->into->sql_name, request->what);
}
