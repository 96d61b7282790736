#include "copy/row_sum.h"

#include "pg/row_page.h"
#include "pg/value_hash.h"
#include "plan/mapping.h"

#include <string.h>

/* ---- the hash of a value ---- */

/* The highest byte first. */
static int32_t number_of(const RowField *field)
{
    uint32_t number = (unsigned char)field->bytes[0] & 0x80 ? UINT32_MAX : 0;
    for (size_t i = 0; i < field->length; i++)
        number = number << 8 | (unsigned char)field->bytes[i];
    return (int32_t)number;
}

static bool hash_field(const RowField *field, WireHash how, uint64_t seed, uint64_t *hash)
{
    *hash = 0;
    if (!field->bytes)
        return true;
    switch (how) {
    case WIRE_NUMBER:
        if (field->length == 0 || field->length > sizeof(int32_t))
            return false;
        *hash = value_hash_number(number_of(field), seed);
        return true;
    case WIRE_VERSIONED:
        if (field->length == 0)
            return false;
        *hash = value_hash_bytes(field->bytes + 1, field->length - 1, seed);
        return true;
    case WIRE_BYTES:
        *hash = value_hash_bytes(field->bytes, field->length, seed);
        return true;
    case WIRE_UNKNOWN:
        break;
    }
    return false;
}

/* ---- the hash of a row ---- */

static bool hash_columns(const RowSum *sum, const size_t *columns, size_t count, uint64_t seed, uint64_t *hash)
{
    *hash = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t element;
        if (!hash_field(&sum->fields[columns[i]], sum->shape->hashes[columns[i]], seed, &element))
            return false;
        *hash = *hash * 31 + element;
    }
    return true;
}

static uint64_t hash_of_hash(uint64_t hash)
{
    char sent[8];
    for (unsigned i = 0; i < sizeof sent; i++)
        sent[i] = (char)(unsigned char)(hash >> (56 - 8 * i));
    return value_hash_bytes(sent, sizeof sent, hash);
}

/* As row_hash() of verify/hashed.c says it in SQL. */
static bool hash_row(const RowSum *sum, uint64_t *hash)
{
    const RowShape *shape = sum->shape;
    const bool keyed = shape->key_count > 0;
    uint64_t kh, rest = 0;
    if (!hash_columns(sum, keyed ? shape->key : shape->rest, keyed ? shape->key_count : shape->rest_count, 0, &kh) ||
        (keyed && !hash_columns(sum, shape->rest, shape->rest_count, kh, &rest)))
        return false;
    *hash = rest * 31 + hash_of_hash(kh);
    return true;
}

/* ---- COPY's binary format ---- */

typedef struct Input {
    const char *bytes;
    size_t length;
    bool cut; /* it ended too early */
} Input;

static const char *take(Input *input, size_t length)
{
    const char *bytes = input->bytes;
    input->cut = input->cut || input->length < length;
    if (input->cut)
        return NULL;
    input->bytes += length;
    input->length -= length;
    return bytes;
}

static int32_t take_number(Input *input, size_t width)
{
    RowField field = {take(input, width), width};
    return field.bytes ? number_of(&field) : 0;
}

enum { SIGNATURE = 11 };

static bool skip_header(Input *input)
{
    size_t length;
    const char *header = row_page_header(ROW_BINARY, &length), *signature = take(input, SIGNATURE);
    if (!signature || memcmp(signature, header, SIGNATURE) != 0 || take_number(input, 4) != 0)
        return false;
    int32_t extension = take_number(input, 4);
    return extension >= 0 && take(input, (size_t)extension) && !input->cut;
}

static bool read_fields(RowSum *sum, Input *input)
{
    for (size_t i = 0; i < sum->shape->columns; i++) {
        int32_t length = take_number(input, 4);
        sum->fields[i] = (RowField){.length = length < 0 ? 0 : (size_t)length};
        if (length >= 0)
            sum->fields[i].bytes = take(input, (size_t)length);
        if (length < -1 || input->cut)
            return false;
    }
    return input->length == 0;
}

static bool add_message(RowSum *sum, Input input)
{
    if (!sum->begun && !skip_header(&input))
        return false;
    sum->begun = true;
    if (input.length == 0)
        return true;
    int32_t columns = take_number(&input, 2);
    if (columns == -1)
        return input.length == 0;
    uint64_t hash;
    if (columns != (int32_t)sum->shape->columns || !read_fields(sum, &input) || !hash_row(sum, &hash))
        return false;
    sum->rows++;
    sum->sum += hash;
    return true;
}

void row_sum_take(void *self, const char *message, size_t length)
{
    RowSum *sum = self;
    sum->lost = sum->lost || !add_message(sum, (Input){message, length, false});
}

RowSum row_sum_new(Arena *arena, const RowShape *shape)
{
    return (RowSum){.shape = shape, .fields = NEW_ARRAY(arena, RowField, shape->columns)};
}

/* ---- which columns ---- */

/* The number of the column in the COPY, when verification compares it. */
static bool find_compared(const EntityPlan *entity, const char *name, size_t *number)
{
    const Mapping *mapping = mapping_find(&entity->mappings, name);
    *number = mapping ? (size_t)(mapping - entity->mappings.items) : 0;
    return mapping_is_compared(mapping);
}

static size_t find_key(const EntityPlan *entity, size_t *key)
{
    for (size_t i = 0; i < entity->key.count; i++)
        if (!find_compared(entity, entity->key.items[i], &key[i]))
            return 0;
    return entity->key.count;
}

static bool is_among(const size_t *numbers, size_t count, size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

static bool are_known(const WireHash *hashes, const size_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (hashes[numbers[i]] == WIRE_UNKNOWN)
            return false;
    return true;
}

bool row_shape_of(Arena *arena, const EntityPlan *entity, RowShape *shape)
{
    size_t columns = entity->mappings.count;
    WireHash *hashes = NEW_ARRAY(arena, WireHash, columns);
    size_t *key = NEW_ARRAY(arena, size_t, entity->key.count), *rest = NEW_ARRAY(arena, size_t, columns), number;
    *shape = (RowShape){.columns = columns, .hashes = hashes, .key = key, .rest = rest};
    FOR_EACH(const Mapping, mapping, entity->mappings)
        hashes[mapping - entity->mappings.items] = mapping->wire_hash;
    shape->key_count = find_key(entity, key);
    FOR_EACH(const Column, column, entity->into->columns)
        if (find_compared(entity, column->name, &number) && !is_among(key, shape->key_count, number))
            rest[shape->rest_count++] = number;
    return entity->binary && !entity->staged_keys && !entity->load && shape->key_count + shape->rest_count > 0 &&
           are_known(hashes, key, shape->key_count) && are_known(hashes, rest, shape->rest_count);
}
