"""Plots, ticks and numbers in words, by hand."""

import re

import numpy as np
import pytest

from sim_suite.leaderboard.report import charts, figures
from sim_suite.leaderboard.statistics import FEW_RUNS, Interval, interval


def test_long_names_of_agents_lose_their_middle():
    assert figures.middle("runs/classic/ddqn", 24) == "runs/classic/ddqn"
    assert figures.middle("runs/classic/ddqn/20260101-3/checkpoint", 24) == "runs/cla…01-3/checkpoint"
    assert figures.middle("abcdef", 5) == "ab…ef"


def test_interval_plot_puts_values_where_they_belong():
    """Axis from -5 to 105 after the 5 % margin: 0 lies at 5/110, 50 in the middle."""
    found = Interval(50.0, 0.0, 100.0, FEW_RUNS, 100)
    lines = [charts.Line(0.0, "random", "random"), charts.Line(100.0, "reference", "reference")]
    plot = charts.interval_plot([charts.Bar(found, 0)], lines, "t")
    assert 'cx="50.0%"' in plot
    assert 'class="interval" x1="4.545%" x2="95.455%"' in plot


def test_a_runaway_interval_does_not_squeeze_the_points():
    runs = (np.array([1.0]), np.array([2.0]))
    found = interval(runs, "mean", seed=0)
    assert found.high - found.low > 5
    plot = charts.interval_plot([charts.Bar(found, 0, runs)], [], "t")
    dots = [float(x) for x in re.findall(r'class="run" cx="([\d.]+)%"', plot)]
    assert dots[1] - dots[0] > 40
    assert plot.count('class="cut"') == 2


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-200, -96, [-200, -180, -160, -140, -120, -100]),
        (3, 503, [100, 200, 300, 400, 500]),
    ],
)
def test_ticks_are_round_numbers(low, high, expected):
    assert figures.ticks(low, high)[0] == pytest.approx(expected)


def test_figures_show_the_digits_that_the_interval_supports():
    found = Interval(12345.678, 12000.0, 12700.0, 3, 9)
    assert (figures.point(found), figures.bounds(found)) == ("12\u202f346", "[12\u202f000, 12\u202f700]")
    small = Interval(-0.12345, -0.16, -0.08, 3, 9)
    assert (figures.point(small), figures.bounds(small)) == ("−0.123", "[−0.160, −0.080]")
    assert figures.number(-0.001, 1) == "0.0"
    assert figures.bounds(Interval(1.0, float("nan"), float("nan"), 1, 1, method="none")) == ""
    assert [figures.count(n) for n in (None, 950, 12_000, 1_500_000)] == ["–", "950", "12\u202fk", "1.5\u202fM"]
    assert figures.plain(-200.0) == "−200"
