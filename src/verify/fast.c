#include "verify/glance.h"

#include "base/clock.h"
#include "base/text.h"
#include "pg/quote.h"
#include "plan/mapping.h"
#include "verify/cutting.h"
#include "verify/unit.h"

#include <stdlib.h>

/* What is asked of both sides, in the same order: names for people, and SQL of either side. */
typedef struct Question {
    const char *what; /* "rows", "the sum of amount" */
    const char *column;
    const char *from, *to;
} Question;
typedef LIST(Question) QuestionList;

typedef struct Fast {
    Arena *arena;
    const Subject *subject;
    QuestionList questions;
    StringList *given; /* the source's answers, per filling */
    StringList held;
} Fast;

/* ---- what is asked ---- */

static void ask(Fast *fast, const char *what, const char *column, const char *form, const Mapping *mapping)
{
    Arena *arena = fast->arena;
    const char *held = arena_printf(arena, "\"t\".%s", quote_name(arena, column));
    Text from = text_new(arena), to = text_new(arena);
    text_addf(&from, form, mapping->select_sql);
    text_addf(&to, form, held);
    *LIST_ADD(arena, &fast->questions) =
        (Question){arena_printf(arena, "%s %s", what, column), column, from.chars, to.chars};
}

/* Sums of floats depend on the order, and the least of two equal numbers may be written in two ways. */
static void ask_of_column(Fast *fast, const char *column, bool key)
{
    const StringList whole = {(const char *[]){"int2", "int4", "int8"}, 3, 3};
    const StringList times = {(const char *[]){"date", "timestamp", "timestamptz"}, 3, 3};
    const Mapping *mapping = mapping_find(fast->subject->fillings.items[0].mappings, column);
    if (!mapping->to_type || !type_is_builtin(mapping->to_type))
        return;
    const char *type = mapping->to_type->name;
    bool is_whole = string_list_contains(&whole, type), is_time = string_list_contains(&times, type);
    if (is_whole || text_equal(type, "numeric"))
        ask(fast, "the sum of", column, "pg_catalog.sum((%s)::pg_catalog.numeric)::pg_catalog.text", mapping);
    if (!is_whole && !is_time)
        return;
    if (key || is_time) {
        ask(fast, "the least", column, "pg_catalog.min(%s)::pg_catalog.text", mapping);
        ask(fast, "the greatest", column, "pg_catalog.max(%s)::pg_catalog.text", mapping);
    }
}

static void choose_questions(Fast *fast)
{
    *LIST_ADD(fast->arena, &fast->questions) =
        (Question){"how many rows", NULL, "pg_catalog.count(*)", "pg_catalog.count(*)"};
    if (fast->subject->fillings.count > 1) /* of several the answers would have to be added up */
        return;
    FOR_EACH(const char *, column, fast->subject->key)
        ask_of_column(fast, *column, true);
    FOR_EACH(const char *, column, fast->subject->compared.items[0])
        ask_of_column(fast, *column, false);
}

/* ---- the answers ---- */

static char *select_of(const Fast *fast, bool of_source, const char *from)
{
    Text sql = text_new(fast->arena);
    FOR_EACH(const Question, question, fast->questions)
        text_addf(&sql, "%s%s", question == fast->questions.items ? "SELECT " : ", ",
                  of_source ? question->from : question->to);
    text_addf(&sql, " FROM %s", from);
    return sql.chars;
}

static bool answer(Fast *fast, Desk *desk, const Filling *filling, StringList *answers, Error *error)
{
    Unit unit = {.subject = fast->subject, .filling = filling};
    Conn *conn = NULL;
    const char *from = unit_rows_from(fast->arena, &unit, desk, &conn, error);
    AUTO(Result) *result = from ? conn_query(conn, select_of(fast, filling != NULL, from), NO_PARAMS, error) : NULL;
    answers->count = 0;
    for (int i = 0; result && i < result_columns(result); i++)
        LIST_PUSH(fast->arena, answers, result_copy(fast->arena, result, 0, i));
    return result != NULL;
}

static bool answer_all(Desk *desk, void *self, Error *error)
{
    Fast *fast = self;
    for (size_t i = 0; i < fast->subject->fillings.count; i++)
        if (!answer(fast, desk, &fast->subject->fillings.items[i], &fast->given[i], error))
            return false;
    return answer(fast, desk, NULL, &fast->held, error);
}

/* ---- both beside each other ---- */

static const char *value(const char *text)
{
    return text ? text : "NULL";
}

static void compare(const Fast *fast, Glance *glance)
{
    Arena *arena = fast->arena;
    const StringList *given = &fast->given[0];
    const EntityPlan *entity = fast->subject->fillings.items[0].entity;
    for (size_t i = 1; i < fast->questions.count; i++) {
        const Question *question = &fast->questions.items[i];
        if (!string_list_contains(&glance->columns, question->column))
            LIST_PUSH(arena, &glance->columns, question->column);
        if (text_equal(given->items[i], fast->held.items[i]))
            continue;
        bool hidden = string_list_contains(&entity->hidden, question->column);
        LIST_PUSH(arena, &glance->complaints,
                  hidden ? arena_printf(arena, "%s is another one on the target", question->what)
                         : arena_printf(arena, "%s is %s on the source and %s on the target", question->what,
                                        value(given->items[i]), value(fast->held.items[i])));
    }
}

static void conclude(const Fast *fast, Glance *glance)
{
    for (size_t i = 0; i < fast->subject->fillings.count; i++)
        glance->source_rows += strtoll(fast->given[i].items[0], NULL, 10);
    glance->target_rows = strtoll(fast->held.items[0], NULL, 10);
    if (glance->source_rows != glance->target_rows)
        LIST_PUSH(fast->arena, &glance->complaints,
                  arena_printf(fast->arena, "the source gives %s, the target holds %s",
                               text_of_many(fast->arena, glance->source_rows, "row"),
                               text_of_count(fast->arena, glance->target_rows)));
    if (fast->subject->fillings.count == 1)
        compare(fast, glance);
    glance->state = glance->complaints.count > 0 ? "failed" : "passed";
}

static bool look_fast(Arena *arena, Desk *desk, const Subject *subject, Glance *glance, Error *error)
{
    Fast fast = {.arena = arena, .subject = subject, .given = NEW_ARRAY(arena, StringList, subject->fillings.count)};
    double started = clock_now();
    if (!subject->ours) {
        glance->state = "left out";
        glance->left_out = "others have rows in its table, and which are its own only their keys say";
        return true;
    }
    choose_questions(&fast);
    if (!desk_try(desk, answer_all, &fast, error))
        return error_doing(error, "counting the rows of %s", subject->into->sql_name);
    conclude(&fast, glance);
    glance->seconds = clock_now() - started;
    return true;
}

bool glance_fast(Arena *arena, const VerifyRequest *request, GlanceList *found, Error *error)
{
    AUTO(Snapshot) *target_snapshot = snapshot_new(&request->target, NULL);
    Office *office = NEW(arena, Office);
    *office = (Office){.request = request, .target_snapshot = target_snapshot};
    AUTO(Desk) *desk = desk_new(arena, office);
    SubjectList subjects = {0};
    if (!cutting_gather(arena, desk, &subjects, error))
        return error_doing(error, "preparing to count");
    FOR_EACH(const Subject, subject, subjects) {
        Glance glance = {0};
        if (!look_fast(arena, desk, subject, &glance, error))
            return false;
        FOR_EACH(const Filling, filling, subject->fillings) {
            glance.entity = filling->entity->entity->name;
            LIST_PUSH(arena, found, glance);
        }
    }
    return true;
}
