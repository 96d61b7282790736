#include "manifest/input.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "manifest/mask.h"

#include <string.h>

Place input_place(const char *file, const char *text, size_t offset)
{
    Place place = {.file = file, .line = 1, .column = 1};
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

/* One row per shape of a UTF-8 character: its first byte and the narrowed range of the second (RFC 3629, section 4). */
static const struct Utf8Shape {
    unsigned char first_low, first_high;
    unsigned char second_low, second_high;
    size_t length;
} utf8_shapes[] = {
    {0x01, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* The length of the character that begins at `bytes`; 0 when it is none. */
static size_t input_character(const unsigned char *bytes, size_t left)
{
    const size_t count = sizeof utf8_shapes / sizeof *utf8_shapes;
    for (const struct Utf8Shape *shape = utf8_shapes; shape < utf8_shapes + count; shape++) {
        if (bytes[0] < shape->first_low || bytes[0] > shape->first_high || shape->length > left)
            continue;
        if (shape->length > 1 && (bytes[1] < shape->second_low || bytes[1] > shape->second_high))
            continue;
        for (size_t i = 2; i < shape->length; i++)
            if ((bytes[i] & 0xC0) != 0x80)
                return 0;
        return shape->length;
    }
    return 0;
}

static bool input_check_bytes(const char *file, const char *text, size_t length, Mistakes *mistakes)
{
    size_t offset = 0;
    while (offset < length) {
        size_t character = input_character((const unsigned char *)text + offset, length - offset);
        if (character == 0)
            break;
        offset += character;
    }
    if (offset == length)
        return true;
    Place place = input_place(file, text, offset);
    if (text[offset] == '\0')
        mistake_add(mistakes, place, "a NUL byte: this is not a text file");
    else
        mistake_add(mistakes, place, "byte 0x%02X is not UTF-8; save the file as UTF-8", (unsigned char)text[offset]);
    return false;
}

static void input_remember(Arena *arena, const char *file, const char *text, size_t length, ManifestFileList *files)
{
    FOR_EACH(const ManifestFile, known, *files)
        if (text_equal(known->name, file))
            return;
    LIST_PUSH(arena, files, ((ManifestFile){file, digest_sha256(arena, text, length)}));
}

const char *input_load(Arena *arena, const char *folder, const char *file, Place named, ManifestFileList *files,
                       Mistakes *mistakes)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    const char *path = file_join(arena, folder, file);
    if (!file_exists(path)) {
        mistake_add(mistakes, named, "there is no file %s", mask_quote(arena, file));
        return NULL;
    }
    if (file_is_directory(path)) {
        mistake_add(mistakes, named, "%s is a folder, not a file", mask_quote(arena, file));
        return NULL;
    }
    Error error = {0};
    size_t length = 0;
    const char *text = file_load(arena, path, &length, &error);
    if (!text) {
        mistake_add(mistakes, named, "%s", error.message);
        return NULL;
    }
    input_remember(arena, file, text, length, files);
    if (strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0) {
        text += strlen(byte_order_mark);
        length -= strlen(byte_order_mark);
    }
    if (!input_check_bytes(file, text, length, mistakes))
        return NULL;
    if (text[strspn(text, " \t\r\n\f\v")] == '\0') {
        mistake_add(mistakes, named, "%s is empty", mask_quote(arena, file));
        return NULL;
    }
    return text;
}
