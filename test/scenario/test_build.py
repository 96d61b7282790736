"""A build folder is built with the options that were asked for, those of the last time or others."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_a_configured_folder_takes_other_options(tmp_path):
    ninja = tmp_path / "bin/ninja"  # nothing has to be compiled to see how it would be
    ninja.parent.mkdir()
    ninja.write_text('#!/bin/sh\n[ "$1" != --version ] || echo 1.11.1\n')
    ninja.chmod(0o755)
    environment = {**os.environ, "PATH": f"{ninja.parent}:{os.environ['PATH']}"}
    folder = tmp_path / "build"

    def build(*options):
        subprocess.run([ROOT / "scripts/build", folder, *options], check=True, env=environment, capture_output=True)
        shown = subprocess.run(["meson", "introspect", folder, "--buildoptions"], check=True, capture_output=True).stdout
        found = {option["name"]: option["value"] for option in json.loads(shown)}
        return found["b_sanitize"], found["faults"]

    assert build("-Db_sanitize=address,undefined", "-Dfaults=true") == ("address,undefined", True)
    assert build("-Db_sanitize=address,undefined", "-Dfaults=true") == ("address,undefined", True)
    assert build("-Db_sanitize=thread", "-Dfaults=true") == ("thread", True)
    assert build("-Db_sanitize=thread", "-Dfaults=false") == ("thread", False)
