#include "engine/wait.h"
#include "tap.h"

TEST(who_holds_a_lock_is_told_with_what_it_does_and_without_values)
{
    AUTO(Arena) *arena = arena_new();
    Wait wait = {.type = "Lock", .event = "transactionid", .lock = "a row of writer", .holder = 17, .user = "joe", .application = "psql",
                 .state = "idle in transaction", .seconds = 200, .query = "UPDATE writer SET name = 'secret' WHERE id = 1"};
    CHECK_TEXT(wait_describe(arena, &wait), "a lock on a row of writer, held by pid 17 (psql of joe, idle in transaction for 3m20s: "
                                            "UPDATE writer SET name = … WHERE id = …)");
    wait = (Wait){.type = "Lock", .event = "relation", .holder = 17};
    CHECK_TEXT(wait_describe(arena, &wait), "a lock on relation, held by pid 17");
    wait.holder = 0;
    CHECK_TEXT(wait_describe(arena, &wait), "a lock on relation, held by a prepared transaction");
}

TEST(other_waits_are_told_by_what_they_are_for)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(wait_describe(arena, &(Wait){.type = "IO", .event = "DataFileRead"}), "I/O (DataFileRead)");
    CHECK_TEXT(wait_describe(arena, &(Wait){.type = "IPC", .event = "SyncRep"}), "a synchronous standby (SyncRep)");
    CHECK_TEXT(wait_describe(arena, &(Wait){.type = "Client", .event = "ClientRead"}), "rows from the other side (ClientRead)");
    CHECK(wait_describe(arena, &(Wait){.type = "", .event = ""}) == NULL);
}
