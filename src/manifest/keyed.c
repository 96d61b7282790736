#include "manifest/keyed.h"

#include "base/text.h"
#include "manifest/scan.h"

#include <string.h>
#include <strings.h>

#define INNER "rehome.inner"
#define OUTER "rehome.outer"
const char keyed_inner[] = INNER, keyed_outer[] = OUTER;

/* What stands around m, which is written once. */
typedef struct Function {
    const char *name;
    const char *before;
    const char *behind;
} Function;

/* set_bit() counts from the lowest bit of each byte: byte 6 becomes 1000…, byte 8 becomes 10…. */
static const Function functions[] = {
    {"token", "pg_catalog.encode(pg_catalog.substr(", ", 1, 16), 'hex')"},
    {"uuid",
     "CAST(pg_catalog.encode(pg_catalog.substr(pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.set_bit("
     "pg_catalog.set_bit(pg_catalog.set_bit(pg_catalog.set_bit(",
     ", 55, 1), 54, 0), 53, 0), 52, 0), 71, 1), 70, 0), 1, 16), 'hex') AS pg_catalog.uuid)"},
    {"nanoid", "pg_catalog.translate(pg_catalog.left(pg_catalog.encode(", ", 'base64'), 21), '+/', '-_')"},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* byteacat() is the function behind ||, which needs no schema. */
#define HASH_OF(block) \
    "pg_catalog.sha256(pg_catalog.byteacat(pg_catalog.decode(pg_catalog.current_setting('" block "'), 'hex'), "
static const char before_scope[] = HASH_OF(OUTER) HASH_OF(INNER) "pg_catalog.byteacat(pg_catalog.convert_to(CAST((";
static const char before_value[] =
    ") AS pg_catalog.text), 'UTF8'), pg_catalog.byteacat(pg_catalog.decode('00', 'hex'), "
    "pg_catalog.convert_to(CAST((";
static const char behind_value[] = ") AS pg_catalog.text), 'UTF8')))))))";

/* Functions that really are in the schema rehome of a target. */
static const char *const real_functions[] = {"flag"};
enum { REAL_FUNCTIONS = sizeof real_functions / sizeof *real_functions };

/* Behind these words `rehome.name (` is a table's columns or a function's definition. ON is both: of an index, and of a
 * join; there only a function that is known is called. */
static const char *const no_call_behind[] = {"into", "references", "table", "exists", "view", "function", "only"};
enum { NO_CALL_BEHIND = sizeof no_call_behind / sizeof *no_call_behind };

/* What is being written. Offsets are of `text`. */
typedef struct Writer {
    Arena *arena;
    const Sql *sql;
    const char *text;
    const char *kinds; /* a PieceKind for each byte */
    Place *first;
    Mistakes *mistakes;
    Text written;
} Writer;

enum { ARGUMENTS = 2 };

typedef struct Call {
    const Function *function;
    size_t begin;             /* of `rehome` */
    size_t open, close;       /* the parentheses */
    size_t commas[ARGUMENTS]; /* the first ones */
    size_t arguments;
    bool has_blank; /* one of the arguments is empty */
} Call;

static bool is_code(const Writer *writer, size_t at)
{
    return writer->text[at] != '\0' && writer->kinds[at] == PIECE_CODE;
}

static bool is_code_of(const Writer *writer, size_t at, const char *characters)
{
    return is_code(writer, at) && strchr(characters, writer->text[at]);
}

static size_t behind_blanks(const Writer *writer, size_t at)
{
    while (writer->text[at] != '\0' && (writer->kinds[at] == PIECE_COMMENT || is_code_of(writer, at, " \t\r\n\f\v")))
        at++;
    return at;
}

static size_t word_length(const Writer *writer, size_t at)
{
    return is_code(writer, at) ? scan_word_length(writer->text + at) : 0;
}

static bool is_word(const Writer *writer, size_t at, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(writer->text + at, word, length) == 0;
}

static Place place_of(const Writer *writer, size_t at)
{
    const Sql shown = {.text = writer->text, .place = writer->sql->place, .is_file = writer->sql->is_file};
    return sql_place(&shown, at);
}

static bool is_call_behind(const Writer *writer, size_t word, size_t length)
{
    for (size_t i = 0; i < NO_CALL_BEHIND; i++)
        if (is_word(writer, word, length, no_call_behind[i]))
            return false;
    return true;
}

/* ---- what is called ---- */

static const Function *function_find(const Writer *writer, size_t at, size_t length)
{
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (is_word(writer, at, length, functions[i].name))
            return &functions[i];
    return NULL;
}

static void function_refuse(const Writer *writer, size_t at, size_t length)
{
    for (size_t i = 0; i < REAL_FUNCTIONS; i++)
        if (is_word(writer, at, length, real_functions[i]))
            return;
    StringList names = {0};
    for (size_t i = 0; i < FUNCTIONS; i++)
        LIST_PUSH(writer->arena, &names, functions[i].name);
    for (size_t i = 0; i < REAL_FUNCTIONS; i++)
        LIST_PUSH(writer->arena, &names, real_functions[i]);
    const char *name = arena_strndup(writer->arena, writer->text + at, length);
    const char *nearest = string_list_nearest(&names, name);
    if (nearest)
        mistake_add(writer->mistakes, place_of(writer, at),
                    "there is no function rehome.%s(); did you mean rehome.%s()?", name, nearest);
    else
        mistake_add(writer->mistakes, place_of(writer, at), "there is no function rehome.%s(); there are %s", name,
                    string_list_join(writer->arena, &names, ", "));
}

/* Sets where the arguments end; false when they never do. */
static bool call_measure(const Writer *writer, Call *call)
{
    size_t depth = 0, commas = 0;
    bool is_blank = true;
    for (size_t at = call->open; writer->text[at] != '\0'; at++) {
        if (writer->kinds[at] == PIECE_COMMENT || is_code_of(writer, at, " \t\r\n\f\v"))
            continue;
        const bool ends = depth == 1 && is_code_of(writer, at, ",)");
        depth += is_code_of(writer, at, "([") ? 1 : 0;
        depth -= is_code_of(writer, at, ")]") ? 1 : 0;
        call->arguments += ends;
        call->has_blank |= ends && is_blank;
        is_blank = ends || at == call->open;
        call->close = at;
        if (depth == 0)
            return true;
        if (ends && commas < ARGUMENTS)
            call->commas[commas++] = at;
    }
    return false;
}

/* How many arguments there are, for a message. */
static const char *call_count(const Writer *writer, const Call *call)
{
    if (call->arguments == 1)
        return call->has_blank ? "is nothing" : "is one argument";
    return arena_printf(writer->arena, "are %zu arguments%s", call->arguments,
                        call->has_blank ? ", one of them empty" : "");
}

/* False when what begins here is no call that has to be written; a wrong one is a mistake, unless it may be a table. */
static bool call_find(const Writer *writer, size_t at, bool may_be_table, Call *call)
{
    const size_t dot = behind_blanks(writer, at + word_length(writer, at));
    if (!is_code_of(writer, dot, "."))
        return false;
    const size_t name = behind_blanks(writer, dot + 1), length = word_length(writer, name);
    *call = (Call){.begin = at, .open = behind_blanks(writer, name + length)};
    if (length == 0 || !is_code_of(writer, call->open, "("))
        return false;
    call->function = function_find(writer, name, length);
    if (!call->function) {
        if (!may_be_table)
            function_refuse(writer, name, length);
        return false;
    }
    if (!call_measure(writer, call))
        mistake_add(writer->mistakes, place_of(writer, call->open), "the parenthesis that begins here is never closed");
    else if (call->arguments != ARGUMENTS || call->has_blank)
        mistake_add(writer->mistakes, place_of(writer, at),
                    "rehome.%s() takes a scope and a value, as in rehome.%s('email', email); here %s",
                    call->function->name, call->function->name, call_count(writer, call));
    else
        return true;
    return false;
}

/* ---- writing ---- */

static void write_range(Writer *writer, size_t from, size_t to);

/* The lines between `from` and `to` stay, though nothing else does. */
static void write_line_ends(Writer *writer, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++)
        if (writer->text[at] == '\n')
            text_add(&writer->written, "\n");
}

