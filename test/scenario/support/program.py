"""rehome, run as its users run it."""

import dataclasses
import json
import os
import pathlib
import re
import select
import signal
import subprocess
import time

from .server import query

SANITIZER_REPORT = re.compile(
    r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:|SUMMARY: \w+Sanitizer|^==\d+== ", re.MULTILINE
)
# What of our environment would make a run depend on who runs the tests.
OURS = re.compile(r"^(PG|REHOME|SOURCE_URL$|TARGET_URL$)")


@dataclasses.dataclass
class Ended:
    arguments: tuple
    status: int
    stdout: str
    stderr: str

    def succeeds(self):
        return self.ends_with(0)

    def ends_with(self, status):
        """Asserts the exit status, showing everything when it is another."""
        assert self.status == status, f"expected status {status}\n{self}"
        return self

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def events(self):
        """The events of `run --json`."""
        return [json.loads(line) for line in self.stdout.splitlines() if line.strip()]

    def __str__(self):
        command = " ".join(["rehome", *map(str, self.arguments)])
        return f"$ {command}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}\n--- status {self.status}"


class Running:
    """A run that goes on; its output goes to files, so that much of it blocks nothing."""

    def __init__(self, arguments, process, stdout, stderr):
        self.arguments, self.process, self._stdout, self._stderr = arguments, process, stdout, stderr

    @property
    def stdout(self):
        return self._stdout.read_text(errors="replace")

    @property
    def stderr(self):
        return self._stderr.read_text(errors="replace")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def kill(self):
        self.process.kill()

    def wait_for(self, text, timeout=60):
        """Waits until the output says `text`, e.g. "fault: copy.chunk.moved"."""
        deadline = time.monotonic() + timeout
        while text not in self.stderr and text not in self.stdout:
            running = self.process.poll() is None
            assert running and time.monotonic() < deadline, f"{text!r} never came\n{self._ended()}"
            time.sleep(0.02)

    def resume(self):
        """Goes on after a fault of the kind `pause`."""
        self.process.send_signal(signal.SIGCONT)

    def wait_for_lock(self, url, timeout=60):
        """Waits until a session in the database waits for a lock, while this process runs."""
        deadline = time.monotonic() + timeout
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while query(url, waiting) == [(0,)]:
            assert self.process.poll() is None and time.monotonic() < deadline, f"nobody waits for a lock\n{self._ended()}"
            time.sleep(0.02)

    def _ended(self):
        return Ended(self.arguments, self.process.poll(), self.stdout, self.stderr)

    def wait(self, timeout=120):
        if not self._ends_within(timeout):
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not end within {timeout} s\n{self._ended()}")
        ended = self._ended()
        assert not SANITIZER_REPORT.search(ended.stderr), f"a sanitizer complains\n{ended}"
        return ended

    def _ends_within(self, timeout):
        """At once when it ends, whereas wait(timeout) of subprocess looks twenty times a second."""
        if self.process.poll() is not None:
            return True
        handle = os.pidfd_open(self.process.pid)
        try:
            ended = select.select([handle], [], [], timeout)[0]
        finally:
            os.close(handle)
        if ended:
            self.process.wait()
        return bool(ended)


class Program:
    def __init__(self, binary, folder):
        self.binary = pathlib.Path(binary)
        self.folder = folder
        self.runs = []

    def __call__(self, *arguments, timeout=120, **options):
        return self.start(*arguments, **options).wait(timeout)

    def start(self, *arguments, cwd=None, env=None, stdin=None):
        number = len(self.runs) + 1
        stdout, stderr = (self.folder / f"run{number}.{name}" for name in ("stdout", "stderr"))
        with open(stdout, "wb") as out, open(stderr, "wb") as err:
            process = subprocess.Popen(
                [self.binary, *map(str, arguments)],
                cwd=cwd or self.folder,
                env=self._environment(env or {}),
                stdin=stdin or subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        self.runs.append(Running(arguments, process, stdout, stderr))
        return self.runs[-1]

    @staticmethod
    def _environment(added):
        kept = {name: value for name, value in os.environ.items() if not OURS.match(name)}
        return {
            **kept,
            "ASAN_OPTIONS": "detect_leaks=1",
            "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
            **{name: str(value) for name, value in added.items()},
        }

    def kill_all(self):
        for run in self.runs:
            if run.process.poll() is None:
                run.process.kill()
                run.process.wait()
