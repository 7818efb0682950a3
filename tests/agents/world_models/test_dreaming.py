"""Dreams: awake they are the drive; asleep they see nothing of it; cold ones go where the mixture is likeliest."""

from __future__ import annotations

import pytest
import torch

from agents.world_models.controller import act, parameters_of
from agents.world_models.dreaming import dream
from agents.world_models.mdn_rnn import MdnRnn
from sim_suite.errors import SuiteError
from sim_suite.learning.torch_blocks import seeded

STEPS, LATENTS = 9, 3


@pytest.fixture(scope="module")
def parts():
    with seeded(4):
        memory = MdnRnn(LATENTS, 3, 6, 2).eval()
        return memory, torch.randn(parameters_of(LATENTS, 6)), torch.randn(STEPS, LATENTS), torch.rand(STEPS, 3)


def test_awake_it_is_the_drive_and_asleep_it_sees_nothing_of_it(parts):
    memory, controller, latents, actions = parts
    found = dream(memory, controller, latents, actions, 4, 1.0, seed=1, acts=False)
    assert torch.equal(found.latents[:4], latents[:4])
    assert torch.equal(found.actions, actions)
    other = torch.cat([latents[:4], torch.randn(5, LATENTS)])
    assert torch.equal(dream(memory, controller, other, actions, 4, 1.0, 1, False).latents, found.latents)
    assert not torch.equal(dream(memory, controller, latents, actions, 4, 1.0, 2, False).latents, found.latents)
    turned = torch.cat([actions[:5], 1 - actions[5:]])
    later = dream(memory, controller, latents, turned, 4, 1.0, 1, False).latents
    assert torch.equal(later[:6], found.latents[:6])
    assert not torch.equal(later[6], found.latents[6]), "what is done is dreamt of"


def test_nearly_frozen_it_dreams_the_likeliest_mean(parts):
    memory, controller, latents, actions = parts
    found = dream(memory, controller, latents, actions, 2, 1e-8, seed=0, acts=False)
    with torch.inference_mode():
        state = memory.blank(1)
        for step in range(STEPS):
            if step >= 2:
                said = memory.foretold(state)
                likeliest = said.means.gather(-1, said.log_weights.argmax(-1, keepdim=True))[0, :, 0]
                assert torch.allclose(found.latents[step], likeliest, atol=1e-3)
            state = memory.step(found.latents[step, None], actions[step, None], state)


def test_the_controller_acts_in_its_dream(parts):
    memory, controller, latents, actions = parts
    found = dream(memory, controller, latents, actions, 3, 1.0, seed=0, acts=True)
    assert torch.equal(found.actions[:3], actions[:3])
    with torch.inference_mode():
        state = memory.blank(1)
        for step in range(STEPS):
            if step >= 3:
                chosen = act(controller[None], found.latents[step, None], state[:, 0])[0]
                assert torch.allclose(found.actions[step], chosen, atol=1e-6)
            state = memory.step(found.latents[step, None], found.actions[step, None], state)


@pytest.mark.parametrize(("awake", "temperature"), [(0, 1.0), (STEPS + 1, 1.0), (3, 0.0)])
def test_what_is_no_dream_is_refused(parts, awake, temperature):
    with pytest.raises(SuiteError, match="begins after 1 to 9 decisions"):
        dream(*parts, awake, temperature, 0, False)
