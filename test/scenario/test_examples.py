"""What all examples have in common, and `examples/try`, which shows one of them to a person."""

import os
import re
import subprocess

import pytest

from support.example import EXAMPLES, settings

NAMES = sorted(file.parent.name for file in EXAMPLES.glob("*/example.env"))


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_complete(name):
    folder = EXAMPLES / name
    for file in ("README.md", "migration.yaml", "legacy/schema.sql", "legacy/data.sql"):
        assert (folder / file).is_file(), file
    assert list((folder / "document").glob("*.sql"))
    assert settings(name)["ROWS"] > 0 and int(settings(name)["FULL_ROWS"]) > 100_000
    told = (folder / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", told):
        assert (folder / link).exists(), f"README.md names {link}"


def test_trying_an_example_says_how_to_look_around_and_how_to_remove_it(rehome):
    def run(*command, **environment):
        return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, "REHOME": str(rehome.binary), **environment})

    tried = run(EXAMPLES / "try", "stock-batches", "100", NO_COLOR="1")
    remove = tried.stdout.splitlines()[-1] if tried.returncode == 0 else tried.stderr.splitlines()[-1]
    try:
        assert tried.returncode == 0, tried.stdout + tried.stderr
        url = re.search(r"^    psql '(.*)'$", tried.stdout, re.M)[1]
        assert run("psql", "-XAtd", url, "-c", "SELECT count(*) FROM stock_batches WHERE \"itemId\" = 'item-plain'").stdout == "1\n"
        environment = re.search(r"^    \. (\S+)", tried.stdout, re.M)[1]
        again = run("bash", "-c", f". {environment} && {rehome.binary} status --json")
        assert '"state": "done"' in again.stdout, again
    finally:
        assert run("bash", "-c", remove).returncode == 0
    assert not os.path.exists(os.path.dirname(environment))


def test_an_example_that_is_not_there_is_told(rehome):
    tried = subprocess.run([EXAMPLES / "try", "stock"], capture_output=True, text=True, timeout=60)
    assert tried.returncode == 2 and 'there is no example "stock"' in tried.stderr and "    stock-batches\n" in tried.stderr
