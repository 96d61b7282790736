"""The demo migrates a company from a dump, sets aside what it says, and leaves nothing behind."""

import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

DEMO = pathlib.Path(__file__).resolve().parents[2] / "examples" / "laiki" / "demo"
FOLDERS = pathlib.Path("/tmp")


@pytest.fixture
def demo(rehome):
    """`demo(ROWS=1000)` starts the demo; what it left behind is a failure."""
    before = set(FOLDERS.glob("rehome-demo.*"))
    started = []

    def start(**environment):
        started.append(
            subprocess.Popen(
                [DEMO], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                env={**os.environ, "REHOME": str(rehome.binary), **environment},
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.communicate(timeout=60)
    assert set(FOLDERS.glob("rehome-demo.*")) - before == set()


def test_the_demo_moves_a_company_and_says_what_it_left(demo):
    process = demo(ROWS="2000")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert "REHOME_TOKEN_KEY is a random key" in output
    assert re.search(r"^total .* 0 +\d+ +5/5", output, re.M), output
    assert "passed conversion_contents (balance)" in output and "Both sides agree" in output
    moved, aside = output.split("What was moved")[1].split("What was set aside")
    assert re.search(r"^ +352  leads$", moved, re.M), moved
    reasons = dict(re.findall(r"^ +\d+  \w+ +(\w+)  +(its? .*|neither .*)$", aside, re.M))
    assert set(reasons) == set(re.findall(r"^      (\w+): ", (DEMO.parent / "migration.yaml").read_text(encoding="utf-8"), re.M))
    assert "KEEP=1" in aside


def test_a_demo_that_is_stopped_takes_its_servers_along(demo):
    process = demo(ROWS="200000")
    time.sleep(4)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
