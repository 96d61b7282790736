#include "engine/describe.h"

#include "base/text.h"
#include "pg/quote.h"
#include "sql/embedded.h"

#include <string.h>

/* The server understood that it was asked and says no: the SQL is wrong, not the connection. */
static bool is_refusal(const Error *error)
{
    return error->kind == ERROR_SQL || error->kind == ERROR_DATA;
}

/* In a transaction a refused statement would end everything: a savepoint keeps the rest. */
static bool try_describe(Arena *arena, Conn *conn, const char *sql, OutputColumnList *columns, Error *error)
{
    bool inside = conn_in_transaction(conn);
    Error ignored = {0};
    if (inside && !conn_exec(conn, "SAVEPOINT rehome_describe", NO_PARAMS, NULL, error))
        return false;
    bool described = conn_describe(arena, conn, sql, columns, error);
    if (inside && described)
        return conn_exec(conn, "RELEASE SAVEPOINT rehome_describe", NO_PARAMS, NULL, error);
    if (inside)
        conn_exec(conn, "ROLLBACK TO SAVEPOINT rehome_describe", NO_PARAMS, NULL, &ignored);
    return described;
}

bool describe_refusal(const Sql *sql, const char *before, Error *error, Mistakes *mistakes)
{
    if (!is_refusal(error))
        return false;
    Place place = sql_place_of_position(sql, before, error->position);
    const char *hint = *error->hint ? arena_printf(mistakes->arena, " (%s)", error->hint) : "";
    mistake_add(mistakes, place, "%s%s", error->message, hint);
    error_clear(error);
    return true;
}

bool describe_user_sql(Session *session, Conn *conn, const Sql *sql, const char *before, const char *after,
                       OutputColumnList *columns, Mistakes *mistakes, bool *accepted, Error *error)
{
    const char *text = arena_printf(session->arena, "%s%s%s", before, sql->text, after);
    *accepted = try_describe(session->arena, conn, text, columns, error);
    return *accepted || describe_refusal(sql, before, error, mistakes);
}

bool describe_own_sql(Session *session, Conn *conn, const char *sql, OutputColumnList *columns, const char **why, Error *error)
{
    *why = NULL;
    if (try_describe(session->arena, conn, sql, columns, error))
        return true;
    if (!is_refusal(error))
        return false;
    *why = arena_strdup(session->arena, error->message);
    error_clear(error);
    return true;
}

/* The same for a transform or load, whose guests are seated: the places of the text that is sent are not the user's. */
static bool describe_seated(Session *session, Conn *conn, const Transform *transform, OutputColumnList *columns,
                            Mistakes *mistakes, bool *accepted, Error *error)
{
    if (transform->guests.count == 0)
        return describe_user_sql(session, conn, transform->sql, "", "", columns, mistakes, accepted, error);
    Arena *arena = session->arena;
    const char *text = transform_text(arena, transform);
    *accepted = try_describe(arena, conn, text, columns, error);
    if (*accepted || !is_refusal(error))
        return *accepted;
    const char *hint = *error->hint ? arena_printf(arena, " (%s)", error->hint) : "";
    mistake_add(mistakes, sql_place(transform->sql, transform_origin(arena, transform, error->position)), "%s%s",
                error->message, hint);
    error_clear(error);
    return true;
}

static KeySet open_keys(const GatheredEntity *entity)
{
    return (KeySet){.kind = entity->walk_key.count ? KEYSET_RANGE : KEYSET_CTID, .key = &entity->walk_key};
}

static bool same_columns(const OutputColumnList *left, const OutputColumnList *right, size_t skip)
{
    if (left->count + skip != right->count)
        return false;
    for (size_t i = 0; i < left->count; i++)
        if (!text_equal(left->items[i].name, right->items[i + skip].name) ||
            left->items[i].type != right->items[i + skip].type)
            return false;
    return true;
}

/* Whether the server takes a text of ours and gives the same columns behind the first ones; *why is its word when it
 * does not. */
static bool accepts(Session *session, Conn *conn, const OutputColumnList *output, const char *sql, size_t skip,
                    const char **why, Error *error)
{
    OutputColumnList columns = {0};
    if (!describe_own_sql(session, conn, sql, &columns, why, error))
        return false;
    if (!*why && !same_columns(output, &columns, skip))
        *why = "narrowed, it gives other columns";
    return true;
}

