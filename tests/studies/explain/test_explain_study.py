"""The study on agents known by hand: moments, targets, names, what is written, and the same bytes again."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import torch
from gymnasium import spaces
from hypothesis import given
from hypothesis import strategies as st
from networks_by_hand import Balancer, dense, opened
from safetensors.numpy import load_file

from agents.interface import Interface
from agents.naming import build, find
from sim_suite.envs.catalog import card, cards
from sim_suite.envs.making import make
from sim_suite.envs.names import action_names, input_names
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.studies.explain.episode import Place, photographs, spread, watched
from sim_suite.studies.explain.options import ExplainOptions
from sim_suite.studies.explain.page import all_pictures, render_page
from sim_suite.studies.explain.pictures import enlarged, heat_over, magnitude_over
from sim_suite.studies.explain.study import explain, targets
from sim_suite.studies.explain.writing import FIGURES, MAPS, PAGE, refuse_used, write_explanation

CART = Place("CartPole-v1", {})


@contextmanager
def silent(what, total):
    yield lambda: None


@pytest.fixture(scope="module")
def balanced():
    options = ExplainOptions(seed=3, moments=3, episodes=2, groups=2, smooth=4)
    return explain(Balancer(), "mine", CART, options, silent)


def test_moments_are_the_steps_of_the_episode(balanced):
    assert balanced.steps == balanced.episode_return
    steps = [moment.step for moment in balanced.moments]
    assert steps == list(spread(balanced.steps, 3))
    seen = watched(CART, Balancer(), 3)
    assert [moment.did for moment in balanced.moments] == [("left", "right")[int(seen.actions[k])] for k in steps]
    (asked,) = balanced.asked
    assert asked.name == "chosen"
    assert [("left", "right")[k] for k in asked.columns] == [moment.did for moment in balanced.moments]


def test_inputs_that_the_network_does_not_see_have_neither_slope_nor_loss(balanced):
    (asked,) = balanced.asked
    assert balanced.inputs == ("cart position", "cart velocity", "pole angle", "pole angular velocity")
    assert not asked.gradient[:, :2].any()
    assert not asked.hidden[:, :2].any()
    assert asked.gradient[:, 2:].any()
    assert asked.hidden[:, 2:].any()


def test_the_dead_half_of_the_layer_changes_nothing(balanced):
    live, dead = balanced.ablation.losses
    assert dead.differences.tolist() == [0.0, 0.0]
    assert live.change.point < -50


def test_same_seed_same_bytes(balanced, tmp_path):
    options = ExplainOptions(seed=3, moments=3, episodes=2, groups=2, smooth=4)
    again = explain(Balancer(), "mine", CART, options, silent)
    for name, found in (("a", balanced), ("b", again)):
        assert write_explanation(found, tmp_path / name) == tmp_path / name / PAGE
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    assert {PAGE, FIGURES, "ablation.png", f"step-{balanced.moments[0].step:05d}-frame.png"} <= set(files)
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    figures = json.loads((tmp_path / "a" / FIGURES).read_text())
    assert figures["ablation"]["parts"][1]["change"]["point"] == 0.0
    assert figures["moments"][0]["asked"][0]["lost_without"]["cart position"] == 0.0
    with pytest.raises(SuiteError, match=r"is not empty\. Name a new folder"):
        refuse_used(tmp_path / "a")


def test_zero_in_place_of_a_whole_layer_makes_it_act_always_the_same():
    """Both outputs are 0 then, and the first action of equals is taken: always left, until the pole has fallen."""
    found = explain(Balancer(), "mine", CART, ExplainOptions(moments=1, episodes=2, groups=1, instead="zero"), silent)
    (loss,) = found.ablation.losses
    fallen = []
    for seed in (0, 1):
        with make("CartPole-v1") as env:
            env.reset(seed=seed)
            fallen.append(1.0 + sum(1.0 for _ in iter(lambda: env.step(0)[2], True)))
    assert loss.returns == tuple(fallen)


def test_a_hostile_name_is_text(balanced):
    hostile = replace(balanced, agent="<script>alert(1)</script>", inputs=("<b>", "b", "c", "d"))
    page = render_page(hostile, all_pictures(hostile))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert '<th scope="row">&lt;b&gt;</th>' in page


def test_pictures_of_a_clone_have_maps_of_their_size(tmp_path):
    agent = build(find("zoo:car-racing-bc"), "sim_suite/CarRacing-v0", {}, 0)
    place = Place("sim_suite/CarRacing-v0", {"max_episode_steps": 12})
    found = explain(agent, "clone", place, ExplainOptions(moments=2, episodes=0, smooth=2, outputs=("steer",)), silent)
    height, width = found.moments[0].frame.shape[:2]
    (asked,) = found.asked
    assert asked.gradient.shape == asked.hidden.shape == (2, height, width)
    assert asked.by_frame.sum(axis=1) == pytest.approx([1.0, 1.0], abs=1e-5)
    assert asked.gradient.min() >= 0 < asked.gradient.max()
    write_explanation(found, tmp_path / "out")
    maps = load_file(tmp_path / "out" / MAPS)
    assert np.array_equal(maps["hidden.steer"], asked.hidden)
    assert (tmp_path / "out" / "step-00003-steer-gradient.png").read_bytes()[:4] == b"\x89PNG"


def test_agents_that_look_at_something_else_are_refused():
    class Planner(Balancer):
        interface = Interface(View("state"), "discrete")

    class Cube(Balancer):
        def explainable(self, actions):
            inside = super().explainable(actions)
            return replace(inside, prepare=lambda observation: inside.prepare(observation)[:, None])

    with pytest.raises(
        SuiteError, match="mine looks at 'state'; explained are agents that look at vector, pixels, raster"
    ):
        explain(Planner(), "mine", CART, ExplainOptions(), silent)
    with pytest.raises(SuiteError, match=r"an input of shape \(6, 1, 4\)"):
        explain(Cube(), "mine", CART, ExplainOptions(), silent)


@given(length=st.integers(1, 2000), count=st.integers(1, 30))
def test_moments_are_spread_over_all_steps(length, count):
    found = spread(length, count)
    assert found == tuple(sorted(set(found)))
    assert found[0] >= 0
    assert found[-1] < length
    assert len(found) == count or length < count
    if count <= length:
        assert max(np.diff([-1, *found, length])) <= length // count + 2


def test_photographs_are_those_of_the_steps():
    seen = watched(CART, Balancer(), 0)
    first, later = photographs(CART, Balancer(), 0, seen.actions, (0, 5))
    with make("CartPole-v1", render_mode="rgb_array") as env:
        env.reset(seed=0)
        assert np.array_equal(env.render(), first)
        for action in seen.actions[:5]:
            env.step(action)
        assert np.array_equal(env.render(), later)


def test_targets_by_hand():
    network = opened(dense([[1.0], [0.0], [0.0], [2.0]]), "abcd", choices=((0, 1), (2, 3)))
    outputs = torch.tensor([[1.0, 2.0, 5.0, 4.0], [3.0, 2.0, 0.0, 9.0]])
    named = {name: columns.tolist() for name, columns in targets(network, outputs, (), "it")}
    assert named == {"chosen": [1, 0], "chosen 2": [2, 3]}
    named = {name: columns.tolist() for name, columns in targets(network, outputs, ("c", "chosen", "c"), "it")}
    assert named == {"c": [2, 2], "chosen": [1, 0]}
    with pytest.raises(UnknownNameError, match=r"unknown output of it 'chosem'\. Did you mean 'chosen"):
        targets(network, outputs, ("chosem",), "it")


def test_numbers_of_an_action_are_asked_about_one_by_one():
    network = opened(dense([[1.0]] * 6), "abcdef", meaning="action")
    assert [name for name, _ in targets(network, torch.zeros(2, 6), (), "it")] == ["a", "b", "c", "d"]


def test_names_of_the_catalogue_are_one_for_each_action():
    for one in (each for each in cards().values() if not each.compiles):
        with make(one.id) as env:
            names = action_names(one, env.action_space)
            count = env.action_space.n if isinstance(env.action_space, spaces.Discrete) else env.action_space.shape[0]
            assert len(set(names)) == len(names) == count


def test_names_that_are_known():
    lake, car = card("FrozenLake-v1"), card("sim_suite/CarRacing-v0")
    assert action_names(lake, spaces.Discrete(4)) == ("left", "down", "right", "up")
    assert action_names(car, spaces.Box(-1, 1, (3,))) == ("steer", "gas", "brake")
    assert action_names(car, spaces.Box(-1, 1, (2,))) == ("action 0", "action 1")
    assert action_names(card("sim_suite/BreakoutDeterministic-v0"), spaces.Discrete(4)) == (
        "do nothing", "space", "right", "left",
    )  # fmt: skip
    assert input_names(lake, spaces.Discrete(2), 2) == ("state 0", "state 1")
    assert input_names(card("Pendulum-v1"), spaces.Box(-1, 1, (3,)), 3)[0] == "cos angle"


def test_heat_by_hand():
    """The strongest place has its full colour, one without heat the dim grey of the frame."""
    frame = np.full((2, 300, 3), 200, np.uint8)
    heat = np.zeros((2, 300), np.float32)
    heat[:, :100], heat[:, 200:] = 1.0, -1.0
    drawn = heat_over(frame, heat)
    assert drawn[1, 10].tolist() == [255, 92, 64]
    assert drawn[1, -10].tolist() == [64, 156, 255]
    assert drawn[1, 144].tolist() == [110, 110, 110]
    assert magnitude_over(frame, np.zeros_like(heat))[0, 0].tolist() == [110, 110, 110]
    assert enlarged(np.zeros((48, 96, 3), np.uint8)).shape == (144, 288, 3)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"moments": 0}, "moments must be 1 or more, not 0"),
        ({"seed": -1}, "seed must be 0 or more, not -1"),
        ({"episodes": 1}, "one has no interval. Write 0"),
        ({"episodes": -1}, "episodes must be 0 or more"),
        ({"patch": 0}, "patch must be 1 or more"),
        ({"stride": 9}, "stride must lie in 1 to 8"),
        ({"noise": 0.0}, "share of the input's range"),
        ({"groups": 0}, "groups must be 1 or more"),
        ({"fill": "black"}, "fill is blur or grey"),
    ],
)
def test_senseless_options_are_refused(given, message):
    with pytest.raises(SuiteError, match=message):
        ExplainOptions(**given)
