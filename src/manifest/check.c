#include "manifest/check.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/value.h"

void check_read_expect(Reader *reader, const Key *key, const Node *value, void *field)
{
    Check *check = field;
    const char *text = NULL;
    value_read_literal(reader, key, value, &text);
    if (!text)
        return;
    const bool is_word = value->is_plain;
    check->expect = is_word && text_equal(text, "none")   ? EXPECT_NONE
                    : is_word && text_equal(text, "some") ? EXPECT_SOME
                                                          : EXPECT_VALUE;
    check->value = check->expect == EXPECT_VALUE ? text : NULL;
}

void check_read_severity(Reader *reader, const Key *key, const Node *value, void *field)
{
    static const char *const words[] = {[SEVERITY_ERROR] = "error", [SEVERITY_WARN] = "warn", NULL};
    const int word = value_word(reader, key, value, words);
    if (word >= 0)
        *(Severity *)field = (Severity)word;
}

static const Check *check_find(const CheckList *checks, CheckSide side, const char *name)
{
    FOR_EACH(Check, check, *checks)
        if (check->side == side && text_equal(check->name, name))
            return check;
    return NULL;
}

static void check_read_list(Reader *reader, const Key *key, const Node *list, CheckSide side, CheckList *checks)
{
    const Section *section = side == CHECK_BALANCE ? &section_balance : &section_check;
    if (!value_is(reader, key, list, NODE_LIST))
        return;
    FOR_EACH(const Node *, item, list->items) {
        Check check = {
            .side = side, .place = (*item)->place, .expect = side == CHECK_BALANCE ? EXPECT_EQUAL : EXPECT_NONE};
        if (!section_read(reader, section, *item, &check))
            continue;
        const Check *first = check.name ? check_find(checks, side, check.name) : NULL;
        if (first)
            mistake_add(reader->mistakes, check.place, "a second check is called %s; the first is in line %d",
                        mask_quote(reader->arena, check.name), first->place.line);
        LIST_PUSH(reader->arena, checks, check);
    }
}

void check_read_source(Reader *reader, const Key *key, const Node *value, void *field)
{
    check_read_list(reader, key, value, CHECK_SOURCE, &((Manifest *)field)->checks);
}

void check_read_target(Reader *reader, const Key *key, const Node *value, void *field)
{
    check_read_list(reader, key, value, CHECK_TARGET, &((Manifest *)field)->checks);
}

void check_read_balance(Reader *reader, const Key *key, const Node *value, void *field)
{
    check_read_list(reader, key, value, CHECK_BALANCE, &((Manifest *)field)->checks);
}

void check_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    if (value_is(reader, key, value, NODE_MAPPING))
        section_read(reader, &section_checks, value, field);
}