static bool check_narrowing(Session *session, GatheredEntity *entity, Error *error)
{
    Transform *transform = entity->transform;
    KeySet keys = open_keys(entity);
    const char *why = NULL;
    if (transform->narrowable) {
        const char *sql = transform_narrow(session->arena, transform, &keys, TRANSFORM_PLAIN);
        if (!accepts(session, session->source, &entity->output, sql, 0, &entity->narrow_refused, error))
            return false;
    }
    if (!transform->shows_key)
        return true;
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    const char *sql = transform_narrow(session->arena, transform, &everything, TRANSFORM_WITH_KEY);
    size_t skip = entity->walk_key.count ? entity->walk_key.count : 1;
    if (!accepts(session, session->source, &entity->output, sql, skip, &why, error))
        return false;
    transform->shows_key = why == NULL;
    return true;
}

static bool check_where(Session *session, const GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    const Sql *where = &entity->entity->where;
    if (!where->text || !entity->driving)
        return true;
    OutputColumnList columns = {0};
    bool accepted = false;
    const char *before = arena_printf(session->arena, "SELECT FROM %s WHERE (", entity->driving->sql_name);
    return describe_user_sql(session, session->source, where, before, "\n)", &columns, mistakes, &accepted, error);
}

/* The server checks rights when it prepares to run, not when it describes: EXPLAIN does the one without the other. */
static bool check_rights(Session *session, const GatheredEntity *entity, Error *error)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    const char *sql = transform_narrow(session->arena, entity->transform, &everything, TRANSFORM_PLAIN);
    bool inside = conn_in_transaction(session->source);
    if (!sql)
        return true;
    if (inside && !conn_exec(session->source, "SAVEPOINT rehome_rights", NO_PARAMS, NULL, error))
        return false;
    AUTO(Result) *plan = conn_query(session->source, arena_printf(session->arena, "EXPLAIN %s", sql), NO_PARAMS, error);
    if (plan)
        return !inside || conn_exec(session->source, "RELEASE SAVEPOINT rehome_rights", NO_PARAMS, NULL, error);
    Error ignored = {0};
    if (inside)
        conn_exec(session->source, "ROLLBACK TO SAVEPOINT rehome_rights", NO_PARAMS, NULL, &ignored);
    if (is_refusal(error)) { /* then something else is wrong, and is told where it is */
        error_clear(error);
        return true;
    }
    if (error->kind == ERROR_RIGHTS && !*error->hint)
        error_hint(error, "GRANT SELECT ON what it reads TO %s, on the source.",
                   quote_name(session->arena, session->gathered.source->role));
    return false;
}

/* The rules over `output`, a SELECT: those of the transform on the source, those of load on the target. */
static bool check_rules(Session *session, const GatheredEntity *entity, bool of_load, const char *output,
                        Mistakes *mistakes, Error *error)
{
    const char *before = arena_printf(session->arena, "SELECT FROM (%s\n) AS \"q\" WHERE (", output);
    FOR_EACH(const RejectRule, rule, entity->entity->rejects) {
        OutputColumnList columns = {0};
        bool accepted = false;
        if (rule->of_load == of_load &&
            !describe_user_sql(session, of_load ? session->target : session->source, &rule->sql, before, "\n)",
                               &columns, mistakes, &accepted, error))
            return false;
    }
    return true;
}

static bool check_rejects(Session *session, const GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    const char *output = transform_narrow(session->arena, entity->transform, &everything, TRANSFORM_PLAIN);
    return check_rules(session, entity, false, output, mistakes, error);
}

static bool check_scope(Session *session, const GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    if (!entity->entity->scope.text)
        return true;
    OutputColumnList columns = {0};
    bool accepted = false;
    const char *before = arena_printf(session->arena, "SELECT FROM %s WHERE (", entity->into->sql_name);
    return describe_user_sql(session, session->target, &entity->entity->scope, before, "\n)", &columns, mistakes,
                             &accepted, error);
}

/* `staged` as it will be: a column of the same name in the target gives its type, else it is text. */
static char *staged_definition(Arena *arena, const GatheredEntity *entity)
{
    Text sql = text_new(arena);
    text_add(&sql, "CREATE TEMPORARY TABLE staged (");
    FOR_EACH(const OutputColumn, column, entity->output) {
        const Column *to = relation_column(entity->into, column->name);
        text_addf(&sql, "%s%s %s", column == entity->output.items ? "" : ", ", quote_name(arena, column->name),
                  to ? to->type_name : "text");
    }
    text_add(&sql, ")");
    return sql.chars;
}

