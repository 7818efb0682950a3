"""Options of a generated town."""

import pytest

from sim_suite.driving.roads.towns.options import TownOptions
from sim_suite.errors import SuiteError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("block_m", 94.0),
        ("irregularity", 1.1),
        ("missing_streets", 0.6),
        ("arterials", 5),
        ("roundabouts", -1),
        ("hills_m", 21.0),
    ],
)
def test_values_out_of_range_are_refused_by_name(name, value):
    with pytest.raises(SuiteError, match=f"{name} is {value}, which is not from"):
        TownOptions(**{name: value})


def test_not_a_number_is_refused():
    with pytest.raises(SuiteError, match="hills_m is nan"):
        TownOptions(hills_m=float("nan"))
