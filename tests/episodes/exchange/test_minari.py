"""Episodes as Minari datasets and back. The oracle is Minari itself, which reads what we write and writes what we read."""

from __future__ import annotations

import json

import gymnasium as gym
import h5py
import minari
import numpy as np
import pytest
from gymnasium import spaces
from minari.data_collector import EpisodeBuffer

from sim_suite.envs.making import make
from sim_suite.episodes.exchange.minari_export import dataset_name, export
from sim_suite.episodes.exchange.minari_import import load
from sim_suite.episodes.exchange.minari_layout import (
    flat_options,
    nested_options,
    space_from_minari,
    space_to_minari,
)
from sim_suite.episodes.replay.simulate import remake
from sim_suite.episodes.replay.verify import verify
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.facts import Actor, Driver, Player
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.recovery import seal_open
from sim_suite.errors import DamagedFileError, SuiteError
from tests.episodes.altering import recorded

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:minari")
STREET = {"map": "straight_street", "actors": 3}


def exported(folder, out, **more):
    dataset = Dataset(folder)
    export(dataset, dataset.entries, out, **more)
    return minari.MinariDataset(out / "data")


def assert_same_files(first, second):
    assert [entry.to_json() for entry in Dataset(first).entries] == [e.to_json() for e in Dataset(second).entries]
    for entry in Dataset(first).entries:
        one, other = (folder / "episodes" / entry.file for folder in (first, second))
        assert one.read_bytes() == other.read_bytes()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where Minari keeps what it makes itself."""
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path / "minari"))
    return tmp_path / "minari"


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("minari") / "poles"
    recorded(folder, "CartPole-v1", (3, 4), agent=Player("random", "x"))
    return recorded(folder, "CartPole-v1", (5,), steps=4, options={"low": -0.01, "high": 0.01}, driver=Driver("anna", "share"))  # fmt: skip


def test_minari_reads_every_number_of_ours(poles, tmp_path):
    found = exported(poles, tmp_path / "out", name="anna/poles-v3")
    assert (found.spec.dataset_id, found.total_episodes) == ("anna/poles-v3", 3)
    assert found.total_steps == sum(entry.steps for entry in Dataset(poles).entries)
    with gym.make("CartPole-v1") as env:
        assert found.spec.observation_space == env.observation_space
        assert found.spec.action_space == env.action_space
    assert found.recover_environment().spec.id == "CartPole-v1"
    for number, episode in enumerate(Dataset(poles).episodes()):
        theirs = found[number]
        assert theirs.id == number
        assert np.array_equal(theirs.observations, episode.read("observation"))
        assert np.array_equal(theirs.actions, episode.read("action"))
        assert np.array_equal(theirs.rewards, episode.read("reward"))
        assert np.array_equal(theirs.infos["actor"], episode.read("actor"))
        assert (theirs.terminations[-1], theirs.truncations[-1]) == ((True, False) if number < 2 else (False, True))
        assert not theirs.terminations[:-1].any()
        assert not theirs.truncations[:-1].any()
    (facts,) = found.storage.get_episode_metadata([2])
    assert (facts["seed"], facts["options"]) == (5, {"low": -0.01, "high": 0.01})


def test_pictures_are_lossless_and_come_back_byte_for_byte(tmp_path):
    ticks, ben = iter(np.arange(1000) * 0.02), Driver("ben", "share")
    folder = tmp_path / "laps"
    recorded(folder, "sim_suite/CarRacing-v0", (1,), steps=70, clock=lambda: next(ticks), driver=ben)
    found = exported(folder, tmp_path / "out")
    assert not found.storage.jpeg_encoding
    with Dataset(folder).open(Dataset(folder).entries[0]) as episode:
        assert np.array_equal(found[0].observations, episode.read("observation"))
        assert np.array_equal(found[0].infos["time_s"], episode.read("time_s"))
    load(tmp_path / "out", tmp_path / "back")
    assert_same_files(folder, tmp_path / "back")


def test_driving_states_are_a_dict_and_come_back_byte_for_byte(tmp_path):
    folder = recorded(tmp_path / "d", "sim_suite/Driving-v0", (1, 2), kwargs=STREET, steps=9, options={"weather": "rain"})  # fmt: skip
    found = exported(folder, tmp_path / "out")
    with Dataset(folder).open(Dataset(folder).entries[1]) as episode:
        theirs = found[1]
        for name, rows in theirs.observations.items():
            assert np.array_equal(rows, episode.read(name))
            assert found.spec.observation_space[name].contains(rows[0])
        assert np.array_equal(theirs.infos["terms"], episode.read("terms"))
    assert found.env_spec.kwargs == STREET
    assert "actors" not in gym.spec("sim_suite/Driving-v0").kwargs
    load(tmp_path / "out", tmp_path / "back")
    assert_same_files(folder, tmp_path / "back")


@pytest.mark.parametrize("view", ["vector", "raster"])
def test_driving_is_written_as_an_agent_sees_it(tmp_path, view):
    """Episodes on different maps, whose states have different shapes, become one dataset."""
    folder = tmp_path / "d"
    for name in ("straight_street", "crossing_lights"):
        recorded(folder, "sim_suite/Driving-v0", (4,), kwargs={"map": name, "actors": 4}, steps=9)
    with pytest.raises(SuiteError, match="different spaces"):
        exported(folder, tmp_path / "states")
    found = exported(folder, tmp_path / "out", view=view)
    for number, episode in enumerate(Dataset(folder).episodes()):
        kwargs = {**episode.head.env.kwargs, "observation": view}
        with make("sim_suite/Driving-v0", kwargs=kwargs) as env:
            seen = [env.reset(seed=4)[0], *(env.step(action)[0] for action in episode.read("action"))]
            assert found.spec.observation_space == env.observation_space
        assert np.array_equal(found[number].observations, seen)
        assert np.array_equal(found[number].rewards, episode.read("reward"))
    back = load(tmp_path / "out", tmp_path / "back")
    assert [(entry.seed, entry.steps) for entry in back] == [(4, 9), (4, 9)]
    with pytest.raises(SuiteError, match="no other view"):
        exported(recorded(tmp_path / "p", "CartPole-v1", steps=2), tmp_path / "p-out", view=view)


def test_what_minari_wrote_is_read(home, tmp_path):
    buffers, env = [], gym.make("CartPole-v1", max_episode_steps=77)
    for seed in (4, 9):
        options = {"low": -0.02, "high": 0.02}
        observations, rewards, ends, actions = [env.reset(seed=seed, options=options)[0]], [], [], []
        while not ends or not ends[-1]:
            actions.append(np.int64(len(actions) % 2))
            observation, reward, terminated, _, _ = env.step(actions[-1])
            observations.append(observation)
            rewards.append(reward)
            ends.append(terminated)
        infos = {"heat": np.zeros(len(observations))}
        buffers.append(EpisodeBuffer(None, seed, options, observations, actions, rewards, ends, [False] * len(ends), infos))  # fmt: skip
    minari.create_dataset_from_buffers("poles/mine-v0", buffers, env=env, algorithm_name="alternate", author={"me"})
    made = load(home / "poles/mine-v0", tmp_path / "in", Actor.EXPERT)
    assert [(e.env, e.seed, e.end) for e in made] == [
        ("CartPole-v1", 4, "terminated"),
        ("CartPole-v1", 9, "terminated"),
    ]
    assert all(entry.by == (0, 0, entry.steps) for entry in made)
    for buffer, episode in zip(buffers, Dataset(tmp_path / "in").episodes(), strict=True):
        assert np.array_equal(episode.read("observation"), np.array(buffer.observations))
        assert np.array_equal(episode.read("action"), np.array(buffer.actions))
        head = episode.head
        assert (head.env.max_episode_steps, head.options, head.agent.name) == (77, {"low": -0.02, "high": 0.02}, "alternate")  # fmt: skip
        assert (head.origin["dataset"], head.origin["lossy"], head.origin["left_out"]) == ("poles/mine-v0", [], ["infos/heat"])  # fmt: skip
        with remake(episode) as again:
            assert verify(episode, again).equal


@pytest.mark.parametrize("jpeg", [True, False])
def test_pictures_that_minari_stored_as_jpeg_say_so(home, tmp_path, jpeg):
    random = np.random.default_rng(1)
    pictures = [random.integers(0, 255, (40, 36, 3), np.uint8) for _ in range(4)]
    seen = {"camera": pictures, "speed": [np.float32([k]) for k in range(4)]}
    space = spaces.Dict({"camera": spaces.Box(0, 255, (40, 36, 3), np.uint8), "speed": spaces.Box(0, 9, (1,))})
    actions = [np.float32([0.1 * k, -0.2]) for k in range(3)]
    buffer = EpisodeBuffer(None, None, None, seen, actions, [1.0, 2.0, 3.0], [False] * 3, [False, False, True])
    made = minari.create_dataset_from_buffers(
        "cam/mine-v0", [buffer], observation_space=space, action_space=spaces.Box(-1, 1, (2,)), jpeg_encoding=jpeg
    )
    load(home / "cam/mine-v0", tmp_path / "in", Actor.HUMAN)
    episode = Dataset(tmp_path / "in").open(Dataset(tmp_path / "in").entries[0])
    found = episode.read("observation.camera")
    assert episode.head.origin["lossy"] == (["observation.camera"] if jpeg else [])
    assert np.array_equal(found, np.array(pictures)) is not jpeg
    assert np.abs(found.astype(int) - made[0].observations["camera"]).max() <= (2 if jpeg else 0)
    assert np.array_equal(episode.read("observation.speed"), made[0].observations["speed"])
    assert np.array_equal(episode.read("action"), np.array(actions))
    assert (episode.seal.end, episode.seal.episode_return, episode.head.seed) == ("truncated", 6.0, None)
    assert (episode.head.env.id, episode.head.agent, episode.seal.by) == ("cam/mine-v0", None, (3, 0, 0))
    exported(tmp_path / "in", tmp_path / "out")
    load(tmp_path / "out", tmp_path / "again")
    assert_same_files(tmp_path / "in", tmp_path / "again")


def test_who_keeps_private_is_not_exported(tmp_path):
    folder = recorded(tmp_path / "poles", "CartPole-v1", (1,), driver=Driver("anna", "private"))
    with pytest.raises(SuiteError, match="anna, who keeps it private"):
        exported(folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_one_dataset_has_one_space(poles, tmp_path):
    other = recorded(tmp_path / "two", "CartPole-v1", (1,))
    recorded(other, "MountainCarContinuous-v0", (1,), steps=3)
    with pytest.raises(SuiteError, match="different spaces"):
        exported(other, tmp_path / "out")
    with pytest.raises(SuiteError, match="named like laps-v0"):
        exported(poles, tmp_path / "out", name="no version")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/a").touch()
    with pytest.raises(SuiteError, match="not empty"):
        exported(poles, tmp_path / "full")


def test_an_episode_without_an_end_is_refused(poles, tmp_path):
    with Recording(tmp_path / "cut") as folder:
        for episode in Dataset(poles).episodes():
            file = folder.begin(episode.head)
            file.append([episode.read(c.name)[: len(episode)] for c in episode.head.columns])
            file.close()
            seal_open(file.path)
    with Recording(tmp_path / "cut"):
        pass
    with pytest.raises(SuiteError, match="cut short"):
        exported(tmp_path / "cut", tmp_path / "out")


def test_damaged_datasets_are_named(poles, tmp_path):
    with pytest.raises(SuiteError, match="is no Minari dataset"):
        load(tmp_path, tmp_path / "in")
    exported(poles, tmp_path / "out")
    data = tmp_path / "out/data"
    with h5py.File(data / "main_data.hdf5", "a") as file:
        del file["episode_1/infos/flags"]
    with pytest.raises(DamagedFileError, match=r"at episode 1.*download it again"):
        load(tmp_path / "out", tmp_path / "in")
    assert len(Dataset(tmp_path / "in")) == 1
    assert not list((tmp_path / "in/open").iterdir())
    (data / "main_data.hdf5").write_bytes(b"nothing")
    with pytest.raises(DamagedFileError, match="cannot be read as a Minari dataset"):
        load(tmp_path / "out", tmp_path / "in2")
    (data / "main_data.hdf5").unlink()
    with pytest.raises(DamagedFileError, match="does not exist"):
        load(tmp_path / "out", tmp_path / "in3")
    (data / "metadata.json").write_text(json.dumps({"data_format": "arrow", "dataset_id": "a-v0", "total_episodes": 1}))
    with pytest.raises(SuiteError, match="only hdf5 is read"):
        load(tmp_path / "out", tmp_path / "in4")
    (data / "metadata.json").write_text("[]")
    with pytest.raises(DamagedFileError, match="does not describe"):
        load(tmp_path / "out", tmp_path / "in5")


@pytest.mark.parametrize("place", ["observations", "actions", "rewards", "infos/flags"])
def test_what_was_altered_since_the_export_is_not_taken_back(poles, tmp_path, place):
    exported(poles, tmp_path / "out")
    with h5py.File(tmp_path / "out/data/main_data.hdf5", "a") as file:
        file[f"episode_1/{place}"][2] += 1
    with pytest.raises(DamagedFileError, match="episode_1 was altered since it was exported"):
        load(tmp_path / "out", tmp_path / "in")
    assert not list((tmp_path / "in/open").iterdir())


@pytest.mark.parametrize(
    "space",
    [
        spaces.Box(np.float32([-1, -np.inf]), np.float32([1, np.inf])), spaces.Discrete(4, start=2),
        spaces.MultiDiscrete([3, 4]), spaces.MultiBinary(3), spaces.MultiBinary([2, 3]),
        spaces.Dict({"a": spaces.Discrete(2), "b": spaces.Box(0, 255, (2, 2), np.uint8)}),
    ],
)  # fmt: skip
def test_spaces_are_written_as_minari_writes_them(space):
    from minari.serialization import deserialize_space, serialize_space

    text = json.dumps(space_to_minari(space))
    assert deserialize_space(text) == space
    assert space_from_minari(serialize_space(space), "here") == space


def test_spaces_that_hold_no_arrays_are_refused():
    with pytest.raises(SuiteError, match="cannot be exported"):
        space_to_minari(spaces.Text(3))
    with pytest.raises(SuiteError, match="Text"):
        space_from_minari({"type": "Text"}, "here")
    with pytest.raises(DamagedFileError):
        space_from_minari({"type": "Box"}, "here")


def test_options_are_attributes():
    options = {"a": 1, "b": {"c": [1.0, 2.0], "d": "x"}, "e": True}
    assert nested_options({**flat_options(options), "seed": 3}) == options
    assert flat_options({"f": None, "g": [], "h": ["x"]}) == {}


@pytest.mark.parametrize(("folder", "name"), [("laps", "laps-v0"), ("laps-v2", "laps-v2"), ("my laps!", "my-laps-v0")])
def test_a_dataset_is_named_after_its_folder(tmp_path, folder, name):
    assert dataset_name(tmp_path / folder) == name


def test_an_export_leaves_the_environments_own_spec_as_it_is(tmp_path):
    before = gym.spec("CartPole-v1").to_json()
    dataset = Dataset(recorded(tmp_path / "d", "CartPole-v1", (1,), kwargs={"sutton_barto_reward": True}))
    export(dataset, dataset.entries, tmp_path / "out")
    assert gym.spec("CartPole-v1").to_json() == before
