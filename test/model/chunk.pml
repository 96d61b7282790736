/* How a chunk is moved, by several processes, while connections, processes and the server fail: scripts/check-model lets
 * spin try every order in which that can happen. docs/decisions.md says what stands for what, and what is left out.
 *
 * The server knows what is committed (target, chunk), what would be left of that after a crash (safe_target, safe_chunk: workers
 * commit with synchronous_commit = off) and sessions with their transactions. A worker knows what it was told. A session may
 * outlive its worker, and a worker its session: that is also what a process sees that was paused for long. */

#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef FAULTS
#define FAULTS 2 /* how often something fails in all */
#endif
#define ROWS     2
#define CHUNKS   2
#define SESSIONS (2 * WORKERS) /* a worker's own, and one that it has left behind */
#define NONE     15

typedef Chunk {
    bool exists, done;
    unsigned low : 4, high : 4, written : 4
};

typedef Session {
    bool up, connected, committing, answered; /* connected: the worker still hears it */
    bool moved, marked;
    unsigned chunk : 4, low : 4, high : 4, middle : 4 /* middle: where the chunk is split; 0: it is not */
};

byte target[ROWS], safe_target[ROWS]; /* how often each source row was written */
Chunk chunk[CHUNKS], safe_chunk[CHUNKS];
byte lock[CHUNKS] = NONE; /* the session that has locked the chunk's row */
Session session[SESSIONS];
unsigned faults : 4 = FAULTS, finished : 4 = 0;
bool is_safe; /* nothing was committed since the last flush */

#define HEARS(s)    (session[s].up && session[s].connected)
#define PENDING(c)  (chunk[c].exists && !chunk[c].done)
#define CLAIMABLE(c) (PENDING(c) && lock[c] == NONE)
#define ANY(what)    (what(0) || what(1))

/* ---- the server ---- */

inline forget(s)
{
    for (i : 0 .. CHUNKS - 1) {
        if
        :: lock[i] == s -> lock[i] = NONE
        :: else
        fi
    }
    session[s].moved = false;
    session[s].marked = false;
    session[s].chunk = 0;
    session[s].low = 0;
    session[s].high = 0;
    session[s].middle = 0;
    session[s].committing = false
}

inline end_session(s)
{
    forget(s);
    session[s].up = false;
    session[s].connected = false;
    session[s].answered = false
}

inline split(s)
{
    i = 0;
    do
    :: i < CHUNKS && chunk[i].exists -> i++
    :: else -> break
    od;
    assert(i < CHUNKS); /* no range is split twice */
    chunk[i].exists = true;
    chunk[i].low = session[s].middle;
    chunk[i].high = session[s].high;
    chunk[session[s].chunk].high = session[s].middle;
    i = 0
}

/* All that a transaction has done becomes true at once. */
inline commit(s)
{
    if
    :: session[s].moved ->
        for (i : session[s].low .. session[s].high - 1) {
            target[i]++;
            assert(target[i] == 1) /* no row is written twice */
        }
    :: else
    fi;
    if
    :: session[s].marked ->
        chunk[session[s].chunk].done = true;
        chunk[session[s].chunk].written = session[s].high - session[s].low
    :: else
    fi;
    if
    :: session[s].middle > 0 -> split(s)
    :: else
    fi;
    is_safe = false;
    forget(s);
    session[s].answered = session[s].connected
}

inline copy_chunk(from, to)
{
    to.exists = from.exists;
    to.done = from.done;
    to.low = from.low;
    to.high = from.high;
    to.written = from.written
}

inline flush()
{
    for (i : 0 .. ROWS - 1) {
        safe_target[i] = target[i]
    }
    for (i : 0 .. CHUNKS - 1) {
        copy_chunk(chunk[i], safe_chunk[i])
    }
    is_safe = true
}

inline crash_server()
{
    for (i : 0 .. ROWS - 1) {
        target[i] = safe_target[i]
    }
    for (i : 0 .. CHUNKS - 1) {
        copy_chunk(safe_chunk[i], chunk[i])
    }
    for (k : 0 .. SESSIONS - 1) {
        end_session(k)
    }
    k = 0;
    is_safe = true
}

#define SERVES(s)                                                                                                     \
    /* what was asked for happens, also when nobody is there any more to hear of it */                               \
    :: d_step { session[s].up && session[s].committing -> commit(s); i = 0 }                                         \
    /* the server notices that a client is gone */                                                                   \
    :: d_step { session[s].up && !session[s].connected && !session[s].committing -> end_session(s); i = 0 }          \
    /* a timeout, an administrator, a broken backend: the session ends, its transaction with it */                   \
    :: d_step { session[s].up && faults > 0 -> faults--; end_session(s); i = 0 }                                     \
    /* the connection breaks: before a COMMIT has come, while it is under way, or before its answer */               \
    :: d_step { HEARS(s) && faults > 0 -> faults--; session[s].connected = false; session[s].answered = false }

active proctype server()
{
    byte i = 0, k = 0;
end:
    do
    SERVES(0)
    SERVES(1)
    SERVES(2)
    SERVES(3)
#if WORKERS > 2
    SERVES(4)
    SERVES(5)
#endif
    :: d_step { faults > 0 -> faults--; crash_server(); i = 0 }
    :: d_step { !is_safe -> flush(); i = 0 }
    od
}

/* ---- a process ---- */

/* Instead of a statement: its connection is lost, or kill -9 ends the process, and another one begins that knows nothing. */
#define FAILS(s)                                                                                                      \
    :: !HEARS(s) -> goto lost                                                                                        \
    :: faults > 0 -> faults--; session[s].connected = false; session[s].answered = false; goto begin

