#!/usr/bin/python3
"""Tries to break rehome: thousands of cases, each a migration to which something happens, run again to its end and then compared.

    test/sweep/sweep.py --cases 5000 --seed 7
    test/sweep/sweep.py --seed 7 --only 4711        # that case again
    test/sweep/sweep.py --only 'network.*stage'     # cases whose name has that"""

import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import random
import re
import signal
import sys
import tempfile
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "test" / "scenario")]
os.environ.setdefault("PSYCOPG_WAIT_FUNC", "wait_selector")  # select() does not wait for the thousandth open file

import faults  # noqa: E402
import scenes  # noqa: E402
from machine import SMALL, Machine, try_case  # noqa: E402
from trial import Trouble  # noqa: E402

KINDS = {**faults.AT_POINTS, **faults.CALM, **faults.CRASHES, **faults.FULL}


@dataclasses.dataclass
class Case:
    number: int
    seed: str
    scene: str
    kind: str
    point: str = None  # None: luck decides
    rollback: bool = False

    @property
    def name(self):
        return f"{self.scene} / {self.kind}{f' / {self.point}' if self.point else ''}{' / rollback' if self.rollback else ''}"

    @property
    def lane(self):
        return "calm" if self.kind in faults.CALM or self.kind in faults.AT_POINTS else "crash"

    @property
    def tablespace(self):
        return SMALL if self.kind in faults.FULL else None

    def act(self, trial):
        if self.point:
            KINDS[self.kind](trial, self.point)
        else:
            KINDS[self.kind](trial)


