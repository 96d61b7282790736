"""What can happen to a command. Each kind is a function that begins one, does it harm, and waits for its end; it sets `happened` when the
harm was done, and `detail` to what exactly. It draws all its luck from the trial's, so that the same seed gives the same harm."""

import os
import pathlib
import re
import signal
import time

from psycopg import Error
from support.server import connect
from wire import Harm

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "src"
# {name: how it is marked}
POINTS = dict(
    sorted(
        (name, mark)
        for path in SOURCES.rglob("*.c")
        for mark, name in re.findall(r'\b(FAULT(?:_FAILS|_ON)?)\("([^"]+)"', path.read_text(encoding="utf-8"))
    )
)

# ---- at a named point ----


def at_point(trial, action, point=None, mark=None):
    """A run until it reaches a point; one that is marked so, when it has to be."""
    point = point or trial.luck.choice([one for one in trial.prepared.points if mark in (None, POINTS[one])])
    nth = min(trial.luck.choice((1, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12)), trial.prepared.points[point])
    trial.detail = f"{point}:{nth}"
    run = trial.begin(fault=f"{point}:{action}:{nth}")
    trial.happened = run.says(f"fault: {point}: {action}")
    return run


def point_kill(trial, point=None):
    trial.disturbed(at_point(trial, "kill", point))


def point_exit(trial, point=None):
    trial.disturbed(at_point(trial, "exit", point))


def point_error(trial, point=None):
    """The point fails, as if a server had been too busy."""
    trial.disturbed(at_point(trial, "error", point, "FAULT_FAILS"))


def point_drop(trial, point=None):
    """The connection is lost at this point."""
    trial.disturbed(at_point(trial, "drop", point, "FAULT_ON"))


def point_stall_kill(trial, point=None):
    run = at_point(trial, "stall", point)
    time.sleep(trial.luck.uniform(0, 0.1))
    run.send(signal.SIGKILL)
    trial.disturbed(run)


def point_paused(trial, point=None):
    """It stops itself there, past the timeouts: see `paused_past_timeouts`."""
    finished_by_another(trial, at_point(trial, "pause", point))


def point_stall_interrupt(trial, point=None):
    run = at_point(trial, "stall", point)
    run.send(signal.SIGINT)
    trial.disturbed(run)


def point_stall_second(trial, point=None):
    """A second process comes while the first is stuck, and goes on alone when that is killed."""
    run = at_point(trial, "stall", point)
    second = trial.begin()
    second.ended_within(trial.luck.uniform(0.05, 0.4))
    run.send(signal.SIGKILL)
    trial.disturbed(run)
    trial.untouched(second, "the second process")


AT_POINTS = {
    "point: kill -9": point_kill,
    "point: exit": point_exit,
    "point: error": point_error,
    "point: connection lost": point_drop,
    "point: stall, kill -9": point_stall_kill,
    "point: stall, Ctrl-C": point_stall_interrupt,
    "point: stall, second process": point_stall_second,
    "point: SIGSTOP past the timeouts": point_paused,
}

# Points that no scene reaches, by how they begin, and why.
ELSEWHERE = {
    "scratch.": "a scratch server is made before a migration begins: test_scratch kills at each of these points",
}

NEEDS = {"point: error": "FAULT_FAILS", "point: connection lost": "FAULT_ON"}  # what only such a point can do


def possible(kind, point):
    """At this point; at any that a scene reaches where `point` is a list of them."""
    if not isinstance(point, str):
        return kind not in AT_POINTS or any(possible(kind, one) for one in point)
    return NEEDS.get(kind, POINTS[point]) == POINTS[point]


# ---- signals at a random moment ----


def signalled(number):
    def fault(trial):
        run = trial.begin()
        trial.happened = trial.moment(run) and run.send(number)
        trial.disturbed(run)

    return fault


def killed_often(trial):
    trial.detail = str(times := trial.luck.randint(2, 5))
    for _ in range(times):
        run = trial.begin()
        if trial.moment(run):
            trial.happened |= run.send(signal.SIGKILL)
        trial.disturbed(run)


