"""The agent: memory and held actions go through its state, episode by episode; what is saved is what is loaded."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.checkpoint import Description
from agents.checkpoint import load as load_checkpoint
from agents.checkpoint import save as save_checkpoint
from agents.interface import Interface
from agents.world_models.agent import MemoryAndController, WorldModelAgent, WorldModelSpec
from agents.world_models.controller import act
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import seeded
from tests.agents.world_models.tiny_vision import LATENTS, vision

SPEC = WorldModelSpec(LATENTS, units=5, gaussians=2, hold=3, precision="float32")
FRAMES = np.random.default_rng(0).integers(0, 256, (8, 2, 96, 96, 3)).astype(np.uint8)


@pytest.fixture
def agent():
    with seeded(2):
        network = MemoryAndController(SPEC).eval()
        network.controller.copy_(torch.randn(len(network.controller)))
    return WorldModelAgent(SPEC, vision(), network)


def acted(agent, frames, starts=None):
    found, state = [], None
    for step, frame in enumerate(frames):
        action, state = agent.predict(frame, state, None if starts is None else starts[step], True)
        found.append(action)
    return np.stack(found)


def test_actions_follow_from_what_is_seen_and_remembered_and_are_held(agent):
    found = acted(agent, FRAMES)
    assert found.shape == (8, 2, 3)
    assert found.dtype == np.float32
    memory = agent.network.memory.blank(2)
    with torch.inference_mode():
        for step in range(8):
            if step % SPEC.hold == 0:
                seen, _ = agent.vision.encode(agent.vision.shown(FRAMES[step]))
                expected = act(agent.network.controller.expand(2, -1), seen, memory[:, 0])
                memory = agent.network.memory.step(seen, expected, memory)
            assert np.allclose(found[step], expected.numpy(), atol=1e-6)
    assert not np.allclose(found[0], found[3])


def test_an_episode_that_begins_knows_nothing_of_the_one_before(agent):
    """The second row begins anew at step 4, within a held action of the first."""
    starts = np.zeros((8, 2), np.bool_)
    starts[0] = True
    starts[4, 1] = True
    found = acted(agent, FRAMES, starts)
    assert np.allclose(found[:, 0], acted(agent, FRAMES)[:, 0], atol=1e-6)
    assert np.allclose(found[4:, 1], acted(agent, FRAMES[4:])[:, 1], atol=1e-6)


def test_without_deterministic_it_acts_the_same(agent):
    assert np.array_equal(
        agent.predict(FRAMES[0], deterministic=False)[0], agent.predict(FRAMES[0], deterministic=True)[0]
    )


def test_a_state_is_not_changed_by_the_next_call(agent):
    _, state = agent.predict(FRAMES[0])
    before = [part.copy() for part in state]
    agent.predict(FRAMES[1], state)
    assert all(np.array_equal(one, other) for one, other in zip(state, before, strict=True))


def test_a_checkpoint_acts_as_what_was_saved(agent, tmp_path):
    description = Description("world-models", "sim_suite/CarRacing-v0", {}, agent.interface, {})
    save_checkpoint(tmp_path / "checkpoint", agent, description)
    loaded, found = load_checkpoint(tmp_path / "checkpoint")
    assert found.interface == Interface.from_dict(agent.interface.to_dict()) == agent.interface
    assert np.array_equal(acted(loaded, FRAMES), acted(agent, FRAMES))


def test_other_frames_and_states_are_refused(agent):
    with pytest.raises(SuiteError, match=r"frames of uint8 \[B, 96, 96, 3\], not uint8 \(1, 64, 64, 3\)"):
        agent.predict(np.zeros((1, 64, 64, 3), np.uint8))
    with pytest.raises(SuiteError, match="2 frames go with what the last call returned for 2 episodes"):
        agent.predict(FRAMES[0], np.zeros(2))
