"""Every environment of the catalogue: what its card says is so, and equal seeds give equal episodes."""

from __future__ import annotations

import dataclasses

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from sim_suite.envs.catalog import EnvCard, Reference, card, cards
from sim_suite.envs.making import make
from sim_suite.envs.views import ATARI, PIXELS, RASTER, STATE, VECTOR, View
from sim_suite.errors import SuiteError

ALL = [one for one in cards().values() if one.ready is None]  # what needs a server is tested beside it
OURS = [one for one in ALL if one.entry_point is not None]


def named(one: EnvCard) -> str:
    return one.id


def trace(env, steps, seed):
    """Observations, rewards and ends of random actions from one seed."""
    env.action_space.seed(seed)
    observation, _ = env.reset(seed=seed)
    seen = [observation]
    for _ in range(steps):
        observation, *rest, _ = env.step(env.action_space.sample())
        seen.append((observation, *rest))
        if rest[1] or rest[2]:
            observation, _ = env.reset()
    return seen


def equal(a, b):
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    if dataclasses.is_dataclass(a):
        return all(equal(getattr(a, item.name), getattr(b, item.name)) for item in dataclasses.fields(a))
    return np.array_equal(a, b)


@pytest.mark.parametrize("one", ALL, ids=named)
def test_a_card_tells_the_truth(one):
    with make(one.id) as env:
        limit = env.spec.max_episode_steps
        assert limit == one.max_episode_steps or (limit is None and one.id == "ALE/Breakout-v5")
        assert np.asarray(one.do_nothing, dtype=env.action_space.dtype) in env.action_space
        picture = isinstance(env.observation_space, gym.spaces.Box) and env.observation_space.dtype == np.uint8
        planes = isinstance(env.observation_space, gym.spaces.Dict) and "action_mask" in env.observation_space.spaces
        assert one.views[0] == ("pixels" if picture else "board" if planes else "vector")
        observation, _ = env.reset(seed=0)
        assert observation in env.observation_space
    assert ("state" in one.views) == (one.state_reader is not None)
    for reference in (one.random, one.idle, one.best):
        assert isinstance(reference, Reference)
        assert reference.source
    assert one.random.value != one.best.value


@pytest.mark.parametrize("one", ALL, ids=named)
def test_equal_seeds_give_equal_episodes_and_others_differ(one):
    steps = 12 if one.family == "car racing" else 60
    with make(one.id) as first, make(one.id) as second:
        a, b, c = trace(first, steps, 3), trace(second, steps, 3), trace(second, steps, 4)
    assert equal(a, b)
    assert not equal(a, c)


@pytest.mark.parametrize("one", ALL, ids=named)
def test_every_view_that_is_offered_can_be_had_and_others_are_refused(one):
    for view in (
        VECTOR,
        PIXELS,
        ATARI,
        STATE,
        RASTER,
        View("raster", raster="car_racing" if one.map_view else "small"),
        View("both", raster="car_racing" if one.map_view else "bench"),
        View("board"),
    ):
        if view.kind not in one.views:
            with pytest.raises(SuiteError, match=f"offers the views .*, but the agent looks at '{view.kind}'"):
                make(one.id, view)
            continue
        with make(one.id, view) as env:
            observation, _ = env.reset(seed=1)
            assert observation in env.observation_space
            observation, *_ = env.step(
                env.action_space.dtype.type(one.do_nothing)
                if isinstance(one.do_nothing, int)
                else np.float32(one.do_nothing)
            )
            assert observation in env.observation_space


@pytest.mark.parametrize("one", OURS, ids=named)
def test_ours_pass_gymnasiums_checker(one, recwarn):
    with gym.make(one.id, disable_env_checker=True) as env:
        check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("one", OURS, ids=named)
def test_ours_are_documented(one):
    with make(one.id) as env:
        text = type(env.unwrapped).__doc__ or ""
    for heading in ("Action", "Observation", "Reward", "End"):
        assert heading in text, f"{one.id}: the docstring says nothing of {heading}"


@pytest.mark.parametrize("one", ALL, ids=named)
def test_every_environment_can_be_filmed(one):
    with make(one.id, render_mode="rgb_array") as env:
        env.reset(seed=0)
        picture = np.asarray(env.render())
    assert picture.dtype == np.uint8
    assert picture.ndim == 3
    assert picture.shape[2] == 3
    assert picture.std() > 0


def test_a_raster_view_names_its_preset():
    with make("sim_suite/Driving-v0", View("raster", raster="bench")) as env:
        assert env.observation_space.shape == (17, 192, 192)
    with pytest.raises(SuiteError, match="Did you mean 'bench'"):
        make("sim_suite/Driving-v0", View("raster", raster="bensh"))
    assert str(View("raster", raster="bench")) == "raster bench"


def test_unknown_names_and_arguments_are_one_line():
    with pytest.raises(SuiteError, match="Did you mean 'CartPole-v1'"):
        card("CartPol-v1")
    with pytest.raises(SuiteError, match="could not make FrozenLake-v1 with") as info:
        make("FrozenLake-v1", kwargs={"colour": 1})
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "smell"}, "view kind must be one of"),
        ({"kind": "vector", "stack": 4}, "belong to a 'pixels' view"),
        ({"kind": "pixels", "stack": 0}, "needs stack >= 1"),
        ({"kind": "pixels", "size": (0, 4)}, "positive size"),
        ({"kind": "vector", "raster": "small"}, "raster names a preset for a 'raster' view"),
        ({"kind": "raster", "positioning": "gnss"}, "positioning names the receiver of a 'sensors' view"),
    ],
)
def test_views_that_make_no_sense(arguments, message):
    with pytest.raises(SuiteError, match=message):
        View(**arguments)


def test_views_travel_as_plain_data():
    for view in (
        VECTOR,
        STATE,
        ATARI,
        RASTER,
        View("raster", raster="small"),
        View("both", raster="bench"),
        View("pixels", size=(3, 4)),
        View("sensors", positioning="gnss"),
    ):
        assert View.from_dict(view.to_dict()) == view
    with pytest.raises(SuiteError, match="a view has the keys"):
        View.from_dict({"kind": "pixels", "colour": 1})
