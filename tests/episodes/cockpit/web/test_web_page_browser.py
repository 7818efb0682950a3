"""The page in a real browser, before a session of our own: keys, touch, gamepad, buttons, and what it says when the line is cut."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.sync.client import connect

from sim_suite.episodes.cockpit.seat import Command, Hand, Hud
from sim_suite.episodes.cockpit.web.seat import WebSeat

STEP_S = 0.02
PATIENCE_S = 30.0
OFFERS = (Command.PAUSE, Command.RESET, Command.HELP, Command.AUTOPILOT, Command.QUIT)
END = (Command.KEEP, Command.DISCARD, Command.TAG, Command.QUIT)


class Session:
    """Reads and shows at its rate, and remembers; pauses as it is told."""

    def __init__(self):
        self.seat = WebSeat(0)
        self.hud = Hud(recording=True, offers=OFFERS)
        self.reading, self.commands, self.hands = None, [], [Hand()]
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        picture = np.zeros((400, 600, 3), np.uint8)
        while not self._over.wait(STEP_S):
            self.reading = self.seat.read(time.perf_counter(), STEP_S, 5.0)
            self.commands += self.reading.commands
            self.hands.append(self.reading.hand)
            self.seat.show(picture, self.hud)

    def close(self):
        self._over.set()
        self._thread.join()
        self.seat.close()


@pytest.fixture
def session():
    with contextlib.closing(Session()) as session:
        yield session


@pytest.fixture
def page(browser, session):
    browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.call("Emulation.setTouchEmulationEnabled", enabled=True)
    browser.visit(session.seat.address, width=1280, height=800)
    wait(lambda: browser.evaluate("hud !== null") and session.reading.commands == ())
    session.commands.clear()
    session.hands.clear()
    yield browser
    browser.call("Emulation.setTouchEmulationEnabled", enabled=False)


def wait(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def text(page, selector):
    return page.evaluate(f"document.querySelector({json.dumps(selector)}).innerText")


def key(page, kind, name, code, **more):
    page.call("Input.dispatchKeyEvent", type=kind, key=name, code=code, **more)


def test_the_page_asks_nobody_else_and_has_nothing_to_complain_about(page, session):
    own = urlsplit(session.seat.address).netloc
    assert {urlsplit(address).netloc for address in page.requests() if not address.startswith("data:")} == {own}
    assert page.problems() == []


def test_what_the_session_says_is_shown_as_text(page, session):
    session.hud = Hud(
        Hand(0.5, 0.25, 0.75), speed_mps=25.0, progress=0.5, driver="bc", autopilot=True, fps=49.6, missed=3, time_s=83.25,
        episode_return=-1.25, infractions=(("off road", 2), ("red light", 1)), lines=("<b>episode</b>",), offers=OFFERS,
        overlay=("Paused <i>", "one line", "P  go on", "R  end"),
    )  # fmt: skip
    wait(lambda: text(page, "#driver") == "bc")
    shown = {name: text(page, f"#{name}") for name in ("time", "return", "fps", "missed", "lines", "infractions")}
    assert shown["time"] == "1:23.3"
    assert (shown["return"], shown["fps"], shown["missed"]) == ("-1.3", "50", "3")
    assert shown["lines"] == "<b>episode</b>"
    assert shown["infractions"].split("\n") == ["off road × 2", "red light"]
    assert page.evaluate("document.querySelector('#dial .big').textContent") == "90"
    assert text(page, "#progress output") == "50 %"
    assert text(page, "#overlay h2") == "Paused <i>"
    assert text(page, "#overlay .text").split() == ["one", "line", "R", "end"]  # P is on the button
    assert text(page, "#overlay button").split() == ["Drive", "P"]
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.bar.brake i')).transform")
        == "matrix(1, 0, 0, 0.75, 0, 0)"
    )


def test_letters_count_by_their_place_where_the_alphabet_is_another(page, session):
    key(page, "keyDown", "ц", "KeyW")
    wait(lambda: session.reading.touched and session.reading.hand.throttle > 0)
    key(page, "keyUp", "Ц", "KeyW")
    wait(lambda: not session.reading.touched)


def test_what_is_the_browsers_stays_the_browsers(page, session):
    key(page, "rawKeyDown", "r", "KeyR", modifiers=8 | 2)  # Shift and Ctrl
    key(page, "keyUp", "r", "KeyR", modifiers=8 | 2)
    key(page, "rawKeyDown", "F12", "F12")
    page.press("h")
    wait(lambda: session.commands)
    assert session.commands == [Command.HELP]


def test_a_window_that_loses_the_focus_lets_go_and_pauses(page, session):
    page.key_down("ArrowUp")
    wait(lambda: session.reading.touched)
    page.evaluate("document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))")
    wait(lambda: Command.PAUSE in session.commands)
    assert session.reading.hand == Hand()
    page.evaluate("document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))")
    wait(lambda: session.reading.commands == ())
    assert not session.reading.touched
    page.key_up("ArrowUp")


def test_a_finger_steers_and_presses_the_pedals(page, session):
    page.evaluate("showTouch()")

    def spot(selector, x, y):
        left, top, width, height = page.evaluate(
            f"(b => [b.x, b.y, b.width, b.height])(document.querySelector('{selector}').getBoundingClientRect())"
        )
        return {"x": left + x * width, "y": top + y * height}

    gas = {**spot("#throttle-pad", 0.5, 0.1), "id": 1}
    grip, turned = ({**spot("#wheel", *place), "id": 2} for place in ((0.5, 0.1), (0.15, 0.3)))
    page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[gas])
    wait(lambda: session.reading.hand.throttle == 1.0 and session.reading.touched)
    page.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[gas, grip])
    page.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=[gas, turned])
    wait(lambda: session.reading.hand.steer > 0.3 and session.reading.hand.throttle == 1.0)
    page.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
    wait(lambda: session.reading.hand == Hand())


def test_a_gamepad_of_the_browser_drives(page, session):
    page.evaluate(
        "window.fake = {connected: true, mapping: 'standard', axes: [0, 0, 0, 0],"
        " buttons: Array.from({length: 17}, () => ({pressed: false, value: 0}))};"
        "navigator.getGamepads = () => [null, window.fake]; window.dispatchEvent(new Event('gamepadconnected'))"
    )
    page.evaluate("fake.axes[0] = 0.05; fake.buttons[7].value = 1; fake.buttons[9].pressed = true")
    wait(lambda: session.reading.hand == Hand(0.0, 1.0, 0.0))
    assert session.commands == [Command.PAUSE]
    page.evaluate("fake.axes[0] = 1; fake.buttons[7].value = 0; fake.buttons[6].value = 1")
    wait(lambda: session.reading.hand == Hand(-1.0, 0.0, 1.0))
    page.evaluate("fake.connected = false")
    wait(lambda: session.reading.hand == Hand())
    assert session.commands == [Command.PAUSE]


def test_buttons_say_what_keys_say(page, session):
    assert [*page.evaluate("[...document.querySelectorAll('#buttons button')].map(b => b.dataset.command)")] == list(
        OFFERS
    )
    for command in OFFERS:
        page.click(f"[data-command={command}]")
    session.hud = Hud(offers=END, overlay=("It is over", "Enter  keep it", "T  marked: not"))
    wait(lambda: page.evaluate("document.querySelector('#overlay [data-command=tag]') !== null"))
    assert text(page, "#overlay .text").split() == ["T", "marked:", "not"]
    for command in ("tag", "discard", "keep"):
        page.click(f"[data-command={command}]")
    wait(lambda: Command.KEEP in session.commands)
    assert session.commands == [*OFFERS, Command.TAG, Command.DISCARD, Command.KEEP]


def test_another_page_takes_the_wheel_and_gives_it_back(page, session):
    address = urlsplit(session.seat.address)
    with connect(f"ws://{address.netloc}/socket?{address.query}", origin=f"http://{address.netloc}"):
        wait(lambda: text(page, "#overlay h2") == "Another page is at the wheel")
        page.click("#overlay button")
        wait(lambda: page.evaluate("document.body.dataset.link === 'up' && document.querySelector('#overlay').hidden"))
        page.key_down("ArrowUp")
        wait(lambda: session.reading.touched)
        page.key_up("ArrowUp")


def test_a_line_that_is_cut_is_said_and_mended(page, session):
    page.evaluate("socket.close()")
    wait(lambda: text(page, "#overlay h2") == "No connection")
    assert text(page, "#recording") == "not recording"
    wait(lambda: page.evaluate("document.body.dataset.link === 'up' && document.querySelector('#overlay').hidden"))
    assert text(page, "#recording") == "recording"


def test_the_end_of_the_session_is_said(page, session):
    session.close()
    wait(lambda: text(page, "#overlay h2") == "The session has ended")
    time.sleep(0.2)
    assert text(page, "#overlay h2") == "The session has ended"
    assert page.evaluate("document.querySelectorAll('#buttons button').length") == 0
