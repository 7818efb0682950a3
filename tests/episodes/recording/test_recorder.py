"""Whatever happens in an environment is recorded as it happened, and kept whatever happens to the one who records."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.recording import recorder as recorder_module
from sim_suite.episodes.recording.capture import STATE, STATE_FIELDS
from sim_suite.episodes.recording.recorder import CHUNK, RecordEpisodes
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Driver, Player, StepFlag
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.reading import Episode, equal
from sim_suite.errors import SuiteError
from tests.episodes.store.test_full_disk import file_limit

POLE = "CartPole-v1"


class Breaking(gym.Wrapper[Any, Any, Any, Any]):
    """Fails in step `after`."""

    def __init__(self, env: gym.Env[Any, Any], after: int) -> None:
        super().__init__(env)
        self.left = after

    def step(self, action: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("the simulator fell over")
        return self.env.step(action)


class Told(gym.Wrapper[Any, Any, Any, Any]):
    """Answers with a reward and metrics of its own choice."""

    def __init__(self, env: gym.Env[Any, Any], reward: float, metrics: dict[str, float]) -> None:
        super().__init__(env)
        self.told = reward, metrics

    def step(self, action: Any) -> Any:
        observation, _, terminated, truncated, info = self.env.step(action)
        reward, metrics = self.told
        return observation, reward, terminated, truncated, {**info, "metrics": metrics} if terminated else info


def play(env: Any, seed: int | None, steps: int, action: Any = 1) -> list[tuple[Any, ...]]:
    """What reset and each step answered."""
    observation, _ = env.reset(seed=seed)
    found: list[tuple[Any, ...]] = [(observation, None)]
    for _ in range(steps):
        observation, reward, terminated, truncated, _ = env.step(action)
        found.append((observation, reward))
        if terminated or truncated:
            break
    return found


def only(folder: Path) -> Episode:
    """The one episode of a folder, opened."""
    (entry,) = Dataset(folder).entries
    return Dataset(folder).open(entry)


def test_an_episode_holds_what_the_environment_said(tmp_path):
    plain = play(make("sim_suite/CarRacing-v0"), 3, 150, np.array([0.1, 0.5, 0.0], np.float32))
    with Recording(tmp_path / "d") as folder, RecordEpisodes(make("sim_suite/CarRacing-v0"), folder) as env:
        said = play(env, 3, 150, np.array([0.1, 0.5, 0.0], np.float32))
    with only(tmp_path / "d") as episode:
        assert (len(episode), episode.seal.end, episode.seal.by) == (150, "stopped", (150, 0, 0))
        assert (episode.head.seed, episode.head.resets, episode.head.recorded_at) == (3, 0, None)
        assert equal(episode.read("observation"), np.stack([row[0] for row in plain]))
        assert equal(episode.read("reward"), np.array([row[1] for row in plain[1:]], np.float64))
        assert equal(episode.read("action"), np.tile(np.array([0.1, 0.5, 0.0], np.float32), (150, 1)))
    assert all((a[0] == b[0]).all() and a[1] == b[1] for a, b in zip(plain, said, strict=True))


def test_of_a_driving_world_every_state_is_kept(tmp_path):
    env = make("sim_suite/Driving-v0", kwargs={"metrics": "counts", "limit_ticks": 60})
    states = []
    with Recording(tmp_path / "d") as folder, RecordEpisodes(env, folder) as recorded:
        recorded.reset(seed=5)
        live = env.unwrapped.live_state  # type: ignore[attr-defined]
        states.append([getattr(live, name)[0].copy() for name in STATE_FIELDS])
        over = False
        while not over:
            *_, terminated, truncated, info = recorded.step(np.array([0.0, 0.4], np.float32))
            states.append([getattr(live, name)[0].copy() for name in STATE_FIELDS])
            over = terminated or truncated
    with only(tmp_path / "d") as episode:
        assert (len(episode), episode.seal.end) == (30, "truncated")
        for name, rows in zip(STATE_FIELDS, zip(*states, strict=True), strict=True):
            assert equal(episode.read(STATE + name), np.stack(rows))
        assert episode.head.observation_space is None
        assert episode.head.world == {"map": env.unwrapped.map_name}  # type: ignore[attr-defined]
        assert episode.head.terms == tuple(info["terms"])
        assert equal(episode.read("terms", 29)[0], np.array(list(info["terms"].values()), np.float32))
        assert episode.seal.metrics == info["metrics"]
        assert episode.read("flags")[-2:].tolist() == [0, StepFlag.TRUNCATED]


def test_who_acted_and_when_is_kept_for_each_step(tmp_path):
    clock = itertools.count(100.0, 0.25)
    player = Player("idm", "x", expert=True)
    with Recording(tmp_path / "d") as folder:
        env = RecordEpisodes(
            make(POLE), folder, driver=Driver("ada"), agent=player, clock=lambda: next(clock),
            recorded_at=lambda: "2026-11-28T12:00:00Z",
        )  # fmt: skip
        env.reset(seed=1)  # 100.0
        env.step(1)
        env.actor, env.flags, env.input_s = Actor.HUMAN, StepFlag.LATE | StepFlag.RESUMED, 100.3
        env.step(0)
        env.step(1)
        env.close()
    with only(tmp_path / "d") as episode:
        assert episode.read("actor").tolist() == [Actor.EXPERT, Actor.HUMAN, Actor.HUMAN]
        assert episode.read("flags").tolist() == [0, StepFlag.LATE | StepFlag.RESUMED, 0]
        assert episode.read("time_s").tolist() == [0.25, 0.5, 0.75]
        assert episode.read("input_s").tolist() == pytest.approx([0.25, 0.3, 0.75])
        assert (episode.seal.by, episode.seal.late, episode.seal.seconds) == ((2, 0, 1), 1, 0.75)
        assert (episode.head.recorded_at, episode.head.agent) == ("2026-11-28T12:00:00Z", player)


def test_equal_seeds_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        with Recording(tmp_path / name) as folder, RecordEpisodes(make("sim_suite/CarRacing-v0"), folder) as env:
            play(env, 3, 100, np.array([0.1, 0.5, 0.0], np.float32))
    assert (tmp_path / "a/episodes/000000.episode").read_bytes() == (
        tmp_path / "b/episodes/000000.episode"
    ).read_bytes()


@pytest.mark.parametrize("steps", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_no_step_is_lost_or_doubled_where_blocks_meet(tmp_path, steps):
    lake = make("FrozenLake-v1", kwargs={"is_slippery": False})
    with Recording(tmp_path / "d") as folder, RecordEpisodes(lake, folder) as env:
        seen = play(env, 0, steps, 0)
    with only(tmp_path / "d") as episode:
        assert len(episode) == min(steps, 100)
        assert episode.read("observation").tolist() == [row[0] for row in seen]


def test_a_reset_without_a_seed_is_counted_from_the_last_that_had_one(tmp_path):
    with Recording(tmp_path / "d") as folder, RecordEpisodes(make(POLE), folder) as env:
        for seed in (None, None, 4, None, None, 9, None):
            play(env, seed, 3)
    heads = [episode.head for episode in Dataset(tmp_path / "d").episodes()]
    assert [(head.seed, head.resets) for head in heads] == [
        (None, 1), (None, 2), (4, 0), (4, 1), (4, 2), (9, 0), (9, 1)
    ]  # fmt: skip


def test_what_was_held_is_kept_with_its_tags_or_removed(tmp_path):
    with Recording(tmp_path / "d") as folder, RecordEpisodes(make(POLE), folder, hold=True) as env:
        play(env, 1, 500)
        assert env.undecided
        env.keep(("tidy",))
        play(env, 2, 500)
        env.discard()
        env.wait()
        assert list((tmp_path / "d" / "open").iterdir()) == []
        with pytest.raises(SuiteError, match="no episode waits to be discarded"):
            env.discard()
        with pytest.raises(SuiteError, match="no episode waits to be kept"):
            env.keep()
        play(env, 3, 500)  # undecided when it is closed: kept
    assert [(entry.seed, entry.tags) for entry in Dataset(tmp_path / "d").entries] == [(1, ("tidy",)), (3, ())]


def test_a_reset_or_no_step_at_all_leaves_no_empty_episode(tmp_path):
    with Recording(tmp_path / "d") as folder, RecordEpisodes(make(POLE), folder) as env:
        env.reset(seed=1)
        env.reset(seed=2)
        env.step(1)
        env.reset(seed=3)
    assert [(entry.seed, entry.steps, entry.end) for entry in Dataset(tmp_path / "d").entries] == [(2, 1, "stopped")]


def test_a_simulator_that_fails_keeps_what_was_recorded_before(tmp_path):
    failing = Breaking(make(POLE), 5)
    with (
        pytest.raises(RuntimeError, match="fell over"),
        Recording(tmp_path / "d") as folder,
        RecordEpisodes(failing, folder) as env,
    ):
        play(env, 1, 10)
    with only(tmp_path / "d") as episode:
        episode.check()
        assert (len(episode), episode.seal.end, episode.has_last) == (5, "stopped", True)


def test_a_process_that_ends_without_closing_leaves_what_it_wrote(tmp_path):
    folder = Recording(tmp_path / "d")
    env = RecordEpisodes(make("FrozenLake-v1", kwargs={"is_slippery": False}), folder)
    play(env, 0, CHUNK + 10, 0)
    env.wait()
    folder.close()  # and no more of env
    with Recording(tmp_path / "d") as again:
        assert [one.steps for one in again.recovered] == [CHUNK]


def test_where_time_is_kept_steps_are_written_while_a_person_thinks(tmp_path, monkeypatch):
    now = itertools.count(0.0, 0.3)
    monkeypatch.setattr(recorder_module.time, "monotonic", lambda: next(now))
    folder = Recording(tmp_path / "d")
    env = RecordEpisodes(make(POLE), folder, clock=lambda: 0.0)
    play(env, 0, 4)
    env.wait()
    folder.close()
    with Recording(tmp_path / "d") as again:
        assert again.recovered[0].steps >= 2


def test_a_full_disk_ends_the_recording_clearly_and_keeps_what_is_whole(tmp_path):
    with Recording(tmp_path / "d") as folder:
        env = RecordEpisodes(make("FrozenLake-v1", kwargs={"is_slippery": False}), folder)
        play(env, 0, 30, 0)
        env.reset()
        env.wait()
        env.reset(seed=1)
        for _ in range(CHUNK):
            env.step(0)
        env.wait()
        open_file = next((tmp_path / "d" / "open").iterdir())

        def end():  # where the pen is quick, stopping raises what waiting would
            env.stop()
            env.wait()

        with file_limit(open_file.stat().st_size):
            for _ in range(30):
                env.step(0)
            with pytest.raises(
                SuiteError, match=r"could not write .*File too large. What was recorded before is whole"
            ):
                end()
            for use in (lambda: env.reset(seed=2), env.close, env.close):
                with pytest.raises(SuiteError, match="could not write"):
                    use()
    with Recording(tmp_path / "d") as again:
        assert [one.steps for one in again.recovered] == [CHUNK]
    assert [entry.steps for entry in Dataset(tmp_path / "d").entries] == [30, CHUNK]
    assert Dataset(tmp_path / "d").check() == {}


def test_numbers_that_json_does_not_know_are_stored_all_the_same(tmp_path):
    odd = Told(make(POLE), float("nan"), {"score": float("inf"), "laps": 2.0})
    with Recording(tmp_path / "d") as folder, RecordEpisodes(odd, folder) as env:
        play(env, 1, 500)
    (entry,) = Dataset(tmp_path / "d").entries
    assert np.isnan(entry.episode_return)
    with only(tmp_path / "d") as episode:
        assert np.isnan(episode.read("reward")).all()
        assert np.isnan(episode.seal.episode_return)
        assert episode.seal.metrics == {"laps": 2.0}


def test_what_cannot_be_recorded_is_said_at_once(tmp_path):
    with Recording(tmp_path / "d") as folder:
        with pytest.raises(SuiteError, match="not made by its name"):
            RecordEpisodes(type(make(POLE).unwrapped)(), folder)  # type: ignore[call-arg]
        env = RecordEpisodes(make(POLE), folder)
        with pytest.raises(SuiteError, match="no episode is going on"):
            env.step(0)
        with pytest.raises(SuiteError, match=r"the options .* cannot be recorded"):
            env.reset(options={"low": np.float32(1.0)})
        env.reset(options={"low": -0.01, "high": 0.01})
        env.step(0)
        env.close()
        with pytest.raises(SuiteError, match="no episode is going on"):
            env.step(0)
    with only(tmp_path / "d") as episode:
        assert episode.head.options == {"low": -0.01, "high": 0.01}


class Reusing(gym.Wrapper[Any, Any, Any, Any]):
    """Answers with the same few arrays again and again, or with views of one."""

    def __init__(self, env: gym.Env[Any, Any], arrays: int) -> None:
        super().__init__(env)
        self.whole = np.zeros((96, 96, 3), np.uint8)
        self.arrays = [np.zeros((96, 96, 3), np.uint8) for _ in range(arrays)] or [self.whole]
        self.next = 0

    def shown(self, observation: Any) -> Any:
        self.next = (self.next + 1) % len(self.arrays)
        self.arrays[self.next][:] = observation
        return self.arrays[self.next] if self.arrays[0] is not self.whole else self.whole[:]

    def reset(self, **arguments: Any) -> Any:
        observation, info = self.env.reset(**arguments)
        return self.shown(observation), info

    def step(self, action: Any) -> Any:
        observation, *rest = self.env.step(action)
        return self.shown(observation), *rest


@pytest.mark.parametrize("arrays", [0, 1, 2, 5, CHUNK, CHUNK + 1, CHUNK + 2, 100])
def test_pictures_are_kept_as_they_were_also_where_the_environment_draws_over_them(tmp_path, arrays):
    action = np.array([0.1, 0.5, 0.0], np.float32)
    plain = [row[0] for row in play(make("sim_suite/CarRacing-v0"), 3, 150, action)]
    env = Reusing(make("sim_suite/CarRacing-v0"), arrays)
    with Recording(tmp_path / "d") as folder, RecordEpisodes(env, folder) as recorded:
        for _ in range(2):
            play(recorded, 3, 150, action)
    for episode in Dataset(tmp_path / "d").episodes():
        assert equal(episode.read("observation"), np.stack(plain))
