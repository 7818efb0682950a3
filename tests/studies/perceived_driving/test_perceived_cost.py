"""The cost of perception, by hand: shares, paired differences, their table."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.errors import SuiteError
from sim_suite.rates import wilson
from sim_suite.studies.chauffeurnet.families import FAMILIES
from sim_suite.studies.perceived_driving.__main__ import Arguments, main
from sim_suite.studies.perceived_driving.cost import ALL, costs, passed, to_csv, to_markdown

NUDGE, CURVE = FAMILIES["nudge"], FAMILIES["curve"]


def rows():
    return [
        passed(NUDGE, "truth", ["passes"] * 10),
        passed(CURVE, "truth", ["follows"] * 10),
        passed(NUDGE, "eyes", ["passes"] * 6 + ["collides"] * 3 + ["stuck"]),
        passed(CURVE, "eyes", ["follows"] * 10),
    ]


def test_shares_and_differences_by_hand():
    found = {(one.family, one.agent): one for one in costs(rows(), "truth")}
    one = found["nudge", "eyes"]
    assert (one.passed, one.variations, one.difference) == (6, 10, -0.4)
    assert one.interval == wilson(6, 10)
    assert one.outcomes == (("passes", 6), ("collides", 3), ("stuck", 1))
    # The sum of ten draws from {0, -1} with 0.4: the binomial's quantiles at 2.5 and 97.5 per cent are 1 and 7.
    assert (one.low, one.high) == (-0.7, -0.1)
    assert (found["curve", "eyes"].difference, found["curve", "eyes"].low, found["curve", "eyes"].high) == (0, 0, 0)
    both = found[ALL, "eyes"]
    assert (both.passed, both.variations, both.difference) == (16, 20, -0.2)
    assert (both.low, both.high) == (-0.35, -0.05)  # of each family ten are drawn
    assert all(found[family, "truth"].difference == 0.0 for family in ("nudge", "curve", ALL))


def test_differences_are_paired():
    """Who fails where the reference fails costs nothing."""
    outcomes = ["passes"] * 5 + ["collides"] * 5
    found = costs([passed(NUDGE, "truth", outcomes), passed(NUDGE, "eyes", outcomes)], "truth")
    assert [(one.difference, one.low, one.high) for one in found] == [(0.0, 0.0, 0.0)] * 4


def test_tables():
    found = costs(rows(), "truth")
    text = to_markdown(found)
    assert text.splitlines()[0] == "| family | truth | eyes |"
    assert "| nudge | 100 % [72, 100] | 60 % [31, 83]; -40 [-70, -10] |" in text
    assert text.splitlines()[-1].startswith("| all | 100 %")
    lines = to_csv(found).splitlines()
    assert lines[4] == "nudge,eyes,6,10,0.600000,0.312674,0.831820,-0.400000,-0.700000,-0.100000"
    assert found[3].to_dict()["outcomes"] == {"passes": 6, "collides": 3, "stuck": 1}


def test_equal_rows_give_equal_bytes():
    assert to_csv(costs(rows(), "truth")) == to_csv(costs(rows(), "truth"))
    assert np.array_equal(rows()[2].passes, [True] * 6 + [False] * 4)


def test_what_cannot_be_judged_is_refused(tmp_path):
    with pytest.raises(SuiteError, match="'none' is the reference and did not drive"):
        costs(rows(), "none")
    with pytest.raises(SuiteError, match="must be 1 or more, not 0 and 1"):
        main(Arguments(variations=0, out=tmp_path))


def test_the_study_goes_on_where_it_was(tmp_path, capsys):
    """Planners stand in for networks: the study asks for nothing more than names."""
    arguments = Arguments(("truth=idm", "blind=blind-route"), tmp_path, ("straight", "stop_sign"), 2, workers=1)
    assert main(arguments) == 0
    first = {path.name: path.read_bytes() for path in tmp_path.glob("perceived_driving.*")}
    assert set(first) == {"perceived_driving.json", "perceived_driving.csv", "perceived_driving.md"}
    journals = {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")}
    assert len(journals) == 4
    assert main(arguments) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.glob("perceived_driving.*")} == first
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.jsonl")} == journals
    assert "| stop sign |" in capsys.readouterr().out
