"""The ten losses by hand on tiny grids, their gradients, and how they are summed."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.nets import losses
from agents.imitation.chauffeurnet.nets.losses import ENVIRONMENT, IMITATION, TERMS, LossWeights, all_terms, total
from agents.imitation.chauffeurnet.nets.prediction import Prediction, cells_of
from sim_suite.errors import SuiteError

LOGIT = math.log(3)
"""Of a chance of 3/4."""


def planes(*rows):
    """[1, 1, h, w]"""
    return torch.tensor([[rows]], dtype=torch.float32)


def test_place_is_the_cross_entropy_of_the_right_cell():
    """Chances 1/8, 1/8, 1/8 and 5/8; (3.9, 2.0) of stride 2 lies in cell (1, 1), (0.5, 3.0) in (0, 1)."""
    logits = planes((0.0, 0.0), (0.0, math.log(5)))
    assert float(losses.place_loss(logits, torch.tensor([[[3.9, 2.0]]]), 2)) == pytest.approx(math.log(8 / 5))
    assert float(losses.place_loss(logits, torch.tensor([[[0.5, 3.0]]]), 2)) == pytest.approx(math.log(8))


def test_a_place_may_be_spread_over_its_neighbours():
    """A waypoint in the middle of a cell, spread by one: beside it exp(-1/2) as much. Without logits any target costs log of the cells."""
    beside = math.exp(-0.5)
    logits, chances = planes((0.0, math.log(2), math.log(4))), (beside, 1.0, beside)
    meant = (chances[1] * math.log(2) + chances[2] * math.log(4)) / (1 + 2 * beside)
    said = float(losses.place_loss(logits, torch.tensor([[[1.0, 3.0]]]), 2, 1.0))
    assert said == pytest.approx(math.log(7) - meant, abs=1e-6)
    assert float(losses.place_loss(torch.zeros(1, 1, 3, 4), torch.tensor([[[0.3, 5.9]]]), 2, 2.0)) == pytest.approx(
        math.log(12), abs=1e-6
    )


def test_a_narrow_spread_is_the_one_cell():
    logits = torch.randn(2, 3, 5, 4, generator=torch.Generator().manual_seed(1))
    middles = 2.0 * torch.randint(0, 4, (2, 3, 2), generator=torch.Generator().manual_seed(2)) + 1.0
    torch.testing.assert_close(losses.place_loss(logits, middles, 2, 0.01), losses.place_loss(logits, middles, 2))


def test_cells_are_counted_row_by_row_and_places_outside_go_to_the_border():
    places = torch.tensor([[0.0, 0.0], [1.99, 2.0], [2.0, 5.9], [-3.0, 99.0], [4.0, 6.0]])
    assert cells_of(places, 2, (2, 3)).tolist() == [0, 1, 5, 2, 5]


def test_box_is_the_mean_cross_entropy():
    """A chance of 3/4 where the box is, of 1/2 where it half is, of 1/4 and 3/4 where it is not."""
    logits, boxes = planes((LOGIT, 0.0), (-LOGIT, LOGIT)), planes((1.0, 0.5), (0.0, 0.0))
    expected = (math.log(4 / 3) + math.log(2) + math.log(4 / 3) + math.log(4)) / 4
    assert losses.box_loss(logits, boxes).tolist() == [[pytest.approx(expected)]]
    assert losses.objects_loss(logits, boxes).tolist() == [[pytest.approx(expected)]]
    assert losses.road_loss(logits[0], boxes[0]).tolist() == [pytest.approx(expected)]


def test_plane_losses_stay_finite_where_a_sigmoid_would_not():
    assert losses.box_loss(planes((200.0, -200.0)), planes((0.0, 1.0))).tolist() == [[200.0]]


def test_heading_goes_the_shorter_way_round():
    predicted, driven = torch.tensor([[0.3, 3.0, -3.0, 7.0]]), torch.tensor([[0.5, -3.0, 3.0, 7.0]])
    short = 2 * math.pi - 6
    assert losses.heading_loss(predicted, driven)[0].tolist() == pytest.approx([0.2, short, short, 0.0], abs=1e-6)


def test_offset_is_measured_within_the_cell():
    """(7, 4) of stride 2 is (3.5, 2) of the grid: half down its cell, and at its left border."""
    loss = losses.offset_loss(torch.tensor([[[0.75, 0.5]]]), torch.tensor([[[7.0, 4.0]]]), 2)
    assert loss.tolist() == [[0.75]]


def test_speed_and_waypoint():
    assert losses.speed_loss(torch.tensor([[3.0, -1.0]]), torch.tensor([[5.0, 1.5]])).tolist() == [[2.0, 2.5]]
    predicted, driven = torch.tensor([[[7.0, 4.0]]]), torch.tensor([[[6.0, 8.0]]])
    assert losses.waypoint_loss(predicted, driven, 2).tolist() == [[2.5]]


def test_collision_on_road_and_geometry_are_means_over_the_grid():
    boxes = planes((1.0, 0.5, 0.0), (0.0, 0.25, 0.0), (0.0, 0.0, 0.0))
    there = planes((0.0, 1.0, 1.0), (0.0, 0.5, 1.0), (0.0, 0.0, 1.0))
    assert losses.collision_loss(boxes, there).tolist() == [[pytest.approx((0.5 + 0.125) / 9)]]
    outside = (1.0 + 0.0 + 0.25 * 0.5) / 9
    assert losses.on_road_loss(boxes, there[:, 0]).tolist() == [[pytest.approx(outside)]]
    assert losses.geometry_loss(boxes, there[:, 0]).tolist() == [[pytest.approx(outside)]]


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: losses.place_loss(x.view(1, 2, 2, 3), torch.tensor([[[1.0, 2.5], [0.2, 0.1]]]), 1),
        lambda x: losses.place_loss(x.view(1, 2, 2, 3), torch.tensor([[[1.0, 2.5], [0.2, 0.1]]]).double(), 1, 0.7),
        lambda x: losses.box_loss(x.view(1, 2, 2, 3), torch.linspace(0, 1, 12).double().view(1, 2, 2, 3)),
        lambda x: losses.objects_loss(x.view(1, 2, 2, 3), torch.linspace(0, 1, 12).double().view(1, 2, 2, 3)),
        lambda x: losses.road_loss(x.view(2, 2, 3), torch.linspace(0, 1, 12).double().view(2, 2, 3)),
        lambda x: losses.heading_loss(x.view(2, 6), torch.full((2, 6), 0.1).double()),
        lambda x: losses.offset_loss(x.view(1, 6, 2), torch.full((1, 6, 2), 7.3).double(), 2),
        lambda x: losses.waypoint_loss(x.view(1, 6, 2), torch.full((1, 6, 2), 0.1).double(), 2),
        lambda x: losses.speed_loss(x.view(2, 6), torch.full((2, 6), 0.1).double()),
        lambda x: losses.collision_loss(x.view(1, 2, 2, 3), torch.linspace(0, 1, 12).double().view(1, 2, 2, 3)),
        lambda x: losses.on_road_loss(x.view(1, 2, 2, 3), torch.linspace(0, 1, 6).double().view(1, 2, 3)),
        lambda x: losses.geometry_loss(x.view(1, 2, 2, 3), torch.linspace(0, 1, 6).double().view(1, 2, 3)),
    ],
    ids=[
        "place",
        "spread place",
        "box",
        "objects",
        "road",
        "heading",
        "offset",
        "waypoint",
        "speed",
        "collision",
        "on_road",
        "geometry",
    ],
)
def test_gradients_are_those_of_finite_differences(loss):
    values = torch.randn(12, generator=torch.Generator().manual_seed(3), dtype=torch.float64).requires_grad_()
    assert torch.autograd.gradcheck(loss, values)


def example(known=((True, True), (True, False))):
    """Two examples of two waypoints on a grid of 2 x 2, and a prediction that is wrong everywhere, all from one seed."""
    dice = torch.Generator().manual_seed(0)

    def rand(*shape):
        return torch.rand(*shape, generator=dice)

    batch = Batch(
        torch.zeros(2, 1, 8, 8, dtype=torch.uint8), 4 * rand(2, 2, 2), rand(2, 2), rand(2, 2), torch.tensor(known),
        rand(2, 2, 2, 2), rand(2, 3, 2, 2), rand(2, 2, 2), rand(2, 2, 2), torch.tensor([1.0, 0.1]), torch.tensor([0.0, 1.0]),
    )  # fmt: skip
    prediction = Prediction(
        rand(2, 2, 2), rand(2, 2), rand(2, 2), rand(2, 2, 2, 2), rand(2, 2, 2, 2), rand(2, 2, 2), rand(2, 2, 2, 2),
        rand(2, 2, 2, 2), rand(2, 2, 2),
    )  # fmt: skip
    return prediction, batch


def test_the_sum_by_hand():
    """Known waypoints added, examples weighed by 1 and 0.1, imitation gated by 0 and 1, and the mean over the two."""
    prediction, batch = example()
    terms = all_terms(prediction, batch, 2)
    assert set(terms) == set(TERMS) - {"waypoint"}, "a network that says P_k has no waypoint loss"
    loss, means = total(prediction, batch, 2, LossWeights(imitation=0.5, environment=2.0, collision=3.0))
    expected = 0.0
    for name, each in terms.items():
        first, second = (
            (float(each[0]), float(each[1])) if name == "road" else (float(each[0].sum()), float(each[1, 0]))
        )
        own = {"collision": 3.0}.get(name, 1.0)
        expected += 0.5 * own * 0.1 * second / 2 if name in IMITATION else 2.0 * own * (first + 0.1 * second) / 2
        assert float(means[name]) == pytest.approx((first + second) / (2 if name == "road" else 3))
    assert float(loss) == pytest.approx(expected)


def test_nothing_is_learned_from_unknown_waypoints():
    """What the batch says there changes nothing, and no gradient reaches what was predicted there."""
    prediction, batch = example()
    changed = batch._replace(
        waypoints=batch.waypoints.clone(), boxes=batch.boxes.clone(), speeds=batch.speeds.clone(),
        headings=batch.headings.clone(), others=batch.others.clone(),
    )  # fmt: skip
    for part in (changed.waypoints, changed.boxes, changed.speeds, changed.headings):
        part[1, 1] = -1e6
    changed.others[1, 2] = 0.0
    leaves = Prediction(*(part.clone().requires_grad_() for part in prediction))
    loss, means = total(leaves, changed, 2, LossWeights())
    before, means_before = total(prediction, batch, 2, LossWeights())
    assert float(loss.detach()) == float(before)
    assert means == means_before
    loss.backward()
    for name, part in leaves._asdict().items():
        if name not in ("waypoints", "road_logits"):
            assert part.grad[1, 1].abs().sum() == 0, name
            assert part.grad[1, 0].abs().sum() > 0, name


def test_imitation_dropout_gates_each_example():
    """The first example is not imitated: only losses of the environment reach it."""
    prediction, batch = example()
    leaves = Prediction(*(part.clone().requires_grad_() for part in prediction))
    total(leaves, batch, 2, LossWeights())[0].backward()
    for name in ("headings", "speeds", "place_logits", "offsets", "box_logits"):
        grad = getattr(leaves, name).grad
        assert grad[0].abs().sum() == 0, name
        assert grad[1].abs().sum() > 0, name
    for name in ("boxes", "object_logits", "road_logits"):
        assert getattr(leaves, name).grad[0].abs().sum() > 0, name


def test_a_weight_of_zero_turns_a_group_off():
    prediction, batch = example()
    leaves = Prediction(*(part.clone().requires_grad_() for part in prediction))
    total(leaves, batch, 2, LossWeights(environment=0.0))[0].backward()
    assert leaves.boxes.grad.abs().sum() == leaves.road_logits.grad.abs().sum() == 0
    assert {name: LossWeights(imitation=0.0).of(name) for name in TERMS} == {
        name: float(name in ENVIRONMENT) for name in TERMS
    }


def test_a_network_without_places_learns_by_its_waypoints():
    prediction, batch = example()
    said = prediction._replace(place_logits=None, offsets=None, box_logits=None, object_logits=None, road_logits=None)
    assert set(all_terms(said, batch, 2)) == {"waypoint", "heading", "speed", "collision", "on_road", "geometry"}


def test_every_term_has_a_weight():
    fields = {field.name for field in dataclasses.fields(LossWeights)}
    assert fields == {"imitation", "environment", *TERMS}


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_senseless_weights_are_refused(weight):
    with pytest.raises(SuiteError, match="the weight of speed is"):
        LossWeights(speed=weight)
