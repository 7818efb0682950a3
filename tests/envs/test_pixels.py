"""A pixel view shows the right picture: exact by hand for a small environment, and as ale-py's C++ code does for Atari."""

from __future__ import annotations

import sys

import gymnasium as gym
import numpy as np
import pytest
from ale_py.vector_env import AtariVectorEnv
from gymnasium.wrappers import AtariPreprocessing, MaxAndSkipObservation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from stable_baselines3.common.atari_wrappers import AtariWrapper

from sim_suite.envs.making import make, pixel_view
from sim_suite.envs.pixels import resize, to_grey
from sim_suite.envs.views import ATARI, PIXELS, VECTOR, View
from sim_suite.errors import SuiteError

BREAKOUT = "sim_suite/BreakoutDeterministic-v0"


class Slides(gym.Env):
    """Shows the pictures it is given, one a step."""

    def __init__(self, slides: list[np.ndarray]) -> None:
        self.slides = slides
        self.observation_space = gym.spaces.Box(0, 255, slides[0].shape, np.uint8)
        self.action_space = gym.spaces.Discrete(1)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.shown = 0
        return self.slides[0], {"shown": 0}

    def step(self, action):
        self.shown += 1
        return self.slides[self.shown], 1.5, self.shown == 2, self.shown == 1, {"shown": self.shown}


def flat(colour: tuple[int, int, int], side: int = 4) -> np.ndarray:
    return np.full((side, side, 3), colour, np.uint8)


def test_area_averaging_is_exact() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    picture[:2, :2, 0] = [[10, 20], [30, 40]]
    picture[2:, 2:, 2] = [[0, 255], [255, 0]]
    env = pixel_view(Slides([picture]), View("pixels", (2, 2)))
    observation, _ = env.reset()
    assert observation[..., 0].tolist() == [[25, 0], [0, 0]]
    assert observation[..., 1].tolist() == [[0, 0], [0, 0]]
    assert observation[..., 2].tolist() == [[0, 0], [0, 128]]  # 127.5, rounded up


