"""The ladder from noise to real pictures, the networks that features come from, and copies."""

from __future__ import annotations

import numpy as np
import pytest

from perception.generative.data.options import DataOptions
from perception.generative.metrics.domain_network import OF_SOURCE, domain_network
from perception.generative.metrics.ladder import LESS_IS_BETTER, NAMED, NEAREST, Judged, noise
from perception.training.checkpoint import INDEX, ZOO
from sim_suite.files import read_json

COUNT, COVERAGE = 48, "coverage"


@pytest.fixture(scope="module")
def signs():
    data = DataOptions("signs")
    source = data.open(0)
    return source, Judged(data, source, COUNT)


@pytest.mark.parametrize("source", OF_SOURCE)
def test_features_are_those_of_a_network_whose_hash_is_told(source):
    network = domain_network(source)
    name = network.name.removeprefix("zoo:")
    assert network.sha256 == read_json(ZOO / name / INDEX)["files"]["model.safetensors"]
    assert network.notes() == {"features": f"zoo:{name}, SHA-256 {network.sha256}"}
    shown = noise(3, (64, 64))
    features = network.extract(shown)
    assert features.shape == (3, 128)
    np.testing.assert_allclose(network.extract(shown[1:]), features[1:], rtol=1e-3, atol=1e-4)


def test_noise_stands_below_real_pictures_on_every_rung(signs):
    source, judged = signs
    fresh = source.batch(5, COUNT)
    told = judged.figures(fresh.pictures, fresh.conditions)
    for name in LESS_IS_BETTER:
        assert told[f"{name}_real"] < 0.5 * told[f"{name}_noise"]
        assert told[name] < 0.5 * told[f"{name}_noise"]
    # Among so few the balls about real pictures are wide enough to hold noise, so precision, recall and density do not tell them apart.
    for name in (COVERAGE, NAMED):
        assert told[f"{name}_real"] > told[f"{name}_noise"] + 0.3
        assert told[name] > told[f"{name}_noise"] + 0.3
    assert told[NEAREST] == pytest.approx(1.0, abs=0.3)


def test_what_was_learned_by_heart_is_seen(signs):
    source, judged = signs
    assert judged.figures(source.training(COUNT).pictures)[NEAREST] < 1e-3
