#include "plan/plan.h"

static const StepRule rules[] = {
    [STEP_EXPAND] = {"expand", "what its statements take, each within a lock_timeout", "rehome rollback drops what they make"},
    [STEP_SEED] = {"seed", "what its statements take, each within a lock_timeout", "rehome rollback deletes the rows that they add"},
    [STEP_CHECK] = {"check", "none", "nothing to undo"},
    [STEP_PREPARE] = {"prepare",
                      "ACCESS EXCLUSIVE on the table while an index or key is dropped, within a lock_timeout",
                      "the index and foreign key steps bring back what it dropped"},
    [STEP_READY] =
        {"ready",
         "ACCESS EXCLUSIVE on the table for TRUNCATE or a trigger, ROW EXCLUSIVE for DELETE, within a lock_timeout",
         "triggers come back by steps of their own; rehome rollback puts back rows that replace removes"},
    [STEP_CUT] = {"cut", "none", "forgets the chunks"},
    [STEP_COPY] = {"copy", "ROW EXCLUSIVE on the table, per chunk", "rehome rollback"},
    [STEP_INDEX] = {"index", "SHARE on the table: it is ours and nobody reads it yet", "DROP INDEX"},
    [STEP_CONSTRAINT] = {"constraint", "ACCESS EXCLUSIVE on the table for a moment, within a lock_timeout",
                         "DROP CONSTRAINT"},
    [STEP_FOREIGN_KEY] = {"foreign key", "SHARE ROW EXCLUSIVE on both tables, within a lock_timeout",
                          "DROP CONSTRAINT"},
    [STEP_VALIDATE] = {"validate", "SHARE UPDATE EXCLUSIVE on the table, ROW SHARE on the one it points to",
                       "nothing to undo"},
    [STEP_TRIGGER] = {"trigger", "SHARE ROW EXCLUSIVE on the table for a moment, within a lock_timeout",
                      "DISABLE TRIGGER"},
    [STEP_SEQUENCE] = {"sequence", "none", "rehome rollback sets them to where they were, unless somebody went on with them"},
    [STEP_ANALYZE] = {"analyze", "SHARE UPDATE EXCLUSIVE on the table", "nothing to undo"},
    [STEP_COMPAT] = {"compat", "ACCESS SHARE on the tables it reads; ACCESS EXCLUSIVE on a view that it makes anew, within a lock_timeout",
                     "rehome rollback drops what they make"},
    [STEP_REFRESH] = {"refresh",
                      "ACCESS EXCLUSIVE on the view, or with CONCURRENTLY EXCLUSIVE, which lets others read; within a "
                      "lock_timeout",
                      "rehome rollback refreshes them once more, from what is there then"},
    [STEP_VERIFY] = {"verify", "none: it only reads", "nothing to undo"},
    [STEP_CHECK_AFTER] = {"check after", "none", "nothing to undo"},
};

const SqlList *step_scripts(const Manifest *manifest, StepKind kind)
{
    return kind == STEP_SEED ? &manifest->seed : &manifest->expand;
}

char *step_script_title(Arena *arena, const Sql *sql)
{
    return sql->is_file ? arena_strdup(arena, sql->place.file)
                        : arena_printf(arena, "%s:%d", sql->place.file, sql->place.line);
}

const StepRule *step_rule(StepKind kind)
{
    return &rules[kind];
}
