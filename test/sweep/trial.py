"""One case: a fresh copy of a scene's databases, a disturbed run, another run, and what came of it."""

import os
import pathlib
import select
import signal
import subprocess
import threading
import time

from judge import contents, differences, left_behind, look
from support.program import SANITIZER_REPORT, Program
from support.server import connect
from wire import Wire

PATIENCE = 300  # seconds after which a command hangs
SLOW = 30  # and after which it is looked at


class Trouble(Exception):
    """`kind` is what the report counts it as."""

    def __init__(self, kind, what):
        super().__init__(what)
        self.kind = kind


class Run:
    """rehome at work; its output goes to files."""

    def __init__(self, binary, arguments, folder, environment, output):
        self.arguments, self.output = arguments, output
        with open(f"{output}.stdout", "wb") as out, open(f"{output}.stderr", "wb") as err:
            self.process = subprocess.Popen(
                [binary, *map(str, arguments)], cwd=folder, env=Program._environment(environment),
                stdin=subprocess.DEVNULL, stdout=out, stderr=err,
            )
        self.pidfd = os.pidfd_open(self.process.pid)
        self.is_last = False  # no other is there that could be at work
        self.started = time.monotonic()

    @property
    def stderr(self):
        return pathlib.Path(f"{self.output}.stderr").read_text(errors="replace")

    @property
    def said(self):
        """For people, the ends of it."""
        return self.stderr[-3000:] + pathlib.Path(f"{self.output}.stdout").read_text(errors="replace")[-1500:]

    def ended_within(self, seconds):
        """Popen.wait(timeout) would look only every 50 ms."""
        if self.process.returncode is None and self.pidfd >= 0:
            poll = select.poll()
            poll.register(self.pidfd, select.POLLIN)
            if not poll.poll(max(0, seconds) * 1000):
                return False
            self.seconds = time.monotonic() - self.started
            self.process.wait()
            os.close(self.pidfd)
            self.pidfd = -1
        return True

    def says(self, text, patience=20):
        """Waits until it says so; False when it ends before."""
        deadline = time.monotonic() + patience
        while text not in self.stderr:
            if self.ended_within(0.01) or time.monotonic() > deadline:
                return text in self.stderr
        return True

    def send(self, number):
        if not self.ended_within(0):
            signal.pidfd_send_signal(self.pidfd, number)
            return True
        return False

    def wait(self, patience=PATIENCE):
        if not self.ended_within(patience):
            self.process.kill()
            self.ended_within(10)
            raise Trouble("hang", f"{' '.join(map(str, self.arguments))} did not end within {patience} s\n{self.stderr[-1500:]}")
        if SANITIZER_REPORT.search(self.stderr):
            raise Trouble("other", f"a sanitizer complains\n{self.stderr[-4000:]}")
        return self.process.returncode