static void write_call(Writer *writer, const Call *call)
{
    if (!writer->first->file)
        *writer->first = place_of(writer, call->begin);
    write_line_ends(writer, call->begin, call->open);
    text_add(&writer->written, call->function->before);
    text_add(&writer->written, before_scope);
    write_range(writer, call->open + 1, call->commas[0]);
    text_add(&writer->written, before_value);
    write_range(writer, call->commas[0] + 1, call->close);
    text_add(&writer->written, behind_value);
    text_add(&writer->written, call->function->behind);
}

static void write_range(Writer *writer, size_t from, size_t to)
{
    size_t word = from, word_size = 0; /* the word before */
    bool is_qualified = false;
    while (from < to) {
        Call call;
        const size_t length = word_length(writer, from);
        if (length > 0 && !is_qualified && is_word(writer, from, length, "rehome") &&
            is_call_behind(writer, word, word_size) &&
            call_find(writer, from, is_word(writer, word, word_size, "on"), &call)) {
            write_call(writer, &call);
            from = call.close + 1;
            continue;
        }
        if (length > 0) {
            word = from;
            word_size = length;
        }
        is_qualified = is_code_of(writer, from, ".");
        text_add_n(&writer->written, writer->text + from, length > 0 ? length : 1);
        from += length > 0 ? length : 1;
    }
}

/* The kind of piece that each byte is in. */
static char *kinds_of(Arena *arena, const char *text)
{
    char *kinds = arena_alloc(arena, strlen(text) + 1);
    for (Piece piece = {0}; scan_next(text, &piece);)
        memset(kinds + piece.start, (int)piece.kind, piece.length);
    return kinds;
}

const char *keyed_write(Arena *arena, const Sql *sql, const char *text, Place *first, Mistakes *mistakes)
{
    const size_t before = mistakes->list.count;
    Writer writer = {
        .arena = arena, .sql = sql, .text = text, .kinds = kinds_of(arena, text), .first = first, .mistakes = mistakes};
    writer.written = text_new(arena);
    write_range(&writer, 0, strlen(text));
    return mistakes->list.count == before ? writer.written.chars : NULL;
}
