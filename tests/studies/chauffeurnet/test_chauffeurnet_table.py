"""Rows from verdicts by hand: counts, the first twenty, intervals, comparisons, the table as text."""

from __future__ import annotations

import csv
import io

import pytest
from example_verdicts import verdict

from sim_suite.rates import wilson
from sim_suite.studies.chauffeurnet.families import FAMILIES
from sim_suite.studies.chauffeurnet.table import PAPERS, compare, row_of, to_csv

NUDGE = FAMILIES["nudge"]


def row(agent, passes, collides, stuck=0, cue=""):
    """Passes first, so that the first twenty are known."""
    broken = [()] * passes + [("no_collision",)] * collides + [("reaches_goal",)] * stuck
    return row_of(NUDGE, agent, False, [verdict(*one, number=k) for k, one in enumerate(broken)], cue)


def test_counts_and_the_first_twenty():
    one = row("M4", 18, 5, 7)
    assert dict(one.counts) == {"passes": 18, "collides": 5, "leaves the road": 0, "stuck": 7}
    assert dict(one.first) == {"passes": 18, "collides": 2, "leaves the road": 0, "stuck": 0}
    assert sum(one.first.values()) == PAPERS
    assert (one.variations, one.good) == (30, 18)
    assert one.interval("collides") == wilson(5, 30)


def test_the_papers_figures_stand_beside_models_of_its_names():
    assert [row("M4", 1, 0).paper(what) for what in NUDGE.classes] == [90, 10, None, 0]
    assert row("idm", 1, 0).paper("passes") is None


def test_disjoint_intervals_are_said():
    rows = [row("M0", 10, 40), row("M4", 45, 5), row("M4", 0, 50, cue="others")]
    (said,) = compare(rows, "M4", "M0")
    assert said.disjoint
    assert said.sentence == (
        "Nudging round a parked car: M4 90.0 % [78.6, 95.7], M0 20.0 % [11.2, 33.0]; the intervals are disjoint: M4 is ahead."
    )


def test_overlapping_intervals_say_nothing():
    (said,) = compare([row("M4", 10, 10), row("M0", 9, 11)], "M4", "M0")
    assert not said.disjoint
    assert said.sentence.endswith("the intervals overlap: nothing is said.")


def test_the_one_ahead_is_named_whoever_it_is():
    (said,) = compare([row("M4", 5, 45), row("M0", 45, 5)], "M4", "M0")
    assert said.sentence.endswith("M0 is ahead.")


def test_who_did_not_drive_is_not_compared():
    assert compare([row("M4", 5, 45)], "M4", "M0") == []


def test_the_table_as_text():
    lines = list(csv.DictReader(io.StringIO(to_csv([row("M4", 3, 1), row("M4", 0, 4, cue="others")]))))
    assert len(lines) == 8
    assert lines[0] == {
        "family": "nudge", "agent": "M4", "blanked": "", "outcome": "passes", "count": "3", "variations": "4",
        "share": "0.750000", "low": f"{wilson(3, 4)[0]:.6f}", "high": f"{wilson(3, 4)[1]:.6f}", "first_20": "3",
        "paper_percent": "90",
    }  # fmt: skip
    assert lines[5]["blanked"] == "others"
    assert float(lines[5]["share"]) == pytest.approx(1.0)
