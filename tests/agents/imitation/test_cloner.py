"""One step of training: what is drawn at random belongs to the batch, and pictures are moved where that is asked for."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from agents.imitation.action_grid import grid_for
from agents.imitation.cloner import Cloner, refuse_augmenting
from agents.imitation.config import ClonerConfig
from agents.imitation.policy import PolicySpec, bounds_of
from agents.interface import Task
from sim_suite.envs.views import View
from sim_suite.errors import SuiteError
from tests.agents.imitation.cloning_by_hand import CAR_ACTIONS, PICTURE, done, shown

GREY = View("pixels", grey=True)
PLACES = np.arange(8) % 4
SEEN = torch.from_numpy(np.ascontiguousarray(shown(PLACES)[..., 0]))
DONE = torch.from_numpy(done(PLACES))


def weights_after(*, number=3, displace=True, **config):
    """The network's first weights after a step on eight pictures."""
    settings = ClonerConfig(policy="alvinn", head="regression", view=GREY, dropout=0.5, **config)
    low, high = bounds_of(CAR_ACTIONS)
    spec = PolicySpec("alvinn", "regression", GREY, PICTURE[:2], grid_for(CAR_ACTIONS, "fine"), low, high)
    cloner = Cloner(spec, settings, 7, "cpu")
    torch.manual_seed(99)  # what surrounds the step has no part in it
    cloner.learn(SEEN, DONE, number, 1e-2, spec.head_of(), displace=displace)
    return next(cloner.network.parameters()).detach().clone()


def test_a_step_is_a_function_of_the_seed_and_the_batchs_number():
    assert torch.equal(weights_after(), weights_after())
    assert not torch.equal(weights_after(), weights_after(number=4)), "dropout falls elsewhere"


def test_pictures_are_moved_where_that_is_asked_for():
    plain, moved = weights_after(), weights_after(shift_m=4.0, turn_rad=0.3)
    assert not torch.equal(plain, moved)
    assert torch.equal(plain, weights_after(shift_m=4.0, turn_rad=0.3, displace=False))


def test_pictures_are_shown_otherwise_where_that_is_asked_for():
    plain, lit = weights_after(), weights_after(augment="classical", augment_share=1.0)
    assert not torch.equal(plain, lit)
    assert torch.equal(lit, weights_after(augment="classical", augment_share=1.0))
    assert torch.equal(plain, weights_after(augment="classical", augment_share=0.0))
    with pytest.raises(SuiteError, match="a raster is none"):
        ClonerConfig(view=View("raster"), augment="classical")


def test_pictures_whose_ground_is_unknown_cannot_be_moved():
    task = Task("CartPole-v1", CAR_ACTIONS, CAR_ACTIONS, {})
    with pytest.raises(SuiteError, match=r"not of CartPole-v1 in 96 x 96"):
        refuse_augmenting(ClonerConfig(shift_m=1.0), task, (1, 96, 96))
    refuse_augmenting(ClonerConfig(), task, (1, 96, 96))