@settings(max_examples=30, deadline=None)
@given(arrays(np.uint8, (12, 6)), st.sampled_from([(6, 3), (4, 2), (2, 1), (3, 6), (12, 2)]))
def test_area_averaging_is_the_mean_of_each_block(picture: np.ndarray, size: tuple[int, int]) -> None:
    rows, columns = size
    mean = picture.reshape(rows, 12 // rows, columns, 6 // columns).mean((1, 3))
    assert np.abs(resize(picture, size) - mean).max() <= 0.5 + 1e-6


def test_grey_is_the_luma_of_bt601() -> None:
    picture = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert to_grey(picture).tolist() == [[76, 150, 29, 255]]  # 76.245, 149.685, 29.07


def test_the_newest_picture_is_last_and_the_young_stack_is_black() -> None:
    env = pixel_view(
        Slides([flat((9, 9, 9)), flat((50, 50, 50)), flat((200, 200, 200))]), View("pixels", (2, 2), True, 3)
    )
    assert env.observation_space == gym.spaces.Box(0, 255, (3, 2, 2), np.uint8)
    first, info = env.reset()
    assert first[:, 0, 0].tolist() == [0, 0, 9]
    assert info == {"shown": 0}
    second, *outcome = env.step(0)
    assert outcome == [1.5, False, True, {"shown": 1}]
    assert second[:, 1, 1].tolist() == [0, 9, 50]
    third, _, terminated, _, _ = env.step(0)
    assert terminated
    assert third[:, 0, 1].tolist() == [9, 50, 200]
    assert first[:, 0, 0].tolist() == [0, 0, 9], "an observation must not change after it was handed out"
    assert env.reset()[0][:, 0, 0].tolist() == [0, 0, 9]


@pytest.mark.parametrize(
    ("view", "shape"),
    [
        (View("pixels", (2, 3)), (2, 3, 3)),
        (View("pixels", None, True), (4, 4)),
        (View("pixels", None, False, 2), (2, 4, 4, 3)),
        (View("pixels", (8, 2), True, 1), (8, 2)),
    ],
    ids=str,
)
def test_shapes(view: View, shape: tuple[int, ...]) -> None:
    env = pixel_view(Slides([flat((1, 2, 3)), flat((4, 5, 6))]), view)
    assert env.observation_space.shape == shape
    for observation in (env.reset()[0], env.step(0)[0]):
        assert env.observation_space.contains(observation)


def test_a_view_that_asks_for_nothing_changes_nothing() -> None:
    env = Slides([flat((1, 2, 3))])
    assert pixel_view(env, PIXELS) is env


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(SuiteError, match="uint8"):
        pixel_view(gym.make("CartPole-v1"), ATARI)
    with pytest.raises(SuiteError, match="kind 'pixels'"):
        pixel_view(Slides([flat((1, 2, 3))]), VECTOR)


def test_a_missing_library_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cv2", None)
    with pytest.raises(SuiteError, match="libgl1"):
        resize(np.zeros((4, 4), np.uint8), (2, 2))


def test_car_racing_can_be_looked_at() -> None:
    env = make("CarRacing-v3", View("pixels", (48, 48), True, 4))
    plain = make("CarRacing-v3")
    observation, _ = env.reset(seed=2)
    picture, _ = plain.reset(seed=2)
    assert np.array_equal(observation[-1], resize(to_grey(picture), (48, 48)))
    action = np.array([0.1, 0.5, 0.0], np.float32)
    observation, reward, *_ = env.step(action)
    picture, plain_reward, *_ = plain.step(action)
    assert reward == plain_reward
    assert np.array_equal(observation[-1], resize(to_grey(picture), (48, 48)))
    assert observation.shape == (4, 48, 48)
    env.close()
    plain.close()


@pytest.mark.parametrize(
    "view",
    [ATARI, View("pixels", (64, 50), False, 2), View("pixels", None, True, 1), View("pixels", (105, 80), True, 3)],
    ids=str,
)
def test_breakout_equals_ale_pys_own_preprocessing(view: View) -> None:
    height, width = view.size or (210, 160)
    cpp = AtariVectorEnv(
        "breakout",
        1,
        autoreset_mode="SameStep",
        reward_clipping=False,
        img_height=height,
        img_width=width,
        grayscale=view.grey,
        stack_num=view.stack,
    )
    env = make(BREAKOUT, view)
    rng = np.random.default_rng(5)
    for seed in (0, 21):
        theirs, _ = cpp.reset(seed=seed)
        ours, _ = env.reset(seed=seed)
        terminated = False
        while not terminated:
            assert np.array_equal(ours, theirs[0, 0] if view.stack == 1 else theirs[0])
            action = int(rng.integers(4))
            ours, reward, terminated, _, info = env.step(action)
            theirs, their_reward, their_end, _, their_info = cpp.step(np.array([action]))
            assert (reward, terminated) == (their_reward[0], their_end[0])
            assert terminated or info["lives"] == their_info["lives"][0]
        final = their_info["final_obs"][0]
        assert np.array_equal(ours, final[0] if view.stack == 1 else final)


@pytest.mark.parametrize("env_id", [BREAKOUT, "ALE/Breakout-v5"])
def test_a_view_changes_the_picture_and_nothing_else(env_id: str) -> None:
    seen, plain = make(env_id, ATARI), make(env_id)
    seen.reset(seed=8)
    plain.reset(seed=8)
    rng = np.random.default_rng(1)
    terminated, total = False, 0.0
    while not terminated:
        action = int(rng.integers(4))
        _, *ours = seen.step(action)
        _, *theirs = plain.step(action)
        assert ours == theirs
        total += ours[0]
        terminated = ours[1]
    assert ours[3]["lives"] == 0


def test_the_two_last_frames_are_pooled() -> None:
    """Against the same game played frame by frame."""
    view = View("pixels", None, True)
    env = make("ALE/Breakout-v5", view, kwargs={"repeat_action_probability": 0.0})
    frames = gym.make("ALE/Breakout-v5", frameskip=1, repeat_action_probability=0.0, obs_type="grayscale")
    env.reset(seed=0)
    frames.reset(seed=0)
    moved = 0
    for action in [1, 2, 2, 3, 0, 3, 3, 2] * 3:
        three, four = [frames.step(action)[0] for _ in range(4)][2:]
        observation = env.step(action)[0]
        assert np.array_equal(observation, np.maximum(three, four))
        moved += not np.array_equal(three, four)
    assert moved > 0, "the game should have moved between frames, or this test says nothing"


def test_frames_are_never_skipped_twice() -> None:
    raw = gym.make("ALE/Breakout-v5")
    with pytest.raises(SuiteError, match="skipped twice"):
        pixel_view(AtariWrapper(gym.make("ALE/Breakout-v5", render_mode="rgb_array")), ATARI)
    with pytest.raises(SuiteError, match="skipped twice"):
        pixel_view(AtariPreprocessing(gym.make("ALE/Breakout-v5", frameskip=1)), ATARI)
    hidden = pixel_view(MaxAndSkipObservation(raw, skip=4), ATARI)
    hidden.reset(seed=0)
    with pytest.raises(SuiteError, match="16 frames, not the 4"):
        hidden.step(1)


def test_a_random_frame_skip_is_refused() -> None:
    with pytest.raises(SuiteError, match="fixed frame skip"):
        make("ALE/Breakout-v5", ATARI, kwargs={"frameskip": (2, 5)})
