"""What is rebuilt from a stored episode equals, bit for bit, what the environment showed while it was recorded."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.envs.making import make
from sim_suite.envs.views import View
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.recording.vector_recorder import RecordVectorEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import EnvRecord, Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.viewing.views import observations
from sim_suite.errors import SuiteError
from tests.agents.imitation.laps_by_hand import frames, write_laps


def recorded(folder, env_id, view, *, steps, seed=3, kwargs=None, options=None):
    """Drive at random; what an agent with `view` saw, [N + 1, ...], and the episode."""
    with Recording(folder) as recording:
        shown_env = make(env_id, view, kwargs=kwargs)
        # The recorder sits below the view: it keeps what the environment itself shows.
        recorder = RecordEpisodes(
            shown_env.env if view.kind == "pixels" and view != View("pixels") else shown_env, recording
        )
        env = recorder
        if recorder.env is not shown_env:
            shown_env.env = recorder
            env = shown_env
        seen = [np.copy(env.reset(seed=seed, options=options)[0])]
        env.action_space.seed(seed)
        for _ in range(steps):
            observation, _, terminated, truncated, _ = env.step(env.action_space.sample())
            seen.append(np.copy(observation))
            if terminated or truncated:
                break
        recorder.stop()
        recorder.wait()
        env.close()
    dataset = Dataset(folder)
    return np.stack(seen), dataset.open(dataset.entries[0])


@pytest.mark.parametrize(
    "view",
    [
        View("pixels"),
        View("pixels", size=(96, 96), grey=True, stack=4),
        View("pixels", size=(66, 200), stack=2),
        View("pixels", size=(42, 30), grey=True),
    ],
    ids=str,
)
def test_pictures_of_car_racing_are_what_was_seen(tmp_path, view):
    seen, episode = recorded(tmp_path / "laps", "sim_suite/CarRacing-v0", view, steps=70)
    rows = np.random.default_rng(0).permutation(len(seen))
    with episode:
        shown = observations(episode, view, rows)
        assert shown.dtype == seen.dtype
        assert np.array_equal(shown, seen[rows])
        assert observations(episode, view, []).shape == (0, *seen.shape[1:])
        with pytest.raises(SuiteError, match="has rows 0 to 70, not 0 to 71"):
            observations(episode, view, [0, 71])


def test_numbers_are_what_was_seen(tmp_path):
    seen, episode = recorded(tmp_path / "poles", "CartPole-v1", View("vector"), steps=30)
    with episode:
        assert np.array_equal(observations(episode, View("vector"), [5, 0, 5]), seen[[5, 0, 5]])
        with pytest.raises(SuiteError, match=r"000000.episode .CartPole-v1. cannot be shown as pixels"):
            observations(episode, View("pixels"), [0])


@pytest.mark.parametrize(
    ("view", "env_id", "kwargs"),
    [
        (View("vector"), "sim_suite/Driving-v0", {"actors": 24, "pedestrians_per_km": 40.0, "vehicles_per_km": 40.0}),
        (View("vector"), "sim_suite/Driving-v0", {"others": 3, "occlusion": False, "ticks_per_step": 3}),
        (View("raster", raster="small"), "sim_suite/Driving-v0", {"actors": 24, "vehicles_per_km": 40.0}),
        (View("raster"), "sim_suite/DrivingDiscrete-v0", {"raster": "bench", "occlusion": False}),
        (View("raster", raster="small"), "sim_suite/Scenario-v0", {"scenario": "occluded_child"}),
        (View("vector"), "sim_suite/Scenario-v0", {"scenario": "unprotected_left"}),
    ],
    ids=lambda value: str(value) if isinstance(value, View) else None,
)
def test_driving_is_drawn_again_as_it_was_seen(tmp_path, view, env_id, kwargs):
    seen, episode = recorded(tmp_path / "drives", env_id, view, steps=40, kwargs=kwargs)
    rows = np.random.default_rng(0).permutation(len(seen))
    with episode:
        shown = observations(episode, view, rows)
        assert shown.dtype == seen.dtype
        assert np.array_equal(shown, seen[rows])
        assert shown.any()
        assert observations(episode, view, []).shape == (0, *seen.shape[1:])
        with pytest.raises(SuiteError, match="cannot be shown as pixels"):
            observations(episode, View("pixels"), [0])
        with pytest.raises(SuiteError, match="has rows 0 to"):
            observations(episode, view, [len(seen)])


def test_weather_and_map_of_a_reset_are_seen(tmp_path):
    seen, episode = recorded(
        tmp_path / "drives", "sim_suite/Driving-v0", View("raster", raster="small"), steps=10,
        kwargs={"map": ["crossroads", "town_1km"]}, options={"map": "crossroads", "weather": "fog", "vehicles_per_km": 60.0},
    )  # fmt: skip
    with episode:
        assert np.array_equal(observations(episode, View("raster", raster="small"), range(len(seen))), seen)


def test_a_raster_that_nobody_looked_at(tmp_path):
    """Recorded with numbers, drawn as an environment with the same seed and actions shows it."""
    seen, numbers = recorded(tmp_path / "a", "sim_suite/Driving-v0", View("vector"), steps=20)
    view = View("raster", raster="small")
    pictures, _ = recorded(tmp_path / "b", "sim_suite/Driving-v0", view, steps=20)
    with numbers:
        assert np.array_equal(observations(numbers, view, range(21)), pictures)
        assert np.array_equal(observations(numbers, View("vector"), range(21)), seen)


def test_what_was_not_stored_is_not_made_up(tmp_path):
    write_laps(tmp_path / "games", [3], env="ALE/Breakout-v5")
    dataset = Dataset(tmp_path / "games")
    with dataset.open(dataset.entries[0]) as episode:
        assert np.array_equal(observations(episode, View("pixels"), [2, 3]), frames(0, [2, 3]))
        with pytest.raises(SuiteError, match="Atari's views need the frames between"):
            observations(episode, View("pixels", stack=4), [2])
        with pytest.raises(SuiteError, match="cannot be shown as state: only its observations are stored"):
            observations(episode, View("state"), [2])


def test_many_worlds_recorded_at_once_are_drawn_as_each_was_seen(tmp_path):
    """Short episodes on two maps, so that worlds begin anew while others go on; what ended them is among what was seen."""
    kwargs = {"map": ["crossroads", "town_1km"], "limit_ticks": 24, "observation": "raster", "raster": "small"}
    record = EnvRecord("sim_suite/Driving-v0", kwargs)
    seen: dict[int, list[np.ndarray]] = {world: [] for world in range(3)}
    told: list[list[np.ndarray]] = []
    with Recording(tmp_path / "drives") as folder:
        envs = RecordVectorEpisodes(DrivingVectorEnv(3, **kwargs), folder, record, agent=Player("none", "none"))
        first = envs.reset(seed=4)[0]
        for world in seen:
            seen[world].append(first[world].copy())
        for k in range(30):
            pictures, _, terminated, truncated, infos = envs.step(np.tile(np.float32([0.1, 0.6 - 0.01 * k]), (3, 1)))
            for world in seen:
                if terminated[world] or truncated[world]:
                    told.append([*seen[world], np.copy(infos["final_obs"][world])])
                    seen[world] = []
                seen[world].append(pictures[world].copy())
        envs.close()
    dataset = Dataset(tmp_path / "drives")
    drawn = []
    for episode in dataset.episodes():
        if episode.seal.end != "stopped":
            drawn.append(observations(episode, View("raster"), range(len(episode) + 1)))
    assert len(drawn) == len(told) == 6
    for one in told:
        assert any(np.array_equal(one, other) for other in drawn)
