"""Networks that are asked while something drives: shipped ones say as good as the same, and are left as they were."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from perception.classification.opening import open_classifier
from perception.detection.opening import open_named
from perception.segmentation.task import segment
from perception.training.checkpoint import load
from sim_suite.envs.driving.env import DrivingEnv
from sim_suite.learning.inferring import inferring, quick

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def seen():
    return DrivingEnv(map="town_1km", observation="sensors").reset(seed=3)[0]


def test_labels_are_those_of_float32_but_for_a_few_pixels(seen):
    network = load("zoo:segmentation-driving").network
    before = {name: value.clone() for name, value in network.state_dict().items()}
    exact, close = segment(network, seen["around"], CPU), segment(quick(network), seen["around"], CPU, is_quick=True)
    assert len(np.unique(exact)) > 3
    assert (exact == close).mean() > 0.98
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name])


def test_boxes_are_those_of_float32(seen):
    shown = np.ascontiguousarray(seen["around"].transpose(0, 3, 1, 2).astype(np.float32) / 255.0)
    exact, close = (open_named("zoo:yolo", "cpu", is_quick=one).predict(shown) for one in (False, True))
    assert close.dtype == np.float32
    np.testing.assert_allclose(close[..., 4:], exact[..., 4:], atol=0.06)
    sure = exact[..., 4] > 0.3
    np.testing.assert_allclose(close[sure], exact[sure], atol=1.5, rtol=0.05)


def test_chances_are_those_of_float32(seen):
    crops = np.stack([seen["around"][0, 40:72, 8 * i : 8 * i + 32] for i in range(6)])
    exact, close = (open_classifier("zoo:signs", is_quick=one).classify(crops) for one in (False, True))
    np.testing.assert_allclose(close.chances, exact.chances, atol=0.06)
    np.testing.assert_allclose(close.chances.sum(axis=1), 1.0, atol=1e-5)


def test_what_is_inferred_has_no_gradients_and_float32_stays_where_it_is_asked():
    layer = torch.nn.Linear(3, 2)
    with inferring(CPU, is_quick=False):
        said = layer(torch.ones(1, 3))
    assert said.dtype == torch.float32
    assert not said.requires_grad
