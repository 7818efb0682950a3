"""The leaderboard page in a real browser: nothing is logged or fetched, tables sort, clips play, nothing overflows."""

import dataclasses

import numpy as np
import pytest
from example_board import HOSTILE, TASKS, example_board

from sim_suite.leaderboard.report.assemble import Entrant, make_section
from sim_suite.leaderboard.report.model import Board
from sim_suite.leaderboard.report.page import render

COLUMN = "[...document.querySelectorAll('table.overview tbody tr')].map(r => r.cells[{}].dataset.value)"
SORTED = "[...document.querySelectorAll('table.overview thead th')].map(h => h.ariaSort)"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "leaderboard.html"
    path.write_text(render(example_board()), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_opens_without_errors_or_requests(browser, page, scheme):
    browser.open(page, scheme=scheme)
    assert browser.evaluate("document.fonts.ready.then(() => document.title)") == "Classic control and driving"
    assert browser.problems() == []
    assert [url for url in browser.requests() if not url.startswith(("data:", page.as_uri()))] == []
    paper = browser.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == {"light": "rgb(252, 252, 250)", "dark": "rgb(20, 23, 26)"}[scheme]


def test_policy_stops_foreign_scripts_and_fetches(browser, page):
    """The file's own security policy holds even where escaping would fail; the browser logs what it blocked."""
    browser.open(page)
    browser.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.owned = 1'}))"
    )
    assert browser.evaluate("window.owned === undefined")
    assert browser.evaluate("fetch('https://example.org/').then(() => 'fetched', () => 'blocked')") == "blocked"
    assert any("Content Security Policy" in problem for problem in browser.problems())


def test_columns_sort_by_click_with_missing_values_last(browser, page):
    browser.open(page)
    assert browser.evaluate(SORTED)[:2] == ["none", "descending"]
    browser.click("table.overview th:nth-child(3) button")
    values = browser.evaluate(COLUMN.format(2))
    assert [float(v) for v in values] == sorted((float(v) for v in values), reverse=True)
    browser.click("table.overview th:nth-child(3) button")
    values = browser.evaluate(COLUMN.format(2))
    assert [float(v) for v in values] == sorted(float(v) for v in values)
    assert browser.evaluate(SORTED)[:4] == ["none", "none", "ascending", "none"]
    for _ in range(2):
        browser.click("table.overview th:nth-child(4) button")
        assert browser.evaluate(COLUMN.format(3))[-1] == ""


def test_columns_sort_by_keyboard(browser, page):
    browser.open(page)
    browser.evaluate("document.querySelector('table.overview th:nth-child(1) button').focus()")
    browser.press("Enter", "\r")
    assert browser.evaluate(COLUMN.format(0)) == [HOSTILE, "Broken", "Double DQN", "Planner", "PPO"]
    assert browser.evaluate(SORTED)[0] == "ascending"
    browser.press(" ", " ")
    assert browser.evaluate(SORTED)[0] == "descending"


def test_clips_decode_and_play(browser, page):
    browser.open(page)
    size = browser.evaluate("""(async () => {
        const video = document.querySelector('video');
        video.scrollIntoView();
        await video.play();
        await new Promise(done => video.ontimeupdate = () => { if (video.currentTime > 0.1) done(); });
        return [video.videoWidth, video.videoHeight, video.readyState >= 2, Math.round(video.duration)];
    })()""")
    assert size == [320, 192, True, 2]


