"""A command run to its end, with the time it took and the memory it had."""

import dataclasses
import os
import resource
import subprocess
import tempfile
import threading
import time


class Failed(Exception):
    pass


@dataclasses.dataclass
class Ended:
    seconds: float
    peak_mb: float  # of the process itself, not of its children
    processor: float  # seconds, with its children
    stdout: str


class PeakMemory(threading.Thread):
    """Looks at the kernel's own high-water mark until told to stop: rusage would count what the fork inherited."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.status, self.peak_kb, self.over = f"/proc/{pid}/status", 0, threading.Event()

    def run(self):
        while not self.over.wait(0.01):
            try:
                with open(self.status, encoding="ascii") as lines:
                    self.peak_kb = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), self.peak_kb)
            except OSError:
                return


def processor_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def processor_of_server(server):
    """Seconds, of the sessions that have ended too."""
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run(*command, ends_with=(0,), **environment):
    processor = processor_of_children()
    with tempfile.TemporaryFile("w+") as stdout, tempfile.TemporaryFile("w+") as stderr:
        started = time.monotonic()
        process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, env={**os.environ, **environment}
        )
        memory = PeakMemory(process.pid)
        memory.start()
        try:
            status = process.wait()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        seconds = time.monotonic() - started
        memory.over.set()
        memory.join()
        stdout.seek(0)
        stderr.seek(0)
        if status not in ends_with:
            raise Failed(f"{' '.join(map(str, command))}\nended with {status}\n{stderr.read()}")
        return Ended(seconds, memory.peak_kb / 1024, processor_of_children() - processor, stdout.read())
