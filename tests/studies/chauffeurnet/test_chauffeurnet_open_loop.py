"""Distances in the open loop by hand; held-out examples are the same each time; what was judged is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from agents.imitation.chauffeurnet.data.drawing import new_batch
from agents.imitation.chauffeurnet.data.experience import ExperienceOptions
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.studies.chauffeurnet import judging
from sim_suite.studies.chauffeurnet.driving import Named
from sim_suite.studies.chauffeurnet.examples import held_out
from sim_suite.studies.chauffeurnet.open_loop import distances, judge

SPEC = ChauffeurSpec(preset("small"), 2, waypoints=3)
FORESEER = f"{Path(__file__).parent / 'watchers.py'}:Foreseer"
FEW = ExperienceOptions(maps=("loop_straight",), practice=0, worlds=2, seconds=8.0, actors=8, drivers=("idm",))


@pytest.fixture(scope="module")
def few():
    return held_out(12, 10_000, FEW)


def batch(count=2):
    made = new_batch(SPEC, count)
    made.waypoints.zero_()
    made.known.fill_(True)
    return made


def test_pixels_between_predicted_and_driven():
    made = batch()
    predicted = torch.tensor([[[3.0, 4.0], [0.0, 2.0], [0.0, 0.0]], [[5.0, 12.0], [1.0, 0.0], [8.0, 15.0]]])
    assert distances(predicted, made).tolist() == [[5.0, 2.0, 0.0], [13.0, 1.0, 17.0]]


def test_examples_with_an_unknown_waypoint_do_not_count():
    made = batch()
    made.known[0, 2] = False
    assert distances(torch.ones(2, 3, 2), made).shape == (1, 3)


def test_means_over_batches_in_metres_and_pixels():
    one, other = batch(1), batch(3)
    said = {1: torch.tensor([[[0.0, 4.0]] * 3]), 3: torch.zeros(3, 3, 2)}
    found = judge("M4", "clean", SPEC, [one, other], lambda rasters: said[len(rasters)])
    assert found.examples == 4
    assert found.l2_px == pytest.approx((1.0, 1.0, 1.0))
    assert found.l2_m == pytest.approx((0.5, 0.5, 0.5))  # half a metre a pixel


def test_held_out_examples_are_the_same_again(few):
    for data in ("clean", "perturbed"):
        first, again = (list(few.batches(SPEC, data)) for _ in range(2))
        assert sum(len(one.weight) for one in first) == 12
        for one, other in zip(first, again, strict=True):
            assert all(torch.equal(part, same) for part, same in zip(one, other, strict=True))


def test_of_perturbed_examples_those_count_whose_perturbation_was_not_refused(few):
    clean, perturbed = (
        torch.cat([one.waypoints for one in few.batches(SPEC, data)]) for data in ("clean", "perturbed")
    )
    known = torch.cat([one.known.any(dim=1) for one in few.batches(SPEC, "perturbed")])
    assert known.any()
    assert (clean != perturbed)[known].flatten(1).any(dim=1).all()


def test_what_was_judged_is_not_judged_again(few, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(judging, "held_out", lambda count, seed: drawn.append((count, seed)) or few)
    named = Named("M4", FORESEER)
    first = judging.judge_agent(named, "clean", 12, 10_000, tmp_path)
    assert first.examples > 0
    assert judging.judge_agent(named, "clean", 12, 10_000, tmp_path) == first
    assert drawn == [(12, 10_000)]
    judging.judge_agent(named, "clean", 12, 10_001, tmp_path)
    assert drawn == [(12, 10_000), (12, 10_001)]


def test_who_says_no_waypoints_is_passed_over(tmp_path):
    assert judging.judge_agent(Named("idm", "idm"), "clean", 12, 0, tmp_path) is None
