"""Probes: tolerances by hand, children that end or stall, the table, and our own server against its reference."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim_suite.carla.conformance import report, running
from sim_suite.carla.conformance.probe import Measure, Probe
from sim_suite.carla.conformance.running import STALLED, Outcome, Target, run_probes
from sim_suite.cli.main import main
from sim_suite.errors import SuiteError

ROOT = Path(__file__).parents[3]
QUICK = (
    "version", "ticks", "longer_steps", "braking", "steering", "at_rest", "target_velocity", "walking", "waypoints", "queries",
    "light_control", "camera_layout", "depth", "instance", "semantic_lidar", "radar", "obstacle", "collision",
)  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "expected", "measured", "agrees"),
    [
        (Measure("a", within=0.5), 2.0, 2.5, True),
        (Measure("a", within=0.5), 2.0, 2.51, False),
        (Measure("a", share=0.1), -20.0, -18.0, True),
        (Measure("a", share=0.1), -20.0, -17.9, False),
        (Measure("a", within=1.0, share=0.1), 2.0, 3.0, True),
        (Measure("a"), 2.0, 2.0, True),
        (Measure("a"), "Red", "Green", False),
        (Measure("a"), True, True, True),
        (Measure("a", within=2.0), True, 1.0, False),  # a flag is no number
        (Measure("a", within=2.0), 1.0, float("nan"), False),
    ],
)
def test_a_figure_agrees_within_its_tolerance(measure, expected, measured, agrees):
    assert measure.agrees(expected, measured) is agrees


def run_clumsy(monkeypatch, *names, probe_s=30.0):
    monkeypatch.setattr(running, "CHILD", "tests.carla.conformance.clumsy_child")
    told = []
    version, outcomes = run_probes(Target(probe_s=probe_s, connect_s=30.0), names, told.append)
    assert told == [one for one in outcomes if one in told]
    return version, {one.name: (one.measured, one.failure) for one in outcomes}


def test_a_probe_that_fails_or_ends_the_client_is_a_row_and_the_next_goes_on(monkeypatch):
    version, found = run_clumsy(monkeypatch, "first", "fails", "ends", "cannot_clear", "last")
    assert version == "0.9.16"
    assert list(found) == ["first", "fails", "ends", "cannot_clear", "last"]
    assert found["fails"] == ({}, "RuntimeError: no")
    assert found["ends"] == ({}, "the client's process ended with signal 6: terminate called")
    for name in ("first", "cannot_clear", "last"):
        assert found[name] == ({"figure": 1.0}, "")


@pytest.mark.slow
def test_a_probe_that_stalls_is_stopped(monkeypatch):
    _, found = run_clumsy(monkeypatch, "stalls", "last", probe_s=3.0)
    assert found == {"stalls": ({}, STALLED), "last": ({"figure": 1.0}, "")}


def test_a_server_that_goes_meanwhile_leaves_rows(monkeypatch):
    monkeypatch.setenv("CLUMSY_GONE", "second")
    _, found = run_clumsy(monkeypatch, "ends", "second", "third")
    assert found["ends"][1].startswith("the client's process ended")
    assert "time-out of 1000ms" in found["second"][1]
    assert found["third"] == found["second"]
    monkeypatch.setenv("CLUMSY_GONE", "first")
    with pytest.raises(SuiteError, match=r"no world could be had at 127\.0\.0\.1:2000: time-out"):
        run_clumsy(monkeypatch, "first")


def test_the_table_says_what_differs_first(tmp_path):
    measures = Measure("distance", "m", within=1.0), Measure("rate", "1/s", judged=False)
    probes = {
        name: Probe(name, "Driving", f"Asks {name}", measures, lambda stage: {}) for name in ("one", "two", "three")
    }
    outcomes = [
        Outcome("one", {"distance": 12.3456789, "rate": 5.0}),
        Outcome("two", {"distance": 20.0, "rate": 1.0}),
        Outcome("three", {}, "the client's process ended with signal 11"),
    ]
    expected = {name: {"distance": 12.0, "rate": 100.0} for name in probes}
    found = report.rows(probes, outcomes, expected)
    assert report.counts(found) == {"agrees": 1, "differs": 1, "failed": 1, "told": 2}
    data, page = report.write(tmp_path / "table.v1", "0.9.16", found)
    assert (data.name, page.name) == ("table.v1.json", "table.v1.md")
    assert json.loads(data.read_text())["rows"] == found
    text = page.read_text()
    assert "Of 5 figures 1 agree, 1 differ, 1 could not be had, 2 are only told" in text
    assert "| Asks two (`two`) | distance | 12 m | 20 m | 1 m | **differs** |" in text
    assert text.index("**differs**") < text.index("## Driving")
    assert "signal 11" in text
    assert report.rows(probes, [Outcome("one", {"distance": 1.0})], expected)[1]["failure"] == "no such figure"


def test_every_probe_has_a_recorded_figure_for_each_measure():
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    from sim_suite.carla.conformance.catalog import probes

    known, recorded = probes(), report.reference()
    assert len(known) >= 30
    assert set(known) == set(recorded)
    for name, probe in known.items():
        assert {measure.name for measure in probe.measures} == set(recorded[name]), name
        assert probe.asks


def test_bad_questions_are_refused_in_one_line(capsys):
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    assert main(["carla-conformance", "--only", "brakin"]) == 2
    assert "unknown probe 'brakin'. Did you mean 'braking'" in capsys.readouterr().err
    assert main(["carla-conformance", "--port", "0"]) == 2
    assert "port is 0; give 1 to 65535" in capsys.readouterr().err
    assert main(["carla-conformance", "--list"]) == 0
    assert "red_light" in capsys.readouterr().out


def alone(tmp_path, *words):
    """Verdicts of our own server, in a network of its own: CARLA's traffic manager listens on every address."""
    pytest.importorskip("carla", reason="CARLA's client is not installed (carla==0.9.16)")
    missing = any(shutil.which(program) is None for program in ("unshare", "ip"))
    if missing or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        pytest.skip("no network of its own can be had here (unshare -rn)")
    script = (
        "import sys\n"
        "from sim_suite.carla.server.hosting import hosted\n"
        "from sim_suite.cli.main import main\n"
        "with hosted('crossing_lights') as port:\n"
        "    sys.exit(main(['carla-conformance', '--port', str(port), *sys.argv[1:]]))\n"
    )
    out = tmp_path / "table"
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", f'ip link set lo up && exec {sys.executable} -c "$SCRIPT" "$@"', "sh", "--out", str(out), *words],
        capture_output=True, text=True, timeout=600, env={**os.environ, "SCRIPT": script, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, (
        done.stdout + done.stderr + (out.with_suffix(".md").read_text() if out.with_suffix(".md").exists() else "")
    )
    return json.loads(out.with_suffix(".json").read_text())


@pytest.mark.slow
def test_our_own_server_agrees_with_its_reference(tmp_path):
    found = alone(tmp_path, "--only", *QUICK)
    assert found["verdicts"]["agrees"] >= len(QUICK)
    assert found["verdicts"]["differs"] == found["verdicts"]["failed"] == 0


@pytest.mark.slow
def test_our_own_server_agrees_with_all_of_its_reference(tmp_path):
    found = alone(tmp_path)
    assert found["verdicts"]["agrees"] > 100
    assert found["verdicts"]["differs"] == found["verdicts"]["failed"] == 0