def one_of_two_killed(trial):
    runs = [trial.begin(), trial.begin()]
    victim = trial.luck.randrange(2)
    if trial.moment(runs[victim]):
        trial.happened = runs[victim].send(signal.SIGKILL)
    trial.disturbed(runs[victim])
    trial.untouched(runs[1 - victim], "the process that was not killed")


def paused(trial):
    run = trial.begin()
    trial.happened = trial.moment(run) and run.send(signal.SIGSTOP)
    time.sleep(trial.luck.uniform(0.05, 0.4))
    run.send(signal.SIGCONT)
    trial.untouched(run, "a run that was paused")


def finished_by_another(trial, run):
    """The sessions of a paused run are ended, as the server's timeouts would do, another finishes the work, and it wakes up."""
    for side in ["target"] if trial.scene.same else ["source", "target"]:
        end_backends(trial, side, 99)
    second = trial.begin()
    if trial.luck.random() < 0.3:  # it wakes up in the midst of the other's work
        second.ended_within(trial.luck.uniform(0, trial.prepared.seconds))
        run.send(signal.SIGCONT)
    try:
        trial.untouched(second, "the process beside a paused one")
    finally:
        run.send(signal.SIGCONT)
    trial.disturbed(run)


def paused_past_timeouts(trial):
    run = trial.begin()
    trial.happened = trial.moment(run) and run.send(signal.SIGSTOP)
    finished_by_another(trial, run)


# ---- sessions and servers ----


def end_backends(trial, side, most):
    ended = 0
    pids = trial.backends(side)
    trial.luck.shuffle(pids)
    for pid in pids[:most]:
        ended += trial.servers.ask(side, "SELECT pg_terminate_backend(%s)", [pid])[0][0]
    return ended > 0


def session_terminated(trial):
    trial.detail = side = trial.side()
    run = trial.begin()
    most = trial.luck.choice((1, 1, 2, 99))
    trial.happened = trial.moment(run) and end_backends(trial, side, most)
    trial.disturbed(run)


def crash(server, pid):
    """Kills a backend, and no other process that has its number by now; False when it is gone. The server is on its way down
    when this returns, and up again after start()."""
    try:
        backend = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        parent = int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        if parent != server.process.pid:
            return False
        signal.pidfd_send_signal(backend, signal.SIGKILL)
        while os.path.exists(f"/proc/{pid}"):  # until the postmaster has noticed
            time.sleep(0.002)
        return True
    except (FileNotFoundError, ProcessLookupError):
        return False
    finally:
        os.close(backend)


def backend_killed(trial):
    """The server takes that for a crash: it ends all sessions and recovers."""
    trial.detail = side = trial.side()
    run = trial.begin()
    if trial.moment(run):
        pids = trial.backends(side)
        if pids:
            trial.happened = crash(trial.servers[side], trial.luck.choice(pids))
    trial.disturbed(run)
    trial.servers[side].start()


def server_stopped(mode):
    def fault(trial):
        trial.detail = side = trial.side()
        run = trial.begin()
        if trial.moment(run):
            trial.servers[side].restart(mode)
            trial.happened = True
        trial.disturbed(run)

    return fault


# ---- the network ----