class Trial:
    """What a fault may use: the run it disturbs, its databases, and luck."""

    def __init__(self, machine, prepared, servers, luck, folder, number, tablespace=None):
        self.machine, self.prepared, self.scene, self.servers, self.luck = machine, prepared, prepared.scene, servers, luck
        self.folder, self.number, self.count = folder, number, 0
        self.runs, self.wires, self.timers, self.happened = [], {}, [], False
        self.name = f"case_{number}"
        self.jobs = luck.choice((1, 2, 2, 3))
        self.detail, self.quick = "", False
        self.seconds, self.retries = 0, []  # of the next run
        place = f" TABLESPACE {tablespace}" if tablespace else ""
        servers.ask("target", f"CREATE DATABASE {self.name} TEMPLATE {prepared.before}{place} STRATEGY wal_log")
        self.user = servers.readers.get()  # of the source, which other cases read meanwhile: these sessions are ours

    # addresses

    def side(self):
        return "target" if self.scene.same or self.scene.command == "rollback" else self.luck.choice(("source", "target"))

    def database(self, side):
        return self.name if side == "target" or self.scene.same else self.prepared.legacy

    def url(self, side):
        """Not through a proxy."""
        return self.servers[side].url(self.database(side), user=self.role(side))

    def role(self, side):
        return self.user if side == "source" and not self.scene.same else "postgres"

    def wire(self, side):
        """Puts a proxy before a side, for all commands that begin from now on."""
        self.wires[side] = Wire(self.servers[side].port)
        return self.wires[side]

    def environment(self):
        def address(side):
            if side in self.wires:
                return f"postgresql://{self.role(side)}@127.0.0.1:{self.wires[side].port}/{self.database(side)}"
            return self.url(side)

        target = address("target")
        return {**self.scene.environment, "SOURCE_URL": target if self.scene.same else address("source"), "TARGET_URL": target}

    # commands

    def start(self, command="run", *arguments, fault=None):
        self.count += 1
        environment = self.environment() | ({"REHOME_FAULT": fault} if fault else {})
        run = Run(self.machine.binary, [command, *self.scene.options, *arguments], self.prepared.folder, environment,
                  self.folder / f"{self.number}.{self.count}")
        self.runs.append(run)
        return run

    def run(self, fault=None):
        return self.start("run", "-j", self.jobs, fault=fault)

    def retry(self, fault=None):
        return self.start("rejects", "retry", fault=fault)

    def repair(self, fault=None):
        return self.start("verify", "--repair", "--yes", fault=fault)

    def rollback(self, fault=None):
        return self.start("rollback", "--yes", *self.scene.back, fault=fault)

    def begin(self, fault=None):
        """What is disturbed in this scene."""
        return {"run": self.run, "retry": self.retry, "repair": self.repair, "rollback": self.rollback}[self.scene.command](fault)

    def after(self, seconds, act):
        timer = threading.Timer(seconds, act)
        timer.start()
        self.timers.append(timer)

    def moment(self, run):
        """Waits for a moment in the run; False when it ended before."""
        return not run.ended_within(self.luck.uniform(0.0, self.prepared.seconds * 0.85))

    def backends(self, side):
        """The processes of rehome's sessions."""
        ours = "datname = %s AND usename = %s AND application_name LIKE 'rehome%%'"
        found = self.servers.ask(side, f"SELECT pid FROM pg_stat_activity WHERE {ours} ORDER BY pid", [self.database(side), self.role(side)])
        return [row[0] for row in found]

    def waiting(self):
        """What rehome's sessions on the target do."""
        with connect(self.url("target")) as connection:
            return "\n".join(
                str(row)
                for row in connection.execute(
                    """SELECT pid, application_name, state, wait_event, pg_blocking_pids(pid), now() - state_change, left(query, 200)
                         FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"""
                ).fetchall()
            )

    def status_of(self, run):
        return self.scene.status if run.arguments[0] in ("run", "rejects") else 0

    def disturbed(self, run):
        """Waits for a command to which something was done: it may have failed, but not in any manner."""
        status = run.wait()
        if status not in (self.status_of(run), 1, 99, 130, -signal.SIGKILL, -signal.SIGINT, -signal.SIGTERM):
            raise Trouble("other", f"a disturbed run ended with {status}\n{run.said}")
        return status

    def untouched(self, run, why):
        """Waits for a command to which nothing was done."""
        status = run.wait()
        if status != self.status_of(run) and not self._gave_way(run):
            raise Trouble("other", f"{why} ended with {status}\n{run.said}")

    def _gave_way(self, run):
        """Another rollback has undone everything, or is about to; or the run was disturbed before it had written anything."""
        refused = "nothing was run yet" in run.stderr or "somebody works on this migration" in run.stderr and not run.is_last
        return run.arguments[0] == "rollback" and run.process.returncode == 1 and refused

    # the end

    def is_right(self):
        if self.scene.command != "rollback":
            return self.is_whole()
        self.is_as_before()
        if self.luck.random() < 0.25:  # and once more forward
            self.is_whole()

    def is_whole(self):
        """One more run, undisturbed, comes to the end; then all is there, once."""
        if self.scene.command == "retry":
            self.untouched(self.retry(), "the next retry")
        if self.scene.command == "repair":
            self.untouched(self.repair(), "the next repair")
        again = self.run()
        looked = "" if again.ended_within(SLOW) else self.waiting()
        self.untouched(again, "the next run")
        self.seconds, self.retries = again.seconds, [line for line in again.stderr.splitlines() if line.startswith(("↻", "again:"))]
        if again.seconds > SLOW + 10 * self.prepared.seconds:
            raise Trouble("slow", f"the next run took {again.seconds:.0f} s\n{again.stderr[-1500:]}\n{looked}")
        for wire in self.wires.values():
            wire.mend()
        # the run has verified; so now and then is enough to see that the command says the same
        if not self.quick and self.luck.random() < 0.1:
            self.untouched(self.start("verify"), "verify")
        self._left_behind()
        found = differences(self.prepared.expected, look(self.url("target"), self.scene))
        if found:
            raise Trouble(found[0][0], "\n".join(f"{kind}: {what}" for kind, what in found))

    def is_as_before(self):
        """`rehome rollback` takes everything back."""
        last = self.rollback()
        if self.scene.back and last.wait() == 1 and "there is no backup" in last.stderr:  # disturbed before it was taken
            last = self.start("rollback", "--yes")
        last.is_last = True
        self.untouched(last, "rollback")
        for wire in self.wires.values():
            wire.mend()
        self._left_behind()
        before, now = self.prepared.untouched, contents(self.url("target"), self.scene)
        for kind, old, new in zip(("rows", "structure", "sequences"), before, now):
            if old != new:
                old, new = (set(one.items()) if kind == "rows" else set(one) for one in (old, new))
                raise Trouble("rollback", f"{kind}: gone: {sorted(old - new)[:4]}, there: {sorted(new - old)[:4]}")

    def _left_behind(self):
        for side in ["target"] if self.scene.same else ["source", "target"]:
            if left := left_behind(self.servers, side, self.database(side), self.role(side)):
                raise Trouble("other", f"left behind on the {side}: {left}")

    def leave(self):
        for timer in self.timers:
            timer.cancel()
        for run in self.runs:
            if not run.ended_within(0):
                run.process.kill()
                run.ended_within(10)
        for wire in self.wires.values():
            wire.close()
        self.servers.ask("target", f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
        self.servers.ask("source", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [self.user])
        self.servers.readers.put(self.user)
        for output in self.folder.glob(f"{self.number}.*"):
            output.unlink()
