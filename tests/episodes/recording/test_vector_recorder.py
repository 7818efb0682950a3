"""Many worlds recorded at once: each episode is the one that a single environment of that seed would have had recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, SyncVectorEnv

from sim_suite.envs.car_racing.vector import CarRacingVectorEnv
from sim_suite.envs.driving.vector import DrivingVectorEnv
from sim_suite.envs.making import make
from sim_suite.episodes.recording.recorder import CHUNK, RecordEpisodes
from sim_suite.episodes.recording.vector_recorder import RecordVectorEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, EnvRecord, Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.reading import Episode, equal
from sim_suite.errors import SuiteError

PLAYER = Player("random", "random")
POLE = EnvRecord("CartPole-v1", {}, 500)
AUTORESET = [AutoresetMode.SAME_STEP, AutoresetMode.NEXT_STEP]


def poles(worlds: int, mode: AutoresetMode, **arguments: Any) -> SyncVectorEnv:
    return SyncVectorEnv([lambda: gym.make("CartPole-v1", **arguments)] * worlds, autoreset_mode=mode)


def again(episode: Episode, env: Any) -> None:
    """Simulate an episode as the docstring says, and compare all of it bit for bit."""
    head = episode.head
    observation, _ = env.reset(seed=head.seed)
    for _ in range(head.resets):
        observation, _ = env.reset()
    seen = episode.read("observation")
    rewards, actions, flags = episode.read("reward"), episode.read("action"), episode.read("flags")
    assert len(seen) == len(actions) + 1
    assert np.array_equal(seen[0], observation)
    for step, action in enumerate(actions):
        observation, reward, terminated, truncated, _ = env.step(action)
        assert np.array_equal(seen[step + 1], observation)
        assert rewards[step] == reward
        assert flags[step] == terminated + 2 * truncated


@pytest.mark.parametrize("mode", AUTORESET)
def test_each_episode_of_each_world_can_be_simulated_again_alone(tmp_path, mode):
    rng = np.random.default_rng(0)
    with Recording(tmp_path / "d") as folder:
        envs = RecordVectorEpisodes(poles(3, mode), folder, POLE, agent=PLAYER, tags=("try",))
        envs.reset(seed=5)
        ended = np.zeros(3, int)
        for _ in range(3 * CHUNK + 7):
            *_, terminated, truncated, _ = envs.step(rng.integers(2, size=3))
            ended += terminated | truncated
        envs.close()
    dataset, single = Dataset(tmp_path / "d"), gym.make("CartPole-v1")
    assert dataset.check() == {}
    for episode in dataset.episodes():
        again(episode, single)
        assert (episode.seal.tags, episode.head.agent, episode.seal.by[Actor.AGENT]) == (("try",), PLAYER, len(episode))
    for world in range(3):
        mine = [episode for episode in dataset.episodes() if episode.head.seed == 5 + world]
        assert [episode.head.resets for episode in mine] == list(range(len(mine)))
        assert [episode.seal.end for episode in mine[: ended[world]]] == ["terminated"] * ended[world]
        steps = sum(len(episode) for episode in mine)
        resets = len(mine) - 1 if mode is AutoresetMode.NEXT_STEP else 0
        assert 3 * CHUNK + 7 - resets - 1 <= steps <= 3 * CHUNK + 7 - resets


@pytest.mark.parametrize("mode", AUTORESET)
def test_a_limit_is_told_from_an_end(tmp_path, mode):
    with Recording(tmp_path / "d") as folder:
        envs = RecordVectorEpisodes(poles(2, mode, max_episode_steps=6), folder, POLE, agent=PLAYER)
        envs.reset(seed=[1, 9])
        for _ in range(7):
            envs.step(np.array([0, 1]))
        envs.close()
    ended = [(entry.seed, entry.steps, entry.end) for entry in Dataset(tmp_path / "d").entries]
    assert ended[:2] == [(1, 6, "truncated"), (9, 6, "truncated")]


def test_resets_of_some_worlds_stop_theirs_and_leave_the_others(tmp_path):
    with Recording(tmp_path / "d") as folder:
        envs = RecordVectorEpisodes(poles(3, AutoresetMode.DISABLED), folder, POLE, agent=PLAYER)
        envs.reset(seed=1)
        for _ in range(4):
            envs.step(np.array([0, 1, 0]))
        envs.reset(seed=[7, None, None], options={"reset_mask": np.array([True, False, True])})
        for _ in range(3):
            envs.step(np.array([1, 0, 1]))
        envs.close()
    found = sorted((e.head.seed, e.head.resets, len(e)) for e in Dataset(tmp_path / "d").episodes())
    assert found == [(1, 0, 4), (2, 0, 7), (3, 0, 4), (3, 1, 3), (7, 0, 3)]
    for episode in Dataset(tmp_path / "d").episodes():
        again(episode, gym.make("CartPole-v1"))


@pytest.mark.parametrize("maps", ["town_1km", ["town_1km", "crossroads"]])
def test_driving_worlds_give_the_bytes_that_single_environments_give(tmp_path, maps):
    arguments = {"limit_ticks": 40}
    envs = DrivingVectorEnv(3, map=maps, **arguments)
    rng = np.random.default_rng(0)
    driven = rng.uniform((-0.3, 0.0), (0.3, 0.8), (50, 3, 2)).astype(np.float32)
    with Recording(tmp_path / "d") as folder:
        many = RecordVectorEpisodes(envs, folder, EnvRecord("sim_suite/Driving-v0", arguments, 3000), agent=PLAYER)
        many.reset(seed=4)
        for actions in driven:
            many.step(actions)
        many.close()
    dataset = Dataset(tmp_path / "d")
    assert sorted((e.head.seed, e.head.resets, len(e)) for e in dataset.episodes()) == [
        (seed, resets, steps) for seed in (4, 5, 6) for resets, steps in ((0, 20), (1, 20), (2, 10))
    ]
    for episode in dataset.episodes():
        with Recording(tmp_path / f"s{episode.path.stem}") as folder:
            single = RecordEpisodes(
                make("sim_suite/Driving-v0", kwargs={**arguments, "map": episode.head.world["map"]}),
                folder,
                agent=PLAYER,
            )
            single.reset(seed=episode.head.seed)
            for _ in range(episode.head.resets):
                single.reset()
            for action in episode.read("action"):
                single.step(action)
            single.close()
        with folder.dataset.open(folder.dataset.entries[0]) as alone:
            same(episode, alone)


def alone(episode: Episode, arguments, folder) -> Episode:
    """The same seed and actions in one environment."""
    with Recording(folder) as recording:
        single = RecordEpisodes(make("sim_suite/Driving-v0", kwargs=arguments), recording, agent=PLAYER)
        single.reset(seed=episode.head.seed)
        for _ in range(episode.head.resets):
            single.reset()
        for action in episode.read("action"):
            single.step(action)
        single.close()
    return recording.dataset.open(recording.dataset.entries[0])


def test_driving_worlds_go_on_undisturbed_while_others_are_reset_or_left(tmp_path):
    """World 1 is reset in the middle, world 0 is left when its first episode ends; blocks turn meanwhile, and idle worlds end too."""
    arguments = {"limit_ticks": 60, "map": "town_1km"}
    envs = DrivingVectorEnv(3, **arguments)
    rng = np.random.default_rng(1)
    with Recording(tmp_path / "d") as folder:
        many = RecordVectorEpisodes(envs, folder, EnvRecord("sim_suite/Driving-v0", arguments, 3000), agent=PLAYER)
        many.reset(seed=4)
        for step in range(150):
            _, _, terminated, truncated, _ = many.step(rng.uniform((-0.3, 0.0), (0.3, 0.8), (3, 2)).astype(np.float32))
            if step == 20:
                many.reset(seed=[None, 9, None], options={"reset_mask": np.array([False, True, False])})
            if step == 29:
                assert (terminated | truncated)[0]
                many.leave(np.array([True, False, False]))
            if step == 139:
                many.reset(seed=[12, None, None], options={"reset_mask": np.array([True, False, False])})
        many.close()
    dataset = Dataset(tmp_path / "d")
    assert sorted((e.head.seed, e.head.resets, len(e), e.seal.end) for e in dataset.episodes()) == [
        (4, 0, 30, "truncated"), (5, 0, 21, "stopped"),
        *((6, resets, 30, "truncated") for resets in range(5)),
        *((9, resets, 30, "truncated") for resets in range(4)), (9, 4, 9, "stopped"),
        (12, 0, 10, "stopped"),
    ]  # fmt: skip
    for episode in dataset.episodes():
        same(episode, alone(episode, arguments, tmp_path / f"s{episode.path.stem}"))


def same(first: Episode, second: Episode) -> None:
    assert first.head.columns == second.head.columns
    assert first.head.terms == second.head.terms
    assert first.head.world == second.head.world
    for column in first.head.columns:
        assert equal(first.read(column.name), second.read(column.name)), column.name
    assert (first.seal.end, first.seal.metrics, first.seal.by) == (second.seal.end, second.seal.metrics, second.seal.by)


def test_frames_of_car_racing_are_those_of_single_environments(tmp_path):
    envs = CarRacingVectorEnv(2, max_episode_steps=30, num_workers=0)
    with Recording(tmp_path / "d") as folder:
        many = RecordVectorEpisodes(envs, folder, EnvRecord("sim_suite/CarRacing-v0", {}, 30), agent=PLAYER)
        many.reset(seed=2)
        for _ in range(40):
            many.step(np.array([[0.1, 0.5, 0.0], [-0.1, 0.3, 0.0]], np.float32))
        many.close()
    ends = [(e.seal.end, len(e)) for e in Dataset(tmp_path / "d").episodes()]
    assert ends == [("truncated", 30)] * 2 + [("stopped", 10)] * 2
    for episode in Dataset(tmp_path / "d").episodes():
        again(episode, gym.make("sim_suite/CarRacing-v0", max_episode_steps=30))


def test_observations_in_parts_are_kept_in_parts(tmp_path):
    both = {"observation": "both", "raster": "bench", "limit_ticks": 10}
    envs = SyncVectorEnv([lambda: gym.make("sim_suite/Driving-v0", **both)] * 2, autoreset_mode=AutoresetMode.SAME_STEP)
    with Recording(tmp_path / "d") as folder:
        many = RecordVectorEpisodes(envs, folder, EnvRecord("sim_suite/Driving-v0", both, 3000), agent=PLAYER)
        first, _ = many.reset(seed=0)
        last: list[Any] = []
        for _ in range(5):
            *_, infos = many.step(np.zeros((2, 2), np.float32))
            last.append(infos.get("final_obs"))
        many.close()
    for world, episode in enumerate(Dataset(tmp_path / "d").episodes()):
        assert (len(episode), episode.seal.end) == (5, "truncated")
        for part in ("raster", "vector"):
            assert np.array_equal(episode.read(f"observation.{part}")[0], first[part][world])
            assert np.array_equal(episode.read(f"observation.{part}")[5], last[-1][world][part])
        assert episode.read("terms").any()
        assert episode.seal.metrics["route_completion"] >= 0.0


def test_a_simulator_that_fails_keeps_what_was_recorded(tmp_path):
    class Breaking(gym.vector.VectorWrapper[Any, Any, Any]):
        left = 5

        def step(self, actions: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise RuntimeError("the simulator fell over")
            return self.env.step(actions)

    def drive(folder: Recording) -> None:
        envs = RecordVectorEpisodes(Breaking(poles(2, AutoresetMode.SAME_STEP)), folder, POLE, agent=PLAYER)
        try:
            envs.reset(seed=1)
            for _ in range(10):
                envs.step(np.array([0, 1]))
        finally:
            envs.close()

    with Recording(tmp_path / "d") as folder, pytest.raises(RuntimeError, match="fell over"):
        drive(folder)
    assert [(entry.steps, entry.end) for entry in Dataset(tmp_path / "d").entries] == [(5, "stopped")] * 2


def test_a_step_before_the_first_reset_is_refused(tmp_path):
    with Recording(tmp_path / "d") as folder:
        envs = RecordVectorEpisodes(poles(2, AutoresetMode.SAME_STEP), folder, POLE, agent=PLAYER)
        with pytest.raises(SuiteError, match="Call reset first"):
            envs.step(np.array([0, 1]))
        envs.close()


def test_equal_seeds_give_equal_folders(tmp_path: Path):
    for name in ("a", "b"):
        with Recording(tmp_path / name) as folder:
            envs = RecordVectorEpisodes(poles(4, AutoresetMode.SAME_STEP), folder, POLE, agent=PLAYER)
            envs.reset(seed=3)
            for step in range(150):
                envs.step(np.array([step // 3 % 2, 0, 1, step % 2]))
            envs.close()
    read = [[path.read_bytes() for path in sorted((tmp_path / name / "episodes").iterdir())] for name in ("a", "b")]
    assert read[0] == read[1]
    assert len(read[0]) > 20