def network(action):
    def fault(trial):
        side, luck = trial.side(), trial.luck
        wire = trial.wire(side)
        traffic = trial.prepared.traffic[side]
        on = luck.choice(("up", "down", "down", "commit", "commit sent", "commit answered"))
        if on.startswith("commit"):
            after = luck.randint(1, max(1, traffic["commits"]))
        else:
            after = luck.randint(1, max(1, traffic[on]))
        harm = Harm(action, on, after, everybody=luck.random() < 0.3, seconds=luck.uniform(0.05, 0.5),
                    outage=luck.choice((0, 0, 0.1, 0.5)) if action in ("cut", "reset", "half") else 0)
        trial.detail = f"{side}, {on} {after}{', all' if harm.everybody else ''}"
        wire.plan(harm)
        run = trial.begin()
        if action == "stall":
            while not wire.happened.is_set() and not run.ended_within(0.01):
                pass
            run.ended_within(luck.uniform(0, 0.2))
            run.send(signal.SIGKILL)
        if action in ("stall", "half"):
            wire.happened.wait(0)
            trial.after(luck.choice((0, 0.2, 1.0)) if action == "stall" else 1.0, wire.mend)
        if action in ("pause", "trickle"):
            trial.untouched(run, "a run over a slow network")
        else:
            trial.disturbed(run)
        trial.happened = wire.happened.is_set()
        wire.relent()

    return fault


# ---- somebody else ----

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname <> ALL ('{pg_catalog,information_schema,pg_toast,rehome}') AND n.nspname !~ '^pg_temp' ORDER BY 1
"""


def lock_in_the_way(trial):
    """Somebody else has a lock on one of the target's tables, for a while."""
    seconds, mode = trial.luck.uniform(0.05, 2.5), trial.luck.choice(("ACCESS EXCLUSIVE", "SHARE", "ACCESS SHARE", "ROW EXCLUSIVE"))
    run = trial.begin()
    if trial.moment(run):
        with connect(trial.url("target"), autocommit=False) as holder:
            tables = [row[0] for row in holder.execute(TABLES).fetchall()]
            trial.happened = bool(tables) and held(holder, trial.luck.choice(tables), mode, run, seconds)
            trial.detail = f"{mode} for {seconds:.1f} s"
            holder.rollback()
    trial.untouched(run, "a run that met a lock")


def held(holder, table, mode, run, seconds):
    """False when it cannot be had: rehome has one of its own."""
    try:
        holder.execute(f"SET LOCAL lock_timeout = '300ms'; LOCK TABLE {table} IN {mode} MODE")
    except Error:
        return False
    run.ended_within(seconds)
    return True


def disk_full(trial):
    """The target's tablespace has room for a part of the rows only."""
    space = trial.servers.small
    room = trial.luck.randint(0, max(1, trial.prepared.growth // 8192)) * 8192
    trial.detail = f"{room // 1024} kB left"
    space.leave(room)
    try:
        run = trial.begin()
        trial.disturbed(run)
        trial.happened = run.process.returncode == 1
    finally:
        space.free()


# ---- on the way back ----


def rollback_disturbed(trial):
    """Something happens to the rollback too, at one of its points or at a random moment."""
    luck = trial.luck
    if luck.random() < 0.3:
        run = trial.rollback()
        if trial.moment(run):
            run.send(luck.choice((signal.SIGKILL, signal.SIGINT)))
    else:
        point = luck.choice([name for name in POINTS if name.startswith(("rollback.", "conn."))])
        action = luck.choice([one for kind, one in (("point: error", "error"), ("point: connection lost", "drop")) if possible(kind, point)] + ["kill", "exit"])
        run = trial.rollback(fault=f"{point}:{action}:{luck.choice((1, 1, 2, 3, 5))}")
    trial.disturbed(run)


CALM = {
    "kill -9": signalled(signal.SIGKILL),
    "kill -9, several times": killed_often,
    "kill -9, one of two processes": one_of_two_killed,
    "Ctrl-C": signalled(signal.SIGINT),
    "SIGTERM": signalled(signal.SIGTERM),
    "SIGSTOP": paused,
    "SIGSTOP past the timeouts": paused_past_timeouts,
    "session terminated": session_terminated,
    "lock of somebody else": lock_in_the_way,
    **{f"network: {action}": network(action) for action in ("cut", "reset", "stall", "pause", "trickle", "half")},
}
# These need servers that no other case uses meanwhile.
CRASHES = {
    "backend kill -9": backend_killed,
    "server: immediate restart": server_stopped("immediate"),
    "server: fast restart": server_stopped("fast"),
}
FULL = {"disk full": disk_full}
