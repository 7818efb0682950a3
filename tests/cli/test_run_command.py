"""`sim-suite run`: from the command line, and as a script by itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from sim_suite.cli.main import main
from sim_suite.driving.storyboard.finding import VARIABLE, load_scenario
from sim_suite.driving.storyboard.xosc.writer import write_scenario

SCRIPT = '''
"""A car stands on the lane."""
from sim_suite.driving.storyboard.words import Actor, Ego, Hazard, LanePosition, NoCollision, P, RelativeLanePosition
from sim_suite.driving.storyboard.words import SimulationTimeCondition, trigger, vary, write

SCENARIO = write(
    name="standing_car",
    summary="a car stands on the lane",
    source="ours",
    map="straight_street",
    ego=Ego(LanePosition("1", -1, 20.0), P.ego_mps),
    actors=(Actor("stopped", RelativeLanePosition("ego", 0, P.gap_m)),),
    criteria=(NoCollision(),),
    parameters=(vary("gap_m", 20, 120, usual=100, unit="m"), vary("ego_mps", 5, 15, usual=8, unit="m/s")),
    hazard=Hazard(trigger(SimulationTimeCondition(0, "greaterOrEqual")), "no_collision", actor="stopped"),
    limit_s=8,
)

if __name__ == "__main__":
    import sim_suite

    sim_suite.run(SCENARIO)
'''


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenarios") / "standing_car.py"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def ask(capsys, *words):
    status = main(["run", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_the_status_says_whether_all_passed(capsys, script, tmp_path):
    status, out, err = ask(capsys, script, "--agent", "idm", "--samples", 8, "--out", tmp_path)
    assert status == 0
    assert "Passed in all 8 variations." in out
    assert err.startswith("written to ")
    status, out, _ = ask(capsys, script, "--agent", "blind-route", "--samples", 8, "--out", tmp_path)
    assert status == 1
    assert "hit stopped" in out


def test_what_is_written_is_the_same_each_time_and_holds_no_clock(capsys, script, tmp_path):
    for folder in ("one", "other"):
        ask(
            capsys,
            script,
            "--agent",
            "blind-route",
            "--samples",
            6,
            "--out",
            tmp_path / folder,
            "--junit",
            tmp_path / folder / "j.xml",
        )
    names = ["report.html", "summary.json", "verdicts.jsonl", "results.csv", "j.xml"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name
    suite = Xml.parse(tmp_path / "one" / "j.xml").getroot()
    summary = json.loads((tmp_path / "one" / "summary.json").read_text())
    assert int(suite.get("tests")) == summary["variations"] == 6
    assert int(suite.get("failures")) == 6 - summary["passed"] > 0


def test_a_variation_is_run_again_by_its_id(capsys, script, tmp_path):
    _, out, _ = ask(capsys, script, "--agent", "idm", "--samples", 6, "--json", "--out", tmp_path / "many")
    many = json.loads(out)["trials"][0]["verdicts"]
    _, out, _ = ask(capsys, script, "--agent", "idm", "--variation", "0-4", "--json", "--out", tmp_path / "one")
    assert json.loads(out)["trials"][0]["verdicts"] == [many[4]]


def test_parameters_can_be_set(capsys, script, tmp_path):
    words = ["--agent", "idm", "--samples", 3, "--json", "--out", tmp_path, "--set", "gap_m=55", "ego_mps=16"]
    _, out, err = ask(capsys, script, *words)
    values = [one["values"] for one in json.loads(out)["trials"][0]["verdicts"]]
    assert values == [{"gap_m": 55.0, "ego_mps": 16.0}] * 3
    assert "made for ego_mps from 5 to 15, not 16" in err


def test_a_run_that_was_broken_off_goes_on(capsys, script, tmp_path):
    words = [script, "--agent", "idm", "--samples", 6, "--out", tmp_path]
    ask(capsys, *words)
    whole = (tmp_path / "verdicts.jsonl").read_bytes()
    journal = tmp_path / ".journals" / "standing_car.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    # Killed while it wrote the fourth verdict.
    journal.write_bytes(b"".join(lines[:4]) + lines[4][:20])
    ask(capsys, *words, "--resume")
    assert (tmp_path / "verdicts.jsonl").read_bytes() == whole
    assert len(journal.read_bytes().splitlines()) == len(lines)
    kept = journal.read_bytes().splitlines(keepends=True)[:4]
    assert kept == lines[:4]


def test_films_are_made_of_the_worst(capsys, script, tmp_path):
    ask(capsys, script, "--agent", "blind-route", "--samples", 4, "--video", "--out", tmp_path)
    films = sorted(path.name for path in (tmp_path / "films").glob("*.webm"))
    assert films
    assert all((tmp_path / "films" / name).read_bytes()[:4] == b"\x1aE\xdf\xa3" for name in films)
    assert (tmp_path / "report.html").read_text().count("data:video/webm") == len(films)


@pytest.mark.slow
def test_the_search_says_how_to_run_the_smallest_failure(capsys, script, tmp_path):
    status, _, err = ask(
        capsys, script, "--agent", "blind-route", "--samples", 20, "--search", "cem", "--out", tmp_path
    )
    assert status == 1
    assert "the smallest failing case is" in err
    found = json.loads((tmp_path / "search.json").read_text())
    assert found["smallest"]["avoidable"] is True
    assert not found["smallest"]["passed"]


def test_a_file_is_driven_by_an_agent_or_by_itself(capsys, script, tmp_path):
    file = write_scenario(load_scenario(script), tmp_path)
    assert ask(capsys, file, "--agent", "idm", "--out", tmp_path / "a")[0] == 0
    status, out, _ = ask(
        capsys, file, "--agent", "storyboard", "--out", tmp_path / "b", "--set", "gap_m=60", "ego_mps=12"
    )
    assert status == 1, "nobody brakes"
    assert "hit stopped" in out


def test_scenarios_are_written_as_files(capsys, script, tmp_path):
    status, out, _ = ask(capsys, script, "--write", tmp_path)
    assert status == 0
    assert out.strip() == str(tmp_path / "standing_car.xosc")
    assert (tmp_path / "straight_street.xodr").is_file()
    assert load_scenario(out.strip()).parameters == load_scenario(script).parameters


def test_several_scenarios_get_one_page_and_a_folder_each(capsys, script, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(script.parent))
    assert ask(capsys, "standing_car", "slow_lead", "--agent", "idm", "--out", tmp_path)[0] == 0
    page = (tmp_path / "report.html").read_text()
    assert "standing_car" in page
    assert "slow_lead" in page
    assert (tmp_path / "slow_lead" / "summary.json").is_file()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "name a scenario"),
        (["cut_inn"], "Did you mean 'cut_in'"),
        (["cut_in", "--samples", "0"], "--samples must be 1 or more"),
        (["cut_in", "--set", "gap_m"], "--set takes NAME=VALUE"),
        (["cut_in", "--set", "gapm=3"], "Did you mean 'gap_m'"),
        (["cut_in", "--set", "gap_m=wide"], "gap_m is of type double"),
        (["cut_in", "--variation", "17"], "SEED-NUMBER"),
        (["cut_in", "--agent", "cart-pole-lqr"], "Scenario-v0"),
        (["no/such/file.xosc"], "does not exist"),
        (["cut_in", "cut_in"], "two of the scenarios are named 'cut_in'"),
    ],
)
def test_what_is_asked_for_wrongly_ends_with_a_sentence(capsys, words, said):
    status, out, err = ask(capsys, *words)
    assert status == 2
    assert out == ""
    assert err.startswith("error: ")
    assert said in err


def test_coverage_lists_what_is_read(capsys):
    status, out, _ = ask(capsys, "--coverage", "--json")
    rows = {row["element"]: row for row in json.loads(out)}
    assert status == 0
    assert rows["LaneChangeAction"]["what"] == "read"
    assert {row["what"] for row in rows.values()} == {"read", "recorded", "refused"}
    assert "LaneChangeAction" in ask(capsys, "--coverage")[1]


def test_a_script_runs_by_itself_as_the_command_would(script, tmp_path):
    for words in ([str(script)], ["-m", "sim_suite.cli.main", "run", str(script)]):
        out = tmp_path / str(len(words))
        done = subprocess.run(
            [sys.executable, *words, "--agent", "idm", "--samples", "2", "--out", str(out)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    first, second = ((tmp_path / name / "verdicts.jsonl").read_bytes() for name in ("1", "4"))
    assert first == second
    done = subprocess.run([sys.executable, str(script), "--agent", "nobody"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unknown agent 'nobody'")


def test_help_answers_at_once(script):
    words = [sys.executable, "-X", "importtime", "-m", "sim_suite.cli.main", "run", "--help"]
    listing = subprocess.run(words, capture_output=True, text=True)
    assert listing.returncode == 0
    assert "numba" not in listing.stderr
    assert Path(script).is_file()
