"""Scenarios by name and path, and what is said of what is none."""

from __future__ import annotations

import pytest

from sim_suite.driving.storyboard import finding
from sim_suite.driving.storyboard.finding import find_scenario, load_scenario, scenario_paths
from sim_suite.errors import SuiteError, UnknownNameError

SCRIPT = """
from __future__ import annotations
from dataclasses import dataclass
from sim_suite.driving.storyboard.words import Ego, LanePosition, NoCollision, write

@dataclass
class Mine:
    x: float = 3.0

SCENARIO = write(name="mine", map="highway", ego=Ego(LanePosition("7", -1, 10.0), Mine().x), criteria=(NoCollision(),))
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(finding.VARIABLE, str(tmp_path))
    (tmp_path / "mine.py").write_text(SCRIPT)
    (tmp_path / "_part.py").write_text(SCRIPT)
    return tmp_path


def test_by_path_and_by_name(folder):
    assert load_scenario(folder / "mine.py").name == "mine"
    assert load_scenario("mine").set_speed == 3.0
    assert "_part" not in scenario_paths()
    assert list(scenario_paths()) == sorted(scenario_paths())


def test_own_names_hide_aliases_and_aliases_lead_on(folder, monkeypatch):
    monkeypatch.setattr(finding, "aliases", lambda: {"OtherName": "mine", "mine": "nothing"})
    assert find_scenario("OtherName") == folder / "mine.py"
    assert find_scenario("mine") == folder / "mine.py"


def test_what_is_not_there(folder):
    with pytest.raises(UnknownNameError, match="mine"):
        load_scenario("mien")
    with pytest.raises(SuiteError, match="does not exist"):
        load_scenario(folder / "other.py")
    with pytest.raises(SuiteError, match="is a folder"):
        load_scenario(folder)
    (folder / "notes.txt").write_text("")
    with pytest.raises(SuiteError, match="is no scenario"):
        load_scenario(folder / "notes.txt")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1", "has no SCENARIO"),
        ("SCENARIO = 3", "has no SCENARIO"),
        ("1 / 0", "could not be run: ZeroDivisionError"),
        ("def", "could not be run: SyntaxError"),
        ("raise SystemExit('away')", "could not be run: SystemExit: away"),
        (
            "from sim_suite.driving.storyboard.words import vary\nvary('x', 2, 1, usual=1)",
            "broken.py: .*must be in its range",
        ),
    ],
)
def test_scripts_that_are_none(folder, text, words):
    path = folder / "broken.py"
    path.write_text(text)
    with pytest.raises(SuiteError, match=words):
        load_scenario(path)
