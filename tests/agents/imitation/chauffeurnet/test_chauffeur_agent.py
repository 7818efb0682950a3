"""A ChauffeurNet at the wheel: in single environments and many worlds, saved and read back, through other eyes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from agents import checkpoint
from agents.checkpoint import Description
from agents.imitation.chauffeurnet.agent import ChauffeurAgent
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.policy import ChauffeurPolicy
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from agents.imitation.chauffeurnet.tracker import drive_through, in_vehicle_frame
from agents.naming import build, find, refuse_mismatch
from perception.scene import Scene
from perception.sources import SceneOptions
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.storyboard.finding import load_scenario
from sim_suite.driving.storyboard.variations import draw
from sim_suite.driving.world.layout import SPEED
from sim_suite.envs.driving.judging import EGO
from sim_suite.envs.making import make, space_text
from sim_suite.envs.scenarios.stage import Stage, columns
from sim_suite.errors import DamagedFileError, SuiteError
from sim_suite.files import read_json
from sim_suite.leaderboard.episode import course_of, play
from sim_suite.leaderboard.side_by_side import Opened, play_together
from sim_suite.leaderboard.trials.batch import options_for
from sim_suite.leaderboard.trials.pilot import pilot_for

ENV = "sim_suite/Driving-v0"
SPEC = ChauffeurSpec(preset("small"), 4, 3)
SIZES = Sizes(maps=(4, 8, 8, 8), dilations=(1,), hidden=8, meta=8, fast_maps=4, fast_units=16)


def agent_of(network="chauffeurnet", **scene):
    policy = ChauffeurPolicy(network, "small", SPEC, SIZES, SceneOptions(**scene))
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return ChauffeurAgent(policy, policy.build())


def seen(count, seed=0):
    rng = np.random.default_rng(seed)
    rasters = (
        rng.integers(0, 256, (count, *SPEC.raster.shape)) * (rng.random((count, *SPEC.raster.shape)) < 0.1)
    ).astype(np.uint8)
    return {"raster": rasters, "vector": rng.uniform(0.0, 0.4, (count, 200)).astype(np.float32)}


def described(agent):
    with make(ENV, agent.interface.observation) as env:
        spaces = (space_text(env.observation_space), space_text(env.action_space))
    return Description("chauffeurnet", ENV, {}, agent.interface, {}, spaces)


@pytest.mark.parametrize("network", ["chauffeurnet", "chauffeurnet-fast"])
def test_it_tells_the_tracker_what_the_network_says_and_its_own_speed(network):
    agent, looked = agent_of(network), seen(3)
    actions, state = agent.predict(looked, None, np.ones(3, np.bool_), True)
    said = agent.foresee(looked["raster"])
    own = looked["vector"][:, 0] * 30.0
    wanted = drive_through(
        in_vehicle_frame(SPEC, said.waypoints.numpy()), said.headings.numpy(), said.speeds.numpy(), own
    )
    assert np.array_equal(actions, wanted)
    assert actions.dtype == np.float32
    assert np.ptp(actions) > 1e-3, "an untrained network says something, too"
    assert state[:, 0].tolist() == [1, 1, 1]
    held, state = agent.predict(seen(3, seed=1), state, np.zeros(3, np.bool_), True)
    assert np.array_equal(held, actions), "a decision holds for two steps"
    assert not np.array_equal(agent.predict(seen(3, seed=1), state, None, True)[0], actions)
    slow = {**looked, "vector": looked["vector"] * np.float32(0.5)}
    faster, slower = actions[:, 1], agent.predict(slow, None, None, True)[0][:, 1]
    assert (slower >= faster).all(), "the same waypoints ask a slower car for more"
    other = looked["vector"].copy()
    other[:, 1:] = 0.7
    assert np.array_equal(agent.predict({**looked, "vector": other}, None, None, True)[0], actions), (
        "nothing else is read"
    )


def test_a_list_of_observations_is_a_batch_and_states_count_steps():
    agent, looked = agent_of(), seen(2)
    listed = [{name: part[i] for name, part in looked.items()} for i in range(2)]
    actions, _ = agent.predict(looked, None, None, True)
    begun = np.array([[4, 0.0, 0.5, 0.5], [9, 0.4, 0.5, 0.5]])
    again, state = agent.predict(listed, begun, np.array([False, True]), True)
    assert np.array_equal(actions, again)
    assert state[:, 0].tolist() == [5, 1]
    begun[:, 0] = [4, 7]
    mixed, _ = agent.predict(listed, begun, np.array([False, False]), True)
    assert mixed[1].tolist() == [0.5, 0.5], "the second one is between two decisions"
    assert np.array_equal(mixed[0], actions[0])


def test_rasters_of_another_shape_are_refused():
    with pytest.raises(SuiteError, match=r"trained on rasters uint8 \(12, 128, 128\), not uint8 \(12, 64, 64\)"):
        agent_of().predict({"raster": np.zeros((1, 12, 64, 64), np.uint8), "vector": np.zeros((1, 200), np.float32)})


def test_places_are_drawn_by_their_chances_where_that_is_asked_for():
    agent, looked = agent_of(), seen(4)
    agent.seed(3)
    first = agent.predict(looked)[0]
    assert not np.array_equal(agent.predict(looked)[0], first)
    agent.seed(3)
    assert np.array_equal(agent.predict(looked)[0], first)
    fast = agent_of("chauffeurnet-fast")
    assert np.array_equal(fast.predict(looked)[0], fast.predict(looked, deterministic=True)[0]), "it has no chances"


def test_errors_of_perception_come_from_the_seed_and_the_step_alone():
    looked = seen(1)
    twice = {name: np.repeat(part, 2, 0) for name, part in looked.items()}
    agent = agent_of(source="errors", missed=0.5, jitter_m=2.0)
    agent.seed(3)
    at_four = agent.foresee(looked["raster"], np.array([4])).place_logits
    both = agent.foresee(twice["raster"], np.array([4, 5])).place_logits
    torch.testing.assert_close(both[:1], at_four)
    assert not torch.allclose(both[1:], at_four)
    agent.seed(4)
    assert not torch.allclose(agent.foresee(looked["raster"], np.array([4])).place_logits, at_four)


def test_copies_are_answered_as_the_one_that_they_copy_and_nobody_depends_on_another():
    agent, looked = agent_of(), seen(11)
    eleven = agent.foresee(looked["raster"])
    filled = np.concatenate([looked["raster"], np.repeat(looked["raster"][-1:], 53, 0)])
    sixty_four = agent.foresee(filled)
    assert torch.equal(sixty_four.place_logits[:11], eleven.place_logits)
    assert torch.equal(sixty_four.place_logits[11:], eleven.place_logits[10:].expand(53, -1, -1, -1))
    between = agent.foresee(looked["raster"][[0, 0, 2, 3, 3, 3, 4]])
    assert torch.equal(between.place_logits, eleven.place_logits[[0, 0, 2, 3, 3, 3, 4]])
    copies = agent.foresee(np.repeat(looked["raster"][-1:], 64, 0))
    assert torch.equal(copies.place_logits[:1], eleven.place_logits[10:])
    two = agent.foresee(looked["raster"][9:11])
    assert torch.equal(two.place_logits, eleven.place_logits[9:])
    torch.testing.assert_close(
        agent.foresee(looked["raster"][:1]).place_logits, eleven.place_logits[:1], atol=1e-4, rtol=1e-4
    )


class Dark:
    """Sees nothing."""

    def see(self, raster, dice):
        spec = SPEC.raster
        return Scene(spec, np.zeros(spec.shape, np.float32), np.zeros((0, 5), np.float32), np.zeros(0, np.float32))


def test_an_object_perceives_for_it():
    agent, looked = agent_of(), seen(2)
    dark = ChauffeurAgent(agent.policy, agent.network, Dark())
    said = dark.foresee(looked["raster"])
    assert torch.equal(said.waypoints, agent.foresee(np.zeros_like(looked["raster"])).waypoints)


@pytest.mark.parametrize("network", ["chauffeurnet", "chauffeurnet-fast"])
def test_a_checkpoint_acts_as_what_was_saved(tmp_path, network):
    agent, looked = agent_of(network, source="errors"), seen(3)
    checkpoint.save(tmp_path / "agent", agent, described(agent))
    found = find(str(tmp_path / "agent"))
    again = build(found, ENV, {}, 0)
    assert again.policy == agent.policy
    assert np.array_equal(again.predict(looked, None, None, True)[0], agent.predict(looked, None, None, True)[0])
    refuse_mismatch(found, again, ENV, {})
    refuse_mismatch(found, again, "sim_suite/Scenario-v0", {})
    with pytest.raises(SuiteError, match="CartPole-v1 offers the views vector"):
        refuse_mismatch(found, again, "CartPole-v1", {})


@pytest.mark.parametrize(("road", "objects"), [(True, False), (False, True)])
def test_a_checkpoint_says_what_was_learned_beside_driving(tmp_path, road, objects):
    spec = replace(SPEC, spread=0.5)
    policy = ChauffeurPolicy("chauffeurnet", "small", spec, SIZES, says_road=road, says_objects=objects)
    ChauffeurAgent(policy, policy.build()).save(tmp_path)
    loaded = ChauffeurAgent.load(tmp_path)
    assert loaded.policy == policy
    assert (loaded.network.says_road, loaded.network.says_objects) == (road, objects)


def test_a_checkpoint_that_is_none_and_one_that_names_code_are_refused(tmp_path):
    agent = agent_of()
    agent.save(tmp_path)
    data = read_json(tmp_path / "chauffeur.json")
    for change, error, message in (
        ({"network": "resnet"}, DamagedFileError, "describes no ChauffeurNet"),
        ({"sizes": {**data["sizes"], "fold": 0}}, DamagedFileError, "fold must be above 0"),
        ({"raster": "bench"}, SuiteError, "a raster 'bench' that has changed since"),
        ({"sizes": {**data["sizes"], "hidden": 16}}, DamagedFileError, "does not hold this network's numbers"),
        ({"scene": {**data["scene"], "source": "os:system"}}, SuiteError, "not loaded from a checkpoint"),
    ):
        (tmp_path / "chauffeur.json").write_text(json.dumps({**data, **change}))
        with pytest.raises(error, match=message):
            ChauffeurAgent.load(tmp_path)
    assert ChauffeurAgent.load(tmp_path, source=Dark()).foresee(seen(1)["raster"]).waypoints.shape == (1, 3, 2)


def test_it_drives_an_episode_of_the_leaderboard():
    agent = agent_of()
    with make(ENV, agent.interface.observation, kwargs={"limit_ticks": 20}) as env:
        rows = [play(env, agent, task="t", entry="e", run=0, episode=0, seed=5) for _ in range(2)]
    assert rows[0].outcome == "ok", rows[0].message
    assert rows[0].length == 10
    assert rows[0] == rows[1]


def test_episodes_of_the_leaderboard_go_the_same_way_whoever_is_driven_beside_them():
    agent = agent_of()
    assert agent.side_by_side
    assert not agent_of(source="errors").side_by_side, "errors are drawn by the seed"

    def opening(seed):
        env = make(ENV, agent.interface.observation, kwargs={"limit_ticks": 12 + 4 * seed})
        return Opened(env, course_of(env, task="t", entry="e", run=0, episode=seed, seed=seed))

    openings = [partial(opening, seed) for seed in range(5)]
    by_episode = [sorted(play_together(agent, openings, at_once), key=lambda row: row.episode) for at_once in (1, 3, 8)]
    assert by_episode[0] == by_episode[1] == by_episode[2]
    assert [row.length for row in by_episode[0]] == [6, 8, 10, 12, 14]
    assert len({row.actions_sha256 for row in by_episode[0]}) == 5


def driven(scenario, variations, agent):
    """Bodies and actions of the egos, [W, ...], after a second."""
    stage = Stage(scenario, len(variations), options_for(scenario, agent))
    stage.begin(columns([one.values for one in variations]))
    pilot = pilot_for(agent, len(variations))
    for _ in range(10):
        pilot.act(stage, stage.live)
        stage.step()
    return stage.fleet.state.body[:, EGO].copy(), stage.fleet.actions.copy()


def test_a_variation_goes_as_it_goes_alone():
    """In batches of 64 that are filled up; with an error of perception at each step; by the last bit."""
    scenario = load_scenario("lane_keep_straight", {})
    variations = draw(scenario, 0, [0, 1, 2], {})
    agent = agent_of(source="errors", missed=0.0, jitter_m=0.0, false=0.5)
    together, alone = driven(scenario, variations, agent), driven(scenario, variations[2:], agent)
    assert np.array_equal(together[0][2:], alone[0])
    assert np.array_equal(together[1][2:], alone[1])
    assert np.ptp(together[0][:, SPEED]) > 0.0, "the variations differ"
