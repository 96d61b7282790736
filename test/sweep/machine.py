"""The servers on which cases run, and the scenes made ready on them."""

import collections
import dataclasses
import os
import pathlib
import queue
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time

from psycopg import OperationalError

from faults import rollback_disturbed
from judge import contents, differences, look
from support.server import Server, connect, free_port, query, temporary_folder
from trial import Trial

# A sequence has some values in its WAL in advance, and a copy of its database believes that they are in its own: after a crash it would give them again.
SETTLED = """
SELECT setval(format('%I.%I', schemaname, sequencename), last_value) FROM pg_sequences WHERE last_value IS NOT NULL
"""

READERS = 12  # more than there are cases at a time
SMALL = "small"  # the tablespace without room
# A killed backend makes a server recover, which need not take the checkpoint of a real disk.
SETTINGS = {"port": True, "max_connections": "300", "client_connection_check_interval": "0", "log_min_messages": "error"}


class Pair:
    """A source's and a target's server."""

    def __init__(self, source, target):
        self.source, self.target, self.small = source, target, None
        self.open = threading.local()  # {side: connection}
        self.readers = queue.SimpleQueue()  # roles of the source that no case uses
        for number in range(READERS):
            self.readers.put(f"reader_{number}")

    def __getitem__(self, side):
        return getattr(self, side)

    def ask(self, side, statement, values=None):
        """Outside the databases of cases, by a connection that stays open."""
        connections = self.open.__dict__.setdefault("connections", {})
        for attempt in (1, 2):
            try:
                if side not in connections:
                    self[side].start()
                    connections[side] = connect(self[side].url("postgres"))
                cursor = connections[side].execute(statement, values)
                return cursor.fetchall() if cursor.description else []
            except OperationalError:
                if attempt == 2 or not connections.pop(side).broken:
                    raise

    def remove(self):
        self.source.remove()
        self.target.remove()
        if self.small:
            self.small.remove()


def new_pair():
    pair = Pair(*(Server(folder=temporary_folder("rehome-server-"), **SETTINGS) for _ in range(2)))
    pair.source.start()
    pair.target.start()
    for number in range(READERS):
        pair.ask("source", f"CREATE ROLE reader_{number} SUPERUSER LOGIN")
    return pair


def copy_of(server):
    """A server of its own with the same databases; the other must be stopped."""
    copy = Server.__new__(Server)
    copy.__dict__.update(server.__dict__)
    copy.folder = temporary_folder("rehome-server-")
    copy.data, copy.port, copy.process, copy.databases = copy.folder / "data", free_port(), None, []
    shutil.copytree(server.data, copy.data, symlinks=True)
    with open(copy.data / "postgresql.conf", "a", encoding="utf-8") as conf:
        conf.write(f"port = {copy.port}\nunix_socket_directories = '{copy.folder}'\n")
    if copy.user:
        subprocess.run(["chown", "-R", f"{copy.user.pw_uid}:{copy.user.pw_gid}", copy.folder], check=True)
    os.chmod(copy.folder, 0o755)
    return copy


class SmallSpace:
    """A tablespace on a small file system in memory. Only root may mount one."""

    SIZE = 96 << 20

    def __init__(self, server):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="rehome-small-", dir="/tmp"))
        os.chmod(self.folder, 0o755)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "tmpfs", self.folder], capture_output=True, text=True)
        if done.returncode != 0:
            self.folder.rmdir()
            raise OSError(done.stderr.strip())
        space = self.folder / "space"
        space.mkdir()
        os.chown(space, server.user.pw_uid, server.user.pw_gid)
        query(server.url("postgres"), f"CREATE TABLESPACE {SMALL} LOCATION '{space}'")

    def leave(self, room):
        """Fills it up to so many bytes."""
        with open(self.folder / "ballast", "wb") as file:
            for _ in range(5):  # the server's checkpoints take and give room meanwhile
                there = os.statvfs(self.folder)
                try:
                    return os.posix_fallocate(file.fileno(), 0, max(1, there.f_bavail * there.f_frsize - room))
                except OSError:
                    time.sleep(0.05)

    def free(self):
        (self.folder / "ballast").unlink(missing_ok=True)

    def remove(self):
        """After the server, which has files open in it."""
        if subprocess.run(["umount", self.folder], capture_output=True).returncode == 0:
            self.folder.rmdir()


@dataclasses.dataclass
class Prepared:
    """A scene with its databases, and what an undisturbed run makes of it."""

    scene: object
    folder: pathlib.Path
    before: str  # template of the target; where something else than a run is disturbed, after a run
    legacy: str  # the source, or None
    untouched: tuple = None  # the target before any run
    expected: object = None
    points: dict = None  # fault points that the command reaches, and how often
    traffic: dict = None
    seconds: float = 0.0
    growth: int = 0


