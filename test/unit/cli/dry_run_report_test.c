/* What a dry run tells, without a server. */
#include "base/text.h"
#include "cli/dry_run_report.h"
#include "tap.h"

#include <string.h>

typedef struct Case {
    Manifest manifest;
    Plan plan;
    Entity entity;
    Relation into;
    EntityPlan entity_plan;
    DryRun report;
    Error error;
} Case;

/* One entity that was tried, with a reject, and one that would fail. */
static void make(Arena *arena, Case *it)
{
    it->manifest.name = "shop";
    it->plan.manifest = &it->manifest;
    it->entity = (Entity){.name = "leads"};
    it->into = (Relation){.schema = "crm", .name = "leads"};
    it->entity_plan = (EntityPlan){.entity = &it->entity, .into = &it->into, .estimated_rows = 1234};
    LIST_PUSH(arena, &it->report.expand, "sql/10-tables.sql");
    DryEntity *tried = LIST_ADD(arena, &it->report.entities);
    tried->plan = &it->entity_plan;
    tried->has_books = true;
    tried->chunks = 3;
    tried->books = (Books){.read = 1000, .written = 998, .rejected = 2};
    DryReject *reject = LIST_ADD(arena, &tried->rejects);
    *reject = (DryReject){.reason = "lossy:price", .over_budget = true, .rows = 2};
    LIST_PUSH(arena, &reject->keys, "{\"id\": \"7\"}");
    error_set(&it->error, ERROR_DATA, "row (id) = (17): no");
    DryEntity *failed = LIST_ADD(arena, &it->report.entities);
    *failed = (DryEntity){.plan = &it->entity_plan, .state = DRY_FAILED, .error = &it->error};
}

TEST(people_read_books_rejects_and_what_would_fail)
{
    AUTO(Arena) *arena = arena_new();
    Case it = {0};
    char buffer[4096] = "";
    FILE *out = fmemopen(buffer, sizeof buffer, "w");
    make(arena, &it);
    dry_run_print(arena, &it.plan, &it.report, out);
    fclose(out);
    CHECK(strstr(buffer, "shop: a dry run; everything was rolled back"));
    CHECK(strstr(buffer, "  sql/10-tables.sql\n"));
    CHECK(strstr(buffer, "crm.leads"));
    CHECK(strstr(buffer, "1,234"));
    CHECK(strstr(buffer, "over    lossy:price  {\"id\": \"7\"}"));
    CHECK(strstr(buffer, "leads would fail: row (id) = (17): no"));
}

TEST(json_has_no_books_where_nothing_could_be_counted)
{
    AUTO(Arena) *arena = arena_new();
    Case it = {0};
    make(arena, &it);
    json_auto_t *document = dry_run_json(&it.plan, &it.report);
    json_t *entities = json_object_get(document, "entities");
    json_t *tried = json_array_get(entities, 0), *failed = json_array_get(entities, 1);
    CHECK(json_is_true(json_object_get(document, "dry_run")));
    CHECK_NUMBER(json_integer_value(json_object_get(json_object_get(tried, "books"), "written")), 998);
    json_t *reject = json_array_get(json_object_get(tried, "rejects"), 0);
    CHECK_TEXT(json_string_value(json_object_get(json_array_get(json_object_get(reject, "keys"), 0), "id")), "7");
    CHECK(json_is_null(json_object_get(failed, "books")));
    CHECK_TEXT(json_string_value(json_object_get(failed, "state")), "failed");
}
