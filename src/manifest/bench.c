#include "manifest/bench.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_RUNS = 5, MOST_RUNS = 1000 };

/* A plain decimal number above 0, such as 10 or 2.5; *rest is what follows it. */
static bool read_number(const char *text, double *number, const char **rest)
{
    size_t length = strspn(text, "0123456789.");
    char *end = NULL;
    *number = strtod(text, &end);
    *rest = end;
    return isdigit((unsigned char)text[0]) && end == text + length && *number > 0;
}

static void refuse(Reader *reader, const Key *key, const Node *value)
{
    mistake_add(reader->mistakes, value->place, "\"%s\" expects %s, not %s", key->name, key->type,
                mask_quote(reader->arena, value->text));
}

void bench_read_runs(Reader *reader, const Key *key, const Node *value, void *field)
{
    const char *text = value_text(reader, key, value), *rest = NULL;
    double number = 0;
    if (!text)
        return;
    if (read_number(text, &number, &rest) && !*rest && !strchr(text, '.') && number <= MOST_RUNS)
        *(int *)field = (int)number;
    else
        refuse(reader, key, value);
}

void bench_read_ratio(Reader *reader, const Key *key, const Node *value, void *field)
{
    const char *text = value_text(reader, key, value), *rest = NULL;
    double number = 0;
    if (!text)
        return;
    if (read_number(text, &number, &rest) && !*rest)
        *(double *)field = number;
    else
        refuse(reader, key, value);
}

void bench_read_duration(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}};
    const char *text = value_text(reader, key, value), *rest = NULL;
    double number = 0;
    if (!text)
        return;
    bool is_number = read_number(text, &number, &rest);
    for (size_t i = 0; is_number && i < sizeof units / sizeof *units; i++)
        if (text_equal(rest + strspn(rest, " "), units[i].unit)) {
            *(double *)field = number * units[i].ms;
            return;
        }
    refuse(reader, key, value);
}

static const Bench *bench_find(const BenchList *benches, const char *name)
{
    FOR_EACH(const Bench, bench, *benches)
        if (text_equal(bench->name, name))
            return bench;
    return NULL;
}

void bench_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    BenchList *benches = field;
    if (!value_is(reader, key, value, NODE_LIST))
        return;
    FOR_EACH(const Node *, item, value->items) {
        Bench bench = {.place = (*item)->place, .runs = DEFAULT_RUNS};
        if (!section_read(reader, &section_bench, *item, &bench))
            continue;
        const Bench *first = bench.name ? bench_find(benches, bench.name) : NULL;
        if (first)
            mistake_add(reader->mistakes, bench.place, "a second bench is called %s; the first is in line %d",
                        mask_quote(reader->arena, bench.name), first->place.line);
        LIST_PUSH(reader->arena, benches, bench);
    }
}
