"""`sim-suite drive --web` as a person uses it: a real browser, real keys, and what the episodes say of them afterwards."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time

import numpy as np
import pytest

from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor

PATIENCE_S = 60.0


class Sitting:
    """A person before a page of a running `sim-suite drive`."""

    def __init__(self, browser, folder, *arguments):
        self._browser = browser
        command = [sys.executable, "-m", "sim_suite.cli.main", "drive", "sim_suite/CarRacing-v0", "--out", str(folder)]
        self.process = subprocess.Popen(
            [*command, "--web", "0", "--json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for line in self.process.stderr:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", line):
                self.address = found.group()
                break
        browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
        browser.visit(self.address, width=1280, height=800)
        self.until("hud !== null")

    def until(self, condition):
        """Wait for what the page knows."""
        deadline = time.monotonic() + PATIENCE_S
        while not self._browser.evaluate(condition):
            assert time.monotonic() < deadline, (condition, self._browser.evaluate("JSON.stringify(hud)"))
            time.sleep(0.02)

    def hold(self, key, until):
        """Keep a key down until something is so, and go on if a machine that stalls has paused the drive."""
        self._browser.key_down(key)
        while not self._browser.evaluate(f"hud.paused || ({until})"):
            time.sleep(0.02)
        if self._browser.evaluate("hud.paused"):
            self.go_on()
            self.until(until)
        self._browser.key_up(key)

    def go_on(self):
        """From a pause."""
        self._browser.press("p")
        self.until("!hud.paused")

    def finish(self):
        """What the command printed when it had ended."""
        out, err = self.process.communicate(timeout=PATIENCE_S)
        assert self.process.returncode == 0, err
        return json.loads(out)


@pytest.fixture
def sit(browser, tmp_path):
    """Begin to drive; whoever still sits at the end is asked to leave."""
    begun = []

    def start(*arguments):
        begun.append(Sitting(browser, tmp_path / "laps", *arguments))
        return begun[-1]

    yield start
    for sitting in begun:
        sitting.process.kill()
        sitting.process.communicate()


def test_a_lap_driven_in_the_browser_is_recorded_as_it_was_driven(browser, sit, tmp_path):
    sitting = sit("--episodes", "1", "--seed", "3")
    sitting.until("hud.paused && !document.querySelector('#overlay').hidden")  # it waited for us
    browser.click("#overlay [data-command=pause]")
    sitting.until("!hud.paused")
    sitting.hold("ArrowUp", "hud.hand.throttle === 1")
    sitting.hold("ArrowLeft", "hud.hand.steer > 0.05")
    sitting.hold("d", "hud.hand.steer < -0.05")
    sitting.hold("ArrowDown", "hud.hand.brake > 0.3")
    browser.press("h")
    sitting.until("hud.paused && hud.overlay[0] === 'Keys'")
    sitting.go_on()
    browser.press("r")
    sitting.until("hud.offers.includes('keep')")
    assert not browser.evaluate("document.querySelector('#overlay').hidden")
    browser.press("t")
    sitting.until("hud.overlay.some(line => line.includes('good'))")
    browser.click("#overlay [data-command=keep]")
    said = sitting.finish()
    sitting.until("document.querySelector('#overlay h2').textContent === 'The session has ended'")
    assert browser.problems() == []

    (entry,) = Dataset(tmp_path / "laps").entries
    assert entry.tags == ("good",)
    assert said["episodes"][0]["steps"] == entry.steps
    with Dataset(tmp_path / "laps").open(entry) as episode:
        episode.check()
        steer, gas, brake = episode.read("action").T  # CarRacing steers to the right
        assert set(episode.read("actor")) == {Actor.HUMAN}
        assert np.all(np.diff(episode.read("time_s")) > 0)
    assert gas[0] < 0.2
    assert gas.max() == 1.0
    assert steer.min() < -0.05
    assert steer.max() > 0.05
    assert brake.max() > 0.3
    order = [int(np.argmax(found)) for found in (gas == 1.0, steer < -0.05, steer > 0.05, brake > 0.3)]
    assert order == sorted(order)
    assert not np.any((gas > 0) & (brake > 0))


def test_who_closes_the_page_leaves_a_paused_session_behind_that_goes_on_for_who_returns(browser, sit, tmp_path):
    sitting = sit()
    sitting.go_on()
    browser.key_down("ArrowUp")
    sitting.until("hud.hand.throttle > 0.5")
    browser.visit("about:blank")
    browser.visit(sitting.address, width=1280, height=800)
    sitting.until("hud !== null && hud.paused")
    browser.press("p")
    sitting.until("!hud.paused && hud.hand.throttle === 0")
    browser.click("[data-command=quit]")
    sitting.finish()
    (entry,) = Dataset(tmp_path / "laps").entries
    with Dataset(tmp_path / "laps").open(entry) as episode:
        assert np.diff(episode.read("time_s")).max() < 0.5  # the pause leaves no gap


def test_a_key_takes_over_from_the_autopilot_and_tab_gives_the_wheel_back(browser, sit, tmp_path):
    sitting = sit("--autopilot", "car-racing-pursuit", "--seed", "3")
    sitting.until("hud.paused && hud.driver === 'car-racing-pursuit'")
    sitting.go_on()
    sitting.until("hud.time_s > 0.3")
    sitting.hold("ArrowDown", "hud.driver === 'you' && hud.hand.brake > 0.1")
    browser.press("Tab")
    sitting.until("hud.autopilot && hud.hand.brake === 0")
    browser.press("Escape")
    sitting.finish()
    (entry,) = Dataset(tmp_path / "laps").entries
    with Dataset(tmp_path / "laps").open(entry) as episode:
        actor, brake = episode.read("actor"), episode.read("action")[:, 2]
    turns = actor[np.flatnonzero(np.diff(actor, prepend=255))]
    assert turns.tolist() == [Actor.EXPERT, Actor.HUMAN, Actor.EXPERT]
    assert brake[actor == Actor.HUMAN].max() > 0.1
