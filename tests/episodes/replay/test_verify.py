"""An episode simulated again is compared in all that was recorded of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.recording.capture import capture_for
from sim_suite.episodes.recording.recorder import RecordEpisodes
from sim_suite.episodes.replay.simulate import remake
from sim_suite.episodes.replay.verify import Difference, _columns, other_versions, verify
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.store.folder import Recording
from sim_suite.episodes.store.samples import locate, sample_names
from sim_suite.errors import SuiteError
from tests.episodes.altering import recorded, rewritten

DRIVING = {"map": "straight_street", "actors": 6}


def verdicts(folder):
    found = []
    for episode in Dataset(folder).episodes():
        with remake(episode) as env:
            found.append(verify(episode, env))
    return found


@pytest.fixture(scope="module")
def poles(tmp_path_factory):
    return recorded(tmp_path_factory.mktemp("verify") / "poles", "CartPole-v1", seeds=(3,))


@pytest.fixture(scope="module")
def streets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify") / "streets"
    return recorded(folder, "sim_suite/Driving-v0", (5, 6), kwargs=DRIVING, steps=70, options={"weather": "rain"})


def test_pictures_of_cars_come_out_the_same(tmp_path):
    folder = recorded(tmp_path / "laps", "sim_suite/CarRacing-v0", (1, 2), steps=70)
    assert [(v.equal, v.steps) for v in verdicts(folder)] == [(True, 70), (True, 70)]


def test_states_of_driving_come_out_the_same_with_what_the_reset_was_told(streets):
    assert [(v.equal, v.steps) for v in verdicts(streets)] == [(True, 70), (True, 70)]


def test_a_reset_that_was_told_otherwise_shows(streets, tmp_path):
    dry = rewritten(streets, tmp_path / "dry", head={"options": {}})
    difference = verdicts(dry)[0].difference
    assert difference is not None
    assert difference.step == -1
    assert difference.what.startswith("'state.weather'")


@pytest.mark.parametrize(
    ("column", "row", "value", "expected"),
    [
        ("observation", (0, 2), 9.0, (-1, "'observation'[2]", "9.0")),
        ("observation", (5, 1), 9.0, (4, "'observation'[1]", "9.0")),
        ("reward", 3, 0.25, (3, "the reward", "0.25")),
        ("flags", 2, 1, (2, "the episode's end", "terminated")),
        ("flags", -1, 3, (None, "the episode's end", "terminated and truncated")),
    ],
)
def test_every_column_counts(poles, tmp_path, column, row, value, expected):
    def change(columns):
        columns[column][row] = value

    (found,) = verdicts(rewritten(poles, tmp_path / "changed", change))
    step = len(next(Dataset(poles).episodes())) - 1 if expected[0] is None else expected[0]
    assert found.difference == Difference(step, expected[1], expected[2], found.difference.now)
    assert found.steps == max(step, 0)


def test_terms_are_compared_by_name(streets, tmp_path):
    def change(columns):
        columns["terms"][9, 0] += 1.0

    found = verdicts(rewritten(streets, tmp_path / "changed", change))[0].difference
    name = next(Dataset(streets).episodes()).head.terms[0]
    assert (found.step, found.what) == (9, f"the term {name!r}")


def test_an_action_that_was_not_taken_leads_elsewhere(poles, tmp_path):
    def change(columns):
        columns["action"][6] ^= 1

    (found,) = verdicts(rewritten(poles, tmp_path / "changed", change))
    assert found.difference.step == 6


def test_columns_of_another_shape_are_said_at_once(poles):
    with Dataset(poles).open(Dataset(poles).entries[0]) as episode, make("MountainCarContinuous-v0") as other:
        difference = _columns(episode, capture_for(other).columns)
    assert str(difference) == "'observation' differs as a whole: float32 [4] was recorded, float32 [2] comes out now"


def test_without_a_seed_nothing_is_compared(poles, tmp_path):
    with pytest.raises(SuiteError, match="has no seed"):
        verdicts(rewritten(poles, tmp_path / "nameless", head={"seed": None}))


def test_pictures_that_lost_detail_are_left_out(poles, tmp_path):
    def change(columns):
        columns["observation"] += 0.5

    changed = rewritten(poles, tmp_path / "lossy", change, head={"origin": {"lossy": ["observation"]}})
    (found,) = verdicts(changed)
    assert (found.equal, found.left_out) == (True, ("observation",))


def test_versions_that_differ_are_named(poles, tmp_path):
    old = rewritten(poles, tmp_path / "old", head={"versions": {"numpy": "1.0", "python": "2"}})
    said = other_versions(next(Dataset(old).episodes()))
    assert said.startswith(f"numpy 1.0 there, {np.__version__} here; python 2 there")
    assert other_versions(next(Dataset(poles).episodes())) == ""


def test_a_reset_without_a_seed_is_found_again(tmp_path):
    with Recording(tmp_path / "on") as folder, RecordEpisodes(make("CartPole-v1"), folder) as env:
        for seed in (9, None, None):
            env.reset(seed=seed)
            while not any(env.step(1)[2:4]):
                pass
    assert [v.equal for v in verdicts(tmp_path / "on")] == [True, True, True]


@pytest.mark.parametrize("name", sample_names())
def test_what_is_shipped_comes_out_the_same(name):
    assert [str(found.difference) for found in verdicts(locate(Path(f"sample:{name}")))] == ["None", "None"]


def test_it_does_not_matter_whether_somebody_looked_on(tmp_path):
    """Who watches sees every tick; the world goes the same way, also where much happens."""
    watched = make("sim_suite/Driving-v0", kwargs=DRIVING, render_mode="rgb_array")
    with Recording(tmp_path / "watched") as folder, RecordEpisodes(watched, folder) as env:
        env.reset(seed=1)
        over = False
        while not over and env.unwrapped.live_state.tally.sum() < 3:
            over = any(env.step(np.float32([0.4, 1.0]))[2:4])
        assert env.unwrapped.live_state.tally.sum() >= 3
    assert [v.equal for v in verdicts(tmp_path / "watched")] == [True]
