"""Batches of a drive written by hand: where things lie on the raster, what is known, what augmentation does."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from agents.imitation.chauffeurnet.batch import Batch
from agents.imitation.chauffeurnet.data.drawing import NOTHING_CHANGED, Augmentation, Drawer, new_batch
from agents.imitation.chauffeurnet.spec import ChauffeurSpec
from sim_suite.driving.sensors.raster.intensity import pose_value
from sim_suite.driving.sensors.raster.raster_spec import RasterSpec
from sim_suite.errors import SuiteError
from tests.agents.imitation.chauffeurnet.data.drives_by_hand import (
    LENGTH_M,
    ONCOMING_AT,
    START,
    WIDTH_M,
    straight_log,
)

RASTER = RasterSpec(("road", "ego", "actors_0", "actors_1", "past_poses"), (96, 64), 0.5, (64, 32))
SPEC = ChauffeurSpec(RASTER)
COARSE = ChauffeurSpec(RASTER, stride=2)
ROW = 12


def drawn(
    augmentation: Augmentation, spec: ChauffeurSpec = SPEC, count: int = 1, seed: int = 0, speed: float = 10.0
) -> Batch:
    return Drawer(spec, augmentation).draw([(straight_log(speed), np.full(count, ROW))], np.random.default_rng(seed))


def turned(**others: float) -> Augmentation:
    return Augmentation(**{"past_dropout": 0.0, "perturbed": 0.0, "occlusion": False, **others})  # type: ignore[arg-type]


def test_a_straight_drive_by_hand():
    batch = drawn(NOTHING_CHANGED)
    ahead = 2.0 * np.arange(1, 11)
    assert batch.waypoints[0, :, 0].numpy() == pytest.approx(64 - ahead / 0.5, abs=1e-3)
    assert batch.waypoints[0, :, 1].numpy() == pytest.approx(np.full(10, 32.0), abs=1e-3)
    assert batch.headings[0].numpy() == pytest.approx(np.zeros(10), abs=1e-6)
    assert batch.speeds[0].tolist() == [10.0] * 10
    assert batch.known.all()
    assert batch.weight.tolist() == [1.0]
    assert batch.is_imitated.tolist() == [1.0]
    area = LENGTH_M * WIDTH_M / 0.25
    assert batch.boxes.sum((2, 3)).numpy() == pytest.approx(np.full((1, 10), area), rel=1e-5)
    # 9 x 3.6 pixels about row 60, column 32: all of columns 31 and 32, 80 % of 30 and 33, from 55.5 to 64.5.
    column = batch.boxes[0, 0, :, 32].numpy()
    assert column[54:66].tolist() == [0.0, 0.5, *[1.0] * 8, 0.5, 0.0]
    assert batch.boxes[0, 0, 60, 29:36].numpy() == pytest.approx([0, 0.8, 1, 1, 0.8, 0, 0], abs=1e-4)
    # The path reaches from 2.25 m behind the box's centre to 22.25 m ahead of it.
    assert batch.path.sum().item() == pytest.approx((20 + LENGTH_M) * WIDTH_M / 0.25, rel=1e-5)
    assert (batch.boxes[0] <= batch.path[0] + 1e-4).all(), "on a straight way no box lies beside the path"


@pytest.mark.parametrize("seed", range(4))
def test_everything_turns_with_the_raster(seed):
    batch = drawn(turned(turn_rad=1.0), seed=seed)
    turn = -float(batch.headings[0, 0])
    assert abs(turn) <= 1.0
    assert abs(turn) > 1e-3
    ahead = 2.0 * np.arange(1, 11)
    # Up is turned counter-clockwise, so what lies ahead is seen to the right.
    assert batch.waypoints[0, :, 0].numpy() == pytest.approx(64 - ahead * math.cos(turn) / 0.5, abs=1e-3)
    assert batch.waypoints[0, :, 1].numpy() == pytest.approx(32 + ahead * math.sin(turn) / 0.5, abs=1e-3)
    # Pixels' centres in the raster, areas in the mask: where a box lies by its cover, the raster shows it.
    others, seen = batch.others[0, 0], batch.raster[0, 2] > 0
    assert seen.sum() > 20
    assert seen[others > 0.98].all()
    assert not seen[others < 0.02].any()
    path, ego = batch.path[0], batch.raster[0, 1] > 0
    assert (path[ego] > 0.0).all()


def test_others_are_seen_where_they_will_be():
    batch = drawn(NOTHING_CHANGED)
    for k in (0, 4, 10):
        x = ONCOMING_AT[0] - (ROW + k) - (START[0] + 2.0 * ROW)
        row, column = 64 - x / 0.5, 32 - (ONCOMING_AT[1] - START[1]) / 0.5
        inside = 0 <= row < 96
        assert batch.others[0, k, int(row), int(column)] == (1.0 if inside else 0.0)
    assert batch.others[0, :, :, :].amax() <= 1.0


def test_waypoints_off_the_raster_are_not_known():
    batch = drawn(NOTHING_CHANGED, speed=20.0)
    assert batch.known[0].tolist() == [4.0 * (k + 1) / 0.5 <= 64 for k in range(10)]
    assert batch.boxes[0, 9].sum() == 0.0


def test_the_road_is_the_share_of_paved_pixels():
    batch = drawn(turned(), COARSE, count=3)
    paved = (batch.raster[:, 0] >= 170).float()
    assert torch.equal(batch.road, paved.reshape(3, 48, 2, 32, 2).mean((2, 4)))
    assert 0.05 < batch.road.mean() < 0.95


def test_a_coarse_grid_holds_the_means_of_the_fine_one():
    fine, coarse = drawn(turned(turn_rad=0.5)), drawn(turned(turn_rad=0.5), COARSE)
    for name in ("boxes", "path"):
        means = getattr(fine, name).unflatten(-1, (32, 2)).unflatten(-3, (48, 2)).mean((-3, -1))
        assert getattr(coarse, name).numpy() == pytest.approx(means.numpy(), abs=2e-6)
    assert torch.equal(fine.waypoints, coarse.waypoints)


def test_past_dropout_shows_the_present_pose_alone():
    batch = drawn(Augmentation(turn_rad=0.0, perturbed=0.0), count=40)
    dots = [len(torch.unique(raster[4][raster[4] > 0])) for raster in batch.raster]
    # 16 m are seen behind, a pose every 2 m, and half of the dot at the edge: nine poses, each of its own brightness.
    assert set(dots) == {1, 9}
    assert 8 < dots.count(1) < 32


def test_perturbed_examples_lead_back_and_weigh_less():
    batch = drawn(turned(perturbed=1.0, turn_rad=0.0, jitter_rad=0.3), count=30)
    plain = drawn(turned(turn_rad=0.0))
    assert (batch.weight - 0.1).abs().max() < 1e-6
    assert (batch.raster[:, 1] == plain.raster[:, 1]).all(), "the raster is centred on the perturbed pose"
    heading = batch.headings[:, -1].double().numpy()
    back = batch.waypoints[:, -1].double().numpy() - [64.0, 32.0]
    # In the frame of the last waypoint, whose heading is the street's, the present pose lies 20 m behind, up to the jitter.
    ahead = 0.5 * -(back[:, 0] * np.cos(heading) + back[:, 1] * np.sin(heading))
    aside = 0.5 * (back[:, 0] * np.sin(heading) - back[:, 1] * np.cos(heading))
    # The jitter was drawn in the frame of the pose that was driven, which is the street's.
    assert (np.abs(ahead - 20.0) <= 0.5 + 1e-4).all()
    assert (np.abs(aside) <= 0.5 + 1e-4).all()
    assert np.abs(aside).max() > 0.3
    assert (np.abs(heading) <= 0.3 + 1e-5).all()
    assert np.abs(heading).max() > 0.15


def test_the_trail_of_a_perturbed_example_is_the_refitted_one():
    batch = drawn(turned(perturbed=1.0, turn_rad=0.0, jitter_m=3.0, jitter_rad=0.0), count=20, speed=5.0)
    aside = []
    for raster, last in zip(batch.raster[:, 4], batch.waypoints[:, -1].tolist(), strict=True):
        assert raster[63:65, 31:33].tolist() == [[255, 255], [255, 255]], "now it is where the raster is centred"
        # It was driven 20 pixels before the last waypoint; a second ago 30 before it, and half of the jump is left there; two
        # seconds ago 40, and nothing is left. Those are the fifth and the tenth pose.
        jump = 64 - (last[0] + 20), 32 - last[1]
        for age, share, behind in ((5, 0.5, 30), (10, 0.0, 40)):
            row, column = last[0] + behind + share * jump[0], last[1] + share * jump[1]
            if row < 95:
                assert raster[int(row), int(column)] == pose_value(age, 40)
        aside.append(abs(jump[1]))
    assert max(aside) > 4, "some are put aside by more than a dot's width at half way"


def test_what_stands_is_not_perturbed():
    batch = drawn(turned(perturbed=1.0), count=5, speed=0.0)
    assert batch.weight.tolist() == [1.0] * 5


def test_others_of_staged_episodes_have_no_past_at_the_begin():
    log, drawer = straight_log(), Drawer(SPEC, turned(turn_rad=0.0))
    for staged, seen in ((0, [True, True, True]), (1, [False, False, True])):
        log.staged[:] = staged
        batch = drawer.draw([(log, np.array([0, 1, 2]))], np.random.default_rng(0))
        assert (batch.raster[:, 2] > 0).flatten(1).any(1).all()
        assert (batch.raster[:, 3] > 0).flatten(1).any(1).tolist() == seen
        assert (batch.raster[:, 4] > 0).flatten(1).any(1).all(), "the agent's own past is never lost"


def test_imitation_dropout():
    batch = drawn(turned(imitation_dropout=0.5), count=60)
    assert set(batch.is_imitated.tolist()) == {0.0, 1.0}
    assert 15 < batch.is_imitated.sum() < 45


def test_memory_is_filled_and_nothing_of_before_stays():
    drawer, log = Drawer(COARSE, Augmentation()), straight_log()
    memory = new_batch(COARSE, 2)
    for part in memory:
        part.view(-1)[:] = 1
    filled = drawer.draw([(log, np.array([3, ROW]))], np.random.default_rng(5), memory)
    assert filled is memory
    fresh = drawer.draw([(log, np.array([3, ROW]))], np.random.default_rng(5))
    for one, other in zip(filled, fresh, strict=True):
        assert torch.equal(one, other)
    with pytest.raises(SuiteError, match="room for 2"):
        drawer.draw([(log, np.array([3]))], np.random.default_rng(5), memory)


def test_a_row_without_its_future_is_refused():
    with pytest.raises(SuiteError, match="within 10 of its episode's end"):
        Drawer(SPEC, NOTHING_CHANGED).draw([(straight_log(rows=20), np.array([9, 10]))], np.random.default_rng(0))


def test_a_raster_without_a_road_is_refused():
    with pytest.raises(SuiteError, match="'road'"):
        Drawer(ChauffeurSpec(RasterSpec(("ego",), (64, 64), 0.5, (32, 32))), NOTHING_CHANGED)
    with pytest.raises(SuiteError, match="perturbed must be 0 to 1"):
        Augmentation(perturbed=1.5)


def test_a_mirrored_example_is_the_other_with_left_and_right_exchanged():
    """Askew by the raster's turn; the drive, which the unturned picture has straight up, leads to one side of it."""
    as_it_is, mirrored = drawn(turned(turn_rad=0.4)), drawn(turned(turn_rad=0.4, mirrored=1.0))
    assert abs(as_it_is.headings[0, 0]) > 0.01
    for name in ("raster", "boxes", "others", "road", "path"):
        assert torch.equal(getattr(mirrored, name), getattr(as_it_is, name).flip(-1)), name
    assert as_it_is.others.sum() > 0
    assert torch.equal(mirrored.headings, -as_it_is.headings)
    assert torch.equal(mirrored.waypoints[..., 1], 64 - as_it_is.waypoints[..., 1])
    for name in ("speeds", "known", "weight", "is_imitated"):
        assert torch.equal(getattr(mirrored, name), getattr(as_it_is, name)), name
    assert torch.equal(mirrored.waypoints[..., 0], as_it_is.waypoints[..., 0])


def test_about_the_share_that_is_asked_for_is_mirrored():
    plain, batch = (drawn(turned(turn_rad=0.0, mirrored=share), count=200).others for share in (0.0, 0.25))
    same, flipped = ((batch == one).flatten(1).all(1) for one in (plain, plain.flip(-1)))
    assert (same ^ flipped).all()
    assert 30 < int(flipped.sum()) < 70


def test_a_raster_with_the_ego_aside_cannot_be_mirrored():
    aside = ChauffeurSpec(RasterSpec(RASTER.channels, (96, 64), 0.5, (64, 20)))
    with pytest.raises(SuiteError, match=r"in the middle of the raster's 64 columns, not at 20. Set mirrored to 0"):
        Drawer(aside, Augmentation(mirrored=0.1))
