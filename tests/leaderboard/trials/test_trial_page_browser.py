"""The page of trials in a real browser: nothing is logged or fetched, maps are chosen, tables sort, nothing overflows."""

import pytest
from example_trials import judged, scenario, trial, vary

from sim_suite.leaderboard.trials.page.page import render_page

SHOWN = "[...document.querySelectorAll('.maps figure')].map(f => f.offsetHeight > 0)"
LAST = "[...document.querySelectorAll('table.variations tbody tr')].map(r => Number(r.lastElementChild.dataset.value))"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    shown = scenario(
        parameters=tuple(vary(name, 0, 100, usual=50) for name in ("gap_m", "a_rather_long_name_kmh", "c"))
    )
    path = tmp_path_factory.mktemp("page") / "trial.html"
    text = render_page([trial(shown=shown), trial(lambda v: judged(v, True), 1)], {})
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_page_opens_without_errors_or_requests_and_never_scrolls_sideways(browser, page, scheme, width):
    browser.open(page, width=width, scheme=scheme)
    assert browser.evaluate("document.fonts.ready.then(() => document.title)") == "2 trials of scenarios"
    assert browser.problems() == []
    assert [url for url in browser.requests() if not url.startswith(("data:", page.as_uri()))] == []
    assert browser.evaluate("document.documentElement.scrollWidth") == width


def test_one_map_is_shown_and_another_can_be_chosen(browser, page):
    browser.open(page)
    assert browser.evaluate(SHOWN) == [True, False, False]
    choose = "(s => { s.selectedIndex = 2; s.dispatchEvent(new Event('change')) })"
    browser.evaluate(f"{choose}(document.querySelector('.maps select'))")
    assert browser.evaluate(SHOWN) == [False, False, True]


def test_variations_sort_by_click(browser, page):
    browser.open(page)
    heading = "table.variations th:last-child button"
    for sign in (-1, 1):
        browser.click(heading)
        values = browser.evaluate(LAST)
        assert values == sorted(values, key=lambda value, sign=sign: sign * value)
    assert len(values) == 64
