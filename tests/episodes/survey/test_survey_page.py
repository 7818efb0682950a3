"""The page of a survey: whole, offline, hostile names harmless; looked at in a browser."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Player
from sim_suite.episodes.survey.page import duration, render
from sim_suite.episodes.survey.plots import number, shade_of
from sim_suite.episodes.survey.survey import survey
from tests.episodes.altering import recorded, rewritten


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "streets"
    recorded(
        folder, "sim_suite/Driving-v0", (5, 6), kwargs={"map": "crossroads", "actors": 4}, steps=60,
        agent=Player("<script>alert(1)</script>", "none"),
    )  # fmt: skip
    dataset = Dataset(folder)
    text = render(survey(dataset, dataset.entries))
    assert text == render(survey(dataset, dataset.entries))
    (folder / "page.html").write_text(text)
    return folder / "page.html"


def test_names_are_escaped_and_nothing_is_fetched(page):
    text = page.read_text()
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "default-src 'none'" in text
    assert "http" not in text.replace("http-equiv", "")


def test_the_browser_shows_every_plot(page, browser):
    browser.open(page, width=1100, height=2000)
    assert not [event for event in browser.events if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]
    boxes = browser.evaluate(
        "[...document.querySelectorAll('svg.chart')].map(s => { const r = s.getBoundingClientRect(); return [r.width, r.height] })"
    )
    assert len(boxes) == 6  # returns, lengths, classes, steer, drive, map
    assert all(width > 200 and height > 20 for width, height in boxes)
    driven = browser.evaluate(
        "(() => { const r = document.querySelector('.driven').getBoundingClientRect(),"
        " m = document.querySelector('.map').getBoundingClientRect();"
        " return r.width > 3 && r.left >= m.left && r.right <= m.right && r.top >= m.top && r.bottom <= m.bottom })()"
    )
    assert driven
    assert browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [390, 800])
def test_it_fits_small_screens(page, browser, width):
    browser.open(page, width=width)
    assert browser.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_shades_grow_with_visits():
    assert shade_of(np.array([0, 1, 10, 100, 1000])).tolist() == [0, 1, 2, 4, 5]
    assert shade_of(np.zeros(2)).tolist() == [0, 0]


def test_words():
    assert [duration(s) for s in (0.04, 59.94, 60, 245, 11520)] == ["0.0 s", "59.9 s", "1 min 0 s", "4 min 5 s", "3 h 12 min"]  # fmt: skip
    assert [number(v) for v in (-0.5, -0.0, 1234.4, 31.44)] == ["−0.5", "0", "1,234", "31.4"]


def test_a_map_that_is_not_here_is_said_and_hides_nothing_else(page, tmp_path):
    folder = rewritten(page.parent, tmp_path / "away", head={"world": {"map": "<atlantis>"}})
    dataset = Dataset(folder)
    found = survey(dataset, dataset.entries)
    assert (found.maps, found.coverage) == ({"<atlantis>": 2}, ())
    assert "atlantis" in found.unmapped["<atlantis>"]
    text = render(found)
    assert "&lt;atlantis&gt;" in text
    assert "<atlantis>" not in text
