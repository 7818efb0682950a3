"""A picture depends on its own world alone: not on the batch, the thread, the actors' slots, nor what was in memory before."""

from __future__ import annotations

import numpy as np
import pytest

from sim_suite.compiling.sharing import at_most
from sim_suite.driving.sensors.raster.raster import Rasteriser
from sim_suite.driving.sensors.raster.raster_spec import preset
from sim_suite.driving.world.kinds import NO_CONTROL
from sim_suite.driving.world.layout import CONTROL, NUM_ACTORS, State
from sim_suite.errors import SuiteError
from tests.driving.sensors.scenes import prepared, scene

SPEC = preset("bench")


def rows(state: State, chosen) -> State:
    return State(*(field[chosen].copy() for field in state))


def drawn(rasteriser: Rasteriser, state: State, fill: int = 0, **options) -> np.ndarray:
    worlds = state.num_worlds if "which" not in options else len(options["which"])
    out = np.full((worlds, state.legs.shape[1], *SPEC.shape), fill, np.uint8)
    rasteriser.draw(state, out, **options)
    return out


@pytest.fixture(scope="module")
def town():
    driving_map = prepared("town_1km")
    return Rasteriser(driving_map, SPEC), scene(driving_map, 9, agents=2, seed=2)


def test_a_world_of_a_batch_equals_it_alone(town):
    rasteriser, state = town
    batch = drawn(rasteriser, state)
    assert batch.any()
    for w in (0, 5, 8):
        assert np.array_equal(batch[w : w + 1], drawn(rasteriser, rows(state, [w])))
    assert np.array_equal(batch[[7, 2]], drawn(rasteriser, state, which=np.array([7, 2], np.int32)))


def test_threads_and_old_memory_change_nothing(town):
    rasteriser, state = town
    with_threads = drawn(rasteriser, state, fill=200)
    with at_most(1):
        assert np.array_equal(with_threads, drawn(rasteriser, state, fill=3))


def test_the_order_of_slots_changes_nothing(town):
    rasteriser, state = town
    order = np.concatenate(([0, 1], 2 + np.random.default_rng(0).permutation(14)))
    shuffled = state._replace(body=state.body[:, order], mind=state.mind[:, order], trail=state.trail[:, order])
    assert np.array_equal(drawn(rasteriser, state), drawn(rasteriser, shuffled))


def test_one_actor_changes_only_its_own_world(town):
    rasteriser, state = town
    before = drawn(rasteriser, state)
    state = rows(state, slice(None))
    state.body[4, 3, 0] += 0.7
    state.mind[4, 5:, CONTROL] = NO_CONTROL
    after = drawn(rasteriser, state)
    assert [not np.array_equal(before[w], after[w]) for w in range(9)] == [w == 4 for w in range(9)]


def test_empty_slots_are_not_drawn_and_egos_in_them_see_nothing(town):
    rasteriser, state = town
    state = rows(state, [0, 1])
    state.mind[0, 1, CONTROL] = NO_CONTROL
    state.world[1, NUM_ACTORS] = 2
    out = drawn(rasteriser, state, fill=9)
    assert not out[0, 1].any()
    others = [name.startswith("actors") for name in SPEC.channels]
    state.mind[1, 2:, CONTROL] = NO_CONTROL
    assert np.array_equal(out[1][:, others], drawn(rasteriser, state)[1][:, others])


def test_maps_that_lie_far_out_count_from_their_origin():
    here = prepared("crossroads")
    terrain = here.ground.terrain._replace(origin_x=64.0, origin_y=-32.0)
    there = here._replace(ground=here.ground._replace(terrain=terrain))
    state = scene(here, 3, seed=5)
    for field, width in ((state.body, 2), (state.trail, 2)):
        field[..., :width] = np.round(field[..., :width] * 64.0) / 64.0  # so that moving them loses no bits
    moved = rows(state, slice(None))
    moved.body[..., :2] -= 64.0, -32.0
    moved.trail[..., :2] -= 64.0, -32.0
    assert np.array_equal(drawn(Rasteriser(here, SPEC), state), drawn(Rasteriser(there, SPEC), moved))


def test_pictures_go_into_a_part_of_a_larger_array(town):
    rasteriser, state = town
    ring = np.zeros((3, 9, 2, *SPEC.shape), np.uint8)
    rasteriser.draw(state, ring[1])
    assert np.array_equal(ring[1], drawn(rasteriser, state))
    assert not ring[0].any()
    assert not ring[2].any()


def test_a_torch_tensor_is_filled_in_place(town):
    torch = pytest.importorskip("torch")
    rasteriser, state = town
    tensor = torch.zeros((9, 2, *SPEC.shape), dtype=torch.uint8)
    rasteriser.draw(state, tensor.numpy())
    assert np.array_equal(tensor.numpy(), drawn(rasteriser, state))


@pytest.mark.parametrize(
    "out",
    [
        np.zeros((9, 1, *SPEC.shape), np.uint8),
        np.zeros((9, 2, *SPEC.shape), np.float32),
        np.zeros((9, 2, 17, 192, 384), np.uint8)[..., ::2],
    ],
)
def test_memory_that_does_not_fit_is_refused(town, out):
    rasteriser, state = town
    with pytest.raises(SuiteError, match=r"\(9, 2, 17, 192, 192\)"):
        rasteriser.draw(state, out)


def test_other_misfits_are_refused(town):
    rasteriser, state = town
    out = np.zeros((9, 2, *SPEC.shape), np.uint8)
    with pytest.raises(SuiteError, match="needs trail=40"):
        rasteriser.draw(state._replace(trail=state.trail[:, :, :39]), out)
    with pytest.raises(SuiteError, match=r"visible has shape \(9, 16\); give \(9, 2, 16\)"):
        rasteriser.draw(state, out, visible=np.ones((9, 16), np.uint8))
    with pytest.raises(SuiteError, match="there are 9"):
        rasteriser.draw(state, out, which=np.arange(1, 10, dtype=np.int32))
