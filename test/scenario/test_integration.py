"""The programs of test/integration, each against databases of its own. A failing sentence is named in the output."""

import os
import pathlib
import subprocess

import pytest

from support.program import SANITIZER_REPORT

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "test" / "integration"
BUILD = pathlib.Path(os.environ.get("REHOME_BUILD", ROOT / "build-test"))
PROGRAMS = sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*_test.c"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_integration(name, server):
    ended = subprocess.run(
        [BUILD / ("integration_" + name.replace("/", "_"))],
        env={**os.environ, "REHOME_TEST_SOURCE": server.database(), "REHOME_TEST_TARGET": server.database()},
        capture_output=True, text=True, errors="replace", timeout=300,
    )
    output = ended.stdout + ended.stderr
    assert ended.returncode == 0 and "not ok" not in output and not SANITIZER_REPORT.search(output), output
