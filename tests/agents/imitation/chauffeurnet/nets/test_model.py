"""ChauffeurNet's nets: shapes, what is remembered from step to step, how places are chosen, and what is refused."""

from __future__ import annotations

import dataclasses
import itertools
import math

import pytest
import torch
from torch import nn

from agents.imitation.chauffeurnet.config import ChauffeurConfig
from agents.imitation.chauffeurnet.nets.agent_rnn import mean_place, median_place
from agents.imitation.chauffeurnet.nets.fast import FastChauffeurNet
from agents.imitation.chauffeurnet.nets.features import FeatureNet
from agents.imitation.chauffeurnet.nets.losses import IMITATION, LossWeights, total
from agents.imitation.chauffeurnet.nets.model import ChauffeurNet, ego_box
from agents.imitation.chauffeurnet.nets.prediction import cells_of
from agents.imitation.chauffeurnet.nets.sizes import Sizes
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from agents.recipe import load
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec, preset
from sim_suite.errors import SuiteError, UnknownNameError
from sim_suite.settings import build_config
from tests.agents.imitation.chauffeurnet.nets.arcs import SIZES as ARC_SIZES
from tests.agents.imitation.chauffeurnet.nets.arcs import SPEC, arcs

TINY = ChauffeurSpec(RasterSpec(("road", "ego"), (16, 24), 1.0, (12, 12)), 2, 3)
TINY_SIZES = Sizes(maps=(4, 6, 8), dilations=(1,), fold=2, hidden=5, meta=7)


def net(spec=TINY, sizes=TINY_SIZES, seed=0):
    torch.manual_seed(seed)
    return ChauffeurNet(spec, sizes).eval()


def rasters(count, spec=TINY, seed=0):
    dice = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, (count, *spec.raster.shape), dtype=torch.uint8, generator=dice)


def steps_of(network):
    """Records the planes [B, 2, h, w] (M, B) that each step of AgentRNN is given."""
    planes = []
    network.agent.step.register_forward_pre_hook(lambda _, given: planes.append(given[1].detach().clone()))
    return planes


@pytest.mark.parametrize(("stride", "fold"), [(1, 2), (2, 1), (2, 2), (1, 4), (4, 2)])
def test_shapes_for_every_stride_and_fold(stride, fold):
    spec = dataclasses.replace(TINY, stride=stride)
    rows, columns = spec.grid
    network = net(spec, dataclasses.replace(TINY_SIZES, fold=fold))
    said = network(rasters(2))
    assert said.waypoints.shape == said.offsets.shape == (2, 3, 2)
    assert said.headings.shape == said.speeds.shape == (2, 3)
    assert said.boxes.shape == said.place_logits.shape == said.box_logits.shape == (2, 3, rows, columns)
    assert said.object_logits is said.road_logits is None
    assert torch.allclose(said.boxes, said.box_logits.sigmoid())
    assert network.road(network.features(rasters(2))).shape == (2, rows, columns)


def test_training_says_roads_and_objects_too():
    torch.manual_seed(0)
    batch = arcs()
    said = ChauffeurNet(SPEC, ARC_SIZES)(batch.raster, batch)
    assert said.road_logits.shape == batch.road.shape
    assert said.object_logits.shape == batch.boxes.shape
    assert all(part.dtype == torch.float32 for part in said)