def test_clips_show_their_first_frame_and_play_by_click_and_key(browser, page):
    browser.open(page)
    ready = "Promise.all([...document.querySelectorAll('video')].map(v => v.readyState >= 2 || new Promise(d => v.onloadeddata = d)))"
    browser.evaluate(f"{ready}.then(() => true)")
    assert browser.evaluate("[...document.querySelectorAll('video')].every(v => !v.controls && v.paused)")
    square = """(v => { const c = document.createElement('canvas'); [c.width, c.height] = [320, 192];
        const g = c.getContext('2d'); g.drawImage(v, 0, 0); return [...g.getImageData(30, 90, 1, 1).data] })
        (document.querySelector('video'))"""
    assert browser.evaluate(square)[:3] == pytest.approx([210, 120, 60], abs=12)
    state = "[document.querySelector('video').paused, document.querySelector('.screen button').ariaPressed]"
    label = browser.evaluate("document.querySelector('.screen button').ariaLabel")
    assert label == "Play " + browser.evaluate("document.querySelector('video').getAttribute('aria-label')")
    turned = "new Promise(d => document.querySelector('video').addEventListener('{}', () => d(true), {{once: true}}))"
    for event, act, after in (
        ("play", lambda: browser.click(".screen button"), [False, "true"]),
        ("pause", lambda: browser.press(" ", " "), [True, "false"]),
    ):
        browser.evaluate(f"window.turned = {turned.format(event)}, true")
        act()
        assert browser.evaluate("window.turned")
        assert browser.evaluate(state) == after
    assert browser.problems() == []


@pytest.mark.parametrize(("width", "fits"), [(1280, True), (400, False)])
def test_overview_of_five_tasks_fits_a_desk_and_scrolls_in_its_box_on_a_phone(browser, tmp_path, width, fits):
    tasks = [dataclasses.replace(TASKS[2], name=f"mountain-car-continuous-{i}") for i in range(5)]
    rng = np.random.default_rng(0)
    entrants = [
        Entrant(
            f"a-rather-long-name-{i}",
            "runs/classic/mountain-car/20260101-000000-3/checkpoint",
            {task.name: [rng.normal(-150.5, 20, 9)] for task in tasks},
            {},
            privileged=i == 0,
            training_steps=1_250_000,
            training_seeds=1,
            hardware="x86_64, 2 CPUs",
        )
        for i in range(2)
    ]
    section = make_section("five", "", tasks, entrants, seed=0, resamples=200)
    path = tmp_path / "five.html"
    path.write_text(render(Board("five", (section,), {})), encoding="utf-8")
    browser.open(path, width=width)
    inside, box = browser.evaluate("(s => [s.scrollWidth, s.clientWidth])(document.querySelector('.scroll'))")
    assert (inside <= box) == fits
    assert browser.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("width", [400, 800, 1280])
def test_page_never_scrolls_sideways(browser, page, width):
    browser.open(page, width=width)
    assert browser.evaluate("document.documentElement.scrollWidth") == width


def test_print_opens_the_details(browser, page):
    browser.open(page)
    browser.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.evaluate("document.querySelectorAll('details:not([open])').length") == 0


@pytest.mark.parametrize("width", [400, 1280])
def test_a_person_is_marked_and_set_against_nobody(browser, tmp_path, width):
    rng = np.random.default_rng(0)
    entrants = [Entrant(name, name, {TASKS[0].name: [rng.normal(300, 20, 9)]}, {}) for name in ("quick", "steady")]
    driven = {TASKS[0].name: "3 episodes on seeds 0 to 2; 1 left out: driven in part by an agent"}
    entrants.append(Entrant("ada", "human:laps", {TASKS[0].name: [rng.normal(400, 20, 3)]}, {}, driven=driven))
    path = tmp_path / "people.html"
    path.write_text(render(Board("people", (make_section("s", "", TASKS[:1], entrants, seed=0, resamples=200),), {})))
    browser.open(path, width=width)
    assert browser.problems() == []
    badges = "[...document.querySelectorAll('table.overview tr:has(.badge)')].map(r => r.querySelector('th').innerText.split(/\\s+/))"
    ((*marks,),) = browser.evaluate(badges)
    assert " ".join(marks) == "1 ada human human:laps n = 3, unpaired"
    letter = "getComputedStyle(document.querySelector('.overview .badge'), '::before').content"
    assert browser.evaluate(letter) == {400: '"H"', 1280: "none"}[width], "on a phone a letter stands for the mark"
    assert "3 episodes on seeds 0 to 2; 1 left out" in browser.evaluate("document.querySelector('.task').innerText")
    compared = "[...document.querySelectorAll('table.heat tbody th')].map(h => h.innerText.trim())"
    assert sorted(browser.evaluate(compared)) == ["quick", "steady"]
    assert browser.evaluate("document.documentElement.scrollWidth") == width
