"""Whoever adds an environment gets these: its episodes are recorded, simulated again equally, surveyed, drawn, exported, imported."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.envs.catalog import cards
from sim_suite.episodes.exchange.minari_export import export
from sim_suite.episodes.exchange.minari_import import load
from sim_suite.episodes.replay.redraw import moments, pace, pictures
from sim_suite.episodes.replay.simulate import remake
from sim_suite.episodes.replay.verify import verify
from sim_suite.episodes.store.dataset import Dataset
from sim_suite.episodes.survey.page import render
from sim_suite.episodes.survey.survey import survey
from tests.episodes.altering import recorded

STEPS = 12
SMALL = {"driving": {"map": "straight_street", "actors": 3}}


@pytest.fixture(scope="module", params=[one.id for one in cards().values() if one.ready is None])
def dataset(request, tmp_path_factory):
    """Two episodes by seeds, the second in an environment that was used before."""
    one = cards()[request.param]
    kwargs = SMALL.get(one.family) if one.id == "sim_suite/Driving-v0" else None
    return Dataset(recorded(tmp_path_factory.mktemp("every") / "one", one.id, (3, 8), kwargs=kwargs, steps=STEPS))


def test_it_comes_out_the_same(dataset):
    for episode in dataset.episodes():
        with remake(episode) as env:
            found = verify(episode, env)
        assert found.difference is None, str(found.difference)
        assert found.steps == len(episode) > 0


def test_it_is_drawn(dataset):
    episode = dataset.open(dataset.entries[1])
    found = list(pictures(episode))
    assert len(found) == moments(episode) == len(episode) + 1
    assert {(one.dtype, one.ndim, one.shape[2]) for one in found} == {(np.dtype(np.uint8), 3, 3)}
    assert len({one.shape for one in found}) == 1
    assert min(found[0].shape[:2]) >= 64
    assert pace(episode) > 0


def test_it_is_surveyed(dataset):
    found = survey(dataset, dataset.entries)
    assert found.steps == sum(entry.steps for entry in dataset.entries)
    for deeds in found.deeds:
        assert not len(deeds.classes) or deeds.classes.sum() == found.steps
        assert all(one.counts.sum() == found.steps for one in deeds.histograms)
    assert dataset.entries[0].env in render(found)


def test_it_goes_to_minari_and_back(dataset, tmp_path):
    export(dataset, dataset.entries, tmp_path / "out")
    load(tmp_path / "out", tmp_path / "back")
    assert [entry.digest for entry in Dataset(tmp_path / "back").entries] == [e.digest for e in dataset.entries]