proctype worker(byte me)
{
    byte i = 0, s = NONE, c = NONE;
    unsigned low : 4, high : 4;
    unsigned seen : CHUNKS; /* by the snapshot of a statement: the chunks that are pending */
    bool asks;              /* the outcome of a COMMIT is not known */

begin:
    atomic { asks = false; c = NONE; low = 0; high = 0 };
connect:
    atomic {
        if
        :: !session[2 * me].up -> s = 2 * me
        :: !session[2 * me + 1].up -> s = 2 * me + 1
        fi;
        session[s].up = true;
        session[s].connected = true;
        if
        :: asks -> goto ask
        :: else -> goto claim
        fi
    };

    /* SELECT state FROM rehome.chunk WHERE id = … FOR UPDATE waits for whoever has the row, be it our own lost session */
ask:
    atomic {
        if
        FAILS(s)
#ifdef REPEATS_WITHOUT_ASKING
        :: HEARS(s) -> session[s].chunk = c; session[s].low = low; session[s].high = high; asks = false; goto move
#else
        :: HEARS(s) && lock[c] == NONE -> asks = false; c = NONE; low = 0; high = 0
#endif
        fi
    };

    /* SELECT … FOR UPDATE SKIP LOCKED: first its snapshot, then the rows as they are when they are locked */
claim:
    atomic {
        if
        FAILS(s)
        :: HEARS(s) -> seen = PENDING(0) | PENDING(1) << 1
        fi
    };
    atomic {
        if
        :: !HEARS(s) -> seen = 0; goto lost
        :: else
        fi;
        i = 0;
        do
#ifdef CLAIMS_WITHOUT_LOCK
        :: i < CHUNKS && seen >> i & 1 -> break
        :: i < CHUNKS && !(seen >> i & 1) -> i++
#elif defined(CLAIMS_BY_ITS_SNAPSHOT)
        :: i < CHUNKS && seen >> i & 1 && lock[i] == NONE -> lock[i] = s; break
        :: i < CHUNKS && !(seen >> i & 1 && lock[i] == NONE) -> i++
#else
        :: i < CHUNKS && seen >> i & 1 && CLAIMABLE(i) -> lock[i] = s; break
        :: i < CHUNKS && !(seen >> i & 1 && CLAIMABLE(i)) -> i++
#endif
        :: i == CHUNKS -> break
        od;
        seen = 0;
        c = i;
        i = 0;
        if
        :: c == CHUNKS -> c = NONE; goto wait
        :: else
        fi;
        low = chunk[c].low;
        high = chunk[c].high;
        session[s].chunk = c;
        session[s].low = low;
        session[s].high = high
    };

    /* a last chunk may be split, in a transaction of its own */
move:
    atomic {
        if
        FAILS(s)
        :: HEARS(s) && high - low > 1 && !chunk[CHUNKS - 1].exists ->
            session[s].middle = low + 1;
            session[s].committing = true;
            goto answer
        :: HEARS(s) -> session[s].moved = true
        fi
    };
#ifdef MARKS_IN_A_SECOND_TRANSACTION
    atomic {
        if
        :: HEARS(s) -> session[s].committing = true
        FAILS(s)
        fi
    };
    atomic {
        if
        :: session[s].answered -> session[s].answered = false
        FAILS(s)
        fi
    };
#endif

    /* UPDATE … WHERE state = 'pending' waits for who has the row, and must find it pending then */
    atomic {
        if
        FAILS(s)
        :: HEARS(s) && (lock[c] == NONE || lock[c] == s) ->
            if
#ifndef MARKS_BLINDLY
            :: !PENDING(c) -> goto lost
#endif
            :: else -> lock[c] = s; session[s].marked = true
            fi
        fi
    };
    atomic {
        if
        :: HEARS(s) -> session[s].committing = true
        FAILS(s)
        fi
    };

answer:
    atomic {
        if
        :: session[s].answered -> session[s].answered = false; c = NONE; low = 0; high = 0; goto claim
        :: !HEARS(s) -> asks = true; goto lost
        :: faults > 0 -> faults--; session[s].connected = false; session[s].answered = false; goto begin
        fi
    };

    /* nothing to claim: others have what is left, or all is done */
wait:
    atomic {
        if
        FAILS(s)
        :: HEARS(s) && ANY(CLAIMABLE) -> goto claim
        /* the last word of a run is a COMMIT that waits for the disk, on a session that was there all the time */
        :: HEARS(s) && !ANY(PENDING) ->
#ifndef ENDS_WITHOUT_THE_DISK
            flush();
            i = 0;
#endif
            goto done
        fi
    };

lost:
    atomic {
        session[s].connected = false;
        session[s].answered = false;
        if
        :: !asks -> c = NONE; low = 0; high = 0
        :: else
        fi;
        goto connect
    };

done:
    atomic {
        session[s].connected = false;
        finished++;
        s = NONE
    }
}

init
{
    byte i = 0, written = 0, covered = 0;
    atomic {
        chunk[0].exists = true;
        chunk[0].high = ROWS;
        flush();
        for (i : 0 .. WORKERS - 1) {
            run worker(i)
        }
        i = 0
    };
    finished == WORKERS;
    d_step {
        for (i : 0 .. ROWS - 1) {
            assert(target[i] == 1) /* every row is written, and once */
        }
        for (i : 0 .. CHUNKS - 1) {
            assert(!chunk[i].exists || chunk[i].written == chunk[i].high - chunk[i].low); /* the books of a chunk */
            written = written + chunk[i].written;
            covered = covered + chunk[i].high - chunk[i].low
        }
        assert(written == ROWS && covered == ROWS) /* the books of all, and no gap */
    }
}
