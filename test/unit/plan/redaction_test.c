#include "plan/redaction.h"

#include "base/text.h"
#include "tap.h"

TEST(an_output_and_what_it_is_made_of_are_hidden_together)
{
    AUTO(Arena) *arena = arena_new();
    Mistakes mistakes = {.arena = arena};
    Entity entity = {.name = "people"};
    Transform transform = {0};
    GatheredEntity gathered = {.entity = &entity, .transform = &transform};
    EntityPlan plan = {.entity = &entity, .gathered = &gathered};
    Lineage *email = LIST_ADD(arena, &transform.lineages);
    *email = (Lineage){.name = "email"};
    LIST_PUSH(arena, &email->columns, "mail");
    LIST_PUSH(arena, &transform.lineages, ((Lineage){.name = "id"}));
    LIST_PUSH(arena, &gathered.output, ((OutputColumn){.name = "email"}));
    LIST_PUSH(arena, &gathered.output, ((OutputColumn){.name = "id"}));
    LIST_PUSH(arena, &entity.redact, ((Name){.name = "email"}));
    redaction_build(arena, &plan, &mistakes);
    CHECK_TEXT(string_list_join(arena, &plan.hidden, " "), "email mail");
    CHECK_NUMBER((long long)mistakes.list.count, 0);
}

TEST(a_name_that_is_no_column_is_a_mistake_at_its_place)
{
    AUTO(Arena) *arena = arena_new();
    Mistakes mistakes = {.arena = arena};
    Entity entity = {.name = "people"};
    GatheredEntity gathered = {.entity = &entity};
    EntityPlan plan = {.entity = &entity, .gathered = &gathered};
    LIST_PUSH(arena, &entity.redact, ((Name){.name = "emial", .place = {"migration.yaml", 8, 14}}));
    redaction_build(arena, &plan, &mistakes);
    CHECK_NUMBER((long long)mistakes.list.count, 1);
    CHECK_TEXT(mistake_print(arena, &mistakes.list.items[0]),
               "migration.yaml:8:14: \"redact\" names \"emial\", which neither the driving table nor the transform of "
               "entity \"people\" has");
}
