"""The command line explains itself, and says with its exit status what happened."""

import os
import pathlib
import pty
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMANDS = ["plan", "run", "verify", "status", "rejects", "rollback", "flag", "refresh", "report", "scratch", "demo", "help"]


def long_options(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.mark.parametrize("arguments", [[], ["help"], ["--help"], ["-h"]])
def test_the_overview_names_every_command(rehome, arguments):
    ended = rehome(*arguments).succeeds()
    assert re.findall(r"^  ([a-z]+) ", ended.stdout.split("commands:")[1], re.M) == COMMANDS
    assert ended.stderr == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(rehome, command):
    explained = rehome("help", command).succeeds()
    assert explained.stdout.startswith(f"usage: rehome {command}")
    assert rehome(command, "--help").succeeds().stdout == explained.stdout


def test_the_version_is_one_line(rehome):
    assert re.fullmatch(r"rehome \d+\.\d+\.\d+\n", rehome("--version").succeeds().stdout)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["rnu"], 'unknown command "rnu"; did you mean "run"?'),
        (["help", "statsu"], 'unknown command "statsu"; did you mean "status"?'),
        (["run", "--jbos", "3"], "unknown option --jbos; did you mean --jobs?"),
        (["plan", "--watch"], "rehome plan has no --watch"),
        (["run", "--jobs", "many"], '--jobs wants a number from 1 to 1000 and not "many"'),
        (["run", "everything"], 'rehome run does not know what to do with "everything"'),
    ],
)
def test_a_wrong_command_line_is_status_2_and_says_what_was_meant(rehome, arguments, message):
    ended = rehome(*arguments).ends_with(2)
    assert message in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("command", ["plan", "run", "verify", "status"])
def test_a_missing_manifest_is_status_2(rehome, tmp_path, command):
    ended = rehome(command, "-C", tmp_path).ends_with(2)
    assert "migration.yaml" in ended.stderr


@pytest.mark.parametrize("command", ["plan", "run", "verify", "status"])
def test_every_mistake_has_a_line_of_its_own_and_all_are_counted(rehome, migration, command):
    folder = migration({"migration.yaml": "rehome: 1\nnaem: shop\nsource: a\ntarget: b\nentitees: {}\n"})
    lines = rehome(command, "-C", folder).ends_with(2).stderr.splitlines()
    assert any(re.match(r"migration\.yaml:2:1: .*naem", line) for line in lines)
    assert any(re.match(r"migration\.yaml:5:1: .*entitees", line) for line in lines)
    assert lines[-1] == f"{len(lines) - 1} mistakes"


def test_the_last_event_of_a_run_is_a_summary_even_when_it_never_began(rehome, tmp_path):
    ended = rehome("run", "--json", "-C", tmp_path).ends_with(2)
    summary = ended.events[-1]
    assert summary["event"] == "summary"
    assert summary["exit_status"] == 2
    assert summary["error"]["kind"] == "input"


def test_a_result_that_cannot_be_written_is_a_failure(rehome):
    with open("/dev/full", "w", encoding="utf-8") as full:
        ended = subprocess.run([rehome.binary, "help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 1
    assert "cannot write the result" in ended.stderr


def on_a_terminal(binary, *arguments, **environment):
    """What the program writes to a stderr that is a terminal."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    subprocess.run([binary, *arguments], stderr=theirs, env={**kept, "TERM": "xterm", **environment}, check=False)
    os.close(theirs)
    text = os.read(ours, 65536).decode()
    os.close(ours)
    return text


def test_a_terminal_gets_colours_unless_somebody_minds(rehome):
    assert "\033[31merror: \033[0m" in on_a_terminal(rehome.binary, "rnu")
    for quiet in (
        on_a_terminal(rehome.binary, "rnu", "--no-color"),
        on_a_terminal(rehome.binary, "rnu", NO_COLOR="1"),
        on_a_terminal(rehome.binary, "rnu", TERM="dumb"),
    ):
        assert "error: " in quiet and "\033" not in quiet
    assert "\033" not in rehome("rnu").stderr


def test_a_password_is_never_told(rehome, migration):
    folder = migration({"migration.yaml": "rehome: 1\nname: shop\nsource: a\ntarget: b\nentities: { t: { from: t } }\n"})
    url = "postgresql://somebody:hunter2@127.0.0.1:1/shop"
    for command in ("plan", "run", "verify", "status"):
        ended = rehome(command, "-C", folder, "--source", url, "--target", url)
        assert ended.status != 0
        assert "hunter2" not in ended.stdout + ended.stderr


def test_the_manual_names_every_command_and_option(rehome):
    manual = (ROOT / "docs" / "rehome.1.scd").read_text(encoding="utf-8")
    named = long_options(manual)
    for command in COMMANDS:
        assert f"*{command}*" in manual
        missing = long_options(rehome("help", command).stdout.split("\noptions:\n")[1]) - named
        assert not missing, f"{command}: {missing}"


def test_after_rejects_over_their_budget_the_next_thing_is_to_look_at_them(rehome, server, migration):
    source = server.database("CREATE TABLE leads (id int PRIMARY KEY, name text); INSERT INTO leads VALUES (1, 'long name'), (2, 'ok');")
    target = server.database("CREATE TABLE leads (id int PRIMARY KEY, name varchar(4));")
    folder = migration({"migration.yaml": f"rehome: 1\nname: cli\nsource: {source}\ntarget: {target}\nentities: {{ leads: {{ from: leads }} }}\n"})
    shown = rehome("run", cwd=folder).ends_with(3).stdout
    assert re.search(r"^next: rehome rejects  \(.*`rehome rejects retry`.*\)$", shown, re.M)
