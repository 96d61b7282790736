/* We are the polite one: no statement of ours waits long for a lock, and when it had to give up we say who holds it. */
#pragma once

#include "pg/conn.h"
#include "plan/plan.h"

/* Inside a transaction: DDL waits two seconds at most; the caller tries again. */
bool lock_wait_limit(Conn *target, Error *error);
/* Whether a statement that gave up waiting for a lock, or looked at a catalog while somebody changed it, is worth
 * another try, after a pause; then the error is cleared. Else it says who holds the lock. */
bool lock_wait_again(Arena *arena, Conn *target, const Step *step, int attempt, Error *error);
/* After the rollback: adds who holds locks on the step's table to the error, with pid, age and state; NULL: who holds a
 * table for himself. */
void lock_wait_explain(Arena *arena, Conn *target, const Step *step, Error *error);