/* What the server takes of load's rules, and whether the place of a staged row can be shown beside load's columns. */
static bool check_loaded(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    KeySet everything = {.kind = KEYSET_EVERYTHING};
    Transform *loading = entity->loading;
    const char *why = NULL;
    if (!check_rules(session, entity, true, transform_text(session->arena, loading), mistakes, error))
        return false;
    if (!loading->shows_key)
        return true;
    const char *sql = transform_narrow(session->arena, loading, &everything, TRANSFORM_WITH_KEY);
    if (!accepts(session, session->target, &entity->load_output, sql, 1, &why, error))
        return false;
    loading->shows_key = !why;
    return true;
}

/* The staging table lives only for the question. */
static bool describe_load(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    const Sql *load = &entity->entity->load;
    bool accepted = false;
    if (!load->text)
        return true;
    return conn_exec(session->target, "SAVEPOINT rehome_load", NO_PARAMS, NULL, error) &&
           conn_exec(session->target, staged_definition(session->arena, entity), NO_PARAMS, NULL, error) &&
           conn_exec(session->target, sql_plan_prefer_staged, NO_PARAMS, NULL, error) &&
           describe_seated(session, session->target, entity->loading, &entity->load_output, mistakes, &accepted,
                              error) &&
           (!accepted || check_loaded(session, entity, mistakes, error)) &&
           conn_exec(session->target, "ROLLBACK TO SAVEPOINT rehome_load", NO_PARAMS, NULL, error);
}

bool describe_transform(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    bool accepted = false;
    if (!describe_seated(session, session->source, entity->transform, &entity->output, mistakes, &accepted, error))
        return false;
    if (!accepted) {
        entity->transform = NULL;
        return true;
    }
    return check_where(session, entity, mistakes, error) && check_rights(session, entity, error) &&
           check_narrowing(session, entity, error);
}

bool describe_entity(Session *session, GatheredEntity *entity, Mistakes *mistakes, Error *error)
{
    if (!entity->merge && !describe_transform(session, entity, mistakes, error))
        return false;
    if (!entity->transform)
        return true;
    return check_rejects(session, entity, mistakes, error) && check_scope(session, entity, mistakes, error) &&
           describe_load(session, entity, mistakes, error);
}

/* Before the first run a check may speak of a ledger that is not there yet. */
static bool waits_for_ledger(const Session *session, const Sql *sql)
{
    return session->migration == 0 && strstr(sql->text, "rehome.") != NULL;
}

static bool describe_query(Session *session, Conn *conn, const Sql *sql, Mistakes *mistakes, Error *error)
{
    OutputColumnList columns = {0};
    bool accepted = false;
    return !sql->text || waits_for_ledger(session, sql) ||
           describe_user_sql(session, conn, sql, "", "", &columns, mistakes, &accepted, error);
}

bool describe_check(Session *session, const Check *check, Mistakes *mistakes, Error *error)
{
    Conn *conn = check->side == CHECK_TARGET ? session->target : session->source;
    return describe_query(session, conn, &check->sql, mistakes, error) &&
           describe_query(session, session->target, &check->target_sql, mistakes, error);
}

bool describe_compat(Session *session, const Compat *compat, const Relation *into, Mistakes *mistakes, Error *error)
{
    OutputColumnList columns = {0};
    bool accepted = false;
    const char *from = arena_printf(session->arena, "FROM %s AS t", into->sql_name);
    if (compat->where.text && !describe_user_sql(session, session->target, &compat->where, arena_printf(session->arena, "SELECT %s WHERE (", from),
                                                 "\n)", &columns, mistakes, &accepted, error))
        return false;
    FOR_EACH(const CompatColumn, column, compat->columns)
        if (!describe_user_sql(session, session->target, &column->sql, "SELECT (", arena_printf(session->arena, "\n) %s", from), &columns, mistakes,
                               &accepted, error))
            return false;
    return true;
}

bool describe_is_empty(Arena *arena, Conn *target, const Relation *relation, bool *empty, Error *error)
{
    const char *sql = arena_printf(arena, "SELECT NOT EXISTS (SELECT FROM %s%s)", relation->has_children ? "ONLY " : "",
                                   relation->sql_name);
    AUTO(Result) *result = conn_query(target, sql, NO_PARAMS, error);
    if (!result)
        return error_doing(error, "looking whether %s is empty", relation->sql_name);
    *empty = result_bool(result, 0, 0);
    return true;
}
