"""The window as a person meets it: a real one, real keys, its pixels looked at; and its keyboard event by event."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.cockpit.instruments import LIGHT_XY, NOT_RECORDING, PANEL_PX, RECORDING
from sim_suite.episodes.cockpit.seat import Command, Hand, Hud, Reading
from sim_suite.episodes.cockpit.window import SIZE, Window, require_display
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.errors import SuiteError
from tests.screen import HEIGHT, WIDTH, virtual_screen

LEFT, TOP = (WIDTH - SIZE[0]) // 2, (HEIGHT - SIZE[1]) // 2
"""Of the window: without a window manager it lies in the middle."""
ROAD, GRASS = (105, 105, 105), (101, 204, 101)


def light(picture):
    """The colour of the recording light."""
    return tuple(picture[TOP + LIGHT_XY[1], LEFT + SIZE[0] - PANEL_PX + LIGHT_XY[0]].tolist())


def share_near(picture, colour, tolerance=14):
    """The share of the road's part of the window that has a colour, nearly."""
    view = picture[TOP : TOP + 400, LEFT : LEFT + SIZE[0] - PANEL_PX].astype(int)
    return float((np.abs(view - colour).max(-1) <= tolerance).mean())


@contextmanager
def driving(screen, *words):
    """`sim-suite drive` as a process; ended in any case."""
    command = [sys.executable, "-m", "sim_suite.cli.main", "drive", *words]
    with subprocess.Popen(
        command, env=screen.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as game:
        try:
            yield game
        finally:
            game.kill()


def test_a_person_drives_looks_for_help_marks_keeps_and_leaves(tmp_path):
    laps = tmp_path / "laps"
    words = ("sim_suite/CarRacing-v0", "--out", str(laps), "--seed", "7", "--driver", "ada")
    with virtual_screen(tmp_path) as screen, driving(screen, *words) as game:

        def alive():
            return game.poll() is None

        def wait_for_light(colour):
            screen.wait_for(lambda: light(screen.picture()) == colour, alive, f"the light {colour}")

        def dial():
            return screen.picture()[TOP + 70 : TOP + 130, LEFT + SIZE[0] - PANEL_PX :]

        screen.focus_window(alive)
        wait_for_light(RECORDING)
        standing = dial()
        screen.do("keydown", "Up", "keydown", "Left")
        for _ in range(6):  # each picture of the dial is looked at 0.05 s after the one before, at the soonest
            screen.wait_for(lambda before=standing: (dial() != before).any(), alive, "speed")
            standing = dial()
        seen = screen.picture()
        screen.do("keyup", "Left", "key", "h")
        wait_for_light(NOT_RECORDING)
        helping = screen.picture()
        screen.do("key", "h")
        wait_for_light(RECORDING)
        screen.do("keyup", "Up", "key", "r")
        wait_for_light(NOT_RECORDING)
        screen.do("key", "t", "key", "Return")
        wait_for_light(RECORDING)
        screen.do("key", "Escape")
        out, err = game.communicate(timeout=60)
    assert game.returncode == 0, err
    assert "next: sim-suite train bc --episodes" in err
    assert "seed 7" in out
    assert share_near(seen, ROAD) > 0.01  # thin, while the view zooms in
    assert share_near(seen, GRASS) > 0.3
    assert (
        helping[TOP + 200 : TOP + 280, WIDTH // 2 - 150 : WIDTH // 2 + 150].max(-1) < 60
    ).mean() > 0.4  # the dark sheet of the help
    dataset = Dataset(laps)
    first = dataset.entries[0]
    assert (first.seed, first.end, first.tags, first.driver) == (7, "stopped", ("good",), "ada")
    with dataset.open(first) as episode:
        actions, frames, times = (episode.read(name) for name in ("action", "observation", "time_s"))
        inputs = episode.read("input_s")
    assert actions[:, 1].max() > 0.2  # the throttle, pressed by degrees
    assert actions[:, 0].min() < 0.0 == actions[:, 0].max()  # left only
    assert np.all(inputs <= times)
    with make("sim_suite/CarRacing-v0") as env:
        again = [env.reset(seed=7)[0], *(env.step(action)[0] for action in actions)]
    assert np.array_equal(again, frames)


@pytest.fixture
def window(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = Window()
    yield window
    window.close()


def press(window, *names, down=True):
    import pygame

    for name in names:
        pygame.event.post(
            pygame.event.Event(
                pygame.KEYDOWN if down else pygame.KEYUP, key=pygame.key.key_code(name), mod=0, unicode=""
            )
        )


def test_a_tap_between_two_steps_counts_once(window):
    press(window, "up")
    press(window, "up", down=False)
    first, second = window.read(1.0, 0.1, 0.0), window.read(1.1, 0.1, 0.0)
    assert (first.hand.throttle, first.touched, first.at_s) == (pytest.approx(0.2), True, 1.0)
    assert (second.hand.throttle, second.touched, second.at_s) == (0.0, False, 1.0)


def test_a_tap_while_nothing_moves_waits_for_the_next_step(window):
    press(window, "left")
    press(window, "left", down=False)
    assert window.read(0.0, 0.0, 0.0).hand == Hand()
    assert window.read(0.0, 0.1, 0.0).hand.steer > 0.0


def test_letters_drive_too_and_commands_come_in_order(window):
    press(window, "w", "d", "p", "tab")
    reading = window.read(0.0, 0.1, 0.0)
    assert reading.hand.steer < 0.0 < reading.hand.throttle
    assert reading.commands == (Command.PAUSE, Command.AUTOPILOT)
    assert window.read(0.1, 0.1, 0.0).commands == ()


def test_a_gamepad_counts_while_no_driving_key_is_held(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    said = Reading(Hand(-0.5, 0.7), (Command.TAG,), True, 0.5)

    class Pad:
        def read(self, now_s, step_s, speed_mps):
            return said

    window = Window(stick=Pad())
    assert window.read(1.0, 0.1, 0.0) == said
    press(window, "left")
    reading = window.read(1.1, 0.1, 0.0)
    assert (reading.hand.steer > 0.0, reading.hand.throttle, reading.at_s) == (True, 0.0, 1.1)
    assert reading.commands == (Command.TAG,)
    window.close()


def test_losing_the_focus_lets_go(window):
    import pygame

    press(window, "up")
    window.read(0.0, 0.1, 0.0)
    pygame.event.post(pygame.event.Event(pygame.WINDOWFOCUSLOST))
    assert window.read(0.1, 0.1, 0.0) == Reading(Hand(), at_s=0.0)


def test_closing_the_window_and_a_new_episode(window):
    import pygame

    press(window, "left")
    assert window.read(0.0, 0.3, 0.0).hand.steer > 0.1
    press(window, "left", down=False)
    window.begins(2)
    assert window.read(0.0, 0.0, 0.0).hand == Hand()
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    window.read(0.0, 0.0, 0.0)
    assert window.closed


@pytest.mark.parametrize("size", [(480, 720), (480, 640), (96, 96)])
def test_pictures_of_any_shape_are_shown_whole_and_in_their_colours(window, size):
    import pygame

    picture = np.zeros((*size, 3), np.uint8)
    picture[..., 0] = 200
    window.show(picture, Hud(recording=True, progress=1.0, infractions=(("off the road", 2),), lines=("seed 1",)))
    surface = pygame.display.get_surface()
    middle = ((SIZE[0] - PANEL_PX) // 2, SIZE[1] // 2)
    assert tuple(surface.get_at(middle))[:3] == (200, 0, 0)
    assert tuple(surface.get_at((SIZE[0] - PANEL_PX + LIGHT_XY[0], LIGHT_XY[1])))[:3] == RECORDING
    red = pygame.surfarray.array3d(surface)[: SIZE[0] - PANEL_PX, :, 0] == 200
    shown = red.any(1).sum() / red.any(0).sum()
    assert shown == pytest.approx(size[1] / size[0], rel=0.01)
    window.show(picture, Hud(overlay=("Paused", "P  go on")))
    assert tuple(surface.get_at((SIZE[0] - PANEL_PX + LIGHT_XY[0], LIGHT_XY[1])))[:3] == NOT_RECORDING
    sheet = pygame.surfarray.array3d(surface)[middle[0] - 40 : middle[0] + 40, middle[1] - 25 : middle[1] + 25]
    assert (sheet[..., 0] < 80).mean() > 0.6


def test_without_a_display_other_seats_are_named(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"):
        monkeypatch.delenv(name, raising=False)
    if sys.platform == "linux":
        with pytest.raises(SuiteError, match=r"--web 8080, or from a file with --input FILE"):
            require_display()