def places_of(logits, spec):
    """[B, N] The likeliest of the cells at the median distance, one by one."""
    columns = spec.grid[1]
    ego = [place / spec.stride for place in spec.raster.ego_row_col]
    cells = range(spec.grid[0] * columns)
    off = [round(math.hypot(cell // columns + 0.5 - ego[0], cell % columns + 0.5 - ego[1])) for cell in cells]
    chances = logits.flatten(2).softmax(2).tolist()
    found = []
    for example in chances:
        for plane in example:
            sums = list(
                itertools.accumulate(sum(plane[c] for c in cells if off[c] == ring) for ring in range(max(off) + 1))
            )
            middle = next(ring for ring, mass in enumerate(sums) if mass >= 0.5)
            found.append(max((c for c in cells if abs(off[c] - middle) <= 1), key=plane.__getitem__))
    return torch.tensor(found).view(logits.shape[:2])


def test_a_waypoint_is_the_likeliest_cell_at_the_median_distance_and_its_offset():
    said = net()(rasters(4))
    chosen = places_of(said.place_logits, TINY)
    assert (chosen != said.place_logits.flatten(2).argmax(2)).any(), "else the test could not tell them apart"
    assert torch.equal(cells_of(said.waypoints, 2, TINY.grid), chosen)
    corner = torch.stack([chosen // 12, chosen % 12], dim=-1)
    assert torch.allclose(said.waypoints, 2 * (corner + said.offsets.clamp(0, 1)))


def test_who_more_likely_goes_on_than_stands_goes_on():
    ring = torch.tensor([0, 0, 1, 2, 3, 4, 5, 5])
    chances = torch.tensor(
        [
            [0.3, 0.0, 0.1, 0.0, 0.1, 0.2, 0.2, 0.1],  # the likeliest cell is where it stands, but it stands with 0.4
            [0.6, 0.0, 0.1, 0.0, 0.1, 0.1, 0.1, 0.0],  # it more likely stands
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.4, 0.6],  # right or left: the likelier way
        ]
    )
    assert median_place(chances, ring, 5).tolist() == [5, 0, 7]


def test_the_mean_of_spread_places_leaves_out_what_is_far():
    """Chances 1, 2 and 1 in a row about cell (1, 2), and 4 in a corner three cells away; columns 1.5, 2.5, 3.5 and a row below at 1."""
    chances = torch.full((4, 5), 1e-30)
    chances[1, 1], chances[1, 2], chances[1, 3], chances[3, 4] = 1.0, 2.0, 1.0, 4.0
    logits = chances.log().expand(2, 1, 4, 5)
    cells = torch.tensor([[1 * 5 + 2], [3 * 5 + 4]])
    assert mean_place(logits, cells, 1.5)[0, 0].tolist() == pytest.approx([1.5, 2.5])
    assert mean_place(logits, cells, 1.5)[1, 0].tolist() == pytest.approx([3.5, 4.5])
    assert mean_place(logits, cells, 9.0)[0, 0].tolist() == pytest.approx([2.5, 3.5])


def test_a_network_of_spread_places_drives_by_their_mean_and_learns_by_cells():
    network, plain, raster = net(dataclasses.replace(TINY, spread=1.0)), net(), rasters(3)
    said, beside = network(raster), plain(raster)
    assert torch.equal(said.place_logits, beside.place_logits), "memory and boxes go by the cells"
    cells = cells_of(beside.waypoints, 2, TINY.grid)
    assert torch.allclose(said.waypoints, 2 * mean_place(said.place_logits, cells, 3.5), atol=1e-5)
    assert not torch.allclose(said.waypoints, beside.waypoints)
    assert torch.equal(network.train()(raster).waypoints, plain.train()(raster).waypoints)


def test_the_memory_counts_the_predicted_places_and_the_box_is_the_last_one():
    network, raster = net(), rasters(3)
    planes = steps_of(network)
    said = network(raster)
    cells, expected = cells_of(said.waypoints, 2, TINY.grid), torch.zeros(3, 8 * 12)
    for k, given in enumerate(planes):
        assert torch.equal(given[:, 0].flatten(1), expected)
        assert torch.equal(given[:, 1], ego_box(raster, TINY) if k == 0 else said.boxes[:, k - 1])
        for row in range(3):
            expected[row, cells[row, k]] += 1
    assert len(planes) == 3


def test_the_memory_of_driven_places_is_kept_where_they_are_known_and_imitated():
    torch.manual_seed(0)
    network = ChauffeurNet(SPEC, dataclasses.replace(ARC_SIZES, memory="driven")).train()
    batch = arcs()
    known, imitated = batch.known.clone(), batch.is_imitated.clone()
    known[1, 0], imitated[2] = False, 0.0
    batch = batch._replace(known=known, is_imitated=imitated)
    planes = steps_of(network)
    said = network(batch.raster, batch)
    predicted = said.place_logits[:, 0].flatten(1).argmax(1)
    driven = cells_of(batch.waypoints, SPEC.stride, SPEC.grid)[:, 0]
    marked = planes[1][:, 0].flatten(1).argmax(1)
    assert torch.equal(planes[1][:, 0].flatten(1).sum(1), torch.ones(8))
    assert (predicted != driven).all(), "else the test could not tell them apart"
    assert marked[0] == driven[0]
    assert marked[1] == predicted[1]
    assert marked[2] == predicted[2]
    planes.clear()
    said = network.eval()(batch.raster)
    predicted = cells_of(said.waypoints, SPEC.stride, SPEC.grid)[:, 0]
    assert torch.equal(planes[1][:, 0].flatten(1).argmax(1), predicted), "who drives remembers what it predicted"


def test_offset_heading_and_speed_are_said_of_the_driven_place_while_it_learns():
    torch.manual_seed(0)
    network, batch = ChauffeurNet(SPEC, ARC_SIZES).train(), arcs()
    planes, read = steps_of(network), []
    network.agent.meta.register_forward_pre_hook(lambda _, given: read.append(given[0]))
    said = network(batch.raster, batch)
    within = [cells_of(batch.waypoints, SPEC.stride, SPEC.grid)[:, 0], said.place_logits[:, 0].flatten(1).argmax(1)]
    fold, columns = ARC_SIZES.fold, SPEC.grid[1]
    numbers = [cell // columns % fold * fold + cell % columns % fold for cell in within]
    assert (within[0] != within[1]).all()
    assert torch.equal(read[0][:, -(fold**2) :].argmax(1), numbers[0])
    assert torch.equal(planes[1][:, 0].flatten(1).argmax(1), within[1]), "the memory keeps what was predicted"
    read.clear()
    network(batch.raster)
    assert torch.equal(read[0][:, -(fold**2) :].argmax(1), numbers[1])


def test_places_are_drawn_by_their_chances():
    """6,000 draws of one picture against P_1; the draw is remembered: P_2 follows from it."""
    network = net()
    with torch.no_grad():
        network.agent.step.out.weight.mul_(4)  # else all cells are about alike
        one = rasters(1)
        said = network(one.expand(6000, -1, -1, -1), dice=torch.Generator().manual_seed(5))
    drawn = torch.bincount(cells_of(said.waypoints, 2, TINY.grid)[:, 0], minlength=96) / 6000
    chances = said.place_logits[0, 0].flatten().softmax(0)
    assert float(chances.max()) > 3 / 96
    assert float((drawn - chances).abs().max()) < 5 * (float(chances.max()) / 6000) ** 0.5
    assert said.place_logits[:, 0].std(0).max() < 1e-4
    assert said.place_logits[:, 1].std(0).max() > 1e-3


def test_the_same_dice_draw_the_same():
    network, raster = net(), rasters(4)
    once, again, other = (network(raster, dice=torch.Generator().manual_seed(seed)).waypoints for seed in (1, 1, 2))
    assert torch.equal(once, again)
    assert not torch.equal(once, other)


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
def test_examples_are_independent(kind):
    torch.manual_seed(0)
    network, raster = kind(TINY, TINY_SIZES).eval(), rasters(3)
    together = network(raster)
    for row in range(3):
        for name, part in network(raster[row : row + 1])._asdict().items():
            if part is not None:
                assert torch.allclose(part[0], getattr(together, name)[row], atol=1e-5), name


def test_the_ego_box_is_the_mean_of_a_cells_pixels():
    raster = torch.zeros(1, 2, 16, 24, dtype=torch.uint8)
    raster[0, 1, 4, 6:8] = 255
    raster[0, 0] = 255
    box = ego_box(raster, TINY)
    assert box.shape == (1, 8, 12)
    assert box[0, 2, 3] == 0.5
    assert box.sum() == 0.5
    blind = dataclasses.replace(TINY, raster=dataclasses.replace(TINY.raster, channels=("road", "route")))
    assert torch.equal(ego_box(raster, blind), torch.zeros(1, 8, 12))


@pytest.mark.parametrize(("name", "raster", "stride"), [("small", "small", 2), ("paper", "chauffeurnet", 1)])
def test_features_of_the_recipes_see_from_corner_to_corner(name, raster, stride):
    config = build_config(ChauffeurConfig, load(f"chauffeurnet-{name}").config, name)
    spec, sizes = config.spec, config.sizes
    assert (spec.raster, spec.stride) == (preset(raster), stride)
    torch.manual_seed(0)
    network = FeatureNet(spec, sizes).eval()
    dark = torch.zeros(1, *spec.raster.shape, dtype=torch.uint8)
    lit = dark.clone()
    lit[0, :, :4, :4] = 255
    with torch.no_grad():
        before, after = network(dark), network(lit)
    assert before.shape[2:] == (spec.grid[0] // sizes.fold, spec.grid[1] // sizes.fold)
    assert (before[0, :, -1, -1] != after[0, :, -1, -1]).any()


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
def test_every_weight_learns(kind):
    torch.manual_seed(0)
    network, batch = kind(SPEC, ARC_SIZES), arcs()
    total(network(batch.raster, batch), batch, SPEC.stride, LossWeights())[0].backward()
    for name, weight in network.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().sum() > 0, name


@pytest.mark.parametrize("kind", [ChauffeurNet, FastChauffeurNet])
def test_losses_of_the_environment_alone_move_the_ego(kind):
    """They reach the first layer through the box, also of examples that are not imitated."""
    torch.manual_seed(0)
    network, batch = kind(SPEC, ARC_SIZES), arcs()
    batch = batch._replace(is_imitated=torch.zeros(8))
    loss, _ = total(network(batch.raster, batch), batch, SPEC.stride, LossWeights(objects=0, road=0))
    loss.backward()
    assert next(network.parameters()).grad.abs().sum() > 0
    assert float(loss.detach()) > 0
    assert sum(LossWeights(imitation=0).of(name) for name in IMITATION) == 0


@pytest.mark.parametrize(("road", "perception"), [(True, True), (False, True), (True, False)])
def test_parts_whose_losses_count_nothing_are_left_out(road, perception):
    torch.manual_seed(0)
    network, batch = ChauffeurNet(SPEC, ARC_SIZES), arcs()
    before = network(batch.raster, batch)
    network.leave_out(road, perception)
    said = network(batch.raster, batch)
    assert (said.road_logits is None) == road
    assert (said.object_logits is None) == perception
    assert torch.equal(said.box_logits, before.box_logits)
    total(said, batch, SPEC.stride, LossWeights())[0].backward()
    for name, weight in network.named_parameters():
        left = (name.startswith("road.") and road) or (name.startswith("perception.") and perception)
        assert (weight.grad is None) == left, name


def test_gradients_flow_from_one_step_to_the_one_before_through_the_box():
    torch.manual_seed(0)
    network = ChauffeurNet(TINY, TINY_SIZES)
    said = network(rasters(2))
    said.box_logits.retain_grad()
    firsts = torch.autograd.grad(said.box_logits[:, 2].sum(), network.agent.number, retain_graph=True)[0]
    assert firsts[0].abs().sum() > 0
    assert firsts[2].abs().sum() > 0


def test_bfloat16_says_nearly_the_same():
    network = net().to(memory_format=torch.channels_last)
    with torch.no_grad():
        full = network(rasters(4))
        with torch.autocast("cpu", torch.bfloat16):
            half = network(rasters(4))
    assert all(part is None or part.dtype == torch.float32 for part in half)
    assert torch.allclose(full.place_logits[:, 0], half.place_logits[:, 0], atol=0.03)
    assert torch.allclose(full.boxes[:, 0], half.boxes[:, 0], atol=0.01)


def test_the_fast_net_draws_its_boxes_where_it_goes():
    torch.manual_seed(0)
    network = FastChauffeurNet(TINY, TINY_SIZES).eval()
    with torch.no_grad():
        last = network.dense[-1]
        assert isinstance(last, nn.Linear)
        last.weight.zero_()
        last.bias.copy_(torch.tensor([-0.4, 0.2, 0.0, 0.5] * 3))
        said = network(rasters(1))
    assert torch.allclose(said.waypoints, torch.tensor([8.0, 14.0]).expand(1, 3, 2))
    assert torch.allclose(said.speeds, torch.full((1, 3), 5.0))
    area = TINY_SIZES.length_m * TINY_SIZES.width_m / TINY.metres_per_cell**2
    assert torch.allclose(said.boxes.sum((2, 3)), torch.full((1, 3), area))
    assert said.boxes[0, 0, 4, 7] == said.boxes[0, 0].max()
    with pytest.raises(SuiteError, match="cannot draw"):
        network(rasters(1), dice=torch.Generator())


def test_what_does_not_go_together_is_refused():
    with pytest.raises(SuiteError, match=r"stride 2 times fold 3 is 6; it must be one of \[2, 4, 8\]"):
        net(sizes=dataclasses.replace(TINY_SIZES, fold=3))
    odd = ChauffeurSpec(RasterSpec(("road",), (20, 24), 1.0, (12, 12)), 2)
    with pytest.raises(SuiteError, match=r"\(20, 24\) must be multiples of 8"):
        net(odd)
    with pytest.raises(SuiteError, match=r"\(20, 24\) must be multiples of 8"):
        FastChauffeurNet(odd, TINY_SIZES)
    with pytest.raises(UnknownNameError, match="predicted"):
        Sizes(memory="predictd")
    with pytest.raises(SuiteError, match="hidden must be above 0, not 0"):
        Sizes(hidden=0)
    with pytest.raises(SuiteError, match="two or more levels"):
        Sizes(maps=(32,))
