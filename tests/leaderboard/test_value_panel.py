"""Action values beside a frame: bars to scale, pixel by pixel; the chosen one marked; frame, values and choice of one moment."""

from __future__ import annotations

import io

import av
import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim_suite.cli.main import main
from sim_suite.leaderboard.episode import play
from sim_suite.leaderboard.filming import Film
from sim_suite.leaderboard.value_panel import (
    BARS,
    CHOSEN,
    GUTTER,
    INK,
    OTHER,
    PANEL,
    PLOT,
    SIDE,
    Shown,
    beside,
    fitted,
    row_lines,
    scale_for,
)
from sim_suite.leaderboard.valued import Telling, ValueBars

FRAME = np.zeros((210, 160, 3), np.uint8)
NAMES = ("one", "two", "three", "four")
LAKE = "zoo:frozen-lake-4x4-q-learning"


def filled(image, row, count, colour):
    """Columns of the panel, from the left end of the bars, that have the colour in the middle of an action's row."""
    first, after = row_lines(count)[row]
    line = image[(first + after) // 2, -PANEL + BARS[0] : -PANEL + BARS[1]]
    return np.flatnonzero((line == colour).all(axis=1)).tolist()


def panel_of(values, chosen, scale, course=(1.0,)):
    names = tuple(str(number) for number in range(len(values)))
    return beside(FRAME, Shown(names, np.array(values, np.float64), chosen, course, scale))


def test_bars_have_the_length_of_their_values():
    """120 columns for the ten between -5 and 5: twelve for each, from the middle, whose own column is the line of zero."""
    image = panel_of([5.0, -5.0, 2.5, 0.0], 0, (-5.0, 5.0))
    assert image.shape == (SIDE, 320 + PANEL, 3)
    assert filled(image, 0, 4, CHOSEN) == list(range(61, 120))
    assert filled(image, 1, 4, OTHER) == list(range(60))
    assert filled(image, 2, 4, OTHER) == list(range(61, 90))
    assert filled(image, 3, 4, OTHER) == []
    assert all(filled(image, row, 4, INK) == [60] for row in range(4))


@given(
    values=st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=35).filter(lambda values: any(values)),
    chosen=st.integers(0, 34),
)
def test_bars_are_to_scale_whatever_the_values(values, chosen):
    chosen %= len(values)
    low, high = scale = scale_for(values)
    image = panel_of(values, chosen, scale)
    for row, value in enumerate(values):
        columns = filled(image, row, len(values), CHOSEN if row == chosen else OTHER)
        assert abs(len(columns) - 120 * abs(value) / (high - low)) <= 2, "rounding at both ends, and the line of zero"
        assert filled(image, row, len(values), OTHER if row == chosen else CHOSEN) == []


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([0.0], (0.0, 1.0)),
        ([5.2, 4.9], (0.0, 10.0)),
        ([1.1, -0.3], (-0.5, 2.0)),
        ([-90.0, -15.0], (-100.0, 0.0)),
        ([100.0], (0.0, 100.0)),
    ],
)
def test_ends_are_round_and_hold_zero(values, scale):
    assert scale_for(values) == pytest.approx(scale)


@pytest.mark.parametrize(
    ("shape", "size"),
    [((210, 160), (420, 320)), ((400, 600), (280, 420)), ((64, 384), (64, 384)), ((96, 96), (384, 384))],
)
def test_frames_fit_in_their_box(shape, size):
    assert fitted(np.zeros((*shape, 3), np.uint8)).shape[:2] == size


@pytest.mark.parametrize(("course", "line"), [((1.0, 2.0, 3.0), PLOT[0] + 4), ((3.0, 2.0, 1.0), PLOT[1] - 4)])
def test_the_newest_of_the_course_is_on_the_right(course, line):
    """A square of five marks it: at the top where it is the highest, at the bottom where it is the lowest."""
    image = panel_of([1.0], 0, (0.0, 1.0), course)[:, -PANEL:]
    rows, columns = np.nonzero((image[PLOT[0] : PLOT[1], GUTTER : PANEL - 16] == INK).all(axis=2))
    assert (rows.mean() + PLOT[0], rows.size, columns.max()) == (line, 25, PANEL - 16 - GUTTER - 1)


class Counting(gym.Env):
    """Shows the number of the step, as observation and as picture; ten steps."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 15}  # noqa: RUF012 - as Gymnasium has it
    observation_space, action_space = gym.spaces.Discrete(11), gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        self.time = 0
        return 0, {}

    def step(self, action):
        self.time += 1
        return self.time, 1.0, self.time == 10, False, {}

    def render(self):
        return np.full((420, 420, 3), self.time, np.uint8)


class Listing(Counting):
    """Draws two frames a step."""

    def render(self):
        return [FRAME, FRAME]


class Counted:
    """Values the first action at ten, the second at the number that it sees, and takes the second."""

    interface = None

    def q_values(self, observations):
        return np.stack([np.full(len(observations), 10.0), np.asarray(observations, float)], axis=1)

    def predict(self, observation, state=None, episode_start=None, deterministic=False):
        return np.ones(len(observation), np.int64), state


def test_frame_values_and_choice_are_of_one_moment():
    frames, agent = [], Counted()
    bars = ValueBars(Counting(), ("ten", "seen"))
    assert bars.reset() == (0, {})
    assert bars.render().shape == (420, 420, 3), "nothing is told yet"
    film = Film(bars, frames.append)
    row = play(bars, Telling(agent, agent.q_values, bars, film.note), task="t", entry="e", run=0, episode=0, seed=0)
    assert (row.outcome, row.episode_return, len(frames)) == ("ok", 10.0, 10)
    for time, frame in enumerate(frames):
        assert frame[0, 0, 0] == time
        assert len(filled(frame, 1, 2, CHOSEN)) == max(12 * time - 1, 0), "the first of its columns is the line of zero"
        assert len(filled(frame, 0, 2, OTHER)) == 119


def test_lists_of_frames_have_the_newest_values():
    bars = ValueBars(Listing(), NAMES)
    bars.tell(np.arange(4.0), 3)
    first, second = bars.render()
    assert first.shape == (SIDE, 320 + PANEL, 3)
    assert np.array_equal(first, second)


def test_a_film_with_values_from_the_command_line(tmp_path, capsys):
    target = tmp_path / "worth.webm"
    assert main(["play", "FrozenLake-v1", "--agent", LAKE, "--values", "--out", str(target)]) == 0
    with av.open(io.BytesIO(target.read_bytes())) as film:
        pictures = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(pictures) > 5
    assert pictures[0].shape == (SIDE, 256 + PANEL, 3)
    assert any(np.abs(picture.astype(int) - CHOSEN).sum(axis=2).min() < 40 for picture in pictures)
    capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["FrozenLake-v1", "--agent", LAKE, "--values"], "--values draws into a film"),
        (["FrozenLake-v1", "--values"], "--values draws into a film"),
        (["FrozenLake-v1", "--agent", "random", "--values", "--out", "x.webm"], "random does not say what its actions are worth"),
        (
            ["MountainCarContinuous-v0", "--agent", "mountain-car-pump", "--values", "--out", "x.webm"],
            "--values wants numbered actions",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_one_line(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["play", *words]) == 2
    assert message in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