class Machine:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.calm = new_pair()
        self.crashing = None

    def remove(self):
        self.calm.remove()
        if self.crashing:
            self.crashing.remove()

    def make_crashing(self):
        """The same databases on servers that may be killed."""
        for server in (self.calm.source, self.calm.target):
            server.stop()
        self.crashing = Pair(copy_of(self.calm.source), copy_of(self.calm.target))
        for server in (self.calm.source, self.calm.target, self.crashing.source, self.crashing.target):
            server.start()

    def make_small(self):
        """Why there is no disk to be filled; None when there is one."""
        if os.getuid() != 0:
            return "only root can mount a small disk"
        try:
            self.crashing.small = SmallSpace(self.crashing.target)
        except OSError as error:
            return f"a small disk cannot be mounted: {error}"
        return None

    def databases(self, scene):
        before = "before_" + scene.name.replace("-", "_")
        fill = scene.fill_source if scene.same else scene.fill_target
        url = self.calm.target.database(name=before)
        if fill:
            fill(url)
        if scene.same:
            return before, None
        legacy = "legacy_" + scene.name.replace("-", "_")
        scene.fill_source(self.calm.source.database(name=legacy))
        return before, legacy

    def prepare(self, scene):
        before, legacy = self.databases(scene)
        prepared = Prepared(scene, scene.write(self.folder), before, legacy)
        prepared.untouched = contents(self.calm.target.url(before), scene)
        if scene.command != "run":
            self.migrate(prepared)
        query(self.calm.target.url(before), SETTLED)
        first = self.reference(prepared, 1)
        prepared.expected = prepared.expected or first
        # the second goes through proxies, to know how much passes and which points are reached, and must come to the same
        found = differences(first, self.reference(prepared, 2))
        if found:
            raise RuntimeError(f"{scene.name} gives something else each time: {found}")
        return prepared

    def migrate(self, prepared):
        """The template is what a run leaves behind; for a retry the transforms are mended after it."""
        trial = Trial(self, prepared, self.calm, random.Random(0), self.folder, f"{prepared.before}_0")
        trial.name, before = prepared.before, trial.name
        try:
            trial.untouched(trial.run(), f"the first run of {prepared.scene.name}")
            prepared.scene.mend(prepared.folder)
            if prepared.scene.damage:
                query(trial.url("target"), prepared.scene.damage)
            if prepared.scene.command == "rollback":
                prepared.expected = look(trial.url("target"), prepared.scene)
        finally:
            trial.name = before
            trial.leave()

    def reference(self, prepared, number):
        trial = Trial(self, prepared, self.calm, random.Random(number), self.folder, f"{prepared.before}_{number}")
        size = f"SELECT pg_database_size('{trial.name}')"
        try:
            before = query(self.calm.target.url("postgres"), size)[0][0]
            wires = {}
            if number == 2:
                wires = {side: trial.wire(side) for side in (["target"] if trial.scene.same else ["source", "target"])}
            trial.jobs = 2
            run = trial.begin(fault="trace" if wires else None)
            trial.untouched(run, f"an undisturbed run of {trial.scene.name}")
            if wires:
                prepared.points = collections.Counter(sorted(re.findall(r"^fault: (\S+): trace$", run.stderr, re.MULTILINE)))
                prepared.traffic = {side: {**wire.bytes, "commits": wire.commits} for side, wire in wires.items()}
            else:
                prepared.seconds = run.seconds
            prepared.growth = query(self.calm.target.url("postgres"), size)[0][0] - before
            if trial.scene.command == "rollback":
                trial.is_as_before()
                return prepared.expected
            trial.untouched(trial.run(), "the run after it")
            trial.untouched(trial.start("verify"), "verify")
            return look(trial.url("target"), trial.scene)
        finally:
            trial.leave()


def try_case(machine, case, prepared, servers, folder, quick=False):
    """Runs a case; the trial, and (kind of trouble, what) or None."""
    trial = Trial(machine, prepared, servers, random.Random(case.seed), folder, case.number, case.tablespace)
    trial.quick = quick
    try:
        case.act(trial)
        if case.rollback:
            if trial.luck.random() < 0.5:
                trial.is_whole()
            if trial.luck.random() < 0.6:
                rollback_disturbed(trial)
            trial.is_as_before()
        else:
            trial.is_right()
    finally:
        trial.leave()
    return trial
