#include "transform/tokens.h"

#include <pg_query.h>
#include <stdint.h>
#include <string.h>

/* What the scanner calls its comments (ScanResult of pg_query.proto). */
enum { SQL_COMMENT = 275, C_COMMENT = 276 };

/* The scanner answers in protocol buffers: ScanResult { repeated ScanToken tokens = 2 } with
 * ScanToken { int32 start = 1, end = 2, token = 4, keyword_kind = 5 }. Two wire types occur: 0 is a varint, 2 has a length. */
typedef struct Bytes {
    const uint8_t *at, *end;
} Bytes;

static uint64_t read_varint(Bytes *bytes)
{
    uint64_t value = 0;
    for (unsigned shift = 0; bytes->at < bytes->end && shift < 64; shift += 7) {
        uint8_t byte = *bytes->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    return value;
}

static Bytes read_block(Bytes *bytes)
{
    uint64_t length = read_varint(bytes);
    uint64_t left = (uint64_t)(bytes->end - bytes->at);
    Bytes block = {bytes->at, bytes->at + (length < left ? length : left)};
    bytes->at = block.end;
    return block;
}

static void read_token(Arena *arena, Bytes bytes, TokenList *tokens)
{
    uint64_t fields[8] = {0};
    while (bytes.at < bytes.end) {
        uint64_t tag = read_varint(&bytes);
        fields[(tag >> 3) & 7] = read_varint(&bytes);
    }
    if (fields[4] != SQL_COMMENT && fields[4] != C_COMMENT)
        *LIST_ADD(arena, tokens) = (Token){.start = fields[1], .end = fields[2]};
}

static void PgQueryScanResult_cleanup(PgQueryScanResult *result)
{
    pg_query_free_scan_result(*result);
}

bool tokens_scan(Arena *arena, const char *sql, TokenList *tokens)
{
    *tokens = (TokenList){0};
    AUTO(PgQueryScanResult) result = pg_query_scan(sql);
    if (result.error)
        return false;

    Bytes bytes = {(const uint8_t *)result.pbuf.data, (const uint8_t *)result.pbuf.data + result.pbuf.len};
    while (bytes.at < bytes.end) {
        uint64_t tag = read_varint(&bytes);
        if ((tag & 7) == 0)
            read_varint(&bytes);
        else
            read_token(arena, read_block(&bytes), tokens);
    }
    return true;
}

bool token_is(const char *sql, const Token *token, const char *word)
{
    size_t length = strlen(word);
    if (token->end - token->start != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = sql[token->start + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c) != word[i])
            return false;
    }
    return true;
}

size_t tokens_at(const TokenList *tokens, size_t start)
{
    size_t i = 0;
    while (i < tokens->count && tokens->items[i].start != start)
        i++;
    return i;
}

size_t tokens_end(const char *sql, const TokenList *tokens)
{
    size_t count = tokens->count;
    while (count > 0 && token_is(sql, &tokens->items[count - 1], ";"))
        count--;
    return count > 0 ? tokens->items[count - 1].end : 0;
}