def case_number(number, seed, grid, weights):
    """The number-th case of a seed: each point of each scene with each action once, and between them what else can happen."""
    luck = random.Random(f"{seed} {number}")
    one = Case(number, f"{seed} {number} act", luck.choices(list(weights), weights.values())[0], luck.choice(list(KINDS)))
    # servers that restart, and a disk that fills, take longer: a third as often as the rest
    while one.lane != "calm" and luck.random() < 0.5:
        one.kind = luck.choice(list(KINDS))
    if number % 2 and number // 2 < len(grid):
        one.scene, one.kind, one.point = grid[number // 2]
    one.rollback = luck.random() < 0.33 and not one.scene.startswith(("rollback-", "repair-"))
    return one


def grid_of(seed, weights):
    """Every scene, action and fault point of the source; of scenes that take long a part of them."""
    luck, heaviest = random.Random(seed), max(weights.values())
    every = [one for one in itertools.product(weights, faults.AT_POINTS, faults.POINTS) if faults.possible(*one[1:])]
    grid = [one for one in every if luck.random() < weights[one[0]] / heaviest]
    luck.shuffle(grid)
    return grid


class Sweep:
    def __init__(self, options, machine, prepared, lanes):
        self.options, self.machine, self.prepared, self.lanes = options, machine, prepared, lanes
        self.lock = threading.Lock()
        self.counts = collections.Counter()  # (kind, scene)
        self.missed = collections.Counter()  # the run was over before
        self.failures, self.slowest, self.done, self.passed_over = [], (0, None, []), 0, 0
        self.until = time.monotonic() + (options.seconds or 1e9)
        self.waiting = {lane: collections.deque() for lane in lanes}
        self.numbers = itertools.count(int(options.only) if options.only.isdigit() else options.begin)
        self.weights = {scene.name: scene.weight for scene in scenes.all_scenes()}
        self.grid = grid_of(options.seed, self.weights)

    def wanted(self, case):
        if case.lane not in self.lanes or case.scene not in self.prepared:
            return False
        if case.kind in faults.FULL and not self.machine.crashing.small:
            return False
        points = self.prepared[case.scene].points
        if case.point and case.point not in points or not faults.possible(case.kind, points):
            return False
        return not self.options.only or self.options.only.isdigit() or re.search(self.options.only, case.name)

    def next_case(self, lane):
        """None when this lane has no more to do."""
        with self.lock:
            while self.done < self.options.cases and time.monotonic() < self.until:
                if self.waiting[lane]:
                    return self.waiting[lane].popleft()
                number = next(self.numbers)
                if self.passed_over > 20000:  # nothing is like what is wanted
                    return None
                case = case_number(number, self.options.seed, self.grid, self.weights)
                if self.options.only.isdigit() and number != int(self.options.only):
                    return None
                if not self.wanted(case):
                    self.passed_over += 1
                elif len(self.waiting[case.lane]) < 40:  # what a lane is slower with is not piled up
                    self.passed_over = 0
                    self.waiting[case.lane].append(case)
            return None

    def stop(self):
        """What is under way comes to its end and is reported."""
        self.options.cases = 0

    def work(self, lane):
        while (case := self.next_case(lane)) is not None:
            self.one(case, lane)

    def one(self, case, lane):
        servers = self.machine.crashing if lane == "crash" else self.machine.calm
        trouble, trial, started = None, None, time.monotonic()
        try:
            trial = try_case(self.machine, case, self.prepared[case.scene], servers, self.machine.folder, self.options.quick)
        except Trouble as error:
            trouble = (error.kind, str(error))
        except Exception:  # whatever it is, it is told with the case
            trouble = ("other", traceback.format_exc())
        self.note(case, trial, trouble, time.monotonic() - started)

    def note(self, case, trial, trouble, seconds):
        with self.lock:
            if trouble or trial.happened:
                self.counts[case.kind, case.scene, case.rollback] += 1
                self.done += 1
            else:
                self.missed[case.kind] += 1
            if self.options.verbose and not trouble:
                print(f"{case.number} {case.name} {trial.detail}{'' if trial.happened else ' (too late)'} {seconds:.2f}s", flush=True)
            if trial and trial.seconds > self.slowest[0]:
                self.slowest = (trial.seconds, case.number, trial.retries)
            if trouble:
                self.failures.append((case, *trouble))
                print(f"FAILED {trouble[0]}: {case.name}\n{trouble[1]}\n    make sweep SEED={self.options.seed} ONLY={case.number}\n", flush=True)
            elif self.done % 250 == 0 and trial.happened:
                print(f"{self.done} cases, {len(self.failures)} failed, at number {case.number}", flush=True)


def table(sweep):
    """Cases by kind of fault, and how the rows moved or what else was disturbed; then by migration."""
    column = {scene.name: scene.way if scene.command == "run" else scene.command for scene in scenes.all_scenes()}
    titles = ("stream", "stage", "inside", "retry", "repair", "rollback", "all", "and back")
    counts, of_scene = collections.Counter(), collections.Counter()
    for (kind, scene, back), count in sweep.counts.items():
        of_scene[scene] += count
        for row, title in itertools.product((kind, "all"), (column[scene], "all", "and back" if back else None)):
            counts[row, title] += count
    print("\n| what happened | " + " | ".join(titles) + " |\n|---|" + "--:|" * len(titles))
    for kind in [*KINDS, "all"]:
        if counts[kind, "all"]:
            print(f"| {kind} | " + " | ".join(str(counts[kind, title]) for title in titles) + " |")
    print("\n" + ", ".join(f"{name} {of_scene[name]}" for name in sweep.weights if of_scene[name]))


def unreached(sweep):
    """Fault points of the source that no migration comes to, where all were made ready."""
    if set(sweep.prepared) != set(sweep.weights):
        return []
    there = {point for prepared in sweep.prepared.values() for point in prepared.points}
    return sorted(point for point in faults.POINTS if point not in there and not point.startswith(tuple(faults.ELSEWHERE)))


def report(sweep, skipped, seconds):
    table(sweep)
    found = collections.Counter(kind for _, kind, _ in sweep.failures)
    print(f"\nseed {sweep.options.seed}: {sweep.done} cases in {seconds:.0f} s; {sum(sweep.missed.values())} more came too late to do harm.")
    print(", ".join(f"{found[kind]} {name}" for kind, name in (
        ("loss", "losses"), ("duplicate", "duplicates"), ("unbalanced", "unbalanced"), ("hang", "hangs"))) + f", {len(sweep.failures)} failures in all.")
    print(f"The longest next run took {sweep.slowest[0]:.1f} s (case {sweep.slowest[1]}).")
    for line in sweep.slowest[2]:
        print(f"    {line}")
    for case, kind, what in sweep.failures:
        print(f"    {kind}: make sweep SEED={sweep.options.seed} ONLY={case.number}    # {case.name}: {what.splitlines()[0][:120]}")
    for why in skipped:
        print(f"skipped: {why}")
    for point in unreached(sweep):
        print(f"no migration reaches {point}")
    print(f"sweep: {sweep.done - len(sweep.failures)} passed, {len(sweep.failures)} failed, {len(skipped)} skipped")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=ROOT / "build-sweep" / "rehome", type=pathlib.Path)
    parser.add_argument("--cases", default=5000, type=int)
    parser.add_argument("--seed", default=None, help="the same moments again; printed by every sweep")
    parser.add_argument("--from", dest="begin", default=0, type=int, help="the number of the first case")
    parser.add_argument("--only", default="", help="the number of a case, or what its name has to match")
    parser.add_argument("--scenes", default="", help="names of migrations or how they begin, with commas between: small,crm-stage")
    parser.add_argument("--jobs", default=3, type=int, help="cases at a time, beside one that kills servers or fills a disk")
    parser.add_argument("--seconds", default=0, type=float, help="begin no more cases after so long")
    parser.add_argument("--quick", action="store_true", help="the last run has verified: do not verify once more")
    parser.add_argument("--calm", action="store_true", help="no killed servers, no full disks")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.seed = options.seed or str(random.SystemRandom().randrange(10**6))
    if options.only.isdigit():
        options.cases, options.verbose = 1, True
    return options


def prepare(machine, options):
    wanted = [scene for scene in scenes.all_scenes() if scene.name.startswith(tuple(options.scenes.split(",")))]
    if options.only.isdigit():
        weights = {scene.name: scene.weight for scene in scenes.all_scenes()}
        case = case_number(int(options.only), options.seed, grid_of(options.seed, weights), weights)
        wanted = [scene for scene in wanted if scene.name == case.scene]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        return {one.scene.name: one for one in pool.map(machine.prepare, wanted)}


def sweep_all(machine, options):
    started = time.monotonic()
    prepared = prepare(machine, options)
    lanes, skipped = ["calm"] * options.jobs, []
    if not options.calm:
        machine.make_crashing()
        why = machine.make_small()
        lanes.append("crash")
        skipped += [why] if why else []
    sweep = Sweep(options, machine, prepared, set(lanes))
    threads = [threading.Thread(target=sweep.work, args=(lane,), daemon=True) for lane in lanes]
    print(f"seed {options.seed}; {len(prepared)} migrations ready after {time.monotonic() - started:.1f} s", flush=True)
    for thread in threads:
        thread.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: sweep.stop())
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.1)
    report(sweep, skipped, time.monotonic() - started)
    return not sweep.failures and not unreached(sweep) and sweep.done > 0


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="rehome-sweep-") as folder:
        machine = Machine(options.binary.resolve(), pathlib.Path(folder))
        try:
            fine = sweep_all(machine, options)
        finally:
            machine.remove()
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
