#include "copy/splitter.h"

#include <stdint.h>

Splitter splitter_new(void)
{
    return (Splitter){.stride = SIZE_MAX};
}

void splitter_begin(Splitter *splitter, size_t count)
{
    splitter->count = count;
    splitter->at = splitter->end = splitter->failing = 0;
    splitter->named = false;
}

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

bool splitter_next(Splitter *splitter)
{
    size_t left = splitter->count - splitter->at;
    if (left == 0)
        return false;
    if (splitter->named) /* up to the row that was named */
        return true;
    size_t tried = least(splitter->stride, left);
    if (splitter->failing > splitter->at) { /* one of these fails for sure: half of them */
        size_t suspects = splitter->failing - splitter->at;
        tried = suspects > 1 ? least(tried, suspects / 2) : 1;
    }
    splitter->end = splitter->at + tried;
    return true;
}

static SplitterVerdict refuse(Splitter *splitter)
{
    splitter->at++;
    splitter->stride = splitter->since ? (splitter->since < SIZE_MAX / 2 ? 2 * splitter->since : SIZE_MAX) : 1;
    splitter->since = 0;
    splitter->named = false;
    splitter->failing = 0;
    return SPLITTER_REFUSES;
}

SplitterVerdict splitter_passed(Splitter *splitter)
{
    splitter->since += splitter->end - splitter->at;
    splitter->at = splitter->end;
    if (splitter->named)
        return refuse(splitter);
    splitter->stride = splitter->stride < SIZE_MAX / 2 ? 2 * splitter->stride : SIZE_MAX;
    return SPLITTER_GOES_ON;
}

SplitterVerdict splitter_failed(Splitter *splitter, size_t line)
{
    size_t tried = splitter->end - splitter->at;
    splitter->named = false; /* a row before the one that was named: what that one did may have been for its sake */
    if (tried == 1 || line == 1)
        return refuse(splitter);
    if (line > 1 && line <= tried) {
        splitter->end = splitter->at + line - 1;
        splitter->named = true;
        return SPLITTER_NAMES;
    }
    splitter->failing = splitter->end;
    return SPLITTER_GOES_ON;
}
