"""The page of a map in a real browser: it logs and fetches nothing; wheel, mouse, keys, pointing, search and switches work."""

from __future__ import annotations

import pytest
from small_map import document, small_document, small_graph, small_scene, straight

from sim_suite.driving.roads.drawing.compose import make_scene
from sim_suite.driving.roads.drawing.page import to_page
from sim_suite.driving.roads.graph.build import build_graph

BOX = "document.getElementById('map').getAttribute('viewBox').split(' ').map(Number)"
RESTED = "new Promise(done => setTimeout(() => done(true), 200))"
MIDDLE = "(b => [b.x + b.width / 2, b.y + b.height / 2])(document.getElementById('{}').getBoundingClientRect())"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "small.html"
    file.write_text(to_page(small_scene(), small_document(), small_graph()), encoding="utf-8")
    return file


@pytest.fixture
def page(browser, path):
    browser.open(path, width=1200, height=800)
    return browser


def mouse(browser, kind, x, y, **more):
    browser.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)


def key(browser, name, code):
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code)


def box(browser):
    browser.evaluate(RESTED)
    return browser.evaluate(BOX)


@pytest.mark.parametrize(("scheme", "land"), [("light", "rgb(243, 241, 234)"), ("dark", "rgb(27, 31, 35)")])
def test_it_opens_without_errors_or_requests_in_both_themes(browser, path, scheme, land):
    browser.open(path, scheme=scheme)
    assert browser.problems() == []
    assert [url for url in browser.requests() if not url.startswith(("data:", path.as_uri()))] == []
    assert browser.evaluate("getComputedStyle(document.body).backgroundColor") == land


def test_the_wheel_zooms_about_the_pointer_and_keys_show_all_again(page):
    before = box(page)
    mouse(page, "mouseWheel", 500, 400, deltaX=0, deltaY=-300)
    after = box(page)
    assert after[2] < 0.75 * before[2]
    spot = [[one[0] + one[2] * (180 + 500) / 1560, one[1] + one[3] * (120 + 400) / 1040] for one in (before, after)]
    assert spot[0] == pytest.approx(spot[1], abs=2)
    key(page, "0", 48)
    assert box(page) == pytest.approx(before)
    key(page, "+", 187)
    assert box(page)[2] < before[2]


def test_dragging_moves_the_map_with_the_pointer(page):
    before = box(page)
    mouse(page, "mousePressed", 400, 400, button="left", clickCount=1)
    for x in (440, 480, 500):
        mouse(page, "mouseMoved", x, 420, button="left", buttons=1)
    mouse(page, "mouseReleased", 500, 420, button="left", clickCount=1)
    after = box(page)
    pixel = before[2] / 1560
    assert [before[0] - after[0], before[1] - after[1]] == pytest.approx([100 * pixel, 20 * pixel], rel=0.02)
    assert page.evaluate("document.getElementById('about').hidden"), "a drag picks nothing"
    key(page, "ArrowLeft", 37)
    assert box(page)[0] < after[0]


def test_pointing_tells_and_clicking_shows_more(page):
    lane = page.evaluate("'l' + data.lanes.findIndex(l => l[2] === -2)")
    x, y = page.evaluate(MIDDLE.format(lane))
    mouse(page, "mouseMoved", x + 200, y)
    tip = page.evaluate("document.getElementById('tip').innerText")
    assert tip.startswith("lane 1/0/-2")
    assert "parking" in tip
    assert "2.00 m wide" in tip
    for kind in ("mousePressed", "mouseReleased"):
        mouse(page, kind, x + 200, y, button="left", clickCount=1)
    about = page.evaluate("document.getElementById('about').innerText")
    assert "left of it" in about
    assert "1/0/-1" in about
    assert page.evaluate("document.getElementById('picked').hasAttribute('d')")
    key(page, "Escape", 27)
    assert page.evaluate("document.getElementById('about').hidden")


@pytest.mark.parametrize(
    ("words", "first", "title"),
    [
        ("signal 12", "signal 12 (speed limit)", "signal 12"),
        ("-3", "lane 1/0/-3 (sidewalk)", "lane 1/0/-3"),
        ("road 1", "road 1", "road 1"),
    ],
)
def test_ids_are_found_and_brought_into_view(page, words, first, title):
    before = box(page)
    page.evaluate("document.getElementById('query').focus()")
    page.call("Input.insertText", text=words)
    assert page.evaluate("document.querySelector('#found button').textContent") == first
    page.press("Enter", "\r")
    assert page.evaluate("document.querySelector('#about h2').textContent") == title
    after = box(page)
    assert after[2] <= before[2] * 1.4
    assert page.evaluate(
        "(r => r.left >= 0 && r.right <= innerWidth)(document.getElementById('picked').getBoundingClientRect())"
    )


def test_what_is_not_there_is_said(page):
    page.evaluate("document.getElementById('query').focus()")
    page.call("Input.insertText", text="nowhere 7")
    assert page.evaluate("document.getElementById('found').innerText") == "nothing has this id"


def test_layers_are_switched(page):
    seen = "getComputedStyle(document.querySelector('#map .L-marks')).visibility"
    assert page.evaluate(seen) == "visible"
    page.evaluate("document.getElementById('layers-box').open = true")
    page.click("[data-layer=marks]")
    assert page.evaluate(seen) == "hidden"
    page.click("[data-layer=marks]")
    assert page.evaluate(seen) == "visible"


def test_the_theme_is_switched_by_hand(page):
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(27, 31, 35)"


def test_symbols_keep_their_size_as_one_goes_away(page):
    size = "document.querySelector('#s0 use').getBoundingClientRect().height"
    box(page)
    before = page.evaluate(size)
    for _ in range(3):
        key(page, "-", 189)
    box(page)
    assert page.evaluate(size) == pytest.approx(before, rel=0.05)
    assert before == pytest.approx(16, abs=2.5)


def test_more_is_shown_as_one_comes_closer(browser, tmp_path):
    roads = document(*(straight(str(number), y=5.0 * number, length=20.0) for number in range(90)))
    graph = build_graph(roads).graph
    path = tmp_path / "many.html"
    path.write_text(to_page(make_scene(roads, graph, "many"), roads, graph), encoding="utf-8")
    browser.open(path, width=800, height=600)
    shown = "[...document.querySelectorAll('#map .t-road')].filter(t => t.getBoundingClientRect().width).length"
    box(browser)
    few = browser.evaluate(shown)
    for _ in range(4):
        key(browser, "+", 187)
    box(browser)
    assert 0 < few < browser.evaluate(shown)
