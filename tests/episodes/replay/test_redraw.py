"""Pictures of a recorded episode are those that were seen, or that would have been."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.envs.making import make
from sim_suite.episodes.replay.caption import STRIP_PX, Captions
from sim_suite.episodes.replay.film import write_film
from sim_suite.episodes.replay.redraw import moments, pace, pictures
from sim_suite.episodes.replay.simulate import simulate
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.errors import SuiteError
from tests.episodes.altering import recorded, rewritten

STREET = {"map": "straight_street", "actors": 6}


def only(folder):
    return Dataset(folder).open(Dataset(folder).entries[0])


@pytest.fixture(scope="module")
def street(tmp_path_factory):
    folder = tmp_path_factory.mktemp("redraw") / "street"
    return recorded(folder, "sim_suite/Driving-v0", (5,), kwargs=STREET, steps=12)


def test_stored_pictures_are_enlarged_by_a_whole_factor(tmp_path):
    with only(recorded(tmp_path / "lap", "sim_suite/CarRacing-v0", steps=40)) as episode:
        found, stored = list(pictures(episode)), episode.read("observation")
    assert len(found) == 41
    assert all(np.array_equal(large[2::5, 2::5], small) for large, small in zip(found, stored, strict=True))
    assert found[0].shape == (480, 480, 3)


def test_driving_is_painted_as_the_environment_shows_it(street):
    with only(street) as episode:
        found = list(pictures(episode))
        with make("sim_suite/Driving-v0", kwargs=STREET, render_mode="rgb_array") as env:
            shown = [env.render() for _ in simulate(episode, env)]
        assert pace(episode) == 10.0
    assert len(found) == 13
    for drawn, seen in zip(found, shown, strict=True):
        assert np.abs(drawn.astype(int) - seen).mean() < 0.5


def test_other_environments_are_simulated_again(tmp_path):
    folder = recorded(tmp_path / "poles", "CartPole-v1", (3,))
    with only(folder) as episode, make("CartPole-v1", render_mode="rgb_array") as env:
        shown = [env.render() for _ in simulate(episode, env)]
        assert all(np.array_equal(a, b) for a, b in zip(pictures(episode), shown, strict=True))
        assert pace(episode) == 50.0
    with only(rewritten(folder, tmp_path / "old", head={"sim_version": 0})) as old, pytest.raises(SuiteError):
        list(pictures(old))


def test_a_simulation_that_ends_before_the_record_says_so(tmp_path):
    def push(columns):
        columns["action"][:] = 1

    folder = recorded(tmp_path / "poles", "CartPole-v1", (3,))
    with only(rewritten(folder, tmp_path / "pushed", push)) as episode, pytest.raises(SuiteError, match="otherwise"):
        list(pictures(episode))


def test_what_was_driven_by_hand_is_shown_at_that_pace(tmp_path):
    ticks = iter(np.arange(1000) * 0.04)
    folder = recorded(tmp_path / "timed", "sim_suite/CarRacing-v0", steps=9, clock=lambda: float(next(ticks)))
    with only(folder) as episode:
        gap = float(np.median(np.diff(episode.read("time_s"))))
        assert pace(episode) == pytest.approx(1 / gap)


def test_the_strip_stands_below_and_changes_with_the_step(street):
    with only(street) as episode:
        captions = Captions(episode, 10.0)
        picture = np.full((480, 640, 3), 77, np.uint8)
        strips = [captions.below(picture, moment) for moment in range(moments(episode))]
    assert all(strip.shape == (480 + STRIP_PX, 640, 3) for strip in strips)
    assert all((strip[:480] == 77).all() for strip in strips)
    assert len({strip.tobytes() for strip in strips}) == len(strips)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
def test_a_film_holds_all_pictures_in_their_order(tmp_path, name):
    import av

    shades = [np.full((33, 48, 3), 20 * k, np.uint8) for k in range(12)]
    assert write_film(tmp_path / name, iter(shades), 12.5) == 12
    with av.open(str(tmp_path / name)) as film:
        found = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert float(film.streams.video[0].average_rate) == pytest.approx(12.5, rel=0.01)
    assert [frame.shape for frame in found] == [(32, 48, 3)] * 12
    assert all(abs(frame.mean() - 20 * k) < 4 for k, frame in enumerate(found))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_empty_film_leaves_no_file(tmp_path):
    with pytest.raises(SuiteError, match="at least one picture"):
        write_film(tmp_path / "a.mp4", iter(()), 10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("steer", "side"), [(1.0, "left"), (-1.0, "right")])
def test_steering_is_seen_on_its_own_side(street, tmp_path, steer, side):
    """Of driving left is positive: the bar still grows to the left."""

    def turn(columns):
        columns["action"][:, 0], columns["action"][:, 1] = steer, 0.0

    with only(rewritten(street, tmp_path / "turned", turn)) as episode:
        strip = Captions(episode, 10.0).below(np.zeros((480, 640, 3), np.uint8), 3)[480:]
    blue = np.flatnonzero((strip == (110, 168, 216)).all(axis=2).any(axis=0))
    track = np.flatnonzero((strip == (54, 61, 67)).all(axis=2).any(axis=0))
    steering = [blue[blue < 130], track[track < 130]]
    assert (steering[0].mean() < steering[1].mean()) == (side == "left")
