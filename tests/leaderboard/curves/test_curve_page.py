"""The page of learning curves: whole, escaped, self-contained, with the runs' own numbers in it."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.leaderboard.curves import png
from sim_suite.leaderboard.curves.axes import Axis, ends_apart, step_marks
from sim_suite.leaderboard.curves.chart import HEIGHT_PX, LABEL_PX, TOP_PX, chart, label_places
from sim_suite.leaderboard.curves.groups import resolve
from sim_suite.leaderboard.curves.page import figures_of, render
from sim_suite.leaderboard.curves.panels import make_panels
from sim_suite.leaderboard.curves.png import to_png
from sim_suite.leaderboard.curves.table import COLUMNS, to_csv
from tests.leaderboard.html_tags import Tags

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def groups(write_run):
    steps = range(0, 1001, 100)
    for seed, shift in enumerate([0.0, 0.5, 1.0]):
        rows = [(step, {"episode_return": step / 100 + shift, "loss": 1000.0 / (1 + step)}) for step in steps]
        write_run(f"q/{seed}", rows, seed=seed)
    alone = write_run("sarsa", [(step, {"episode_return": 5.0 - step / 1000}) for step in steps], agent="sarsa")
    return resolve([str(alone.parent / "q" / "*"), f"{HOSTILE}={alone}"])


def test_the_page_is_whole_and_escapes_what_runs_are_called(groups):
    page = render(groups, make_panels(groups))
    tags = Tags(page)
    assert tags.open == []
    assert HOSTILE not in page
    assert page == render(groups, make_panels(groups))
    assert not [
        value for tag, attrs in tags.found for key, value in attrs.items() if key in ("src", "href") and "//" in value
    ]


def test_the_page_holds_the_runs_numbers(groups):
    page = render(groups, make_panels(groups))
    panel = make_panels(groups)[0]
    mean, alone = figures_of(panel)
    assert (mean.runs, mean.last_step, mean.highest, mean.highest_step, mean.lowest) == (3, 1000, "10.5", 1000, "0.5")
    assert (alone.last, alone.last_bounds, alone.highest, alone.highest_step) == ("4", "", "5", 0)
    end = panel.lines[0].mean.intervals[-1]
    assert f"[{end.low:.1f}, {end.high:.1f}]" in page
    for group in groups:
        for run in group.runs:
            assert f"<code>{run.folder}</code>" in page
    drawn = next(attrs for tag, attrs in Tags(page).found if tag == "svg" and "data-curves" in attrs)
    told = json.loads(drawn["data-curves"])["lines"][0]
    assert told["steps"] == list(range(0, 1001, 100))
    assert [point for point, _, _ in told["values"]] == [step / 100 + 0.5 for step in told["steps"]]


def test_curves_stand_where_their_numbers_say(groups):
    """The single run falls from 5 to 4 over an axis of 0 to 11 with 4 % above and below."""
    panel = make_panels(groups)[0]
    lines = [attrs for tag, attrs in Tags(chart(panel)).found if tag == "polyline"]
    kinds = [attrs["class"] for attrs in lines]
    assert kinds == ["lone", "lone", "lone", "curve", "curve"]
    first, last = (tuple(map(float, pair.split(","))) for pair in np.take(lines[-1]["points"].split(), [0, -1]))
    assert first == pytest.approx((0.0, 1 - 5.44 / 11.88), abs=1e-4)
    assert last == pytest.approx((1.0, 1 - 4.44 / 11.88), abs=1e-4)
    assert "stroke-dasharray" not in lines[3]
    assert lines[4]["stroke-dasharray"] == "9 4"


def test_a_logarithmic_axis_marks_powers_of_ten(groups):
    panel = make_panels(groups)[1]
    assert panel.logarithmic
    assert "the axis of values is logarithmic" in render(groups, [panel])
    assert [label for _, label in Axis(-0.1, 3.1, logarithmic=True).marks()] == ["1", "10", "100", "1000"]
    assert Axis(0.0, 2.0, logarithmic=True).at(np.array([1.0, 10.0, 100.0, 1e-9])).tolist() == [0.0, 0.5, 1.0, 0.0]


def test_steps_are_marked_in_short():
    labels = [label.replace("\u202f", " ") for _, label in step_marks(Axis(0, 300_000))]
    assert labels == ["0", "50 k", "100 k", "150 k", "200 k", "250 k", "300 k"]
    assert step_marks(Axis(0, 2)) == [(0.0, "0"), (0.5, "1"), (1.0, "2")]


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_labels_keep_their_order_and_their_distance(heights):
    places = ends_apart(heights, 20.0, 300.0)
    order = np.argsort(heights, kind="stable")
    assert (np.diff(np.array(places)[order]) >= 20.0 - 1e-9).all()
    assert max(places) <= 300.0
    if len(heights) == 1:
        assert places == heights


def test_labels_stand_where_their_curves_end(groups):
    places = {line.label: at for line, at in label_places(make_panels(groups)[0])}
    assert places["q-learning"] == pytest.approx(TOP_PX + HEIGHT_PX * (1 - 10.94 / 11.88), abs=0.01)
    assert places[HOSTILE] == pytest.approx(TOP_PX + HEIGHT_PX * (1 - 4.44 / 11.88), abs=0.01)
    assert places[HOSTILE] - places["q-learning"] > LABEL_PX


def test_smoothing_is_named(groups):
    assert "moothed" not in render(groups, make_panels(groups))
    page = render(groups, make_panels(groups, smooth=4), smooth=4)
    assert "each value is the mean of its run's last 4 records" in page
    assert "smoothed over 4 records" in page


def test_the_table_holds_every_record_and_every_mean(groups):
    panels = make_panels(groups)
    rows = list(csv.DictReader(io.StringIO(to_csv(panels, 1))))
    assert tuple(rows[0]) == COLUMNS
    alone = [row for row in rows if row["label"] == HOSTILE]
    assert [(int(row["step"]), float(row["value"])) for row in alone] == [
        (s, 5.0 - s / 1000) for s in range(0, 1001, 100)
    ]
    means = [row for row in rows if row["run"] == "mean" and row["metric"] == "episode_return"]
    found = panels[0].lines[0].mean
    assert [(float(r["value"]), float(r["low"]), float(r["high"])) for r in means] == [
        (one.point, one.low, one.high) for one in found.intervals
    ]
    assert {row["runs"] for row in means} == {"3"}


def test_the_picture_is_a_png_and_equal_curves_give_equal_bytes(groups):
    panels = make_panels(groups)
    picture = to_png(panels, 1)
    assert picture.startswith(b"\x89PNG\r\n")
    assert picture == to_png(panels, 1)
    assert picture != to_png(panels[:1], 1)


@pytest.mark.parametrize("runs", [1, 3])
def test_single_records_are_dots_in_the_picture(write_run, runs, monkeypatch):
    folders = [write_run(f"q/{seed}", [(100, {"episode_return": float(seed)})], seed=seed) for seed in range(runs)]
    panels = make_panels(resolve([str(folder) for folder in folders]))
    picture = to_png(panels, 1)
    monkeypatch.setattr(png, "_marker", lambda steps: "")
    assert to_png(panels, 1) != picture, "no line shows a single record"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 400)])
def test_the_page_opens_without_errors_or_requests(browser, tmp_path, groups, scheme, width):
    path = tmp_path / "curves.html"
    path.write_text(render(groups, make_panels(groups)), encoding="utf-8")
    browser.open(path, scheme=scheme, width=width)
    assert browser.evaluate("document.title") == "Learning curves on FrozenLake-v1"
    assert browser.problems() == []
    assert [url for url in browser.requests() if not url.startswith(("data:", path.as_uri()))] == []
    assert browser.evaluate("document.documentElement.scrollWidth") == width


def test_the_pointer_reads_the_values_under_it(browser, tmp_path, groups):
    path = tmp_path / "curves.html"
    path.write_text(render(groups, make_panels(groups)), encoding="utf-8")
    browser.open(path)
    x, y, wide = browser.evaluate(
        "(b => [b.x, b.y, b.width])(document.querySelector('svg.chart').getBoundingClientRect())"
    )
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + wide * 0.5, y=y + 100)
    said = browser.evaluate("document.querySelector('.reading').innerText").split()
    assert said[:4] == ["step", "500", "q-learning", "5.5"]
    assert said[-1] == "4.5"
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=2, y=2)
    assert browser.evaluate("document.querySelector('.reading').hidden")
