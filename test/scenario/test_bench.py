"""The bench runs, on few rows: each case does the same job as its rival and gives its figures."""

import json
import os
import pathlib
import subprocess

RUN = pathlib.Path(__file__).resolve().parents[2] / "bench" / "run"


def bench(rehome, *arguments):
    return subprocess.run(
        [RUN, "--quick", "--rows", "3000", *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "REHOME_BINARY": str(rehome.binary)},
    )


def test_the_bench_gives_its_figures_and_prints_a_table(rehome, tmp_path):
    ended = bench(rehome, "--json", tmp_path / "figures.json", "--cases", "stream,inside")
    assert ended.returncode == 0, ended.stderr
    figures = {figure["case"]: figure for figure in json.loads((tmp_path / "figures.json").read_text())["figures"]}
    assert {"stream", "stream, verification", "stream, memory", "inside"} <= set(figures)
    assert figures["stream"]["rival"] > 0 and figures["stream"]["ratio"] > 0
    assert figures["stream"]["bar"] == 1.0 and figures["inside"]["bar"] == 1.1
    assert ended.stdout.splitlines()[0].split() == ["case", "rehome", "rival", "ratio", "bar"]


def test_the_bench_says_what_trouble_costs(rehome):
    ended = bench(rehome, "--json", "-", "--cases", "poison-stream,poison-upsert,retry,undo")
    assert ended.returncode == 0, ended.stderr
    figures = {figure["case"]: figure for figure in json.loads(ended.stdout)["figures"]}
    bars = {name: figure["bar"] for name, figure in figures.items()}
    assert (bars["poison-stream 0.01%"], bars["poison-upsert 1.00%"], bars["retry"], bars["undo 50%"]) == (1.3, 3.0, 0.5, 1.5)
    assert figures["poison-stream 1.00%"]["processor"] > 0 and figures["undo 100%, rollback"]["rehome"] > 0


def test_an_unknown_case_is_refused(rehome):
    ended = bench(rehome, "--cases", "steam")
    assert ended.returncode == 2 and "no case steam" in ended.stderr
